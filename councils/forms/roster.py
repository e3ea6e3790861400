from datetime import date
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import day_field
from councils.models import Enquiry, Office
from events.forms import GuestFields


class DayForm(forms.Form):
    """Which day of a council is asked for; `datums` stands in the page's address. Empty: today."""

    marks_optional = False

    datums = day_field(_("Who was on the council on"), required=False)

    def day(self, today: date) -> date | None:
        """The day asked for, None when what was written is none."""
        return (self.cleaned_data["datums"] or today) if self.is_valid() else None


class EnquiryForm(forms.Form):
    """What somebody writes to a council."""

    text = forms.CharField(
        label=_("What do you want to tell or ask?"),
        max_length=Enquiry._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write what you want to tell the council.")},
    )
    wants_answer = forms.BooleanField(
        label=_("I would like an answer by e-mail"),
        help_text=_("Then the council’s officers can answer to your address, and see it when they do."),
        required=False,
    )

    def enquiry(self) -> dict:
        """What the operations take."""
        return {name: self.cleaned_data[name] for name in ("text", "wants_answer")}


class GuestEnquiryForm(GuestFields, EnquiryForm):
    """The same for somebody without an account."""

    field_order = ("text", "name", "email", "wants_answer")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("We send a link to confirm. The council sees it only if you want an answer.")


class OfficeField(forms.ModelChoiceField):
    """Offices of a council, each with who holds it."""

    def label_from_instance(self, obj: Office) -> str:
        return f"{obj.person} ({obj.get_kind_display()})"


class HandoverForm(forms.Form):
    """To whom the handover goes by e-mail: somebody who holds, or will hold, an office of the council."""

    office = OfficeField(label=_("To whom"), queryset=Office.objects.none(), empty_label=None, widget=forms.RadioSelect)

    def __init__(self, data=None, *, offices, **options):
        super().__init__(data, **options)
        cast(OfficeField, self.fields["office"]).queryset = offices
