import inspect
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from councils import permissions
from councils.models import AbsenceCase, Document, Office, Task
from tests import factories

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)
BEGAN = date(2026, 2, 1)
DAY = timedelta(days=1)


@pytest.fixture
def council():
    return factories.council()


@pytest.fixture
def who(council):
    """Each kind of visitor there is, by name."""
    own = factories.term(council)
    other = factories.term(factories.council())
    people = {
        "visitor": AnonymousUser(),
        "resident": factories.user(),
        "member": factories.user(),
        "chair": factories.user(),
        "secretary": factories.user(),
        "former chair": factories.user(),
        "chair elsewhere": factories.user(),
        "coordinator": factories.coordinator(),
        "administrator": factories.administrator(),
    }
    factories.membership(own, people["member"].person)
    for name, kind in (("chair", Office.Kind.CHAIR), ("secretary", Office.Kind.SECRETARY)):
        factories.office(factories.membership(own, people[name].person), kind)
    ended = {"started_on": BEGAN, "ended_on": ON}
    former = factories.membership(own, people["former chair"].person, end_reason="resigned", **ended)
    factories.office(former, Office.Kind.DEPUTY_CHAIR, **ended)
    factories.office(factories.membership(other, people["chair elsewhere"].person))
    return people


MEMBERS = {"member", "chair", "secretary"}
OFFICERS = {"chair", "secretary"}
STAFF = {"coordinator", "administrator"}
EVERYBODY = MEMBERS | STAFF | {"visitor", "resident", "former chair", "chair elsewhere"}


@pytest.fixture
def things(who, council):
    """One of each thing that somebody may do something with; all of the one council, led by its chair."""
    meeting = factories.meeting(council, published=False)
    meeting.leader = who["chair"].person
    meeting.save()
    matter = factories.matter([council])
    item = factories.agenda_item(meeting, matter=matter)
    resolution = factories.resolution(item)
    return SimpleNamespace(
        council=council,
        meeting=meeting,
        paper=factories.paper(item),
        matter=matter,
        resolution=resolution,
        task=Task(item=item, title="Piezvanīt", person=who["resident"].person),
        submission=factories.submission([council], matter=matter, resolution=resolution),
        opinion=factories.opinion_request(council, matter=matter),
        document=Document(council=council, title="Tālruņi", is_public=False),
        case=AbsenceCase(membership=who["member"].person.memberships.get(), last_meeting=meeting, raised_on=ON),
    )


# Who may what, of all that `councils.permissions` knows: the function (and, after a comma, a case of its own), how it
# is asked, and who gets a yes on the day.
TABLE = {
    "is_member": (lambda user, it, on: permissions.is_member(user, it.council, on), MEMBERS),
    "is_officer": (lambda user, it, on: permissions.is_officer(user, it.council, on), OFFICERS),
    "is_officer, chair": (lambda user, it, on: permissions.is_officer(user, it.council, on, "chair"), {"chair"}),
    "offices_of": (lambda user, it, on: bool(permissions.offices_of(user, it.council, on)), OFFICERS),
    # the council and its roster
    "can_hand_over": (lambda user, it, on: permissions.can_hand_over(user, it.council, on), OFFICERS | STAFF),
    "can_decide_absences": (lambda user, it, on: permissions.can_decide_absences(user, it.case, on), {"chair"} | STAFF),
    # meetings and their record
    "can_run_meetings": (lambda user, it, on: permissions.can_run_meetings(user, it.council, on), OFFICERS | STAFF),
    "can_run_meeting": (lambda user, it, on: permissions.can_run_meeting(user, it.meeting, on), OFFICERS | STAFF),
    "can_see_drafts": (lambda user, it, on: permissions.can_see_drafts(user, it.council, on), MEMBERS | STAFF),
    "can_read_paper": (lambda user, it, on: permissions.can_read_paper(user, it.paper, on), MEMBERS | STAFF),
    "can_see_record": (lambda user, it, on: permissions.can_see_record(user, it.meeting, on), MEMBERS | STAFF),
    "can_keep_record": (lambda user, it, on: permissions.can_keep_record(user, it.meeting, on), OFFICERS | STAFF),
    "can_finish_task": (
        lambda user, it, on: permissions.can_finish_task(user, it.task, on),
        OFFICERS | STAFF | {"resident"},
    ),
    "rooms_of": (lambda user, it, on: it.council.pk in permissions.rooms_of(user, it.meeting, on), OFFICERS | STAFF),
    # minutes
    "can_comment_minutes": (lambda user, it, on: permissions.can_comment_minutes(user, it.meeting, on), MEMBERS),
    "can_sign_minutes": (lambda user, it, on: permissions.can_sign_minutes(user, it.meeting), {"chair"}),
    "can_publish_minutes": (lambda user, it, on: permissions.can_publish_minutes(user), STAFF),
    # matters, submissions, opinions
    "can_see_whole_matter": (
        lambda user, it, on: permissions.can_see_whole_matter(user, it.matter, on),
        MEMBERS | STAFF,
    ),
    "can_change_matter": (lambda user, it, on: permissions.can_change_matter(user, it.matter, on), OFFICERS | STAFF),
    "can_settle": (lambda user, it, on: permissions.can_settle(user, it.resolution, on), OFFICERS | STAFF),
    "submits_for": (lambda user, it, on: it.council in permissions.submits_for(user, on), OFFICERS | STAFF),
    "can_edit_submission": (
        lambda user, it, on: permissions.can_edit_submission(user, it.submission, on),
        OFFICERS | STAFF,
    ),
    "can_answer_question": (
        lambda user, it, on: permissions.can_answer_question(user, it.submission, on),
        OFFICERS | STAFF,
    ),
    "can_record_reply": (lambda user, it, on: permissions.can_record_reply(user), STAFF),
    "can_give_opinion": (lambda user, it, on: permissions.can_give_opinion(user, it.opinion, on), OFFICERS | STAFF),
    # the council's own voice
    "can_speak": (lambda user, it, on: permissions.can_speak(user, it.council, on), OFFICERS | STAFF),
    "can_speak, for the municipality": (lambda user, it, on: permissions.can_speak(user, None, on), STAFF),
    "can_see_papers": (lambda user, it, on: permissions.can_see_papers(user, it.council, on), MEMBERS | STAFF),
    "can_see_document": (lambda user, it, on: permissions.can_see_document(user, it.document, on), MEMBERS | STAFF),
    "can_show_pictures": (
        lambda user, it, on: permissions.can_show_pictures(user, it.meeting.event, on),
        OFFICERS | STAFF,
    ),
}


def test_who_may_what(who, things):
    assert set(who) == EVERYBODY
    for row, (can, allowed) in TABLE.items():
        assert {name for name, user in who.items() if can(user, things, ON)} == allowed, row


def test_no_question_of_rights_is_left_out_of_the_table():
    asked = {
        name
        for name, function in inspect.getmembers(permissions, inspect.isfunction)
        if function.__module__ == permissions.__name__ and not name.startswith("_")
    }
    assert {row.partition(",")[0] for row in TABLE} == asked


@pytest.mark.parametrize(
    ("on", "allowed"),
    [(BEGAN - DAY, False), (BEGAN, True), (ON - DAY, True), (ON, False)],
    ids=["day before", "first day", "last day", "first day out"],
)
def test_rights_begin_and_end_with_the_dated_row(who, things, on, allowed):
    """All that the table gives to officers or members; the former chair was a deputy."""
    for row, (can, names) in TABLE.items():
        if names & MEMBERS and names != {"chair"}:
            assert can(who["former chair"], things, on) is allowed, row


@pytest.mark.parametrize("check", [permissions.is_member, permissions.is_officer])
def test_question_costs_one_query(who, council, check, django_assert_num_queries):
    user = who["chair"]
    assert user.person
    with django_assert_num_queries(1):
        check(user, council, ON)


# --- what a table cannot say ------------------------------------------------------------------------------------------


def test_meeting_is_run_by_its_officers_and_one_of_several_councils_by_the_coordinator(who, council):
    meeting = factories.meeting(council)
    may = {name for name, user in who.items() if permissions.can_run_meeting(user, meeting, ON)}
    assert may == OFFICERS | STAFF

    meeting.councils.add(who["chair elsewhere"].person.offices.get().council)
    may = {name for name, user in who.items() if permissions.can_run_meeting(user, meeting, ON)}
    assert may == STAFF


@pytest.mark.parametrize("name", ["former chair", "coordinator"])
def test_par_25_whoever_led_the_meeting_signs_its_minutes(who, council, name):
    meeting = factories.meeting(council)
    assert not any(permissions.can_sign_minutes(user, meeting) for user in who.values())
    meeting.leader = who[name].person
    assert {found for found, user in who.items() if permissions.can_sign_minutes(user, meeting)} == {name}


def test_in_a_joint_meeting_each_officer_keeps_the_roll_of_the_own_council(who, council):
    meeting = factories.meeting(council)
    other = who["chair elsewhere"].person.offices.get().council
    meeting.councils.add(other)
    rooms = {name: permissions.rooms_of(user, meeting, ON) for name, user in who.items()}
    own = {"chair": {council.pk}, "secretary": {council.pk}, "chair elsewhere": {other.pk}}
    both = {"coordinator": {council.pk, other.pk}, "administrator": {council.pk, other.pk}}
    assert {name: ids for name, ids in rooms.items() if ids} == own | both


def test_nobody_decides_about_the_own_absences(who, things):
    things.case.membership = who["chair"].person.memberships.get()
    assert {name for name, user in who.items() if permissions.can_decide_absences(user, things.case, ON)} == STAFF


def test_what_councils_ask_together_each_may_explain_and_none_may_change(who, council):
    other = who["chair elsewhere"].person.offices.get().council
    row = factories.submission([council, other])
    explains = {name for name, user in who.items() if permissions.can_answer_question(user, row, ON)}
    changes = {name for name, user in who.items() if permissions.can_edit_submission(user, row, ON)}
    assert (explains, changes) == (OFFICERS | STAFF | {"chair elsewhere"}, STAFF)


@pytest.mark.parametrize(
    ("restricted", "is_published", "allowed"),
    [
        ("", True, None),
        ("", False, MEMBERS | STAFF),
        ("paper", True, MEMBERS | STAFF),
        ("item", True, MEMBERS | STAFF),
        ("what the item is part of", True, MEMBERS | STAFF),
    ],
    ids=["public", "draft", "restricted paper", "restricted item", "part of a restricted item"],
)
def test_paper_is_read_by_everybody_or_by_the_council_that_meets(who, council, restricted, is_published, allowed):
    meeting = factories.meeting(council, published=is_published)
    above = factories.agenda_item(meeting, is_restricted=restricted == "what the item is part of")
    item = factories.agenda_item(meeting, parent=above, is_restricted=restricted == "item")
    paper = factories.paper(item, is_restricted=restricted == "paper")
    may = {name for name, user in who.items() if permissions.can_read_paper(user, paper, ON)}
    assert may == (set(who) if allowed is None else allowed)


@pytest.mark.parametrize(
    ("fields", "everybody"),
    [({}, True), ({"is_public": False}, False), ({"retired_at": timezone.now()}, False)],
    ids=["public", "for members", "taken off"],
)
def test_who_downloads_a_document(who, council, fields, everybody):
    document = Document(council=council, title="Nolikums", **fields)
    may = {name for name, user in who.items() if permissions.can_see_document(user, document, ON)}
    assert may == (set(who) if everybody else MEMBERS | STAFF)


def test_who_keeps_the_pictures_of_an_event(who, council):
    def may(event):
        return {name for name, user in who.items() if permissions.can_show_pictures(user, event, ON)}

    assert may(factories.meeting(council).event) == OFFICERS | STAFF
    assert may(factories.event(neighbourhoods=[council.neighbourhood])) == OFFICERS | STAFF
    assert may(factories.event()) == STAFF  # for the whole municipality
    elsewhere = who["chair elsewhere"].person.offices.get().council.neighbourhood
    both = factories.event(neighbourhoods=[council.neighbourhood, elsewhere])
    assert may(both) == OFFICERS | STAFF | {"chair elsewhere"}
