"""The meeting's room in a real browser: on a phone, with the net away for a while, with two people at once, without
scripts."""

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import visitors
from tests.browser.people import field, follow, hold_first_answer, lose_first_answer, press
from tests.browser.visitors import DESK, PHONE
from tests.prove.conftest import DATABASES, LOGINS, run, shape

pytestmark = [pytest.mark.browser, pytest.mark.prove]

# A meeting that began ten minutes ago: Anna is the chair, Čilda the secretary; five members, two items.
MEETING = """
from datetime import timedelta
from django.utils import timezone
from itertools import count
from councils.models import Office
from people.models import User
factories._numbers = count(100 + 10 * User.objects.count())  # one portal, a council of its own for each test
def meeting(opened=True, called=True):
    from councils.operations import room
    names = ["Anna Āboliņa", "Bruno Bērziņš", "Čilda Čakste", "Dace Dūmiņa", "Edgars Ērglis"]
    users = [factories.user(name=name) for name in names]
    term = factories.term(seats=7)
    members = [factories.membership(term, user.person) for user in users]
    for member, kind in zip(members, Office.Kind.values):
        factories.office(member, kind)
    now = timezone.now()
    starts = now - timedelta(minutes=10)
    row = factories.meeting(term.council, starts_at=starts)
    items = [factories.agenda_item(row, title) for title in ("Gājēju pāreja", "Soliņi")]
    who = {"by": users[2], "now": now}
    if opened:
        row = room.open_meeting(
            meeting=row, leader=members[0].person, minute_taker=members[2].person, opened_at=starts, **who
        )
    if called:
        room.call_rest(meeting=row, council=term.council, mark="present", **who)
    people = {name: session_of(user) for name, user in zip(["anna", "bruno", "cilda", "dace", "edgars"], users)}
    return {"room": f"/sedes/{row.pk}/telpa/", "item": f"/sedes/{row.pk}/telpa/{items[0].pk}/", **people}
"""
NOTES = "Apspriešanas gaita"
PATIENCE = 15_000  # milliseconds; the script tries again every five seconds


def scene(portal, **options):
    return run(portal, f"{LOGINS}{MEETING}\nanswer = meeting(**{options!r})")


@pytest.fixture
def portal(embedded):
    return embedded[0]


def status(page: Page):
    """What the page says of the words that are being written."""
    return page.locator("[data-room-status]").first


def is_saved(page: Page) -> None:
    expect(status(page)).to_have_text(re.compile(r"^Saglabāts plkst\.\s\d\d\.\d\d\.$"), timeout=PATIENCE)


def is_waiting(page: Page) -> None:
    expect(status(page)).to_contain_text("Vēl nav nosūtīts")


def read(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("[data-room-ready]")).to_be_attached()


# --- the net goes away ------------------------------------------------------------------------------------------------


def test_words_typed_while_the_net_is_away_arrive_when_it_is_back(visit, portal):
    world = scene(portal)
    cilda = visit(portal.url, width=PHONE, session=world["cilda"])
    anna = visit(portal.url, width=PHONE, session=world["anna"])
    read(cilda, world["item"])
    field(cilda, NOTES).press_sequentially("Vecāki stāsta par pāreju.")
    is_saved(cilda)
    cilda.context.set_offline(True)
    field(cilda, NOTES).press_sequentially(" Tīkla nav.")
    is_waiting(cilda)
    read(anna, world["item"])
    expect(field(anna, NOTES)).to_have_value("Vecāki stāsta par pāreju.")
    cilda.context.set_offline(False)
    is_saved(cilda)
    expect(field(cilda, NOTES)).to_have_value("Vecāki stāsta par pāreju. Tīkla nav.")
    read(anna, world["item"])
    expect(field(anna, NOTES)).to_have_value("Vecāki stāsta par pāreju. Tīkla nav.")


def test_words_of_a_page_that_was_closed_are_sent_from_any_page_of_the_room(visit, portal):
    world = scene(portal)
    cilda = visit(portal.url, width=PHONE, session=world["cilda"])
    read(cilda, world["item"])
    cilda.context.set_offline(True)
    field(cilda, NOTES).press_sequentially("Teikts bez tīkla.")
    is_waiting(cilda)
    cilda.goto("about:blank")
    cilda.context.set_offline(False)
    with cilda.expect_response(lambda answer: answer.request.method == "POST" and world["item"] in answer.url):
        read(cilda, world["room"])
    expect(cilda.locator("[data-room-drafts]")).to_be_hidden()
    read(cilda, world["item"])
    expect(field(cilda, NOTES)).to_have_value("Teikts bez tīkla.")


def test_page_that_is_opened_again_still_has_what_was_not_sent(visit, portal):
    """The server is away, not the net: what was typed comes back with the page, and goes when the server is there."""
    world = scene(portal)
    cilda = visit(portal.url, width=PHONE, session=world["cilda"])
    read(cilda, world["item"])
    away = True

    def answer(route: Route) -> None:
        if away and route.request.method == "POST":
            route.abort("aborted")
        else:
            route.continue_()

    cilda.route("**/*", answer)
    field(cilda, NOTES).press_sequentially("Nepazūd.")
    is_waiting(cilda)
    read(cilda, world["item"])
    expect(field(cilda, NOTES)).to_have_value("Nepazūd.")
    is_waiting(cilda)
    away = False
    is_saved(cilda)


def test_answer_that_is_lost_on_its_way_makes_no_second_change(visit, portal):
    world = scene(portal)
    cilda = visit(portal.url, width=PHONE, session=world["cilda"])
    read(cilda, world["item"])
    follow(cilda, "Jauns uzdevums")
    lost = lose_first_answer(cilda, "**/uzdevumi/**")
    field(cilda, "Kas jādara").fill("Uzrakstīt vēstuli")
    field(cilda, "Atbildīgais loceklis").select_option("Bruno Bērziņš")
    press(cilda, "Saglabāt")
    is_waiting(cilda)
    expect(cilda).to_have_url(re.compile(f"{world['item']}$"), timeout=PATIENCE)
    tasks = cilda.get_by_role("region", name="Uzdevumi").get_by_role("listitem")
    expect(tasks).to_have_count(1)
    expect(tasks).to_contain_text("Bruno Bērziņš")
    assert lost == ["saved"]


def test_vote_that_is_closed_without_the_net_keeps_its_time(visit, portal):
    world = scene(portal)
    cilda = visit(portal.url, width=PHONE, session=world["cilda"])
    read(cilda, world["item"])
    follow(cilda, "Jauns lēmums")
    field(cilda, "Lēmuma teksts").fill("Lūgt ierīkot gājēju pāreju.")
    press(cilda, "Saglabāt")
    cilda.get_by_role("link", name="Balsot", exact=True).click()
    expect(cilda.locator("[data-room-ready]")).to_be_attached()
    field(cilda, "Visi, kas zemāk nav atzīmēti").select_option("Par")
    cilda.get_by_role("group", name="Edgars Ērglis").get_by_label("Pret").check()
    cilda.context.set_offline(True)
    press(cilda, "Slēgt balsojumu")
    is_waiting(cilda)
    said = cilda.locator("[name=at]").input_value()
    assert re.fullmatch(r"\d\d:\d\d", said)
    cilda.context.set_offline(False)
    expect(cilda).to_have_url(re.compile(f"{world['item']}$"), timeout=PATIENCE)
    result = cilda.locator(".kp-result")
    expect(result).to_contain_text("pieņemts")
    expect(result).to_contain_text("par 4, pret 1, atturas 0")
    follow(cilda, "Labot balsojumu")
    expect(cilda.locator("[name=at]")).to_have_value(said)


def test_session_that_ended_loses_nothing(visit, portal):
    world = scene(portal)
    cilda = visit(portal.url, width=PHONE, session=world["cilda"])
    read(cilda, world["item"])
    cookies = cilda.context.cookies()
    cilda.context.clear_cookies(name="sessionid")
    field(cilda, NOTES).press_sequentially("Pēc ilgas pauzes.")
    expect(status(cilda)).to_contain_text("ienāc vēlreiz")
    cilda.context.add_cookies([cookie for cookie in cookies if cookie["name"] == "sessionid"])  # logged in elsewhere
    read(cilda, world["item"])
    is_saved(cilda)
    expect(field(cilda, NOTES)).to_have_value("Pēc ilgas pauzes.")


# --- two people at once -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", DATABASES)
def test_two_people_at_one_item_see_both_texts_and_choose(database, chromium):
    with ExitStack() as stack:
        portal, *_servers = shape(stack, database)
        world = scene(portal)
        people = [
            visitors.Visitor(chromium, portal.url, width=width, session=world[name])
            for name, width in (("anna", DESK), ("cilda", PHONE))
        ]
        anna, cilda = (person.page for person in people)
        try:
            both_write(anna, cilda, world["item"])
        finally:
            for person in people:
                person.close()
        assert [fault for person in people for fault in person.faults] == []


def both_write(anna: Page, cilda: Page, address: str) -> None:
    for page in (anna, cilda):
        read(page, address)
    field(anna, NOTES).press_sequentially("Anna: pie skolas.")
    is_saved(anna)
    field(cilda, NOTES).press_sequentially("Čilda: pie veikala.")
    expect(status(cilda)).to_contain_text("pa to laiku to saglabāja kāds cits")
    conflict = cilda.locator(".kp-both")
    expect(conflict).to_contain_text("Anna: pie skolas.")
    expect(conflict).to_contain_text("Čilda: pie veikala.")
    expect(field(cilda, NOTES)).to_have_value("Čilda: pie veikala.")
    assert cilda.evaluate("document.documentElement.scrollWidth") == PHONE  # nothing sticks out on a phone
    press(cilda, "Paturēt abus, vienu aiz otra")
    expect(field(cilda, NOTES)).to_have_value("Anna: pie skolas.\n\nČilda: pie veikala.")

    field(anna, NOTES).press_sequentially(" Un vēl.")
    expect(anna.locator(".kp-both")).to_be_visible()
    press(anna, "Paturēt otru")
    expect(field(anna, NOTES)).to_have_value("Anna: pie skolas.\n\nČilda: pie veikala.")
    read(cilda, address)
    expect(field(cilda, NOTES)).to_have_value("Anna: pie skolas.\n\nČilda: pie veikala.")


def test_who_types_on_keeps_the_cursor_while_words_are_saved(visit, portal):
    world = scene(portal)
    cilda = visit(portal.url, session=world["cilda"])
    read(cilda, world["item"])
    notes = field(cilda, NOTES)
    notes.press_sequentially("Viens")
    is_saved(cilda)
    notes.press_sequentially(" divi", delay=300)
    is_saved(cilda)
    expect(notes).to_have_value("Viens divi")
    expect(notes).to_be_focused()


def test_quorum_of_a_page_that_is_open_follows_the_roll(visit, portal):
    world = scene(portal, called=False)
    dace = visit(portal.url, width=PHONE, session=world["dace"])
    cilda = visit(portal.url, width=PHONE, session=world["cilda"])
    read(dace, world["room"])
    expect(dace.locator(".kp-quorum")).to_contain_text("0 no 5: nav lemttiesīga")
    read(cilda, f"{world['room']}klatbutne/")
    for name in ("Anna Āboliņa", "Bruno Bērziņš", "Čilda Čakste"):
        member = cilda.get_by_role("group", name=name)
        member.get_by_label("Klāt", exact=True).check()
        expect(member.get_by_role("status")).to_contain_text("Saglabāts")
    expect(cilda.locator(".kp-quorum")).to_contain_text("3 no 5: lemttiesīga")
    expect(dace.locator(".kp-quorum")).to_contain_text("3 no 5: lemttiesīga", timeout=30_000)  # nobody touched it


def test_quorum_that_was_asked_before_the_last_mark_is_asked_again(visit, portal):
    """On a slow server the next member is marked while the quorum of the one before is still on its way."""
    world = scene(portal, called=False)
    cilda = visit(portal.url, width=PHONE, session=world["cilda"])
    read(cilda, f"{world['room']}klatbutne/")
    said, let_go = hold_first_answer(cilda, "**/kvorums/")
    for name in ("Anna Āboliņa", "Bruno Bērziņš"):
        member = cilda.get_by_role("group", name=name)
        member.get_by_label("Klāt", exact=True).check()
        expect(member.get_by_role("status")).to_contain_text("Saglabāts")
    expect(cilda.locator(".kp-quorum")).to_contain_text("0 no 5")
    assert "1 no 5" in said[0]
    let_go()
    soon = 10_000  # before it looks by itself
    expect(cilda.locator(".kp-quorum")).to_contain_text("2 no 5: nav lemttiesīga", timeout=soon)


# --- without scripts --------------------------------------------------------------------------------------------------


def test_whole_meeting_on_a_phone_without_scripts(visit, portal):
    world = scene(portal, opened=False, called=False)
    cilda = visit(portal.url, width=PHONE, session=world["cilda"], scripts=False)
    cilda.goto(world["room"])
    follow(cilda, "Atklāt sēdi")
    press(cilda, "Atklāt sēdi")
    for name, mark in (("Anna", "Klāt"), ("Bruno", "Attālināti"), ("Čilda", "Klāt"), ("Dace", "Klāt")):
        cilda.get_by_role("group", name=re.compile(f"^{name}")).get_by_label(mark, exact=True).check()
    cilda.get_by_role("group", name=re.compile("^Edgars")).get_by_label("Neattaisnots").check()
    press(cilda, "Saglabāt klātbūtni")
    expect(cilda.locator(".kp-quorum")).to_contain_text("4 no 5: lemttiesīga")

    follow(cilda, "Turpināt: 1. jautājums")
    field(cilda, NOTES).fill("Vecāki stāsta par pāreju.")
    press(cilda, "Saglabāt")
    expect(field(cilda, NOTES)).to_have_value("Vecāki stāsta par pāreju.")
    follow(cilda, "Kāds nepiedalās")
    field(cilda, "Loceklis").select_option("Dace Dūmiņa")
    press(cilda, "Ierakstīt")
    expect(cilda.get_by_role("region", name="Interešu konflikts (§33)")).to_contain_text("Dace Dūmiņa")
    follow(cilda, "Jauns lēmums")
    field(cilda, "Lēmuma teksts").fill("Lūgt ierīkot gājēju pāreju.")
    press(cilda, "Saglabāt")
    follow(cilda, "Balsot")
    expect(cilda.get_by_role("group", name="Dace Dūmiņa")).to_have_count(0)
    cilda.get_by_role("group", name="Anna Āboliņa").get_by_label("Par").check()
    cilda.get_by_role("group", name="Bruno Bērziņš").get_by_label("Pret").check()
    cilda.get_by_role("group", name="Čilda Čakste").get_by_label("Atturas").check()
    press(cilda, "Slēgt balsojumu")
    result = cilda.locator(".kp-result")
    expect(result).to_contain_text("pieņemts")
    expect(result).to_contain_text("balsis vienādi, izšķīra priekšsēdētāja balss (§26)")

    cilda.goto(world["room"])
    follow(cilda, "Slēgt sēdi")
    expect(cilda.get_by_role("listitem").filter(has_text="Soliņi")).to_be_visible()  # moves to the next meeting
    press(cilda, "Slēgt sēdi")
    expect(cilda.get_by_role("link", name="Uz protokolu")).to_be_visible()


def test_member_follows_the_record_and_has_nothing_to_press(visit, portal):
    world = scene(portal)
    dace = visit(portal.url, width=PHONE, session=world["dace"])
    read(dace, world["room"])
    follow(dace, "1. Gājēju pāreja")
    expect(dace.locator("main form")).to_have_count(0)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_everything_to_touch_is_as_large_as_a_thumb(visit, portal, width):
    """Buttons and answers are at least 44 px high; nothing sticks out at the side."""
    world = scene(portal)
    cilda = visit(portal.url, width=width, session=world["cilda"])
    for path in ("", "klatbutne/", "sede/", "slegt/"):
        read(cilda, world["room"] + path)
        thumbs(cilda, width)
    read(cilda, world["item"])
    thumbs(cilda, width)
    follow(cilda, "Jauns lēmums")
    field(cilda, "Lēmuma teksts").fill("Lūgt ierīkot gājēju pāreju.")
    press(cilda, "Saglabāt")
    cilda.get_by_role("link", name="Balsot", exact=True).click()
    expect(cilda.locator("[data-room-ready]")).to_be_attached()
    thumbs(cilda, width)


TARGETS = ".ds-button, summary, .kp-marks .ds-field, select, .kp-items a"
SMALL = """targets => [...document.querySelectorAll(`main :is(${targets})`)]
  .map(it => [it.innerText.trim(), it.getBoundingClientRect().height])
  .filter(([, height]) => height && height < 43.9)"""


def thumbs(page: Page, width: int) -> None:
    assert page.evaluate(SMALL, TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
