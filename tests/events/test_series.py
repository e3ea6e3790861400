"""Series: made from dates in one go, told of once, and each date afterwards an event like any other."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.core import mail
from django.utils import timezone

from events import operations, series
from events.emails import MOST_DATES
from events.models import Event, EventSeries, Phase, Rsvp
from events.operations import EventRefused
from events.recurrence import Recurrence, Unit
from notices import operations as notices
from notices.models import Notice
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
RIGA = ZoneInfo("Europe/Riga")
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)


@pytest.fixture
def area():
    return factories.neighbourhood("Baloži")


@pytest.fixture
def follower(area):
    person = factories.person("Rūta Žīgure", email="ruta@example.org")
    factories.follow(person, area)
    return person


def made(now, area=None, count=3, publish=True, by=None, **fields):
    first = datetime(2026, 12, 1, 18, 30, tzinfo=RIGA)
    moments = [(first + n * WEEK, first + n * WEEK + timedelta(hours=2)) for n in range(count)]
    values = {"title": "Valodu kafejnīca", "venue": "Tautas nams", "rule": "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU"}
    return series.create_series(
        moments=fields.pop("moments", moments),
        neighbourhoods=[area] if area else [],
        publish=publish,
        by=by,
        now=now,
        **(values | fields),
    )


def sent(now):
    mail.outbox.clear()
    while notices.deliver(now=now):
        pass
    return mail.outbox


# --- making -----------------------------------------------------------------------------------------------------------


def test_series_makes_an_event_of_its_own_for_each_date(now, area):
    coordinator = factories.coordinator()
    row = made(now, area, by=coordinator, capacity=12, closes_before=timedelta(hours=3), kind="training")

    events = list(row.events.order_by("starts_at"))
    assert [timezone.localtime(event.starts_at).strftime("%d.%m. %H.%M") for event in events] == [
        "01.12. 18.30", "08.12. 18.30", "15.12. 18.30",
    ]  # fmt: skip
    assert len({event.uid for event in events}) == 3
    assert {event.phase_at(now) for event in events} == {Phase.UPCOMING}
    for event in events:
        assert (event.capacity, event.kind, list(event.neighbourhoods.all())) == (12, "training", [area])
        assert event.starts_at - event.rsvps_close_at == timedelta(hours=3)
    entry = AuditEntry.objects.get(verb="create_series")
    assert (entry.by, entry.details) == (coordinator, {"dates": 3})


def test_hour_on_the_wall_stays_through_both_changes_of_the_clock(now):
    """Weekly over the last Sundays of October and of March: half past six before and after, which is not 168 hours."""
    for first, until in (("2026-10-20", "2026-11-03"), ("2027-03-23", "2027-04-06")):
        days = Recurrence(Unit.WEEKS).days(datetime.fromisoformat(first).date(), datetime.fromisoformat(until).date())
        moments = [
            tuple(datetime.combine(day, datetime.min.time(), RIGA).replace(hour=hour, minute=30) for hour in (18, 20))
            for day in days
        ]
        row = made(datetime(2026, 10, 1, tzinfo=RIGA), moments=moments, closes_before=timedelta(hours=48))
        events = list(row.events.order_by("starts_at"))
        assert [timezone.localtime(event.starts_at).hour for event in events] == [18, 18, 18]
        assert {event.starts_at.utcoffset() for event in events} == {timedelta(0)}  # kept as moments
        assert len({event.starts_at.hour for event in events}) == 2
        assert {event.ends_at - event.starts_at for event in events} == {timedelta(hours=2)}
        assert {event.starts_at - event.rsvps_close_at for event in events} == {timedelta(hours=48)}


def test_nothing_is_made_when_one_date_is_refused(now):
    factories.event("Valodu kafejnīca", starts_at=datetime(2026, 12, 8, 18, 30, tzinfo=RIGA))

    with pytest.raises(EventRefused):
        made(now)
    assert (EventSeries.objects.count(), Event.objects.count()) == (0, 1)


@pytest.mark.parametrize("count", [0, 1, 61])
def test_series_has_at_least_two_dates_and_no_flood(now, count):
    with pytest.raises(EventRefused):
        made(now, count=count)
    assert not Event.objects.exists()


def test_the_same_form_sent_twice_makes_one_series(now):
    made(now)
    with pytest.raises(EventRefused):
        made(now)
    assert EventSeries.objects.count() == 1


# --- telling ----------------------------------------------------------------------------------------------------------


def test_followers_are_told_once_of_all_dates(now, area, follower):
    row = made(now, area)

    [letter] = sent(now)

    assert letter.to == ["ruta@example.org"]
    assert letter.subject == "1.\xa0decembrī: Valodu kafejnīca (3 reizes)"
    for day in ("1.\xa0decembrī", "8.\xa0decembrī", "15.\xa0decembrī"):
        assert f"trdien, {day}, plkst.\xa018.30–20.30" in letter.body
    assert f"/pasakumi/serija/{row.pk}.ics" in letter.body
    assert sent(now) == []


def test_drafts_are_told_to_nobody_until_they_are_published(now, area, follower):
    row = made(now, area, publish=False)
    assert (sent(now), Event.objects.published().count()) == ([], 0)

    shown = series.publish_series(series=row, by=None, now=now)

    assert len(shown) == 3
    assert len(sent(now)) == 1
    assert series.publish_series(series=row, by=None, now=now) == []
    assert sent(now) == []


def test_announcement_leaves_out_what_was_cancelled_or_begun_before_it_was_sent(now, area, follower):
    row = made(now, area)
    first, second, _third = row.events.order_by("starts_at")
    operations.cancel_event(event=second, by=None, now=now)

    [letter] = sent(first.starts_at + DAY)

    assert letter.subject.endswith("(1 reize)")
    assert "15.\xa0decembrī" in letter.body
    assert "8.\xa0decembrī" not in letter.body


def test_announcement_without_a_date_to_come_is_not_sent(now, area, follower):
    row = made(now, area)
    for event in row.events.all():
        operations.cancel_event(event=event, by=None, now=now)

    assert sent(now) == []
    assert Notice.objects.get(kind="series_announced").skipped_at


def test_who_wants_no_news_is_not_told(now, area, follower):
    made(now, area)
    follower.wants_news = False
    follower.save()

    assert sent(now) == []


def test_long_series_fits_into_a_mail(now, area, follower):
    made(now, area, count=MOST_DATES + 5)

    [letter] = sent(now)

    assert "un vēl 5" in letter.body
    assert letter.body.count("plkst.") == MOST_DATES


def test_moved_date_is_told_to_those_who_heard_of_the_series(now, area, follower):
    """One mail for the one date; the others stay as they are."""
    row = made(now, area)
    sent(now)
    second = row.events.order_by("starts_at")[1]

    operations.change_event(
        event=second, by=None, now=now, starts_at=second.starts_at + DAY, ends_at=second.ends_at + DAY
    )

    [letter] = sent(now)
    assert letter.to == ["ruta@example.org"]
    assert "trešdien, 9.\xa0decembrī" in letter.body
    assert [event.sequence for event in row.events.order_by("pk")] == [0, 1, 0]


# --- calling off ------------------------------------------------------------------------------------------------------


def test_this_date_alone_is_cancelled_as_any_event(now, area, follower):
    row = made(now, area)
    sent(now)

    operations.cancel_event(event=row.events.order_by("starts_at")[0], by=None, now=now, reason="Svētki.")

    [letter] = sent(now)
    assert letter.subject == "Nenotiks: Valodu kafejnīca"
    assert row.events.filter(cancelled_at=None).count() == 2


def test_this_and_following_are_cancelled_and_told_once(now, area, follower):
    row = made(now, area)
    first, second, third = row.events.order_by("starts_at")
    guest = factories.person("Guntis Ērglis", email="guntis@example.org", wants_news=False)
    factories.rsvp(third, guest)
    factories.rsvp(second, follower, state=Rsvp.State.WAITING)
    sent(now)

    ended = series.cancel_following(event=second, by=None, now=now, reason="Telpas remonts.")

    assert ended == [second, third]
    assert list(row.events.filter(cancelled_at=None)) == [first]
    letters = {letter.to[0]: letter for letter in sent(now)}
    assert set(letters) == {"ruta@example.org", "guntis@example.org"}
    assert letters["ruta@example.org"].subject == "Nenotiks: Valodu kafejnīca (2 reizes)"
    assert "Telpas remonts." in letters["ruta@example.org"].body
    assert not letters["ruta@example.org"].attachments  # a place in the queue stands in no calendar
    assert letters["guntis@example.org"].subject == "Nenotiks: Valodu kafejnīca (1 reize)"
    [(_name, content, mimetype)] = letters["guntis@example.org"].attachments
    [entry] = icalendar.Calendar.from_ical(content).events
    assert (entry["uid"], entry["status"], entry["sequence"]) == (str(third.uid), "CANCELLED", 1)
    assert "CANCEL" in mimetype
    assert "8.\xa0decembrī" not in letters["guntis@example.org"].body


def test_what_is_over_or_cancelled_before_stays(now, area):
    row = made(now, area, count=4)
    first, second, third, fourth = row.events.order_by("starts_at")
    operations.cancel_event(event=third, by=None, now=now, reason="Sen zināms.")
    later = second.ends_at + DAY

    ended = series.cancel_following(event=first, by=None, now=later, reason="Beigas.")

    assert ended == [fourth]
    third.refresh_from_db()
    first.refresh_from_db()
    assert (third.cancel_reason, first.cancelled_at) == ("Sen zināms.", None)
    with pytest.raises(EventRefused):
        series.cancel_following(event=first, by=None, now=later)


def test_drafts_end_untold(now, area, follower):
    row = made(now, area, publish=False)

    assert len(series.cancel_following(event=row.events.order_by("starts_at")[0], by=None, now=now)) == 3
    assert sent(now) == []


def test_an_event_by_itself_has_no_following(now):
    with pytest.raises(EventRefused):
        series.cancel_following(event=factories.event(), by=None, now=now)


def test_reminders_of_cancelled_dates_are_withdrawn(now, area):
    row = made(now, area)
    event = row.events.order_by("starts_at")[0]
    factories.rsvp(event, factories.person(email="a@example.org"), now=now)
    soon = event.starts_at - timedelta(hours=1)
    operations.plan_reminders(now=soon)
    series.cancel_following(event=event, by=None, now=soon)

    assert [letter.subject for letter in sent(soon)] == ["Nenotiks: Valodu kafejnīca (3 reizes)"]


def test_counts_say_beforehand_whom_it_concerns(now, area, follower):
    row = made(now, area)
    sent(now)
    factories.rsvp(row.events.order_by("starts_at")[2], factories.person("Bez Pasta"))

    assert series.count_concerned(event=row.events.order_by("starts_at")[1], now=now) == (2, 1)


# --- looking ----------------------------------------------------------------------------------------------------------


def test_page_of_a_date_leads_to_the_next_ones(client):
    row = factories.event_series(3)
    first, second, third = row.events.order_by("starts_at")
    operations.cancel_event(event=third, by=None, now=timezone.now())
    factories.event("Cits")

    html = client.get(first.get_absolute_url()).text

    assert second.get_absolute_url() in html
    assert third.get_absolute_url() not in html
    assert f"/pasakumi/serija/{row.pk}.ics" in html
    assert "Citas reizes" not in client.get(Event.objects.get(title="Cits").get_absolute_url()).text


def test_file_of_a_series_has_its_published_dates(client):
    row = factories.event_series(3)
    last = row.events.latest("starts_at")
    Event.objects.filter(pk=last.pk).update(published_at=None)
    factories.event("Cits")

    found = icalendar.Calendar.from_ical(client.get(f"/pasakumi/serija/{row.pk}.ics").content).events

    assert [str(entry["summary"]) for entry in found] == ["Valodu kafejnīca"] * 2
    assert client.get("/pasakumi/serija/999.ics").status_code == 404
    Event.objects.update(published_at=None)
    assert client.get(f"/pasakumi/serija/{row.pk}.ics").status_code == 404


@pytest.mark.parametrize("count", [2, 3, 30])
def test_page_of_a_date_makes_one_query_more_however_long_the_series(client, count, django_assert_num_queries):
    row = factories.event_series(count)
    alone = factories.event()
    client.get(alone.get_absolute_url())
    with django_assert_num_queries(2):
        client.get(alone.get_absolute_url())

    address = row.events.first().get_absolute_url()
    with django_assert_num_queries(3):
        client.get(address)
