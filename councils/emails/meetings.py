"""The mails before a meeting: members say whether they come; the chair hears in time when too few do (§23)."""

from datetime import datetime

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils import answers, regulation
from councils.models import Attendance, Meeting
from events.emails import Facts, Letter, Link
from events.wording import councils_of, when, where
from neighbourhoods import latvian
from notices.emails import Message, NotNeeded, absolute, writes
from notices.models import Notice


def meeting_to_come(notice: Notice, now: datetime) -> Meeting:
    """The meeting, announced and not begun, at the time the message speaks of."""
    meeting = Meeting.objects.select_related("event").filter(pk=notice.data["meeting"]).first()
    if meeting is None or not answers.takes_answers(meeting, now):
        raise NotNeeded("the meeting has begun or is off")
    if meeting.event.start_stamp != notice.data["stamp"]:
        raise NotNeeded("the meeting has moved")
    return meeting


def _written(meeting: Meeting) -> list[str]:
    return [meeting.event.title, meeting.event.venue.rstrip(". "), meeting.move_reason]


@writes("meeting_call")
def meeting_call(notice: Notice, now: datetime) -> Message:
    """To a member: are you coming? Each answer is a link to a page with one button."""
    meeting = meeting_to_come(notice, now)
    membership = answers.sitting(meeting).filter(person_id=notice.person_id).first()
    if membership is None:
        raise NotNeeded("does not sit in the council on that day")
    if meeting.attendances.filter(membership=membership).exclude(answer="").exists():
        raise NotNeeded("has answered")
    token = answers.token(meeting, membership)
    links: dict[str, Link] = {
        answer: (words, absolute(reverse("councils:meeting-answer-by-link", args=[token, answer])))
        for answer, words in (
            (Attendance.Answer.COMING.value, _("Yes, I am coming")),
            (Attendance.Answer.REMOTE.value, _("I join remotely")),
            (Attendance.Answer.NOT_COMING.value, _("I cannot come")),
        )
    }
    open_ones = [links[answer] for answer, _words in answers.choices(meeting)]
    items = meeting.agenda.numbered()
    agenda = [f"{item.label}. {item.title}" for item in items]
    is_moved = bool(meeting.move_reason)
    lead = [_("The meeting is moved: %(reason)s") % {"reason": meeting.move_reason}] if is_moved else []
    lead.append(_("Are you coming? The council decides only when more than half of its members are there (§23)."))
    if agenda:
        lead.append("\n".join([_("Agenda") + ":", *agenda]))
    day = capfirst(latvian.day(meeting.event.starts_at, now))
    letter = Letter(
        subject=_("Are you coming? %(day)s: %(title)s") % {"day": day, "title": meeting.event.title},
        lead=lead,
        facts=Facts(when(meeting.event, now), where(meeting.event)),
        actions=[open_ones[0], open_ones[-1]],
        written=[*_written(meeting), *(item.title for item in items)],
        links=[*open_ones[1:-1], (_("About the meeting"), absolute(meeting.get_absolute_url()))],
        why=_("You get this e-mail because you are a member of the council."),
    )
    return letter.mail(councils_of(meeting))


@writes("quorum_at_risk")
def quorum_at_risk(notice: Notice, now: datetime) -> Message:
    """To the chair and the coordinators: fewer say that they come than it takes to decide."""
    meeting = meeting_to_come(notice, now)
    rules = regulation.in_force(latvian.as_local(now).date())
    tally = next((row for row in answers.tallies(meeting, rules) if row.council.pk == notice.data["council"]), None)
    if tally is None or tally.is_enough:
        raise NotNeeded("enough members come")
    lead = [
        _("%(coming)d of %(members)d members are coming; %(quorum)d are needed to decide (§23).")
        % {"coming": len(tally.coming), "members": len(tally.members), "quorum": tally.quorum}
    ]
    if tally.is_lost:
        lead.append(_("Even with those who have not answered it is not enough. Think of moving the meeting."))
    for rows, words in ((tally.silent, _("No answer: %(names)s")), (tally.not_coming, _("Not coming: %(names)s"))):
        if rows:
            lead.append(words % {"names": ", ".join(row.person.name for row in rows)})
    count = tally.quorum - len(tally.coming)
    room = reverse("dashboard:council-room", args=[tally.council.neighbourhood.slug])
    letter = Letter(
        subject=ngettext(
            "%(count)d more member is needed: %(title)s", "%(count)d more members are needed: %(title)s", count
        )
        % {"count": count, "title": meeting.event.title},
        lead=lead,
        facts=Facts(when(meeting.event, now), where(meeting.event)),
        actions=[(_("Open the council’s room"), absolute(room))],
        written=_written(meeting),
        links=[(_("About the meeting"), absolute(meeting.get_absolute_url()))],
        why=_("You get this e-mail because you lead the council or coordinate the councils."),
    )
    return letter.mail(councils_of(meeting))
