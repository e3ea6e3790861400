"""What the coordinator and the councils' officers fill in about submissions: what is asked, and each later step."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from councils.forms.fields import UploadField, day_field, long_text, offer_topics
from councils.forms.replies import AnswerForm, DoneForm, NotYetForm, OtherUnitForm
from councils.models import Council, MunicipalUnit, Submission, Topic
from councils.regulation import Regulation
from dashboard.panel.forms.fields import CouncilsField, choose_from
from events.forms import WrittenSelect
from people.models import Person

__all__ = ["DoneForm", "NotYetForm"]


class DraftForm(forms.Form):
    """What is asked, of whom; the letter is made from it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Submission.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Text"), required=False, max_length=20_000, widget=long_text(8))
    topic = forms.ChoiceField(label=_("Topic"), required=False, widget=WrittenSelect)
    answering_unit = forms.ModelChoiceField(
        label=_("Unit that answers"),
        queryset=MunicipalUnit.objects.none(),
        required=False,
        empty_label=_("Not known yet, or another one"),
        widget=WrittenSelect,
        help_text=_("Its responding officers get a personal link to answer."),
    )
    unit = forms.CharField(
        label=_("Who in the municipality answers"),
        max_length=200,
        required=False,
        help_text=_("Only if the unit is not in the list."),
    )
    institution = forms.CharField(
        label=_("Institution whose opinion is asked for (§29)"),
        max_length=200,
        required=False,
        help_text=_("The request goes to the executive director, who passes it on."),
    )

    presented_by = forms.ModelChoiceField(
        label=_("Member who speaks for it (§28)"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Nobody in particular"),
        help_text=_("Members of the council may speak at meetings of the municipal council and its committees."),
    )

    def __init__(
        self,
        data=None,
        *,
        units: QuerySet[MunicipalUnit],
        topics: QuerySet[Topic],
        members: QuerySet[Person],
        **options,
    ):
        super().__init__(data, **options)
        choose_from(self, "answering_unit", units)
        choose_from(self, "presented_by", members)
        offer_topics(self, "topic", topics, _("Choose"))


class SubmissionForm(DraftForm):
    """A new submission: sent today, unless it is to stay a draft."""

    councils = CouncilsField(
        label=_("Council"),
        queryset=Council.objects.none(),
        error_messages={"required": _("Choose the council that asks.")},
    )
    sent_on = day_field(_("Sent on"), required=False)
    field_order = ("councils",)

    def __init__(self, data=None, *, councils: QuerySet[Council], rules: Regulation, **options):
        super().__init__(data, **options)
        months = rules["SUBMISSION_REPLY"]
        words = ngettext(
            "Empty: a draft. The municipality examines what a council sends within %(months)d month (§27).",
            "Empty: a draft. The municipality examines what a council sends within %(months)d months (§27).",
            months,
        )
        self.fields["sent_on"].help_text = words % {"months": months}
        choose_from(self, "councils", councils)
        if councils.count() == 1:
            self.fields["councils"].initial = list(councils)


class SendForm(forms.Form):
    sent_on = day_field(_("Sent on"))


class RegisterForm(forms.Form):
    registered_on = day_field(_("Registered on"))
    number = forms.CharField(label=_("Registration number"), max_length=60)


class ForwardForm(forms.Form):
    forwarded_on = day_field(_("Passed on to the institution"))


class UnitForm(OtherUnitForm):
    """Another unit answers, or the first one is named: then nobody need say why."""

    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


class FileForm(forms.Form):
    upload = UploadField(label=_("File"))
    title = forms.CharField(label=_("Title"), max_length=200, required=False, help_text=_("Empty: the file’s name."))


class ReplyForm(AnswerForm):
    """The answer as it came by letter or by word, entered by the coordinator."""

    replied_on = day_field(_("Replied on"))
    reply = forms.CharField(
        label=_("The answer and its reason"), required=False, max_length=20_000, widget=long_text(6)
    )
    replied_by = forms.CharField(label=_("Answered by"), max_length=200, required=False)
    field_order = ("replied_on", "outcome", "reply")


class QuestionForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=5_000,
        widget=long_text(5),
        help_text=_("Everybody sees the question and the answer."),
        error_messages={"required": _("Write the answer.")},
    )


class MatterForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    topic = forms.ChoiceField(label=_("Topic"), required=False, widget=WrittenSelect)

    def __init__(self, data=None, *, topics: QuerySet[Topic], **options):
        super().__init__(data, **options)
        offer_topics(self, "topic", topics, _("Choose"))


class SettleForm(forms.Form):
    """What became of a resolution."""

    DONE, GIVEN_UP = "done", "given_up"

    what = forms.ChoiceField(
        label=_("What became of it?"),
        choices=[(DONE, _("It is carried out")), (GIVEN_UP, _("It will not be carried out"))],
        widget=forms.RadioSelect,
        initial=DONE,
    )
    on = day_field(_("On"))
    reason = forms.CharField(label=_("If not: why"), max_length=300, required=False, help_text=_("Everybody reads it."))

    def clean(self):
        given = super().clean() or {}
        if given.get("what") == self.GIVEN_UP and not (given.get("reason") or "").strip():
            self.add_error("reason", _("Say why it was not carried out."))
        return given
