from django import forms
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import offer_topics
from councils.models import MatterState, SubmissionState
from events.forms import WrittenSelect

# The states of a submission as the address bar has them.
STATE_SLUGS = {
    "gaida": SubmissionState.WAITING,
    "kavejas": SubmissionState.OVERDUE,
    "atbalstits": SubmissionState.SUPPORTED,
    "daleji": SubmissionState.PARTLY,
    "noraidits": SubmissionState.DECLINED,
    "atbildets": SubmissionState.OTHER,
    "izpildits": SubmissionState.DONE,
}
# Those of a matter that a council decided on.
MATTER_SLUGS = {
    "pienemts": MatterState.ADOPTED,
    "nepienemts": MatterState.REJECTED,
    **{slug: MatterState(state) for slug, state in STATE_SLUGS.items()},
    "atmests": MatterState.ABANDONED,
}


class MatterFilter(forms.Form):
    """What the list of decisions is narrowed by, kept in the address; a value that does not exist narrows nothing."""

    marks_optional = False

    q = forms.CharField(
        label=_("Words"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    statuss = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), *((slug, state.label) for slug, state in MATTER_SLUGS.items())],
    )

    def __init__(self, *args, neighbourhoods, topics, years, **kwargs):
        super().__init__(*args, **kwargs)
        areas = [("", _("All neighbourhoods")), *((row.slug, row.short_name) for row in neighbourhoods)]
        self.fields["apkaime"] = forms.ChoiceField(label=_("Neighbourhood"), required=False, choices=areas)
        self.fields["joma"] = forms.ChoiceField(label=_("Topic"), required=False, widget=WrittenSelect)
        offer_topics(self, "joma", topics, _("All topics"))
        spans = [("", _("All years")), *((str(year), str(year)) for year in years)]
        self.fields["gads"] = forms.ChoiceField(label=_("Year"), required=False, choices=spans)
        self.order_fields(["q", "apkaime", "joma", "statuss", "gads"])

    def narrow(self, matters):
        """The matters that pass; they carry `state` already."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("apkaime"):
            matters = matters.filter(councils__neighbourhood__slug=chosen["apkaime"])
        if chosen.get("joma"):
            matters = matters.filter(topic=chosen["joma"])
        if chosen.get("statuss"):
            matters = matters.filter(state=MATTER_SLUGS[chosen["statuss"]])
        if chosen.get("gads"):
            matters = matters.of_year(int(chosen["gads"]))
        return matters.matching(chosen.get("q", ""))

    @property
    def is_narrow(self):
        return any(self.cleaned_data.values())
