"""Before a meeting: members say whether they come, and the chair hears in time when too few do (§23)."""

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from councils import answers as facts
from councils import operations as council_operations
from councils.models import Attendance, Meeting
from councils.operations import MeetingRefused, answers
from councils.regulation import AS_ADOPTED
from events.models import Event
from notices.models import Notice
from notices.operations import deliver
from people.models import AuditEntry
from tests import factories
from tests.conftest import RIGA

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Answer = Attendance.Answer


@pytest.fixture
def council():
    return factories.council()


@pytest.fixture
def members(council):
    """Five members in seven seats, the first of them the chair: three make a quorum."""
    term = factories.term(council)
    rows = [factories.membership(term, factories.person(f"Loceklis {n}", email=f"l{n}@example.org")) for n in range(5)]
    factories.office(rows[0])
    return rows


@pytest.fixture
def meeting(council, now):
    """Tomorrow evening: Tuesday 24 November 2026."""
    return factories.meeting(council, starts_at=datetime(2026, 11, 24, 18, tzinfo=RIGA), venue="Tautas nams")


def say(meeting, membership, answer, now, by=None):
    return answers.answer(meeting=meeting, membership=membership, answer=answer, by=by, now=now)


def warned():
    return set(Notice.objects.filter(kind="quorum_at_risk", cancelled_at=None).values_list("person_id", flat=True))


# --- answers ----------------------------------------------------------------------------------------------------------


def test_last_answer_counts_and_keeps_what_the_roll_call_says(meeting, members, now):
    first = say(meeting, members[0], "coming", now)
    assert (first.answer, first.answered_at) == ("coming", now)
    second = say(meeting, members[0], "not_coming", now + HOUR)
    assert (second.pk, second.answer, second.answered_at) == (first.pk, "not_coming", now + HOUR)
    assert not AuditEntry.objects.filter(verb="answer_meeting").exists()


def test_answer_that_somebody_else_enters_stands_in_the_audit(meeting, members, now):
    chair = factories.user()
    say(meeting, members[1], "coming", now, by=chair)
    entry = AuditEntry.objects.get(verb="answer_meeting")
    assert (entry.by, entry.on_behalf_of, entry.details) == (
        chair,
        members[1].person,
        {"before": "", "after": "coming"},
    )


def test_ways_to_come_are_those_of_the_meeting(meeting):
    ways = {
        "in_person": ["coming", "not_coming"],
        "remote": ["remote", "not_coming"],
        "hybrid": ["coming", "remote", "not_coming"],
    }
    for format, expected in ways.items():
        meeting.event.format = format
        assert [value for value, _words in facts.choices(meeting)] == expected


def test_answer_is_refused_where_it_has_no_point(meeting, members, council, now):
    elsewhere = factories.membership(factories.term())
    former = factories.membership(members[0].seat.term, ended_on=date(2026, 11, 24), end_reason="resigned")
    draft = factories.meeting(council, published=False, starts_at=now + 9 * DAY)
    off = factories.meeting(council, starts_at=now + 8 * DAY, cancelled_at=now)
    begun = factories.meeting(council, starts_at=now + 7 * DAY)
    Meeting.objects.filter(pk=begun.pk).update(opened_at=now)
    for row, membership, answer, moment in (
        (meeting, elsewhere, "coming", now),
        (meeting, former, "coming", now),
        (meeting, members[0], "remote", now),
        (meeting, members[0], "", now),
        (meeting, members[0], "nekas", now),
        (meeting, members[0], "coming", meeting.event.starts_at),
        (draft, members[0], "coming", now),
        (off, members[0], "coming", now),
        (begun, members[0], "coming", now),
    ):
        with pytest.raises(MeetingRefused):
            say(row, membership, answer, moment)
    assert not Attendance.objects.exists()


# --- the quorum -------------------------------------------------------------------------------------------------------


def test_tally_counts_the_seats_filled_that_day(meeting, members, now):
    factories.membership(members[0].seat.term, started_on=date(2026, 11, 25))
    say(meeting, members[0], "coming", now)
    say(meeting, members[1], "not_coming", now)
    [tally] = facts.tallies(meeting, AS_ADOPTED)
    assert (len(tally.members), tally.quorum) == (5, 3)
    assert (len(tally.coming), len(tally.not_coming), len(tally.silent)) == (1, 1, 3)
    assert (tally.is_enough, tally.is_lost) == (False, False)
    say(meeting, members[2], "not_coming", now)
    say(meeting, members[3], "not_coming", now)
    [tally] = facts.tallies(meeting, AS_ADOPTED)
    assert tally.is_lost
    council = tally.council
    assert facts.tallies_of(council, [meeting], AS_ADOPTED)[meeting.pk].is_lost


def test_chair_and_coordinator_hear_a_day_earlier_and_once(meeting, members, now):
    coordinator = factories.coordinator().person
    say(meeting, members[0], "coming", now)
    answers.warn_of_quorum(now=datetime(2026, 11, 23, 8, 59, tzinfo=RIGA))
    assert warned() == set()
    for hour in (9, 10, 20):
        answers.warn_of_quorum(now=datetime(2026, 11, 23, hour, tzinfo=RIGA))
    assert warned() == {members[0].person.pk, coordinator.pk}
    assert Notice.objects.filter(kind="quorum_at_risk").count() == 2


def test_deputy_hears_where_there_is_no_chair(meeting, members, now):
    office = members[0].person.offices.get()
    office.ended_on = office.started_on
    office.save()
    factories.office(members[1], "secretary")
    factories.office(members[2], "deputy_chair")
    answers.warn_of_quorum(now=now)
    assert warned() == {members[2].person.pk}


def test_nobody_is_warned_when_enough_come_the_meeting_is_far_off_or_decides_nothing(meeting, members, council, now):
    for row in members[:3]:
        say(meeting, row, "coming", now)
    factories.meeting(council, starts_at=now + 3 * DAY)
    factories.meeting(council, starts_at=now + 5 * HOUR, cancelled_at=now)
    factories.meeting(council, starts_at=now + 5 * HOUR, published=False)
    group = factories.meeting(council, starts_at=now + 5 * HOUR)
    Meeting.objects.filter(pk=group.pk).update(kind=Meeting.Kind.WORKING_GROUP)
    factories.meeting(starts_at=now + 5 * HOUR)  # a council without members
    answers.warn_of_quorum(now=now)
    assert warned() == set()


def test_answer_taken_back_on_the_last_day_warns_then(meeting, members, now):
    for row in members[:3]:
        say(meeting, row, "coming", now)
    answers.warn_of_quorum(now=now)
    assert warned() == set()
    say(meeting, members[2], "not_coming", now + HOUR)
    answers.warn_of_quorum(now=now + 2 * HOUR)
    assert members[0].person.pk in warned()


def test_joint_meeting_warns_of_the_council_that_lacks_members(meeting, members, now):
    other = factories.term(factories.council())
    chair = factories.membership(other, factories.person(email="otra@example.org"))
    factories.office(chair)
    meeting.councils.add(other.council)
    for row in members[:3]:
        say(meeting, row, "coming", now)
    answers.warn_of_quorum(now=now)
    assert warned() == {chair.person.pk}


def test_mail_of_warning_names_who_is_silent_and_loses_its_point_when_they_come(meeting, members, now, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    say(meeting, members[0], "coming", now)
    say(meeting, members[4], "not_coming", now)
    answers.warn_of_quorum(now=now)
    deliver(now=now)
    [message] = mail.outbox
    assert message.subject == "Trūkst 2 locekļu: Padomes sēde"
    assert "Nāks 1 no 5 locekļiem; lai lemtu, vajag 3 (§23)." in message.body
    assert "Nav atbildes: Loceklis 1, Loceklis 2, Loceklis 3" in message.body
    assert "Nenāks: Loceklis 4" in message.body

    Notice.objects.all().delete()
    mail.outbox.clear()
    answers.warn_of_quorum(now=now)
    for row in members[1:3]:
        say(meeting, row, "coming", now)
    deliver(now=now)
    assert mail.outbox == []


# --- the mailed link --------------------------------------------------------------------------------------------------


@pytest.fixture
def soon(council, members):
    """A meeting of the real tomorrow, for pages that read the clock."""
    return factories.meeting(
        council, starts_at=timezone.now() + DAY, format="hybrid", online_url="https://example.org/sede"
    )


def main(page):
    return page.content.decode().split("<main")[1].split("</main>")[0]


def path(meeting, membership, answer=""):
    return f"/s/{facts.token(meeting, membership)}/{f'{answer}/' if answer else ''}"


def test_call_mail_brings_a_link_for_each_answer(council, members, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    now = timezone.now()
    meeting = factories.meeting(
        council, starts_at=now + 20 * DAY, published=False, format="hybrid", online_url="https://e.org/x"
    )
    meeting.agenda.create(position=1, title="Ceļi")
    council_operations.publish_meeting(meeting=meeting, by=None, now=now)
    say(Meeting.objects.get(pk=meeting.pk), members[4], "coming", now)
    deliver(now=now)
    calls = [row for row in mail.outbox if row.subject.startswith("Vai būsi? ")]
    assert sorted(row.to[0] for row in calls) == [f"l{n}@example.org" for n in range(4)]  # who answered is not asked
    body = next(row.body for row in calls if row.to == ["l0@example.org"])
    for answer in ("coming", "remote", "not_coming"):
        assert path(meeting, members[0], answer) in body
    assert "1. Ceļi" in body
    assert "https://e.org/x" not in body


def test_link_shows_a_page_with_one_button_and_looking_changes_nothing(soon, members):
    client = Client()
    page = client.get(path(soon, members[0], "coming"))
    assert page.status_code == 200
    assert main(page).count("<button") == 1
    assert not Attendance.objects.exists()
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.headers["Cache-Control"]

    answer = client.post(path(soon, members[0], "coming"), follow=True)
    assert Attendance.objects.get().answer == "coming"
    assert "Paldies" in answer.content.decode()


def begins(meeting, *, in_):
    starts_at = timezone.now() + in_
    Event.objects.filter(pk=meeting.event_id).update(starts_at=starts_at, ends_at=starts_at + HOUR)


def test_link_to_join_is_shown_to_the_member_who_joins_remotely(soon, members):
    client = Client()
    assert "example.org/sede" not in client.get(path(soon, members[0])).content.decode()
    client.post(path(soon, members[0], "remote"))
    early = client.get(path(soon, members[0])).content.decode()
    assert "example.org/sede" not in early
    assert "Pieslēgšanās saite te būs no" in early
    begins(soon, in_=HOUR / 2)
    assert "example.org/sede" in client.get(path(soon, members[0])).content.decode()


def test_link_of_nobody_is_not_found(soon, members):
    client = Client()
    token = facts.token(soon, members[0])
    elsewhere = factories.membership(factories.term())
    for bad in (token[:-1], "1-2:abc", "x", facts.token(soon, elsewhere)):
        assert client.get(f"/s/{bad}/coming/").status_code == 404
        assert client.post(f"/s/{bad}/coming/").status_code == 404
    assert client.put(path(soon, members[0])).status_code == 405


def test_link_says_so_when_it_is_too_late(council, members):
    past = factories.meeting(council, starts_at=timezone.now() - HOUR)
    client = Client()
    assert (
        "<button"
        not in client.get(path(past, members[0], "coming")).content.decode().split("<main")[1].split("</main>")[0]
    )
    page = client.post(path(past, members[0], "coming"), follow=True).content.decode()
    assert "vairs nepieņem" in page
    assert not Attendance.objects.exists()


# --- from the own page ------------------------------------------------------------------------------------------------


def test_member_answers_from_the_own_page_and_the_room(soon, members, council):
    user = factories.user(name="Ķērsta Ļaudona")
    factories.membership(members[0].seat.term, user.person)
    client = Client()
    client.force_login(user)
    for page in ("/mans/", f"/padome/{council.neighbourhood.slug}/"):
        content = client.get(page).content.decode()
        assert f"/sedes/{soon.pk}/atbilde/" in content
        assert "https://example.org/sede" not in content
        begins(soon, in_=HOUR / 2)
        assert "https://example.org/sede" in client.get(page).content.decode()  # a member may join
        begins(soon, in_=30 * HOUR)
    answer = client.post(f"/sedes/{soon.pk}/atbilde/", {"answer": "remote", "back": "my"})
    assert answer["Location"] == "/mans/"
    assert Attendance.objects.get().answer == "remote"
    answer = client.post(f"/sedes/{soon.pk}/atbilde/", {"answer": "nekas"})
    assert answer["Location"] == f"/padome/{council.neighbourhood.slug}/"
    assert Attendance.objects.get().answer == "remote"


def test_answer_is_the_members_own(soon):
    resident = Client()
    resident.force_login(factories.user())
    assert resident.post(f"/sedes/{soon.pk}/atbilde/", {"answer": "coming"}).status_code == 403
    assert resident.get(f"/sedes/{soon.pk}/atbilde/").status_code == 405
    assert Client().post(f"/sedes/{soon.pk}/atbilde/", {"answer": "coming"}).status_code == 302
    assert not Attendance.objects.exists()
    assert f"/sedes/{soon.pk}/atbilde/" not in resident.get("/mans/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_calls_ask_twice_however_many_meetings(council, members, count, django_assert_num_queries):
    now = timezone.now()
    for n in range(count):
        factories.meeting(council, starts_at=now + (n + 2) * DAY)
    rows = facts.memberships_of(members[0].person, timezone.localdate(now))
    with django_assert_num_queries(2):
        assert len(facts.calls(rows, now)) == count
    with django_assert_num_queries(0):
        assert facts.calls([], now) == []
