"""The calendar as people use it: a month on a desk, on a phone, on paper, by keyboard; a list in another site's frame;
the address of one's own calendar; a series made by the coordinator."""

import functools
import http.server
import io
import threading
import time
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser import visitors
from tests.browser.people import field, follow, heading, press
from tests.browser.test_keyboard import tab_to
from tests.browser.visitors import DESK, PHONE
from tests.servers import Portal

pytestmark = pytest.mark.browser
TITLE = "Saruna par ceļiem"


def month_of_the_event(page):
    """The month in which the scene's event is, which may be the next one."""
    page.goto("/kalendars/?skats=menesis")
    if not page.get_by_role("link", name=TITLE).count():
        page.locator("a[rel=next]").click()
    return page.get_by_role("table")


def test_month_is_a_table_on_a_desk(visit, embedded):
    page = visit(embedded[0].url, width=DESK)
    table = month_of_the_event(page)

    expect(table).to_have_accessible_name("Pasākumi pa dienām: " + page.locator("h1").inner_text().partition(": ")[2])
    expect(table.get_by_role("columnheader")).to_have_count(7)
    expect(table.get_by_role("columnheader").first).to_have_text("Pirmdiena")
    assert table.get_by_role("row").count() >= 5
    cell = table.get_by_role("cell").filter(has_text=TITLE)
    expect(cell).to_have_count(1)
    tab_to(page, cell.get_by_role("link").inner_text().replace("\n", " "))
    page.keyboard.press("Enter")
    heading(page, TITLE)


def test_month_is_a_list_on_a_phone(visit, embedded):
    page = visit(embedded[0].url, width=PHONE, scripts=False)
    month_of_the_event(page)

    link = page.get_by_role("link", name=TITLE)
    expect(link).to_be_visible()
    assert link.bounding_box()["height"] >= 44
    assert page.locator("td:visible").count() == page.locator("td:has(li):visible").count()
    expect(page.locator("thead")).to_be_hidden()
    expect(page.locator("td:has(li) .kp-mo__long").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_month_prints_on_one_sheet_across(visit, embedded):
    page = visit(embedded[0].url, width=DESK)
    month_of_the_event(page)

    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))

    assert len(paper.pages) == 1
    sheet = paper.pages[0].mediabox
    assert round(float(sheet.width)) == 842
    assert round(float(sheet.height)) == 595
    words = paper.pages[0].extract_text()
    assert "Saruna" in words
    assert "Rādīt" not in words


def test_filter_stays_when_one_turns_to_the_month_and_back(visit, embedded):
    page = visit(embedded[0].url, width=PHONE, scripts=False)
    page.goto("/kalendars/")
    field(page, "Veids").select_option("Talka")
    press(page, "Rādīt")
    follow(page, "Mēnesis")
    expect(field(page, "Veids")).to_have_value("cleanup")
    follow(page, "Saraksts")
    expect(field(page, "Veids")).to_have_value("cleanup")
    follow(page, "Abonēt kalendāru")
    expect(page.get_by_label("Adrese jebkurai citai programmai")).to_have_value(
        f"{embedded[0].url}/kalendars.ics?veids=cleanup"
    )


def test_own_address_is_made_renewed_and_turned_off_without_scripts(visit, embedded):
    portal, _post, sessions = embedded
    page = visit(portal.url, width=PHONE, scripts=False, session=sessions["resident"])
    page.goto("/mans/")
    follow(page, "Mani pasākumi manā kalendārā")
    press(page, "Izveidot manu adresi")
    first = field(page, "Adrese jebkurai citai programmai").input_value()
    assert page.request.get(first).headers["content-type"].startswith("text/calendar")
    press(page, "Izveidot jaunu adresi")
    second = field(page, "Adrese jebkurai citai programmai").input_value()
    assert page.request.get(first).status == 404
    assert page.request.get(second).ok
    press(page, "Izslēgt adresi")
    assert page.request.get(second).status == 404


def test_coordinator_makes_a_series_without_scripts(visit, embedded):
    portal, _post, sessions = embedded
    page = visit(portal.url, width=PHONE, scripts=False, session=sessions["coordinator"])
    first = date.today() + timedelta(days=10)
    page.goto("/panelis/pasakumi/")
    follow(page, "Jauna sērija")
    field(page, "Nosaukums").fill("Valodu kafejnīca")
    field(page, "Pirmais datums").fill(first.isoformat())
    field(page, "Sākums").fill("18:30")
    field(page, "Beigas").fill("20:00")
    field(page, "Līdz").fill((first + timedelta(weeks=3)).isoformat())
    field(page, "Vieta").fill("Bibliotēka")
    press(page, "Parādīt datumus")
    boxes = page.get_by_role("group", name="Izvēlies datumus").get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    for number in range(4):
        boxes.nth(number).set_checked(number != 1)  # whatever holidays lie there
    press(page, "Publicēt")
    heading(page, "Valodu kafejnīca")
    expect(page.get_by_text("Izveidotas 3 reizes.")).to_be_visible()
    rows = page.get_by_role("row").filter(has=page.get_by_role("link", name="Atcelt"))
    expect(rows).to_have_count(3)
    rows.nth(1).get_by_role("link", name="Atcelt").click()
    page.get_by_label("Šī reize un visas pēc tās").check()
    field(page, "Kāpēc atcel?").fill("Remonts.")
    press(page, "Atcelt pasākumu")
    expect(page.get_by_text("Atceltas 2 reizes.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Atcelts")).to_have_count(2)


# --- the frame of another site ----------------------------------------------------------------------------------------


class Site(http.server.BaseHTTPRequestHandler):
    """The municipality's site: one page with the snippet of docs/operations.md."""

    portal = ""

    def do_GET(self):
        page = f"""<!DOCTYPE html><html lang="lv"><title>Novads</title><h1>Novads</h1>
<iframe src="{self.portal}/iegult/kalendars/?skaits=8" title="Iedzīvotāju padomju pasākumi" width="100%" height="560"
 loading="lazy" referrerpolicy="no-referrer"></iframe>"""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *args):
        pass


@pytest.mark.parametrize("is_named", [True, False])
def test_municipality_frames_the_list_when_it_is_named(chromium, is_named):
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Site))
    threading.Thread(target=site.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{site.server_port}"
    with Portal(workers=0, beat=False, env={"EMBED_ORIGINS": origin if is_named else ""}) as portal:
        Site.portal = portal.url
        person = visitors.Visitor(chromium, origin)
        person.page.goto("/")
        frame = person.page.frame_locator("iframe")
        if is_named:
            expect(frame.get_by_role("heading")).to_have_text("Iedzīvotāju padomju pasākumi")
            frame.get_by_role("link", name="Viss kalendārs").click()
            person.page.wait_for_url(f"{portal.url}/kalendars/")  # the whole window, not the frame
        else:
            deadline = time.monotonic() + 30  # the browser says that it refuses once the portal has answered
            while not any("frame" in fault.lower() for fault in person.faults) and time.monotonic() < deadline:
                person.page.wait_for_timeout(100)
            assert any("frame" in fault.lower() for fault in person.faults)
            assert frame.get_by_role("heading", name="Iedzīvotāju padomju pasākumi").count() == 0
        assert person.context.cookies(portal.url) == []
        person.close()
    site.shutdown()
