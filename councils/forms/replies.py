"""What an officer of the municipality fills in: the code, the answer, a question, another unit, whether it is done."""

from typing import cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from councils import files
from councils.forms.fields import UploadField, day_field
from councils.models import MunicipalUnit, Submission
from events.forms import WrittenSelect

LONG = forms.Textarea(attrs={"rows": 8})
SHORT = forms.Textarea(attrs={"rows": 4})


class CodeForm(forms.Form):
    """The code that came by mail."""

    marks_optional = False

    code = forms.CharField(
        label=_("Code from the e-mail"),
        max_length=20,
        help_text=_("Six digits."),
        widget=forms.TextInput(
            attrs={
                "class": "kp-w-short",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Write the code from the e-mail.")},
    )


class AnswerForm(forms.Form):
    """The municipality's answer: what it decided, why, and what it offers instead."""

    outcome = forms.ChoiceField(
        label=_("What the municipality decided"),
        choices=Submission.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the municipality decided.")},
    )
    reply = forms.CharField(
        label=_("The answer and its reason"),
        max_length=20_000,
        widget=LONG,
        help_text=_("Everybody reads it. Write plainly what will be done, or why it will not."),
        error_messages={"required": _("Give the reason: the council and the residents read it.")},
    )
    alternative = forms.CharField(
        label=_("If declined: what is offered instead"), required=False, max_length=5_000, widget=SHORT
    )
    nothing_instead = forms.BooleanField(label=_("Nothing is offered instead"), required=False)
    follow_up_on = day_field(
        _("If supported: by when it will be done"),
        required=False,
    )
    upload = UploadField(label=_("Letter or another file"), required=False)

    def __init__(self, *args, follow_up_after: int, **options):
        super().__init__(*args, **options)
        words = ngettext(
            "On this day we ask whether it is done. Empty: %(count)d day after the answer.",
            "On this day we ask whether it is done. Empty: %(count)d days after the answer.",
            follow_up_after,
        )
        self.fields["follow_up_on"].help_text = words % {"count": follow_up_after}

    def clean(self):
        given = super().clean() or {}
        declined = given.get("outcome") == Submission.Outcome.DECLINED
        offered, nothing = (given.get("alternative") or "").strip(), given.get("nothing_instead")
        if declined and not offered and not nothing:
            self.add_error("alternative", _("Say what is offered instead, or that nothing is."))
        if offered and nothing:
            self.add_error("nothing_instead", _("Say what is offered instead, or that nothing is: not both."))
        return given


class AskForm(forms.Form):
    """A question to the council."""

    text = forms.CharField(
        label=_("Your question"),
        max_length=2_000,
        widget=SHORT,
        help_text=_("Everybody sees the question and the answer. The month of the reply goes on."),
        error_messages={"required": _("Write the question.")},
    )


class OtherUnitForm(forms.Form):
    """Another unit of the municipality answers."""

    to_unit = forms.ModelChoiceField(
        label=_("Unit that answers"),
        queryset=MunicipalUnit.objects.none(),
        empty_label=_("Choose"),
        widget=WrittenSelect,
        error_messages={"required": _("Choose the unit that answers.")},
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("Everybody reads it. The day on which the reply is due stays the same."),
        error_messages={"required": _("Say why the other unit answers.")},
    )

    def __init__(self, data=None, *, units: QuerySet[MunicipalUnit], **options):
        super().__init__(data, **options)
        cast(forms.ModelChoiceField, self.fields["to_unit"]).queryset = units


class DoneForm(forms.Form):
    """It is done, since a day, and this is how it looks."""

    done_on = day_field(_("Done on"))
    photo = UploadField(label=_("Picture"), required=False, kinds=files.PICTURES)
    photo_alt = forms.CharField(
        label=_("What the picture shows"),
        required=False,
        max_length=200,
        help_text=_("For those who cannot see it. Needed with a picture."),
    )

    def clean(self):
        given = super().clean() or {}
        if given.get("photo") and not (given.get("photo_alt") or "").strip():
            self.add_error("photo_alt", _("Say what the picture shows, for those who cannot see it."))
        return given


class NotYetForm(forms.Form):
    """It is not done yet: when to ask again."""

    follow_up_on = day_field(_("Ask again on"), error_messages={"required": _("Choose the day on which we ask again.")})
    reason = forms.CharField(label=_("Why it is not done yet"), required=False, max_length=300)
