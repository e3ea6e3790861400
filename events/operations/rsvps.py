"""What a resident does, or an organiser for one: sign up, confirm, change, cancel, take an offered seat."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import AccessService, Answer, Event, Phase, Question, Rsvp
from events.operations.base import (
    RsvpRefused,
    Seats,
    State,
    is_invited,
    lock,
    lock_to_book,
    offer_free_seats,
    refusal,
    take_seat,
    tell,
)
from notices.rows import insert
from people import operations as people
from people.models import Person, User

SAME_PRESS = timedelta(minutes=1)  # a guest's form sent again within it is a double click, whose link is on its way

Answers = Mapping[Question, str | Decimal | bool | None]


@transaction.atomic
def rsvp(
    *,
    event: Event,
    person: Person,
    party_size: int = 1,
    attending: str = "",
    question: str = "",
    seat_at_once: bool = False,
    wants_reminder: bool = True,
    name_on_list: bool = False,
    answers: Answers | None = None,
    services: Iterable[AccessService] = (),
    beyond_capacity: bool = False,
    by: User | None,
    now: datetime,
) -> Rsvp:
    """Book `party_size` seats at `event` for somebody the portal knows, or queue for them when they are taken.

    A person who already holds an RSVP gets it back unchanged, and no second message; one that waits for a guest's link
    counts as confirmed now, because the person, or an officer who heard it from the person, says so.
    An organiser (`by` is not the person) may enter somebody until the start, also before sign-up opens and after it
    closed, and may say that the person is let in though all seats are taken (`beyond_capacity`).
    Raises RsvpRefused once sign-up has closed or the event is cancelled, or when the party is too large.
    Locks the event row, so two people cannot both take the last seat. Four statements: lock, count, two inserts; one
    more where seats are reserved.
    """
    entered_by = by if by and by.pk != person.user_id else None
    row, created = _book(
        event_id=event.pk,
        person=person,
        now=now,
        party_size=party_size,
        attending=attending,
        question=question,
        seat_at_once=seat_at_once,
        wants_reminder=wants_reminder,
        name_on_list=name_on_list,
        answers=answers,
        services=services,
        entered_by=entered_by,
        beyond_capacity=beyond_capacity and entered_by is not None,
        confirmed_at=now,
    )
    if created:
        tell(row, row.event, "rsvp_confirmed" if row.state == State.GOING else "rsvp_waiting", now)
    elif not row.is_confirmed:
        _confirm(row, row.event, now)
    else:
        return row
    if entered_by:
        details = {"rsvp": row.pk} | ({"beyond_capacity": True} if beyond_capacity else {})
        people.record(by=by, on_behalf_of=person, verb="rsvp", target=row.event, now=now, details=details)
    return row


def _book(
    *,
    event_id,
    person,
    now,
    party_size,
    attending,
    confirmed_at,
    answers=None,
    services=(),
    beyond_capacity=False,
    entered_by=None,
    **fields,
) -> tuple[Rsvp, bool]:
    """The row, new or the one that was already there, and whether it is new. Inside the caller's transaction."""
    event = lock_to_book(event_id)
    may = event.takes_rsvps and event.phase_at(now) == Phase.UPCOMING if entered_by else event.takes_rsvps_at(now)
    if not may:
        raise RsvpRefused(refusal(event, now))
    seats = Seats(event, person.pk)
    if seats.mine:
        return Rsvp.objects.select_related("event", "person").get(pk=seats.mine), False
    if attending not in seats.halls:
        attending = seats.main
    invited = attending == seats.main and is_invited(event, person.pk)
    _check_party(event, seats, party_size, attending, invited)
    on_reserved = invited and _reserved_room_for(event, seats, party_size)
    seated = on_reserved or beyond_capacity or seats.has_room_for(party_size, attending)
    hold = None if confirmed_at else min(now + timedelta(hours=settings.HOLD_HOURS), event.starts_at)
    row = Rsvp(
        event=event,
        person=person,
        number=seats.next_number,
        state=(State.GOING if confirmed_at else State.HELD) if seated else State.WAITING,
        party_size=party_size,
        attending=attending,
        is_reserved=on_reserved,
        rsvped_at=now,
        confirmed_at=confirmed_at,
        hold_expires_at=hold,
        entered_by=entered_by,
        **fields,
    )
    insert(row)
    if answers:
        _write_answers(row, answers)
    if services:
        _ask_for(row, services, now)
    return row, True


def _check_party(event: Event, seats: Seats, party_size: int, hall: str, invited: bool) -> None:
    """Refuse a party that is larger than allowed, or than the hall with all its seats: it would wait for ever."""
    if not 1 <= party_size <= event.largest_party:
        raise RsvpRefused(too_many(event))
    total = seats.total(hall)
    if total is None or party_size <= total or (invited and party_size <= event.reserved_seats):
        return
    if total <= 0:
        raise RsvpRefused(_("All seats are kept for invited people."))
    raise RsvpRefused(
        ngettext("There is only %(total)d seat of this kind.", "There are only %(total)d seats of this kind.", total)
        % {"total": total}
    )


def _reserved_room_for(event: Event, seats: Seats, party_size: int) -> bool:
    """Free reserved seats for the party, and no invited person is waiting for whom they would do."""
    if party_size > seats.reserved_left:
        return False
    queue = Rsvp.objects.filter(event=event.pk).queue().filter(attending=seats.main)
    before = queue.filter(person__invitations__event=event.pk, party_size__lte=seats.reserved_left)
    return not before.exists()


def _write_answers(row: Rsvp, answers: Answers) -> None:
    """The answers given, each in the column of its question's kind; what was not answered (None, "") has no row, nor
    what was asked no more a moment ago. The caller holds the event's lock."""
    Answer.objects.filter(rsvp=row, question__in=list(answers)).delete()
    kinds = Question.Kind
    there = set(Question.objects.filter(event=row.event_id).values_list("pk", flat=True))
    rows = []
    for question, value in answers.items():
        if value is None or value == "" or question.pk not in there:
            continue
        if question.kind == kinds.NUMBER:
            rows.append(Answer(rsvp=row, question=question, number=value))
        elif question.kind == kinds.YES:
            rows.append(Answer(rsvp=row, question=question, is_yes=bool(value)))
        else:
            rows.append(Answer(rsvp=row, question=question, text=str(value)))
    Answer.objects.bulk_create(rows)


def _ask_for(row: Rsvp, services: Iterable[AccessService], now: datetime) -> None:
    """Set which access services the person asks for; those whose day has passed stay as they were."""
    can_change = AccessService.objects.filter(event=row.event_id).one_can_ask_for(now)
    wanted = {service.pk for service in services}
    for service in can_change:
        if service.pk in wanted:
            service.rsvps.add(row)
        else:
            service.rsvps.remove(row)


def too_many(event: Event) -> str:
    return ngettext(
        "You can sign up %(limit)d person at most.", "You can sign up %(limit)d people at most.", event.largest_party
    ) % {"limit": event.largest_party}


@transaction.atomic
def rsvp_as_guest(
    *,
    event: Event,
    name: str,
    email: str,
    network: str,
    language: str,
    now: datetime,
    party_size: int = 1,
    attending: str = "",
    question: str = "",
    seat_at_once: bool = False,
    wants_reminder: bool = True,
    name_on_list: bool = False,
    answers: Answers | None = None,
    services: Iterable[AccessService] = (),
) -> Rsvp:
    """Hold seats (or a place in the queue) for somebody known by an e-mail address only, until its link is opened.

    The page that follows looks the same whoever the address belongs to; what is said, is said by mail: the link to
    confirm, or, to somebody who already has an RSVP here, the link to it. The hold lasts HOLD_HOURS, never past the
    start. Raises RsvpRefused as `rsvp` does, and when the address or the network has too many unconfirmed holds.
    Locks the event row.
    """
    lock(event.pk)  # before the person, as everywhere: two guests of one mailbox wait here and not for each other
    person = people.person_by_email(email=email, name=name, language=language, now=now)
    _refuse_floods(person, network, now)
    row, created = _book(
        event_id=event.pk,
        person=person,
        now=now,
        party_size=party_size,
        attending=attending,
        question=question,
        seat_at_once=seat_at_once,
        wants_reminder=wants_reminder,
        name_on_list=name_on_list,
        answers=answers,
        services=services,
        network=network,
        confirmed_at=None,
    )
    if created:
        tell(row, row.event, "rsvp_confirm", now, expires_at=row.hold_expires_at)
    elif row.is_confirmed or now - row.rsvped_at > SAME_PRESS:
        # at most one such mail an hour, however often the form is sent
        tell(row, row.event, "rsvp_exists", now, once=f"{now:%Y%m%d%H}")
    return row


def _refuse_floods(person: Person, network: str, now: datetime) -> None:
    """Keep a robot from filling the hall and strangers' mailboxes: what nobody confirmed is counted per address, as
    sign-ups, and per network, as people."""
    since = now - timedelta(hours=settings.HOLD_HOURS)
    unconfirmed = Rsvp.objects.filter(confirmed_at=None, rsvped_at__gt=since)
    if unconfirmed.filter(person=person).count() >= settings.HOLDS_PER_ADDRESS:
        raise RsvpRefused(
            _("Too many sign-ups wait for this e-mail to confirm them. Open the links in your mail first.")
        )
    from_network = unconfirmed.filter(network=network).aggregate(n=Sum("party_size"))["n"] if network else 0
    if (from_network or 0) >= settings.HOLDS_PER_NETWORK:
        raise RsvpRefused(
            _("Too many sign-ups came from your network just now. Try again in an hour, log in, or call us.")
        )


@transaction.atomic
def confirm_rsvp(*, rsvp: Rsvp, now: datetime) -> Rsvp:
    """The guest opened the link and pressed the button: the address is proved, the hold becomes an RSVP.

    When the hold has run out meanwhile, the guest is booked anew, with a new number; a newer hold of the same guest is
    confirmed instead. Confirming twice changes nothing.
    Raises RsvpRefused when the event takes nobody any more, the organiser cancelled the hold, or the person was
    forgotten since. Locks the event row.
    """
    event = lock(rsvp.event_id)
    row = Rsvp.objects.select_related("person").get(pk=rsvp.pk)
    if row.is_confirmed:
        return row
    if row.person.erased_at or row.cancelled_for in (Rsvp.CancelledFor.ORGANISER, Rsvp.CancelledFor.ERASED):
        raise RsvpRefused(_("This sign-up can no longer be changed."))
    ran_out = row.state == State.CANCELLED or (row.hold_expires_at and row.hold_expires_at <= now)
    # Before any sign-up is written: who claims the address for an account takes these two in the same order.
    people.confirm_email(person=row.person, now=now)
    if ran_out:
        if row.state != State.CANCELLED:
            cancel_row(row, now, Rsvp.CancelledFor.UNCONFIRMED)
            offer_free_seats(event, now)
        fresh, created = _book(
            event_id=event.pk,
            person=row.person,
            now=now,
            party_size=row.party_size,
            attending=row.attending,
            question=row.question,
            seat_at_once=row.seat_at_once,
            wants_reminder=row.wants_reminder,
            name_on_list=row.name_on_list,
            answers={answer.question: answer.value for answer in row.answers.select_related("question")},
            services=list(row.services.all()),
            confirmed_at=now,
        )
        if created:
            tell(fresh, event, "rsvp_confirmed" if fresh.state == State.GOING else "rsvp_waiting", now)
            return fresh
        return confirm_rsvp(rsvp=fresh, now=now)
    if event.cancelled_at or now >= event.starts_at:
        raise RsvpRefused(refusal(event, now))
    _confirm(row, event, now)
    return row


def _confirm(row: Rsvp, event: Event, now: datetime) -> None:
    """A hold becomes a seat, an unconfirmed place in the queue a real one. The caller holds the event's lock."""
    row.confirmed_at, row.hold_expires_at, row.network = now, None, ""
    is_held = row.state == State.HELD
    if is_held:
        row.state = State.GOING
    row.save(update_fields=["state", "confirmed_at", "hold_expires_at", "network"])
    tell(row, event, "rsvp_confirmed" if is_held else "rsvp_waiting", now)
    if not is_held:
        offer_free_seats(event, now)
        row.refresh_from_db()


@transaction.atomic
def change_rsvp(
    *,
    rsvp: Rsvp,
    now: datetime,
    by: User | None,
    party_size: int | None = None,
    attending: str | None = None,
    answers: Answers | None = None,
    services: Iterable[AccessService] | None = None,
    **simple: Any,
) -> Rsvp:
    """Change what is given; fewer people free seats for the queue, more need seats that are free, and who goes from
    the room online, or back, needs seats there. `simple`: question, seat_at_once, wants_reminder, name_on_list.

    Raises RsvpRefused when the event has begun or is cancelled, the RSVP is cancelled, or the seats are not there.
    Locks the event row.
    """
    event = lock(rsvp.event_id)
    row = Rsvp.objects.select_related("person").get(pk=rsvp.pk)
    if not row.is_active or event.phase_at(now) != Phase.UPCOMING:
        raise RsvpRefused(_("This sign-up can no longer be changed."))
    seats = Seats(event)
    size = row.party_size if party_size is None else party_size
    hall = attending if attending in seats.halls else row.attending if row.attending in seats.halls else seats.main
    if (size, hall) != (row.party_size, row.attending):
        _resize(row, event, seats, size, str(hall), now)
    for name in SIMPLE & set(simple):
        if simple[name] is not None:
            setattr(row, name, simple[name])
    row.save(update_fields=["party_size", "attending", "is_reserved", *SIMPLE])
    if answers:
        _write_answers(row, answers)
    if services is not None:
        _ask_for(row, services, now)
    offer_free_seats(event, now)
    row.refresh_from_db()
    if by and by.pk != row.person.user_id:
        people.record(
            by=by, on_behalf_of=row.person, verb="change_rsvp", target=event, now=now, details={"rsvp": row.pk}
        )
    return row


SIMPLE = {"question", "seat_at_once", "wants_reminder", "name_on_list"}


def _resize(row: Rsvp, event: Event, seats: Seats, size: int, hall: str, now: datetime) -> None:
    """Another number of people, or another hall. A party on reserved seats stays there when it fits.

    Who has seats may always give some of them back, also where an organiser let in more people than there are seats.
    """
    own, stays = row.party_size, hall == row.attending
    if 1 <= size < own and stays and row.state in Rsvp.TAKES_A_SEAT:
        row.party_size = size
        return
    if size > own and not event.takes_rsvps_at(now):
        raise RsvpRefused(refusal(event, now))
    invited = hall == seats.main and is_invited(event, row.person_id)
    _check_party(event, seats, size, hall, invited)
    if row.state in Rsvp.TAKES_A_SEAT:
        if row.is_reserved and stays and size - own <= seats.reserved_left:
            pass
        else:
            # What the party gives back where it sits now it may take again in the same hall.
            left = seats.left(hall) + (own if stays and not row.is_reserved else 0)
            if size <= left:
                row.is_reserved = False
            elif invited and _reserved_room_for(event, seats, size):
                row.is_reserved = True
            else:
                more = max(left - own, seats.reserved_left if row.is_reserved else 0) if stays else left
                raise RsvpRefused(_only_so_many(max(more, 0), stays))
    row.party_size, row.attending = size, hall


def _only_so_many(left: int, stays: bool) -> str:
    if stays:
        words = ngettext("Only %(left)d more seat is free.", "Only %(left)d more seats are free.", left)
    else:
        words = ngettext("Only %(left)d seat is free there.", "Only %(left)d seats are free there.", left)
    return words % {"left": left}


def cancel_row(row: Rsvp, now: datetime, reason: str) -> None:
    row.state, row.cancelled_at, row.cancelled_for = State.CANCELLED, now, reason
    row.hold_expires_at = row.offer_expires_at = None
    row.network = ""
    row.save(update_fields=["state", "cancelled_at", "cancelled_for", "hold_expires_at", "offer_expires_at", "network"])


@transaction.atomic
def cancel_rsvp(*, rsvp: Rsvp, by: User | None, now: datetime, reason: str = Rsvp.CancelledFor.SELF) -> Rsvp:
    """Give the seats, or the place in the queue, back; what is free is offered to the next in the same transaction.

    Cancelling twice changes nothing. Somebody whose RSVP the organiser cancels is told by mail.
    Raises RsvpRefused when the event has begun. Locks the event row.
    """
    event = lock(rsvp.event_id)
    row = Rsvp.objects.select_related("person").get(pk=rsvp.pk)
    if not row.is_active:
        return row
    if now >= event.starts_at and not event.cancelled_at:
        raise RsvpRefused(_("The event has already begun."))
    if row.check_ins.standing().exists():
        raise RsvpRefused(_("The person is already in. Take the arrival back first."))
    if row.state == State.OFFERED and reason == Rsvp.CancelledFor.SELF:
        reason = Rsvp.CancelledFor.DECLINED
    cancel_row(row, now, reason)
    if by and by.pk != row.person.user_id:
        people.record(
            by=by, on_behalf_of=row.person, verb="cancel_rsvp", target=event, now=now, details={"rsvp": row.pk}
        )
    if reason == Rsvp.CancelledFor.ORGANISER:
        tell(row, event, "rsvp_cancelled", now)
    offer_free_seats(event, now)
    return row


@transaction.atomic
def accept_offer(*, rsvp: Rsvp, now: datetime) -> Rsvp:
    """Take the offered seat. Accepting twice changes nothing.

    Raises RsvpRefused when the offer has run out (at the start at the latest) or the event is cancelled.
    Locks the event row.
    """
    event = lock(rsvp.event_id)
    row = Rsvp.objects.select_related("person").get(pk=rsvp.pk)
    if row.state == State.GOING:
        return row
    if event.cancelled_at:
        raise RsvpRefused(refusal(event, now))
    if row.state != State.OFFERED or row.offer_expires_at is None or row.offer_expires_at <= now:
        raise RsvpRefused(_("This offer has run out. The seat went to the next person in the queue."))
    take_seat(row, event, now, kind="rsvp_confirmed")
    return row


@transaction.atomic
def affirm_rsvp(*, rsvp: Rsvp, now: datetime) -> Rsvp:
    """Note "yes, I am coming", the answer to a reminder. Raises RsvpRefused unless the person has a seat."""
    event = lock(rsvp.event_id)
    row = Rsvp.objects.get(pk=rsvp.pk)
    if row.state != State.GOING or event.cancelled_at or now >= event.ends_at:
        raise RsvpRefused(_("This sign-up can no longer be changed."))
    row.affirmed_at = now
    row.save(update_fields=["affirmed_at"])
    return row
