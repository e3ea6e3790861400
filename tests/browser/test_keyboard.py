"""The main job by keyboard alone: every stop can be seen, nothing covers it, the head of a page can be skipped."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import field, heading
from tests.browser.visitors import DESK, PHONE

pytestmark = pytest.mark.browser

# What the keyboard is on: its words, whether it stands out, and whether one can see it. The button inside a field of a
# day or time is the browser's own, and so is the ring around it.
STOP = """() => {
  const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
  const words = it.labels && it.labels.length ? it.labels[0].innerText : it.getAttribute('aria-label') || it.innerText;
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const there = document.elementFromPoint((left + right) / 2, box.top + Math.min(box.height / 2, 30));
  const parts = [it, ...(it.labels || [])];
  return {
    words: (words || '').replace(/\\s+/g, ' ').trim(),
    ring: !it.matches(':focus') || parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none',
    shown: right - left > 20 && Boolean(there) && parts.some(part => part.contains(there)),
  };
}"""


def tab_to(page: Page, words: str, *, most: int = 120) -> None:
    """Press Tab until the keyboard is on what says `words`; each stop on the way must be seen."""
    for _stop in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        for _wait in range(20):  # the browser scrolls to it some frames later
            if stop["shown"]:
                break
            page.wait_for_timeout(50)
            stop = page.evaluate(STOP)
        assert stop["ring"], f"no ring around “{stop['words']}” on {page.url}"
        assert stop["shown"], f"“{stop['words']}” is out of sight or covered on {page.url}"
        if stop["words"] in (words, f"{words} (nav obligāti)"):
            return
    raise AssertionError(f"Tab never comes to “{words}” on {page.url}")


def skip_to_content(page: Page) -> None:
    tab_to(page, "Pāriet uz saturu", most=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_resident_finds_the_neighbourhood_and_signs_up_by_keyboard(visit, embedded, width):
    portal, _post, sessions = embedded
    page = visit(portal.url, width=width, session=sessions["resident"])
    page.goto("/apkaimes/meklet/")
    skip_to_content(page)
    tab_to(page, "Iela, ciems vai pilsēta", most=1)
    page.keyboard.type("mellupi")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Mellupi")
    skip_to_content(page)
    tab_to(page, "Iela, ciems vai pilsēta", most=1)
    tab_to(page, "Atvērt: Mežinieki")
    page.keyboard.press("Enter")
    heading(page, "Mežinieki")
    tab_to(page, "Saruna par ceļiem")
    page.keyboard.press("Enter")
    heading(page, "Saruna par ceļiem")
    tab_to(page, "Pieteikties")
    page.keyboard.press("Space")
    heading(page, "Pieteikums saņemts")
    tab_to(page, "Atcelt pieteikumu")
    page.keyboard.press("Enter")
    heading(page, "Atbrīvot vietu?")
    tab_to(page, "Atbrīvot vietu")
    page.keyboard.press("Space")
    heading(page, "Pieteikums ir atcelts")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_coordinator_publishes_a_meeting_by_keyboard(visit, embedded, width):
    portal, _post, sessions = embedded
    page = visit(portal.url, width=width, session=sessions["coordinator"])
    page.goto("/panelis/")
    skip_to_content(page)
    tab_to(page, "Jauna sēde")
    page.keyboard.press("Enter")
    heading(page, "Jauna sēde")

    tab_to(page, "Publicēt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()  # so the next Tab goes into the list of what to mend
    tab_to(page, "Padome – Izvēlies padomi, kas rīko sēdi.", most=1)
    page.keyboard.press("Enter")

    page.goto("/panelis/sedes/jauna/")
    skip_to_content(page)
    tab_to(page, "Mežinieki")
    page.keyboard.press("Space")
    tab_to(page, "Nosaukums")
    page.keyboard.press("Control+A")
    page.keyboard.type(f"Sēde no tastatūras {width}")
    tab_to(page, "Datums")
    day = day_like_its_month(date.today() + timedelta(days=14 if width == PHONE else 60))
    page.keyboard.type(f"{day:%d%m%Y}")
    tab_to(page, "Sākums")
    page.keyboard.type("1030A")
    tab_to(page, "Beigas")
    page.keyboard.type("1130A")
    tab_to(page, "Vieta")
    page.keyboard.type("Plakanciema skola")
    tab_to(page, "Darba kārtība")
    page.keyboard.type("10 | Budžets")
    page.keyboard.press("Enter")
    page.keyboard.type("Dažādi")
    tab_to(page, "Vietas")
    page.keyboard.type("40")
    assert field(page, "Datums").input_value() == day.isoformat()
    tab_to(page, "Apraksts, pieteikšanās un atgādinājumi")
    page.keyboard.press("Enter")
    expect(field(page, "Apraksts")).to_be_visible()
    tab_to(page, "Apraksts")
    page.keyboard.type("Nāc un runā līdzi.")
    tab_to(page, "Publicēt")
    page.keyboard.press("Enter")
    heading(page, f"Sēde no tastatūras {width}")
    expect(page.get_by_role("status").first).to_contain_text("Public")


def day_like_its_month(after: date) -> date:
    """The next 12.12. or its like, which is the same whether a browser asks for the day or the month first."""
    return next(day for n in range(400) if (day := after + timedelta(days=n)).day == day.month)
