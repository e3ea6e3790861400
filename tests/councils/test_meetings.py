from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from councils import operations
from councils.models import Meeting, MeetingState, Submission
from councils.operations import CouncilRefused, MeetingRefused, SubmissionRefused
from events.models import Event
from events.operations import EventRefused
from notices.models import Notice
from tests import factories

pytestmark = pytest.mark.django_db
RIGA = ZoneInfo("Europe/Riga")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ON = date(2026, 11, 23)
AGENDA = [{"title": "Ceļi", "minutes": 30, "description": "Par grants ceļiem"}, "Jautājumi"]


@pytest.fixture
def council():
    return factories.council()


@pytest.fixture
def who(now):
    return {"by": factories.coordinator(), "now": now}


@pytest.fixture
def schedule(council, who, now):
    def call(**fields):
        starts_at = fields.pop("starts_at", now + 14 * DAY)
        values = {"title": "Padomes sēde", "starts_at": starts_at, "ends_at": starts_at + HOUR, "venue": "Saieta nams"}
        values |= {"councils": [council], "format": "in_person", "agenda": AGENDA, "publish": False} | who
        return operations.schedule_meeting(**(values | fields))

    return call


def state_of(meeting, now):
    return Meeting.objects.with_state(now).get(pk=meeting.pk).state


def told(kind):
    return sorted(Notice.objects.filter(kind=kind, cancelled_at=None).values_list("person_id", flat=True))


def test_schedule_meeting_makes_a_draft_in_the_councils_neighbourhood(schedule, council, now):
    meeting = schedule()

    event = meeting.event
    assert (event.kind, event.published_at) == (Event.Kind.MEETING, None)
    assert list(event.neighbourhoods.all()) == [council.neighbourhood]
    assert list(meeting.councils.all()) == [council]
    assert [(item.position, item.title, item.minutes) for item in meeting.agenda.order_by("position")] == [
        (1, "Ceļi", 30),
        (2, "Jautājumi", None),
    ]
    assert state_of(meeting, now) == MeetingState.DRAFT
    assert not Notice.objects.exists()


def test_schedule_meeting_of_several_councils_is_a_joint_one(schedule, council):
    other = factories.council()
    meeting = schedule(councils=[council, other])
    assert meeting.kind == Meeting.Kind.JOINT
    assert set(meeting.event.neighbourhoods.all()) == {council.neighbourhood, other.neighbourhood}


def test_schedule_and_publish_tells_members_and_followers_once(schedule, council, now):
    member = factories.membership(factories.term(council)).person
    follower = factories.person(email="seko@example.org")
    for person in (member, follower):
        factories.follow(person, council.neighbourhood)
    sits_elsewhere = factories.membership(factories.term()).person

    meeting = schedule(publish=True)

    assert state_of(meeting, now) == MeetingState.ANNOUNCED
    assert told("event_announced") == [follower.pk]
    assert told("meeting_call") == [member.pk]
    assert sits_elsewhere.pk not in told("event_announced")
    count = Notice.objects.count()
    operations.publish_meeting(meeting=meeting, by=None, now=now + HOUR)
    assert Notice.objects.count() == count


def test_who_sits_on_the_day_of_the_meeting_is_asked(schedule, council, now):
    term = factories.term(council)
    factories.membership(term, ended_on=ON, end_reason="resigned")
    factories.membership(term, ended_on=(now + 7 * DAY).date(), end_reason="resigned")
    sits_then = factories.membership(term, started_on=(now + 7 * DAY).date()).person
    sitting = factories.membership(term).person
    schedule(publish=True)
    assert told("meeting_call") == sorted([sitting.pk, sits_then.pk])
    assert told("event_announced") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"councils": []},
        {"title": ""},
        {"ends_at": datetime(2026, 1, 1, tzinfo=RIGA)},
        {"capacity": 0},
        {"agenda": [{"title": "x" * 400}]},
        {"publish": True, "venue": ""},
        {"publish": True, "starts_at": datetime(2026, 11, 1, 18, tzinfo=RIGA)},
    ],
    ids=["no council", "no title", "end before start", "no seat", "long line", "nowhere", "past"],
)
def test_schedule_meeting_refuses_and_leaves_nothing(schedule, fields):
    with pytest.raises(MeetingRefused) as refusal:
        schedule(**fields)
    assert str(refusal.value)
    assert not Meeting.objects.exists()
    assert not Event.objects.exists()


def test_council_is_not_given_two_meetings_at_once(schedule, now):
    first = schedule()
    with pytest.raises(MeetingRefused):
        schedule(title="Otrreiz nosūtīta veidlapa")
    schedule(councils=[factories.council()])
    operations.cancel_meeting(meeting=first, by=None, now=now)
    schedule()
    assert Meeting.objects.count() == 3


def test_refusal_of_a_meeting_is_caught_as_either(schedule):
    for kind in (CouncilRefused, EventRefused):
        with pytest.raises(kind):
            schedule(councils=[])


@pytest.mark.parametrize(
    ("meeting_on", "late"),
    [(date(2026, 11, 26), False), (date(2026, 11, 25), True), (date(2026, 11, 24), True)],
    ids=["three working days", "two", "one"],
)
def test_p38_late_announcement_needs_its_reason(schedule, meeting_on, late):
    starts_at = datetime(meeting_on.year, meeting_on.month, meeting_on.day, 18, tzinfo=RIGA)
    draft = schedule(starts_at=starts_at)
    fields = {"meeting": draft, "by": None, "now": datetime(2026, 11, 23, 9, tzinfo=RIGA)}
    if late:
        with pytest.raises(MeetingRefused, match="§38"):
            operations.publish_meeting(**fields)
    meeting = operations.publish_meeting(**fields, announced_late_because="Plūdi" if late else "")
    assert meeting.event.published_at
    assert meeting.announced_late_because == ("Plūdi" if late else "")


def test_change_meeting_writes_agenda_and_tells_members_of_a_move(schedule, council, now):
    meeting = schedule(publish=True)
    member = factories.membership(factories.term(council)).person  # sits since the meeting was announced
    starts_at = meeting.event.starts_at + DAY

    changed = operations.change_meeting(
        meeting=meeting,
        agenda=["Viens", "  ", "Divi"],
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        move_reason="Zālē ir remonts",
        by=None,
        now=now,
    )

    assert changed.event.starts_at == starts_at
    assert [item.title for item in changed.agenda.order_by("position")] == ["Viens", "Divi"]
    assert changed.move_reason == "Zālē ir remonts"
    assert told("event_moved") == [member.pk]
    assert told("meeting_call") == [member.pk]  # anew: another time


def test_announced_meeting_does_not_move_without_a_reason(schedule, now):
    meeting = schedule(publish=True)
    for fields in ({"venue": "Bibliotēka"}, {"starts_at": meeting.event.starts_at - HOUR}, {"format": "hybrid"}):
        with pytest.raises(MeetingRefused, match="kāpēc"):
            operations.change_meeting(meeting=meeting, by=None, now=now, **fields)
    operations.change_meeting(meeting=meeting, by=None, now=now, capacity=7)
    assert Event.objects.get().venue == "Saieta nams"


def test_draft_moves_without_a_reason(schedule, now):
    moved = operations.change_meeting(meeting=schedule(), by=None, now=now, venue="Bibliotēka")
    assert (moved.event.venue, moved.move_reason) == ("Bibliotēka", "")


def test_change_meeting_leaves_the_agenda_when_none_is_given(schedule, now):
    meeting = operations.change_meeting(meeting=schedule(), venue="Bibliotēka", by=None, now=now)
    assert meeting.agenda.count() == 2
    assert Event.objects.get().venue == "Bibliotēka"


@pytest.mark.parametrize("fields", [{"venue": ""}, {"title": ""}, {"ends_at": datetime(2026, 1, 1, tzinfo=RIGA)}])
def test_change_meeting_refuses_and_changes_nothing(schedule, now, fields):
    meeting = schedule(publish=True)
    with pytest.raises(MeetingRefused):
        operations.change_meeting(meeting=meeting, agenda=["Cits"], by=None, now=now, **fields)
    assert meeting.agenda.count() == 2
    assert Event.objects.get().venue == "Saieta nams"


def test_copy_meeting_is_a_draft_without_people(schedule, council, now):
    meeting = schedule(publish=True, capacity=30, party_limit=2, reminder_hours=[48], takes_rsvps=False)
    factories.rsvp(meeting.event)
    # The clock on the wall goes back in between: the copy begins when it is told and lasts as long.
    starts_at = datetime(2027, 4, 1, 18, 30, tzinfo=RIGA)

    copy = operations.copy_meeting(meeting=meeting, starts_at=starts_at, by=None, now=now)

    event = copy.event
    assert (event.starts_at, event.ends_at - event.starts_at) == (starts_at, HOUR)
    assert (event.venue, event.capacity, event.party_limit, event.reminder_hours) == ("Saieta nams", 30, 2, [48])
    assert not event.takes_rsvps
    assert not event.rsvps.exists()
    assert list(copy.councils.all()) == [council]
    assert [(item.title, item.description) for item in copy.agenda.order_by("position")] == [
        ("Ceļi", ""),
        ("Jautājumi", ""),
    ]
    assert state_of(copy, now) == MeetingState.DRAFT


def test_cancel_meeting_tells_members_and_guests_once(schedule, council, now):
    meeting = schedule(publish=True)
    member = factories.membership(factories.term(council)).person
    guest = factories.rsvp(meeting.event).person

    for _again in range(2):
        operations.cancel_meeting(meeting=meeting, reason="Vētra", by=None, now=now)

    assert state_of(meeting, now) == MeetingState.CANCELLED
    assert told("event_cancelled") == sorted([member.pk, guest.pk])


def test_cancel_meeting_refuses_what_is_over(schedule, now):
    meeting = schedule(publish=True)
    with pytest.raises(MeetingRefused):
        operations.cancel_meeting(meeting=meeting, by=None, now=now + 60 * DAY)


def test_minutes_go_from_awaited_to_sent_to_published(schedule, now):
    meeting = schedule(publish=True)
    later = meeting.event.ends_at + 3 * DAY
    assert Meeting.objects.awaiting_minutes(later).get() == meeting

    operations.record_minutes(meeting=meeting, sent_on=later.date(), by=None, now=later)
    assert state_of(meeting, later) == MeetingState.AWAITING_MINUTES
    url = "https://example.org/protokols"
    row = operations.record_minutes(meeting=meeting, published_on=later.date(), url=url, by=None, now=later)

    assert (row.minutes_sent_on, row.minutes_published_on, row.minutes_url) == (later.date(), later.date(), url)
    assert state_of(meeting, later) == MeetingState.PUBLISHED
    assert not Meeting.objects.awaiting_minutes(later).exists()


def test_minutes_are_refused_where_there_can_be_none(schedule, now):
    draft, meeting = schedule(starts_at=now + DAY), schedule(publish=True)
    later = meeting.event.ends_at + 3 * DAY
    today = later.date()
    for row, moment, days in (
        (draft, later, {"sent_on": today}),
        (meeting, now, {"sent_on": now.date()}),
        (meeting, later, {"sent_on": today - 9 * DAY}),
        (meeting, later, {"sent_on": today + DAY}),
        (meeting, later, {"sent_on": today, "published_on": today - DAY}),
        (meeting, later, {"url": "nav adrese"}),
    ):
        with pytest.raises(MeetingRefused):
            operations.record_minutes(meeting=row, by=None, now=moment, **days)
    assert not Meeting.objects.exclude(minutes_sent_on=None, minutes_published_on=None).exists()


@pytest.mark.parametrize(
    ("starts_at", "day"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=RIGA), date(2026, 3, 29)),  # the night summer time begins
        (datetime(2026, 10, 25, 0, 30, tzinfo=RIGA), date(2026, 10, 25)),  # the night it ends
        (datetime(2026, 7, 1, 0, 30, tzinfo=RIGA), date(2026, 7, 1)),  # still June in UTC
    ],
)
def test_meeting_is_held_on_the_day_of_latvia(starts_at, day):
    meeting = factories.meeting(starts_at=starts_at)
    meeting.refresh_from_db()
    assert Meeting.objects.select_related("event").get(pk=meeting.pk).held_on == day


def test_member_ids_are_those_who_sit_on_the_day(council):
    term = factories.term(council)
    sits = factories.membership(term).person
    factories.membership(term, ended_on=ON, end_reason="resigned")
    factories.membership(term, started_on=ON + DAY)
    factories.membership(factories.term())
    assert operations.member_ids([council], ON) == [sits.pk]


# --- submissions


@pytest.fixture
def submit(council, who):
    def call(**fields):
        values = {"councils": [council], "title": "Pāreja pie skolas", "sent_on": date(2026, 11, 12)}
        return operations.record_submission(**(values | fields | who))

    return call


def submission_state(row, on=ON):
    return Submission.objects.with_state(on).get(pk=row.pk).state


def test_p27_submission_is_due_in_a_month_and_then_overdue(submit):
    row = submit()
    assert row.reply_due_on == date(2026, 12, 14)
    assert submission_state(row) == "waiting"
    assert submission_state(row, date(2026, 12, 14)) == "waiting"
    assert submission_state(row, date(2026, 12, 15)) == "overdue"


def test_draft_of_a_submission_is_sent_once(submit, who):
    row = submit(sent_on=None)
    assert not Submission.objects.public().exists()

    operations.send_submission(submission=row, sent_on=ON, **who)

    assert Submission.objects.awaiting_reply().get().reply_due_on == date(2026, 12, 23)
    with pytest.raises(SubmissionRefused):
        operations.send_submission(submission=row, sent_on=ON, **who)


def test_reply_and_completion_are_recorded(submit, who):
    row = submit()
    operations.record_reply(submission=row, replied_on=ON, outcome="partly", reply="Pieņemti 3 no 5.", **who)
    assert submission_state(row) == "partly"
    assert not Submission.objects.awaiting_reply().exists()
    operations.record_done(submission=row, done_on=ON, **who)
    assert submission_state(row) == "done"


def test_submission_refuses_what_cannot_be(submit, who):
    row, draft = submit(), submit(sent_on=None)
    tomorrow = ON + DAY
    for call in (
        lambda: submit(councils=[]),
        lambda: submit(title=""),
        lambda: submit(sent_on=tomorrow),
        lambda: operations.send_submission(submission=draft, sent_on=tomorrow, **who),
        lambda: operations.record_reply(submission=row, replied_on=ON, outcome="", **who),
        lambda: operations.record_reply(submission=row, replied_on=tomorrow, outcome="other", **who),
        lambda: operations.record_reply(submission=row, replied_on=date(2026, 11, 11), outcome="other", **who),
        lambda: operations.record_reply(submission=draft, replied_on=ON, outcome="other", **who),
        lambda: operations.record_done(submission=draft, done_on=ON, **who),
        lambda: operations.record_done(submission=row, done_on=date(2026, 11, 11), **who),
    ):
        with pytest.raises(SubmissionRefused) as refusal:
            call()
        assert str(refusal.value)
    assert Submission.objects.count() == 2
    assert not Submission.objects.exclude(replied_on=None, done_on=None).exists()
