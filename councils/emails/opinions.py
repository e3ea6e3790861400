"""The mails about a request of the municipal council for an opinion (PL 58(2))."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.models import Office, OpinionRequest
from events.emails import Letter
from events.wording import councils_of
from neighbourhoods import latvian
from notices.emails import Message, NotNeeded, absolute, writes
from notices.models import Notice
from people.permissions import can_coordinate


def _request(notice: Notice) -> OpinionRequest:
    row = OpinionRequest.objects.select_related("matter", "council").filter(pk=notice.data["request"]).first()
    if row is None or row.matter is None or row.sent_on:
        raise NotNeeded("the opinion is sent, or the request is gone")
    return row


def _letter(row: OpinionRequest, subject: str, lead: list[str], action: str, why: str) -> Message:
    letter = Letter(
        subject=subject % {"title": row.title},
        lead=[text for text in lead if text],
        actions=[(action, absolute(reverse("dashboard:panel-opinion", args=[row.pk])))],
        written=[row.title, row.text],
        why=why,
    )
    assert row.matter is not None
    return letter.mail(councils_of(row.matter))


@writes("opinion_asked")
def opinion_asked(notice: Notice, now: datetime) -> Message:
    row = _request(notice)
    held = Office.objects.held(timezone.localdate(now)).filter(council=row.council, person=notice.person_id)
    if row.opinion or not held.exists():
        raise NotNeeded("it is written, or the office is over")
    lead = [
        _("The municipal council asks for the council’s opinion: %(title)s") % {"title": row.title},
        row.text,
        _("The opinion is due %(until)s.") % {"until": latvian.by(row.due_on, now)},
    ]
    why = _("You get this e-mail because you hold an office of the council.")
    return _letter(row, _("An opinion is asked for: %(title)s"), lead, _("Put it on the agenda"), why)


@writes("opinion_written")
def opinion_written(notice: Notice, now: datetime) -> Message:
    row = _request(notice)
    user = notice.person.user
    if not row.opinion or user is None or not can_coordinate(user):
        raise NotNeeded("there is no opinion, or the person coordinates no more")
    lead = [
        _("%(council)s has written its opinion. It is to reach the municipal council %(until)s.")
        % {"council": row.council.name, "until": latvian.by(row.due_on, now)}
    ]
    why = _("You get this e-mail because you coordinate the resident councils.")
    return _letter(row, _("An opinion waits to be sent: %(title)s"), lead, _("Send the opinion"), why)
