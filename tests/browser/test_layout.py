"""Where things stand on a page: what the eye sees at once and no other test asks."""

import re

import pytest

from tests.browser.people import row
from tests.browser.visitors import DESK, PHONE

pytestmark = pytest.mark.browser


def box(page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found, selector
    return found


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_event_begins_with_its_title_and_the_sign_up_stands_beside_or_below(visit, embedded, width):
    page = visit(embedded[0].url, width=width)
    page.goto("/kalendars/")
    row(page, "Saruna par ceļiem").get_by_role("link").first.click()
    crumbs, head, card, body = (
        box(page, selector) for selector in ("nav.ds-breadcrumbs", ".kp-event__head", ".kp-rsvp", ".kp-event__body")
    )
    assert head["y"] - (crumbs["y"] + crumbs["height"]) < 40
    assert head["x"] == body["x"]
    if width == PHONE:
        assert card["x"] == head["x"]
        assert head["y"] + head["height"] < card["y"] < body["y"]
    else:
        assert head["x"] + head["width"] < card["x"]
        assert abs(head["y"] - card["y"]) < 24
        assert body["y"] - (head["y"] + head["height"]) < 40


@pytest.mark.parametrize("path", ["/apkaimes/meklet/", "/meklet/", "/lemumi/", "/kalendars/"])
def test_a_word_longer_than_the_line_does_not_widen_the_page(visit, embedded, path):
    page = visit(embedded[0].url, width=PHONE)
    page.goto(f"{path}?q={'a' * 200}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_calendar_of_a_phone_begins_on_the_first_screen(visit, embedded):
    page = visit(embedded[0].url, width=PHONE)
    page.goto("/kalendars/")
    bar = page.locator("nav").filter(has=page.get_by_role("link", name="Sākums")).last.bounding_box()
    assert row(page, "Saruna par ceļiem").bounding_box()["y"] < bar["y"]


@pytest.mark.parametrize("path", ["/", "/kalendars/", "event"])
def test_paper_has_what_is_read_and_not_what_is_pressed(visit, embedded, path):
    page = visit(embedded[0].url)
    page.goto("/kalendars/")
    if path == "event":
        row(page, "Saruna par ceļiem").get_by_role("link").first.click()
    else:
        page.goto(path)
    assert page.locator("main").get_by_text("Saruna par ceļiem").first.is_visible()
    assert page.locator(".ds-button:visible").count()
    page.emulate_media(media="print")
    assert page.locator("main").get_by_text("Saruna par ceļiem").first.is_visible()
    assert page.locator(":is(.ds-button, .ds-details, nav, select):visible").count() == 0
    if path == "event":
        assert page.get_by_text("Ieeja no pagalma puses.").is_visible(), "nobody can press a sheet of paper to see it"


def test_words_without_a_break_stay_on_the_page(visit, embedded):
    portal, _post, sessions = embedded
    page = visit(portal.url, session=sessions["coordinator"])
    page.goto("/panelis/apkaimes/pulkarne/padome/")
    page.get_by_label("Nosaukums").fill("Ļ" * 120)
    page.get_by_role("button", name="Saglabāt").click()
    page.goto("/panelis/apkaimes/pulkarne/sasaukums/")
    page.get_by_label(re.compile("^Vietas")).fill("5")
    page.get_by_role("button", name="Sākt sasaukumu").click()
    page.goto("/panelis/apkaimes/pulkarne/loceklis/")
    page.get_by_label("Vārds", exact=True).fill("Ķ" * 60)
    page.get_by_label(re.compile("^Uzvārds")).fill("Ņ" * 60)
    page.get_by_role("button", name="Pievienot").click()
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/panelis/apkaimes/pulkarne/", "/apkaimes/pulkarne/", "/apkaimes/pulkarne/padome/"):
            page.goto(path)
            room, taken = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
            assert taken <= room, (path, width)
