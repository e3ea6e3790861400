import re
from datetime import date, timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.utils import timezone

from councils.models import Office
from dashboard import pages_content, standing
from dashboard.forms import MATTER_SLUGS
from elections.models import Formation, FormationStep, Step
from events.models import Event
from kekava_portal.errors import server_error
from neighbourhoods.models import Neighbourhood
from people.context_processors import _demo
from people.models import Follow
from tests import factories

pytestmark = pytest.mark.django_db

STATIC_PAGES = [f"/{slug}/" for slug in pages_content.SLUGS]
LISTS = ["/", "/apkaimes/", "/apkaimes/?skats=tabula", "/apkaimes/meklet/", "/lemumi/", "/meklet/"]
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|with|for|not|you|your|this|there|by|to be|seats?|members?)\b", re.IGNORECASE
)
LATVIAN = re.compile(
    r"\b(un|ir|nav|vai|tavs?|tava|seko|visi|visas|darbojas|veidojas|iesniegts|atbilde|gaida|vietas)\b", re.IGNORECASE
)


def text(response):
    """What a reader sees of a page's main part."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def working(name="Baloži", members=2, **fields):
    """A neighbourhood whose council sits."""
    area = factories.neighbourhood(name, **fields)
    term = factories.term(factories.council(neighbourhood=area))
    for n in range(members):
        factories.membership(term, factories.person(f"Ilze Kļaviņa {n}"))
    return area


def forming(name="Daugmale", **fields):
    area = factories.neighbourhood(name)
    council = factories.council(neighbourhood=area, formation_started_on=timezone.localdate() - timedelta(days=60))
    factories.formation(council, **fields)
    return area


def portal(rows):
    """As many neighbourhoods in turn working, forming and without a council, each with an event and a submission."""
    areas = []
    for n in range(rows):
        kind = (working, forming, factories.neighbourhood)[n % 3]
        area = kind(f"Apkaime {n}")
        factories.event(neighbourhoods=[area], starts_at=timezone.now() + timedelta(days=1, minutes=n))
        council = getattr(area, "council", None)
        factories.submission([council] if council else [], f"Ceļš {n}")
        if council:
            factories.meeting(council, starts_at=timezone.now() - timedelta(days=3))
        factories.place(f"Ciems {n}", neighbourhood=area)
        areas.append(area)
    return areas


# --- every page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*LISTS, *STATIC_PAGES, "/robots.txt", "/sitemap.xml"])
def test_a_portal_without_any_data_has_all_its_pages(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", [*LISTS, *STATIC_PAGES, "/robots.txt", "/sitemap.xml", "/stils/"])
def test_public_pages_are_only_read(client, path):
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/apkaimes/nekur/", "/lemumi/999/", "/nav-tadas-lapas/"])
def test_what_does_not_exist_is_not_found_and_offers_the_search(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "/apkaimes/meklet/" in response.content.decode()
    assert "/kalendars/" in response.content.decode()


@pytest.fixture
def full(client):
    """A page of each kind with rows in all states."""
    area, coming = working(members=3), forming(done=3, next_due_on=timezone.localdate() + timedelta(days=7))
    factories.neighbourhood("Mežinieki")
    council, today = area.council, timezone.localdate()
    for membership, kind in zip(council.terms.get().seats.filter(memberships__isnull=False), Office.Kind, strict=True):
        factories.office(membership.memberships.get(), kind)
    factories.event(neighbourhoods=[area], capacity=5)
    factories.rsvp(factories.event(neighbourhoods=[area], capacity=1))
    factories.rsvp(factories.event(neighbourhoods=[]))
    factories.event("Kopsapulce", [coming], kind=Event.Kind.ASSEMBLY)
    factories.meeting(council, starts_at=timezone.now() - timedelta(days=3))
    meeting = factories.meeting(council, starts_at=timezone.now() - timedelta(days=40))
    meeting.minutes_published_on, meeting.minutes_url = today - timedelta(days=30), "https://example.org/protokols.pdf"
    meeting.save()
    long_ago, before = today - timedelta(days=90), today - timedelta(days=60)
    answered = {"sent_on": long_ago, "reply_due_on": before, "replied_on": before}
    factories.place("Krustkalni", neighbourhood=area)
    return {
        "area": area,
        "forming": coming,
        "submissions": [
            factories.submission([council]),
            factories.submission([council], "Kavēta", sent_on=long_ago, reply_due_on=before),
            factories.submission([council], "Atbalstīta", outcome="supported", reply="Jā.", **answered),
            factories.submission([council], "Daļēja", outcome="partly", **answered),
            factories.submission([council], "Noraidīta", outcome="declined", **answered),
            factories.submission([council], "Cita", outcome="other", **answered),
            factories.submission([council], "Padarīta", outcome="supported", done_on=today, **answered),
        ],
    }


def paths(full):
    submissions = [row.matter.get_absolute_url() for row in full["submissions"]]
    areas = [full["area"].get_absolute_url(), full["forming"].get_absolute_url()]
    search = ["/meklet/?q=ceļi", "/meklet/?q=krustkalni", "/meklet/?q=xyz", "/apkaimes/meklet/?q=krustkalni"]
    return [*LISTS, *STATIC_PAGES, *areas, *submissions, *search]


def test_no_english_word_stands_on_a_latvian_page(client, full):
    for path in paths(full):
        assert not ENGLISH.findall(text(client.get(path))), path


def test_no_latvian_word_of_ours_stands_on_an_english_page(client, full, settings):
    settings.DEFAULT_FROM_EMAIL = "councils@example.org"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for path in paths(full):
        said = text(client.get(path))
        assert not LATVIAN.findall(said), path


def test_each_page_has_one_heading_and_a_title_of_its_own(client, full):
    titles = []
    for path in [path for path in paths(full) if "?" not in path]:
        page = client.get(path).content.decode()
        assert page.count("<h1") == 1, path
        titles.append(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1])
    assert len(set(titles)) == len(titles)


# --- home ------------------------------------------------------------------------------------------------------------


def test_home_shows_every_neighbourhood_with_its_state(client, full):
    said = text(client.get("/"))
    assert "Tava apkaime. Tava padome." in said
    assert "Darbojas 1 Veidojas 1 Vēl nav 1" in said
    assert "Novada 3 apkaimes" in said


def test_home_shows_the_next_four_events_with_their_seats(client):
    area = working()
    full_event = factories.event("Pilna", [area], capacity=1, starts_at=timezone.now() + timedelta(days=1))
    factories.rsvp(full_event)
    factories.rsvp(full_event, state="waiting")
    factories.event("Brīva", [area], capacity=5, starts_at=timezone.now() + timedelta(days=2))
    later = [factories.event(f"Vēlāk {n}", [area], starts_at=timezone.now() + timedelta(days=5 + n)) for n in range(3)]
    factories.event("Bijusi", [area], starts_at=timezone.now() - timedelta(days=2))
    factories.event("Melnraksts", [area], published=False)
    factories.event("Atcelta", [area], cancelled_at=timezone.now())
    response = client.get("/")
    said, page = text(response), response.content.decode()
    assert "Vietu nav, gaida 1" in said
    assert "Brīvas 5 no 5" in said
    assert f'{full_event.get_absolute_url()}#pieteikties">Stāties rindā' in page
    assert page.count("#pieteikties") == 4
    assert later[2].title not in said
    assert not [word for word in ("Bijusi", "Melnraksts", "Atcelta") if word in said]


def test_home_offers_no_sign_up_that_is_closed(client):
    in_two_days = timezone.now() + timedelta(days=2)
    factories.event("Slēgta", starts_at=in_two_days, rsvps_close_at=timezone.now() - timedelta(hours=1))
    factories.event("Bez pieteikšanās", starts_at=in_two_days, takes_rsvps=False)
    response = client.get("/")
    assert "Slēgta" in text(response)
    assert "#pieteikties" not in response.content.decode()


def test_home_shows_what_moved_last_first(client):
    council, today = factories.council(), timezone.localdate()
    factories.submission([council], "Vecākā", sent_on=today - timedelta(days=90))
    factories.submission(
        [council],
        "Nupat padarīta",
        sent_on=today - timedelta(days=90),
        replied_on=today - timedelta(days=80),
        outcome="supported",
        done_on=today,
    )
    factories.submission([council], "Melnraksts", sent_on=None, reply_due_on=None)
    said = text(client.get("/"))
    assert said.index("Nupat padarīta") < said.index("Vecākā")
    assert "Melnraksts" not in said
    assert "No priekšlikuma līdz darbam – 90 dienu" in said


def test_home_shows_the_latest_of_each_state(client):
    council, today = factories.council(), timezone.localdate()
    for n in range(5):
        factories.submission([council], f"Gaida {n}", sent_on=today - timedelta(days=n))
    old = {"sent_on": today - timedelta(days=200), "replied_on": today - timedelta(days=180)}
    factories.submission([council], "Atbalstīts sen", outcome="supported", **old)
    factories.submission([council], "Noraidīts sen", outcome="declined", **old)
    said = text(client.get("/"))
    for title in ("Gaida 0", "Gaida 1", "Atbalstīts sen", "Noraidīts sen"):
        assert title in said
    assert "Gaida 2" not in said


def test_home_marks_the_first_event_that_one_can_sign_up_for(client):
    factories.event("Izstāde", takes_rsvps=False, starts_at=timezone.now() + timedelta(days=1))
    shown = [factories.event(f"Sēde {n}", starts_at=timezone.now() + timedelta(days=2 + n)) for n in range(2)]
    page = client.get("/").content.decode()
    buttons = dict(re.findall(r'<a class="ds-button"([^>]*)href="([^"]*)#pieteikties"', page))
    assert list(buttons.values()) == [row.get_absolute_url() for row in shown]
    assert ["secondary" in attributes for attributes in buttons] == [False, True]


BAND = "Demonstrācijas dati: cilvēki, sēdes un lēmumi šeit ir izdomāti."


@pytest.mark.parametrize("is_demo", [True, False])
def test_every_kind_of_page_says_whether_it_is_a_demonstration(client, is_demo):
    area, event = working(), factories.event()
    person = factories.person(is_invented=is_demo)
    pages = ["/", "/kalendars/", "/iegult/kalendars/", "/konts/ienakt/", "/nekas/", event.get_absolute_url()]
    pages += [area.get_absolute_url(), f"/r/{factories.rsvp(event, person).token}/"]
    for path in pages:
        assert client.get(path).content.decode().count(BAND) == is_demo, path
    client.force_login(factories.administrator())
    for path in ("/", "/mans/", "/panelis/", "/stils/", "/parvaldiba/", "/parvaldiba/neighbourhoods/street/"):
        assert client.get(path).content.decode().count(BAND) == is_demo, path


def band_is_known():
    """The band of demonstration data asks once in 30 seconds, which a page of 300 rows may take on a busy machine."""
    _demo.update(until=float("inf"))


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_home_and_lists_ask_the_same_number_of_questions(client, django_assert_num_queries, rows):
    portal(rows)
    for path, queries in (("/", 7), ("/apkaimes/", 3), ("/apkaimes/?skats=tabula", 3)):
        client.get(path)
        band_is_known()
        with django_assert_num_queries(queries):
            client.get(path)
    client.force_login(factories.user())
    client.get("/")
    with django_assert_num_queries(11):  # a resident's home
        client.get("/")


# --- what a card says ------------------------------------------------------------------------------------------------


def line(area):
    rows = standing.cards(standing.Regulation({"MIN_CANDIDATES": 5}), timezone.now())
    return next(row.line for row in rows if row.neighbourhood == area)


def test_card_of_a_working_council_names_its_next_event():
    area, day = working(), timezone.now() + timedelta(days=9)
    assert line(area) == "Nākamā sēde vēl nav izziņota"
    factories.event("Talka", [area], kind=Event.Kind.CLEANUP, starts_at=day + timedelta(days=1))
    factories.meeting(area.council, starts_at=day)
    assert line(area).startswith("Nākamā sēde ")
    Event.objects.filter(kind=Event.Kind.MEETING).update(cancelled_at=timezone.now())
    assert line(area).startswith("Talka ")


def test_card_does_not_call_next_what_has_begun():
    area = working()
    factories.event("Izstāde", [area], starts_at=timezone.now() - timedelta(hours=1))
    assert line(area) == "Nākamā sēde vēl nav izziņota"


def test_card_of_a_forming_council_names_the_step_under_way():
    soon = timezone.localdate() + timedelta(days=3)
    lines = {step: line(forming(f"A{n}", done=n, next_due_on=soon)) for n, step in enumerate(Step)}
    assert lines[Step.DECISION].startswith("Domes lēmums gaidāms ")
    assert lines[Step.CANDIDATES].startswith("Kandidāti var pieteikties līdz ")
    assert len(set(lines.values())) == len(Step)
    assert line(forming("Bez dienas", done=2)) == "Kandidāti var pieteikties"
    assert line(forming("Nokavēts", done=2, next_due_on=soon - timedelta(days=9))) == "Kandidāti var pieteikties"
    assert line(forming("Viss izdarīts", done=7)) == "Padome veidojas"


def test_card_of_a_forming_council_prefers_the_assembly_to_the_step():
    area = forming(done=4)
    factories.event("Saruna", [area], kind=Event.Kind.DISCUSSION)
    assert line(area) == "Kopsapulce un balsošana"
    factories.event("Kopsapulce", [area], kind=Event.Kind.ASSEMBLY, starts_at=timezone.now() + timedelta(days=5))
    Event.objects.filter(kind=Event.Kind.DISCUSSION).delete()
    assert line(area).startswith("Kopsapulce ")
    assert line(area) != "Kopsapulce un balsošana"


def test_card_without_a_council_says_what_it_takes():
    assert line(factories.neighbourhood()) == "Vajag vismaz 5 kandidātus"


# --- neighbourhoods --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/apkaimes/", "/apkaimes/?skats=tabula"])
def test_list_shows_all_neighbourhoods_of_today_in_the_order_of_the_law(client, path):
    factories.neighbourhood("Otrā", legal_order=2)
    factories.neighbourhood("Pirmā", legal_order=1)
    factories.neighbourhood("Beigusies", valid_until=timezone.localdate())
    said = text(client.get(path))
    assert said.index("Pirmā") < said.index("Otrā")
    assert "Beigusies" not in said


def test_table_compares_members_followers_and_residents(client):
    area = working(members=3, population=12345)
    factories.follow(factories.person(), area)
    said = text(client.get("/apkaimes/?skats=tabula"))
    assert "Baloži Darbojas 3 no 7 12 345 1 Nākamā sēde vēl nav izziņota" in said.replace("\xa0", " ")


def test_table_leaves_residents_out_while_nobody_knows_them(client):
    working(members=3, population=None)
    assert "Locekļi Sekotāji" in text(client.get("/apkaimes/?skats=tabula"))


def test_find_opens_the_neighbourhood_chosen_from_the_list(client):
    area = factories.neighbourhood()
    assert client.get("/apkaimes/meklet/", {"apkaime": area.slug}).url == area.get_absolute_url()
    assert client.get("/apkaimes/meklet/", {"apkaime": "nekur"}).status_code == 200
    assert client.get("/apkaimes/meklet/", {"apkaime": ""}).status_code == 200
    assert client.get("/apkaimes/meklet/", {"apkaime": "a\0b"}).status_code == 200


def test_find_offers_the_one_that_fits(client):
    area = factories.neighbourhood("Baloži")
    factories.place("Krustkalni", neighbourhood=area)
    factories.neighbourhood("Cita")
    page = client.get("/apkaimes/meklet/", {"q": "krustkalnos"})
    assert f'href="{area.get_absolute_url()}"' in page.content.decode()
    assert "Atvērt: Baloži" in text(page)
    assert "Cita" not in text(page)


def test_find_lists_several_and_shows_all_when_none_fits(client):
    for name in ("Pirmā", "Otrā"):
        factories.street("Rīgas iela", town=name, neighbourhood=factories.neighbourhood(name))
    assert "Atbilst vairākas apkaimes" in text(client.get("/apkaimes/meklet/", {"q": "Rīgas iela 5"}))
    said = text(client.get("/apkaimes/meklet/", {"q": "Parīze <b>"}))
    assert "Meklējot „Parīze <b>”, nekas nav atrasts" in said
    assert "Pirmā" in said
    assert "Otrā" in said


def test_neighbourhood_shows_who_speaks_today_and_no_contacts(client):
    area = factories.neighbourhood()
    term = factories.term(
        factories.council(neighbourhood=area, email="padome@example.org"), started_on=date(2026, 1, 9)
    )
    chair = factories.person("Zane Īve", email="zane.ive@example.org", phone="20000001")
    membership = factories.membership(term, chair)
    factories.membership(term, factories.person("Anna Bērziņa"))
    gone = factories.membership(term, factories.person("Kārlis Ozols"))
    factories.office(membership)
    gone.ended_on, gone.end_reason = timezone.localdate(), "resigned"
    gone.save()
    response = client.get(area.get_absolute_url())
    said = text(response)
    assert said.index("Zane Īve") < said.index("Anna Bērziņa")
    assert "Kārlis Ozols" not in said
    assert "Aizņemtas vietas: 2 no 7." in said
    assert "padome@example.org" in said
    assert "zane.ive@example.org" not in response.content.decode()
    assert "20000001" not in response.content.decode()


def test_neighbourhood_answers_what_residents_ask_of_a_council(client):
    """Who are they, when do they meet, what did they decide, how do I reach them."""
    area = factories.neighbourhood("Baloži", slug="balozi")
    council = factories.council(neighbourhood=area)
    membership = factories.membership(factories.term(council), factories.person("Zane Īve", email="zane@example.org"))
    factories.office(membership)
    page = client.get(area.get_absolute_url())
    assert "1 loceklis , priekšsēdētājs Zane Īve" in text(page)
    assert "Nākamā sēde vēl nav izziņota." in text(page)
    assert 'href="/padome/balozi/rakstit/"' in page.content.decode()
    assert 'href="/apkaimes/balozi/padome/"' in page.content.decode()

    held = factories.meeting(council, starts_at=timezone.now() - timedelta(days=9))
    assert "Iepriekšējā bija" in text(client.get(area.get_absolute_url()))
    later = factories.meeting(council, starts_at=timezone.now() + timedelta(days=30))
    factories.meeting(council, starts_at=timezone.now() + timedelta(days=5), published=False)
    soon = factories.meeting(council, starts_at=timezone.now() + timedelta(days=9))
    factories.submission([council], "Gājēju tilts")

    page = client.get(area.get_absolute_url())

    assert page.context["next_meeting"] == soon
    assert page.context["meetings"] == [held]
    assert later.event.title in text(page)
    short = page.content.decode().split('id="padome-isuma"', 1)[1].split("</section>", 1)[0]
    assert soon.get_absolute_url() in short
    assert "Gājēju tilts" in short
    assert "zane@example.org" not in page.content.decode()


def test_neighbourhood_shows_events_here_and_for_all_but_not_elsewhere(client):
    area, other = working("Šeit"), working("Citur")
    factories.event("Mūsu talka", [area])
    factories.event("Novada forums")
    factories.event("Cita saruna", [other])
    said = text(client.get(area.get_absolute_url()))
    assert "Mūsu talka" in said
    assert "Novada forums" in said
    assert "Cita saruna" not in said


def test_neighbourhood_links_the_minutes_of_past_meetings(client):
    area = working()
    old = factories.meeting(area.council, title="Ar protokolu", starts_at=timezone.now() - timedelta(days=40))
    old.minutes_published_on, old.minutes_url = timezone.localdate(), "https://example.org/protokols.pdf"
    old.save()
    factories.meeting(area.council, title="Bez protokola", starts_at=timezone.now() - timedelta(days=4))
    factories.meeting(
        area.council, title="Atceltā", starts_at=timezone.now() - timedelta(days=9), cancelled_at=timezone.now()
    )
    response = client.get(area.get_absolute_url())
    assert 'href="https://example.org/protokols.pdf"' in response.content.decode()
    said = text(response)
    assert said.index("Bez protokola") < said.index("protokols gaidāms") < said.index("Ar protokolu")
    assert "Atceltā" not in said


def test_neighbourhood_shows_only_its_own_submissions(client):
    area, other = working("Šeit"), working("Citur")
    factories.submission([area.council], "Mūsu lūgums")
    factories.submission([area.council, other.council], "Kopīgs lūgums")
    factories.submission([other.council], "Svešs lūgums")
    said = text(client.get(area.get_absolute_url()))
    assert "Mūsu lūgums" in said
    assert "Kopīgs lūgums" in said
    assert "Svešs lūgums" not in said


def test_neighbourhood_lists_its_places_of_today_with_the_paragraph(client):
    area = factories.neighbourhood("Baloži", legal_paragraph="3.4")
    factories.place("Krustkalni", neighbourhood=area)
    factories.place("Odukalns", neighbourhood=area, valid_until=timezone.localdate())
    said = text(client.get(area.get_absolute_url()))
    assert "Krustkalni (ciems)" in said
    assert "Odukalns" not in said
    assert "nolikuma 3.4. punkts" in said


def test_forming_neighbourhood_shows_each_step_with_its_day(client):
    area = forming(done=2, next_due_on=timezone.localdate() + timedelta(days=5))
    FormationStep.objects.update(note="Pārbaudīt dzīvesvietas")
    Formation.objects.update(candidates=4)
    response = client.get(area.get_absolute_url())
    page = response.content.decode()
    assert page.count('<li class="done">') == 2
    assert page.count('aria-current="step"') == 1
    assert "pieteikušies 4 kandidāti" in text(response)
    assert "Pārbaudīt dzīvesvietas" not in text(response), "what the coordinator has to do is no news for residents"
    assert "Veidojas" in text(response)


def test_step_whose_day_is_unknown_counts_as_done_when_a_later_one_is(client):
    area = forming(done=3)
    FormationStep.objects.filter(step=Step.APPLICATIONS).update(done_on=None)
    assert client.get(area.get_absolute_url()).content.decode().count('<li class="done">') == 3


def test_visitor_is_led_through_log_in_to_follow(client):
    area = factories.neighbourhood()
    page = client.get(area.get_absolute_url()).content.decode()
    assert f"?next={area.get_absolute_url()}" in page
    assert "csrfmiddlewaretoken" not in page


def test_resident_follows_and_stops_on_the_page_of_the_neighbourhood(client):
    area, user = factories.neighbourhood(), factories.user()
    client.force_login(user)
    for label, follows in (("Sekot apkaimei", 1), ("Nesekot", 0)):
        page = client.get(area.get_absolute_url()).content.decode()
        assert label in page
        client.post(re.search(rf'action="(/mans/apkaimes/{area.slug}/[a-z]+/)"', page)[1])
        assert Follow.objects.filter(person=user.person, neighbourhood=area).count() == follows


@pytest.mark.parametrize("kind", [working, forming])
@pytest.mark.parametrize("rows", [1, 3, 300])
def test_neighbourhood_asks_the_same_number_of_questions(client, django_assert_num_queries, kind, rows):
    area = kind()
    for n in range(rows):
        factories.event(neighbourhoods=[area])
        factories.meeting(area.council, starts_at=timezone.now() - timedelta(days=n + 1))
        factories.submission([area.council])
        factories.news_post(area.council)
        factories.place(f"Ciems {n}", neighbourhood=area)
        factories.follow(factories.person(), area)
    client.get("/robots.txt")
    client.get(area.get_absolute_url())
    band_is_known()
    with django_assert_num_queries(8):
        client.get(area.get_absolute_url())
    client.force_login(factories.user())
    with django_assert_num_queries(12):
        client.get(area.get_absolute_url())


# --- submissions -----------------------------------------------------------------------------------------------------


def test_decisions_are_narrowed_by_neighbourhood_state_and_year(client, full):
    today = timezone.localdate()
    other = factories.submission([full["forming"].council], "Cita apkaime", sent_on=today)
    item = factories.agenda_item(factories.meeting(full["area"].council))
    for title, fields in (
        ("Pieņemts", {}),
        ("Nepieņemts", {"outcome": "rejected"}),
        ("Atmests", {"abandoned_on": today, "abandoned_because": "Nav naudas."}),
    ):
        matter = factories.matter([full["area"].council], title, topic="5.4")
        position = item.resolutions.count() + 1
        factories.resolution(item, matter=matter, position=position, text="Par soliņiem parkā.", **fields)
    assert "11 jautājumu" in text(client.get("/lemumi/"))
    assert "1 jautājums" in text(client.get("/lemumi/", {"apkaime": full["forming"].slug}))
    for slug, state in MATTER_SLUGS.items():
        said = text(client.get("/lemumi/", {"statuss": slug, "apkaime": full["area"].slug}))
        assert f"1 jautājums Lēmumi, iesniegumi un atbildes {state.label}" in said, slug
    assert "3 jautājumi" in text(client.get("/lemumi/", {"joma": "5.4"}))
    assert "3 jautājumi" in text(client.get("/lemumi/", {"q": "soliņš parks"}))
    other.sent_on = today.replace(year=today.year - 5, day=1)
    other.save()
    said = text(client.get("/lemumi/", {"gads": str(today.year - 5)}))
    assert "1 jautājums" in said
    assert "Cita apkaime" in said


@pytest.mark.parametrize(
    "query",
    [{"apkaime": "nekur"}, {"statuss": "x"}, {"gads": "1x"}, {"joma": "9"}, {"q": "?!"}, {"lapa": "99"}, {"lapa": "x"}],
)
def test_a_filter_that_does_not_exist_narrows_nothing(client, query):
    factories.submission()
    response = client.get("/lemumi/", query)
    assert response.status_code == 200
    assert "1 jautājums" in text(response)


def test_decisions_stand_on_pages_that_keep_the_filter(client):
    area = working()
    for n in range(21):
        factories.submission([area.council], f"Lūgums {n}")
    page = client.get("/lemumi/", {"apkaime": area.slug}).content.decode()
    assert f'href="?apkaime={area.slug}&amp;lapa=2"' in page
    assert text(client.get("/lemumi/", {"apkaime": area.slug, "lapa": "2"})).count("Lūgums") == 1


def test_submission_tells_how_it_went(client, full):
    waiting, overdue, supported, _partly, _declined, _other, done = full["submissions"]
    assert "Gaida atbildi" in text(client.get(waiting.get_absolute_url()))
    assert "Atbilde kavējas" in text(client.get(overdue.get_absolute_url()))
    assert "Vēl jāizdara" in text(client.get(supported.get_absolute_url()))
    assert "90 dienas pēc nosūtīšanas" in text(client.get(done.get_absolute_url()))
    assert "1 mēneša laikā (§27)" in text(client.get(waiting.get_absolute_url()))


def test_submission_that_is_not_sent_is_nobodys_to_read(client):
    draft = factories.submission(title="Melnraksts", sent_on=None, reply_due_on=None)
    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(factories.user())
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_old_address_of_a_submission_leads_to_its_matter(client):
    row = factories.submission()
    response = client.get(f"/lemumi/{row.pk}/")
    assert (response.status_code, response["Location"]) == (301, row.matter.get_absolute_url())
    draft = factories.submission(sent_on=None, reply_due_on=None)
    assert client.get(f"/lemumi/{draft.pk}/").status_code == 404


def test_all_lists_say_the_same_of_a_matter_that_was_decided_again(client, settings):
    """A later resolution leads: the list and the page say it, and home no longer speaks of the old answer."""
    council = working().council
    settings.PAGE_CACHE_SECONDS = 0
    row = factories.submission([council], "Ceļš", outcome="declined", replied_on=timezone.localdate())
    assert "Noraidīts" in text(client.get("/"))
    item = factories.agenda_item(factories.meeting(council))
    factories.resolution(item, matter=row.matter, voted_at=timezone.now() + timedelta(days=1))
    places = ["/lemumi/", row.matter.get_absolute_url(), council.neighbourhood.get_absolute_url(), "/meklet/?q=ceļš"]
    for path in places:
        said = text(client.get(path))
        assert "Pieņemts" in said, path
    assert "Noraidīts" not in text(client.get("/"))


def test_submission_text_is_shown_as_text(client):
    row = factories.submission(text="Pirmā rinda.\n\n<script>alert(1)</script>", reply="<b>Jā</b>")
    page = client.get(row.get_absolute_url()).content.decode()
    assert "<p>Pirmā rinda.</p>" in page
    assert "<script>" not in page
    assert "<b>Jā</b>" not in page


# --- search ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["ceļi", "celiem", "CEĻU", "ceļ"])
def test_search_finds_any_form_of_a_word_in_all_that_is_public(client, query):
    area = working()
    factories.event("Saruna par ceļiem", [area])
    factories.event("Bijusi sēde par ceļu", [area], starts_at=timezone.now() - timedelta(days=9))
    factories.submission([area.council], "Lūgums", text="Par ceļa apgaismojumu.")
    factories.event("Melnraksts par ceļiem", [area], published=False)
    factories.submission([area.council], "Neiesniegts ceļš", sent_on=None, reply_due_on=None)
    factories.event("Talka", [area])
    said = text(client.get("/meklet/", {"q": query}))
    for title in ("Saruna par ceļiem", "Bijusi sēde par ceļu", "Lūgums"):
        assert title in said
    for title in ("Melnraksts", "Neiesniegts", "Talka"):
        assert title not in said


def test_search_finds_neighbourhoods_and_says_when_there_is_nothing(client):
    factories.place("Krustkalni", neighbourhood=factories.neighbourhood("Baloži"))
    assert "Atvērt: Baloži" in text(client.get("/meklet/", {"q": "krustkalni"}))
    assert "nekas nav atrasts" in text(client.get("/meklet/", {"q": "xyz"}))
    assert "nekas nav atrasts" in text(client.get("/meklet/", {"q": "?!"}))


def test_search_reads_a_long_query_in_part(client):
    assert client.get("/meklet/", {"q": "ceļš " * 1000}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_search_and_decisions_ask_the_same_number_of_questions(client, django_assert_num_queries, rows):
    council = working().council
    for n in range(rows):
        factories.event("Saruna par ceļiem", [council.neighbourhood])
        factories.event("Saruna par ceļiem", [council.neighbourhood], starts_at=timezone.now() - timedelta(days=n + 2))
        factories.submission([council], "Ceļš")
        factories.news_post(council, "Ceļa ziņa")
    client.get("/meklet/")
    band_is_known()
    with django_assert_num_queries(10):
        client.get("/meklet/", {"q": "ceļi"})
    client.get("/lemumi/")
    with django_assert_num_queries(6):
        client.get("/lemumi/")


# --- texts, style, machines ------------------------------------------------------------------------------------------


def test_text_pages_hold_the_numbers_of_the_regulation(client):
    said = text(client.get("/ka-izveidot-padomi/"))
    assert "Vajag vismaz 5 kaimiņus" in said
    assert "no 14 līdz 30 dienām (§14.2)" in said
    assert "90 dienas pirms vēlēšanām (§8)" in said


@pytest.mark.parametrize("path", STATIC_PAGES)
@pytest.mark.parametrize("language", ["lv", "en"])
def test_text_pages_are_whole_in_both_languages(client, path, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    said = text(client.get(path))
    assert "{" not in said
    assert len(said) > 600


def test_accessibility_statement_says_what_the_law_asks(client, settings):
    settings.PUBLIC_URL, settings.DEFAULT_FROM_EMAIL = "https://padomes.example.org", "Padomes <raksti@example.org>"
    said = text(client.get("/pieklustamiba/"))
    for part in (
        "https://padomes.example.org",
        "daļēji atbilst",
        "Pašnovērtējums",
        "raksti@example.org",
        "Tiesībsarga",
    ):
        assert part in said


def test_privacy_policy_names_the_periods_the_portal_keeps(client, settings):
    settings.GUEST_DAYS, settings.AUDIT_DAYS = 31, 366
    said = text(client.get("/privatums/"))
    assert "31 dienas pēc pēdējā pasākuma" in said
    assert "366 dienas" in said


@pytest.mark.parametrize(
    ("who", "status"),
    [(None, 404), (factories.user, 404), (factories.coordinator, 200), (factories.administrator, 200)],
)
def test_page_of_components_is_for_those_who_run_the_portal(client, who, status):
    if who:
        client.force_login(who())
    assert client.get("/stils/").status_code == status


def test_robots_are_kept_from_personal_links(client, settings):
    settings.PUBLIC_URL = "https://padomes.example.org"
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    body = response.content.decode()
    assert "Disallow: /r/\n" in body
    assert body.endswith("Sitemap: https://padomes.example.org/sitemap.xml\n")


def test_sitemap_lists_what_is_public(client, settings):
    settings.PUBLIC_URL = "https://padomes.example.org"
    area = factories.neighbourhood()
    shown, draft = factories.event(), factories.event(published=False)
    row = factories.submission()
    response = client.get("/sitemap.xml")
    addresses = [node.text for node in ElementTree.fromstring(response.content).iter() if node.tag.endswith("loc")]
    assert "https://padomes.example.org/" in addresses
    for known in (area, shown, row.matter):
        assert f"https://padomes.example.org{known.get_absolute_url()}" in addresses
    assert not [address for address in addresses if draft.get_absolute_url() in address]
    assert len(addresses) == len(set(addresses))


def test_pages_are_kept_for_visitors_and_never_for_residents(client, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 60
    area = factories.neighbourhood("Pirmais nosaukums")
    client.get("/apkaimes/")
    Neighbourhood.objects.filter(pk=area.pk).update(short_name="Otrais nosaukums")
    assert "Pirmais nosaukums" in text(client.get("/apkaimes/"))
    client.force_login(factories.user())
    assert "Otrais nosaukums" in text(client.get("/apkaimes/"))


def test_broken_page_asks_nothing_of_the_database(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Kaut kas" in response.content.decode()
