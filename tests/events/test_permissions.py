from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from councils.models import Office
from events.permissions import can_check_in, can_see_draft, can_see_rsvps
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return factories.meeting(factories.term().council)


def member(council, kind=None, **office):
    user = factories.user()
    membership = factories.membership(council.terms.get(), user.person)
    if kind:
        factories.office(membership, kind, **office)
    return user


WHO = {
    "visitor": lambda meeting: AnonymousUser(),
    "resident": lambda meeting: factories.user(),
    "member": lambda meeting: member(meeting.councils.get()),
    "chair": lambda meeting: member(meeting.councils.get(), Office.Kind.CHAIR),
    "deputy chair": lambda meeting: member(meeting.councils.get(), Office.Kind.DEPUTY_CHAIR),
    "secretary": lambda meeting: member(meeting.councils.get(), Office.Kind.SECRETARY),
    "chair of another council": lambda meeting: member(factories.term().council, Office.Kind.CHAIR),
    "chair until today": lambda meeting: member(
        meeting.councils.get(), Office.Kind.CHAIR, ended_on=timezone.localdate()
    ),
    "chair from next year": lambda meeting: member(
        meeting.councils.get(), Office.Kind.CHAIR, started_on=date(timezone.localdate().year + 1, 1, 1)
    ),
    "coordinator": lambda meeting: factories.coordinator(),
    "administrator": lambda meeting: factories.administrator(),
}
PREPARES = {"chair", "deputy chair", "secretary", "coordinator", "administrator"}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("question", [can_see_draft, can_see_rsvps, can_check_in])
def test_who_prepares_a_meeting_sees_its_draft_and_sign_ups(who, question, meeting):
    assert question(WHO[who](meeting), meeting.event, timezone.localdate()) == (who in PREPARES)


@pytest.mark.parametrize("question", [can_see_draft, can_see_rsvps, can_check_in])
def test_an_event_that_is_no_meeting_is_the_coordinators(question):
    event = factories.event()
    chair = member(factories.term().council, Office.Kind.CHAIR)

    assert question(factories.coordinator(), event, timezone.localdate())
    assert not question(chair, event, timezone.localdate())


def test_joint_meeting_is_the_coordinators(meeting):
    other = factories.term().council
    secretary = member(other, Office.Kind.SECRETARY)
    meeting.councils.add(other)

    assert not can_see_draft(secretary, meeting.event, timezone.localdate())
    meeting.councils.set([other])
    assert can_see_draft(secretary, meeting.event, timezone.localdate())


def test_the_day_asked_about_decides(meeting):
    today = timezone.localdate()
    chair = member(meeting.councils.get(), Office.Kind.CHAIR, started_on=today)
    assert [can_see_rsvps(chair, meeting.event, on) for on in (today - timedelta(days=1), today)] == [False, True]
