"""Somebody phones who has no e-mail: the coordinator signs them up by name, and has a list of whom to call."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import field, follow, heading, press, row
from tests.browser.visitors import DESK, PHONE

pytestmark = pytest.mark.browser


def enter(page: Page, given: str, family: str, phone: str = "") -> None:
    follow(page, "Pievienot pieteikumu")
    field(page, "Vārds").fill(given)
    field(page, "Uzvārds").fill(family)
    field(page, "Tālrunis").fill(phone)
    press(page, "Pieteikt")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_neighbour_who_phones_is_signed_up_called_and_signed_off(visit, embedded, width):
    portal, _post, sessions = embedded
    page = visit(portal.url, width=width, session=sessions["coordinator"])
    page.goto("/panelis/pasakumi/")
    page.locator("main").get_by_role("link", name="Saruna par ceļiem").first.click()
    heading(page, "Saruna par ceļiem")
    enter(page, "Ķērsta", f"Ļaudona-{width}", "+371 20000000")
    expect(page.get_by_role("status").first).to_contain_text(f"Pieteikums pieņemts: Ķērsta Ļaudona-{width}")

    to_call = page.get_by_role("region", name="Bez e-pasta: jāzvana vai jāraksta vēstule")
    expect(to_call).to_contain_text(f"Ķērsta Ļaudona-{width}")
    expect(to_call).to_contain_text("+371 20000000")
    who = page.get_by_role("row").filter(has_text=f"Ļaudona-{width}")
    expect(who).to_contain_text("ievadīja Lāsma Pīlādze")

    enter(page, "anna", "kirse")  # somebody the portal knows: it asks, and enters nobody a second time
    expect(page.get_by_role("group", name="Kurš tas ir?")).to_contain_text("Anna Ķirse")
    follow(page, "Saruna par ceļiem")

    who.get_by_role("link", name=f"Atcelt : Ķērsta Ļaudona-{width}").click()
    press(page, "Cilvēks pats lūdza")
    heading(page, "Saruna par ceļiem")
    expect(to_call.filter(has_text=f"Ļaudona-{width}")).to_have_count(0)


def test_questions_are_written_and_asked_on_the_phone(visit, embedded):
    portal, _post, sessions = embedded
    page = visit(portal.url, width=PHONE, session=sessions["coordinator"], scripts=False)
    page.goto("/panelis/pasakumi/")
    page.locator("main").get_by_role("link", name="Saruna par ceļiem").first.click()
    follow(page, "Jautājumi, piekļūstamības pakalpojumi, ielūgumi")
    follow(page, "Jauns jautājums")
    field(page, "Jautājums").fill("Par ko gribi runāt?")
    page.get_by_label("viena no vairākām").check()
    press(page, "Saglabāt")
    expect(page.get_by_role("alert")).to_contain_text("Uzraksti vismaz divas atbildes, no kurām izvēlēties.")
    field(page, "Atbildes, no kurām izvēlēties").fill("Par grāvjiem\nPar ziemu")
    press(page, "Saglabāt")
    expect(row(page, "Par ko gribi runāt?")).to_contain_text("Par grāvjiem, Par ziemu")
    follow(page, "Saruna par ceļiem")
    follow(page, "Pievienot pieteikumu")
    field(page, "Vārds").fill("Žanis")
    page.get_by_label("Par ziemu").check()
    press(page, "Pieteikt")
    expect(page.get_by_role("row").filter(has_text="Žanis")).to_contain_text("Par ko gribi runāt? – Par ziemu")

    follow(page, "Jautājumi, piekļūstamības pakalpojumi, ielūgumi")
    follow(page, "Mainīt : Par ko gribi runāt?")
    follow(page, "Dzēst")
    press(page, "Vairs nejautāt")
    expect(page.get_by_role("region", name="Jautājumi")).not_to_contain_text("Par ko gribi runāt?")
