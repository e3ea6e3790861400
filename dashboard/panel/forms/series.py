from datetime import date, datetime, timedelta
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from councils.forms.fields import day_field
from dashboard.panel.forms.events import CancelForm, EventForm
from dashboard.panel.forms.fields import moment
from events.recurrence import LONGEST, MOST, Recurrence, Unit
from neighbourhoods import latvian


class SeriesForm(EventForm):
    """An event and how it repeats. The dates that come of it are shown before anything is made: `dates`."""

    every = forms.IntegerField(
        label=_("Every"), min_value=1, max_value=26, initial=1, widget=forms.NumberInput(attrs={"class": "kp-w-short"})
    )
    unit = forms.ChoiceField(
        label=_("Weeks or months"), choices=Unit.choices, widget=forms.RadioSelect, initial=Unit.WEEKS
    )
    until = day_field(_("Until"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # the rule whose dates the coordinator has seen

    field_order = (
        "title", "kind", "neighbourhoods", "day", "starts", "ends", "every", "unit", "until", "format", "venue",
    )  # fmt: skip

    OF_ONE_DATE = ("last_day", "version", "opens_day", "opens_time")  # of the base's fields, what no series has

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.OF_ONE_DATE:
            del self.fields[name]
        self.fields["day"].label = _("First date")
        self.dates: list[date] = []
        self.moments: dict[date, tuple[datetime, datetime]] = {}

    @property
    def rule(self) -> str:
        """As RFC 5545 writes it, with the first day; empty until the form says all of it."""
        cleaned = self.cleaned_data
        recurrence = Recurrence(Unit(cleaned["unit"]), cleaned["every"])
        return recurrence.rule(cleaned["day"], cleaned["until"])

    @property
    def was_seen(self) -> bool:
        """Were the dates shown as this form gives them now?"""
        return self.cleaned_data.get("seen") == f"{self.cleaned_data['day']:%Y%m%d};{self.rule}"

    def clean(self):
        cleaned = super().clean()
        if all(cleaned.get(name) for name in ("day", "every", "unit", "until")):
            self._clean_dates(cleaned)
        return cleaned

    def _clean_dates(self, cleaned: dict) -> None:
        first, until = cleaned["day"], cleaned["until"]
        self.dates = Recurrence(Unit(cleaned["unit"]), cleaned["every"]).days(first, until)
        if first <= timezone.localdate(self.now):
            self.add_error("day", _("The start is in the past. Choose a later time."))
        if until > first + LONGEST:
            self.add_error("until", _("A series lasts three years at most."))
        elif len(self.dates) < 2:
            self.add_error("until", _("No second date is found until then. Choose a later day."))
        elif len(self.dates) == MOST and self.dates[-1] + timedelta(days=1) < until:
            self.add_error("until", _("These are more than %(most)d dates. Choose an earlier day.") % {"most": MOST})
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts is None or ends is None:
            return
        for day in self.dates:
            try:
                self.moments[day] = (moment(day, starts), moment(day, ends))
            except ValidationError as error:
                self.add_error("starts", [f"{latvian.number_date(day)} {sentence}" for sentence in error.messages])

    def series_fields(self) -> dict:
        """What the operation writes on every event; the moments and the end of sign-up it works out for each."""
        values = self.event_fields()
        for name in ("starts_at", "ends_at", "rsvps_open_at", "rsvps_close_at"):
            del values[name]
        hours = self.cleaned_data["close_hours"]
        return {**values, "closes_before": None if hours is None else timedelta(hours=hours)}


class SeriesCancelForm(CancelForm):
    """The same for one date of a series, or for it and all that follow."""

    ONE, FOLLOWING = "one", "following"
    which = forms.ChoiceField(
        label=_("What is cancelled?"),
        choices=[(ONE, _("This date alone")), (FOLLOWING, _("This date and all after it"))],
        widget=forms.RadioSelect,
        initial=ONE,
    )
    field_order = ("which", "reason")

    def explain(self, *, alone: int, dates: int, following: int) -> None:
        """Say with each choice how many dates it ends and how many people are told by mail."""

        def told(count: int) -> str:
            words = ngettext(
                "%(count)d person will be told by e-mail.", "%(count)d people will be told by e-mail.", count
            )
            return words % {"count": count}

        ends = ngettext("%(count)d date", "%(count)d dates", dates) % {"count": dates}
        cast(forms.ChoiceField, self.fields["which"]).choices = [
            (self.ONE, f"{_('This date alone')}. {told(alone)}"),
            (self.FOLLOWING, f"{_('This date and all after it')}: {ends}. {told(following)}"),
        ]
