"""Fields that several forms of the panel share, and the moment that a day and a clock mean here."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.forms import RowsField
from neighbourhoods import latvian


def choose_from(form: forms.BaseForm, name: str, rows: QuerySet) -> None:
    """The rows that a field of the form offers."""
    cast(forms.ModelChoiceField, form.fields[name]).queryset = rows


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """The values that a field of the form offers, with their words."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)


def number_field(label: Any, *, least: int, most: int = 100_000, **options) -> forms.IntegerField:
    """A whole number; one that may be left out unless `required` says otherwise."""
    widget = forms.NumberInput(attrs={"class": "kp-w-short"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=widget, **({"required": False} | options)
    )


def refuse_more_reserved_than_seats(form: forms.BaseForm, cleaned: dict[str, Any]) -> None:
    """Put the error beside the seats kept for invited people; the form has `capacity` and `reserved_seats`."""
    if cleaned.get("reserved_seats", 0) > (cleaned.get("capacity") or 0) and "capacity" not in form.errors:
        form.add_error("reserved_seats", _("There cannot be more reserved seats than seats."))


def moment(day: date, clock: time, known: datetime | None = None) -> datetime:
    """The moment at which clocks here show `clock` on `day`.

    Raises ValidationError in the night of the change of clocks for a time that they skip or show twice; `known` is a
    moment that was chosen before and is taken back as it was.
    """
    wall = datetime.combine(day, clock.replace(second=0, microsecond=0))
    if known is not None and timezone.make_naive(known).replace(second=0, microsecond=0) == wall:
        return known
    zone = timezone.get_current_timezone()
    local = wall.replace(tzinfo=zone)
    shown = {"time": latvian.clock(clock)}
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise ValidationError(_("Clocks go forward this night and skip %(time)s. Choose another time."), params=shown)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise ValidationError(
            _("Clocks go back this night and show %(time)s twice. Choose another time."), params=shown
        )
    return local


class NeighbourhoodsField(RowsField):
    pass


class CouncilsField(RowsField):
    def label_from_instance(self, council):
        return council.neighbourhood.short_name
