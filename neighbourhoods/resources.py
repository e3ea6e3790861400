"""Tables of reference data that an administrator edits in a spreadsheet and brings back.

The headings are Latvian for every reader: a file downloaded in one language must come back in another.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export import fields, resources, results, widgets

from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood, Place, Street

DAYS = ("%d.%m.%Y", "%d.%m.%Y.", "%Y-%m-%d")


class OneOf(widgets.Widget):
    """A value called by its name, in any case and with or without diacritics.

    `named()` gives the values by name; it is asked once for each file.
    """

    def __init__(self, named: Callable[[], dict[str, Any]]):
        super().__init__()
        self.named = named

    @cached_property
    def by_name(self) -> dict[str, Any]:
        return {latvian.fold(name): value for name, value in self._names.items()}

    @cached_property
    def _names(self) -> dict[str, Any]:
        return self.named()

    def clean(self, value, row=None, **kwargs):
        name = latvian.fold(str(value or ""))
        if name and name not in self.by_name:
            raise ValueError(_("“%(name)s” is not known here.") % {"name": value})
        return self.by_name[name] if name else None

    def render(self, value, obj=None, **kwargs):
        return next((name for name, found in self._names.items() if found == value), "")


class Day(widgets.Widget):
    """A day as Excel has it, or written as 23.11.2026."""

    def clean(self, value, row=None, **kwargs):
        if not value or isinstance(value, date):
            return value or None
        for pattern in DAYS:
            try:
                return datetime.strptime(str(value), pattern).date()
            except ValueError:
                continue
        raise ValueError(_("Write the day as 23.11.2026."))

    def render(self, value, obj=None, **kwargs):
        return value


class Diff(resources.Diff):
    """Marks what changes by elements alone: our pages take no style attributes."""

    def as_html(self):
        marked = (html.replace(' style="background:#e6ffe6;"', "") for html in super().as_html())
        return [mark_safe(html.replace(' style="background:#ffe6e6;"', "")) for html in marked]  # noqa: S308 - as escaped as it came


class Fault(results.Error):
    """What went wrong, without the program's own view of it."""

    def __init__(self, error, row=None, number=None):
        super().__init__(error, row, number)
        self.traceback = ""


class Table(resources.ModelResource):
    """Checks every row as a form would; what one row breaks is told under the heading of its column."""

    class Meta:
        clean_model_instances = True
        use_transactions = True
        skip_unchanged = True
        report_skipped = True

    def get_diff_class(self):
        return Diff

    @classmethod
    def get_error_result_class(cls):
        return Fault

    def before_import(self, dataset, **kwargs):
        headings = [field.column_name for field in self.get_import_fields()]
        if missing := [heading for heading in headings if heading not in (dataset.headers or [])]:
            dataset.wipe()  # without them every row would be at fault, too
            raise ValueError(_("The table lacks these columns: %(names)s.") % {"names": ", ".join(missing)})

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        try:
            super().validate_instance(instance, import_validation_errors, validate_unique)
        except ValidationError as error:
            headings = {field.attribute: field.column_name for field in self.fields.values()}
            told = {headings.get(name, name): texts for name, texts in error.message_dict.items()}
            raise ValidationError(told) from None


def _neighbourhoods() -> dict[str, Neighbourhood]:
    """By name; where two share one, the valid one."""
    return {area.short_name: area for area in Neighbourhood.objects.order_by(F("valid_until").asc(nulls_last=True))}


def _kinds() -> dict[str, str]:
    with override(settings.LANGUAGE_CODE):
        return {str(label): kind for kind, label in Place.Kind.choices}


class StreetTable(Table):
    name = fields.Field("name", "Iela", widgets.CharWidget())
    town = fields.Field("town", "Pilsēta vai ciems", widgets.CharWidget())
    houses = fields.Field("houses", "Māju numuri", widgets.CharWidget())
    neighbourhood = fields.Field("neighbourhood", "Apkaime", OneOf(_neighbourhoods))

    class Meta(Table.Meta):
        model = Street
        fields = ("name", "town", "houses", "neighbourhood")
        import_id_fields = ("name", "town", "houses")


class PlaceTable(Table):
    """A place that moves to another neighbourhood ends by its last column and begins anew in a row of its own."""

    name = fields.Field("name", "Vieta", widgets.CharWidget())
    kind = fields.Field("kind", "Veids", OneOf(_kinds))
    neighbourhood = fields.Field("neighbourhood", "Apkaime", OneOf(_neighbourhoods))
    printed_mark = fields.Field("printed_mark", "Atzīme noteikumos", widgets.CharWidget())
    valid_from = fields.Field("valid_from", "Spēkā no", Day())
    valid_until = fields.Field("valid_until", "Spēkā līdz (neieskaitot)", Day())

    class Meta(Table.Meta):
        model = Place
        fields = ("name", "kind", "neighbourhood", "printed_mark", "valid_from", "valid_until")
        import_id_fields = ("name", "kind", "valid_from")
