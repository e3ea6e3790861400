from django import forms
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import long_text
from councils.models import Matter, Meeting, Proposal
from dashboard.panel.forms.agenda import LONGEST_TITLE, MeetingChoice, matters_of
from dashboard.panel.forms.fields import choose_from
from events.forms import WrittenSelect


class TakeForm(forms.Form):
    """Onto which agenda a proposal goes, and in which words."""

    meeting = MeetingChoice(label=_("Onto the agenda of"), queryset=Meeting.objects.none(), empty_label=None)
    title = forms.CharField(label=_("Item"), max_length=LONGEST_TITLE)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=10_000,
        widget=long_text(5),
        help_text=_("It is shown on the public agenda. Leave out what says who wrote it."),
    )
    matter = forms.ModelChoiceField(
        label=_("Matter"),
        queryset=Matter.objects.none(),
        required=False,
        empty_label=_("A new one"),
        widget=WrittenSelect,
        help_text=_("Choose one when the council deals with it already. The proposer follows it."),
    )

    def __init__(self, data=None, *, proposal: Proposal, meetings):
        super().__init__(data, initial={"title": proposal.title, "description": proposal.text})
        choose_from(self, "meeting", meetings)
        choose_from(self, "matter", matters_of([proposal.council_id]))


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it declined?"),
        max_length=1000,
        help_text=_("The proposer receives this. Say what else can be done, if you know."),
        widget=long_text(4),
    )
