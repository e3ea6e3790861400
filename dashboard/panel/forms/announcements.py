from django import forms
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import day_field


class SendForm(forms.Form):
    """The reason is asked for when the day has passed, and not before."""

    late_because = forms.CharField(label=_("Why does it come late?"), max_length=300)

    def __init__(self, data=None, *, is_late: bool):
        super().__init__(data)
        if not is_late:
            del self.fields["late_because"]


class PublicationForm(forms.Form):
    """Where and when the municipality's own site announced the meeting (§38.2)."""

    published_on = day_field(_("Published on the municipality’s site"))
    url = forms.URLField(label=_("Address of the publication"), max_length=500, assume_scheme="https")
    late_because = forms.CharField(
        label=_("Why was it published late?"),
        required=False,
        max_length=300,
        help_text=_("Only when it was later than the regulation says."),
    )
