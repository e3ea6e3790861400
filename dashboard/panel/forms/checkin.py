"""What the page at the door sends."""

from datetime import datetime, timedelta
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

KEPT = 14 * 24 * 3600  # seconds a phone may have kept a note before it came through


class ArrivalForm(forms.Form):
    """The people of one sign-up came. `ago`: seconds since the button was pressed, where the net was away."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    people = forms.IntegerField(
        label=_("How many came?"),
        min_value=1,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"class": "kp-w-short"}),
    )
    ago = forms.IntegerField(min_value=0, max_value=KEPT, required=False, widget=forms.HiddenInput)
    beyond = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.initial.setdefault("key", uuid4())

    def note(self, now: datetime) -> dict:
        """What the operations take; not the phone's clock is believed, only how long ago it was."""
        said = self.cleaned_data
        return {
            "key": said["key"],
            "people": said["people"],
            "at": now - timedelta(seconds=said["ago"] or 0),
            "beyond_capacity": said["beyond"],
        }


class WalkInForm(ArrivalForm):
    """Somebody came who had not signed up; the name may stay empty."""

    name = forms.CharField(
        label=_("Name and surname"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )

    field_order = ["key", "name", "people"]

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["people"].required = True
        self.initial.setdefault("people", 1)

    def note(self, now: datetime) -> dict:
        return super().note(now) | {"name": self.cleaned_data["name"]}
