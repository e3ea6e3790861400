from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import offer_topics
from councils.models import Topic
from events.forms import GuestFields, WrittenSelect


class ProposalForm(forms.Form):
    """An agenda item that somebody proposes to a council (§31). Topics are asked only where there are some."""

    title = forms.CharField(
        label=_("What should the council talk about?"),
        max_length=200,
        help_text=_("One line, for example: A crossing near the school."),
        error_messages={"required": _("Write in one line what it is about.")},
    )
    text = forms.CharField(
        label=_("Tell more"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What is wrong, where, and what would help. The council may put this text onto its public agenda."),
        error_messages={"required": _("Tell the council what it is about.")},
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False, widget=WrittenSelect)
    on_behalf_of = forms.CharField(
        label=_("Association or business"),
        required=False,
        max_length=200,
        help_text=_("Only when you write for one."),
    )

    def __init__(self, *args, on: date, **kwargs):
        super().__init__(*args, **kwargs)
        if topics := Topic.objects.in_use(on):
            offer_topics(self, "topic", topics, _("Not chosen"))
        else:
            del self.fields["topic"]

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def proposal(self) -> dict:
        """What the operations take."""
        return {name: self.cleaned_data[name] for name in ProposalForm.base_fields if name in self.fields}


class GuestProposalForm(GuestFields, ProposalForm):
    """The same for somebody without an account."""

    field_order = ("title", "text", "topic", "on_behalf_of", "name", "email")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "We send a link to confirm, and what the council decides. Nobody else sees it."
        )
