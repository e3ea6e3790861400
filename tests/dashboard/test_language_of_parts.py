"""What people wrote stays Latvian on an English page, and says so (WCAG 3.1.2)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from councils.models import Matter, Topic
from councils.operations import matters
from notices.emails import compose
from notices.models import Notice
from notices.operations import plan
from people.models import AuditEntry
from tests import factories
from tests.parts import unmarked

pytestmark = pytest.mark.django_db

NAMES = ["Ķekavas", "Ķekava", "Baloži", "Līga", "Šķēle", "Žagars"]


@pytest.fixture
def world():
    """A council with something of all that people write."""
    area = factories.neighbourhood("Baloži", slug="balozi")
    council = factories.council(neighbourhood=area, name="Ķekavas padome", about="Tiekamies reizi mēnesī.\n\nNāc!")
    factories.term(council, started_on=timezone.localdate() - timedelta(days=90))
    meeting = factories.meeting(
        council,
        title="Sēde & <ietvēm>",
        venue="Mazā zāle",
        description="Runāsim par ietvēm.",
        directions="Pa labi aiz ēkas.",
    )
    item = factories.agenda_item(meeting, title="Par ietvēm", description="Kur tās trūkst.")
    past = factories.meeting(council, title="Pirmā sēde", starts_at=timezone.now() - timedelta(days=2))
    row = factories.resolution(factories.agenda_item(past, title="Par laternām"), text="Lūgt ierīkot laternas mežā.")
    matter = factories.matter([council], "Laternas mežā", began_at=timezone.now())
    row.matter, row.item.matter = matter, matter
    row.save()
    row.item.save()
    factories.submission(
        [council],
        "Drošāka pāreja",
        matter=matter,
        reply="Būs pavasarī.",
        outcome="supported",
        replied_on=timezone.localdate(),
    )
    factories.own_question(meeting.event, "Kuru darbnīcu?", choices=["Māla", "Koka"])
    factories.own_question(meeting.event, "Kurā dienā?", choices=[f"{day}. decembrī" for day in range(1, 9)])
    return {
        "event": meeting.event,
        "matter": matter,
        "news": factories.news_post(council, "Ziņa par dīķi", body="Iztīrīts."),
        "item": item,
    }


@pytest.fixture
def english(client):
    client.cookies["valoda"] = "en"
    return client


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/apkaimes/balozi/",
        "/kalendars/",
        "/kalendars/?skats=menesis",
        "/lemumi/",
        "/zinas/",
        "/iegult/kalendars/?valoda=en",
        "/meklet/?q=ietves",
    ],
)
def test_lists_in_english_mark_what_is_latvian(path, world, english):
    assert unmarked(english.get(path).text, NAMES) == []


@pytest.mark.parametrize("name", ["event", "matter", "news"])
def test_a_page_in_english_marks_what_is_latvian(name, world, english):
    answer = english.get(world[name].get_absolute_url())

    assert 'lang="lv"' in answer.text
    assert unmarked(answer.text, NAMES) == []


def test_own_page_in_english_marks_what_is_latvian(world, english):
    user = factories.user(name="Līga Šķēle")
    factories.rsvp(world["event"], user.person)
    english.force_login(user)

    assert unmarked(english.get("/mans/").text, NAMES) == []


def test_choices_of_a_list_say_that_they_are_latvian(world, english):
    page = english.get(world["event"].get_absolute_url()).text

    assert '<option value="1. decembrī" lang="lv">1. decembrī</option>' in page
    assert '<option value="" selected>No answer</option>' in page


@pytest.mark.parametrize(("name_en", "said"), [("", "Satiksme mežā"), ("Traffic", "Traffic")])
def test_topic_is_latvian_where_it_has_no_english_name(name_en, said, world, english):
    topic = Topic.objects.create(code="9.9", name_lv="Satiksme mežā", name_en=name_en, position=99)
    Matter.objects.filter(pk=world["matter"].pk).update(topic=topic.code)
    is_latvian = not name_en
    page, found = english.get(world["matter"].get_absolute_url()).text, english.get("/lemumi/").text

    assert (f'<span lang="lv">{said}</span>' in page) == is_latvian
    assert (f'<option value="9.9" lang="lv">{said}</option>' in found) == is_latvian
    assert said in page
    assert f">{said}</option>" in found


def test_audit_log_marks_what_people_wrote_and_no_more(english):
    entries = {
        "create_event": ("Talka mežā", {"after": {"title": "Talka mežā", "sha256": "a1b2", "kind": "talka"}}),
        "write_letter": ("announcement", {"after": {"text": "Paziņojums"}}),
        "write_page": ("Help", {"language": "en", "after": {"title": "Help"}}),
    }
    for verb, (label, details) in entries.items():
        AuditEntry.objects.create(at=timezone.now(), verb=verb, target="", label=label, details=details)
    english.force_login(factories.administrator())
    page = english.get("/panelis/zurnals/").text

    assert sorted(re.findall('<span lang="lv">(.*?)</span>', page)) == sorted(["Talka mežā"] * 3 + ["Paziņojums"])


def test_mails_of_councils_in_english_mark_what_is_latvian(world):
    """One that quotes a text, one that quotes an agenda, one that quotes a post."""
    now = timezone.now()
    reader = factories.person("Līga Šķēle", email="liga@example.org", language="en")
    factories.follow(reader, world["event"].neighbourhoods.get())
    factories.membership(world["event"].meeting.councils.get().terms.get(), reader)
    row = world["matter"].resolutions.get()
    matters.follow(matter=world["matter"], person=reader, now=now)
    about = {
        "matter_voted": {"matter": world["matter"].pk, "resolution": row.pk},
        "meeting_call": {"meeting": world["event"].meeting.pk, "stamp": world["event"].start_stamp},
        "news_post": {"post": world["news"].pk},
    }
    for kind, data in about.items():
        plan(key=kind, kind=kind, about=f"x:{kind}", person_id=reader.pk, now=now, data=data)
        with translation.override("en"):
            [html] = [part for part, _mime in compose(Notice.objects.get(kind=kind), now).alternatives]
        assert 'lang="lv"' in html, kind
        assert unmarked(html, NAMES) == [], kind


def test_latvian_page_marks_nothing(world, client):
    page = client.get(world["event"].get_absolute_url()).text

    assert page.count('lang="lv"') == 1  # of <html>
    assert "Sēde &amp; &lt;ietvēm&gt;</h1>" in page
