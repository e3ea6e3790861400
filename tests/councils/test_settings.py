"""What the municipality sets for itself: operations, and lists of days that somebody made."""

import io
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook

from councils import day_lists, regulation
from councils.models import (
    DayOverride,
    LetterTemplate,
    MunicipalUnit,
    RegulationValue,
    RespondingOfficer,
    Topic,
)
from councils.operations import settings
from neighbourhoods.models import Place
from people.models import AuditEntry, Person
from tests import factories
from tests.conftest import RIGA
from tests.neighbourhoods.test_formats import cell
from tests.neighbourhoods.test_formats import workbook as workbook_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=RIGA)
ON = NOW.date()
DAY = timedelta(days=1)
MONDAY, SATURDAY = date(2026, 11, 30), date(2026, 11, 28)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def by():
    return factories.coordinator()


@pytest.fixture
def said(by):
    return {"by": by, "now": NOW}


def entry(verb: str) -> AuditEntry:
    return AuditEntry.objects.filter(verb=verb).order_by("pk").last()


def refused(field: str, match: str = ""):
    """The operation refuses, and names the field."""

    class _Refused:
        def __enter__(self):
            self.raises = pytest.raises(settings.SettingRefused, match=match)
            self.info = self.raises.__enter__()

        def __exit__(self, *what):
            passed = self.raises.__exit__(*what)
            assert self.info.value.field == (field or None)
            return passed

    return _Refused()


# --- the regulation's numbers -----------------------------------------------------------------------------------------


def number(said, value=7, code="MINUTES_SENT", valid_from=ON, **fields):
    return settings.set_number(
        code=code, value=value, paragraph="Nr. 3/2026 §1", valid_from=valid_from, **(said | fields)
    )


def test_par_25_number_of_days_holds_from_its_day_on(said):
    number(said, 7, valid_from=ON + DAY)
    meeting_on = date(2026, 11, 24)
    assert regulation.in_force(ON).minutes_due_on(meeting_on) == date(2026, 12, 1)
    assert regulation.in_force(ON + DAY).minutes_due_on(meeting_on) == date(2026, 12, 3)


def test_number_is_in_the_audit_with_what_stood_before(said, by):
    number(said, 7)
    assert entry("set_number").details == {
        "before": {"value": "5"},
        "after": {"value": "7", "paragraph": "Nr. 3/2026 §1", "note": "", "valid_from": "2026-11-23"},
    }
    number(said, 8, note="Pārrakstīts")
    assert entry("set_number").details["before"] == {"value": "7", "paragraph": "Nr. 3/2026 §1", "note": ""}
    row = RegulationValue.objects.get(code="MINUTES_SENT")
    assert (row.value, row.unit, row.changed_by) == ("8", "darbdienas", by)


@pytest.mark.parametrize(
    ("code", "value"),
    [("MINUTES_SENT", -1), ("MINUTES_SENT", 101), ("SUBMISSION_REPLY", 0), ("QUORUM", 100), ("REPLY_CLOCK", 2)],
)
def test_number_outside_its_limits_is_refused(said, code, value):
    with refused("value", "Write a number from"):
        number(said, value, code)
    assert not RegulationValue.objects.exists()


@pytest.mark.parametrize("code", regulation.RULES)
def test_every_number_as_adopted_lies_within_its_limits(code):
    least, most = settings.limits(code)
    assert least <= regulation.AS_ADOPTED[code] <= most
    assert most < 999_999 or regulation.RULES[code].unit == "iedzīvotāji"


def test_number_from_before_the_regulation_is_refused(said):
    with refused("valid_from", "in force since 11.04.2025."):
        number(said, valid_from=date(2025, 4, 10))


@pytest.mark.parametrize(("low", "high"), settings.IN_ORDER)
def test_numbers_that_belong_together_stay_in_order(said, low, high):
    assert regulation.AS_ADOPTED[low] <= regulation.AS_ADOPTED[high]
    with refused("value", "this does not go with"):
        number(said, regulation.AS_ADOPTED[high] + 1, low)
    assert not RegulationValue.objects.exists()
    assert not AuditEntry.objects.exists()


def test_numbers_stay_in_order_on_the_day_of_a_later_change_too(said):
    number(said, 20, "APPLICATION_WINDOW_MAX", valid_from=ON + 30 * DAY)
    with refused("value", "On 23.12.2026."):
        number(said, 25, "APPLICATION_WINDOW_MIN")


def test_only_a_number_that_is_not_in_force_yet_can_be_taken_back(said):
    coming, there = number(said, 9, valid_from=ON + DAY), number(said, 7)
    with refused("", "in force already"):
        settings.remove_number(row=there, **said)
    settings.remove_number(row=coming, **said)
    assert entry("remove_number").details["before"]["value"] == "9"
    assert RegulationValue.objects.get() == there


def test_number_nobody_knows_is_a_mistake(said):
    with pytest.raises(KeyError):
        number(said, code="MINUTES")


# --- topics, units, officers ------------------------------------------------------------------------------------------


def topic(said, row=None, **fields):
    values = {"name_lv": "Drošība", "name_en": "Safety", "paragraph": "", "position": 8}
    return settings.save_topic(topic=row, **(values | fields), **said)


def test_topic_has_a_code_of_its_own_that_stays(said):
    first, second = topic(said), topic(said, name_lv="Sports")
    assert (first.code, second.code) == ("p1", "p2")
    changed = topic(said, first, name_lv="Satiksmes drošība")
    assert (changed.code, changed.name_lv) == ("p1", "Satiksmes drošība")
    details = entry("save_topic").details
    assert (details["before"]["name_lv"], details["after"]["name_lv"]) == ("Drošība", "Satiksmes drošība")
    first.delete()
    assert topic(said).code == "p1"


def test_topic_is_offered_no_more_and_again(said):
    row = settings.retire_topic(topic=topic(said), **said)
    assert row.retired_on == ON
    assert row not in Topic.objects.in_use(ON)
    assert settings.retire_topic(topic=row, back=True, **said).retired_on is None
    assert entry("retire_topic").details == {"before": {"retired_on": "2026-11-23"}, "after": {"retired_on": None}}


def unit(said, row=None, name="Ceļu nodaļa", email="celi@example.org"):
    return settings.save_unit(unit=row, name=name, email=email, **said)


def test_unit_keeps_its_name_to_itself(said):
    row = unit(said)
    with refused("", "already exists"):
        unit(said)
    unit(said, row, email="cits@example.org")
    assert entry("save_unit").details["before"] == {"name": "Ceļu nodaļa", "email": "celi@example.org"}
    assert settings.retire_unit(unit=row, **said).retired_on == ON


def test_saving_what_stands_there_already_writes_no_entry(said):
    row = unit(said)
    unit(said, row)
    assert AuditEntry.objects.filter(verb="save_unit").count() == 1


def officer(said, unit, email="anna@example.org"):
    return settings.name_officer(unit=unit, given_name="Anna", family_name="Ķiega", email=email, started_on=ON, **said)


def test_officer_is_a_person_with_an_address_and_answers_for_a_unit_once(said):
    row = officer(said, unit(said))
    assert row.person.name == "Anna Ķiega"
    assert row.person.channels.get().confirmed_at == NOW
    with refused("", "already answers"):
        officer(said, row.unit)
    assert entry("name_officer").on_behalf_of == row.person
    with refused("", "last day"):
        settings.end_officer(officer=row, ended_on=ON - DAY, **said)
    settings.end_officer(officer=row, ended_on=ON + DAY, **said)
    assert [RespondingOfficer.objects.held(day).exists() for day in (ON, ON + DAY)] == [True, False]
    assert Person.objects.filter(family_name="Ķiega").count() == 1


def test_officer_is_ended_as_the_row_stands_now(said):
    stale = officer(said, unit(said))
    RespondingOfficer.objects.update(started_on=ON - 9 * DAY, ended_on=ON + 9 * DAY)
    row = settings.end_officer(officer=stale, ended_on=ON - DAY, **said)
    assert (row.started_on, row.ended_on) == (ON - 9 * DAY, ON - DAY)
    days = {"before": {"ended_on": str(ON + 9 * DAY)}, "after": {"ended_on": str(ON - DAY)}}
    assert entry("end_officer").details == days


# --- places and streets -----------------------------------------------------------------------------------------------


@pytest.fixture
def areas():
    return factories.neighbourhood("Alejas"), factories.neighbourhood("Baloži")


def test_par_4_place_moves_on_a_day_and_where_it_was_stays_known(said, areas):
    old, new = areas
    place = factories.place("Skujenieki", neighbourhood=old)
    moved = settings.move_place(place=place, neighbourhood=new, on=ON, **said)
    on_day = {day: Place.objects.valid(day).get(name="Skujenieki").neighbourhood for day in (ON - DAY, ON)}
    assert on_day == {ON - DAY: old, ON: new}
    assert entry("move_place").details == {
        "before": {"neighbourhood": "Alejas"},
        "after": {"neighbourhood": "Baloži", "on": "2026-11-23"},
    }
    with refused("", "does not belong here"):
        settings.move_place(place=place, neighbourhood=new, on=ON + DAY, **said)
    with refused("neighbourhood", "already"):
        settings.move_place(place=moved, neighbourhood=new, on=ON + DAY, **said)
    with refused("on", "after the first day"):
        settings.move_place(place=moved, neighbourhood=old, on=ON, **said)
    assert settings.move_place(place=moved, neighbourhood=None, on=ON + DAY, **said) is None
    assert not Place.objects.valid(ON + DAY).exists()


def test_place_is_added_once_and_its_name_corrected(said, areas):
    values = {"neighbourhood": areas[0], "name": "Krogsils", "kind": "village", "valid_from": ON}
    place = settings.add_place(**values, **said)
    with refused("", "already belongs"):
        settings.add_place(**values, **said)
    settings.rename_place(place=place, name="Krogsila", kind="village", **said)
    assert Place.objects.get().search_text.strip().startswith("krogs")
    assert entry("rename_place").details["before"] == {"name": "Krogsils", "kind": "village"}


def test_street_is_in_the_audit_with_what_stood_before(said, areas):
    street = factories.street("Ķiršu iela", neighbourhood=areas[0])
    before = settings.street_values(street)
    street.neighbourhood = areas[1]
    street.save()
    settings.record_street(street=street, before=before, **said)
    details = entry("save_street").details
    assert (details["before"]["neighbourhood"], details["after"]["neighbourhood"]) == ("Alejas", "Baloži")
    settings.delete_street(street=street, **said)
    assert entry("delete_street").details["before"]["name"] == "Ķiršu iela"


# --- days -------------------------------------------------------------------------------------------------------------


def test_day_counts_otherwise_and_back(said):
    row = settings.set_day(day=SATURDAY, is_working=True, note="MK rīkojums", **said)
    assert regulation.in_force(ON).is_working_day(SATURDAY)
    assert entry("set_day").details == {"before": None, "after": {"is_working": True, "note": "MK rīkojums"}}
    settings.remove_day(row=row, **said)
    assert not regulation.in_force(ON).is_working_day(SATURDAY)
    assert entry("remove_day").details["before"] == {"is_working": True, "note": "MK rīkojums"}


@pytest.mark.parametrize(("day", "is_working"), [(SATURDAY, False), (MONDAY, True), (date(2026, 11, 18), False)])
def test_day_that_counts_so_anyway_is_refused(said, day, is_working):
    with refused("day", "says so already"):
        settings.set_day(day=day, is_working=is_working, note="", **said)


def test_list_changes_what_is_new_and_takes_back_what_the_calendar_knows(said):
    DayOverride.objects.create(day=date(2026, 11, 18), is_working=True)  # a mistake: it is a holiday
    DayOverride.objects.create(day=SATURDAY, is_working=True, note="MK")
    days = [
        settings.Day(date(2026, 11, 18), False),
        settings.Day(SATURDAY, True, "MK"),
        settings.Day(MONDAY, False, "MK"),
        settings.Day(MONDAY + DAY, True),
    ]
    assert settings.import_days(days=days, **said) == (2, 2)
    assert dict(DayOverride.objects.values_list("day", "is_working")) == {SATURDAY: True, MONDAY: False}
    assert settings.import_days(days=days, **said) == (0, 4)


def csv(text: str, name="dienas.csv", encoding="utf-8"):
    return SimpleUploadedFile(name, text.encode(encoding))


def workbook(*rows, name="dienas.xlsx"):
    book, made = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return SimpleUploadedFile(name, made.getvalue())


LIST = "Datums;Darbdiena;Piezīme\n02.05.2026.;darbdiena;MK rīkojums Nr. 1\n2026-05-05; brīvdiena\n\n"


@pytest.mark.parametrize(
    "upload",
    [
        csv(LIST),
        csv(LIST, encoding="utf-8-sig"),
        csv(LIST, encoding="cp1257"),
        csv(LIST.replace(";", ",")),
        csv(LIST.replace(";", "\t")),
        csv(LIST.partition("\n")[2]),
        workbook(
            ["Datums", "Darbdiena", "Piezīme"],
            [date(2026, 5, 2), "jā", "MK rīkojums Nr. 1"],
            [datetime(2026, 5, 5), False],
        ),
    ],
    ids=["utf-8", "bom", "windows", "commas", "tabs", "no heading", "xlsx"],
)
def test_list_is_read_as_offices_write_it(upload):
    assert [(said.day, said.is_working, said.note) for said in day_lists.read(upload)] == [
        (date(2026, 5, 2), True, "MK rīkojums Nr. 1"),
        (date(2026, 5, 5), False, ""),
    ]


@pytest.mark.parametrize(
    ("upload", "sentences"),
    [
        (csv("2.5.26;jā"), ["Line 1: write the day as 02.05.2026."]),
        (csv("30.02.2026.;jā"), ["Line 1: write the day as 02.05.2026."]),
        (csv("02.05.1926.;jā"), ["Line 1: the year must be between 2020 and 2060."]),
        (
            csv("02.05.2026.;varbūt\n\n03.05.2026."),
            [
                "Line 1: write “darbdiena” or “brīvdiena” in the second column.",
                "Line 3: write “darbdiena” or “brīvdiena” in the second column.",
            ],
        ),
        (csv("02.05.2026.;jā\n02.05.2026.;nē"), ["Line 2: this day is listed twice."]),
        (csv("Datums;Darbdiena"), ["There is no day in this list."]),
        (csv("\0\0\0"), ["Choose a file of one of these kinds: CSV, XLSX."]),
        (csv("x", "dienas.xlsx"), ["Choose a file of one of these kinds: PDF, DOCX, ODT, XLSX, JPG, PNG."]),
    ],
)
def test_list_that_cannot_be_understood_is_told_line_by_line(upload, sentences):
    with pytest.raises(day_lists.ListRefused) as found:
        day_lists.read(upload)
    assert list(found.value.sentences) == sentences


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1">{cell("A1", "Datums")}</row><row r="3000000000">{cell("A3000000000", "x")}</row>',
        f"<row>{cell('A1', ''.join(f'{n:0200}' for n in range(200_000)))}</row>",
    ],
    ids=["a row far below", "a text that unpacks to far too much"],
)
def test_list_that_grows_when_it_is_read_is_refused(rows):
    content = workbook_of(rows)
    assert len(content) < 2_000_000
    with pytest.raises(day_lists.ListRefused, match="too big"):
        day_lists.read(SimpleUploadedFile("dienas.xlsx", content))


def test_list_has_an_end(monkeypatch):
    monkeypatch.setattr(day_lists, "MOST_ROWS", 1)
    with pytest.raises(day_lists.ListRefused, match="at most 1"):
        day_lists.read(csv("02.05.2026.;jā\n03.05.2026.;nē"))
    monkeypatch.setattr(day_lists, "LARGEST_CSV", 3)
    with pytest.raises(day_lists.ListRefused, match="too big"):
        day_lists.read(csv("02.05.2026.;jā"))


# --- the words with which documents begin -----------------------------------------------------------------------------


def test_words_of_a_document_know_their_names_only(said):
    def write(text):
        return settings.write_letter(code="announcement", text=text, **said)

    with refused("text", r"\{council\}, \{x\}"):
        write("{council} {x} {councils} {AGENDA_PUBLISHED}")
    write("Izziņojam: {councils}.")
    write("Izziņojam: {councils}.")
    assert AuditEntry.objects.filter(verb="write_letter").count() == 1
    settings.reset_letter(code="announcement", **said)
    settings.reset_letter(code="announcement", **said)
    assert not LetterTemplate.objects.exists()
    assert entry("reset_letter").details["before"] == {"text": "Izziņojam: {councils}."}


def test_unit_of_a_taken_name_leaves_nothing(said):
    unit(said)
    with refused("", "already exists"):
        unit(said)
    assert MunicipalUnit.objects.count() == 1
