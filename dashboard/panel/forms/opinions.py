from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import UploadField, day_field, long_text
from councils.models import Council, Meeting, Resolution
from dashboard.panel.forms.fields import choose_from
from events.forms import WrittenSelect
from neighbourhoods import latvian


class CouncilField(forms.ModelChoiceField):
    def label_from_instance(self, council):
        return council.name


class RequestForm(forms.Form):
    """What the municipal council asks."""

    council = CouncilField(label=_("Council"), queryset=Council.objects.none(), empty_label=_("Choose"))
    title = forms.CharField(label=_("What about"), max_length=200)
    text = forms.CharField(label=_("What is asked"), required=False, max_length=5_000, widget=long_text(6))
    received_on = day_field(_("Received on"))
    due_on = day_field(_("Opinion due on"))
    upload = UploadField(label=_("File"), required=False)

    def __init__(self, data=None, uploads=None, *, councils: QuerySet[Council], **options):
        super().__init__(data, uploads, **options)
        choose_from(self, "council", councils)


class MeetingField(forms.ModelChoiceField):
    widget = WrittenSelect

    def label_from_instance(self, meeting):
        return f"{meeting.event.title}, {latvian.day(meeting.held_on, timezone.localdate())}"


class AgendaForm(forms.Form):
    meeting = MeetingField(
        label=_("Meeting"),
        queryset=Meeting.objects.none(),
        empty_label=_("Choose"),
        help_text=_("It becomes the last item of the agenda."),
    )

    def __init__(self, data=None, *, meetings: QuerySet[Meeting], **options):
        super().__init__(data, **options)
        choose_from(self, "meeting", meetings)


class OpinionForm(forms.Form):
    opinion = forms.CharField(
        label=_("The council’s opinion"),
        max_length=10_000,
        widget=long_text(8),
        error_messages={"required": _("Write the opinion first.")},
    )
    resolution = forms.ModelChoiceField(
        label=_("Resolution"),
        queryset=Resolution.objects.none(),
        required=False,
        empty_label=_("None"),
        widget=WrittenSelect,
    )

    def __init__(self, data=None, *, resolutions: QuerySet[Resolution], **options):
        super().__init__(data, **options)
        choose_from(self, "resolution", resolutions)


class SendOpinionForm(forms.Form):
    sent_on = day_field(_("Sent on"))
