"""The picture in the README: made by UPDATE_PICTURES=1, otherwise compared with what the page looks like now."""

import os
import struct
from datetime import date

import pytest
from django.core.management import call_command
from django.utils import timezone

from dashboard.demo import moment_of
from tests.browser.visitors import DESK
from tests.servers import ROOT

pytestmark = pytest.mark.browser

PICTURE = ROOT / "docs/pictures/sakums.png"
DAY = date(2026, 11, 23)
HEIGHT = 1270  # down to the cards of the neighbourhoods
MOST_BYTES = 300_000


def test_picture_of_the_home_page_is_that_of_today(live_server, visit, monkeypatch):
    """Made on another machine it may differ in the edges of letters, not in what there is to see."""
    moment = moment_of(DAY)
    call_command("demo", on=DAY, verbosity=0)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    page = visit(live_server.url, width=DESK)
    page.set_viewport_size({"width": DESK, "height": HEIGHT})
    page.goto("/")
    page.evaluate("document.fonts.ready")
    shot = page.screenshot(animations="disabled")

    if os.environ.get("UPDATE_PICTURES"):
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(shot)
    kept = PICTURE.read_bytes()
    assert size(kept) == size(shot) == (DESK, HEIGHT)
    assert 0.8 < len(shot) / len(kept) < 1.25, (
        "The home page looks different: UPDATE_PICTURES=1 makes its picture anew."
    )
    assert len(kept) < MOST_BYTES


def size(png: bytes) -> tuple[int, int]:
    """Width and height as the head of the file has them."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height
