"""A calendar program that has subscribed, played by libraries that share no code with what writes the feeds.

vobject reads as a program does that knows nothing of us; recurring-ical-events says what takes place when. The program
here keeps what it has by UID, takes what is newer by SEQUENCE, forgets what the feed no longer holds, and shows times
in its own zone.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import vobject
from django.utils import timezone

from events import operations, series
from events.models import Rsvp
from tests import factories

pytestmark = pytest.mark.django_db
RIGA = ZoneInfo("Europe/Riga")
WEEK = timedelta(weeks=1)


class Program:
    """Asks for a feed as programs do, with what it was told the last time, and keeps the entries."""

    def __init__(self, client, address):
        self.client, self.address = client, address
        self.tag = ""
        self.entries = {}
        self.fetched = 0

    def refresh(self):
        response = self.client.get(self.address, headers={"If-None-Match": self.tag})
        if response.status_code == 304:
            return
        assert response.status_code == 200
        self.tag = response["ETag"]
        self.fetched += 1
        text = response.content.decode()
        calendar = vobject.readOne(text)
        calendar.validate()
        fresh = {entry.uid.value: entry for entry in calendar.contents.get("vevent", [])}
        for uid, entry in fresh.items():
            known = self.entries.get(uid)
            assert known is None or int(entry.sequence.value) >= int(known.sequence.value)
        self.entries = fresh
        self.both_agree(text)

    def both_agree(self, text):
        """The other library finds the same entries at the same moments when it expands the feed."""
        if not self.entries:
            return
        begin = min(entry.dtstart.value for entry in self.entries.values())
        end = max(entry.dtend.value for entry in self.entries.values())
        expanded = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(begin, end)
        assert {(str(event["uid"]), event.start, event.end) for event in expanded} == {
            (uid, entry.dtstart.value, entry.dtend.value) for uid, entry in self.entries.items()
        }

    def shows(self):
        """What stands in the window of the program: title, time in Riga, place; what is cancelled is struck out."""
        rows = []
        for entry in sorted(self.entries.values(), key=lambda entry: entry.dtstart.value):
            at = entry.dtstart.value.astimezone(RIGA).strftime("%d.%m.%Y %H:%M")
            mark = "✗ " if entry.status.value == "CANCELLED" else ""
            rows.append(f"{mark}{entry.summary.value}, {at}, {entry.location.value}")
        return rows


@pytest.fixture
def today(monkeypatch):
    moment = datetime(2026, 10, 12, 9, 0, tzinfo=RIGA)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def at(year, month, day, hour=18, minute=30):
    return datetime(year, month, day, hour, minute, tzinfo=RIGA)


@pytest.mark.parametrize(
    "address", ["/kalendars.ics", "/apkaimes/{slug}/kalendars.ics", "/apkaimes/{slug}/padome/kalendars.ics"]
)
def test_program_follows_a_move_and_a_cancellation(client, today, address):
    council = factories.council()
    event = factories.meeting(council, starts_at=at(2026, 10, 21), changed_at=today).event
    program = Program(client, address.format(slug=council.neighbourhood.slug))
    program.refresh()
    assert program.shows() == ["Padomes sēde, 21.10.2026 18:30, Tautas nams"]
    program.refresh()
    assert program.fetched == 1

    moved = {"starts_at": at(2026, 10, 28, 19, 0), "ends_at": at(2026, 10, 28, 21, 0), "venue": "Skola"}
    operations.change_event(event=event, by=None, now=today + timedelta(minutes=1), **moved)
    program.refresh()
    assert program.shows() == ["Padomes sēde, 28.10.2026 19:00, Skola"]

    operations.cancel_event(event=event, by=None, now=today + timedelta(minutes=2), reason="Plūdi.")
    program.refresh()
    assert program.shows() == ["✗ Padomes sēde, 28.10.2026 19:00, Skola"]
    [entry] = program.entries.values()
    assert entry.description.value.startswith("Plūdi.")
    assert int(entry.sequence.value) == 2
    assert program.fetched == 3


def test_own_calendar_follows_its_person_through_the_queue(client, today):
    person = factories.user().person
    event = factories.event("Talka", starts_at=at(2026, 10, 24), capacity=1, changed_at=today)
    first = operations.rsvp(event=event, person=factories.person(), by=None, now=today)
    mine = operations.rsvp(event=event, person=person, by=None, now=today, seat_at_once=True)
    key = operations.renew_calendar_key(person=person, now=today)
    program = Program(client, f"/mans/kalendars/{key.token}.ics")

    def stands():
        program.refresh()
        return [entry.status.value for entry in program.entries.values()]

    assert stands() == ["TENTATIVE"]
    operations.cancel_rsvp(rsvp=first, by=None, now=today)
    assert stands() == ["CONFIRMED"]
    mine.refresh_from_db()
    assert mine.state == Rsvp.State.GOING
    operations.cancel_event(event=event, by=None, now=today + timedelta(minutes=1))
    assert stands() == ["CANCELLED"]
    operations.cancel_rsvp(rsvp=mine, by=None, now=today)
    assert stands() == []


def test_program_follows_a_series_of_which_one_date_moves_and_the_rest_ends(client, today):
    first = at(2026, 10, 13)
    moments = [(first + n * WEEK, first + n * WEEK + timedelta(hours=2)) for n in range(4)]
    row = series.create_series(
        rule="FREQ=WEEKLY;BYDAY=TU", moments=moments, title="Kafejnīca", venue="Nams", by=None, now=today, publish=True
    )
    program = Program(client, f"/pasakumi/serija/{row.pk}.ics")
    program.refresh()
    # Clocks go back in the night to 25 October: the hour on the wall stays.
    assert program.shows() == [
        "Kafejnīca, 13.10.2026 18:30, Nams",
        "Kafejnīca, 20.10.2026 18:30, Nams",
        "Kafejnīca, 27.10.2026 18:30, Nams",
        "Kafejnīca, 03.11.2026 18:30, Nams",
    ]
    one, two, three, _four = row.events.order_by("starts_at")
    later = today + timedelta(minutes=1)
    operations.change_event(event=two, by=None, now=later, starts_at=at(2026, 10, 22), ends_at=at(2026, 10, 22, 20))
    series.cancel_following(event=three, by=None, now=later)
    program.refresh()
    assert program.shows() == [
        "Kafejnīca, 13.10.2026 18:30, Nams",
        "Kafejnīca, 22.10.2026 18:30, Nams",
        "✗ Kafejnīca, 27.10.2026 18:30, Nams",
        "✗ Kafejnīca, 03.11.2026 18:30, Nams",
    ]
    assert len({one.uid, two.uid, three.uid}) == 3


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "utc"),
    [
        (at(2026, 10, 24), at(2026, 10, 24, 20), "20261024T153000Z"),  # the day before clocks go back
        (at(2026, 10, 24, 23), at(2026, 10, 25, 5), "20261024T203000Z"),  # through that night, an hour longer
        (at(2026, 10, 25, 3, 30), at(2026, 10, 25, 5), "20261025T003000Z"),  # the first of two half past threes
        (at(2026, 10, 25, 3, 30).replace(fold=1), at(2026, 10, 25, 5), "20261025T013000Z"),  # and the second
        (at(2026, 10, 25), at(2026, 10, 25, 20), "20261025T163000Z"),
        (at(2027, 3, 27), at(2027, 3, 27, 20), "20270327T163000Z"),  # the day before clocks go forward
        (at(2027, 3, 27, 23), at(2027, 3, 28, 5), "20270327T213000Z"),
        (at(2027, 3, 28), at(2027, 3, 28, 20), "20270328T153000Z"),
    ],
)
def test_hour_is_right_around_both_changes_of_the_clock(client, today, starts_at, ends_at, utc):
    """In the feed, in the eyes of both libraries, and on the portal's own page."""
    event = factories.event("Talka", starts_at=starts_at, ends_at=ends_at)
    text = client.get("/kalendars.ics").content.decode()
    assert f"\r\nDTSTART:{utc}\r\n" in text
    program = Program(client, "/kalendars.ics")
    program.refresh()
    [entry] = program.entries.values()
    for read, meant in ((entry.dtstart.value, starts_at), (entry.dtend.value, ends_at)):
        assert read == meant.astimezone(UTC)
        assert read.astimezone(RIGA).replace(tzinfo=None) == meant.replace(tzinfo=None, fold=0)
    assert f"plkst.\xa0{starts_at:%H.%M}" in client.get(event.get_absolute_url()).text


def test_three_hundred_events_are_read_by_both(client, today):
    for n in range(300):
        factories.event(f"Nr. {n} „ķēde”; a, b\\c\n", starts_at=at(2026, 10, 14) + timedelta(hours=n))
    program = Program(client, "/kalendars.ics")
    program.refresh()
    assert len(program.shows()) == 300
