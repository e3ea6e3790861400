"""At the door, in a real browser: the scanned code, names as typed, two phones, a net that goes away, no script."""

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from tests.browser import visitors
from tests.browser.people import field, follow, hold_first_answer, lose_first_answer, press
from tests.browser.visitors import DESK, PHONE
from tests.prove.conftest import DATABASES, LOGINS, run, shape

pytestmark = [pytest.mark.browser, pytest.mark.prove]

# An event that began ten minutes ago, with three people on the list and one in the queue.
EVENT = """
from datetime import timedelta
from itertools import count
from django.utils import timezone
from events import codes
from people.models import User
factories._numbers = count(100 + 10 * User.objects.count())  # one portal, an event of its own for each test
def happening(capacity=None, people=0):
    event = factories.event("Diena parkā", starts_at=timezone.now() - timedelta(minutes=10), capacity=capacity)
    names = {"kersta": ("Ķērsta Ļaudona", 3), "janis": ("Jānis Bērzs", 1), "zane": ("Zane Šķēle", 1)}
    rows = {key: factories.rsvp(event, factories.person(name), party_size=n) for key, (name, n) in names.items()}
    rows["vilis"] = factories.rsvp(event, factories.person("Vilis Gaidītājs"), state="waiting")
    for n in range(people):
        factories.rsvp(event, factories.person(f"Ilze Nr{n:03}"))
    path = lambda row: "/" + codes.check_in_url(row).split("/", 3)[3]
    return {
        "door": f"/panelis/pasakumi/{event.pk}/ieeja/",
        "list": f"/panelis/pasakumi/{event.pk}/pieteikumi/",
        "codes": {key: path(row) for key, row in rows.items()},
        "first": session_of(factories.coordinator()),
        "second": session_of(factories.coordinator()),
        "resident": session_of(factories.user()),
    }
def came(door):
    from events.models import CheckIn
    rows = CheckIn.objects.standing().filter(event=door.split("/")[3]).select_related("rsvp__person")
    return sorted([row.rsvp.person.name if row.rsvp else "", row.people] for row in rows)
"""
PATIENCE = 20_000  # milliseconds; the script tries again every five seconds and looks every ten


def scene(portal, **options):
    return run(portal, f"{LOGINS}{EVENT}\nanswer = happening(**{options!r})")


def came(portal, world) -> list[list]:
    return run(portal, f"{LOGINS}{EVENT}\nanswer = came({world['door']!r})")


@pytest.fixture(scope="module")
def portal():
    """A portal of their own: what happens at the door today stands in every list of events."""
    with ExitStack() as stack:
        yield shape(stack, "sqlite")[0]


def read(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("[data-door-ready]")).to_be_attached()


def line(page: Page, name: str):
    return page.locator("[data-door-lines] > li").filter(has_text=name)


def arrive(page: Page, name: str) -> None:
    line(page, name).get_by_role("button", name="Ieradās").click()


def is_in(page: Page, name: str, **options) -> None:
    expect(line(page, name)).to_contain_text(re.compile(r"Ieradās \d+ cilvēk[si]"), **options)


def number(page: Page, words: str):
    return page.locator("[data-door-numbers] li").filter(has_text=words).locator("b")


def queue(page: Page):
    return page.locator("[data-door-queue]")


# --- the code ---------------------------------------------------------------------------------------------------------


def test_scanned_code_lets_a_party_in_and_tells_others_nothing(visit, portal):
    world = scene(portal)
    code = world["codes"]["kersta"]
    for session in ("", world["resident"]):
        guest = visit(portal.url, width=PHONE, session=session)
        guest.goto(code)
        expect(guest.get_by_role("heading", name="Parādi šo kodu pie ieejas")).to_be_visible()
        expect(guest.locator("body")).not_to_contain_text("Ķērsta")
    phone = visit(portal.url, width=PHONE, session=world["first"])
    read(phone, code)
    expect(phone.get_by_role("heading", name="Ķērsta Ļaudona")).to_be_visible()
    phone.get_by_label("Cik cilvēku ieradās?").fill("2")
    phone.get_by_role("button", name="Ieradās").click()
    expect(phone.locator("[data-door-card]")).to_contain_text("Ieradās 2 cilvēki")
    read(phone, code)  # scanned once more: nothing to press a second time
    expect(phone.get_by_role("button", name="Ieradās")).to_have_count(0)
    assert came(portal, world) == [["Ķērsta Ļaudona", 2]]
    phone.get_by_role("button", name="Atsaukt").click()
    expect(phone.get_by_role("button", name="Ieradās")).to_be_visible()
    assert came(portal, world) == []


# --- the list ---------------------------------------------------------------------------------------------------------


def test_name_is_found_while_it_is_typed_and_one_press_lets_in(visit, portal):
    world = scene(portal, people=40)
    phone = visit(portal.url, width=PHONE, session=world["first"])
    read(phone, world["door"])
    field(phone, "Vārds").press_sequentially("laud kers")
    expect(phone.locator("[data-door-lines] > li:visible")).to_have_count(1)
    arrive(phone, "Ķērsta Ļaudona")
    is_in(phone, "Ķērsta Ļaudona")
    expect(number(phone, "Ieradās")).to_have_text("3")
    expect(line(phone, "Ķērsta Ļaudona")).to_be_focused()  # and not the button that takes it back
    field(phone, "Vārds").fill("nav tāda")
    expect(phone.get_by_text("Neviena ar šādu vārdu sarakstā nav.")).to_be_visible()
    field(phone, "Vārds").fill("")
    expect(phone.locator("[data-door-lines] > li:visible")).to_have_count(44)
    line(phone, "Ķērsta Ļaudona").get_by_role("button", name="Atsaukt").click()
    expect(line(phone, "Ķērsta Ļaudona").get_by_role("button", name="Ieradās")).to_be_visible()
    expect(number(phone, "Ieradās")).to_have_text("0")


def test_walk_in_is_in_within_seconds(visit, portal):
    world = scene(portal)
    phone = visit(portal.url, width=PHONE, session=world["first"])
    read(phone, world["door"])
    phone.get_by_text("Atnāca bez pieteikšanās").click()
    new = phone.locator("[data-door-form=new]")
    new.get_by_label("Vārds un uzvārds").fill("Rūta Žīgure")
    new.get_by_label("Cik cilvēku ieradās?").fill("2")
    press(phone, "Ielaist")
    is_in(phone, "Rūta Žīgure")
    expect(new.get_by_label("Vārds un uzvārds")).to_have_value("")
    expect(new.get_by_label("Vārds un uzvārds")).to_be_focused()
    phone.wait_for_timeout(1100)  # a press within a second is taken for the same one
    new.get_by_role("button").dblclick()  # nobody presses carefully at a door
    is_in(phone, "Bez vārda")
    expect(number(phone, "Bez pieteikšanās")).to_have_text("3")
    assert came(portal, world) == [["", 1], ["Rūta Žīgure", 2]]
    line(phone, "Bez vārda").get_by_role("button", name="Atsaukt").click()
    expect(line(phone, "Bez vārda")).to_have_count(0)
    expect(number(phone, "Ieradās")).to_have_text("2")


def test_full_hall_asks_the_organiser(visit, portal):
    world = scene(portal, capacity=5)
    phone = visit(portal.url, width=PHONE, session=world["first"])
    read(phone, world["door"])
    arrive(phone, "Vilis Gaidītājs")
    expect(queue(phone)).to_contain_text("Vilis Gaidītājs: Visas vietas ir aizņemtas.")
    expect(line(phone, "Vilis Gaidītājs")).to_contain_text("gaida")
    assert came(portal, world) == []
    press(phone, "Aizmirst")
    expect(queue(phone)).to_be_hidden()
    arrive(phone, "Vilis Gaidītājs")
    press(phone, "Ielaist tik un tā")
    is_in(phone, "Vilis Gaidītājs")
    expect(queue(phone)).to_be_hidden()


@pytest.mark.parametrize("database", DATABASES)
def test_two_phones_see_each_other_and_count_everybody_once(database, chromium):
    with ExitStack() as stack:
        portal, *_servers = shape(stack, database)
        world = scene(portal)
        people = [
            visitors.Visitor(chromium, portal.url, width=PHONE, session=world[name]) for name in ("first", "second")
        ]
        try:
            both_at_the_door(*(person.page for person in people), world)
        finally:
            for person in people:
                person.close()
        assert [fault for person in people for fault in person.faults] == []
        assert came(portal, world) == [["Jānis Bērzs", 1], ["Ķērsta Ļaudona", 3]]


def both_at_the_door(first: Page, second: Page, world) -> None:
    for page in (first, second):
        read(page, world["door"])
        page.context.set_offline(True)
        arrive(page, "Ķērsta Ļaudona")  # both phones press for the same person
        expect(queue(page)).to_contain_text("Vēl nav atzīmēts: 1")
    for page in (first, second):
        page.context.set_offline(False)
    for page in (first, second):
        is_in(page, "Ķērsta Ļaudona", timeout=PATIENCE)
        expect(queue(page)).to_be_hidden()
    arrive(first, "Jānis Bērzs")
    is_in(second, "Jānis Bērzs", timeout=PATIENCE)  # nobody touched it
    expect(number(second, "Ieradās")).to_have_text("4")


# --- the net goes away ------------------------------------------------------------------------------------------------


def test_what_is_pressed_without_the_net_is_sent_later_and_counts_once(visit, portal):
    world = scene(portal)
    phone = visit(portal.url, width=PHONE, session=world["first"])
    read(phone, world["door"])
    phone.context.set_offline(True)
    arrive(phone, "Ķērsta Ļaudona")
    arrive(phone, "Jānis Bērzs")
    phone.get_by_text("Atnāca bez pieteikšanās").click()
    field(phone, "Vārds un uzvārds").fill("Rūta Žīgure")
    press(phone, "Ielaist")
    expect(queue(phone)).to_contain_text("Vēl nav atzīmēts: 3")
    expect(line(phone, "Jānis Bērzs")).to_contain_text("gaida internetu")
    arrive(phone, "Jānis Bērzs")  # once more, because nothing seems to happen
    arrive(phone, "Zane Šķēle")
    expect(queue(phone)).to_contain_text("Vēl nav atzīmēts: 4")
    queue(phone).get_by_role("listitem").filter(has_text="Zane").get_by_role("button", name="Aizmirst").click()
    expect(queue(phone)).to_contain_text("Vēl nav atzīmēts: 3")
    phone.context.set_offline(False)
    expect(queue(phone)).to_be_hidden(timeout=PATIENCE)
    is_in(phone, "Rūta Žīgure")
    assert came(portal, world) == [["Jānis Bērzs", 1], ["Rūta Žīgure", 1], ["Ķērsta Ļaudona", 3]]


def test_page_that_was_closed_sends_what_waits_when_it_is_opened_again(visit, portal):
    world = scene(portal)
    phone = visit(portal.url, width=PHONE, session=world["first"])
    read(phone, world["door"])
    phone.context.set_offline(True)
    arrive(phone, "Jānis Bērzs")
    expect(queue(phone)).to_contain_text("Vēl nav atzīmēts: 1")
    phone.goto("about:blank")
    phone.context.set_offline(False)
    read(phone, world["codes"]["zane"])  # any page at the door
    expect(queue(phone)).to_be_hidden()
    read(phone, world["door"])
    is_in(phone, "Jānis Bērzs")


def test_answer_that_is_lost_on_its_way_lets_nobody_in_twice(visit, portal):
    world = scene(portal)
    phone = visit(portal.url, width=PHONE, session=world["first"])
    read(phone, world["door"])
    lost = lose_first_answer(phone, "**/bez-pieteikuma/")
    phone.get_by_text("Atnāca bez pieteikšanās").click()
    field(phone, "Vārds un uzvārds").fill("Rūta Žīgure")
    press(phone, "Ielaist")
    expect(queue(phone)).to_contain_text("Rūta Žīgure: gaida internetu")
    expect(queue(phone)).to_be_hidden(timeout=PATIENCE)
    is_in(phone, "Rūta Žīgure")
    assert lost == ["saved"]
    assert came(portal, world) == [["Rūta Žīgure", 1]]


def test_news_that_were_asked_before_a_press_do_not_take_it_back(visit, portal):
    world = scene(portal)
    phone = visit(portal.url, width=PHONE, session=world["first"])
    read(phone, world["door"])
    arrive(phone, "Ķērsta Ļaudona")
    is_in(phone, "Ķērsta Ļaudona")
    line(phone, "Ķērsta Ļaudona").get_by_role("button", name="Atsaukt").click()
    expect(line(phone, "Ķērsta Ļaudona").get_by_role("button", name="Ieradās")).to_be_visible()
    said, let_go = hold_first_answer(phone, "**/jaunumi/**")
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # looks at once
    phone.wait_for_timeout(500)
    assert "Ķērsta Ļaudona" in said[0]
    phone.wait_for_timeout(700)  # a second press at once would be the same one
    arrive(phone, "Ķērsta Ļaudona")
    is_in(phone, "Ķērsta Ļaudona")
    let_go()
    is_in(phone, "Ķērsta Ļaudona", timeout=1)
    assert came(portal, world) == [["Ķērsta Ļaudona", 3]]


def test_hall_that_filled_meanwhile_asks_when_the_net_is_back(visit, portal):
    world = scene(portal, capacity=6)  # one seat is free
    first = visit(portal.url, width=PHONE, session=world["first"])
    second = visit(portal.url, width=PHONE, session=world["second"])
    for page in (first, second):
        read(page, world["door"])
    first.context.set_offline(True)
    arrive(first, "Vilis Gaidītājs")
    expect(queue(first)).to_contain_text("Vēl nav atzīmēts: 1")
    second.get_by_text("Atnāca bez pieteikšanās").click()
    press(second, "Ielaist")
    is_in(second, "Bez vārda")
    first.context.set_offline(False)
    expect(queue(first)).to_contain_text("Visas vietas ir aizņemtas", timeout=PATIENCE)
    press(first, "Ielaist tik un tā")
    is_in(first, "Vilis Gaidītājs")


def test_session_that_ended_loses_nothing(visit, portal):
    world = scene(portal)
    phone = visit(portal.url, width=PHONE, session=world["first"])
    read(phone, world["door"])
    cookies = phone.context.cookies()
    phone.context.clear_cookies(name="sessionid")
    arrive(phone, "Jānis Bērzs")
    expect(queue(phone)).to_contain_text("ienāc vēlreiz")
    phone.context.add_cookies([cookie for cookie in cookies if cookie["name"] == "sessionid"])  # logged in elsewhere
    read(phone, world["door"])
    is_in(phone, "Jānis Bērzs")


# --- without scripts --------------------------------------------------------------------------------------------------


def test_whole_evening_on_a_phone_without_scripts(visit, portal):
    world = scene(portal, capacity=5)
    phone = visit(portal.url, width=PHONE, session=world["first"], scripts=False)
    phone.goto(world["list"])
    follow(phone, "Pie ieejas")
    field(phone, "Vārds").fill("kerstai")
    press(phone, "Meklēt")
    expect(phone.locator("[data-door-lines] > li")).to_have_count(1)
    phone.get_by_label("Cik cilvēku ieradās? Ķērsta").fill("2")
    arrive(phone, "Ķērsta Ļaudona")
    is_in(phone, "Ķērsta Ļaudona")
    line(phone, "Ķērsta Ļaudona").get_by_role("button", name="Atsaukt").click()
    arrive(phone, "Ķērsta Ļaudona")
    follow(phone, "Rādīt visus")

    phone.get_by_text("Atnāca bez pieteikšanās").click()
    field(phone, "Vārds un uzvārds").fill("Rūta Žīgure")
    press(phone, "Ielaist")
    expect(phone.get_by_role("heading", name="Brīvo vietu nepietiek")).to_be_visible()
    follow(phone, "Neielaist")
    expect(line(phone, "Rūta Žīgure")).to_have_count(0)
    phone.get_by_text("Atnāca bez pieteikšanās").click()
    field(phone, "Vārds un uzvārds").fill("Rūta Žīgure")
    press(phone, "Ielaist")
    press(phone, "Ielaist tik un tā")
    is_in(phone, "Rūta Žīgure")
    phone.goto(world["codes"]["zane"])
    phone.get_by_role("button", name="Ieradās").click()
    expect(phone.locator("[data-door-card]")).to_contain_text("Ieradās 1 cilvēks")
    assert came(portal, world) == [["Rūta Žīgure", 1], ["Zane Šķēle", 1], ["Ķērsta Ļaudona", 3]]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_everything_to_touch_is_as_large_as_a_thumb(visit, portal, width):
    """Buttons and fields are at least 44 px high; nothing sticks out at the side."""
    world = scene(portal)
    phone = visit(portal.url, width=width, session=world["first"])
    for path in (world["door"], world["codes"]["kersta"]):
        read(phone, path)
        for summary in phone.locator("main summary").all():
            summary.click()
        phone.get_by_role("button", name="Ieradās").first.click()
        expect(phone.get_by_role("button", name="Atsaukt").first).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") == width
        assert phone.evaluate(SMALL) == []


SMALL = """[...document.querySelectorAll("main :is(.ds-button, .ds-input, summary)")]
  .map(it => [it.innerText.trim(), it.getBoundingClientRect().height])
  .filter(([, height]) => height && height < 43.9)"""
