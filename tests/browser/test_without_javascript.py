"""A phone whose browser runs no scripts does the main job all the same."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import field, follow, heading, open_link, press, row
from tests.browser.visitors import PHONE

pytestmark = pytest.mark.browser


def test_guest_signs_up_confirms_changes_and_cancels_without_scripts(visit, embedded):
    portal, post, _sessions = embedded
    page = visit(portal.url, width=PHONE, scripts=False)
    page.goto("/")
    follow(page, "Meklē pēc ielas vai ciema")
    field(page, "Iela, ciems vai pilsēta").fill("plakanciems")
    press(page, "Meklēt")
    follow(page, "Atvērt: Mežinieki")
    row(page, "Saruna par ceļiem").get_by_role("link", name="Pieteikties").click()

    press(page, "Pieteikties")
    errors = page.get_by_role("alert")
    expect(errors).to_be_focused()
    expect(page).to_have_title("Kļūda: Saruna par ceļiem · Ķekavas novads")
    errors.get_by_role("link", name="E-pasts").click()
    field(page, "Vārds").fill("Oto Ūsiņš")
    field(page, "E-pasts").fill("oto@example.org")
    press(page, "Pieteikties")
    heading(page, "Tagad ieskaties e-pastā")

    mail = post.mail("oto@example.org", "Apstiprini pieteikumu")
    open_link(page, post.link(mail, "Apstiprināt pieteikumu"))
    press(page, "Apstiprināt")
    heading(page, "Pieteikums saņemts")
    page.get_by_text("Mainīt pieteikumu").click()
    field(page, "Cik cilvēku nāks?").fill("2")
    press(page, "Saglabāt izmaiņas")
    expect(page.get_by_role("complementary")).to_contain_text("2 cilvēki")
    follow(page, "Atcelt pieteikumu")
    press(page, "Atbrīvot vietu")
    heading(page, "Pieteikums ir atcelts")


def test_colours_and_language_are_chosen_without_scripts(visit, embedded):
    page = visit(embedded[0].url, width=PHONE, scripts=False)
    page.goto("/kalendars/")
    press(page, "Tumšas")
    expect(page.locator("html")).to_have_attribute("data-color-scheme", "dark")
    press(page, "English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    heading(page, "Calendar")
    expect(page.locator("html")).to_have_attribute("data-color-scheme", "dark")
    press(page, "Latviski")
    heading(page, "Kalendārs")
