"""The mails to the coordinators: what goes onto the municipality's own site, and what is to be taken off (§38)."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from councils import regulation
from councils.documents import announcement as document
from councils.models import Announcement
from events.emails import Facts, Letter
from events.wording import councils_of, when, where
from neighbourhoods import latvian
from notices.emails import Message, NotNeeded, absolute, writes
from notices.models import Notice


def _announcement(notice: Notice) -> Announcement:
    rows = Announcement.objects.newest().select_related("meeting__event")
    row = rows.filter(pk=notice.data["announcement"]).first()
    if row is None:
        raise NotNeeded("a newer text takes its place")
    return row


def _page(row: Announcement) -> str:
    return absolute(reverse("dashboard:panel-announcement", args=[row.meeting_id]))


def _written(row: Announcement) -> list[str]:
    event = row.meeting.event
    return [event.title, event.venue.rstrip(". "), event.cancel_reason, row.meeting.move_reason]


@writes("announcement_to_publish")
def announcement_to_publish(notice: Notice, now: datetime) -> Message:
    row = _announcement(notice)
    if row.published_on is not None or row.meeting.event.cancelled_at:
        raise NotNeeded("published already, or called off")
    today = latvian.as_local(now).date()
    announce_by = regulation.in_force(today).announce_by(row.meeting_on)
    said = {"day": latvian.heading_day(announce_by, today)}
    if announce_by < today:
        lead = [_("The last day to publish it in time has passed (§38.2): %(day)s. Publish it at once.") % said]
    else:
        lead = [_("The last day to publish it on the municipality’s site (§38.2): %(day)s.") % said]
    if row.meeting.move_reason:
        lead.insert(0, _("The meeting is moved: %(reason)s") % {"reason": row.meeting.move_reason})
    lead.append(_("The text is attached, plain and as HTML. When it is published, write down its address and day."))
    letter = Letter(
        subject=_("To publish: %(title)s, %(day)s")
        % {"title": row.meeting.event.title, "day": latvian.day(row.meeting_on, today)},
        lead=lead,
        facts=Facts(when(row.meeting.event, now), where(row.meeting.event)),
        actions=[(_("Text, and where it is published"), _page(row))],
        written=_written(row),
        why=_("You get this e-mail because you coordinate the councils."),
    )
    name = f"sede-{row.meeting_on:%Y-%m-%d}"
    files = [(f"{name}.txt", row.text, "text/plain"), (f"{name}.html", document.html(row.text), "text/html")]
    return letter.mail(councils_of(row.meeting), attachments=files)


@writes("announcement_to_withdraw")
def announcement_to_withdraw(notice: Notice, now: datetime) -> Message:
    row = _announcement(notice)
    event = row.meeting.event
    if event.cancelled_at is None:
        raise NotNeeded("it is not called off")
    letter = Letter(
        subject=_("Called off: %(title)s, %(day)s") % {"title": event.title, "day": latvian.day(event.starts_at, now)},
        lead=[_("Say on the municipality’s site that this meeting does not take place.")],
        facts=Facts(when(row.meeting.event, now), where(row.meeting.event)),
        actions=[(_("Text, and where it is published"), _page(row))],
        written=_written(row),
        links=[(_("The announcement on the municipality’s site"), row.published_url)] if row.published_url else [],
        why=_("You get this e-mail because you coordinate the councils."),
    )
    if event.cancel_reason:
        letter.lead.append(event.cancel_reason)
    return letter.mail(councils_of(row.meeting))
