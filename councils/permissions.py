"""What somebody may do in a council. It comes from the dated `Membership` or `Office` (or a portal-wide role), begins
on its first day and ends with it; nobody gives or takes it apart from the row."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from councils.models import (
    AbsenceCase,
    Council,
    CouncilQuerySet,
    Document,
    Matter,
    Meeting,
    Membership,
    Office,
    OpinionRequest,
    Paper,
    Resolution,
    Submission,
    Task,
)
from councils.models.meeting import is_closed
from events.models import Event
from people.permissions import can_coordinate


def _person_id(user) -> int | None:
    """The person behind a log-in; None for a visitor."""
    return user.person.pk if user.is_authenticated else None


def is_member(user, council: Council, on: date) -> bool:
    """Does this person sit in the council on the day? One query."""
    person_id = _person_id(user)
    return bool(person_id) and Membership.objects.of_council(council).held(on).filter(person_id=person_id).exists()


def is_officer(user, council: Council, on: date, *kinds: str) -> bool:
    """Does this person hold an office (any, or one of `kinds`) of the council on the day? One query."""
    person_id = _person_id(user)
    if not person_id:
        return False
    offices = Office.objects.held(on).filter(council=council, person_id=person_id)
    return (offices.filter(kind__in=kinds) if kinds else offices).exists()


def offices_of(user, council: Council, on: date) -> frozenset[str]:
    """Kinds of the offices that this person holds in the council on the day. One query."""
    person_id = _person_id(user)
    if not person_id:
        return frozenset()
    rows = Office.objects.held(on).filter(council=council, person_id=person_id)
    return frozenset(rows.values_list("kind", flat=True))


def can_run_meetings(user, council: Council, on: date) -> bool:
    """Call, move and cancel the council's meetings and hand in their minutes: its officers and the coordinator."""
    return can_coordinate(user) or is_officer(user, council, on)


def can_run_meeting(user, meeting: Meeting, on: date) -> bool:
    """The same of one meeting: an officer of the council that meets.

    A meeting of several councils is the coordinator's: none of them may move or cancel it for the others.
    """
    if can_coordinate(user):
        return True
    person_id = _person_id(user)
    if not person_id or not Office.objects.held(on).filter(council__meetings=meeting, person_id=person_id).exists():
        return False
    return meeting.councils.count() == 1


def rooms_of(user, meeting: Meeting, on: date) -> set[int]:
    """Ids of the councils of the meeting whose roll this person calls and whose votes this person closes: all for the
    coordinator, the own one for an officer. One query."""
    if can_coordinate(user):
        return set(meeting.councils.values_list("pk", flat=True))
    person_id = _person_id(user)
    held = Office.objects.held(on).filter(council__meetings=meeting, person_id=person_id)
    return set(held.values_list("council_id", flat=True)) if person_id else set()


def can_keep_record(user, meeting: Meeting, on: date) -> bool:
    """Open and close the meeting and write what is said: the officers of any council that meets, and the coordinator.

    In a joint meeting they write into one record, and see when two write at once.
    """
    return bool(rooms_of(user, meeting, on))


def can_see_record(user, meeting: Meeting, on: date) -> bool:
    """Look into the meeting's room: who keeps the record, and the members of the councils that meet."""
    person_id = _person_id(user)
    if not person_id:
        return False
    sits = Membership.objects.held(on).filter(seat__term__council__meetings=meeting, person_id=person_id)
    return can_keep_record(user, meeting, on) or sits.exists()


def can_comment_minutes(user, meeting: Meeting, on: date) -> bool:
    """Say what is wrong in the draft: who sits in a council that met. One query."""
    person_id = _person_id(user)
    sits = Membership.objects.held(on).filter(seat__term__council__meetings=meeting, person_id=person_id)
    return bool(person_id) and sits.exists()


def can_sign_minutes(user, meeting: Meeting) -> bool:
    """Sign the minutes (§25): who led the meeting, whoever that was, also after the office has ended. No query."""
    return meeting.leader_id is not None and meeting.leader_id == _person_id(user)


def can_publish_minutes(user) -> bool:
    """Show signed minutes to everybody (§25): the administration, to which they were sent."""
    return can_coordinate(user)


def can_finish_task(user, task: Task, on: date) -> bool:
    """Say that a task is done: whoever has it, the officers of the councils that met, and the coordinator."""
    person_id = _person_id(user)
    if not person_id:
        return False
    return task.person_id == person_id or can_keep_record(user, task.item.meeting, on)


DECIDE = (Office.Kind.CHAIR, Office.Kind.DEPUTY_CHAIR)  # who decides in the council's name, and tells the dome (§32)


def can_decide_absences(user, case: AbsenceCase, on: date) -> bool:
    """Keep or release a member who stayed away (§32): chair, deputy and coordinator, but nobody about themselves."""
    membership = case.membership
    if membership.person_id == _person_id(user):
        return False
    return can_coordinate(user) or is_officer(user, membership.seat.term.council, on, *DECIDE)


def can_read_paper(user, paper: Paper, on: date) -> bool:
    """Read a paper of an agenda item: everybody, once the meeting is public and unless the paper or its item is not;
    otherwise the council that meets, and the coordinator."""
    meeting = paper.item.meeting
    if meeting.event.published_at and not paper.is_restricted and not is_closed(paper.item):
        return True
    councils = meeting.councils.all()
    sits = Membership.objects.held(on).filter(seat__term__council__in=councils, person_id=_person_id(user))
    holds = Office.objects.held(on).filter(council__in=councils, person_id=_person_id(user))
    return user.is_authenticated and (can_coordinate(user) or sits.exists() or holds.exists())


def can_hand_over(user, council: Council, on: date) -> bool:
    """See what the next officer takes over, contacts of the members among it, and send it: the council's officers and
    the coordinator."""
    return can_coordinate(user) or is_officer(user, council, on)


def can_see_drafts(user, council: Council, on: date) -> bool:
    """See what is being prepared: drafts of meetings and submissions, and agenda items that are not public."""
    return can_coordinate(user) or is_member(user, council, on)


def can_record_reply(user) -> bool:
    """Write down the municipality's answer: the coordinator, not the council that asked."""
    return can_coordinate(user)


def submits_for(user, on: date) -> CouncilQuerySet:
    """Councils for which this person writes and sends submissions: all for the coordinator, the own for an officer."""
    if can_coordinate(user):
        return Council.objects.all()
    held = Office.objects.held(on).filter(person_id=_person_id(user))
    return Council.objects.filter(pk__in=held.values("council")) if _person_id(user) else Council.objects.none()


def can_edit_submission(user, submission: Submission, on: date) -> bool:
    """Change, send or throw away a draft: an officer of the council that asks. What several councils ask together is
    the coordinator's: none of them speaks for the others."""
    if can_coordinate(user):
        return True
    councils = list(submission.councils.all())
    return len(councils) == 1 and is_officer(user, councils[0], on)


def can_answer_question(user, submission: Submission, on: date) -> bool:
    """Answer the unit that asks back, or say that what was asked for is done: officers of any council that asked."""
    if can_coordinate(user):
        return True
    held = Office.objects.held(on).filter(council__submissions=submission, person_id=_person_id(user))
    return bool(_person_id(user)) and held.exists()


def can_settle(user, resolution: Resolution, on: date) -> bool:
    """Write down that a resolution is carried out, or never will be: its council's officers and the coordinator."""
    return can_coordinate(user) or is_officer(user, resolution.council, on)


def can_change_matter(user, matter: Matter, on: date) -> bool:
    """Name a matter and its topic: officers of a council whose matter it is, and the coordinator."""
    if can_coordinate(user):
        return True
    held = Office.objects.held(on).filter(council__matters=matter, person_id=_person_id(user))
    return bool(_person_id(user)) and held.exists()


def can_see_whole_matter(user, matter: Matter, on: date) -> bool:
    """See what of a matter is not public: members and officers of its councils, and the coordinator."""
    if can_coordinate(user):
        return True
    person_id = _person_id(user)
    if not person_id:
        return False
    sits = Membership.objects.held(on).filter(seat__term__council=OuterRef("pk"), person_id=person_id)
    holds = Office.objects.held(on).filter(council=OuterRef("pk"), person_id=person_id)
    return Council.objects.filter(Exists(sits) | Exists(holds), matters=matter).exists()


def can_give_opinion(user, request: OpinionRequest, on: date) -> bool:
    """Put the question on the agenda, write the council's opinion and send it: its officers and the coordinator."""
    return can_coordinate(user) or is_officer(user, request.council, on)


# --- the council's own voice ------------------------------------------------------------------------------------------


def can_speak(user, council: Council | None, on: date) -> bool:
    """Write the council's news and keep its documents: its officers and the coordinator, who alone speaks for the
    municipality (None)."""
    return can_coordinate(user) or (council is not None and is_officer(user, council, on))


def can_see_papers(user, council: Council, on: date) -> bool:
    """See documents that are for members only, and those taken off: members, officers and the coordinator."""
    return can_coordinate(user) or is_member(user, council, on) or is_officer(user, council, on)


def can_see_document(user, document: Document, on: date) -> bool:
    """Download a document: everybody one that is public, who may see the council's papers any other."""
    if document.is_public and document.retired_at is None:
        return True
    return can_see_papers(user, document.council, on)


def can_show_pictures(user, event: Event, on: date) -> bool:
    """Keep the album of an event: the coordinator, and officers of a council that meets or whose neighbourhood it is
    in. Of an event for the whole municipality the coordinator alone. At most two queries."""
    if can_coordinate(user):
        return True
    person_id = _person_id(user)
    held = Office.objects.held(on).filter(person_id=person_id)
    concerned = Q(council__meetings__event=event) | Q(council__neighbourhood__events=event)
    return bool(person_id) and held.filter(concerned).exists()
