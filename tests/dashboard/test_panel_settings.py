"""What the municipality sets for itself: the pages. Who may open them is in test_panel_access.py."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from councils import regulation
from councils.models import DayOverride, LetterTemplate, MunicipalUnit, RegulationValue, TextPage, Topic
from dashboard import pages_content
from neighbourhoods.models import Place, Street
from people.models import AuditEntry
from tests import factories
from tests.dashboard import voice_world as made
from tests.dashboard.panel_world import address, errors, main_text, signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def coordinator():
    return factories.coordinator(name="Lāsma Pīlādze")


@pytest.fixture
def client(coordinator):
    return signed_in(coordinator)


def today() -> date:
    return timezone.localdate()


def entry(verb: str) -> AuditEntry:
    return AuditEntry.objects.get(verb=verb)


# --- numbers ----------------------------------------------------------------------------------------------------------


def given(**fields) -> dict:
    values = {"value": "7", "valid_from": f"{today():%Y-%m-%d}", "paragraph": "Nr. 3/2027 §1", "note": ""}
    return values | fields


def test_every_number_is_listed_as_it_stands_with_what_is_coming(client):
    made.number()
    page = main_text(client.get(address("settings-numbers")))
    for rule in regulation.REGULATION:
        assert rule.note in page
        assert rule.source in page
    assert "7 (" in page


def test_thousands_of_a_number_stand_apart(coordinator):
    RegulationValue.objects.create(code="SMALL_COUNCIL_UP_TO", value="1200", valid_from=today() + 10 * DAY)
    client = signed_in(coordinator, "lv")
    said = client.get(address("settings-numbers")).content.decode()
    assert all(number in said for number in ("1\u00a0000", "5\u00a0000", "1\u00a0200"))
    row = RegulationValue.objects.get()
    for name, key in (("settings-number", row.code), ("settings-number-remove", row.pk)):
        assert "1\u00a0200" in client.get(address(name, key)).content.decode()


def test_number_is_changed_from_a_day_on_and_keeps_its_history(client, coordinator):
    page = address("settings-number", "MINUTES_SENT")
    assert client.get(page).context["form"]["value"].value() == 5
    client.post(page, given(valid_from=f"{today() + DAY:%Y-%m-%d}"))
    assert regulation.in_force(today())["MINUTES_SENT"] == 5
    assert regulation.in_force(today() + DAY)["MINUTES_SENT"] == 7
    said = main_text(client.get(page))
    assert "Today: 5" in said
    assert "Lāsma Pīlādze" in said
    assert entry("set_number").by == coordinator


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"value": "x"}, {"value": ["Enter a whole number."]}),
        ({"value": ""}, {"value": ["This field is required."]}),
        ({"value": "999"}, {"value": ["Write a number from 0 to 100."]}),
        ({"valid_from": "2020-01-01"}, {"valid_from": ["The regulation is in force since 11.04.2025."]}),
        ({"valid_from": "1999-01-01"}, {"valid_from": ["Write a year after 2000."]}),
        ({"paragraph": ""}, {"paragraph": ["This field is required."]}),
    ],
)
def test_what_is_wrong_with_a_number_stands_beside_its_field(client, fields, wrong):
    assert errors(client.post(address("settings-number", "MINUTES_SENT"), given(**fields))) == wrong
    assert not RegulationValue.objects.exists()


def test_numbers_out_of_order_are_told_beside_the_field(client):
    found = errors(client.post(address("settings-number", "AGENDA_PUBLISHED"), given(value="6")))
    assert "does not go with" in found["value"][0]


def test_number_that_is_coming_is_taken_back(client):
    row = made.number()
    client.post(address("settings-number-remove", row.pk))
    assert not RegulationValue.objects.exists()
    past = RegulationValue.objects.create(code="QUORUM", value="60", paragraph="§1", valid_from=today())
    answer = client.post(address("settings-number-remove", past.pk), follow=True)
    assert "in force already" in main_text(answer)
    assert RegulationValue.objects.exists()


def test_number_that_nobody_knows_has_no_page(client):
    assert client.get(address("settings-number", "NOTHING")).status_code == 404
    row = RegulationValue.objects.create(code="NOTHING", value="1", paragraph="", valid_from=today() + DAY)
    assert client.post(address("settings-number-remove", row.pk)).status_code == 404


# --- topics, units, places, streets -----------------------------------------------------------------------------------


def test_topic_is_added_changed_and_offered_no_more(client):
    values = {"name_lv": "Satiksme", "name_en": "Traffic", "paragraph": "", "position": "8"}
    client.post(address("settings-topic-new"), values)
    row = Topic.objects.get(name_lv="Satiksme")
    client.post(address("settings-topic", row.pk), values | {"name_lv": "Satiksmes drošība"})
    row.refresh_from_db()
    assert row.name_lv == "Satiksmes drošība"
    client.post(address("settings-topic-retire", row.pk))
    assert row not in Topic.objects.in_use(today())
    assert "Not offered since" in main_text(client.get(address("settings-topics")))
    client.post(address("settings-topic-retire", row.pk))
    assert row in Topic.objects.in_use(today())
    assert errors(client.post(address("settings-topic-new"), values | {"name_lv": "", "position": "-1"})) == {
        "name_lv": ["This field is required."],
        "position": ["Ensure this value is greater than or equal to 0."],
    }


def test_unit_and_who_answers_for_it(client):
    client.post(address("settings-unit-new"), {"name": "Ceļu  nodaļa", "email": "celi@example.org"})
    row = MunicipalUnit.objects.get()
    assert row.name == "Ceļu nodaļa"
    assert errors(client.post(address("settings-unit-new"), {"name": "ceļu nodaļa", "email": "x"})) == {
        "name": ["There is already a unit of this name."],
        "email": ["Enter a valid email address."],
    }
    who = {"given_name": "Anna", "family_name": "Ķiega", "email": "anna@example.org", "started_on": f"{today()}"}
    client.post(address("settings-officer-new", row.pk), who)
    officer = row.officers.get()
    said = main_text(client.get(address("settings-units")))
    assert "Anna Ķiega" in said
    assert "anna@example.org" in said
    assert "already answers" in errors(client.post(address("settings-officer-new", row.pk), who))["__all__"][0]
    before = {"ended_on": f"{today() - DAY}"}
    assert "__all__" in errors(client.post(address("settings-officer-end", officer.pk), before))
    client.post(address("settings-officer-end", officer.pk), {"ended_on": f"{today()}"})
    assert "Anna Ķiega" not in main_text(client.get(address("settings-units")))
    client.post(address("settings-unit", row.pk), {"name": "Ceļu daļa", "email": ""})
    client.post(address("settings-unit-retire", row.pk))
    row.refresh_from_db()
    assert (row.name, row.email, row.retired_on) == ("Ceļu daļa", "", today())


@pytest.mark.parametrize("count", [1, 3])
def test_units_ask_the_same_number_of_questions(client, count, django_assert_num_queries):
    for n in range(count):
        unit = MunicipalUnit.objects.create(name=f"Nodaļa {n}")
        person = factories.person(email=f"n{n}@example.org")
        unit.officers.create(person=person, started_on=today())
    with django_assert_num_queries(15):
        client.get(address("settings-units"))


def test_place_is_added_corrected_and_moved(client):
    alejas, balozi = factories.neighbourhood("Alejas"), factories.neighbourhood("Baloži")
    values = {"name": "Krogsils", "kind": "village", "neighbourhood": alejas.pk, "valid_from": f"{today() - 9 * DAY}"}
    client.post(address("settings-place-new"), values)
    row = Place.objects.get()
    assert "__all__" in errors(client.post(address("settings-place-new"), values))
    client.post(address("settings-place", row.pk), {"name": "Krogsili", "kind": "area"})
    move = address("settings-place-move", row.pk)
    same = errors(client.post(move, {"neighbourhood": alejas.pk, "on": f"{today()}"}))
    assert same == {"neighbourhood": ["The place is in this neighbourhood already."]}
    early = errors(client.post(move, {"neighbourhood": balozi.pk, "on": f"{today() - 9 * DAY}"}))
    assert early == {"on": ["The day must come after the first day here."]}
    client.post(move, {"neighbourhood": balozi.pk, "on": f"{today()}"})
    assert Place.objects.valid(today()).get(name="Krogsili").neighbourhood == balozi
    assert Place.objects.valid(today() - DAY).get().neighbourhood == alejas


def test_kind_is_not_said_where_the_name_says_it(coordinator):
    for name, kind in (("Ķekavas pilsēta", "town"), ("Daugmales pagasts", "parish"), ("Odukalns", "village")):
        factories.place(name, kind=kind)
    said = main_text(signed_in(coordinator, "lv").get(address("settings-places")))
    assert "pilsēta pilsēta" not in said
    assert "pagasts pagasts" not in said
    assert "Odukalns ciems" in said


def test_streets_leave_a_trace(client):
    area = factories.neighbourhood()
    values = {"name": "Ķiršu iela", "town": "Ķekava", "houses": "", "neighbourhood": area.pk}
    client.post(address("panel-street-new"), values)
    street = Street.objects.get()
    client.post(address("panel-street-edit", street.pk), values | {"houses": "1–9"})
    changes = [row.details["before"] and row.details["before"]["houses"] for row in AuditEntry.objects.order_by("pk")]
    assert changes == [None, ""]
    client.post(address("panel-street-delete", street.pk))
    assert entry("delete_street").details["before"]["houses"] == "1–9"


# --- days -------------------------------------------------------------------------------------------------------------


def test_days_of_a_year_say_what_the_calendar_knows_and_what_was_added(client):
    DayOverride.objects.create(day=date(2026, 5, 2), is_working=True, note="MK rīkojums")
    said = main_text(client.get(address("settings-days"), {"gads": "2026"}))
    assert "MK rīkojums" in said
    assert "Latvijas Republikas Proklamēšanas diena" in said
    assert "(pārcelta no 17.01.2026.)" in said
    assert said.index("Friday, 2 January") < said.index("Saturday, 17 January") < said.index("Friday, 3 April")
    assert "MK rīkojums" not in main_text(client.get(address("settings-days"), {"gads": "2027"}))


@pytest.mark.parametrize("asked", ["", "x", "1000", "99999", "20260", "2026" + "9" * 5000, "²"])
def test_year_that_is_none_is_this_one(client, asked):
    assert client.get(address("settings-days"), {"gads": asked}).context["year"] == today().year


def test_day_is_added_and_removed(client):
    client.post(address("settings-day-new"), {"day": "2027-05-08", "is_working": "1", "note": "MK"})
    row = DayOverride.objects.get()
    assert (row.day, row.is_working) == (date(2027, 5, 8), True)
    same = errors(client.post(address("settings-day-new"), {"day": "2027-05-15", "is_working": "0"}))
    assert same == {"day": ["The calendar says so already: this is a day off."]}
    assert set(errors(client.post(address("settings-day-new"), {}))) == {"day", "is_working"}
    answer = client.post(address("settings-day-remove", row.pk))
    assert answer["Location"].endswith("?gads=2027")
    assert not DayOverride.objects.exists()


def listed(text: str, name: str = "dienas.csv") -> dict:
    return {"upload": SimpleUploadedFile(name, text.encode())}


def test_list_of_a_year_is_taken_in(client):
    page = address("settings-day-import")
    days = "08.05.2027.;darbdiena;MK\n14.05.2027.;brīvdiena;MK\n15.05.2027.;brīvdiena\n"
    said = main_text(client.post(page, listed(days), follow=True))
    assert "Days changed: 2; known already: 1." in said
    assert DayOverride.objects.count() == 2


def test_list_with_mistakes_changes_nothing_and_says_where(client):
    page = address("settings-day-import")
    found = errors(client.post(page, listed("08.05.2027.;darbdiena\n08.05.2027.;x\n")))
    assert found == {"upload": ["Line 2: write “darbdiena” or “brīvdiena” in the second column."]}
    assert errors(client.post(page, listed("x", "dienas.pdf"))) == {"upload": ["Choose a CSV or XLSX file."]}
    assert errors(client.post(page, {})) == {"upload": ["Choose a file."]}
    assert not DayOverride.objects.exists()


# --- words of documents -----------------------------------------------------------------------------------------------


def test_words_of_a_document_are_written_and_put_back(client):
    page = address("settings-letter", "announcement")
    assert "38. punktu" in client.get(page).context["form"]["text"].value()
    wrong = errors(client.post(page, {"text": "{councill}"}))
    assert wrong == {"text": ["Nothing is known by this name: {councill}."]}
    client.post(page, {"text": "Izziņojam: {councils}."})
    assert LetterTemplate.objects.get().text == "Izziņojam: {councils}."
    assert client.get(page).context["form"]["text"].value() == "Izziņojam: {councils}."
    client.post(address("settings-letter-reset", "announcement"))
    assert not LetterTemplate.objects.exists()
    assert client.get(address("settings-letter", "nothing")).status_code == 404
    assert client.get(address("settings-letter-reset", "nothing")).status_code == 404


# --- pages of the site ------------------------------------------------------------------------------------------------


def written(**fields) -> dict:
    return {"title": "Par mums", "body": "## Cik ilgi\n\n{TERM} gadus.", "what": "save"} | fields


def test_page_is_written_in_a_language_and_everybody_reads_it(client):
    client.post(address("settings-page", "par-padomem", "lv"), written())
    client.cookies["valoda"] = "lv"
    page = client.get("/par-padomem/").content.decode()
    assert "<h1" in page
    assert page.count("<h1") == 1
    assert "Par mums" in page
    assert "<h2>Cik ilgi</h2>" in page
    assert "4 gadus." in page
    client.cookies["valoda"] = "en"
    assert "About the councils" in client.get("/par-padomem/").content.decode()


def test_number_in_a_page_is_the_one_in_force(client):
    client.post(address("settings-page", "par-padomem", "en"), written())
    RegulationValue.objects.create(code="TERM", value="5", paragraph="§1", valid_from=today())
    assert "5 gadus." in client.get("/par-padomem/").content.decode()


def test_page_is_looked_at_before_it_is_saved(client):
    page = client.post(address("settings-page", "par-padomem", "lv"), written(what="preview", body="# A\n\n{TERM} {X}"))
    said = main_text(page)
    assert "How it will look; not saved yet" in said
    assert "<h3>A</h3>" in page.content.decode()
    assert "4 {X}" in said
    assert "Nothing is known by these names: {X}" in said
    assert page.context["form"]["body"].value() == "# A\n\n{TERM} {X}"
    assert not TextPage.objects.exists()


def test_page_that_names_what_nobody_knows_is_not_saved(client):
    found = errors(client.post(address("settings-page", "par-padomem", "lv"), written(body="{TERMS}")))
    assert found == {"body": ["Nothing is known by this name: {TERMS}."]}
    assert not TextPage.objects.exists()


def test_page_can_begin_from_an_earlier_version_and_go_back_to_the_portals_own(client):
    page = address("settings-page", "par-padomem", "lv")
    client.post(page, written(body="Pirmais."))
    client.post(page, written(body="Otrais."))
    first = AuditEntry.objects.filter(verb="write_page").order_by("pk").last()
    assert client.get(page, {"versija": first.pk}).context["form"]["body"].value() == "Pirmais."
    begun = client.get(page, {"versija": AuditEntry.objects.filter(verb="write_page").earliest("pk").pk})
    assert begun.context["form"]["body"].value() == pages_content.as_markdown("par-padomem", "lv")[1]
    other = address("settings-page", "privatums", "lv")
    assert client.get(other, {"versija": first.pk}).status_code == 404
    client.post(address("settings-page-reset", "par-padomem", "lv"))
    assert not TextPage.objects.exists()
    assert main_text(client.get(page)).count("Begin from this text") == 3


@pytest.mark.parametrize("slug", pages_content.SLUGS)
@pytest.mark.parametrize("language", ["lv", "en"])
def test_text_that_comes_with_the_portal_reads_the_same_when_it_is_saved_unchanged(client, slug, language):
    reader = Client()
    reader.cookies["valoda"] = language
    before = main_text(reader.get(f"/{slug}/"))
    form = client.get(address("settings-page", slug, language)).context["form"]
    client.post(
        address("settings-page", slug, language), {"title": form["title"].value(), "body": form["body"].value()}
    )
    assert TextPage.objects.filter(slug=slug, language=language).exists()
    after = main_text(reader.get(f"/{slug}/"))
    assert after.replace(" ", "") == before.replace(" ", "")  # an address in a sentence may become a link


def test_page_that_there_is_not_cannot_be_written(client):
    assert client.get(address("settings-page", "nekas", "lv")).status_code == 404
    assert client.get(address("settings-page", "par-padomem", "ru")).status_code == 404
    assert client.post(address("settings-page-reset", "par-padomem", "ru")).status_code == 404


def test_page_costs_two_questions(django_assert_num_queries, client):
    client.post(address("settings-page", "par-padomem", "lv"), written())
    with django_assert_num_queries(3):  # the rules, the text, is it a demonstration
        Client().get("/par-padomem/")
