"""Where things stand on a page: what the eye sees at once and no other test asks."""

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
    assert page.locator(":is(.ds-button, .ds-details, nav):visible").count() == 0
