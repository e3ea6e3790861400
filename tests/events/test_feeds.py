"""Calendars to subscribe to, as a program meets them: again and again, with nothing but an address."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from events import operations
from events.models import CalendarKey, Event, Rsvp
from neighbourhoods.models import Neighbourhood
from people import operations as people
from tests import factories

pytestmark = pytest.mark.django_db
ALL = "/kalendars.ics"
DAY = timedelta(days=1)
RIGA = ZoneInfo("Europe/Riga")


def entries(response):
    assert response.status_code == 200
    return icalendar.Calendar.from_ical(response.content).events


def titles(response):
    return [str(entry["summary"]) for entry in entries(response)]


# --- what is in them --------------------------------------------------------------------------------------------------


def test_feed_holds_published_events_with_the_cancelled(client):
    factories.event("Talka")
    factories.event("Atcelta", cancelled_at=timezone.now())
    factories.event("Melnraksts", published=False)
    factories.event("Sen", starts_at=timezone.now() - 100 * DAY)

    response = client.get(ALL)

    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    found = {str(entry["summary"]): str(entry["status"]) for entry in entries(response)}
    assert found == {"Talka": "CONFIRMED", "Atcelta": "CANCELLED"}


def test_feed_says_what_it_is(client, settings):
    settings.PUBLIC_URL = "https://padomes.example"
    event = factories.event()
    feed = icalendar.Calendar.from_ical(client.get(f"{ALL}?veids=other").content)

    assert feed["name"] == feed["x-wr-calname"] == "Ķekavas novada iedzīvotāju padomes · Pasākums"
    assert feed["source"] == "https://padomes.example/kalendars.ics?veids=other"
    assert feed["source"].params["VALUE"] == "URI"
    assert feed["url"] == "https://padomes.example/kalendars/?veids=other"
    assert feed["refresh-interval"].dt == timedelta(hours=1)
    assert feed["refresh-interval"].params["VALUE"] == "DURATION"
    assert feed["color"] == "seagreen"
    assert feed["last-modified"].dt >= event.changed_at.replace(microsecond=0)
    assert feed["uid"] != icalendar.Calendar.from_ical(client.get(ALL).content)["uid"]
    assert (feed["version"], feed["method"]) == ("2.0", "PUBLISH")


def test_feed_of_a_neighbourhood_has_its_events_and_those_of_all(client):
    here, there = factories.neighbourhood("Baloži"), factories.neighbourhood("Rāmava")
    factories.event("Šeit", [here])
    factories.event("Tur", [there])
    factories.event("Visiem")

    assert set(titles(client.get(f"/apkaimes/{here.slug}/kalendars.ics"))) == {"Šeit", "Visiem"}
    assert set(titles(client.get(ALL, {"apkaime": here.slug}))) == {"Šeit", "Visiem"}
    feed = icalendar.Calendar.from_ical(client.get(f"/apkaimes/{here.slug}/kalendars.ics").content)
    assert str(feed["name"]).endswith(" · Baloži")
    assert str(feed["source"]).endswith(f"/apkaimes/{here.slug}/kalendars.ics")


def test_feed_of_a_neighbourhood_goes_on_when_the_law_ends_it(client):
    """A program that has the address must learn of the last events, not meet an error."""
    area = factories.neighbourhood(valid_until=timezone.localdate() - DAY)
    factories.event("Pēdējā sēde", [area])

    assert titles(client.get(f"/apkaimes/{area.slug}/kalendars.ics")) == ["Pēdējā sēde"]


def test_feed_of_a_council_has_its_meetings_alone(client):
    council, other = factories.council(), factories.council()
    factories.meeting(council, title="Mūsu sēde")
    joint = factories.meeting(other, title="Kopīga sēde")
    joint.councils.add(council)
    factories.meeting(other, title="Viņu sēde")
    factories.meeting(council, title="Melnraksts", published=False)
    factories.event("Talka", [council.neighbourhood])
    address = f"/apkaimes/{council.neighbourhood.slug}/padome/kalendars.ics"

    assert set(titles(client.get(address))) == {"Mūsu sēde", "Kopīga sēde"}
    assert icalendar.Calendar.from_ical(client.get(address).content)["name"].endswith(council.name)


def test_feed_of_a_kind_and_a_format(client):
    factories.event("Talka", kind="cleanup")
    factories.event("Attālā talka", kind="cleanup", format="remote")
    factories.event("Izstāde", kind="exhibition")

    assert set(titles(client.get(ALL, {"veids": "cleanup"}))) == {"Talka", "Attālā talka"}
    assert titles(client.get(ALL, {"veids": "cleanup", "norise": "remote"})) == ["Attālā talka"]


@pytest.mark.parametrize("query", ["apkaime=nav", "apkaime=%00", "veids=x", "norise=x", "veids=%00"])
@pytest.mark.parametrize("address", [ALL, "/kalendars.atom", "/iegult/kalendars/"])
def test_feed_of_what_there_is_not_is_not_the_feed_of_everything(client, address, query):
    factories.event()

    assert client.get(f"{address}?{query}").status_code == 404


def test_feed_of_no_neighbourhood_or_council_is_not_found(client):
    area = factories.neighbourhood()

    assert client.get("/apkaimes/nav/kalendars.ics").status_code == 404
    assert client.get(f"/apkaimes/{area.slug}/padome/kalendars.ics").status_code == 404


def test_feed_speaks_the_language_of_its_address_and_of_no_cookie(client):
    factories.event(kind="cleanup")
    client.cookies["valoda"] = "en"

    latvian, english = client.get(ALL), client.get(ALL, {"valoda": "en"})

    assert entries(latvian)[0]["categories"].to_ical() == b"Talka"
    assert entries(english)[0]["categories"].to_ical() == b"Clean-up"
    assert (latvian["Content-Language"], english["Content-Language"]) == ("lv", "en")
    assert latvian["ETag"] != english["ETag"]
    assert not latvian.cookies


def test_feeds_do_not_tell_the_link_to_join(client):
    council = factories.council()
    factories.meeting(council, format="remote", online_url="https://saruna.example.org/slepens")
    slug = council.neighbourhood.slug
    client.force_login(factories.user())

    for address in (
        ALL,
        f"/apkaimes/{slug}/kalendars.ics",
        f"/apkaimes/{slug}/padome/kalendars.ics",
        "/kalendars.atom",
    ):
        content = client.get(address).content
        assert "Attālināti" in content.decode()
        assert b"slepens" not in content.replace(b"\r\n ", b"")


@pytest.mark.parametrize("address", [ALL, "/kalendars.atom", "/iegult/kalendars/"])
def test_feeds_are_read_only(client, address):
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


@pytest.mark.parametrize("count", [1, 3, 300])
def test_feeds_make_the_same_queries(client, count, django_assert_num_queries):
    council = factories.council()
    for n in range(count):
        factories.meeting(council, title=f"Sēde {n}")
    slug = council.neighbourhood.slug

    for address, queries in (
        (ALL, 3),  # what is newest here, what is newest at all, the rows
        (f"{ALL}?apkaime={slug}&veids=meeting", 4),
        (f"/apkaimes/{slug}/kalendars.ics", 4),
        (f"/apkaimes/{slug}/padome/kalendars.ics", 4),
        ("/kalendars.atom", 3),
    ):
        with django_assert_num_queries(queries):
            first = client.get(address)
        with django_assert_num_queries(queries - 1):  # nothing is built for who has it
            again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


# --- asked again ------------------------------------------------------------------------------------------------------


def asked_again(client, address, first, by):
    header = {"tag": {"If-None-Match": first["ETag"]}, "date": {"If-Modified-Since": first["Last-Modified"]}}[by]
    return client.get(address, headers=header)


@pytest.mark.parametrize("by", ["tag", "date"])
@pytest.mark.parametrize("address", [ALL, "/kalendars.atom"])
def test_feed_is_sent_again_only_when_something_changed(client, address, by):
    event = factories.event("Talka", changed_at=timezone.now() - DAY)
    first = client.get(address)

    again = asked_again(client, address, first, by)
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]

    operations.change_event(event=event, by=None, now=timezone.now() + DAY, venue="Citur")
    assert asked_again(client, address, first, by).status_code == 200


@pytest.mark.parametrize("by", ["tag", "date"])
def test_feed_notices_an_event_that_left_the_neighbourhood(client, by):
    here, there = factories.neighbourhood(), factories.neighbourhood()
    factories.event("Paliek", [here], changed_at=timezone.now() - 2 * DAY)
    event = factories.event("Pārceļas", [here], changed_at=timezone.now() - DAY)
    address = f"/apkaimes/{here.slug}/kalendars.ics"
    first = client.get(address)

    operations.change_event(event=event, by=None, now=timezone.now() + DAY, neighbourhoods=[there])

    assert titles(asked_again(client, address, first, by)) == ["Paliek"]


def test_feed_of_another_neighbourhood_is_not_sent_again(client):
    here, there = factories.neighbourhood(), factories.neighbourhood()
    factories.meeting(factories.council(neighbourhood=here), changed_at=timezone.now() - DAY)
    event = factories.event(neighbourhoods=[there], changed_at=timezone.now() - DAY)
    address = f"/apkaimes/{here.slug}/padome/kalendars.ics"
    first = client.get(address)

    operations.change_event(event=event, by=None, now=timezone.now(), venue="Citur")

    assert asked_again(client, address, first, "tag").status_code == 304


def test_old_events_leave_the_feed_at_midnight_and_the_tag_says_so(client, monkeypatch):
    def clock_shows(*moment):
        monkeypatch.setattr(timezone, "now", lambda: datetime(*moment, tzinfo=RIGA))

    clock_shows(2026, 11, 24, 12, 0)
    long_ago = {"changed_at": datetime(2026, 8, 1, tzinfo=RIGA)}
    factories.event("Sen", starts_at=datetime(2026, 8, 26, 8, 0, tzinfo=RIGA), **long_ago)
    factories.event("Nesen", starts_at=datetime(2026, 9, 26, 8, 0, tzinfo=RIGA), **long_ago)
    first = client.get(ALL)
    assert titles(first) == ["Sen", "Nesen"]
    clock_shows(2026, 11, 24, 23, 59)
    for by in ("tag", "date"):
        assert asked_again(client, ALL, first, by).status_code == 304
    clock_shows(2026, 11, 25, 0, 1)
    for by in ("tag", "date"):
        assert titles(asked_again(client, ALL, first, by)) == ["Nesen"]


def test_date_of_the_feed_is_in_http_and_not_ahead_of_the_clock(client):
    factories.event(changed_at=timezone.now())

    assert parsedate_to_datetime(client.get(ALL)["Last-Modified"]) <= timezone.now()


# --- my own calendar --------------------------------------------------------------------------------------------------

PAGE = "/mans/kalendars/"


@pytest.fixture
def user():
    return factories.user()


def key_of(user):
    return operations.renew_calendar_key(person=user.person, now=timezone.now())


def own(client, user):
    return client.get(reverse("events:own-ics", args=[CalendarKey.objects.get(person=user.person).token]))


def test_own_calendar_holds_what_its_person_signed_up_for(client, user):
    key_of(user)
    mine = factories.rsvp(factories.event("Mana"), user.person)
    factories.rsvp(factories.event("Atteicos"), user.person, state=Rsvp.State.CANCELLED)
    other = factories.rsvp(factories.event("Cita"))

    response = own(client, user)

    [entry] = entries(response)
    assert entry["summary"] == "Mana"
    assert mine.token in entry["description"]
    assert other.token.encode() not in response.content.replace(b"\r\n ", b"")
    assert "private" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert icalendar.Calendar.from_ical(response.content)["name"] == "Mani pasākumi"


def test_own_calendar_speaks_the_language_of_its_person(client, user):
    key_of(user)
    user.person.language = "en"
    user.person.save()

    assert icalendar.Calendar.from_ical(own(client, user).content)["name"] == "My events"


def test_personal_links_stand_in_no_public_feed(client, user):
    event = factories.event(neighbourhoods=[factories.neighbourhood()])
    rsvp = factories.rsvp(event, user.person)
    client.force_login(user)

    for address in (ALL, "/kalendars.atom", "/iegult/kalendars/", reverse("events:ics", args=[event.pk, event.slug])):
        assert rsvp.token.encode() not in client.get(address).content.replace(b"\r\n ", b"")


def test_own_calendar_is_sent_again_when_a_sign_up_or_its_event_changed(client, user, django_assert_num_queries):
    key = key_of(user)
    now = timezone.now()
    event = factories.event(capacity=1, format="hybrid")
    rsvp = factories.rsvp(event, user.person)
    address = reverse("events:own-ics", args=[key.token])

    def changed(tag):
        response = client.get(address, headers={"If-None-Match": tag})
        return response.status_code == 200, response["ETag"]

    _first, tag = changed("")
    with django_assert_num_queries(2):
        assert changed(tag) == (False, tag)
    operations.change_rsvp(rsvp=rsvp, now=now, by=user, attending="remote")
    is_new, tag = changed(tag)
    assert is_new
    operations.change_event(event=event, by=None, now=now, venue="Citur")
    is_new, tag = changed(tag)
    assert is_new
    operations.cancel_rsvp(rsvp=rsvp, by=user, now=now)
    is_new, tag = changed(tag)
    assert is_new
    assert changed(tag) == (False, tag)


@pytest.mark.parametrize("count", [1, 3])
def test_own_calendar_makes_two_queries(client, user, count, django_assert_num_queries):
    key = key_of(user)
    for _ in range(count):
        factories.rsvp(factories.event(), user.person)

    with django_assert_num_queries(2):
        assert len(entries(client.get(reverse("events:own-ics", args=[key.token])))) == count


def test_renewed_address_ends_the_old_one(client, user):
    old = key_of(user).token
    factories.rsvp(factories.event(), user.person)
    client.force_login(user)

    client.post(PAGE, {"action": "renew"})

    new = CalendarKey.objects.get().token
    assert new != old
    client.logout()
    assert client.get(f"/mans/kalendars/{old}.ics").status_code == 404
    assert client.get(f"/mans/kalendars/{new}.ics").status_code == 200


def test_address_is_made_on_wish_and_turned_off(client, user):
    client.force_login(user)

    assert client.get(PAGE).status_code == 200
    assert not CalendarKey.objects.exists()
    page = client.post(PAGE, {"action": "renew"}, follow=True).text
    token = CalendarKey.objects.get(person=user.person).token
    assert f'value="http://localhost:8000/mans/kalendars/{token}.ics"' in page
    assert f'href="webcal://localhost:8000/mans/kalendars/{token}.ics"' in page
    page = client.post(PAGE, {"action": "end"}, follow=True).text
    assert not CalendarKey.objects.exists()
    assert token not in page
    client.post(PAGE, {"action": "end"})


def test_address_is_shown_to_its_person_alone(client, user):
    token = key_of(user).token
    assert client.get(PAGE)["Location"] == f"/konts/ienakt/?next={PAGE}"
    assert client.post(PAGE)["Location"] == f"/konts/ienakt/?next={PAGE}"
    client.force_login(factories.coordinator())
    assert token not in client.get(PAGE).text
    assert client.get("/mans/kalendars/nav.ics").status_code == 404
    assert client.post(f"/mans/kalendars/{token}.ics").status_code == 405
    assert client.put(PAGE).status_code == 405


def test_forgotten_person_has_no_calendar(client, user):
    token = key_of(user).token
    people.erase_person(person=user.person, by=user, now=timezone.now())

    assert not CalendarKey.objects.exists()
    assert client.get(f"/mans/kalendars/{token}.ics").status_code == 404


# --- the page that explains it ----------------------------------------------------------------------------------------


def test_page_gives_the_address_of_what_was_chosen(client, settings):
    settings.PUBLIC_URL = "https://padomes.example"
    council = factories.council()
    slug = council.neighbourhood.slug
    page = client.get("/kalendars/abonet/", {"apkaime": slug, "veids": "meeting"})
    address = f"https://padomes.example/kalendars.ics?apkaime={slug}&veids=meeting"

    assert page.context["address"] == address
    assert page.context["webcal"] == address.replace("https", "webcal")
    assert parse_qs(urlsplit(page.context["google"]).query)["cid"] == [page.context["webcal"]]
    assert parse_qs(urlsplit(page.context["outlook"]).query)["url"] == [address]
    assert page.context["council_address"] == f"https://padomes.example/apkaimes/{slug}/padome/kalendars.ics"
    assert council.name in page.text
    for shown in (address, page.context["atom"], page.context["council_address"]):
        path = shown.removeprefix("https://padomes.example")
        assert client.get(path).status_code == 200, path
        assert f'value="{shown}"'.replace("&", "&amp;") in page.text


def test_page_in_english_gives_english_feeds(client):
    client.cookies["valoda"] = "en"
    page = client.get("/kalendars/abonet/")

    assert page.context["address"].endswith("/kalendars.ics?valoda=en")


def test_page_takes_nonsense_calmly(client):
    assert (
        client.get("/kalendars/abonet/", {"apkaime": "nav", "veids": "x"}).context["address"].endswith("/kalendars.ics")
    )
    assert client.post("/kalendars/abonet/").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_page_makes_the_same_queries(client, count, django_assert_num_queries):
    areas = [factories.council().neighbourhood for _ in range(count)]
    client.get("/kalendars/abonet/")

    with django_assert_num_queries(4):  # neighbourhoods, months, the one that was chosen, its council
        client.get("/kalendars/abonet/", {"apkaime": areas[0].slug})
    assert Neighbourhood.objects.count() == count
    assert not Event.objects.exists()
