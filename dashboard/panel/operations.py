"""What the coordinator does at once in two rooms: enter somebody and give them a seat. All of it or nothing."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from councils import operations as councils
from councils.models import Council, Membership, Substitute, Term
from events import operations as events
from events.models import Event, Invitation, Rsvp
from people import operations as people
from people.models import Person, User

SENT_TWICE = timedelta(minutes=1)
WAYS = (("email", "email"), ("phone", "phone"), ("post", "address"))  # kinds of channels, as forms call them


def _entered_just_now(given_name: str, family_name: str, by: User, now: datetime) -> QuerySet[Person]:
    rows = Person.objects.filter(given_name=given_name, family_name=family_name, created_by=by, erased_at=None)
    return rows.filter(created_at__gt=now - SENT_TWICE).order_by("pk")


def entered_just_now(*, given_name: str, family_name: str, by: User, now: datetime) -> Person | None:
    """Somebody of this name whom the same coordinator entered within the last minute: a form that was sent twice."""
    return _entered_just_now(given_name, family_name, by, now).first()


def _enter_once(new_person: dict, is_namesake: bool, by: User, now: datetime) -> Person:
    """The person whom the same form entered a moment ago, who can be reached in the same ways; else somebody new.

    The caller holds the lock that the same form sent twice waits for.
    """
    twins = () if is_namesake else _entered_just_now(new_person["given_name"], new_person["family_name"], by, now)
    ways = {kind: way for kind, name in WAYS if (way := new_person.get(name))}
    for twin in twins:
        if dict(twin.channels.values_list("kind", "value")) == ways:
            return twin
    return people.enter_person(by=by, now=now, **new_person)


@transaction.atomic
def enter_and_seat(
    *,
    term: Term,
    person: Person | None,
    new_person: dict,
    is_namesake: bool,
    started_on: date,
    by: User,
    now: datetime,
    source: str = "",
    ended_on: date | None = None,
    end_reason: str = "",
) -> Membership:
    """Seat `person` in the council, or somebody entered now from `new_person`.

    Raises CouncilRefused as `seat_member` does; nobody is entered then. Locks the council.
    """
    Council.objects.select_for_update(no_key=True).get(pk=term.council_id)
    person = person or _enter_once(new_person, is_namesake, by, now)
    return councils.seat_member(
        term=term,
        person=person,
        started_on=started_on,
        source=source,
        ended_on=ended_on,
        end_reason=end_reason,
        by=by,
        now=now,
    )


@transaction.atomic
def enter_and_list(
    *, term: Term, person: Person | None, new_person: dict, is_namesake: bool, by: User, now: datetime, **place
) -> Substitute:
    """Put `person`, or somebody entered now from `new_person`, into the order of substitutes.

    Raises CouncilRefused as `enter_substitute` does; nobody is entered then. Locks the council.
    """
    Council.objects.select_for_update(no_key=True).get(pk=term.council_id)
    person = person or _enter_once(new_person, is_namesake, by, now)
    return councils.enter_substitute(term=term, person=person, by=by, now=now, **place)


@transaction.atomic
def enter_and_invite(
    *, event: Event, person: Person | None, new_person: dict, is_namesake: bool, by: User, now: datetime
) -> list[Invitation]:
    """Invite `person`, or somebody entered now from `new_person`, to the event's kept seats.

    Raises EventRefused as `invite` does; nobody is entered then. Locks the event.
    """
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    person = person or _enter_once(new_person, is_namesake, by, now)
    return events.invite(event=event, persons=[person], by=by, now=now)


def invite_members(*, event: Event, councils: Iterable[Council], by: User, now: datetime) -> list[Invitation]:
    """Invite all who sit in the councils today, but not whoever invites. Raises EventRefused as `invite` does."""
    members = Membership.objects.held(timezone.localdate(now)).filter(seat__term__council__in=list(councils))
    persons = Person.objects.filter(pk__in=members.values("person"), erased_at=None)
    return events.invite(event=event, persons=persons.exclude(user=by).order_by("pk"), by=by, now=now)


@transaction.atomic
def enter_and_rsvp(
    *, event: Event, person: Person | None, new_person: dict, is_namesake: bool, by: User, now: datetime, **answers
) -> Rsvp:
    """Sign up `person`, or somebody entered now from `new_person`, on the phone's behalf.

    Who has signed up already keeps that sign-up. Raises RsvpRefused as `rsvp` does; nobody is entered then.
    Locks the event.
    """
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    person = person or _enter_once(new_person, is_namesake, by, now)
    return events.rsvp(event=event, person=person, by=by, now=now, **answers)
