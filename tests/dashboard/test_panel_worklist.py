"""What the list of work says, by the day it is read on; paragraphs are those of Nr. 12/2025."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import translation

from councils.models import Meeting, Office
from dashboard.panel import worklist
from neighbourhoods.latvian import NBSP
from tests import factories
from tests.conftest import RIGA
from tests.dashboard.panel_world import notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def council():
    """At work with all seats and offices taken: nothing to do."""
    council = factories.council(neighbourhood=factories.neighbourhood("Pulkarne"))
    term = factories.term(council, seats=3)
    for kind in Office.Kind.values:
        factories.office(factories.membership(term), kind)
    return council


def at(now, days, hour=18):
    return datetime.combine(now.date() + timedelta(days=days), datetime.min.time(), RIGA).replace(hour=hour)


def lines(now):
    return [(item.when, item.tone, item.title.replace(NBSP, " "), item.action) for item in worklist.read(now).work]


def test_nothing_to_do(now, council):
    desk = worklist.read(now)
    assert (desk.work, desk.overdue_count) == ([], 0)


def test_reply_of_the_municipality_is_late_after_its_last_day_par_27(now, council):
    row = factories.submission([council], "Nojume", sent_on=date(2026, 10, 20), reply_due_on=date(2026, 11, 20))
    factories.submission([council], "Ietve", reply_due_on=date(2026, 11, 23), registered_on=date(2026, 10, 23))
    assert lines(now) == [("3 days late", "bad", "Reply to the proposal “Nojume”", "Enter the reply")]
    row.replied_on, row.outcome = date(2026, 11, 21), "supported"
    row.save()
    assert lines(now) == []


def test_number_of_the_register_is_asked_for_after_three_days_until_the_reply_is_late(now, council):
    """The month of §27 counts from the registration, so somebody finds out the number."""
    sent = {"sent_on": date(2026, 11, 20), "reply_due_on": date(2026, 12, 21)}
    row = factories.submission([council], "Nojume", **sent)
    assert lines(now - timedelta(days=1)) == []
    assert lines(now) == [("When you can", "info", "Register: “Nojume”", "Enter the number")]
    assert [line[2] for line in lines(now + timedelta(days=29))] == ["Reply to the proposal “Nojume”"]
    row.registered_on = date(2026, 11, 23)
    row.save()
    assert lines(now) == []


def test_promise_is_asked_after_on_its_day(now, council):
    row = factories.submission(
        [council],
        "Nojume",
        sent_on=date(2026, 8, 3),
        reply_due_on=date(2026, 9, 3),
        replied_on=date(2026, 8, 24),
        outcome="supported",
        follow_up_on=date(2026, 11, 22),
    )
    assert lines(now - timedelta(days=2)) == []
    assert lines(now) == [("1 day late", "bad", "Is it done: “Nojume”", "Say where it stands")]
    row.done_on, row.follow_up_on = date(2026, 11, 23), None
    row.save()
    assert lines(now) == []


def test_opinion_that_the_municipal_council_waits_for_stands_there_until_it_is_sent_pl_58_2(now, council):
    row = factories.opinion_request(council, received_on=date(2026, 11, 2), due_on=date(2026, 11, 24))
    factories.opinion_request(council, received_on=date(2026, 11, 2), due_on=date(2026, 12, 24))
    area = council.neighbourhood.short_name
    assert lines(now)[0] == ("Tomorrow", "warn", f"{area}: an opinion for the municipal council", "Open the request")
    row.opinion, row.sent_on = "Padome atbalsta.", date(2026, 11, 23)
    row.save()
    assert worklist.read(now).work[0].on == date(2026, 12, 24)


def test_minutes_are_late_five_working_days_after_the_meeting_par_25(now, council):
    """18 November is a holiday: minutes of the 12th were due on the 20th, those of the 13th are due today."""
    for day in (12, 13):
        factories.meeting(council, starts_at=datetime(2026, 11, day, 18, tzinfo=RIGA))
    assert lines(now) == [("3 days late", "bad", "Minutes of the meeting of 12 November", "Add the minutes")]


def test_minutes_that_were_sent_wait_for_the_coordinator(now, council):
    meeting = factories.meeting(council, starts_at=datetime(2026, 11, 9, 18, tzinfo=RIGA))
    meeting.minutes_sent_on = date(2026, 11, 12)
    meeting.save()
    assert lines(now) == [("Today", "warn", "Minutes of the meeting of 9 November", "Enter where they are")]
    meeting.minutes_published_on = date(2026, 11, 13)
    meeting.save()
    assert lines(now) == []


def test_minutes_of_a_meeting_that_closed_early_wait_for_the_coordinator_as_well(now, council):
    meeting = factories.meeting(council, starts_at=now - timedelta(hours=1))
    meeting.opened_at, meeting.closed_at = now - timedelta(hours=1), now - timedelta(minutes=30)
    meeting.minutes_sent_on = date(2026, 11, 23)
    meeting.save()
    assert meeting.event.ends_at > now
    assert (
        [row.meeting for row in worklist.read(now).awaited] == [meeting] == list(Meeting.objects.awaiting_minutes(now))
    )
    assert lines(now) == [("Today", "warn", "Minutes of the meeting of 23 November", "Enter where they are")]


def test_draft_is_to_be_announced_three_working_days_ahead_par_38_2(now, council):
    """Friday 27 November: the last day to announce it is Tuesday 24; Wednesday 25: it was Friday 20."""
    for day in (25, 27):
        starts_at = datetime(2026, 11, day, 18, tzinfo=RIGA)
        factories.meeting(council, published=False, title=f"Sēde {day}", starts_at=starts_at)
    factories.meeting(council, published=False, title="Tālu", starts_at=at(now, 30))
    assert lines(now) == [
        ("3 days late", "bad", "Announce: Sēde 25, 25 November", "Look through and publish"),
        ("Tomorrow", "warn", "Announce: Sēde 27, 27 November", "Look through and publish"),
    ]


def test_meetings_of_today_and_tomorrow_stand_in_the_list(now, council):
    for days in (0, 1, 2):
        factories.meeting(council, title=f"Sēde {days}", starts_at=at(now, days))
    factories.meeting(council, title="Atcelta", starts_at=at(now, 1), cancelled_at=now)
    assert lines(now) == [
        ("Today", "warn", "Sēde 0, 18:00", "Who is coming"),
        ("Tomorrow", "warn", "Sēde 1, 18:00", "Who is coming"),
    ]


def test_people_who_wait_for_a_seat_are_counted_as_people(now, council):
    event = factories.event("Diskusija", [council.neighbourhood], starts_at=at(now, 3), capacity=1)
    factories.rsvp(event, now=now)
    factories.rsvp(event, state="waiting", party_size=3, now=now)
    factories.rsvp(event, state="waiting", confirmed_at=None, now=now)  # a guest who has not opened the link
    assert lines(now) == [("In 3 days", "info", "Diskusija — 3 people are waiting", "Add seats")]


@pytest.mark.parametrize(("room", "online", "said"), [(2, None, "2 of 2"), (None, 1, "1 of 1"), (2, 1, "3 of 3")])
def test_seats_of_a_hybrid_event_are_those_of_the_hall_that_is_full(now, council, room, online, said):
    event = factories.event(starts_at=at(now, 3), format="hybrid", capacity=room, online_capacity=online)
    factories.rsvp(event, party_size=2)
    factories.rsvp(event, attending="remote")
    factories.rsvp(event, state="waiting", attending="in_person" if room else "remote")
    [item] = worklist.read(now).work
    assert item.meta == f"Whole municipality · {said} seats"


def test_event_that_has_begun_needs_no_seats(now, council):
    event = factories.event("Diskusija", starts_at=now - timedelta(minutes=5), capacity=1)
    factories.rsvp(event, now=now)
    factories.rsvp(event, state="waiting", now=now)
    assert lines(now) == []


@pytest.mark.parametrize(("days", "shown"), [(-1, [("1 day late", "bad")]), (14, [("In 14 days", "info")]), (15, [])])
def test_step_of_a_formation_is_shown_two_weeks_ahead(now, days, shown):
    factories.formation(next_due_on=now.date() + timedelta(days=days), opened_on=date(2026, 9, 1))
    assert [(when, tone) for when, tone, *_ in lines(now)] == shown


def test_messages_that_failed_or_wait_too_long_are_one_task(now, council):
    person = factories.person()
    notice(person, "a", due_at=now, failed_at=now, closed_at=now)
    notice(person, "b", due_at=now, failed_at=now - timedelta(days=8), closed_at=now)  # long ago
    notice(person, "c", due_at=now, uncertain_at=now, sent_at=now, closed_at=now)
    notice(person, "d", due_at=now - timedelta(minutes=11))
    notice(person, "e", due_at=now - timedelta(minutes=5))
    notice(person, "f", due_at=now, sent_at=now, closed_at=now)
    [item] = worklist.read(now).work
    assert (item.when, item.title) == ("Today", "3 e-mails need a look")
    assert item.meta == "not sent: 1 · perhaps sent twice: 1 · waiting too long: 1"


def test_council_below_its_seats_and_without_an_officer_par_19_21(now):
    term = factories.term(factories.council(neighbourhood=factories.neighbourhood("Baloži")), seats=3)
    for kind in (Office.Kind.CHAIR, Office.Kind.SECRETARY):
        factories.office(factories.membership(term), kind)
    assert lines(now) == [
        ("When you can", "info", "Baloži: 1 seat is empty", "Open the council"),
        ("When you can", "info", "Baloži: an office is vacant", "Give the office"),
    ]


def test_council_that_is_not_at_work_has_no_vacancies(now):
    factories.council()
    factories.term(factories.council(), seats=5, started_on=date(2027, 1, 1))
    assert lines(now) == []


def test_what_is_late_stands_first_and_what_has_no_day_last(now):
    term = factories.term(factories.council(), seats=3)
    factories.meeting(term.council, title="Sēde", starts_at=at(now, 1))
    factories.submission([term.council], reply_due_on=date(2026, 11, 1), sent_on=date(2026, 10, 1))
    factories.formation(next_due_on=date(2026, 11, 30), opened_on=date(2026, 9, 1))
    desk = worklist.read(now)
    assert [item.tone for item in desk.work] == ["bad", "warn", "info", "info"]
    assert [item.on for item in desk.work] == [date(2026, 11, 1), date(2026, 11, 24), date(2026, 11, 30), None]
    assert desk.overdue_count == 1


def test_day_is_the_one_in_latvia(council):
    """Half past midnight in Riga is still yesterday in UTC."""
    late = datetime(2026, 11, 24, 0, 30, tzinfo=RIGA)
    sent_on = date(2026, 10, 23)
    factories.submission([council], sent_on=sent_on, registered_on=sent_on, reply_due_on=date(2026, 11, 23))
    assert [when for when, *_ in lines(late)] == ["1 day late"]
    assert lines(late - timedelta(hours=1)) == []


def test_reading_the_list_asks_eleven_questions_however_much_there_is(now, django_assert_num_queries):
    for rows in (1, 3):
        while len(worklist.read(now).submissions) < rows:
            term = factories.term(factories.council(), seats=3)
            factories.membership(term)
            factories.submission([term.council], reply_due_on=date(2026, 11, 1), sent_on=date(2026, 10, 1))
            factories.meeting(term.council, starts_at=at(now, -15))
            factories.meeting(term.council, starts_at=at(now, 1))
            factories.meeting(term.council, published=False, starts_at=at(now, 3))
            factories.formation(next_due_on=now.date(), opened_on=date(2026, 9, 1))
            event = factories.event(starts_at=at(now, 3), capacity=1, neighbourhoods=[term.council.neighbourhood])
            factories.rsvp(event, state="waiting", now=now)
        with django_assert_num_queries(11):
            worklist.read(now)
