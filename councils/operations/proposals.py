"""Agenda items that residents, associations and businesses propose (§31): sent, confirmed, taken or declined."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.models import Council, Matter, Meeting, Proposal
from councils.operations import agenda
from councils.operations.announcements import officers_or_coordinators
from councils.operations.base import CouncilRefused, lock_at_work, lock_meeting, patience, write
from councils.operations.matters import follow, open_matter
from notices import operations as notices
from people import operations as people
from people.models import Person, User

DAY = timedelta(days=1)


class ProposalRefused(CouncilRefused):
    """The proposal is not taken in, or not decided so; the text says why."""


def about(proposal: Proposal) -> str:
    """The ledger's name for everything sent about a proposal."""
    return f"proposal:{proposal.pk}"


# --- what a resident does ---------------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *,
    council: Council,
    person: Person,
    title: str,
    text: str,
    by: User,
    now: datetime,
    topic: str = "",
    on_behalf_of: str = "",
) -> Proposal:
    """Propose an agenda item with an account: it counts at once, and the council's officers are told.

    The same title sent twice is one proposal. Raises ProposalRefused where no council works, and for more than
    HOLDS_PER_ADDRESS proposals of one person within a day. Locks the council.
    """
    row = lock_at_work(council, now, ProposalRefused)
    same = Proposal.objects.undecided().filter(council=row, person=person, title=title).first()
    if same is not None:
        return same
    if Proposal.objects.filter(person=person, proposed_at__gt=now - DAY).count() >= settings.HOLDS_PER_ADDRESS:
        raise ProposalRefused(_("You have sent several proposals today. Send the next one tomorrow."))
    proposal = _write(row, person, now, title=title, text=text, topic=topic, on_behalf_of=on_behalf_of)
    proposal.confirmed_at = now
    proposal.save(update_fields=["confirmed_at"])
    _tell_officers(proposal, now)
    return proposal


@transaction.atomic
def propose_as_guest(
    *,
    council: Council,
    name: str,
    email: str,
    network: str,
    language: str,
    title: str,
    text: str,
    now: datetime,
    topic: str = "",
    on_behalf_of: str = "",
) -> Proposal:
    """Propose with a name and an address, which proves itself by the link we mail; until then nobody reads it.

    The limits are those of guests at events. Raises ProposalRefused where no council works, and when the address or
    the network has too many proposals that wait for their link. Locks the council.
    """
    row = lock_at_work(council, now, ProposalRefused)
    person = people.person_by_email(email=email, name=name, language=language, now=now)
    since = now - timedelta(hours=settings.HOLD_HOURS)
    waiting = Proposal.objects.filter(confirmed_at=None, proposed_at__gt=since)
    if waiting.filter(person=person).count() >= settings.HOLDS_PER_ADDRESS:
        raise ProposalRefused(_("Too many proposals wait for this e-mail. Open the links in your mail first."))
    if network and waiting.filter(network=network).count() >= settings.HOLDS_PER_NETWORK:
        raise ProposalRefused(_("Too many proposals came from your network just now. Try again in an hour, or log in."))
    same = waiting.filter(council=row, person=person, title=title).first()
    if same is not None:
        return same
    proposal = _write(row, person, now, title=title, text=text, topic=topic, on_behalf_of=on_behalf_of, network=network)
    _tell(proposal, "proposal_confirm", proposal.person_id, now, expires_at=now + patience())
    return proposal


def _write(council: Council, person: Person, now: datetime, **fields) -> Proposal:
    proposal = Proposal(council=council, person=person, proposed_at=now, token=secrets.token_urlsafe(), **fields)
    return write(proposal, ProposalRefused)


@transaction.atomic
def confirm_proposal(*, proposal: Proposal, now: datetime) -> Proposal:
    """The proposer opened the link and pressed the button: the address is proved, the officers are told.

    Confirming twice changes nothing. Raises ProposalRefused once the link is too old. Locks the proposal.
    """
    row = _lock(proposal)
    if row.confirmed_at is not None:
        return row
    if row.proposed_at + patience() <= now or row.person.erased_at:
        raise ProposalRefused(_("This link is too old. Send the proposal again."))
    people.confirm_email(person=row.person, now=now)
    row.confirmed_at, row.network = now, ""
    row.save(update_fields=["confirmed_at", "network"])
    _tell_officers(row, now)
    return row


def _lock(proposal: Proposal) -> Proposal:
    rows = Proposal.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("person", "council__neighbourhood").get(pk=proposal.pk)


def _tell(proposal: Proposal, kind: str, person_id: int, now: datetime, expires_at: datetime | None = None) -> None:
    notices.plan(
        key=f"{kind}:{proposal.pk}:{person_id}",
        kind=kind,
        about=about(proposal),
        person_id=person_id,
        now=now,
        expires_at=expires_at,
        data={"proposal": proposal.pk},
    )


def _tell_officers(proposal: Proposal, now: datetime) -> None:
    for person_id in officers_or_coordinators(proposal.council_id, timezone.localdate(now)):
        _tell(proposal, "proposal_received", person_id, now)


# --- what the council does --------------------------------------------------------------------------------------------


def meetings_for(proposal: Proposal, now: datetime):
    """Meetings of the council, prepared or announced, on whose agenda the proposal can still stand."""
    return Meeting.objects.ahead(now).filter(councils=proposal.council_id).select_related("event")


@transaction.atomic
def take_proposal(
    *,
    proposal: Proposal,
    meeting: Meeting,
    by: User | None,
    now: datetime,
    title: str = "",
    description: str | None = None,
    matter: Matter | None = None,
) -> Proposal:
    """Put the proposal onto the agenda of a meeting of its council, in the chair's words where they are given.

    It opens a matter (or joins `matter`), which the proposer follows; the proposer is told. Raises ProposalRefused when
    it is decided already, nobody confirmed it, or the meeting is another council's or has begun. Locks both.
    """
    held = lock_meeting(meeting.pk)
    row = _undecided(proposal)
    if not meetings_for(row, now).filter(pk=held.pk).exists():
        raise ProposalRefused(_("Choose a meeting of this council that lies ahead."))
    title = title.strip() or row.title
    if matter is None:
        matter = open_matter(councils=[row.council], title=title, topic=row.topic, by=by, now=now)
    follow(matter=matter, person=row.person, now=now)
    description = row.text if description is None else description
    row.item = agenda.append(held, title=title, description=description.strip(), matter=matter)
    agenda.touch(held, now)
    row.matter = matter
    details = {"after": {"decision": "taken", "meeting": held.pk, "item": title}}
    return _decide(row, Proposal.Decision.TAKEN, by=by, now=now, details=details)


@transaction.atomic
def decline_proposal(*, proposal: Proposal, reason: str, by: User | None, now: datetime) -> Proposal:
    """Decline it with a reason, which the proposer receives. Raises ProposalRefused when it is decided already, and
    without a reason. Locks the proposal."""
    row = _undecided(proposal)
    if not reason.strip():
        raise ProposalRefused(_("Say why the proposal is declined."))
    row.reason = reason.strip()
    details = {"after": {"decision": "declined", "reason": row.reason}}
    return _decide(row, Proposal.Decision.DECLINED, by=by, now=now, details=details)


def _undecided(proposal: Proposal) -> Proposal:
    row = _lock(proposal)
    if row.confirmed_at is None:
        raise ProposalRefused(_("The proposer has not confirmed the e-mail address yet."))
    if row.decided_at is not None:
        raise ProposalRefused(_("This proposal is decided already."))
    return row


def _decide(row: Proposal, decision: str, *, by: User | None, now: datetime, details: dict) -> Proposal:
    row.decision, row.decided_at, row.decided_by = decision, now, by
    write(row, ProposalRefused)
    verb = "take_proposal" if decision == Proposal.Decision.TAKEN else "decline_proposal"
    people.record(by=by, verb=verb, target=row, now=now, on_behalf_of=row.person, details=details)
    notices.cancel(about=about(row), now=now, kinds=["proposal_received"])
    _tell(row, f"proposal_{decision}", row.person_id, now)
    return row


# --- what the clock does ----------------------------------------------------------------------------------------------


def forget_unconfirmed(*, now: datetime) -> int:
    """Delete proposals whose link nobody opened within UNCONFIRMED_DAYS, with people of whom nothing else is known; how
    many. One transaction for each."""
    count = 0
    for row in Proposal.objects.filter(confirmed_at=None, proposed_at__lte=now - patience()).select_related("person"):
        with transaction.atomic():
            row.delete()
            people.forget_stranger(person=row.person, now=now)
        count += 1
    return count
