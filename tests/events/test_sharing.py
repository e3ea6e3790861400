"""What others see of an event without opening it: preview picture, tags, microdata, the Atom feed, the frame."""

import io
import xml.etree.ElementTree as ET
from collections import defaultdict
from datetime import datetime, time, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from events import operations, pictures
from events.models import Event
from neighbourhoods import latvian
from tests import factories

RIGA = ZoneInfo("Europe/Riga")
ATOM = "{http://www.w3.org/2005/Atom}"
EMBED = "/iegult/kalendars/"
DAY = timedelta(days=1)


def picture_of(event):
    return reverse("events:picture", args=[event.pk, event.slug])


# --- the picture ------------------------------------------------------------------------------------------------------


def card(**fields):
    values = {"kicker": "Sēde", "title": "Padomes sēde", "when": "Trešdien", "where": "Tautas nams"}
    return pictures.Card(**(values | fields))


def pixels(content):
    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    return picture.convert("RGB")


def inked(picture, box):
    """Are there letters in this part?"""
    return picture.crop(box).convert("L").getextrema()[0] < 120


def test_picture_is_a_card_with_the_title():
    picture = pixels(pictures.draw(card()))

    assert inked(picture, (72, 88, 400, 140))  # what it is
    assert inked(picture, (72, 176, 1128, 450))  # title
    assert inked(picture, (72, 470, 700, 520))  # when
    assert not inked(picture, (0, 30, 60, 630))  # margins
    assert not inked(picture, (1140, 30, 1200, 630))
    assert len(pictures.draw(card())) < 60_000


def test_same_card_gives_the_same_picture_and_another_one_another():
    assert pictures.draw(card()) == pictures.draw(card())
    assert pictures.draw(card()) != pictures.draw(card(title="Cita sēde"))
    versions = {card(**{name: "x"}).version for name in ("kicker", "title", "when", "where", "mark")}
    assert len(versions | {card().version}) == 6


@pytest.mark.parametrize(
    "title",
    ["Ļ" * 200, "Nekiespiedējneatpazīstamība " * 7, "a b " * 50, "", "\n", "🎉", "日本語の会議", "<b>Sēde</b> &amp; x"],
)
def test_any_title_stays_on_the_card(title):
    lines, font = pictures._title(title)

    assert 1 <= len(lines) <= pictures.MOST_LINES
    assert all(font.getlength(line) <= pictures.WIDTH for line in lines)
    picture = pixels(pictures.draw(card(title=title, when=title, where=title, kicker=title, mark="Atcelts")))
    assert not inked(picture, (1136, 150, 1200, 630))
    assert not inked(picture, (0, 600, 1200, 630))


def test_long_title_wraps_between_words_and_is_cut_at_its_end():
    lines, _font = pictures._title("Padomes sēde par gājēju pārejām un ielu apgaismojumu")
    assert " ".join(lines) == "Padomes sēde par gājēju pārejām un ielu apgaismojumu"
    lines, _font = pictures._title("Padomes sēde par gājēju pārejām " * 6)
    assert lines[-1].endswith("…")
    assert lines[0].startswith("Padomes sēde par")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_letters_that_the_font_lacks_do_not_become_boxes(text):
    letters = pictures._letters()
    assert set(pictures._drawable(text)) <= letters


def test_latvian_letters_are_all_there():
    text = "āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ „ķēde” – 5 €"
    assert pictures._drawable(text) == text


@pytest.mark.django_db
def test_picture_is_sent_once_and_kept(client, django_assert_num_queries, monkeypatch):
    event = factories.event("Talka", [factories.neighbourhood("Baloži")])
    drawn = []
    draw = pictures.draw
    monkeypatch.setattr(pictures, "draw", lambda card: drawn.append(card) or draw(card))

    first = client.get(picture_of(event))
    assert (first["Content-Type"], first["Cache-Control"]) == ("image/png", "public, max-age=3600")
    assert drawn[0].kicker == "Pasākums · Baloži"
    pixels(first.content)
    assert client.get(picture_of(event)).content == first.content
    assert len(drawn) == 1
    with django_assert_num_queries(2):
        again = client.get(picture_of(event), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    operations.change_event(event=event, by=None, now=timezone.now(), title="Lielā talka")
    fresh = client.get(picture_of(event), headers={"If-None-Match": first["ETag"]})
    assert fresh.status_code == 200
    assert [card.title for card in drawn] == ["Talka", "Lielā talka"]


@pytest.mark.django_db
def test_picture_needs_no_cache(client, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    pixels(client.get(picture_of(factories.event())).content)


@pytest.mark.django_db
def test_picture_speaks_latvian_and_says_what_is_cancelled(client):
    event = factories.event(cancelled_at=timezone.now(), starts_at=datetime(2026, 11, 25, 18, 30, tzinfo=RIGA))
    shown = pictures.card(event, [])
    assert shown == pictures.Card(
        "Pasākums · Viss novads",
        event.title,
        "Trešdien, 25.\xa0novembrī, plkst.\xa018.30–20.30",
        "Tautas nams",
        "Atcelts",
    )
    tag = client.get(picture_of(event))["ETag"]
    client.cookies["valoda"] = "en"
    assert client.get(picture_of(event))["ETag"] == tag


@pytest.mark.django_db
def test_picture_of_a_draft_is_nobodys(client):
    event = factories.event(published=False)
    client.force_login(factories.coordinator())

    assert client.get(picture_of(event)).status_code == 404
    assert client.post(picture_of(factories.event())).status_code == 405


# --- tags and microdata -----------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Metadata as a program reads it: `og:*` and other tags of the head, and microdata as nested items."""

    VOID = ("meta", "link", "input", "br", "img", "base", "use", "path", "rect")

    def __init__(self, html):
        super().__init__()
        self.meta, self.links, self.items, self.open = {}, {}, [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        value = attrs.get("content", attrs.get("href"))
        if tag == "meta" and (name := attrs.get("property") or attrs.get("name")):
            assert name not in self.meta
            self.meta[name] = value
        if tag == "link" and "rel" in attrs:
            self.links[attrs["rel"]] = value
        item = None
        if "itemscope" in attrs:
            item = {"@type": attrs["itemtype"].removeprefix("https://schema.org/")}
            value = item
        if name := attrs.get("itemprop"):
            parent = next(part for part in reversed(self.open) if part is not None)
            parent.setdefault(name, []).append(value)
        elif item is not None:
            self.items.append(item)
        if tag not in self.VOID:
            self.open.append(item)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            self.open.pop()


def tags_of(client, event):
    return Tags(client.get(event.get_absolute_url()).text)


@pytest.fixture
def public(settings):
    settings.PUBLIC_URL = "https://padomes.example"


@pytest.mark.django_db
def test_shared_link_has_a_preview(client, public):
    event = factories.event(
        "Ceļi & „zaļās” zonas", [factories.neighbourhood("Baloži")],
        starts_at=datetime(2026, 11, 25, 18, 30, tzinfo=RIGA),
    )  # fmt: skip
    tags = tags_of(client, event)

    address = f"https://padomes.example/pasakumi/{event.pk}-{event.slug}/"
    assert tags.links["canonical"] == tags.meta["og:url"] == address
    assert tags.meta["og:title"] == "Ceļi & „zaļās” zonas"
    assert tags.meta["og:description"] == "Trešdien, 25.\xa0novembrī, plkst.\xa018.30–20.30. Tautas nams"
    assert tags.meta["og:locale"] == "lv_LV"
    assert (tags.meta["og:image:width"], tags.meta["og:image:height"]) == ("1200", "630")
    assert tags.meta["og:image:alt"].startswith("Pasākums · Baloži. Ceļi & „zaļās” zonas.")
    assert tags.meta["twitter:card"] == "summary_large_image"
    picture = client.get(tags.meta["og:image"].removeprefix("https://padomes.example"))
    assert picture["Content-Type"] == "image/png"
    assert "immutable" in picture["Cache-Control"]


@pytest.mark.django_db
def test_preview_changes_with_the_event(client, public):
    event = factories.event()
    before = tags_of(client, event).meta["og:image"]
    operations.cancel_event(event=event, by=None, now=timezone.now())
    after = tags_of(client, event)

    assert after.meta["og:image"] != before
    assert after.meta["og:title"] == f"Atcelts: {event.title}"


@pytest.mark.django_db
def test_event_is_told_to_search_engines(client, public):
    event = factories.event(
        "Saruna", capacity=20, format="hybrid", online_url="https://tiksanas.example/slepens",
        description="Nāc un <runā>.", starts_at=datetime(2026, 11, 25, 18, 30, tzinfo=RIGA),
    )  # fmt: skip
    factories.rsvp(event, party_size=3)
    html = client.get(event.get_absolute_url()).text
    [item] = Tags(html).items

    address = f"https://padomes.example/pasakumi/{event.pk}-saruna/"
    assert item["@type"] == "Event"
    assert item["name"] == ["Saruna"]
    assert item["startDate"] == ["2026-11-25T18:30+02:00"]
    assert item["endDate"] == ["2026-11-25T20:30+02:00"]
    assert item["description"] == ["Nāc un <runā>."]
    assert item["url"] == [address]
    assert item["eventStatus"] == ["https://schema.org/EventScheduled"]
    assert item["eventAttendanceMode"] == ["https://schema.org/MixedEventAttendanceMode"]
    assert item["location"] == [
        {"@type": "Place", "name": ["Tautas nams"], "address": ["Tautas nams"]},
        {"@type": "VirtualLocation", "url": [address]},
    ]
    assert (item["maximumAttendeeCapacity"], item["remainingAttendeeCapacity"]) == (["20"], ["17"])
    assert item["organizer"][0]["name"] == ["Ķekavas novada iedzīvotāju padomes"]
    assert item["isAccessibleForFree"] == ["true"]
    assert "slepens" not in html


@pytest.mark.django_db
def test_search_engines_learn_what_is_cancelled_or_remote(client):
    [item] = tags_of(client, factories.event(format="remote", venue="", cancelled_at=timezone.now())).items

    assert item["eventStatus"] == ["https://schema.org/EventCancelled"]
    assert item["eventAttendanceMode"] == ["https://schema.org/OnlineEventAttendanceMode"]
    assert [place["@type"] for place in item["location"]] == ["VirtualLocation"]
    assert "maximumAttendeeCapacity" not in item


@pytest.mark.django_db
def test_tags_follow_the_seats(client):
    event = factories.event(capacity=3)
    assert tags_of(client, event).items[0]["remainingAttendeeCapacity"] == ["3"]
    factories.rsvp(event)
    assert tags_of(client, event).items[0]["remainingAttendeeCapacity"] == ["2"]


@pytest.mark.django_db
def test_own_and_unpublished_pages_are_not_for_search_engines(client):
    draft = factories.event(published=False)
    rsvp = factories.rsvp(factories.event())
    pages = [client.get(rsvp.get_absolute_url()).text]
    client.force_login(factories.coordinator())
    pages.append(client.get(draft.get_absolute_url()).text)

    for html in pages:
        tags = Tags(html)
        assert (tags.items, [name for name in tags.meta if name.startswith("og:")]) == ([], [])
        assert tags.meta["robots"] == "noindex"


@pytest.mark.django_db
def test_calendar_names_its_feeds(client):
    found = defaultdict(list)
    for part in client.get("/kalendars/").text.split("<link ")[1:]:
        if 'rel="alternate"' in part:
            found[part.split('type="')[1].split('"')[0]].append(part.split('href="')[1].split('"')[0])

    assert dict(found) == {"text/calendar": ["/kalendars.ics"], "application/atom+xml": ["/kalendars.atom"]}


# --- news in Atom -----------------------------------------------------------------------------------------------------


def atom(client, **query):
    response = client.get("/kalendars.atom", query)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)


def text(element, *names):
    return [element.findtext(f"{ATOM}{name}") for name in names]


@pytest.mark.django_db
def test_atom_feed_has_what_the_standard_asks_for(client, public):
    now = timezone.now()
    event = factories.event(
        "Saruna <par> ceļiem", description="Nāc & runā: https://example.org/\x07", changed_at=now - DAY,
        starts_at=datetime.combine(timezone.localdate() + 9 * DAY, time(18, 30), tzinfo=RIGA),
    )  # fmt: skip
    feed = atom(client, valoda="lv")

    assert text(feed, "title", "id") == ["Ķekavas novada iedzīvotāju padomes", "https://padomes.example/kalendars/"]
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "alternate": "https://padomes.example/kalendars/",
        "self": "https://padomes.example/kalendars.atom",
    }
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert datetime.fromisoformat(feed.findtext(f"{ATOM}updated")) == event.changed_at
    [entry] = feed.findall(f"{ATOM}entry")
    assert text(entry, "title", "id") == ["Saruna <par> ceļiem", f"urn:uuid:{event.uid}"]
    assert entry.find(f"{ATOM}link").get("href") == f"https://padomes.example/pasakumi/{event.pk}-{event.slug}/"
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}published")) == event.published_at
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") == "html"
    day = capfirst(latvian.when(event.starts_at).partition(", plkst.")[0])
    assert summary.text.startswith(f"<p>{day}, plkst.\xa018.30–20.30. Tautas nams.</p>")
    assert '<a href="https://example.org/">' in summary.text
    assert "Nāc &amp; runā" in summary.text


@pytest.mark.django_db
def test_atom_feed_tells_the_newest_change_first(client):
    now = timezone.now()
    factories.event("Vecs", changed_at=now - 3 * DAY)
    moved = factories.event("Pārcelts", changed_at=now - 2 * DAY)
    off = factories.event("Nenotiks", changed_at=now - 2 * DAY)
    factories.event("Melnraksts", published=False)
    operations.change_event(event=moved, by=None, now=now - DAY, venue="Skola")
    operations.cancel_event(event=off, by=None, now=now, reason="Vētra.")

    entries = atom(client).findall(f"{ATOM}entry")

    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Atcelts: Nenotiks", "Pārcelts", "Vecs"]
    assert "Vētra." in entries[0].findtext(f"{ATOM}summary")


@pytest.mark.django_db
def test_atom_feed_ends_at_fifty(client):
    for n in range(55):
        factories.event(f"Nr. {n}")

    assert len(atom(client).findall(f"{ATOM}entry")) == 50


# --- a list in the frame of another site ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_embedded_list_shows_what_comes(client, public):
    here = factories.neighbourhood("Baloži")
    factories.event("Talka", [here], kind="cleanup")
    factories.event("Attālā saruna", format="remote")
    factories.event("Citur", [factories.neighbourhood()])
    factories.event("Bijis", starts_at=timezone.now() - DAY)
    factories.event("Nenotiks", cancelled_at=timezone.now())
    factories.event("Melnraksts", published=False)

    def shown(**query):
        return [event.title for event in client.get(EMBED, query).context["events"]]

    assert set(shown()) == {"Talka", "Attālā saruna", "Citur"}
    assert set(shown(apkaime=here.slug)) == {"Talka", "Attālā saruna"}
    assert shown(apkaime=here.slug, veids="cleanup") == ["Talka"]
    html = client.get(EMBED, {"apkaime": here.slug}).text
    assert '<base target="_top">' in html
    assert f'href="https://padomes.example/kalendars/?apkaime={here.slug}"' in html
    assert "Nenotiks" not in html


@pytest.mark.django_db
def test_embedded_list_is_as_long_as_asked(client):
    for n in range(40):
        factories.event(f"Nr. {n}")

    for asked, count in (("", 8), ("3", 3), ("0", 1), ("999", 30), ("x", 8), ("-1", 8), ("²", 8), ("9" * 5000, 8)):
        assert len(client.get(EMBED, {"skaits": asked}).context["events"]) == count, asked


@pytest.mark.django_db
def test_nobody_frames_the_portal_unless_named(client, settings):
    settings.EMBED_ORIGINS = []
    response = client.get(EMBED)
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]

    settings.EMBED_ORIGINS = ["https://www.novads.example", "https://novads.example"]
    response = client.get(EMBED)
    assert "X-Frame-Options" not in response
    policy = response["Content-Security-Policy"].split("; ")
    assert "frame-ancestors https://www.novads.example https://novads.example" in policy
    assert "script-src 'none'" in policy
    assert "default-src 'none'" in policy
    for path in ("/kalendars/", "/", "/mans/kalendars/"):
        other = client.get(path)
        assert other["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]


@pytest.mark.django_db
def test_embedded_list_keeps_nothing_and_runs_nothing(client, settings):
    settings.EMBED_ORIGINS = ["https://novads.example"]
    factories.event()
    for user in (None, factories.coordinator()):
        if user:
            client.force_login(user)
        response = client.get(EMBED)
        assert not response.cookies
        assert "<script" not in response.text
        assert "<form" not in response.text
        assert "<style" not in response.text
        assert " style=" not in response.text


@pytest.mark.django_db
def test_embedded_list_speaks_and_looks_as_its_address_says(client):
    factories.event(format="remote")
    client.cookies["valoda"] = "en"
    client.cookies["krasas"] = "dark"

    latvian = client.get(EMBED)
    assert 'lang="lv" data-color-scheme="light"' in latvian.text
    english = client.get(EMBED, {"valoda": "en", "krasas": "dark"})
    assert 'lang="en" data-color-scheme="dark"' in english.text
    assert "valoda=en" in english.text
    assert 'data-color-scheme="light"' in client.get(EMBED, {"krasas": '"><x'}).text


@pytest.mark.django_db
def test_embedded_list_says_when_nothing_comes(client):
    assert "Pašlaik nekas nav ieplānots" in client.get(EMBED).text


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 30])
def test_embedded_list_makes_two_queries(client, count, django_assert_num_queries, settings):
    settings.PAGE_CACHE_SECONDS = 0
    area = factories.neighbourhood()
    for n in range(count):
        factories.event(f"Nr. {n}", [area])
    client.get(EMBED)

    with django_assert_num_queries(2):
        client.get(EMBED, {"skaits": "30"})
    with django_assert_num_queries(3):
        client.get(EMBED, {"skaits": "30", "apkaime": area.slug})
    assert Event.objects.count() == count
