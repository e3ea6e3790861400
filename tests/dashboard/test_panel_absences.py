"""Cases of absences (§32) where they wait for somebody: the council's room and the coordinator's list of work."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from councils.models import AbsenceCase
from councils.operations import absences
from dashboard.panel import worklist
from tests import factories
from tests.conftest import RIGA
from tests.councils.room_world import World
from tests.dashboard.panel_world import address, signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def case(world):
    return AbsenceCase.objects.create(
        membership=world.members[4], last_meeting=world.meeting, raised_on=timezone.localdate()
    )


def listed(case, now):
    return [work for work in worklist.read(now).work if work.address == case.get_absolute_url()]


def test_case_waits_in_the_list_of_work_until_it_is_decided_and_the_dome_knows(case):
    now = datetime(2026, 11, 17, 12, tzinfo=RIGA)  # a Tuesday; the 18th is a holiday
    [work] = listed(case, now)
    assert work.on is None
    decided = absences.decide(case=case, decision="released", reason="§32", by=None, now=now)
    [work] = listed(case, now)
    assert work.on.isoformat() == "2026-11-23"
    assert not work.is_overdue
    [work] = listed(case, now + 7 * DAY)
    assert work.is_overdue
    absences.inform_dome(case=decided, informed_on=decided.decided_on, by=None, now=now)
    assert listed(case, now + 7 * DAY) == []


def test_case_of_a_member_who_stays_is_no_work_any_more(case, now):
    absences.decide(case=case, decision="kept", reason="Slimība", by=None, now=now)
    assert listed(case, now) == []


@pytest.mark.parametrize(
    ("who", "sees"), [("chair", True), ("deputy", True), ("coordinator", True), ("secretary", False), ("member", False)]
)
def test_case_stands_in_the_councils_room_for_who_decides(world, case, who, sees):
    users = {"chair": world.chair, "deputy": world.deputy, "secretary": world.secretary, "member": world.users[3]}
    user = users.get(who) or factories.coordinator()
    page = signed_in(user).get(address("council-room", world.council.neighbourhood.slug)).content.decode()
    assert (case.get_absolute_url() in page) is sees


def test_chair_does_not_find_the_own_case(world):
    case = AbsenceCase.objects.create(
        membership=world.members[0], last_meeting=world.meeting, raised_on=timezone.localdate()
    )
    room = address("council-room", world.council.neighbourhood.slug)
    assert case.get_absolute_url() not in signed_in(world.chair).get(room).content.decode()
    assert case.get_absolute_url() in signed_in(world.deputy).get(room).content.decode()


def test_cases_ask_the_same_at_one_and_at_three(world, django_assert_max_num_queries):
    room = address("council-room", world.council.neighbourhood.slug)
    client = signed_in(world.chair)
    client.get(room)
    counts = []
    for members in ([2], [3, 4]):
        for n in members:
            AbsenceCase.objects.create(
                membership=world.members[n], last_meeting=world.meeting, raised_on=timezone.localdate()
            )
        with django_assert_max_num_queries(40) as queries:
            client.get(room)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_room_of_the_council_leads_to_the_meeting_on_its_day(world):
    starts_at = timezone.now() + timedelta(minutes=5)
    for row, days in ((world.meeting, 0), (factories.meeting(world.council), 3)):
        row.event.starts_at, row.event.ends_at = starts_at + days * DAY, starts_at + days * DAY + timedelta(hours=2)
        row.event.save()
        page = signed_in(world.users[3]).get(address("council-room", world.council.neighbourhood.slug))
        assert (f"/sedes/{row.pk}/telpa/" in page.content.decode()) is (days == 0)
