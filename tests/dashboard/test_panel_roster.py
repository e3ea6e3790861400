"""Empty seats and who takes them, as the coordinator works with them (§19, §20)."""

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from councils.models import Membership, RegulationValue, Substitute, SubstituteState
from dashboard.panel.roster import is_out_of_order
from people.models import AuditEntry, ContactChannel, Person
from tests import factories
from tests.dashboard.panel_world import address, errors, main_text, signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HEADINGS = ["Kārta", "Uzvārds", "Vārds", "E-pasts", "Tālrunis", "Balsis", "Pieteicās", "Dokuments"]


def today():
    return timezone.localdate()


@pytest.fixture
def council():
    return factories.council(neighbourhood=factories.neighbourhood("Baloži", slug="balozi"))


@pytest.fixture
def term(council):
    """Five seats, all taken."""
    row = factories.term(council, seats=5)
    for n in range(5):
        factories.membership(row, factories.person(f"Loceklis Nr{n}"))
    return row


@pytest.fixture
def order(term):
    names = ("Kārlis Ķirsis", "Līga Ūdre", "Šarlote Čakša")
    return [factories.substitute(term, factories.person(name)) for name in names]


@pytest.fixture
def coordinator():
    return signed_in(factories.coordinator())


PAGE = "/panelis/apkaimes/balozi/"


# --- a mandate ends, the next one is asked ----------------------------------------------------------------------------


def test_par_19_a_mandate_ends_and_the_next_ones_are_asked_until_one_accepts(coordinator, term, order):
    membership = Membership.objects.first()
    assert "All seats are taken." in main_text(coordinator.get(PAGE))

    data = {"ended_on": today().isoformat(), "reason": "resigned", "source": ""}
    page = coordinator.post(address("panel-membership-end", membership.pk), data, follow=True)
    assert page.redirect_chain[0][0] == f"{PAGE}#vietas"
    text = main_text(page)
    assert "Next comes Kārlis Ķirsis (§19). Offer the seat." in text
    assert "Seat 1 empty since" in text
    assert "49 votes" in text

    first, second = order[0], order[1]
    page = coordinator.post(
        address("panel-substitute-offer", first.pk), {"offered_on": today().isoformat()}, follow=True
    )
    assert "offered" in main_text(page)
    path = address("panel-substitute-refuse", first.pk)
    assert "Līga Ūdre" in main_text(coordinator.get(path))  # who is asked then
    assert list(errors(coordinator.post(path, {"declined_on": today().isoformat(), "reason": ""}))) == ["reason"]
    refusal = {"declined_on": today().isoformat(), "reason": "Pārcēlās"}
    assert "Next comes Līga Ūdre (§19)" in main_text(coordinator.post(path, refusal, follow=True))

    path = address("panel-substitute-seat", second.pk)
    assert coordinator.get(path).context["form"]["started_on"].value() == today()
    page = coordinator.post(path, {"started_on": today().isoformat(), "source": "Prot. 9"}, follow=True)
    text = main_text(page)
    assert "Līga Ūdre is a member of the council." in text
    assert "All seats are taken." in text
    held = Membership.objects.held(today()).get(person=second.person)
    assert (held.seat_id, held.source) == (membership.seat_id, "Prot. 9")
    text = main_text(coordinator.get(address("panel-substitutes", "balozi")))
    assert "Pārcēlās" in text


def test_seat_that_is_empty_from_a_day_to_come_is_offered_ahead(coordinator, term, order):
    later = today() + 10 * DAY
    data = {"ended_on": later.isoformat(), "reason": "resigned", "source": ""}
    page = coordinator.post(address("panel-membership-end", Membership.objects.first().pk), data, follow=True)
    assert "Seat 1 empty from" in main_text(page)
    assert "Loceklis Nr0" in main_text(page)  # still sits
    path = address("panel-substitute-seat", order[0].pk)
    assert coordinator.get(path).context["form"]["started_on"].value() == later
    coordinator.post(path, {"started_on": later.isoformat()})
    text = main_text(coordinator.get(PAGE))
    assert "Members to come Kārlis Ķirsis" in text
    assert "All seats are taken." in text


def test_refusals_of_the_operation_stand_in_the_form(coordinator, term, order):
    path = address("panel-substitute-seat", order[1].pk)
    answer = coordinator.post(path, {"started_on": today().isoformat()})
    assert "First comes Kārlis Ķirsis" in errors(answer)["__all__"][0]
    answer = coordinator.post(address("panel-substitute-offer", order[0].pk), {"offered_on": today().isoformat()})
    assert errors(answer)["__all__"] == ["All seats of this council are taken."]
    assert set(errors(coordinator.post(path, {"started_on": "rīt"}))) == {"started_on"}


# --- §20 --------------------------------------------------------------------------------------------------------------


def end(number, on):
    for row in Membership.objects.order_by("pk")[:number]:
        row.ended_on, row.end_reason = on, "resigned"
        row.save()


def test_par_20_below_the_minimum_both_ways_are_shown(coordinator, council):
    term = factories.term(council, seats=7)
    for n in range(7):
        factories.membership(term, factories.person(f"Loceklis Nr{n}"))
    waiting = factories.substitute(term, factories.person("Kārlis Ķirsis"))
    end(2, today())
    assert "§20" not in main_text(coordinator.get(PAGE))

    end(3, today())
    text = main_text(coordinator.get(PAGE))
    assert "The council has fewer than 5 members (§20)" in text
    assert "additional elections" in text
    assert "a candidate of the last election with fewer votes is added: Kārlis Ķirsis" in text

    Substitute.objects.filter(pk=waiting.pk).update(declined_on=today(), declined_because="Nē")
    assert "nobody is left in the order." in main_text(coordinator.get(PAGE))


def test_par_20_is_silent_while_the_first_members_are_entered(coordinator, council):
    term = factories.term(council, seats=7)
    assert "§20" not in main_text(coordinator.get(PAGE))
    for n in range(4):
        factories.membership(term, factories.person(f"Loceklis Nr{n}"))
    assert "§20" not in main_text(coordinator.get(PAGE))
    end(1, today())
    assert "The council has fewer than 5 members (§20)" in main_text(coordinator.get(PAGE))


def test_par_20_minimum_may_be_all_seats_and_lie_ahead(coordinator, council):
    term = factories.term(council, seats=7)
    for n in range(7):
        factories.membership(term, factories.person(f"Loceklis Nr{n}"))
    RegulationValue.objects.create(code="MIN_MEMBERS", value="30", paragraph="§20", valid_from=date(2026, 1, 1))
    assert "§20" not in main_text(coordinator.get(PAGE))
    end(1, today() + DAY)
    assert "the council has fewer than 7 members (§20)" in main_text(coordinator.get(PAGE))


# --- the order by hand ------------------------------------------------------------------------------------------------


def test_candidate_is_entered_corrected_and_removed(coordinator, term):
    path = address("panel-substitute-new", "balozi")
    assert coordinator.get(path).context["form"]["rank"].value() == 1
    data = {"given_name": "Zelma", "family_name": "Žagata", "rank": 1, "votes": 41, "applied_at": "2025-11-20T09:30"}
    assert coordinator.post(path, data | {"rank": 0}).status_code == 200
    assert coordinator.post(path, data).status_code == 302
    row = Substitute.objects.get()
    assert (row.person.name, row.votes) == ("Zelma Žagata", 41)
    assert timezone.localtime(row.applied_at).strftime("%d.%m. %H:%M") == "20.11. 09:30"
    assert coordinator.get(path).context["form"]["rank"].value() == 2
    answer = coordinator.post(path, data | {"given_name": "Cita", "family_name": "Persona"})
    assert "place in the order" in errors(answer)["__all__"][0]
    assert not Person.objects.filter(family_name="Persona").exists()  # refused with everything

    path = address("panel-substitute", row.pk)
    assert 'value="2025-11-20T09:30"' in coordinator.get(path).content.decode()
    assert coordinator.post(path, {"rank": 2, "votes": 42, "applied_at": "", "source": "Rezultāti"}).status_code == 302
    row.refresh_from_db()
    assert (row.rank, row.votes, row.applied_at, row.source) == (2, 42, None, "Rezultāti")

    path = address("panel-substitute-remove", row.pk)
    assert coordinator.get(path).status_code == 200
    assert coordinator.post(path).status_code == 302
    assert not Substitute.objects.exists()


def test_known_person_is_asked_for_before_somebody_is_entered(coordinator, term):
    known = factories.person("Anna Ozola", email="anna@example.org")
    path = address("panel-substitute-new", "balozi")
    data = {"given_name": "Anna", "family_name": "Ozola", "rank": 1}
    assert list(errors(coordinator.post(path, data))) == ["person"]
    assert coordinator.post(path, data | {"person": known.pk}).status_code == 302
    assert Substitute.objects.get().person == known


def test_who_was_offered_a_seat_is_not_removed(coordinator, term, order):
    Substitute.objects.filter(pk=order[0].pk).update(offered_on=today())
    assert (
        address("panel-substitute-remove", order[0].pk)
        not in coordinator.get(address("panel-substitute", order[0].pk)).content.decode()
    )
    page = coordinator.post(address("panel-substitute-remove", order[0].pk), follow=True)
    assert "the record stays" in main_text(page)
    assert Substitute.objects.filter(pk=order[0].pk).exists()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(41, 1), (40, 2)], False),
        ([(40, 1), (41, 2)], True),
        ([(40, 1), (40, 2)], False),
        ([(40, 2), (40, 1)], True),
        ([(40, None), (40, 1)], False),
        ([(None, 1), (40, 2)], False),
    ],
)
def test_par_17_places_that_do_not_follow_the_votes_are_pointed_out(rows, expected):
    made = [
        Substitute(rank=n, votes=votes, applied_at=timezone.now() + hour * DAY if hour else None)
        for n, (votes, hour) in enumerate(rows, 1)
    ]
    assert is_out_of_order(made) is expected


def test_council_without_a_convocation_has_no_order(coordinator, council):
    assert coordinator.get(address("panel-substitutes", "balozi")).status_code == 404
    assert coordinator.get(address("panel-substitutes-import", "balozi")).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_however_many(coordinator, term, rows, django_assert_max_num_queries):
    for _n in range(rows):
        factories.substitute(term)
    path = address("panel-substitutes", "balozi")
    coordinator.get(path)
    with django_assert_max_num_queries(18):
        coordinator.get(path)


# --- mandates that are entered late, and terms that follow each other -------------------------------------------------


def test_former_member_is_entered_late(coordinator, council):
    factories.term(council, seats=2)
    path = address("panel-member-add", "balozi")
    data = {"given_name": "Bija", "family_name": "Loceklis", "started_on": "2026-02-01", "ended_on": "2026-03-01"}
    assert list(errors(coordinator.post(path, data))) == ["end_reason"]
    assert list(errors(coordinator.post(path, data | {"ended_on": "", "end_reason": "resigned"}))) == ["ended_on"]
    page = coordinator.post(path, data | {"end_reason": "resigned"}, follow=True)
    assert "was a member of the council: written down." in main_text(page)
    row = Membership.objects.get()
    assert (row.ended_on, row.end_reason) == (date(2026, 3, 1), "resigned")


def test_member_is_seated_in_the_convocation_of_the_day(coordinator, council):
    """Though the next one is opened already: a future end hides nobody, and closes nothing, early."""
    first = factories.term(council, seats=2, ended_on=today() + 30 * DAY)
    second = factories.term(council, seats=3, number=2, started_on=today() + 30 * DAY)
    path = address("panel-member-add", "balozi")
    for name, day, term in (("Anna", today(), first), ("Ilze", second.started_on, second)):
        data = {"given_name": name, "family_name": "Ābele", "started_on": day.isoformat()}
        assert coordinator.post(path, data).status_code == 302
        assert Membership.objects.get(person__given_name=name).seat.term == term
    text = main_text(coordinator.get(PAGE))
    assert "Anna Ābele" in text
    assert "Members to come Ilze Ābele" in text
    seats = address("panel-seats", "balozi")
    assert coordinator.get(seats).context["form"]["seat_count"].value() == 2
    assert coordinator.get(f"{seats}?sasaukums=2").context["form"]["seat_count"].value() == 3
    assert coordinator.get(f"{seats}?sasaukums=7").status_code == 404


# --- the order from a table -------------------------------------------------------------------------------------------


def table(rows, headings=HEADINGS, ending="xlsx"):
    if ending == "csv":
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows([headings, *rows])
        return SimpleUploadedFile("kandidati.csv", ("\ufeff" + text.getvalue()).encode())
    book = openpyxl.Workbook()
    for row in [headings, *rows]:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("kandidati.xlsx", content.getvalue())


def line(rank, name, email="", votes=None, applied="", source="Rezultāti", phone=""):
    given, family = name.split()
    return [rank, family, given, email, phone, votes, applied, source]


ROWS = [
    line(1, "Zelma Žagata", "zelma@example.org", 41, "20.11.2025 09:30", phone="+371 20000000"),
    line(2, "Ēriks Ķēniņš", "", 40, "21.11.2025"),
]


def load(client, upload):
    return client.post(address("panel-substitutes-import", "balozi"), {"file": upload})


def confirm(client, page):
    data = {"kept": page.context["kept"], "ending": page.context["ending"]}
    return client.post(address("panel-substitutes-import", "balozi"), data, follow=True)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_table_is_looked_at_first_and_then_taken_in(coordinator, term, ending):
    page = load(coordinator, table(ROWS, ending=ending))
    text = main_text(page)
    assert "Zelma Žagata 1 41 20/11/2025 09:30 new in the order" in text
    assert not Substitute.objects.exists()
    assert not Person.objects.filter(family_name="Žagata").exists()  # looking writes nothing

    page = confirm(coordinator, page)

    assert "2 candidates stand in the order." in main_text(page)
    first, second = Substitute.objects.in_order()
    assert (first.rank, first.person.name, first.votes, first.source) == (1, "Zelma Žagata", 41, "Rezultāti")
    assert timezone.localtime(first.applied_at).strftime("%d.%m.%Y %H:%M") == "20.11.2025 09:30"
    assert set(first.person.channels.values_list("value", flat=True)) == {"zelma@example.org", "+371 20000000"}
    assert (second.person.name, second.term) == ("Ēriks Ķēniņš", term)
    entry = AuditEntry.objects.get(verb="import_substitutes")
    assert entry.details["after"] == {"rows": 2, "new": 2}
    assert AuditEntry.objects.filter(verb="enter_person").count() == 2


def test_table_corrects_places_and_leaves_the_others(coordinator, term, order):
    """Places may change hands; a candidate who is not in the table stays."""
    rows = [line(2, "Kārlis Ķirsis", votes=40), line(1, "Līga Ūdre", votes=41), line(4, "Zelma Žagata", votes=1)]
    page = load(coordinator, table(rows))
    assert [row.change for row in page.context["rows"]] == ["changed", "changed", "new"]
    assert [row.rank for row in Substitute.objects.order_by("pk")] == [1, 2, 3]
    confirm(coordinator, page)
    assert [(row.rank, row.person.name) for row in Substitute.objects.in_order()] == [
        (1, "Līga Ūdre"),
        (2, "Kārlis Ķirsis"),
        (3, "Šarlote Čakša"),
        (4, "Zelma Žagata"),
    ]


def test_file_that_was_downloaded_can_be_brought_back(coordinator, term, order):
    content = coordinator.get("/panelis/parskati/substitutes.xlsx?apkaime=balozi").content
    page = load(coordinator, SimpleUploadedFile("nakamie.xlsx", content))
    assert [row.change for row in page.context["rows"]] == ["same", "same", "same"]
    confirm(coordinator, page)
    assert [row.rank for row in Substitute.objects.order_by("pk")] == [1, 2, 3]


def test_known_person_is_found_by_the_address(coordinator, term):
    known = factories.person("Anna Āre", email="anna@example.org")
    confirm(coordinator, load(coordinator, table([line(1, "Anna Are", "ANNA@example.org")])))
    assert Substitute.objects.get().person == known


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([line(1, "Anna Āre")], "The portal knows somebody of this name."),
        ([line(1, "Anna Āre", "cita@example.org")], "The portal knows somebody of this name."),
        ([line(1, "Cita Persona", "anna@example.org")], "This e-mail belongs to Anna Āre."),
        ([line(1, "Loceklis Nr0", "nr0@example.org")], "sits or sat in this convocation"),
        ([["", "Žagata", "", "", "", "", "", ""]], "Write the given name and the family name."),
        ([line("pirmais", "Zelma Žagata")], "Kārta: Write a whole number."),
        ([line("", "Zelma Žagata")], "Kārta:"),
        ([line(1000, "Zelma Žagata")], "Kārta:"),
        ([line(1, "Zelma Žagata", "nav e-pasts")], "Write the e-mail as vards@epasts.lv."),
        ([line(1, "Zelma Žagata", applied="vakar")], "Pieteicās: Write the moment as 20.11.2025 09:30."),
        ([line(1, "Zelma Žagata"), line(1, "Ēriks Ķēniņš")], "already has this place in the order"),
        ([line(1, "Zelma Žagata"), line(2, "Zelma Žagata")], "The portal knows somebody of this name."),
    ],
)
def test_mistakes_are_told_with_their_row_and_nothing_is_written(coordinator, term, rows, said):
    factories.person("Anna Āre", email="anna@example.org")
    member = Person.objects.get(family_name="Nr0")
    ContactChannel.objects.create(person=member, kind="email", value="nr0@example.org", confirmed_at=timezone.now())
    people = Person.objects.count()
    page = load(coordinator, table([line(7, "Labs Kandidāts"), *rows]))
    assert [text for number, text in page.context["faults"] if said in text], page.context["faults"]
    assert all(number > 2 for number, _text in page.context["faults"])  # row 1 the headings, row 2 the good one
    assert "kept" not in page.context
    assert Person.objects.count() == people
    assert not Substitute.objects.exists()


def test_same_person_twice_is_told(coordinator, term):
    rows = [line(1, "Zelma Žagata", "zelma@example.org"), line(2, "Zelma Žagata", "zelma@example.org")]
    page = load(coordinator, table(rows))
    assert page.context["faults"] == [(3, "Zelma Žagata is in the table twice.")]


def test_place_of_somebody_who_is_not_in_the_table_is_not_given_away(coordinator, term, order):
    page = load(coordinator, table([line(3, "Zelma Žagata")]))
    assert page.context["faults"] == [(None, "Place 3 belongs to Šarlote Čakša, who is not in the table.")]
    assert [row.rank for row in Substitute.objects.order_by("pk")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (lambda: SimpleUploadedFile("kandidati.pdf", b"%PDF-1.7"), "Choose an XLSX or a CSV file."),
        (lambda: SimpleUploadedFile("kandidati.xlsx", b"not a workbook"), "This is not an XLSX file."),
        (lambda: SimpleUploadedFile("kandidati.csv", "Kārta;Uzvārds".encode("utf-16")), "This is not a CSV file"),
        (lambda: SimpleUploadedFile("kandidati.csv", b""), "The file is empty."),
        (lambda: table([]), "The table has no rows."),
    ],
)
def test_file_that_is_no_table_is_refused(coordinator, term, upload, said):
    page = load(coordinator, upload())
    assert said in errors(page)["file"][0]
    assert not Substitute.objects.exists()


def test_table_without_a_column_is_refused(coordinator, term):
    page = load(coordinator, table([["1", "Žagata"]], headings=["Kārta", "Uzvārds"]))
    (number, said), *rest = page.context["faults"]
    assert (number, rest) == (None, [])
    assert "Vārds" in said


def test_confirmation_without_its_file_changes_nothing(coordinator, term):
    path = address("panel-substitutes-import", "balozi")
    page = coordinator.post(path, {"kept": "nekas", "ending": "xlsx"}, follow=True)
    assert "no longer here" in main_text(page)
    page = load(coordinator, table(ROWS))
    factories.substitute(term)  # takes place 1 in the meantime
    answer = confirm(coordinator, page)
    assert "the data is different by now" in main_text(answer)
    assert Substitute.objects.count() == 1
    assert Substitute.objects.get().state == SubstituteState.WAITING


@pytest.mark.parametrize("field", ["given_name", "family_name", "email"])
def test_candidate_with_a_sign_that_no_text_may_hold_is_refused(coordinator, term, field):
    data = {"given_name": "Ilze", "family_name": "Ozola", "email": "ilze@example.org", field: "a\0b@example.org"}
    answer = coordinator.post(address("panel-substitute-new", "balozi"), data)
    assert answer.status_code in (200, 422)
    assert field in answer.context["form"].errors
