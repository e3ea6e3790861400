from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import day_field
from dashboard.panel.forms.people import PersonForm

SHORT = {"class": "kp-w-short"}


class PlaceForm(forms.Form):
    """Where a candidate stands in the order, and why."""

    rank = forms.IntegerField(
        label=_("Place in the order"),
        help_text=_("1 is asked first: most votes, and of equal votes who applied earlier (§17, §19)."),
        validators=[MinValueValidator(1), MaxValueValidator(999)],
        widget=forms.NumberInput(attrs=SHORT),
    )
    votes = forms.IntegerField(
        label=_("Votes"), min_value=0, max_value=999_999, required=False, widget=forms.NumberInput(attrs=SHORT)
    )
    applied_at = forms.DateTimeField(label=_("Applied"), required=False, widget=forms.DateTimeInput())
    source = forms.CharField(label=_("Document or source"), max_length=300, required=False)

    def place(self) -> dict:
        """What the operations take."""
        return {name: self.cleaned_data[name] for name in PlaceForm.base_fields}


class SubstituteForm(PlaceForm, PersonForm):
    field_order = ("given_name", "family_name", "person", "email", "phone", "rank", "votes", "applied_at", "source")


class OfferForm(forms.Form):
    offered_on = day_field(_("Offered on"))


class TakeSeatForm(forms.Form):
    started_on = day_field(_("Member from"))
    source = forms.CharField(label=_("Document or source"), max_length=300, required=False)


class RefusalForm(forms.Form):
    declined_on = day_field(_("Refused on"))
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("For example: moved away, sits in another council, does not want to."),
    )


class ImportForm(forms.Form):
    """A table of candidates, looked at before anything is written."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("XLSX or CSV with the columns of the file that you can download here."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if self.ending not in ("xlsx", "csv"):
            raise forms.ValidationError(_("Choose an XLSX or a CSV file."))
        return upload

    @property
    def ending(self) -> str:
        name = getattr(self.files.get("file"), "name", None) or ""
        return name.lower().rpartition(".")[2]
