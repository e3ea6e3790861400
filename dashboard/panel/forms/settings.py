"""Forms of what the municipality sets for itself."""

from typing import Any, cast

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import day_field, long_text
from councils.models import DayOverride, MunicipalUnit, Topic
from councils.operations import settings as operations
from councils.regulation import RULES
from dashboard.panel.forms.fields import choose_from
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood, Place

SHORT = {"class": "kp-w-short"}


class NumberForm(forms.Form):
    value = forms.IntegerField(label=_("Value"), widget=forms.NumberInput(attrs=SHORT))
    valid_from = day_field(_("Valid from"), help_text=_("Entering the same day again corrects its number."))
    paragraph = forms.CharField(
        label=_("Paragraph"), max_length=80, help_text=_("The act and its paragraph: Nr. 12/2025 §25.")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=long_text(2))

    def __init__(self, *args: Any, code: str, **options: Any):
        super().__init__(*args, **options)
        least, most = operations.limits(code)
        number = cast(forms.IntegerField, self.fields["value"])
        number.min_value, number.max_value = least, most
        told = {"unit": RULES[code].unit, "least": least, "most": most}
        said = _now("%(unit)s; from %(least)d to %(most)d.") % told
        self.fields["value"].help_text = latvian.written_in(said, [RULES[code].unit])


class TopicForm(forms.Form):
    name_lv = forms.CharField(label=_("Name in Latvian"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    paragraph = forms.CharField(label=_("Paragraph"), max_length=40, required=False)
    position = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=999, widget=forms.NumberInput(attrs=SHORT)
    )

    @staticmethod
    def of(topic: Topic) -> dict:
        return {name: getattr(topic, name) for name in TopicForm.base_fields}


class UnitForm(forms.Form):
    name = forms.CharField(label=_("Name of the unit"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail of the unit"),
        required=False,
        help_text=_("Submissions go here when nobody is named to answer for the unit."),
    )

    def __init__(self, *args: Any, unit: MunicipalUnit | None, **options: Any):
        self.unit = unit
        super().__init__(*args, **options)

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = MunicipalUnit.objects.filter(name__iexact=name)
        if (others.exclude(pk=self.unit.pk) if self.unit else others).exists():
            raise forms.ValidationError(_now("There is already a unit of this name."))
        return name


class OfficerForm(forms.Form):
    given_name = forms.CharField(label=_("Given name"), max_length=100)
    family_name = forms.CharField(label=_("Family name"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), help_text=_("Personal links and codes come to this address."))
    started_on = day_field(_("From"))


class PlaceForm(forms.Form):
    name = forms.CharField(label=_("Name of the place"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Place.Kind.choices, initial=Place.Kind.VILLAGE)


class _Neighbourhood(forms.Form):
    neighbourhood = forms.ModelChoiceField(label=_("Neighbourhood"), queryset=Neighbourhood.objects.none())

    def __init__(self, *args: Any, neighbourhoods, **options: Any):
        super().__init__(*args, **options)
        choose_from(self, "neighbourhood", neighbourhoods)


class NewPlaceForm(_Neighbourhood, PlaceForm):
    valid_from = day_field(_("Belongs there from"))
    field_order = ("name", "kind", "neighbourhood", "valid_from")


class MovePlaceForm(_Neighbourhood):
    on = day_field(_("First day in the new neighbourhood"))
    field_order = ("neighbourhood", "on")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["neighbourhood"].required = False
        self.fields["neighbourhood"].empty_label = _now("To none: the place is no more")  # type: ignore[attr-defined]


class DayForm(forms.Form):
    day = day_field(_("Date"))
    is_working = forms.TypedChoiceField(
        label=_("The day is"),
        choices=[("0", _("a day off")), ("1", _("a working day"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Decision or source"), max_length=DayOverride._meta.get_field("note").max_length, required=False
    )


class DayListForm(forms.Form):
    upload = forms.FileField(
        label=_("List of days"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        validators=[
            FileExtensionValidator(["csv", "xlsx"], _("Choose a CSV or XLSX file.")),
        ],
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        said = _now("CSV or XLSX; columns: day (02.05.2026.), “darbdiena” or “brīvdiena”, decision.")
        self.fields["upload"].help_text = latvian.written_in(said, ["darbdiena", "brīvdiena"])


class LetterForm(forms.Form):
    text = forms.CharField(label=_("Text"), max_length=10_000, widget=long_text(8))


class PageForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(
        label=_("Text"),
        max_length=50_000,
        widget=long_text(24),
        help_text=_("An empty line begins a paragraph. **bold**, - a list, # a heading, [words](address)."),
    )
