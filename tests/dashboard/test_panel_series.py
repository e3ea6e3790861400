"""A series in one form whose dates are seen before they are made; one date, or all that are left, cancelled."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from events.models import Event, EventSeries
from notices.models import Notice
from tests import factories
from tests.conftest import RIGA
from tests.dashboard.panel_world import address, errors, main_text, signed_in

pytestmark = pytest.mark.django_db
NEW = "/panelis/pasakumi/serija/"


@pytest.fixture
def today(monkeypatch):
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=RIGA)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


@pytest.fixture
def coordinator():
    return signed_in(factories.coordinator())


def form_data(**fields):
    values = {
        "title": "Valodu kafejnīca",
        "kind": "training",
        "day": "2026-12-08",
        "starts": "18:30",
        "ends": "20:00",
        "every": "1",
        "unit": "weekday",
        "until": "2027-02-28",
        "format": "in_person",
        "venue": "Bibliotēka",
        "capacity": "12",
        "takes_rsvps": "on",
        "party_limit": "2",
        "close_hours": "3",
        "reminders": "24",
        "action": "find",
    }
    return {name: value for name, value in (values | fields).items() if value is not None}


def shown(page):
    """Date → is it ticked?"""
    return {row["day"]: row["is_chosen"] for row in page.context["dates"]}


def look_and_send(client, action="publish", drop=(), **fields):
    """First the dates, then the form with what the page holds now, as a browser sends it."""
    page = client.post(NEW, form_data(**fields))
    ticked = [day.isoformat() for day, is_chosen in shown(page).items() if is_chosen and day.isoformat() not in drop]
    return client.post(NEW, form_data(**fields, action=action, seen=page.context["seen"], date=ticked))


def starts(series):
    return [f"{timezone.localtime(event.starts_at):%Y-%m-%d %H:%M}" for event in series.events.order_by("starts_at")]


# --- making -----------------------------------------------------------------------------------------------------------


def test_dates_are_shown_before_anything_is_made(coordinator, today):
    page = coordinator.post(NEW, form_data())

    assert page.status_code == 200
    assert shown(page) == {date(2026, 12, 8): True, date(2027, 1, 12): True, date(2027, 2, 9): True}
    assert "Every month, on the second Tuesday" in main_text(page)
    assert 'value="Valodu kafejnīca"' in page.text
    assert not Event.objects.exists()


@pytest.mark.parametrize("action", ["publish", "draft"])
def test_nothing_is_made_from_dates_that_nobody_has_seen(coordinator, today, action):
    """A button pressed at once, or after the rule was changed under the dates, shows the dates of the form as it is."""
    page = coordinator.post(NEW, form_data(action=action))
    assert len(shown(page)) == 3
    seen = page.context["seen"]
    changed = coordinator.post(
        NEW, form_data(action=action, seen=seen, unit="weeks", date=["2026-12-08", "2027-01-12"])
    )
    assert len(shown(changed)) == 12
    assert not Event.objects.exists()


def test_series_is_published_with_what_stayed_chosen(coordinator, today):
    area = factories.neighbourhood("Baloži")
    factories.follow(factories.person(email="a@example.org"), area)

    answer = look_and_send(coordinator, neighbourhoods=[area.pk], drop=["2027-01-12"])

    series = EventSeries.objects.get()
    assert answer["Location"] == address("panel-series", series.pk)
    assert starts(series) == ["2026-12-08 18:30", "2027-02-09 18:30"]
    assert series.rule == "FREQ=MONTHLY;INTERVAL=1;BYDAY=2TU;UNTIL=20270228"
    event = series.events.first()
    assert (event.title, event.venue, event.capacity, event.reminder_hours) == (
        "Valodu kafejnīca",
        "Bibliotēka",
        12,
        [24],
    )
    assert event.starts_at - event.rsvps_close_at == timedelta(hours=3)
    assert event.published_at == today
    assert list(event.neighbourhoods.all()) == [area]
    assert Notice.objects.filter(kind="series_announced").count() == 1
    assert not Notice.objects.filter(kind="event_announced").exists()
    told = main_text(coordinator.get(answer["Location"]))
    assert "2 dates are made. 1 person gets one e-mail about all of them." in told


def test_series_is_kept_as_drafts_and_published_later(coordinator, today):
    answer = look_and_send(coordinator, "draft")

    series = EventSeries.objects.get()
    assert not Event.objects.published().exists()
    page = coordinator.get(answer["Location"])
    assert "Nobody else sees them yet." in main_text(page)
    assert "Publish 3 drafts" in main_text(page)
    coordinator.post(answer["Location"])
    assert Event.objects.published().count() == 3
    page = coordinator.get(address("panel-series", series.pk))
    assert "3 dates are published." in main_text(page)
    assert "Publish 3" not in main_text(page)


def test_public_holidays_are_named_and_not_chosen(coordinator, today):
    page = coordinator.post(NEW, form_data(unit="weeks", day="2026-12-17", until="2027-01-07"))

    assert shown(page) == {
        date(2026, 12, 17): True,
        date(2026, 12, 24): False,
        date(2026, 12, 31): False,
        date(2027, 1, 7): True,
    }
    assert main_text(page).count("a public holiday") == 2


def test_choice_of_dates_is_kept_when_the_form_is_refused(coordinator, today):
    factories.event("Valodu kafejnīca", starts_at=datetime(2027, 2, 9, 18, 30, tzinfo=RIGA))

    page = look_and_send(coordinator, drop=["2027-01-12"])

    assert page.status_code == 200
    assert errors(page) == {"__all__": ["There already is an event of this title at this time."]}
    assert shown(page) == {date(2026, 12, 8): True, date(2027, 1, 12): False, date(2027, 2, 9): True}
    assert not EventSeries.objects.exists()


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"day": "2026-11-23"}, "day"),
        ({"until": "2026-12-08"}, "until"),
        ({"until": "2026-12-01"}, "until"),
        ({"until": "2030-12-08"}, "until"),
        ({"unit": "weeks", "until": "2028-12-08"}, "until"),
        ({"every": "0"}, "every"),
        ({"unit": "x"}, "unit"),
        ({"title": ""}, "title"),
        ({"ends": "18:00"}, "ends"),
        ({"venue": "", "action": "publish"}, "venue"),
        ({"unit": "weeks", "day": "2027-03-14", "starts": "03:30", "ends": "05:00", "until": "2027-04-04"}, "starts"),
    ],
)
def test_form_says_what_is_wrong(coordinator, today, fields, where):
    page = coordinator.post(NEW, form_data(**fields))

    assert where in errors(page)
    assert not page.context["dates"]
    assert not Event.objects.exists()


def test_one_date_alone_is_no_series(coordinator, today):
    page = look_and_send(coordinator, drop=["2027-01-12", "2027-02-09"])

    assert errors(page) == {"__all__": ["A series has between 2 and 60 dates."]}


# --- the page of a series ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 3, 40])
def test_page_makes_the_same_queries(coordinator, count, django_assert_num_queries):
    path = address("panel-series", factories.event_series(count).pk)
    coordinator.get(path)

    with django_assert_num_queries(13):  # 11 of every page of the panel, the series, its events
        page = coordinator.get(path)
    assert len(page.context["events"]) == count


def test_page_of_what_is_not_there(coordinator):
    assert coordinator.get("/panelis/pasakumi/serija/999/").status_code == 404


def test_lists_lead_to_the_series(coordinator):
    series = factories.event_series(2)
    assert address("panel-series-new") in coordinator.get("/panelis/pasakumi/").text
    event = series.events.first()
    assert address("panel-series", series.pk) in coordinator.get(address("panel-rsvps", event.pk)).text
    alone = factories.event()
    assert "/serija/" not in coordinator.get(address("panel-rsvps", alone.pk)).text


# --- cancelling -------------------------------------------------------------------------------------------------------


def cancel(client, event, **fields):
    return client.post(address("panel-event-cancel", event.pk), {"which": "one", "reason": "Remonts.", **fields})


def test_page_says_what_each_choice_ends_and_whom_it_concerns(coordinator):
    series = factories.event_series(3)
    first, second, third = series.events.order_by("starts_at")
    for event in (second, third):
        factories.rsvp(event, factories.person(email=f"a{event.pk}@example.org"))

    words = main_text(coordinator.get(address("panel-event-cancel", second.pk)))

    assert "This date alone. 1 person will be told by e-mail." in words
    assert "This date and all after it: 2 dates. 2 people will be told by e-mail." in words
    assert re.search(r"Go back", words)
    assert first.cancelled_at is None


def test_one_date_is_cancelled(coordinator):
    series = factories.event_series(3)
    event = series.events.order_by("starts_at")[1]

    answer = cancel(coordinator, event)

    assert answer["Location"] == address("panel-series", series.pk)
    assert list(Event.objects.exclude(cancelled_at=None)) == [event]


def test_this_and_all_after_it_are_cancelled(coordinator):
    series = factories.event_series(3)
    first, second, third = series.events.order_by("starts_at")

    answer = cancel(coordinator, second, which="following")

    assert "2 dates are cancelled." in main_text(coordinator.get(answer["Location"]))
    assert set(Event.objects.exclude(cancelled_at=None)) == {second, third}
    assert Event.objects.get(pk=first.pk).cancelled_at is None


def test_cancelling_asks_for_the_reason_and_the_choice(coordinator):
    event = factories.event_series(2).events.first()

    assert "reason" in errors(cancel(coordinator, event, reason=""))
    assert "which" in errors(cancel(coordinator, event, which="x"))
    assert not Event.objects.exclude(cancelled_at=None).exists()


def test_event_without_a_series_is_asked_nothing_more(coordinator):
    event = factories.event()

    assert "which" not in coordinator.get(address("panel-event-cancel", event.pk)).context["form"].fields
