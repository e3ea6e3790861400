"""The fields above a list; what they mean stands in `dashboard.filters`, which also reads the address for the files."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from councils.models import Meeting
from dashboard import filters
from dashboard.forms import STATE_SLUGS
from dashboard.panel.forms.fields import offer
from events.models import Event
from neighbourhoods.models import Neighbourhood


class ListFilter(forms.Form):
    """Which of the fields a list has is said by its subclass; the values stand in the address."""

    marks_optional = False
    FIELDS: tuple[str, ...] = ()
    STATES: list = []
    KINDS: list = []

    q = forms.CharField(label=_("Words"), required=False, max_length=100, widget=forms.SearchInput)
    apkaime = forms.ChoiceField(label=_("Neighbourhood"), required=False)
    veids = forms.ChoiceField(label=_("Kind"), required=False)
    statuss = forms.ChoiceField(label=_("State"), required=False)
    ieradas = forms.ChoiceField(label=_("Arrival"), required=False)
    no = forms.DateField(label=_("From"), required=False)
    lidz = forms.DateField(label=_("Until"), required=False)

    def __init__(self, data=None, *, on: date | None = None, kinds=None, **options):
        super().__init__(data, **options)
        for name in set(self.fields) - set(self.FIELDS):
            del self.fields[name]
        self.order_fields(self.FIELDS)
        if "apkaime" in self.fields:
            areas = Neighbourhood.objects.valid(on).by_name().values_list("slug", "short_name")
            offer(self, "apkaime", [("", _("All neighbourhoods")), *areas])
        if "statuss" in self.fields:
            offer(self, "statuss", [("", _("All")), *self.STATES])
        if "ieradas" in self.fields:
            offer(self, "ieradas", [("", _("All")), *filters.ARRIVALS.items()])
        if "veids" in self.fields:
            offer(self, "veids", [("", _("All kinds")), *(kinds or self.KINDS)])


class EventFilter(ListFilter):
    FIELDS = ("q", "apkaime", "veids", "statuss", "no", "lidz")
    STATES = filters.choices(filters.EVENT_STATES)
    KINDS = Event.Kind.choices


class MeetingFilter(ListFilter):
    FIELDS = ("q", "apkaime", "veids", "statuss", "no", "lidz")
    STATES = filters.choices(filters.MEETING_STATES)
    KINDS = Meeting.Kind.choices


class RsvpFilter(ListFilter):
    FIELDS = ("q", "statuss", "ieradas")
    STATES = filters.choices(filters.RSVP_STATES)


class CouncilFilter(ListFilter):
    FIELDS = ("q", "statuss")
    STATES = filters.choices(filters.COUNCIL_STATES)


class SubmissionFilter(ListFilter):
    FIELDS = ("q", "apkaime", "statuss")
    STATES = [("melnraksti", _("Drafts")), *((slug, state.label) for slug, state in STATE_SLUGS.items())]


class ProposalFilter(ListFilter):
    FIELDS = ("q", "apkaime", "statuss")
    STATES = filters.choices(filters.PROPOSAL_STATES)


class StreetFilter(ListFilter):
    FIELDS = ("q", "apkaime")


class PeopleFilter(ListFilter):
    FIELDS = ("q", "apkaime", "statuss")
    STATES = [("konts", _("With an account")), ("bez-konta", _("Without an account"))]


class AuditFilter(ListFilter):
    """The kinds are the verbs of the log; the view gives them."""

    FIELDS = ("q", "veids", "no", "lidz")


class MailFilter(ListFilter):
    FIELDS = ("q",)


class ReportFilter(ListFilter):
    FIELDS = ("apkaime", "no", "lidz")
