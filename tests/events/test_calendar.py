import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from events.models import Event
from neighbourhoods import latvian
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/kalendars/"
DAY = timedelta(days=1)
RIGA = ZoneInfo("Europe/Riga")


def listed(response):
    return [event.title for event in response.context["page_obj"]]


def test_calendar_shows_what_comes_and_no_draft(client):
    factories.event("Talka")
    factories.event("Vakardiena", starts_at=timezone.now() - DAY)
    factories.event("Melnraksts", published=False)

    response = client.get(URL)

    assert response.status_code == 200
    assert listed(response) == ["Talka"]
    assert "Melnraksts" not in response.text


def test_calendar_says_that_an_event_is_cancelled(client):
    factories.event("Vētras diena", cancelled_at=timezone.now())

    assert "Atcelts" in client.get(URL).text


def test_calendar_says_until_when_a_running_event_goes_on(client):
    now = timezone.now()
    factories.event("Izstāde", starts_at=now - 3 * DAY, ends_at=now + 3 * DAY)
    said = client.get("/kalendars/").content.decode()
    assert f"notiek {latvian.until(now + 3 * DAY)}" in said


def test_calendar_filters_by_neighbourhood_kind_and_words(client):
    here = factories.neighbourhood("Baloži")
    factories.event("Koku stādīšana", [here], kind=Event.Kind.CLEANUP)
    factories.event("Sēde", [here], kind=Event.Kind.MEETING)
    factories.event("Citur", [factories.neighbourhood()], kind=Event.Kind.CLEANUP)

    assert set(listed(client.get(URL, {"apkaime": here.slug}))) == {"Koku stādīšana", "Sēde"}
    assert set(listed(client.get(URL, {"veids": "cleanup"}))) == {"Koku stādīšana", "Citur"}
    assert listed(client.get(URL, {"apkaime": here.slug, "veids": "cleanup"})) == ["Koku stādīšana"]
    assert listed(client.get(URL, {"q": "koki stadisana"})) == ["Koku stādīšana"]


def test_calendar_shows_a_past_month(client):
    past = factories.event("Pagājis", starts_at=timezone.now() - 40 * DAY)
    month = timezone.localdate(past.starts_at)

    assert listed(client.get(URL, {"menesis": f"{month:%Y-%m}"})) == ["Pagājis"]


@pytest.mark.parametrize(
    "query",
    [
        {"apkaime": "nav-tadas"},
        {"veids": "x"},
        {"menesis": "2026-99"},
        {"menesis": "'--"},
        {"lapa": "999"},
        {"lapa": "x"},
        {"q": "\x00"},
        {"q": "k" * 500},
    ],
)
def test_calendar_takes_nonsense_calmly(client, query):
    factories.event()

    assert client.get(URL, query).status_code == 200


def test_calendar_turns_pages_and_keeps_the_filter(client):
    for n in range(31):
        factories.event(f"Nr. {n}")

    first = client.get(URL, {"q": "nr"})

    assert len(listed(first)) == 30
    assert "?q=nr&amp;lapa=2" in first.text
    assert len(listed(client.get(URL, {"q": "nr", "lapa": "2"}))) == 1


def test_calendar_turns_pages_of_all_that_comes(client, django_assert_num_queries):
    for n in range(31):
        factories.event(f"Nr. {n}", starts_at=timezone.now() + (n + 2) * DAY)

    first = client.get(URL)

    assert listed(first) == [f"Nr. {n}" for n in range(30)]
    assert "?lapa=2" in first.text
    with django_assert_num_queries(5):
        assert listed(client.get(URL, {"lapa": "2"})) == ["Nr. 30"]
    assert listed(client.get(URL, {"lapa": "9"})) == ["Nr. 30"]


def test_empty_calendar_says_so(client):
    assert 'class="kp-empty"' in client.get(URL).text
    assert 'class="kp-empty"' in client.get(URL, {"veids": "other"}).text


def test_calendar_is_read_only(client):
    assert client.post(URL).status_code == 405


@pytest.mark.parametrize("count", [1, 3, 300])
def test_calendar_makes_the_same_queries(client, count, django_assert_num_queries):
    areas = [factories.neighbourhood() for _ in range(2)]
    template = factories.event("Sēde", areas)
    factories.rsvp(template)
    Event.objects.bulk_create(
        Event(
            title=f"Sēde {n}",
            slug="sede",
            starts_at=template.starts_at,
            ends_at=template.ends_at,
            published_at=timezone.now(),
        )
        for n in range(count - 1)
    )
    for event in Event.objects.exclude(pk=template.pk):
        event.neighbourhoods.set(areas)
    client.get(URL)  # asks once whether this is a demonstration

    with django_assert_num_queries(5):
        client.get(URL)
    with django_assert_num_queries(5):
        client.get(URL, {"apkaime": areas[0].slug, "q": "sēde"})


@pytest.mark.parametrize("count", [1, 3, 300])
def test_calendar_of_somebody_logged_in_asks_four_queries_more(client, count, django_assert_num_queries):
    coordinator = factories.coordinator()
    client.force_login(coordinator)
    area = factories.neighbourhood()
    for _ in range(count):
        factories.rsvp(factories.event(neighbourhoods=[area]), coordinator.person)
    client.get(URL)

    with django_assert_num_queries(9):  # session, person, roles, own sign-ups; choices, months, count, rows, areas
        client.get(URL, {"apkaime": area.slug})


# --- how it takes place, and what is free -----------------------------------------------------------------------------


def test_calendar_filters_by_format(client):
    factories.event("Klātienē")
    factories.event("Attālināti", format="remote")
    factories.event("Abējādi", format="hybrid")

    assert listed(client.get(URL, {"norise": "remote"})) == ["Attālināti"]
    assert listed(client.get(URL, {"norise": "hybrid"})) == ["Abējādi"]


def test_calendar_shows_only_what_one_can_still_join(client):
    now = timezone.now()
    factories.event("Bez skaita")
    factories.event("Ir vieta", capacity=2)
    full = factories.event("Pilns", capacity=1)
    offered = factories.event("Piedāvāts", capacity=1)
    factories.event("Slēgts", rsvps_close_at=now - DAY)
    factories.event("Brīva ieeja", takes_rsvps=False)
    factories.event("Brīva ieeja, atcelts", takes_rsvps=False, cancelled_at=now)
    factories.event("Atcelts", cancelled_at=now)
    factories.event("Sācies", starts_at=now - timedelta(hours=1))
    factories.rsvp(Event.objects.get(title="Ir vieta"))
    factories.rsvp(full)
    factories.rsvp(offered, state="offered")

    assert set(listed(client.get(URL, {"vietas": "on"}))) == {"Bez skaita", "Ir vieta", "Brīva ieeja"}


def test_filters_stay_in_the_ways_on(client):
    area = factories.neighbourhood()
    factories.event(neighbourhoods=[area], kind="cleanup")
    chosen = f"apkaime={area.slug}&veids=cleanup&norise=in_person&vietas=on"

    page = client.get(f"{URL}?{chosen}")

    shown = chosen.replace("&", "&amp;")
    assert f'href="?skats=menesis&amp;{shown}"' in page.text
    subscription = f"?apkaime={area.slug}&amp;veids=cleanup&amp;norise=in_person"
    assert f'href="/kalendars/abonet/{subscription}"' in page.text
    assert f'href="/kalendars.ics{subscription}"' in page.text
    assert f'href="/kalendars.atom{subscription}"' in page.text
    month = client.get(f"{URL}?skats=menesis&{chosen}")
    assert f'href="?{shown}"' in month.text
    assert '<input type="hidden" name="skats" value="menesis">' in month.text


# --- the month --------------------------------------------------------------------------------------------------------


def on(year, month, day, hour=18):
    return datetime(year, month, day, hour, tzinfo=RIGA)


def cells(page):
    """Day of the month → titles in its cell."""
    days = [day for week in page.context["weeks"] for day in week if day.on]
    return {day.on.day: [event.title for event, _goes_on in day.events] for day in days if day.events}


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: on(2026, 11, 23, 9))


def test_month_puts_events_on_their_days(client, today):
    factories.event("Talka", starts_at=on(2026, 11, 25))
    factories.event("Vēlā sēde", starts_at=on(2026, 11, 30, 23), ends_at=on(2026, 12, 1, 0))
    factories.event("Decembrī", starts_at=on(2026, 12, 1, 0))
    factories.event("Melnraksts", starts_at=on(2026, 11, 26), published=False)

    page = client.get(URL, {"skats": "menesis"})

    assert cells(page) == {25: ["Talka"], 30: ["Vēlā sēde"]}
    assert cells(client.get(URL, {"skats": "menesis", "menesis": "2026-12"})) == {1: ["Decembrī"]}


def test_month_shows_what_lasts_on_each_of_its_days(client, today):
    factories.event("Izstāde", starts_at=on(2026, 10, 30), ends_at=on(2026, 11, 3, 12))

    assert cells(client.get(URL, {"skats": "menesis", "menesis": "2026-10"})) == {30: ["Izstāde"], 31: ["Izstāde"]}
    page = client.get(URL, {"skats": "menesis"})
    assert cells(page) == {1: ["Izstāde"], 2: ["Izstāde"], 3: ["Izstāde"]}
    assert page.text.count("turpinās") == 3
    assert page.text.count('<li class="kp-mo__goes">') == 2  # in the list of a phone once, on the first day it has
    assert page.text.count("kp-mo__free") == 29


def test_month_shows_the_cancelled_until_it_would_have_ended(client, today):
    factories.event("Nenotiks", starts_at=on(2026, 11, 25), cancelled_at=on(2026, 11, 1))
    factories.event("Nenotika", starts_at=on(2026, 11, 2), cancelled_at=on(2026, 11, 1))

    page = client.get(URL, {"skats": "menesis"})

    assert cells(page) == {25: ["Nenotiks"]}
    assert "Atcelts" in page.text


def test_month_is_a_table_that_says_what_it_is(client, today):
    factories.event(starts_at=on(2026, 11, 25))
    html = client.get(URL, {"skats": "menesis"}).text

    assert "Pasākumi pa dienām: 2026.\xa0gada novembris" in html
    assert re.findall(r'<th scope="col">(\w+)</th>', html) == [
        "Pirmdiena", "Otrdiena", "Trešdiena", "Ceturtdiena", "Piektdiena", "Sestdiena", "Svētdiena",
    ]  # fmt: skip
    assert html.count("<td") == 6 * 7  # from Monday 26 October to Sunday 6 December
    assert html.count("<time") == 30
    assert html.count('aria-current="date"') == 1


def test_month_leads_to_the_months_around_it_and_no_further(client, today):
    factories.event(starts_at=on(2026, 11, 25))
    factories.event(starts_at=on(2027, 1, 5))

    first = client.get(URL, {"skats": "menesis", "veids": "other"})
    assert first.context["earlier"] is None
    assert first.context["later"]["query"] == "skats=menesis&veids=other&menesis=2026-12"
    middle = client.get(f"{URL}?{first.context['later']['query']}")
    assert middle.context["earlier"]["query"].endswith("menesis=2026-11")
    assert "Šajā mēnesī nekas nenotiek" in middle.text
    last = client.get(URL, {"skats": "menesis", "menesis": "2027-01"})
    assert last.context["later"] is None


def test_month_is_there_without_any_event(client, today):
    page = client.get(URL, {"skats": "menesis"})

    assert page.status_code == 200
    assert (page.context["month"].month, page.context["earlier"], page.context["later"]) == (11, None, None)


@pytest.mark.parametrize("month", ["2026-99", "1000-01", "9999-12", "x", "2026-13", ""])
def test_month_takes_nonsense_calmly(client, today, month):
    factories.event(starts_at=on(2026, 12, 25))

    page = client.get(URL, {"skats": "menesis", "menesis": month, "apkaime": "nav"})

    assert page.context["month"].month == 11


def test_month_speaks_english(client, today):
    factories.event(starts_at=on(2026, 11, 25))
    client.cookies["valoda"] = "en"

    html = client.get(URL, {"skats": "menesis"}).text

    assert "Events day by day: November 2026" in html
    assert '<th scope="col">Monday</th>' in html


def test_month_narrows_as_the_list_does(client, today):
    area = factories.neighbourhood()
    factories.event("Talka", [area], starts_at=on(2026, 11, 25), kind="cleanup")
    factories.event("Izstāde", [area], starts_at=on(2026, 11, 25), kind="exhibition")
    factories.event("Pilns", starts_at=on(2026, 11, 26), kind="cleanup", capacity=1)
    factories.rsvp(Event.objects.get(title="Pilns"))

    month = {"skats": "menesis"}
    assert cells(client.get(URL, {**month, "veids": "cleanup"})) == {25: ["Talka"], 26: ["Pilns"]}
    assert cells(client.get(URL, {**month, "veids": "cleanup", "vietas": "on"})) == {25: ["Talka"]}
    assert cells(client.get(URL, {**month, "q": "izstades"})) == {25: ["Izstāde"]}


@pytest.mark.parametrize("count", [1, 3, 300])
def test_month_makes_the_same_queries(client, today, count, django_assert_num_queries):
    area = factories.neighbourhood()
    for n in range(count):
        factories.event(f"Sēde {n}", [area], starts_at=on(2026, 11, 1 + n % 28))
    client.get(URL)

    with django_assert_num_queries(3):  # neighbourhoods, months, events
        page = client.get(URL, {"skats": "menesis", "apkaime": area.slug})
    assert page.context["count"] == count


# --- files ------------------------------------------------------------------------------------------------------------


def test_event_file_is_public_without_the_link_to_join(client):
    event = factories.event("Talka", format="hybrid", online_url="https://saruna.example.org/slepens")

    response = client.get(reverse("events:ics", args=[event.pk, event.slug]))

    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="talka.ics"'
    assert str(Calendar.from_ical(response.content)["method"]) == "PUBLISH"
    assert b"slepens" not in response.content


def test_event_file_of_a_draft_is_nobodys(client):
    event = factories.event(published=False)
    client.force_login(factories.coordinator())

    assert client.get(reverse("events:ics", args=[event.pk, event.slug])).status_code == 404
