"""The record of a meeting as plain data: what its minutes are made from, and what is signed.

The content is that of minutes under PL 41(7): when the meeting began and ended, who of the members was there and how,
who was not, who else was there (officials by name, residents as a number, domain rule), who led it and who took the
minutes, whether it was open, the agenda, and of each item its course, decisions, votes, recusals (§33) and tasks.

Only texts, numbers and names as they were said at the meeting: what changes in the tables later changes no minutes.
Why somebody was absent or kept out of an item is not among them: it says too much of a private life.
`SCHEMA` is raised when the shape changes; a reader of old records asks it.
"""

import hashlib
import json
from collections import defaultdict
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from councils import regulation, texts
from councils.documents.blocks import clean
from councils.models import (
    AgendaItem,
    Attendance,
    Ballot,
    Council,
    Meeting,
    Membership,
    Minutes,
    Office,
    Paper,
    Recusal,
    Resolution,
    Task,
)
from councils.models.meeting import numbered
from neighbourhoods import latvian

Content = dict[str, Any]

SCHEMA = 1
CHOICES = ("in_favour", "against", "abstained", "not_voted")


def take(row: Meeting, *, number: str, rules: regulation.Regulation | None = None) -> Content:
    """Everything the tables say of the meeting now. The row is expected as it is now.

    Twelve queries, however many items, members and votes; one less with the `rules` of the meeting's day, one more when
    it approves minutes, and up to three for what the row does not bring (event, leader, minute taker).
    """
    rules = rules or regulation.in_force(row.held_on)
    councils = list(row.councils.select_related("neighbourhood").by_name())
    names = [clean(council.name) for council in councils]
    offices = _offices(row, councils)
    items = [_item(item, is_joint=len(councils) > 1) for item in _agenda(row)]
    return {
        "schema": SCHEMA,
        "head": clean(texts.letter("minutes_head", rules, councils=", ".join(names))),
        "number": number,
        "title": clean(row.event.title),
        "kind": row.kind,
        "councils": names,
        "day": row.held_on.isoformat(),
        "opened_at": _moment(row.opened_at),
        "closed_at": _moment(row.closed_at),
        "format": row.event.format,
        "venue": clean(row.event.venue) if row.event.has_room else "",
        "leader": _named(row.leader, offices),
        "minute_taker": _named(row.minute_taker, offices),
        "openness": _openness(items),
        "members": _members(row, councils, offices, rules),
        "residents": row.residents_present,
        "others": [line.strip() for line in clean(row.others_present).split("\n") if line.strip()],
        "items": items,
    }


def canonical(content: Content) -> bytes:
    """The one way to write a record down: keys in order, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: Content) -> str:
    """The SHA-256 that is signed."""
    return hashlib.sha256(canonical(content)).hexdigest()


def public(content: Content) -> Content:
    """The record as everybody may read it (§38.2, PL 27(4)): of a closed item its number alone.

    A record that is public already comes back as it is.
    """
    return {**content, "items": [_public_item(item) for item in content["items"]]}


def is_whole(content: Content) -> bool:
    """Is the public record all there is? Then its SHA-256 is the one that was signed."""
    return public(content) == content


def _public_item(item: Content) -> Content:
    if item["is_closed"]:
        return {key: item[key] for key in ("id", "label", "depth", "is_closed")}
    return item


# --- who was there ----------------------------------------------------------------------------------------------------

Offices = dict[tuple[int, int], str]  # council, person


def _offices(meeting: Meeting, councils: list[Council]) -> Offices:
    rows = Office.objects.held(meeting.held_on).filter(council__in=councils).by_rank().reverse()
    return {(row.council_id, row.person_id): row.kind for row in rows}


def _named(person, offices: Offices) -> Content | None:
    if person is None:
        return None
    kinds = sorted({kind for (_council, person_id), kind in offices.items() if person_id == person.pk})
    return {"name": clean(person.name), "office": kinds[0] if kinds else ""}


def _members(
    meeting: Meeting, councils: list[Council], offices: Offices, rules: regulation.Regulation
) -> list[Content]:
    """Each council with its members of the day by name and how they were there; whoever was called, too, whose
    membership was corrected since."""
    called = {
        row.membership_id: row
        for row in meeting.attendances.exclude(mark="").select_related("membership__person", "membership__seat__term")
    }
    memberships = {row.pk: row for row in (attendance.membership for attendance in called.values())}
    sitting = Membership.objects.held(meeting.held_on).filter(seat__term__council__in=councils)
    memberships |= {row.pk: row for row in sitting.select_related("person", "seat__term")}
    found = []
    for council in councils:
        own = [row for row in memberships.values() if row.seat.term.council_id == council.pk]
        own.sort(key=lambda row: (_sort_key(row.person), row.pk))
        people = [_member(row, called.get(row.pk), offices.get((council.pk, row.person_id), "")) for row in own]
        present = sum(person["mark"] in Attendance.HERE for person in people)
        found.append(
            {
                "council": clean(council.name),
                "people": people,
                "present": present,
                "needed": rules.quorum(len(people)),
            }
        )
    return found


def _member(membership: Membership, attendance: Attendance | None, office: str) -> Content:
    return {
        "name": clean(membership.person.name),
        "office": office,
        "mark": attendance.mark if attendance else "",
        "arrived_at": _moment(attendance.arrived_at) if attendance else None,
        "left_at": _moment(attendance.left_at) if attendance else None,
    }


def _sort_key(person):
    return latvian.sort_key(person.family_name), latvian.sort_key(person.given_name)


# --- the items --------------------------------------------------------------------------------------------------------


def _agenda(meeting: Meeting) -> list[AgendaItem]:
    ballots = _with_names(Ballot.objects.select_related("membership__person"), "resolution", "choice")
    recusals = _with_names(Recusal.objects.select_related("membership__person"), "item").order_by("pk")
    voted = Resolution.objects.filter(voted_at__isnull=False).select_related("council").order_by("position", "pk")
    rows = meeting.agenda.order_by("position", "pk").prefetch_related(
        Prefetch("resolutions", voted.prefetch_related(Prefetch("ballots", ballots))),
        Prefetch("recusals", recusals),
        Prefetch("tasks", Task.objects.select_related("person").order_by("position", "pk")),
        Prefetch("papers", Paper.objects.filter(is_restricted=False).order_by("pk")),
    )
    items = numbered(rows)
    approving = [item for item in items if item.kind == AgendaItem.Kind.APPROVAL]
    minutes = Minutes.objects.filter(approved_in=meeting).order_by("year", "number")
    approved = [str(row) for row in minutes] if approving else []
    for item in items:
        item.approves = approved if item in approving else []  # type: ignore[attr-defined]
    return items


def _with_names(rows, *fields: str):
    """Of the member's person the name alone: a long meeting has hundreds of ballots."""
    names = (f"membership__person__{name}" for name in ("given_name", "family_name"))
    return rows.only(*fields, "membership__person", *names)


def _item(item, *, is_joint: bool) -> Content:
    """`id` is the same in every version, so that a difference finds its item again after the numbers moved."""
    return {
        "id": item.pk,
        "label": item.label,
        "depth": item.depth,
        "is_closed": item.is_closed,
        "kind": item.kind,
        "title": clean(item.title),
        "rapporteur": clean(item.rapporteur),
        "outcome": item.outcome,
        "notes": clean(item.notes),
        "approves": item.approves,
        "recusals": [clean(row.membership.person.name) for row in item.recusals.all()],
        "resolutions": [_resolution(row, is_joint=is_joint) for row in item.resolutions.all()],
        "tasks": [
            {
                "title": clean(task.title),
                "owner": clean(task.person.name if task.person else task.owner),
                "due_on": task.due_on.isoformat() if task.due_on else None,
            }
            for task in item.tasks.all()
        ],
        "papers": [clean(paper.title) for paper in item.papers.all()],
    }


def _resolution(row: Resolution, *, is_joint: bool) -> Content:
    ballots = defaultdict(list)
    for ballot in row.ballots.all():
        ballots[ballot.choice].append(ballot.membership.person)
    return {
        "number": f"{row.number}/{row.year}",
        "council": clean(row.council.name) if is_joint else "",
        "text": clean(row.text),
        "outcome": row.outcome,
        "in_favour": row.in_favour,
        "against": row.against,
        "abstained": row.abstained,
        "casting_vote": row.casting_vote,
        "names": {choice: [clean(p.name) for p in sorted(ballots[choice], key=_sort_key)] for choice in CHOICES}
        if row.vote_kind == Resolution.VoteKind.BY_NAME
        else None,
        "owner": clean(row.owner),
        "due_on": row.due_on.isoformat() if row.due_on else None,
    }


def _openness(items: list[Content]) -> str:
    """A meeting is open (§31) unless its items are closed under PL 27(4)."""
    closed = [item["is_closed"] for item in items]
    if not any(closed):
        return "open"
    return "closed" if all(closed) else "partly"


def _moment(moment) -> str | None:
    """The clock on the wall, to the minute."""
    return timezone.localtime(moment).isoformat(timespec="minutes") if moment else None
