"""Calendar files, read back with the library that wrote them and with one that shares nothing with it."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.ical import CANCEL, clean, event_calendar
from events.models import Event, Rsvp
from tests import factories

pytestmark = pytest.mark.django_db
RIGA = ZoneInfo("Europe/Riga")


def read(text):
    """The calendar and its only event."""
    calendar = icalendar.Calendar.from_ical(text)
    [entry] = calendar.events
    return calendar, entry


def meeting(**fields):
    return factories.event(starts_at=datetime(2026, 11, 25, 18, 30, tzinfo=RIGA), **fields)


def test_file_says_what_the_event_is(settings):
    settings.PUBLIC_URL = "https://padomes.example"
    event = meeting(
        title="Padomes sēde: ceļi, bērni; „zaļās” zonas", description="Pirmā rinda.\nOtrā rinda.", sequence=3
    )
    calendar, entry = read(event_calendar(event))
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    assert entry["uid"] == str(event.uid)  # the same wherever the portal stands
    assert entry["summary"] == event.title
    assert entry["sequence"] == 3
    assert entry["status"] == "CONFIRMED"
    assert entry["url"] == f"https://padomes.example/pasakumi/{event.pk}-{event.slug}/"
    assert entry["location"] == "Tautas nams"
    assert entry["description"] == f"{event.description}\n\nVairāk: {entry['url']}"
    assert entry["organizer"] == "mailto:padomes@localhost"
    assert entry["organizer"].params["CN"] == "Iedzīvotāju padomes"
    assert "attendee" not in entry
    assert not entry.alarms.times


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2026, 10, 24, 18, 30), "20261024T153000Z"),  # summer time, the day before it ends
        (datetime(2026, 10, 25, 18, 30), "20261025T163000Z"),
        (datetime(2027, 3, 27, 18, 30), "20270327T163000Z"),  # winter time, the day before it ends
        (datetime(2027, 3, 28, 18, 30), "20270328T153000Z"),
    ],
)
def test_times_are_utc_on_both_sides_of_a_change_of_the_clock(local, utc):
    event = factories.event(starts_at=local.replace(tzinfo=RIGA))
    text = event_calendar(event)
    assert f"\r\nDTSTART:{utc}\r\n" in text
    assert "VTIMEZONE" not in text
    _calendar, entry = read(text)
    assert entry.start.astimezone(RIGA).replace(tzinfo=None) == local
    assert entry.end - entry.start == timedelta(hours=2)


def test_event_over_the_night_of_the_change_keeps_its_clock():
    starts_at = datetime(2026, 10, 24, 22, 0, tzinfo=RIGA)
    event = factories.event(starts_at=starts_at, ends_at=datetime(2026, 10, 25, 6, 0, tzinfo=RIGA))
    _calendar, entry = read(event_calendar(event))
    assert entry.end - entry.start == timedelta(hours=9)
    assert entry.end.astimezone(RIGA).hour == 6


def test_same_event_gives_the_same_file_and_its_moments_are_those_of_the_last_change():
    event = meeting(changed_at=datetime(2026, 11, 1, 12, 0, tzinfo=UTC))
    assert event_calendar(event) == event_calendar(event)
    _calendar, entry = read(event_calendar(event))
    assert entry["dtstamp"].dt == entry["last-modified"].dt == event.changed_at


def lines_of(content):
    """The lines as they travel, each checked: CRLF alone ends them, 75 octets at most, no letter cut in two."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")[:-1]
    for line in lines:
        assert len(line) <= 75
        text = line.decode()  # a letter cut in two does not decode
        assert not any(unicodedata.category(char) == "Cc" and char != "\t" for char in text)
    return lines


def test_lines_end_as_the_standard_says_and_are_folded_by_octets():
    event = meeting(title="Ļoti garš nosaukums par šķūņiem un ķiršu dārziem " * 4)
    text = event_calendar(event)
    assert len(lines_of(text.encode())) > 10
    assert read(text)[1]["summary"] == event.title


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_whatever_people_type_the_file_keeps_to_the_standard(description, title):
    """Both libraries read the same text back: what was typed, but for what RFC 5545 lets into no text."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    event = Event(
        pk=7, slug="x", title=title, description=description, starts_at=now, ends_at=now + timedelta(hours=1),
        venue=title, changed_at=now,
    )  # fmt: skip
    content = event_calendar(event).encode()
    lines_of(content)
    [entry] = icalendar.Calendar.from_ical(content).events
    other = vobject.readOne(content.decode()).vevent
    assert str(entry["summary"]) == other.summary.value == clean(title).replace("\n", " ")
    assert str(entry["description"]) == other.description.value
    typed = [clean(part).strip() for part in (description,) if part.strip()]
    assert all(part in str(entry["description"]) for part in typed)


def test_file_describes_itself_in_plain_words_and_in_html():
    event = meeting(description="Nāc & runā <b>līdzi</b>: https://example.org/a?b=1&c=2\n\nOtrā rindkopa.")
    text = event_calendar(event)
    escaped = re.sub(r"\r\n ", "", text).partition("X-ALT-DESC;FMTTYPE=text/html:")[2].partition("\r\n")[0]
    [html] = vobject.icalendar.stringToTextValues(escaped)  # TEXT, as all that the standard does not name
    assert html.startswith("<!DOCTYPE html><html><body><p>Nāc &amp; runā &lt;b&gt;līdzi&lt;/b&gt;: <a href=")
    assert "<p>Otrā rindkopa.</p>" in html
    assert "<b>" not in html


def test_file_says_how_it_looks_and_who_may_know(settings):
    settings.PUBLIC_URL = "https://padomes.example"
    event = meeting(kind="meeting")
    _calendar, entry = read(event_calendar(event))
    assert entry["image"] == f"https://padomes.example/pasakumi/{event.pk}-{event.slug}.png"
    assert dict(entry["image"].params) == {"VALUE": "URI", "DISPLAY": "BADGE", "FMTTYPE": "image/png"}
    assert entry["categories"].to_ical() == "Padomes sēde".encode()
    assert (entry["class"], entry["transp"]) == ("PUBLIC", "TRANSPARENT")
    assert entry["created"].dt == event.published_at


@pytest.mark.parametrize(
    ("state", "status", "transp", "said"),
    [
        ("going", "CONFIRMED", "OPAQUE", ""),
        ("waiting", "TENTATIVE", "TRANSPARENT", "Tu stāvi rindā."),
        ("offered", "TENTATIVE", "TRANSPARENT", "Tev ir piedāvāta vieta."),
        ("held", "TENTATIVE", "TRANSPARENT", "Vieta tev ir atlikta."),
    ],
)
def test_own_file_says_how_the_sign_up_stands(state, status, transp, said):
    event = meeting(description="Runāsim.")
    rsvp = factories.rsvp(event, state=state)
    _calendar, entry = read(event_calendar(event, rsvp=rsvp))
    assert (entry["status"], entry["transp"], entry["class"]) == (status, transp, "PRIVATE")
    assert entry["description"].startswith(said or "Runāsim.")


def test_cancelled_event_says_so_and_why(now):
    event = meeting(cancelled_at=now, cancel_reason="Zāle ir applūdusi.", description="Runāsim.")
    calendar, entry = read(event_calendar(event, method=CANCEL))
    assert calendar["method"] == "CANCEL"
    assert entry["status"] == "CANCELLED"
    assert entry["description"].startswith("Zāle ir applūdusi.\n\nRunāsim.\n\n")


def test_link_to_join_is_for_people_with_a_seat():
    event = meeting(format="remote", venue="", online_url="https://tiksanas.example/padome")
    for rsvp in [None, *(factories.rsvp(event, state=state) for state in ("waiting", "offered", "held", "cancelled"))]:
        text = event_calendar(event, rsvp=rsvp)
        assert "CONFERENCE" not in text
        assert "tiksanas" not in text
        assert read(text)[1]["location"] == "Attālināti"
    with_seat = factories.rsvp(event, attending=Rsvp.Attending.REMOTE)
    _calendar, entry = read(event_calendar(event, rsvp=with_seat))
    own_page = f"http://localhost:8000/r/{with_seat.token}/"  # the link itself is there, from an hour before
    assert entry["location"] == own_page
    assert own_page in entry["description"]
    assert entry["conference"] == own_page
    assert "tiksanas" not in event_calendar(event, rsvp=with_seat)
    event.cancelled_at = event.starts_at
    assert "tiksanas" not in event_calendar(event, rsvp=with_seat)


def test_hybrid_event_shows_the_room_to_those_who_come():
    event = meeting(format="hybrid", online_url="https://tiksanas.example/padome")
    here, there = factories.rsvp(event), factories.rsvp(event, attending=Rsvp.Attending.REMOTE)
    assert read(event_calendar(event))[1]["location"] == "Tautas nams"
    assert read(event_calendar(event, rsvp=here))[1]["location"] == "Tautas nams"
    assert read(event_calendar(event, rsvp=there))[1]["location"] == f"http://localhost:8000/r/{there.token}/"


def test_own_file_has_the_way_there_and_the_own_link():
    event = meeting(directions="Ieeja no pagalma.", accessibility="Uzbrauktuve.")
    rsvp = factories.rsvp(event)
    with translation.override("en"):
        _calendar, entry = read(event_calendar(event, rsvp=rsvp))
    assert entry["description"] == (
        f"Ieeja no pagalma.\n\nUzbrauktuve.\n\nYour sign-up: http://localhost:8000/r/{rsvp.token}/"
    )
    assert rsvp.token not in event_calendar(event)
