from django import forms
from django.utils.translation import gettext_lazy as _


class FollowForm(forms.Form):
    """Follow a matter without an account: an address, which proves itself by the link we send."""

    marks_optional = False

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("One e-mail each when it is voted on, answered and done. Nobody else sees the address."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Write your e-mail address, for example vards@epasts.lv.")},
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()
