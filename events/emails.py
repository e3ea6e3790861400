"""The mails about an event and about somebody's sign-up for it.

Each writer reads the state anew and gives up (NotNeeded) when what it was planned for is no longer so. All share one
pair of templates, so that the plain text always says what the HTML says. At most six queries a mail, `person` and its
channels not counted, and one more to who switched news off.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import qr, wording
from events.ical import CANCEL, PUBLISH, event_calendar, events_calendar
from events.models import CheckIn, Event, Phase, Rsvp
from neighbourhoods import latvian
from notices.emails import Message, NotNeeded, absolute, writes
from notices.models import Notice
from people.models import Person

State = Rsvp.State
Link = tuple[str, str]  # label, address
CODE = "kods"  # what the HTML calls the picture of the QR code


@dataclass(frozen=True)
class Facts:
    """When, where, what one signed up for, and, for those who have a seat, the link to join."""

    when: str = ""
    where: str = ""
    yours: str = ""
    join_url: str = ""
    join_later: str = ""


@dataclass
class Letter:
    """What a writer has to say, in the order in which it is read; see templates/events/email/letter.html."""

    subject: str
    why: str
    lead: list[str] = field(default_factory=list)
    facts: Facts = Facts()
    changes: list[dict[str, str]] = field(default_factory=list)  # label, before, after
    actions: list[Link] = field(default_factory=list)  # one button and at most one link beside it
    notes: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    written: list[str] = field(default_factory=list)  # by people, in Latvian; may be empty, or not quoted at all
    code: str = ""  # address that the HTML shows as a QR code; a note says the same in words

    def mail(self, kicker: str, **others: Any) -> Message:
        """As a message, with `kicker` above its heading; `others` are fields of the message."""
        context = {
            "letter": self,
            "code_picture": CODE,
            "kicker": kicker,
            "preheader": ". ".join(filter(None, [self.facts.when, self.facts.where, *self.lead[:1]])),
        }
        pictures = {CODE: qr.png(self.code)} if self.code else {}
        return Message(
            subject=self.subject, template="events/email/letter", context=context, pictures=pictures, **others
        )


def _message(
    letter: Letter,
    event: Event,
    *,
    calendar_of: Rsvp | None = None,
    now: datetime | None = None,
    to_unconfirmed: bool = False,
) -> Message:
    """With `calendar_of` the event's calendar file for that person, made `now`, is attached: it takes the event out of
    the calendar when the event, or this sign-up, is cancelled."""
    letter.written += _written(event)
    attachments = []
    if calendar_of is not None:
        method = CANCEL if event.cancelled_at or not calendar_of.is_active else PUBLISH
        calendar = event_calendar(event, rsvp=calendar_of, method=method, made_at=now)
        attachments = [(f"{event.slug}.ics", calendar, f"text/calendar; method={method}")]
    return letter.mail(wording.organiser(event), attachments=attachments, to_unconfirmed=to_unconfirmed)


# --- what a mail is about ---------------------------------------------------------------------------------------------


def _event(notice: Notice) -> Event:
    event = Event.objects.select_related("meeting").filter(pk=notice.data["event"]).first()
    if event is None:
        raise NotNeeded("the event is gone")
    return event


def _rsvp(notice: Notice, now: datetime, *states: str) -> Rsvp:
    """The sign-up, in one of `states`, to an event that is still to come."""
    rsvp = (
        Rsvp.objects.select_related("event__meeting").filter(pk=notice.data["rsvp"], person_id=notice.person_id).first()
    )
    if rsvp is None:
        raise NotNeeded("the sign-up is gone")
    _still_to_come(rsvp.event, now)
    if rsvp.state not in states:
        raise NotNeeded(f"the sign-up is {rsvp.state}")
    return rsvp


def _lost_rsvp(notice: Notice, now: datetime, reason: str) -> Rsvp:
    """A sign-up that ended for `reason`, of somebody who has not signed up again since."""
    rsvp = _rsvp(notice, now, State.CANCELLED)
    if rsvp.cancelled_for != reason:
        raise NotNeeded(f"the sign-up ended otherwise: {rsvp.cancelled_for}")
    if Rsvp.objects.active().filter(event=rsvp.event_id, person=rsvp.person_id).exists():
        raise NotNeeded("signed up again")
    return rsvp


def _still_to_come(event: Event, now: datetime) -> None:
    phase = event.phase_at(now)
    if phase != Phase.UPCOMING:
        raise NotNeeded(f"the event is {phase}")


def _own_rsvp(event: Event, person_id: int) -> Rsvp | None:
    return Rsvp.objects.active().filter(event=event, person_id=person_id).first()


def _still_concerns(event: Event, notice: Notice, rsvp: Rsvp | None, now: datetime) -> None:
    """News goes to who still wants it; to who signed up and to members of a council that meets, in any case."""
    person = notice.person
    if person.wants_news or rsvp is not None:
        return
    meeting = getattr(event, "meeting", None)
    today = latvian.as_local(now).date()
    if meeting and Person.objects.sitting_in(meeting.councils.all(), today).filter(pk=person.pk).exists():
        return
    raise NotNeeded("wants no news any more")


# --- how it is said ---------------------------------------------------------------------------------------------------


def _until(moment: datetime, now: datetime) -> str:
    """Say "līdz plkst. 11.00", on another day "līdz 25. novembrim, plkst. 11.00"."""
    if latvian.as_local(moment).date() == latvian.as_local(now).date():
        return _("until %(time)s") % {"time": latvian.at(moment)}
    return f"{latvian.until(moment, now)}, {latvian.at(moment)}"


def _yours(rsvp: Rsvp) -> str:
    return ngettext(
        "Your sign-up: %(how)s, %(count)d person.", "Your sign-up: %(how)s, %(count)d people.", rsvp.party_size
    ) % {"how": rsvp.get_attending_display(), "count": rsvp.party_size}


def _described(event: Event) -> str:
    return Truncator(event.description.strip()).words(60)


def _written(event: Event) -> list[str]:
    """What people wrote of the event, as the mails quote it."""
    reason = getattr(getattr(event, "meeting", None), "move_reason", "")
    quoted = [event.title, event.venue, event.cancel_reason, event.results, reason, _described(event)]
    return [*quoted, event.venue.rstrip(". ")]


def _facts(rsvp: Rsvp, now: datetime) -> Facts:
    event = rsvp.event
    facts = {"when": wording.when(event, now), "where": wording.where(event, rsvp), "yours": _yours(rsvp)}
    if rsvp.state == State.GOING and event.has_link and event.online_url:
        if event.shows_link_at(now):
            facts["join_url"] = event.online_url
        else:
            opens = _("The link to join is on the page of your sign-up from %(time)s on %(day)s.")
            moment = event.link_opens_at
            facts["join_later"] = opens % {"time": latvian.at(moment), "day": latvian.day(moment, now)}
    return Facts(**facts)


def _page(event: Event) -> str:
    return absolute(event.get_absolute_url())


def _own_page(rsvp: Rsvp) -> str:
    return absolute(rsvp.get_absolute_url())


def _answer(rsvp: Rsvp, answer: str) -> str:
    return absolute(reverse("events:rsvp-answer", args=[rsvp.token, answer]))


def _about(event: Event) -> Link:
    return (_("Agenda") if getattr(event, "meeting", None) else _("About the event"), _page(event))


def _free_seat(rsvp: Rsvp) -> Link:
    return (_("I cannot come, free the seat"), _answer(rsvp, "ne"))


def _signed_up() -> str:
    return _("You get this e-mail because you signed up for the event.")


# --- the guest's link -------------------------------------------------------------------------------------------------


@writes("rsvp_confirm")
def rsvp_confirm(notice: Notice, now: datetime) -> Message:
    rsvp = _rsvp(notice, now, State.HELD, State.WAITING)
    if rsvp.is_confirmed:
        raise NotNeeded("confirmed already")
    return _ask_to_confirm(rsvp, now)


@writes("rsvp_exists")
def rsvp_exists(notice: Notice, now: datetime) -> Message:
    """Somebody gave, once more, an address that has a sign-up here; the page did not say so, the mail does."""
    rsvp = _rsvp(notice, now, *Rsvp.TAKES_A_SEAT, State.WAITING)
    if not rsvp.is_confirmed:
        return _ask_to_confirm(rsvp, now)
    letter = Letter(
        subject=_("You have already signed up: %(title)s") % {"title": rsvp.event.title},
        lead=[
            {
                State.GOING: _("You already have a seat, so there is nothing to do."),
                State.WAITING: _("You are already in the queue, so there is nothing to do."),
                State.OFFERED: _("A seat is offered to you. Open your sign-up and take it."),
            }[State(rsvp.state)]
        ],
        facts=_facts(rsvp, now),
        actions=[(_("My sign-up"), _own_page(rsvp))],
        why=_("You get this e-mail because somebody signed up with your address. If it was not you, do nothing."),
    )
    return _message(letter, rsvp.event, to_unconfirmed=True)


def _ask_to_confirm(rsvp: Rsvp, now: datetime) -> Message:
    if rsvp.hold_expires_at is None or rsvp.hold_expires_at <= now:
        raise NotNeeded("the hold has run out")
    limit = {"until": _until(rsvp.hold_expires_at, now)}
    if rsvp.state == State.HELD:
        lead = _("We hold your seat %(until)s. Open the link and confirm that you are coming.") % limit
    else:
        lead = _("All seats are taken. Open the link and confirm that you want to queue: it works %(until)s.") % limit
    letter = Letter(
        subject=_("Confirm your sign-up: %(title)s") % {"title": rsvp.event.title},
        lead=[lead],
        facts=_facts(rsvp, now),
        actions=[(_("Confirm the sign-up"), _own_page(rsvp))],
        why=_("You get this e-mail because somebody signed up with your address. If it was not you, do nothing."),
    )
    return _message(letter, rsvp.event, to_unconfirmed=True)


@writes("hold_lapsed")
def hold_lapsed(notice: Notice, now: datetime) -> Message:
    rsvp = _lost_rsvp(notice, now, Rsvp.CancelledFor.UNCONFIRMED)
    letter = Letter(
        subject=_("Not confirmed in time: %(title)s") % {"title": rsvp.event.title},
        lead=[_("The link we sent was not opened in time, so the sign-up is cancelled and the seat is free again.")],
        facts=Facts(wording.when(rsvp.event, now), wording.where(rsvp.event)),
        actions=_sign_up_again(rsvp.event, now),
        why=_("You get this e-mail because somebody signed up with your address. If it was not you, do nothing."),
    )
    return _message(letter, rsvp.event, to_unconfirmed=True)


def _sign_up_again(event: Event, now: datetime) -> list[Link]:
    return [(_("Sign up again") if event.takes_rsvps_at(now) else _("About the event"), _page(event))]


# --- seats and the queue ----------------------------------------------------------------------------------------------


@writes("rsvp_confirmed")
def rsvp_confirmed(notice: Notice, now: datetime) -> Message:
    rsvp = _rsvp(notice, now, State.GOING)
    return _seat(rsvp, now, _("You are signed up: %(title)s"), _("See you there!"))


@writes("rsvp_seated")
def rsvp_seated(notice: Notice, now: datetime) -> Message:
    rsvp = _rsvp(notice, now, State.GOING)
    return _seat(rsvp, now, _("You have a seat: %(title)s"), _("A seat came free, and it is yours, as you asked."))


def _seat(rsvp: Rsvp, now: datetime, subject: str, lead: str) -> Message:
    code = qr.at_the_door(rsvp, now)
    at_door = _("At the door, show the QR code of this e-mail or of the page of your sign-up, or say your name.")
    letter = Letter(
        subject=subject % {"title": rsvp.event.title},
        lead=[lead],
        facts=_facts(rsvp, now),
        actions=[(_("My sign-up"), _own_page(rsvp)), _free_seat(rsvp)],
        notes=[*([at_door] if code else []), _("The attached file puts the event into your calendar.")],
        links=[_about(rsvp.event)],
        code=code,
        why=_signed_up(),
    )
    return _message(letter, rsvp.event, calendar_of=rsvp, now=now)


@writes("rsvp_waiting")
def rsvp_waiting(notice: Notice, now: datetime) -> Message:
    rsvp = _rsvp(notice, now, State.WAITING)
    if not rsvp.is_confirmed:
        raise NotNeeded("not confirmed")
    place = Rsvp.objects.filter(event=rsvp.event_id, number__lte=rsvp.number).queue().count()
    if rsvp.seat_at_once:
        how = _("When a seat comes free for you, you get it at once, and we write to you.")
    else:
        how = _(
            "When a seat comes free for you, we write to you. The e-mail says until when you can take the seat; after "
            "that it goes to the next in the queue."
        )
    letter = Letter(
        subject=_("You are in the queue: %(title)s") % {"title": rsvp.event.title},
        lead=[_("All seats are taken. Your place in the queue: %(place)d.") % {"place": place}, how],
        facts=_facts(rsvp, now),
        actions=[(_("My sign-up"), _own_page(rsvp)), (_("Leave the queue"), _answer(rsvp, "ne"))],
        links=[_about(rsvp.event)],
        why=_signed_up(),
    )
    return _message(letter, rsvp.event)


@writes("rsvp_offer")
def rsvp_offer(notice: Notice, now: datetime) -> Message:
    rsvp = _rsvp(notice, now, State.OFFERED)
    if rsvp.offer_expires_at is None or rsvp.offer_expires_at <= now:
        raise NotNeeded("the offer has run out")
    letter = Letter(
        subject=_("A seat is free for you: %(title)s") % {"title": rsvp.event.title},
        lead=[
            _("You can take it %(until)s. After that we offer it to the next in the queue.")
            % {"until": _until(rsvp.offer_expires_at, now)}
        ],
        facts=_facts(rsvp, now),
        actions=[(_("Take the seat"), _own_page(rsvp)), (_("No, pass it on"), _answer(rsvp, "ne"))],
        links=[_about(rsvp.event)],
        why=_signed_up(),
    )
    return _message(letter, rsvp.event)


@writes("offer_lapsed")
def offer_lapsed(notice: Notice, now: datetime) -> Message:
    rsvp = _lost_rsvp(notice, now, Rsvp.CancelledFor.LAPSED)
    letter = Letter(
        subject=_("The seat went to the next in the queue: %(title)s") % {"title": rsvp.event.title},
        lead=[_("You did not take the offered seat in time, so your sign-up is cancelled.")],
        facts=Facts(wording.when(rsvp.event, now), wording.where(rsvp.event)),
        actions=_sign_up_again(rsvp.event, now),
        why=_signed_up(),
    )
    return _message(letter, rsvp.event)


@writes("rsvp_cancelled")
def rsvp_cancelled(notice: Notice, now: datetime) -> Message:
    rsvp = _lost_rsvp(notice, now, Rsvp.CancelledFor.ORGANISER)
    letter = Letter(
        subject=_("Your sign-up is cancelled: %(title)s") % {"title": rsvp.event.title},
        lead=[_("The organiser cancelled your sign-up. The event itself takes place.")],
        facts=Facts(wording.when(rsvp.event, now), wording.where(rsvp.event)),
        actions=[(_("About the event"), _page(rsvp.event))],
        notes=[_("The attached file takes the event out of your calendar.")],
        why=_signed_up(),
    )
    return _message(letter, rsvp.event, calendar_of=rsvp, now=now)


# --- before the event -------------------------------------------------------------------------------------------------


@writes("reminder")
def reminder(notice: Notice, now: datetime) -> Message:
    """Of several reminders that waited for a dead mail server only the last one goes out."""
    event = _event(notice)
    _still_to_come(event, now)
    if not notice.data["stamp"].endswith(f":{event.start_stamp}"):
        raise NotNeeded("the event has moved")
    rsvp = _own_rsvp(event, notice.person_id)
    if rsvp is None or rsvp.state != State.GOING:
        raise NotNeeded("not going")
    if not (rsvp.wants_reminder and notice.person.wants_reminders):
        raise NotNeeded("wants no reminders")
    later = Notice.objects.filter(about=notice.about, person=notice.person_id, kind=notice.kind, pk__gt=notice.pk)
    if later.filter(cancelled_at=None).exists():
        raise NotNeeded("a later reminder follows")
    rsvp.event = event
    days = (latvian.as_local(event.starts_at).date() - latvian.as_local(now).date()).days
    letter = Letter(
        subject=_("%(day)s: %(title)s, %(time)s")
        % {
            "day": capfirst(latvian.relative_days(days)),
            "title": event.title,
            "time": latvian.at(event.starts_at),
        },
        facts=_facts(rsvp, now),
        actions=[(_("Yes, I am coming"), _answer(rsvp, "ja")), _free_seat(rsvp)],
        links=[(_("Add to calendar"), absolute(reverse("events:ics", args=[event.pk, event.slug]))), _about(event)],
        why=_signed_up(),
    )
    return _message(letter, event)


@writes("event_announced")
def event_announced(notice: Notice, now: datetime) -> Message:
    event = _event(notice)
    _still_to_come(event, now)
    _still_concerns(event, notice, None if notice.person.wants_news else _own_rsvp(event, notice.person_id), now)
    see = _("See the event and sign up") if event.takes_rsvps_at(now) else _("About the event")
    letter = Letter(
        subject=_("%(day)s: %(title)s") % {"day": capfirst(latvian.day(event.starts_at, now)), "title": event.title},
        lead=[_described(event)] if event.description.strip() else [],
        facts=Facts(wording.when(event, now), wording.where(event)),
        actions=[(see, _page(event))],
        links=[(_("Add to calendar"), absolute(reverse("events:ics", args=[event.pk, event.slug])))],
        why=_told_because(None),
    )
    return _message(letter, event)


@writes("event_invited")
def event_invited(notice: Notice, now: datetime) -> Message:
    """To somebody whom the organiser invites by name; reserved seats are spoken of where there are any."""
    event = _event(notice)
    _still_to_come(event, now)
    if not event.invitations.filter(person=notice.person_id).exists():
        raise NotNeeded("the invitation was withdrawn")
    if _own_rsvp(event, notice.person_id) is not None:
        raise NotNeeded("signed up already")
    calls = Notice.objects.filter(kind="meeting_call", about=notice.about, person=notice.person_id)
    if calls.filter(cancelled_at=None).exists():
        raise NotNeeded("asked as a member whether they come")
    lead = [_("The organiser invites you.")]
    if event.reserved_seats:
        lead.append(_("Seats are kept for invited people. Sign up with this e-mail address, and one of them is yours."))
    if event.description.strip():
        lead.append(_described(event))
    letter = Letter(
        subject=_("You are invited: %(title)s") % {"title": event.title},
        lead=lead,
        facts=Facts(wording.when(event, now), wording.where(event)),
        actions=[(_("See the event and sign up") if event.takes_rsvps_at(now) else _("About the event"), _page(event))],
        links=[(_("Add to calendar"), absolute(reverse("events:ics", args=[event.pk, event.slug])))],
        why=_("You get this e-mail because the organiser invited you by name."),
    )
    return _message(letter, event)


def _told_because(rsvp: Rsvp | None) -> str:
    if rsvp is not None:
        return _signed_up()
    return _("You get this e-mail because you follow a neighbourhood or belong to its council.")


# --- when plans change ------------------------------------------------------------------------------------------------


@writes("event_moved")
def event_moved(notice: Notice, now: datetime) -> Message:
    """What is new since this person last heard of the event; a move takes over earlier ones that were not sent yet."""
    event = _event(notice)
    if event.phase_at(now) not in (Phase.UPCOMING, Phase.RUNNING):
        raise NotNeeded(f"the event is {event.phase_at(now)}")
    rsvp = _own_rsvp(event, notice.person_id)
    _still_concerns(event, notice, rsvp, now)
    has_seat = rsvp is not None and rsvp.state == State.GOING
    was = _was(event, notice, rsvp)
    if not (has_seat and event.shows_link_at(now)):
        was.pop("online_url", None)
    changes = _changes(event, was, now)
    if not changes:
        raise NotNeeded("nothing is new to this person")
    reason = getattr(getattr(event, "meeting", None), "move_reason", "")
    says_why = reason and not {"starts_at", "venue", "format"}.isdisjoint(was)
    letter = Letter(
        subject=_moved_subject(was) % {"title": event.title},
        lead=[*([_("The meeting is moved: %(reason)s") % {"reason": reason}] if says_why else []), *_standing(rsvp)],
        changes=changes,
        written=[was.get("venue", "")],
        actions=[(_("About the event"), _page(event))],
        why=_told_because(rsvp),
    )
    if rsvp is not None:
        leave = _free_seat(rsvp) if has_seat else (_("Cancel the sign-up"), _answer(rsvp, "ne"))
        letter.actions = [(_("My sign-up"), _own_page(rsvp)), leave]
        letter.links = [_about(event)]
    if has_seat:
        letter.notes = [_("The attached file puts the event into your calendar.")]
    return _message(letter, event, calendar_of=rsvp if has_seat else None, now=now)


def _was(event: Event, notice: Notice, rsvp: Rsvp | None) -> dict[str, str]:
    """Field names and what each held when this person last heard of the event; two queries."""
    sequence = notice.data["sequence"]
    changes = list(event.changes.order_by("sequence"))
    if not changes or changes[-1].sequence > sequence:
        raise NotNeeded("the event has moved again")
    others = Notice.objects.filter(about=notice.about, person=notice.person_id).exclude(pk=notice.pk)
    heard = [others.aggregate(at=Max("handed_at"))["at"], rsvp.rsvped_at if rsvp else None]
    known = max((at for at in heard if at is not None), default=None)
    was: dict[str, str] = {}
    for change in changes:
        if change.sequence == sequence or (known is not None and change.at > known):
            was = change.before | was
    return {name: value for name, value in was.items() if _value(name, value) != getattr(event, name)}


def _value(name: str, stored: str):
    return datetime.fromisoformat(stored) if name in ("starts_at", "ends_at") else stored


def _changes(event: Event, was: dict[str, str], now: datetime) -> list[dict[str, str]]:
    found = []
    if "starts_at" in was or "ends_at" in was:
        started_at, ended_at = (
            _value(name, was[name]) if name in was else getattr(event, name) for name in ("starts_at", "ends_at")
        )
        before = latvian.span(started_at, ended_at, now)
        found.append((_("Time"), before, latvian.span(event.starts_at, event.ends_at, now)))
    if "format" in was:
        found.append((_("How it takes place"), str(Event.Format(was["format"]).label), event.get_format_display()))
    if "venue" in was and event.has_room:
        found.append((_("Place"), was["venue"], event.venue))
    if "online_url" in was and event.has_link:
        found.append((_("Link to join"), was["online_url"], event.online_url))
    return [{"label": label, "before": before, "after": after or "—"} for label, before, after in found]


def _moved_subject(was: Iterable[str]) -> str:
    new_time, new_place = {"starts_at", "ends_at"} & set(was), "venue" in was
    if new_time and new_place:
        return _("New time and place: %(title)s")
    if new_time:
        return _("New time: %(title)s")
    return _("New place: %(title)s") if new_place else _("Changes: %(title)s")


def _standing(rsvp: Rsvp | None) -> list[str]:
    """What the change means for one's sign-up."""
    if rsvp is not None and rsvp.state == State.GOING:
        return [_("Your seat stays yours. If you cannot come now, free it for somebody else.")]
    if rsvp is not None and rsvp.state == State.WAITING:
        return [_("Your place in the queue stays yours.")]
    return []


@writes("event_cancelled")
def event_cancelled(notice: Notice, now: datetime) -> Message:
    event = _event(notice)
    if event.cancelled_at is None or event.ends_at <= now:
        raise NotNeeded("the event is not cancelled, or would be over")
    rsvp = _own_rsvp(event, notice.person_id)
    _still_concerns(event, notice, rsvp, now)
    letter = Letter(
        subject=_("Cancelled: %(title)s") % {"title": event.title},
        lead=[_("The event does not take place."), *filter(None, [event.cancel_reason])],
        facts=Facts(wording.when(event, now), wording.where(event, rsvp)),
        actions=[(_("Other events"), absolute(reverse("events:calendar")))],
        why=_told_because(rsvp),
    )
    has_seat = rsvp is not None and rsvp.state == State.GOING
    if has_seat:
        letter.notes = [_("The attached file takes the event out of your calendar.")]
    return _message(letter, event, calendar_of=rsvp if has_seat else None, now=now)


# --- afterwards -------------------------------------------------------------------------------------------------------


@writes("event_thanks")
def event_thanks(notice: Notice, now: datetime) -> Message:
    """What came of the event, with the ways to pictures, survey and, after a training, the certificate."""
    event = _event(notice)
    if event.phase_at(now) != Phase.OVER:
        raise NotNeeded(f"the event is {event.phase_at(now)}")
    came = Exists(CheckIn.objects.standing().filter(rsvp=OuterRef("pk")))
    rows = Rsvp.objects.filter(event=event, person_id=notice.person_id).annotate(came=came)
    rsvp = rows.filter(Q(came=True) | Q(state=State.GOING)).order_by("-came", "-number").first()
    if rsvp is None:
        raise NotNeeded("was not there")
    letter = Letter(
        subject=_("Thank you for coming: %(title)s") % {"title": event.title},
        lead=[_("What came of it:"), event.results] if event.results else [],
        facts=Facts(wording.when(event, now), wording.where(event, rsvp)),
        actions=[(_("About the event"), _page(event))],
        why=_signed_up(),
    )
    if rsvp.surveyed_at is None:
        survey = absolute(reverse("events:survey", args=[rsvp.token]))
        letter.actions = [(_("Say how it was: three questions"), survey), *letter.actions]
    if event.kind == Event.Kind.TRAINING and rsvp.came:
        letter.links.append((_("Your certificate (PDF)"), absolute(reverse("events:certificate", args=[rsvp.token]))))
    album = getattr(event, "album", None)
    if album is not None and album.published_at:
        letter.links.append((_("Pictures"), absolute(album.get_absolute_url())))
    return _message(letter, event)


# --- series -----------------------------------------------------------------------------------------------------------

MOST_DATES = 15  # in a mail; the page of the event has them all


def _dates(events: list[Event], now: datetime) -> str:
    """The dates one below the other."""
    lines = [wording.when(event, now) for event in events[:MOST_DATES]]
    if more := len(events) - len(lines):
        lines.append(_("and %(count)d more") % {"count": more})
    return "\n".join(lines)


@writes("series_announced")
def series_announced(notice: Notice, now: datetime) -> Message:
    """One mail for all dates of a series that are still to come."""
    if not notice.person.wants_news:
        raise NotNeeded("wants no news any more")
    events = list(Event.objects.filter(pk__in=notice.data["events"]).upcoming(now).filter(starts_at__gt=now))
    if not events:
        raise NotNeeded("no date is still to come")
    first = events[0]
    described = [_described(first)] if first.description.strip() else []
    dates = ngettext("%(count)d date", "%(count)d dates", len(events)) % {"count": len(events)}
    letter = Letter(
        subject=_("%(day)s: %(title)s")
        % {"day": capfirst(latvian.day(first.starts_at, now)), "title": f"{first.title} ({dates})"},
        lead=[*described, _dates(events, now)],
        facts=Facts(where=wording.where(first)),
        actions=[(_("See the event and sign up") if first.takes_rsvps_at(now) else _("About the event"), _page(first))],
        links=[(_("Add all dates to the calendar"), absolute(reverse("events:series-ics", args=[first.series_id])))],
        why=_told_because(None),
    )
    return _message(letter, first)


@writes("series_cancelled")
def series_cancelled(notice: Notice, now: datetime) -> Message:
    """One mail for all dates that were called off together; to who wants no news, those of the own sign-ups alone."""
    rows = Event.objects.filter(pk__in=notice.data["events"], cancelled_at__isnull=False, ends_at__gt=now)
    events = list(rows.order_by("starts_at", "pk"))
    own = {row.event_id: row for row in Rsvp.objects.active().filter(event__in=events, person_id=notice.person_id)}
    if not notice.person.wants_news:
        events = [event for event in events if event.pk in own]
    if not events:
        raise NotNeeded("nothing that concerns this person is cancelled")
    first = events[0]
    dates = ngettext("%(count)d date", "%(count)d dates", len(events)) % {"count": len(events)}
    letter = Letter(
        subject=_("Cancelled: %(title)s") % {"title": f"{first.title} ({dates})"},
        lead=[_("These dates do not take place:"), _dates(events, now), *filter(None, [first.cancel_reason])],
        actions=[(_("Other events"), absolute(reverse("events:calendar")))],
        why=_signed_up() if own else _told_because(None),
    )
    seats = [(event, own[event.pk]) for event in events if event.pk in own and own[event.pk].state == State.GOING]
    message = _message(letter, first)
    if seats:
        letter.notes = [_("The attached file takes the dates out of your calendar.")]
        file = events_calendar(seats, method=CANCEL)
        message.attachments = [(f"{first.slug}.ics", file, f"text/calendar; method={CANCEL}")]
    return message
