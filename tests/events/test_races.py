"""Many at once on one event, each through a connection of its own. The large ones stand in tests/prove."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from events import operations, series
from events.models import CalendarKey, CheckIn, Event, EventSeries, Rsvp
from notices.models import Notice
from people.models import AuditEntry, Person
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls):
    """Run every call in a thread of its own, all from one moment on; the exceptions they ended with."""
    start = threading.Barrier(len(calls))
    failed = []

    def run(call):
        try:
            start.wait()
            call()
        except Exception as error:  # the test asserts on whatever it was
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_two_cannot_take_the_last_seat():
    event = factories.event(capacity=3)
    people = [factories.person() for _ in range(10)]
    now = timezone.now()

    def sign_up(person):
        return lambda: operations.rsvp(event=event, person=person, by=None, now=now)

    assert at_once([sign_up(person) for person in people]) == []
    rows = Rsvp.objects.order_by("number")
    assert [row.number for row in rows] == list(range(1, 11))
    assert [row.state for row in rows] == ["going"] * 3 + ["waiting"] * 7
    assert Notice.objects.count() == 10


def test_one_person_who_presses_twice_signs_up_once():
    event, person, now = factories.event(), factories.person(), timezone.now()

    assert at_once([lambda: operations.rsvp(event=event, person=person, by=None, now=now)] * 6) == []
    assert Rsvp.objects.count() == Notice.objects.count() == 1


def test_one_address_that_comes_at_once_is_one_guest():
    now = timezone.now()
    events = [factories.event() for _ in range(4)]

    def sign_up(event):
        return lambda: operations.rsvp_as_guest(
            event=event, name="Jānis", email="viesis@example.org", network="", language="lv", now=now
        )

    assert at_once([sign_up(event) for event in events]) == []
    assert Rsvp.objects.values("person").distinct().count() == 1


def test_seats_freed_at_once_are_offered_once_each():
    now = timezone.now()
    event = factories.event(capacity=4, starts_at=now + timedelta(days=9))
    seated = [operations.rsvp(event=event, person=factories.person(), by=None, now=now) for _ in range(4)]
    waiting = [operations.rsvp(event=event, person=factories.person(), by=None, now=now) for _ in range(6)]

    def cancel(row):
        return lambda: operations.cancel_rsvp(rsvp=row, by=None, now=now)

    assert at_once([cancel(row) for row in seated] + [lambda: operations.expire(now=now)] * 2) == []
    states = [Rsvp.objects.get(pk=row.pk).state for row in waiting]
    assert states == ["offered"] * 4 + ["waiting"] * 2
    assert Event.objects.with_seats().get().seats_taken == 4
    assert Notice.objects.filter(kind="rsvp_offer").count() == 4


def test_same_series_sent_twice_at_once_is_made_once():
    now = timezone.now()
    first = now + timedelta(days=3)
    moments = [(first + timedelta(weeks=n), first + timedelta(weeks=n, hours=1)) for n in range(4)]

    def make():
        series.create_series(
            rule="FREQ=WEEKLY", moments=moments, title="Kafejnīca", venue="Nams", by=None, now=now, publish=True
        )

    failed = at_once([make] * 4)
    assert [type(error) for error in failed] == [operations.EventRefused] * 3
    assert (EventSeries.objects.count(), Event.objects.count()) == (1, 4)


def test_series_published_and_cancelled_at_once_tells_everybody_once():
    now = timezone.now()
    area = factories.neighbourhood()
    for n in range(3):
        factories.follow(factories.person(email=f"a{n}@example.org"), area)
    row = factories.event_series(5, neighbourhoods=[area], published=False)
    assert at_once([lambda: series.publish_series(series=row, by=None, now=now)] * 4) == []
    assert Notice.objects.filter(kind="series_announced").count() == 3

    Notice.objects.update(handed_at=now)
    dates = list(row.events.order_by("starts_at"))
    calls = [lambda date=date: series.cancel_following(event=date, by=None, now=now) for date in dates[:3]]
    failed = at_once(calls)
    assert {type(error) for error in failed} <= {operations.EventRefused}
    assert not Event.objects.filter(cancelled_at=None).exists()
    told = Notice.objects.filter(kind="series_cancelled")
    for person in set(told.values_list("person", flat=True)):
        ids = [pk for notice in told.filter(person=person) for pk in notice.data["events"]]
        assert sorted(ids) == sorted(date.pk for date in dates)  # each date once, in one mail or in several


def test_sign_up_while_the_series_is_cancelled_waits_and_is_refused_or_told():
    now = timezone.now()
    row = factories.event_series(3)
    date = row.events.latest("starts_at")
    people = [factories.person(email=f"b{n}@example.org") for n in range(6)]
    calls = [lambda person=person: operations.rsvp(event=date, person=person, by=None, now=now) for person in people]
    calls.append(lambda: series.cancel_following(event=row.events.earliest("starts_at"), by=None, now=now))
    failed = at_once(calls)
    assert {type(error) for error in failed} <= {operations.RsvpRefused}
    seated = set(Rsvp.objects.values_list("person", flat=True))
    assert len(seated) + len(failed) == 6
    assert set(Notice.objects.filter(kind="series_cancelled").values_list("person", flat=True)) == seated


def test_own_calendar_asked_for_twice_at_once_has_one_address():
    person, now = factories.person(), timezone.now()

    assert at_once([lambda: operations.renew_calendar_key(person=person, now=now)] * 6) == []
    assert CalendarKey.objects.count() == 1


def test_thanks_sent_by_two_at_once_go_out_once():
    now = timezone.now()
    event = factories.event(starts_at=now - timedelta(days=1))
    for n in range(3):
        factories.rsvp(event, factories.person(email=f"v{n}@example.org"))

    def thank():
        operations.thank(event=event, results="Vienojāmies.", by=None, now=now)

    assert at_once([thank] * 4) == []
    assert Notice.objects.filter(kind="event_thanks").count() == 3
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["write_results", "thank"]


def test_survey_sent_twice_at_once_is_one_answer():
    now = timezone.now()
    row = factories.rsvp(factories.event(starts_at=now - timedelta(hours=5)))

    def answer():
        operations.answer_survey(rsvp=row, rating=5, was_heard=None, comment="", now=now)

    refused = at_once([answer] * 4)
    assert [type(error) for error in refused] == [operations.SurveyRefused] * 3
    assert row.event.survey_answers.count() == 1


# --- at the door ------------------------------------------------------------------------------------------------------


def test_two_phones_note_the_same_person_once():
    now, by = timezone.now(), factories.coordinator()
    row = factories.rsvp(factories.event(starts_at=now), party_size=2)
    keys = [uuid4() for _n in range(3)]

    def come(key):
        return lambda: operations.check_in(rsvp=row, key=key, by=by, now=now)

    assert at_once([come(key) for key in keys * 2]) == []
    assert CheckIn.objects.count() == 1
    assert operations.attendance(row.event).came == 2


def test_walk_in_sent_twice_at_once_is_one_person():
    now, by = timezone.now(), factories.coordinator()
    event, key = factories.event(starts_at=now), uuid4()
    before = Person.objects.count()

    def enter():
        operations.walk_in(event=event, name="Jānis Bērzs", people=1, key=key, by=by, now=now)

    assert at_once([enter] * 6) == []
    assert (CheckIn.objects.count(), Rsvp.objects.count(), Person.objects.count() - before) == (1, 1, 1)


def test_walk_ins_at_the_last_seats_fill_them_and_no_more():
    """Named and unnamed, at several doors, while somebody who waits comes as well."""
    now, by = timezone.now(), factories.coordinator()
    event = factories.event(starts_at=now, capacity=5)
    factories.rsvp(event)
    waits = factories.rsvp(event, state="waiting")

    def enter(name):
        return lambda: operations.walk_in(event=event, name=name, people=1, key=uuid4(), by=by, now=now)

    calls = [enter("" if n % 2 else f"Jānis Nr{n}") for n in range(9)]
    calls.append(lambda: operations.check_in(rsvp=waits, key=uuid4(), by=by, now=now))
    failed = at_once(calls)
    assert [type(error) for error in failed] == [operations.NoSeatLeft] * 6
    assert operations.attendance(event).came == 4
    numbers = sorted(Rsvp.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_arrival_and_its_undoing_at_once_end_in_one_of_the_two():
    now, by = timezone.now(), factories.coordinator()
    event = factories.event(starts_at=now, capacity=2)
    factories.rsvp(event)
    row = factories.rsvp(event, state="waiting")
    first = operations.check_in(rsvp=row, key=uuid4(), by=by, now=now)
    calls = [lambda: operations.undo_check_in(check_in=first, by=by, now=now)] * 3
    calls += [lambda: operations.check_in(rsvp=row, key=uuid4(), by=by, now=now)] * 3
    assert at_once(calls) == []
    row.refresh_from_db()
    first.refresh_from_db()
    is_in = CheckIn.objects.standing().exists()
    assert first.undone_at
    assert CheckIn.objects.standing().count() <= 1
    assert row.state == ("going" if is_in else "waiting")
    assert AuditEntry.objects.filter(verb="undo_check_in").count() == 1
