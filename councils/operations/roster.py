"""Councils, terms, seats, members and officers."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils.models import AbsenceCase, Attendance, Council, Meeting, Membership, Office, Seat, Substitute, Term
from councils.operations.base import CouncilRefused, lock, refuse_future_day, write
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from neighbourhoods.periods import lasts
from notices import operations as notices
from notices.emails import address_of
from people import operations as people
from people.models import Person, User


class TermRefused(CouncilRefused):
    """The days of a convocation cannot be so; the text says why, and `field` names the one that was said wrong."""

    def __init__(self, text: str, field: str):
        super().__init__(text)
        self.field = field


@transaction.atomic
def create_council(
    *,
    neighbourhood: Neighbourhood,
    name: str,
    by: User | None,
    now: datetime,
    email: str = "",
    about: str = "",
    formation_started_on: date | None = None,
    formation_source: str = "",
) -> Council:
    """The council of a neighbourhood, which has one. Raises CouncilRefused when it is already there."""
    if Council.objects.filter(neighbourhood=neighbourhood).exists():
        raise CouncilRefused(_("This neighbourhood already has its council."))
    council = write(
        Council(
            neighbourhood=neighbourhood,
            name=name,
            email=email,
            about=about,
            formation_started_on=formation_started_on,
            formation_source=formation_source,
        )
    )
    after = {name: getattr(council, name) for name in COUNCIL_FIELDS if getattr(council, name)}
    people.record(by=by, verb="create_council", target=council, now=now, details={"after": after})
    return council


COUNCIL_FIELDS = ("name", "about", "email", "formation_started_on", "formation_closed_on", "formation_source")


@transaction.atomic
def change_council(*, council: Council, by: User | None, now: datetime, **changes: Any) -> Council:
    """Write `changes`, names among COUNCIL_FIELDS. Locks the council."""
    if unknown := set(changes) - set(COUNCIL_FIELDS):
        raise TypeError(f"change_council does not change {', '.join(sorted(unknown))}.")
    row = lock(council.pk)
    details = _change(row, changes)
    if details["after"]:
        write(row)
        people.record(by=by, verb="change_council", target=row, now=now, details=details)
    return row


def _change(row: models.Model, changes: dict[str, Any]) -> dict[str, dict]:
    """Put the values onto the row and say which were others before, for the audit log."""
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    before = {name: getattr(row, name) for name in changed}
    for name in changed:
        setattr(row, name, changes[name])
    return {"before": before, "after": {name: changes[name] for name in changed}}


@transaction.atomic
def open_term(
    *,
    council: Council,
    number: int,
    seat_count: int | None,
    started_on: date,
    by: User | None,
    now: datetime,
    seat_count_source: str = "",
    end_rule: str = Term.EndRule.SUCCESSOR,
) -> Term:
    """Open a convocation with its empty seats; the one before it, its memberships and its offices end on `started_on`.

    `seat_count` None: the number is not known yet, and nobody can be seated until `change_seat_count` says it.
    Raises CouncilRefused when the number is taken or a term would begin before the one it follows, TermRefused before a
    meeting at which that one's members were called. Locks the council.
    """
    row = lock(council.pk)
    last = row.terms.order_by("-number").first()
    if last is not None and (number <= last.number or started_on <= last.started_on):
        raise CouncilRefused(_("A new convocation comes after all earlier ones, in number and in time."))
    if last is not None:
        _refuse_called(last, started_on, now)
    _end(row.terms.all(), started_on)
    _end(
        Membership.objects.filter(seat__term__in=row.terms.all()), started_on, end_reason=Membership.EndReason.TERM_OVER
    )
    _end(row.offices.all(), started_on)
    term = write(
        Term(
            council=row,
            number=number,
            seat_count=seat_count,
            seat_count_source=seat_count_source,
            started_on=started_on,
            end_rule=end_rule,
        )
    )
    Seat.objects.bulk_create(Seat(term=term, number=n) for n in range(1, (seat_count or 0) + 1))
    after = {"started_on": started_on, "seats": seat_count}
    people.record(by=by, verb="open_term", target=term, now=now, details={"before": {}, "after": after})
    return term


@transaction.atomic
def change_term(
    *, term: Term, started_on: date, ended_on: date | None, end_rule: str, by: User | None, now: datetime
) -> Term:
    """Correct the days of a convocation, or end it on a day. The same again changes nothing.

    Mandates and offices that began or ended with it move along, and so does the end of the convocation before it; a
    mandate that ended for another reason keeps its day. Raises CouncilRefused when one of them would lie outside the
    convocation, and for another end of one that was followed: that is the first day of the next; TermRefused when a
    meeting that was held would lie outside it. Locks the council.
    """
    lock(term.council_id)
    row = Term.objects.get(pk=term.pk)
    details = _change(row, {"started_on": started_on, "ended_on": ended_on, "end_rule": end_rule})
    if not details["after"]:
        return row
    if ended_on is not None and ended_on <= started_on:
        raise CouncilRefused(_("The last day must come after the first."))
    old = Term.objects.get(pk=term.pk)
    _refuse_lost(old, started_on, ended_on, now)
    if old.started_on > started_on:  # the one before gives way first
        if before := _ended_by(old):
            _refuse_called(before, started_on, now)
        _move_end_before(old, started_on)
    write(row)
    if old.started_on != started_on:
        _move_beginnings(old, started_on)
    if old.started_on < started_on:
        _move_end_before(old, started_on)
    if old.ended_on != ended_on:
        _move_ends(old, ended_on)
    people.record(by=by, verb="change_term", target=row, now=now, details=details)
    return row


def _held(term: Term, now: datetime) -> models.QuerySet[Meeting]:
    """The meetings that the council held in the convocation, the earliest first."""
    found = Meeting.objects.held(now).filter(councils=term.council_id, event__starts_at__date__gte=term.started_on)
    if term.ended_on is not None:
        found = found.filter(event__starts_at__date__lt=term.ended_on)
    return found.select_related("event").order_by("event__starts_at", "pk")


def _refuse_lost(old: Term, started_on: date, ended_on: date | None, now: datetime) -> None:
    """Refuse days that leave out a meeting which the convocation has held."""
    held, today = _held(old, now), timezone.localdate(now)
    if started_on > old.started_on and (first := held.filter(event__starts_at__date__lt=started_on).first()):
        text = _("The council met on %(day)s: the convocation must begin on that day at the latest.")
        raise TermRefused(text % {"day": latvian.day(first.held_on, today)}, "started_on")
    if ended_on is not None and (last := held.filter(event__starts_at__date__gte=ended_on).last()):
        text = _("The council met on %(day)s: the convocation must last longer than that.")
        raise TermRefused(text % {"day": latvian.day(last.held_on, today)}, "ended_on")


def _refuse_called(before: Term, day: date, now: datetime) -> None:
    """Refuse to end the convocation before a meeting at which its members were called. One without a roll call may
    have been the next one's first: it is often written down before the convocation is."""
    marks = Attendance.objects.filter(meeting=OuterRef("pk"), membership__seat__term=before).exclude(mark="")
    if last := _held(before, now).filter(Exists(marks), event__starts_at__date__gte=day).last():
        text = _("The convocation before met on %(day)s: this one must begin later than that.")
        raise TermRefused(text % {"day": latvian.day(last.held_on, timezone.localdate(now))}, "started_on")


def _ended_by(term: Term) -> Term | None:
    """The convocation that ended when this one began."""
    return Term.objects.filter(council=term.council_id, ended_on=term.started_on, number__lt=term.number).first()


def _mandates_and_offices(term: Term) -> tuple[models.QuerySet, models.QuerySet]:
    """Rows of the convocation that had a day; offices are the council's, and it has one convocation at a time."""
    mandates = Membership.objects.filter(seat__term=term).exclude(ended_on=F("started_on"))
    offices = Office.objects.filter(council=term.council_id, started_on__gte=term.started_on)
    if term.ended_on is not None:
        offices = offices.filter(started_on__lt=term.ended_on)
    return mandates, offices.exclude(ended_on=F("started_on"))


def _refuse_outside(found: models.QuerySet) -> None:
    if found.exists():
        raise CouncilRefused(_("A mandate or an office would lie outside the convocation. Change that one first."))


def _move_beginnings(old: Term, day: date) -> None:
    """What began on the first day begins on the new one; later ones stay."""
    for rows in _mandates_and_offices(old):
        _refuse_outside(rows.filter(Q(started_on__gt=old.started_on, started_on__lt=day) | Q(ended_on__lte=day)))
        for row in rows.filter(started_on=old.started_on):
            row.started_on = day
            write(row)


def _move_end_before(old: Term, day: date) -> None:
    """The convocation that ended when this one began ends when it begins now."""
    before = _ended_by(old)
    if before is None:
        return
    if day <= before.started_on:
        raise CouncilRefused(_("A new convocation comes after all earlier ones, in number and in time."))
    mandates, offices = _mandates_and_offices(before)
    over = mandates.filter(ended_on=old.started_on, end_reason=Membership.EndReason.TERM_OVER)
    moving = list(over)
    moving += offices.filter(ended_on=old.started_on, person__in=over.values("person"))
    for rows in (mandates.exclude(pk__in=over.values("pk")), offices.exclude(ended_on=old.started_on)):
        _refuse_outside(rows.filter(Q(started_on__gte=day) | Q(ended_on__gt=day)))
    _refuse_outside(over.filter(started_on__gte=day))
    for row in moving:
        row.ended_on = day
        write(row)
    before.ended_on = day
    write(before)


def _move_ends(old: Term, day: date | None) -> None:
    """End mandates and offices with the convocation on the day, or let those that ended with it go on."""
    if Term.objects.filter(council=old.council_id, number__gt=old.number).exists():
        raise CouncilRefused(_("The end is the first day of the next convocation: change that one."))
    mandates, offices = _mandates_and_offices(old)
    if day is not None and (old.ended_on is None or day < old.ended_on):
        _end(mandates, day, end_reason=Membership.EndReason.TERM_OVER)
        _end(offices, day)
        return
    over = list(mandates.filter(ended_on=old.ended_on, end_reason=Membership.EndReason.TERM_OVER))
    for row in over:
        row.ended_on, row.end_reason = day, row.end_reason if day else ""
        write(row)
    for office in offices.filter(ended_on=old.ended_on, person__in=[row.person_id for row in over]):
        office.ended_on = day
        write(office)


def _end(rows: models.QuerySet, day: date, **values: str) -> None:
    """End the dated rows that last beyond the day; what was to begin later is over before it began."""
    lasting = rows.filter(lasts(day))
    lasting.filter(started_on__gt=day).update(ended_on=F("started_on"), **values)
    lasting.filter(started_on__lte=day).update(ended_on=day, **values)


@transaction.atomic
def change_seat_count(*, term: Term, seat_count: int, by: User | None, now: datetime, source: str = "") -> Term:
    """Another number of seats (§9, §10): new ones are empty; only seats that nobody ever held can go.

    Raises CouncilRefused when more than those would have to go. Locks the council.
    """
    lock(term.council_id)
    row = Term.objects.get(pk=term.pk)
    before, row.seat_count, row.seat_count_source = row.seat_count, seat_count, source or row.seat_count_source
    write(row)
    there = row.seats.count()
    if seat_count > there:
        last = row.seats.aggregate(n=Max("number"))["n"] or 0
        Seat.objects.bulk_create(Seat(term=row, number=last + n) for n in range(1, seat_count - there + 1))
    elif seat_count < there:
        never_held = list(row.seats.filter(memberships=None).order_by("-number").values_list("pk", flat=True))
        if there - len(never_held) > seat_count:
            held = there - len(never_held)
            raise CouncilRefused(
                ngettext(
                    "%(held)d seat has been held in this convocation, so there cannot be fewer.",
                    "%(held)d seats have been held in this convocation, so there cannot be fewer.",
                    held,
                )
                % {"held": held}
            )
        Seat.objects.filter(pk__in=never_held[: there - seat_count]).delete()
    people.record(by=by, verb="change_seat_count", target=row, now=now, details={"before": before, "after": seat_count})
    return row


# --- members ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def seat_member(
    *,
    term: Term,
    person: Person,
    started_on: date,
    by: User | None,
    now: datetime,
    source: str = "",
    ended_on: date | None = None,
    end_reason: str = "",
) -> Membership:
    """Give the person the first seat that is empty from the day on, to the end of the term; with `ended_on`, for a
    mandate that was over by then and is entered late.

    A substitute of the term who gets a seat leaves the order. Somebody who sat before may return.
    Raises CouncilRefused outside the term, when no seat is empty, or when the person sits in a council then (§8: one at
    a time). Locks the council and then the person, so that neither a seat nor a person is given away twice.
    """
    council = lock(term.council_id)
    person = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    row = Term.objects.get(pk=term.pk)
    if started_on < row.started_on or (row.ended_on and started_on >= row.ended_on):
        raise CouncilRefused(_("The membership must begin within the convocation."))
    if row.ended_on and ended_on is None:
        ended_on, end_reason = row.ended_on, Membership.EndReason.TERM_OVER
    if row.ended_on and ended_on and ended_on > row.ended_on:
        raise CouncilRefused(_("The membership must end within the convocation."))
    if row.seat_count is None:
        raise CouncilRefused(_("First say how many seats the council has."))
    elsewhere = Membership.objects.filter(person=person).overlapping(started_on, ended_on)
    if current := elsewhere.select_related("seat__term__council").first():
        raise CouncilRefused(
            _("%(person)s already sits in a council: %(council)s (§8).")
            % {"person": person, "council": current.seat.term.council}
        )
    held = Membership.objects.filter(seat__term=row).overlapping(started_on, ended_on)
    seat = row.seats.exclude(pk__in=held.values("seat")).order_by("number").first()
    if seat is None:
        raise CouncilRefused(_("All seats of this council are taken."))
    period = {"started_on": started_on, "ended_on": ended_on, "end_reason": end_reason}
    membership = write(Membership(seat=seat, person=person, source=source, **period))
    row.substitutes.waiting().filter(person=person).update(seated_on=started_on, membership=membership)
    after = {"seat": seat.number, "started_on": started_on}
    if ended_on:
        after |= {"ended_on": ended_on, "end_reason": end_reason}
    details = {"before": {}, "after": after}
    people.record(by=by, on_behalf_of=person, verb="seat_member", target=council, now=now, details=details)
    return membership


@transaction.atomic
def end_membership(
    *, membership: Membership, ended_on: date, reason: str, by: User | None, now: datetime, source: str = ""
) -> Membership:
    """The person's mandate ends: `ended_on` is the first day without it. The person's offices in the council end, too.

    Who comes next is `next_substitute` of the term (§19); nobody is seated by itself, as the candidate must accept.
    Raises CouncilRefused when it has ended already, or without a reason. Locks the council.
    """
    council = lock(membership.seat.term.council_id)
    row = Membership.objects.select_related("person", "seat__term__council").get(pk=membership.pk)
    if row.ended_on is not None:
        raise CouncilRefused(_("This membership has already ended."))
    details = _change(row, {"ended_on": ended_on, "end_reason": reason, "source": source or row.source})
    write(row)
    _end(council.offices.filter(person=row.person), ended_on)
    people.record(by=by, on_behalf_of=row.person, verb="end_membership", target=council, now=now, details=details)
    return row


@transaction.atomic
def correct_membership_end(
    *, membership: Membership, ended_on: date | None, reason: str, by: User | None, now: datetime, source: str = ""
) -> Membership:
    """Another end of a mandate that was ended wrongly, or none: then it lasts as long as its convocation.

    The person's offices that ended with it go along, unless somebody else holds them by then; one that was to begin
    later and never did stays so. Raises CouncilRefused for a mandate without an end and for one that ended with its
    convocation, past the convocation's end, when the seat or the person is taken by then, and to take back a release
    (§32). Locks the council and then the person, as `seat_member` does.
    """
    council = lock(membership.seat.term.council_id)
    Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.person_id)
    row = Membership.objects.select_related("person", "seat__term__council").get(pk=membership.pk)
    old, term = row.ended_on, row.seat.term
    if old is None:
        raise CouncilRefused(_("This membership has not ended."))
    if row.end_reason == Membership.EndReason.TERM_OVER and old == term.ended_on:
        raise CouncilRefused(_("This membership ended with the convocation: change that one."))
    if ended_on is None:
        released = row.absence_cases.filter(decision=AbsenceCase.Decision.RELEASED)
        if row.end_reason == Membership.EndReason.ABSENCES and released.exists():
            raise CouncilRefused(_("The council decided on this release (§32): it is not taken back here."))
        ended_on, reason = term.ended_on, Membership.EndReason.TERM_OVER if term.ended_on else ""
    if term.ended_on and ended_on and ended_on > term.ended_on:
        raise CouncilRefused(_("The membership must end within the convocation."))
    details = _change(row, {"ended_on": ended_on, "end_reason": reason, "source": source or row.source})
    if not details["after"]:
        return row
    write(row)
    offices = council.offices.filter(person=row.person)
    went_along = list(offices.filter(ended_on=old, started_on__lt=old)) if old > row.started_on else []
    if ended_on is not None and ended_on < old:
        _end(offices, ended_on)
    else:
        for office in went_along:
            others = council.offices.filter(kind=office.kind).exclude(pk=office.pk)
            if not others.overlapping(old, ended_on).exists():
                office.ended_on = ended_on
                write(office)
    verb = "correct_membership_end"
    people.record(by=by, on_behalf_of=row.person, verb=verb, target=council, now=now, details=details)
    return row


@transaction.atomic
def give_office(
    *, council: Council, person: Person, kind: str, started_on: date, by: User | None, now: datetime, source: str = ""
) -> Office:
    """Make a member chair, deputy chair or secretary (§21) from the day on; the previous holder's office ends that day.

    Who already holds the office keeps it unchanged; with a membership that is to end, the office ends on the same day.
    Raises CouncilRefused when the person is no member on that day, or the previous holder began later.
    Locks the council.
    """
    row = lock(council.pk)
    membership = Membership.objects.of_council(row).held(started_on).filter(person=person).first()
    if membership is None:
        raise CouncilRefused(_("Only a member of the council can hold an office in it (§21)."))
    before = {}
    for previous in row.offices.filter(kind=kind).lasting_beyond(started_on).select_related("person"):
        if previous.person_id == person.pk and previous.started_on <= started_on and previous.ended_on is None:
            return previous
        previous.ended_on = started_on
        write(previous)
        before = {"holder": previous.person.name}
    office = write(
        Office(
            council=row,
            person=person,
            kind=kind,
            started_on=started_on,
            ended_on=membership.ended_on,
            source=source,
        )
    )
    details = {"before": before, "after": {"kind": kind, "started_on": started_on}}
    people.record(by=by, on_behalf_of=person, verb="give_office", target=row, now=now, details=details)
    return office


@transaction.atomic
def end_office(
    *, office: Office, ended_on: date, by: User | None, now: datetime, former_goes_on: bool = False
) -> Office:
    """End an office; the membership stays. Raises CouncilRefused when it has ended already. Locks the council.

    With `former_goes_on`, an office taken back before it had a day gives the one before it (`office_before`) its end
    back: that one lasts as long as the mandate again.
    """
    council = lock(office.council_id)
    row = Office.objects.select_related("person").get(pk=office.pk)
    if row.ended_on is not None:
        raise CouncilRefused(_("This office has already ended."))
    details = _change(row, {"ended_on": ended_on})
    details["after"]["kind"] = row.kind
    before = office_before(row) if former_goes_on and ended_on == row.started_on else None
    write(row)
    if before is not None and (mandate := _mandate_of(before, row.started_on)):
        before.ended_on = mandate.ended_on
        write(before)
        details["after"]["goes_on"] = before.person.name
    people.record(by=by, on_behalf_of=row.person, verb="end_office", target=council, now=now, details=details)
    return row


def office_before(office: Office) -> Office | None:
    """The same office of somebody else that ended on the day this one begins, while its holder still sits."""
    rows = Office.objects.filter(council=office.council_id, kind=office.kind, ended_on=office.started_on)
    rows = rows.exclude(pk=office.pk).exclude(started_on=F("ended_on")).select_related("person")
    before = rows.first()
    return before if before and _mandate_of(before, office.started_on) else None


def _mandate_of(office: Office, on: date) -> Membership | None:
    """The holder's mandate on the day."""
    rows = Membership.objects.filter(seat__term__council=office.council_id, person=office.person_id)
    return rows.held(on).first()


@transaction.atomic
def correct_office_end(*, office: Office, ended_on: date | None, by: User | None, now: datetime) -> Office:
    """Another end of an office that was ended wrongly, or none: then it lasts as long as the holder's mandate.

    Raises CouncilRefused for an office without an end, one that ended with the mandate, past the mandate's end, and
    when somebody else holds the office by then. Locks the council.
    """
    council = lock(office.council_id)
    row = Office.objects.select_related("person").get(pk=office.pk)
    if row.ended_on is None:
        raise CouncilRefused(_("This office has not ended."))
    mandate = _mandate_of(row, row.started_on)
    if mandate is None:
        raise CouncilRefused(_("Only a member of the council can hold an office in it (§21)."))
    if mandate.ended_on == row.ended_on:
        raise CouncilRefused(_("This office ended with the mandate: correct the end of that one."))
    if ended_on is None:
        ended_on = mandate.ended_on
    if mandate.ended_on and ended_on and ended_on > mandate.ended_on:
        raise CouncilRefused(_("The office must end with the mandate at the latest."))
    others = council.offices.filter(kind=row.kind).exclude(pk=row.pk)
    if ended_on is None or ended_on > row.started_on:
        after = others.overlapping(row.started_on, ended_on).select_related("person").order_by("started_on").first()
        if after is not None:
            told = {"person": after.person, "day": latvian.number_date(after.started_on)}
            raise CouncilRefused(_("%(person)s holds this office from %(day)s. End or correct that one first.") % told)
    details = _change(row, {"ended_on": ended_on})
    if details["after"]:
        details["after"]["kind"] = row.kind
        write(row)
        verb = "correct_office_end"
        people.record(by=by, on_behalf_of=row.person, verb=verb, target=council, now=now, details=details)
    return row


@transaction.atomic
def send_handover(*, office: Office, by: User | None, now: datetime) -> None:
    """Send who holds, or will hold, the office what is open in the council; at most once a day for each office.

    Raises CouncilRefused once the office has ended, and for somebody without an e-mail address.
    """
    on = timezone.localdate(now)
    row = Office.objects.select_related("person", "council").get(pk=office.pk)
    if row.ended_on is not None and row.ended_on <= on:
        raise CouncilRefused(_("This office has already ended."))
    if not address_of(row.person):
        raise CouncilRefused(_("%(person)s has no e-mail. Print the page instead.") % {"person": row.person})
    notices.plan(
        key=f"handover:{row.pk}:{on}",
        kind="handover",
        about=f"office:{row.pk}",
        person_id=row.person_id,
        now=now,
        data={"office": row.pk},
    )
    details = {"before": {}, "after": {"kind": row.kind}}
    people.record(by=by, on_behalf_of=row.person, verb="send_handover", target=row.council, now=now, details=details)


# --- substitutes ------------------------------------------------------------------------------------------------------

SUBSTITUTE_FIELDS = ("rank", "votes", "applied_at", "source")


def next_substitute(term: Term) -> Substitute | None:
    """Who takes over when a mandate in the term ends early (§19): the first in the order who has not answered yet."""
    return term.substitutes.waiting().select_related("person").first()


@transaction.atomic
def enter_substitute(
    *,
    term: Term,
    person: Person,
    rank: int,
    by: User | None,
    now: datetime,
    votes: int | None = None,
    applied_at: datetime | None = None,
    source: str = "",
) -> Substitute:
    """Put a candidate who was not elected into the order of the term (§19).

    Raises CouncilRefused when the place or the person stands in the order already, and for somebody who was elected in
    this term. Locks the council.
    """
    lock(term.council_id)
    if Membership.objects.filter(seat__term=term, person=person, substitute=None).exists():
        raise CouncilRefused(_("%(person)s sits or sat in this convocation and is no substitute.") % {"person": person})
    fields = {"rank": rank, "votes": votes, "applied_at": applied_at, "source": source}
    row = write(Substitute(term=term, person=person, **fields))
    people.record(
        by=by,
        on_behalf_of=person,
        verb="enter_substitute",
        target=term.council,
        now=now,
        details={"before": {}, "after": fields},
    )
    return row


@transaction.atomic
def change_substitute(*, substitute: Substitute, by: User | None, now: datetime, **changes: Any) -> Substitute:
    """Correct what was entered, names among SUBSTITUTE_FIELDS; what was answered stays. Locks the council."""
    if unknown := set(changes) - set(SUBSTITUTE_FIELDS):
        raise TypeError(f"change_substitute does not change {', '.join(sorted(unknown))}.")
    row = _lock_substitute(substitute)
    details = _change(row, changes)
    if details["after"]:
        _record(row, "change_substitute", by, now, details)
    return row


@transaction.atomic
def remove_substitute(*, substitute: Substitute, by: User | None, now: datetime) -> None:
    """Take out somebody who was entered by mistake. Raises CouncilRefused once a seat was offered or answered for: that
    is the record. Locks the council."""
    row = _lock_substitute(substitute)
    if row.offered_on or row.seated_on or row.declined_on:
        raise CouncilRefused(_("A seat was offered to this candidate: the record stays."))
    before = {name: getattr(row, name) for name in SUBSTITUTE_FIELDS}
    people.record(
        by=by,
        on_behalf_of=row.person,
        verb="remove_substitute",
        target=row.term.council,
        now=now,
        details={"before": before, "after": {}},
    )
    row.delete()


@transaction.atomic
def offer_seat(*, substitute: Substitute, offered_on: date, by: User | None, now: datetime) -> Substitute:
    """The next candidate was asked (§19). Asking twice changes nothing.

    Raises CouncilRefused when it is not this candidate's turn, no seat is or becomes empty, or for a day that has not
    come. Locks the council.
    """
    row = _next_in_line(substitute)
    refuse_future_day(offered_on, now)
    if row.offered_on:
        return row
    if not row.term.seats.vacant().exists():
        raise CouncilRefused(_("All seats of this council are taken."))
    _record(row, "offer_seat", by, now, _change(row, {"offered_on": offered_on}))
    return row


@transaction.atomic
def seat_substitute(
    *, substitute: Substitute, started_on: date, by: User | None, now: datetime, source: str = ""
) -> Membership:
    """The next candidate accepts and sits for the rest of the term (§19).

    Raises CouncilRefused when it is not this candidate's turn, and as `seat_member` does. Locks the council.
    """
    row = _next_in_line(substitute)
    return seat_member(term=row.term, person=row.person, started_on=started_on, source=source, by=by, now=now)


@transaction.atomic
def record_refusal(
    *, substitute: Substitute, declined_on: date, reason: str, by: User | None, now: datetime
) -> Substitute:
    """The candidate does not want the seat, or may not take it any more; the one after is next.

    Raises CouncilRefused without a reason, for a day that has not come, and when it was answered before. Locks the
    council.
    """
    row = _lock_substitute(substitute)
    if row.seated_on or row.declined_on:
        raise CouncilRefused(_("This candidate has answered already."))
    refuse_future_day(declined_on, now)
    _record(row, "refuse_seat", by, now, _change(row, {"declined_on": declined_on, "declined_because": reason.strip()}))
    return row


def _lock_substitute(substitute: Substitute) -> Substitute:
    lock(substitute.term.council_id)
    return Substitute.objects.select_related("person", "term__council").get(pk=substitute.pk)


def _next_in_line(substitute: Substitute) -> Substitute:
    """The substitute, locked, when the order comes to this candidate now."""
    row = _lock_substitute(substitute)
    if row.seated_on or row.declined_on:
        raise CouncilRefused(_("This candidate has answered already."))
    first = next_substitute(row.term)
    if first is not None and first != row:
        raise CouncilRefused(
            _("First comes %(person)s (§19): write down the answer of that candidate before.")
            % {"person": first.person}
        )
    return row


def _record(row: Substitute, verb: str, by: User | None, now: datetime, details: dict) -> None:
    """Write the row and who changed it."""
    write(row)
    people.record(by=by, on_behalf_of=row.person, verb=verb, target=row.term.council, now=now, details=details)


def member_ids(councils: Iterable[Council], on: date) -> list[int]:
    """Ids of the people who sit in any of the councils on the day."""
    rows = Membership.objects.held(on).filter(seat__term__council__in=list(councils))
    return sorted(set(rows.values_list("person_id", flat=True)))
