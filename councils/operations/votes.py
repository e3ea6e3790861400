"""Resolutions and the open votes on them (§26): written during the meeting, numbered when the vote is closed.

Until its vote is closed a resolution may change and go. After that it changes by a correction with a reason, as the
rest of the record does (`councils.operations.room`); its number stays.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from councils.models import AgendaItem, Ballot, Council, Meeting, Resolution
from councils.operations import matters
from councils.operations.base import check, lock
from councils.operations.room import (
    Line,
    Overtaken,
    Roll,
    RoomRefused,
    begin,
    item_of,
    minute,
    record,
    refuse_future,
    revise,
    roll_of,
)
from neighbourhoods import latvian
from people.models import User

Choice = Ballot.Choice


class CastingVoteNeeded(RoomRefused):
    """As many for as against: it takes the vote of the council's chair (§26), which was not given yet."""

    def __init__(self) -> None:
        super().__init__(_("As many for as against: say how the chair voted (§26)."))


@dataclass(frozen=True)
class Voters:
    """Who may vote on an item at a moment, who is there and keeps out of it (§33), and who is not there."""

    roll: Roll
    eligible: list[Line]
    recused: list[Line]
    away: list[Line]

    @property
    def chair(self) -> Line | None:
        """The council's chair, when the chair votes here; whoever leads the meeting (§24), the casting vote is the
        chair's (§26)."""
        chair = self.roll.chair()
        return chair if chair in self.eligible else None


def voters(item: AgendaItem, council: Council, at: datetime) -> Voters:
    """Six queries."""
    roll = roll_of(item.meeting, council)
    out = set(item.recusals.values_list("membership_id", flat=True))
    there = roll.there(at)
    return Voters(
        roll=roll,
        eligible=[line for line in there if line.membership.pk not in out],
        recused=[line for line in there if line.membership.pk in out],
        away=[line for line in roll.lines if line not in there],
    )


def outcome_of(*, in_favour: int, against: int, casting: str) -> str:
    """Adopted by more votes for than against; the same number of both is decided by the chair's vote alone (§26).

    A chair who is away, keeps out of the item or abstains decides nothing: then it is not adopted.
    """
    is_adopted = in_favour > against or (in_favour == against and casting == Resolution.Casting.IN_FAVOUR)
    return Resolution.Outcome.ADOPTED if is_adopted else Resolution.Outcome.REJECTED


# --- the text ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_resolution(
    *,
    item: AgendaItem,
    council: Council,
    position: int,
    seen: int,
    text: str,
    owner: str,
    due_on: date | None,
    by: User | None,
    now: datetime,
    correction: str = "",
) -> Resolution:
    """The resolution at a place of the item: its text, who is in charge, by when. `seen` 0: it is new there.

    In a joint meeting each council has its own. After the vote it is a correction.
    """
    meeting = begin(item.meeting, now, correction)
    row = item_of(meeting, item)
    if not meeting.councils.filter(pk=council.pk).exists():
        raise RoomRefused(_("This council does not meet here."))
    found = row.resolutions.filter(council=council, position=position).first()
    resolution = found or Resolution(item=row, council=council, position=position)
    values = {"text": text, "owner": owner, "due_on": due_on}
    before = revise(resolution, seen, values)
    if before is None:
        return resolution
    if resolution.voted_at is not None and not correction.strip():
        raise RoomRefused(_("The vote is closed. Say why you correct the resolution."))
    record(
        meeting=meeting,
        verb="write_resolution",
        by=by,
        now=now,
        before=before if found else None,
        after=values,
        correction=correction,
        item=row,
    )
    return resolution


@transaction.atomic
def drop_resolution(*, resolution: Resolution, by: User | None, now: datetime) -> None:
    """A resolution on which there was no vote goes; done twice it changes nothing."""
    meeting = begin(resolution.item.meeting, now, "")
    row = Resolution.objects.select_related("item").filter(pk=resolution.pk).first()
    if row is None:
        return
    if row.voted_at is not None:
        raise RoomRefused(_("What was voted on stays in the record."))
    row.tasks.update(resolution=None)
    row.delete()
    record(
        meeting=meeting,
        verb="drop_resolution",
        by=by,
        now=now,
        before=row.text,
        after=None,
        correction="",
        item=row.item,
    )


# --- the vote ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def close_vote(
    *,
    resolution: Resolution,
    seen: int,
    at: datetime,
    by: User | None,
    now: datetime,
    ballots: Mapping[int, str] | None = None,
    counts: Mapping[str, int] | None = None,
    casting: str | None = None,
    correction: str = "",
) -> Resolution:
    """Close the vote: how each member voted (`ballots`, by membership), or how many (`counts`: in_favour, against,
    abstained; the rest did not vote).

    It takes a quorum at the moment of the vote (§23) and counts the members who are there then, without those who keep
    out of the item (§33). By name, a tie is decided by the chair's own ballot; by count, `casting` says how the chair
    voted, "" for a chair who abstained, and None raises CastingVoteNeeded where the chair could decide.

    The resolution gets its number in the council and the year of the meeting, under the council's lock, and the item
    its matter, whose followers hear of the vote once. With a closed vote the same call corrects it, with a reason.
    The same vote sent twice is one.
    """
    if (ballots is None) == (counts is None):
        raise TypeError("A vote is by name or by count.")
    meeting = begin(resolution.item.meeting, now, correction)
    row = Resolution.objects.select_related("item", "council", "matter").filter(pk=resolution.pk).first()
    if row is None:
        raise Overtaken(None)
    row.item = item_of(meeting, row.item)
    cast = dict(ballots) if ballots is not None else None
    values = _counted(row, at, cast, counts, casting)
    if _is_same(row, values, cast):
        return row
    if row.voted_at is not None and not correction.strip():
        raise Overtaken(row) if row.revision != seen else RoomRefused(_("The vote is closed. Say why you correct it."))
    _refuse_moment(meeting, at, now)
    before = _as_told(row)
    is_first = row.voted_at is None
    if is_first:
        council = lock(row.council_id)
        row.year = meeting.held_on.year
        row.number = _next_number(council, row.year)
        row.matter = _matter(meeting, row, by, now)
    _write(row, seen, values, cast)
    record(
        meeting=meeting,
        verb="close_vote",
        by=by,
        now=now,
        before=None if is_first else before,
        after=_as_told(row),
        correction=correction,
        item=row.item,
    )
    if is_first:
        matters.voted(resolution=row, now=now)
    return row


def _counted(
    row: Resolution,
    at: datetime,
    ballots: dict[int, str] | None,
    counts: Mapping[str, int] | None,
    casting: str | None,
) -> dict[str, Any]:
    """What the vote writes into the resolution; RoomRefused when it cannot be so."""
    who = voters(row.item, row.council, at)
    quorum = who.roll.quorum(at)
    if not quorum.is_there:
        raise RoomRefused(
            _("There is no quorum: %(present)d of %(members)d members are there, it takes %(needed)d (§23).")
            % {"present": quorum.present, "members": quorum.members, "needed": quorum.needed}
        )
    if ballots is not None:
        tally = _tally_of(who, ballots, at)
        own = ballots.get(who.chair.membership.pk, "") if who.chair else ""
        chairs = own if own in Resolution.Casting.values else ""
    else:
        assert counts is not None
        tally = {name: counts[name] for name in ("in_favour", "against", "abstained")}
        if sum(tally.values()) > len(who.eligible):
            raise RoomRefused(
                _("More votes than members who vote: %(votes)d of %(members)d.")
                % {"votes": sum(tally.values()), "members": len(who.eligible)}
            )
        chairs = casting or ""
        # Nobody for and nobody against: the chair abstained, too, and has nothing to decide with.
        if tally["in_favour"] == tally["against"] > 0 and who.chair is not None and casting is None:
            raise CastingVoteNeeded
        if who.chair is None:
            chairs = ""
    if tally["in_favour"] != tally["against"] or not tally["in_favour"]:
        chairs = ""
    return {
        "vote_kind": Resolution.VoteKind.BY_COUNT if ballots is None else Resolution.VoteKind.BY_NAME,
        **tally,
        "casting_vote": chairs,
        "voted_at": at,
        "outcome": outcome_of(in_favour=tally["in_favour"], against=tally["against"], casting=chairs),
    }


def _tally_of(who: Voters, ballots: Mapping[int, str], at: datetime) -> dict[str, int]:
    """The ballots counted: one of each member who votes, none of anybody else."""
    may = {line.membership.pk: line for line in who.eligible}
    for line in [*who.recused, *who.away]:
        if line.membership.pk in ballots:
            known = {"person": line.membership.person, "time": latvian.clock(at)}
            if line in who.recused:
                raise RoomRefused(_("%(person)s keeps out of this item and does not vote (§33).") % known)
            raise RoomRefused(_("%(person)s was not there at %(time)s.") % known)
    if set(ballots) - set(may):
        raise RoomRefused(_("Somebody here is no member of this council."))
    silent = [str(line.membership.person) for pk, line in may.items() if ballots.get(pk, "") not in Choice.values]
    if silent:
        raise RoomRefused(_("Say how they voted: %(names)s.") % {"names": ", ".join(silent)})
    count = Counter(ballots.values())
    return {name: count[name] for name in (Choice.IN_FAVOUR.value, Choice.AGAINST.value, Choice.ABSTAINED.value)}


def _is_same(row: Resolution, values: dict[str, Any], ballots: dict[int, str] | None) -> bool:
    """Was just this vote closed already? The moment may differ by what a second sending took."""
    if row.voted_at is None:
        return False
    parts = [name for name in values if name != "voted_at"]
    if any(getattr(row, name) != values[name] for name in parts):
        return False
    if latvian.clock(row.voted_at) != latvian.clock(values["voted_at"]):
        return False
    return ballots is None or ballots == _ballots_of(row)


def _ballots_of(row: Resolution) -> dict[int, str]:
    return dict(row.ballots.values_list("membership_id", "choice"))


def _refuse_moment(meeting: Meeting, at: datetime, now: datetime) -> None:
    refuse_future(at, now)
    assert meeting.opened_at is not None
    if at < minute(meeting.opened_at) or (meeting.closed_at is not None and minute(at) > meeting.closed_at):
        raise RoomRefused(_("A vote lies between the opening of the meeting and its end."))


def _next_number(council: Council, year: int) -> int:
    """Counted through the year, adopted or not. The caller holds the council's lock."""
    return (council.resolutions.filter(year=year).aggregate(last=Max("number"))["last"] or 0) + 1


def _matter(meeting: Meeting, row: Resolution, by: User | None, now: datetime) -> Any:
    """The item's matter, opened now when there is none; what is not public stays so."""
    item = row.item
    if item.matter is None:
        item.matter = matters.open_matter(
            councils=meeting.councils.all(), title=item.title, by=by, now=now, is_public=not item.is_closed
        )
        item.save(update_fields=["matter"])
    return item.matter


def _write(row: Resolution, seen: int, values: dict[str, Any], ballots: dict[int, str] | None) -> None:
    if row.revision != seen:
        raise Overtaken(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.revision += 1
    check(row, RoomRefused)
    row.save()
    row.ballots.all().delete()
    if ballots is not None:
        Ballot.objects.bulk_create(
            Ballot(resolution=row, membership_id=membership, choice=choice) for membership, choice in ballots.items()
        )


def _as_told(row: Resolution) -> dict[str, Any]:
    """The vote as the audit log keeps it."""
    names = ("vote_kind", "in_favour", "against", "abstained", "casting_vote", "voted_at", "outcome", "number")
    told: dict[str, Any] = {name: getattr(row, name) for name in names}
    told["ballots"] = {str(pk): choice for pk, choice in sorted(_ballots_of(row).items())}
    return told
