"""Tables as files: who may have them, which rows they hold, and what a spreadsheet program makes of the cells."""

import csv
import io
import json
import subprocess
import sys
import textwrap
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote
from uuid import uuid4

import openpyxl
import pytest
import tablib
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from councils.models import Meeting, Membership, Office
from dashboard import filters
from dashboard.exports import FORMATS
from dashboard.resources import REPORTS
from events.models import CheckIn, Event, Rsvp
from neighbourhoods.formats import LatvianCSV, SafeXLSX
from people.models import AuditEntry, Person
from tests import factories
from tests.servers import missing

pytestmark = pytest.mark.django_db

KINDS = list(REPORTS)


def address(kind, ending="xlsx", **params):
    query = "&".join(f"{name}={quote(str(value))}" for name, value in params.items())
    return f"{reverse('dashboard:export', args=[kind, ending])}?{query}"


def sheet_of(response):
    return openpyxl.load_workbook(io.BytesIO(response.content)).active


def rows_of(response):
    """The file's rows as dictionaries by heading, whichever format it has."""
    if response["Content-Type"].startswith("text/csv"):
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    else:
        rows = [list(row) for row in sheet_of(response).iter_rows(values_only=True)]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def column_of(response, heading):
    return [row[heading] for row in rows_of(response)]


@pytest.fixture
def coordinator(client):
    user = factories.coordinator()
    client.force_login(user)
    return user


@pytest.fixture
def officer(client):
    """The chair of a council with a meeting; an account, but no role."""
    user = factories.user(name="Ķērsta Ļauka")
    factories.office(factories.membership(person=user.person))
    client.force_login(user)
    return user


def council_of(user):
    return user.person.memberships.get().seat.term.council


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_coordinator_has_every_table(client, coordinator, kind, ending):
    member = factories.membership()
    factories.substitute(member.seat.term)
    factories.rsvp(factories.meeting(member.seat.term.council).event)
    factories.submission([member.seat.term.council])
    response = client.get(address(kind, ending))
    assert response.status_code == 200
    name = {
        "councils": "padomes",
        "members": "padomju-locekli",
        "roster": "padomju-sastavs",
        "substitutes": "nakamie-kandidati",
        "meetings": "sedes",
        "matters": "lemumi",
        "events": "pasakumi",
        "rsvps": "pieteikumi",
    }[kind]
    expected = f'attachment; filename="{name}-{timezone.localdate():%Y-%m-%d}.{ending}"'
    assert response["Content-Disposition"] == expected
    assert "no-store" in response["Cache-Control"]
    assert len(rows_of(response)) == (7 if kind == "roster" else 1)  # one row for each seat


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_empty_table_has_its_headings(client, coordinator, kind, ending):
    response = client.get(address(kind, ending, no="1950-01-01", lidz="1950-01-02"))
    assert rows_of(response) == []
    assert (
        len(response.content.decode("utf-8-sig").split(";")) > 9 if ending == "csv" else sheet_of(response)["A1"].value
    )


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_have_a_table(client, kind):
    visitor = client.get(address(kind))
    assert visitor.status_code == 302
    assert visitor["Location"].startswith(reverse("account_login"))
    for maker, status in ((factories.user, 403), (factories.coordinator, 200), (factories.administrator, 200)):
        client.force_login(maker())
        assert client.get(address(kind)).status_code == status


def test_only_get_gives_a_file(client, coordinator):
    for method in ("post", "put", "delete", "head"):
        assert getattr(client, method)(address("events")).status_code == 405
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("path", ["votes.xlsx", "events.ods", "events.xlsx.exe", "Events.xlsx"])
def test_there_are_no_other_files(client, coordinator, path):
    assert client.get(f"/panelis/parskati/{path}").status_code == 404


def test_officer_has_the_sign_ups_of_the_own_meetings_alone(client, officer):
    own = factories.meeting(council_of(officer)).event
    factories.rsvp(own, factories.person("Žanis Šķērslis", email="zanis@example.org", phone="+371 20000001"))
    other = factories.meeting().event
    factories.rsvp(other)
    response = client.get(address("rsvps", pasakums=own.pk))
    assert column_of(response, "Uzvārds") == ["Šķērslis"]
    content = response.content + client.get(address("rsvps", "csv", pasakums=own.pk)).content
    assert b"zanis@" not in content
    assert b"20000001" not in content
    for refused in (
        address("rsvps", pasakums=other.pk),
        address("rsvps"),
        address("rsvps", pasakums="abc"),
        address("rsvps", pasakums=10**17),
        *(address(kind, pasakums=own.pk) for kind in KINDS if kind != "rsvps"),
    ):
        assert client.get(refused).status_code == 403


def test_officer_loses_the_file_with_the_office(client, officer):
    event = factories.meeting(council_of(officer)).event
    Office.objects.update(ended_on=timezone.localdate())
    assert client.get(address("rsvps", pasakums=event.pk)).status_code == 403


def test_export_stands_in_the_audit_log(client, coordinator):
    event = factories.event("Talka")
    factories.rsvp(event)
    factories.rsvp(event)
    client.get(address("rsvps", "csv", pasakums=event.pk, statuss="nak", no="junk"))
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.verb, entry.target) == (coordinator, "export", f"events.Event:{event.pk}")
    assert entry.label == f"pieteikumi-{timezone.localdate():%Y-%m-%d}.csv"
    assert entry.details == {"filters": {"pasakums": str(event.pk), "statuss": "nak"}, "rows": 2}
    client.get(address("councils"))
    assert AuditEntry.objects.latest("pk").target == "councils.Council"


def test_refused_export_leaves_no_trace(client):
    client.force_login(factories.user())
    client.get(address("members"))
    assert not AuditEntry.objects.exists()


# --- cells ------------------------------------------------------------------------------------------------------------


def test_xlsx_has_typed_cells_and_a_heading_that_stays(client, coordinator):
    area = factories.neighbourhood("Ķekavas pilsēta")
    starts_at = datetime(2026, 11, 25, 16, 30, tzinfo=timezone.get_current_timezone())
    event = factories.event("Ļoti ķīlīgs pasākums", [area], starts_at=starts_at, capacity=40)
    factories.rsvp(event, party_size=3)
    sheet = sheet_of(client.get(address("events")))
    headings = [cell.value for cell in sheet[1]]
    cells = dict(zip(headings, sheet[2], strict=True))
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(headings)).column_letter}2"
    assert sheet.column_dimensions["A"].width > len("Ļoti ķīlīgs pasākums")
    assert cells["Pasākums"].value == "Ļoti ķīlīgs pasākums"
    assert cells["Sākums"].value == datetime(2026, 11, 25, 16, 30)
    assert cells["Sākums"].number_format == "dd.mm.yyyy hh:mm"
    assert (cells["Vietas"].value, cells["Aizņemtas vietas"].value, cells["Brīvas vietas"].value) == (40, 3, 37)
    assert {cells[name].data_type for name in ("Vietas", "Brīvas vietas")} == {"n"}
    assert cells["Var pieteikties"].value == "jā"
    assert cells["Apkaimes"].value == "Ķekavas pilsēta"


def test_events_tell_who_came_and_what_they_thought(client, coordinator, now):
    event = factories.event("Talka", starts_at=now)
    row = factories.rsvp(event, party_size=3)
    CheckIn.objects.create(event=event, rsvp=row, key=uuid4(), people=3, at=now)
    CheckIn.objects.create(event=event, key=uuid4(), people=2, at=now)
    headings = ("Ieradās", "Bez pieteikšanās", "Aptaujas atbildes", "Aptaujas vidējais vērtējums")
    for rating, average in ((5, ""), (4, ""), (4, "4,33")):
        event.survey_answers.create(rating=rating, answered_on=now.date())
        said = rows_of(client.get(address("events", "csv")))[0]
        count = str(event.survey_answers.count())
        assert [said[heading] for heading in headings] == ["5", "2", count, average]


def test_csv_is_what_a_latvian_excel_opens(client, coordinator, now):
    starts_at = datetime(2026, 7, 1, 16, 30, tzinfo=now.tzinfo)
    factories.event('Saruna; „ceļi” un "tilti"', starts_at=starts_at, capacity=40, takes_rsvps=False)
    response = client.get(address("events", "csv"))
    content = response.content
    assert content.startswith(b"\xef\xbb\xbfPas")
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == 2
    row = rows_of(response)[0]
    assert row["Pasākums"] == 'Saruna; „ceļi” un "tilti"'
    assert row["Sākums"] == "01.07.2026 16:30"
    assert row["Vietas"] == "40"
    assert row["Var pieteikties"] == "nē"
    assert row["Apkaimes"] == "Viss novads"


def test_headings_and_states_are_latvian_whoever_reads(client, coordinator):
    member = factories.membership()
    factories.office(member)
    factories.rsvp(factories.meeting(member.seat.term.council).event)
    latvian = {kind: client.get(address(kind, "csv")).content for kind in KINDS}
    client.cookies["valoda"] = "en"
    assert {kind: client.get(address(kind, "csv")).content for kind in KINDS} == latvian
    assert "priekšsēdētājs" in latvian["members"].decode()


RISKY = [
    "=1+1",
    "+371 20",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1+1",
    "\u00a0=1",
    "\u200b=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
]
HARMLESS = ["a=1", "1-2", "Ķekava (=centrs)", "", "'=1+1", "2026", "% no visiem"]


@pytest.mark.parametrize("text", RISKY)
def test_nobody_s_text_becomes_a_formula(text):
    table = tablib.Dataset([text, -5, Decimal("-2.5")], headers=[text, "B", "C"])
    sheet = openpyxl.load_workbook(io.BytesIO(SafeXLSX().export_data(table))).active
    assert [sheet["A1"].data_type, sheet["A2"].data_type] == ["s", "s"]
    assert sheet["A2"].quotePrefix
    assert sheet["A2"].value.lstrip() == text.replace("\r", "\n").lstrip()
    assert [sheet["B2"].value, sheet["C2"].value] == [-5, -2.5]
    content = LatvianCSV().export_data(table).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert rows[1] == ["'" + text.replace("\r", "\n"), "-5", "-2,5"]
    assert rows[0][0] == "'" + text.replace("\r", "\n")


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_stay_as_they_are(text):
    table = tablib.Dataset([text, 1], headers=["A", "B"])
    assert openpyxl.load_workbook(io.BytesIO(SafeXLSX().export_data(table))).active["A2"].value in (text, None)
    rows = list(csv.reader(io.StringIO(LatvianCSV().export_data(table), newline=""), delimiter=";"))
    assert rows[1][0] == text


def test_long_names_and_odd_characters_arrive_whole(client, coordinator):
    title = "Ļ" * 200
    event = factories.event(title, venue="Tautas\x0bnams\x1b")
    factories.rsvp(event, factories.person("Ģ" * 100 + " " + "Ķ" * 100), question="Pirmā rinda\r\notrā 🌲\x1f")
    for ending in ("xlsx", "csv"):
        row = rows_of(client.get(address("rsvps", ending)))[0]
        assert row["Pasākums"] == title
        assert row["Uzvārds"] == "Ķ" * 100
        assert row["Jautājums"] == "Pirmā rinda\notrā 🌲\ufffd"
        assert rows_of(client.get(address("events", ending)))[0]["Vieta"] == "Tautas\ufffdnams\ufffd"


def test_day_that_excel_does_not_know_is_a_text(client, coordinator):
    member = factories.membership(started_on=date(202, 1, 9))
    for ending in ("xlsx", "csv"):
        assert column_of(client.get(address("members", ending)), "Pilnvaras no") == ["09.01.0202"]
    assert member.pk


# --- rows -------------------------------------------------------------------------------------------------------------


def test_latvian_order_of_names(client, coordinator):
    event = factories.event()
    for name in ("Anna Zīle", "Anna Ķikute", "Anna Lapa", "Anna Āre", "Anna Kalna", "Anna Ļauka", "Anna Arāja"):
        factories.rsvp(event, factories.person(name))
    assert column_of(client.get(address("rsvps")), "Uzvārds") == [
        "Arāja", "Āre", "Kalna", "Ķikute", "Lapa", "Ļauka", "Zīle"
    ]  # fmt: skip
    for name in ("Ķekava", "Krogsils", "Ļaudona", "Āži"):
        factories.council(neighbourhood=factories.neighbourhood(name))
    assert column_of(client.get(address("councils")), "Apkaime") == ["Āži", "Krogsils", "Ķekava", "Ļaudona"]


def test_seats_of_a_day(client, coordinator):
    """Who was on the council on 12 March: every seat, with what the public is not told."""
    term = factories.term(factories.council(neighbourhood=factories.neighbourhood("Baloži", slug="balozi")), seats=2)
    left = factories.membership(
        term, factories.person("Jānis Bērzs"), ended_on=date(2026, 4, 1), end_reason="resigned", source="Iesniegums 5"
    )
    factories.office(left, ended_on=left.ended_on)
    factories.membership(factories.term())  # another council
    day = {"apkaime": "balozi", "diena": "2026-03-12"}

    response = client.get(address("roster", **day))
    rows = rows_of(response)

    assert response["Content-Disposition"] == 'attachment; filename="padomju-sastavs-2026-03-12.xlsx"'
    assert [(row["Vieta"], row["Uzvārds"], row["Amats"], row["Kāpēc beidzās"], row["Dokuments"]) for row in rows] == [
        (1, "Bērzs", "priekšsēdētājs", "atkāpšanās pēc savas vēlēšanās", "Iesniegums 5"),
        (2, None, None, None, None),
    ]
    assert {row["Diena"].date() for row in rows} == {date(2026, 3, 12)}
    assert [row["Uzvārds"] for row in rows_of(client.get(address("roster", apkaime="balozi")))] == [None, None]
    assert rows_of(client.get(address("roster", diena="2020-01-01"))) == []


def test_members_of_a_day(client, coordinator):
    term = factories.term(seats=5)
    stays = factories.membership(term, factories.person("Anna Ābele", email="anna@example.org", phone="+371 20000002"))
    factories.office(stays, started_on=date(2026, 2, 1))
    left = factories.membership(
        term, factories.person("Juris Bērzs"), ended_on=date(2026, 5, 1), end_reason=Membership.EndReason.RESIGNED
    )
    factories.membership(term, factories.person("Līga Cīrule"), started_on=date(2026, 5, 1), seat=left.seat)
    never = {"started_on": date(2026, 3, 1), "ended_on": date(2026, 3, 1), "end_reason": "other"}
    factories.membership(term, factories.person("Ieva Dūce"), **never)  # entered by mistake: never had a day

    def found(**params):
        return [
            (row["Uzvārds"], row["Amats"], row["Statuss"]) for row in rows_of(client.get(address("members", **params)))
        ]

    sits, ended = "darbojas padomē", "pilnvaras beigušās"
    assert found(diena="2026-01-08") == []
    assert found(diena="2026-01-09") == [("Ābele", None, sits), ("Bērzs", None, sits)]
    assert found(diena="2026-04-30") == [("Ābele", "priekšsēdētājs", sits), ("Bērzs", None, sits)]
    assert found(diena="2026-05-01") == [("Ābele", "priekšsēdētājs", sits), ("Cīrule", None, sits)]
    assert found(diena="2026-05-01", statuss="bijusie") == [("Bērzs", None, ended)]
    assert [row[0] for row in found(diena="2026-05-01", statuss="visi")] == ["Ābele", "Bērzs", "Cīrule"]
    response = client.get(address("members", diena="2026-04-30"))
    assert "padomju-locekli-2026-04-30.xlsx" in response["Content-Disposition"]
    row = rows_of(response)[0]
    assert (row["E-pasts"], row["Tālrunis"]) == ("anna@example.org", "+371 20000002")
    assert row["Pilnvaras no"] == datetime(2026, 1, 9)
    ended_row = rows_of(client.get(address("members", diena="2026-05-01", statuss="bijusie")))[0]
    assert ended_row["Pirmā diena bez pilnvarām"] == datetime(2026, 5, 1)
    assert ended_row["Kāpēc beidzās"] == left.get_end_reason_display()


def test_councils_have_their_numbers_and_chair(client, coordinator):
    member = factories.membership(person=factories.person("Ģirts Ķēniņš"))
    factories.office(member)
    council = member.seat.term.council
    factories.meeting(council, starts_at=timezone.now() - timedelta(days=1))
    factories.submission([council])
    row = rows_of(client.get(address("councils")))[0]
    assert row["Statuss"] == "Darbojas"
    assert (row["Vietas"], row["Locekļi"], row["Priekšsēdētājs"]) == (7, 1, "Ģirts Ķēniņš")
    assert (row["Sēdes bez protokola"], row["Priekšlikumi bez atbildes"]) == (1, 1)
    assert isinstance(row["Pēdējā sēde"], datetime)


def test_neighbourhood_without_a_council_is_in_the_file(client, coordinator):
    factories.follow(factories.person(), factories.neighbourhood("Vārpas", population=321))
    row = rows_of(client.get(address("councils", statuss="nav")))[0]
    assert (row["Apkaime"], row["Statuss"], row["Iedzīvotāji"]) == ("Vārpas", "Vēl nav", 321)
    assert (row["Padome"], row["Vietas"], row["Locekļi"], row["Priekšsēdētājs"]) == (None, None, None, None)
    assert (row["Sēdes šogad"], row["Sekotāji"], row["Jauni sekotāji 30 dienās"]) == (0, 1, 1)
    assert row["Adrese portālā"].endswith(factories.Neighbourhood.objects.get().get_absolute_url())


def test_meetings_say_when_the_minutes_are_due(client, coordinator, now):
    council = factories.council(neighbourhood=factories.neighbourhood("Ķekava"))
    other = factories.council(neighbourhood=factories.neighbourhood("Āži"))
    held = timezone.now() - timedelta(days=3)
    meeting = factories.meeting(council, starts_at=held, title="Kopīga sēde")
    meeting.councils.add(other)
    factories.meeting(council, starts_at=timezone.now() + timedelta(days=3), title="Nākamā sēde")
    first, second = rows_of(client.get(address("meetings")))
    assert first["Apkaimes"] == "Āži, Ķekava"
    assert isinstance(first["Protokols jānosūta līdz"], datetime)
    assert second["Protokols jānosūta līdz"] is None
    assert first["Statuss"] != second["Statuss"]
    assert second["Darba kārtības jautājumi"] == 0


# --- filters ----------------------------------------------------------------------------------------------------------


def titles(client, **params):
    return column_of(client.get(address("events", "csv", **params)), "Pasākums")


def test_events_are_narrowed_as_on_the_screen(client, coordinator):
    now = timezone.now()
    kekava, daugmale = (factories.neighbourhood(name, slug=name.lower()) for name in ("Kekava", "Daugmale"))
    day = timedelta(days=1)
    factories.event("Bijis", [kekava], starts_at=now - 2 * day)
    factories.event("Notiek", [kekava], starts_at=now - timedelta(hours=1))
    factories.event("Būs talka", [daugmale], starts_at=now + day, kind=Event.Kind.CLEANUP)
    factories.event("Melnraksts", [kekava], starts_at=now + 2 * day, published=False)
    factories.event("Atcelts visiem", [], starts_at=now + 3 * day, cancelled_at=now)
    assert titles(client) == ["Bijis", "Notiek", "Būs talka", "Melnraksts", "Atcelts visiem"]
    assert titles(client, apkaime="kekava") == ["Bijis", "Notiek", "Melnraksts", "Atcelts visiem"]
    assert titles(client, statuss="gaidamie") == ["Notiek", "Būs talka"]
    assert titles(client, statuss="bijusie") == ["Bijis"]
    assert titles(client, statuss="melnraksti", apkaime="kekava") == ["Melnraksts"]
    assert titles(client, statuss="atcelti") == ["Atcelts visiem"]
    assert titles(client, veids="cleanup") == ["Būs talka"]
    assert titles(client, q="talku") == ["Būs talka"]
    today = timezone.localdate(now)
    assert titles(client, no=today + day, lidz=today + day) == ["Būs talka"]


def test_a_day_begins_and_ends_as_in_latvia(now):
    late = datetime(2026, 11, 23, 23, 59, tzinfo=now.tzinfo)
    factories.event("Vēlu", starts_at=late)
    factories.event("Pusnaktī", starts_at=late + timedelta(minutes=1))
    day = {"no": "2026-11-23", "lidz": "2026-11-23"}
    assert [row.title for row in filters.filter_events(Event.objects.all(), day, now).rows] == ["Vēlu"]


def test_meetings_are_narrowed_as_on_the_screen(now):
    council = factories.council(neighbourhood=factories.neighbourhood(slug="kekava"))
    day = timedelta(days=1)
    common = factories.meeting(council, title="Kopīgā sēde", starts_at=now - day, kind="meeting")
    common.councils.add(factories.council())
    done = factories.meeting(council, title="Ar protokolu", starts_at=now - 2 * day)
    Meeting.objects.filter(pk=done.pk).update(minutes_published_on=now.date(), kind=Meeting.Kind.JOINT)
    draft = factories.meeting(title="Uzmetums", starts_at=now + day, published=False)
    ahead = factories.meeting(title="Drīz", starts_at=now + day)

    def found(**params):
        return set(filters.filter_meetings(Meeting.objects.all(), params, now).rows)

    assert found(apkaime="kekava") == {common, done}
    assert len(filters.filter_meetings(Meeting.objects.all(), {"apkaime": "kekava"}, now).rows) == 2
    assert found(statuss="notikusas") == {common, done}
    assert found(statuss="bez-protokola") == {common}
    assert found(statuss="ar-protokolu") == {done} == found(veids="joint")
    assert found(statuss="melnraksti") == {draft}
    assert found(statuss="izsludinatas") == {ahead}
    assert found(q="kopīgas sēdes") == {common}
    assert found(no="2026-11-24") == {draft, ahead}


def test_sign_ups_are_narrowed_as_on_the_screen(now):
    area = factories.neighbourhood(slug="kekava")
    here, there = factories.event("Šeit", [area]), factories.event("Tur", [factories.neighbourhood()], kind="forum")
    going = factories.rsvp(here, factories.person("Žaklīna Ģērmane"))
    waiting = factories.rsvp(here, state=Rsvp.State.WAITING)
    cancelled = factories.rsvp(there, state=Rsvp.State.CANCELLED)

    def found(**params):
        return set(filters.filter_rsvps(Rsvp.objects.all(), params).rows)

    assert found(pasakums=str(here.pk)) == found(apkaime="kekava") == {going, waiting}
    assert found(pasakums="999999") == set()
    assert found(statuss="rinda") == {waiting}
    assert found(statuss="atteikti") == {cancelled} == found(veids="forum")
    assert found(q="germanei") == {going}
    absent = factories.rsvp(there)
    factories.check_in(going)
    factories.check_in(absent, undone_at=now)
    assert found(ieradas="ja") == {going}
    assert found(ieradas="ne") == {absent}


def test_councils_are_narrowed_as_on_the_screen(now):
    working = factories.term().council
    forming = factories.council(formation_started_on=date(2026, 10, 1))
    none = factories.council(neighbourhood=factories.neighbourhood("Ķekavas pilsēta", slug="kekava"))
    never = factories.neighbourhood("Vārpas")

    def found(**params):
        on = timezone.localdate(now)
        rows = filters.filter_areas(type(never).objects.all(), type(none).objects.with_state(on), params, on).rows
        return {row.area for row in rows}

    assert found(statuss="darbojas") == {working.neighbourhood}
    assert found(statuss="veidojas") == {forming.neighbourhood}
    assert found(statuss="nav") == {none.neighbourhood, never}
    assert found(apkaime="kekava") == found(q="kekavā") == {none.neighbourhood}


JUNK = {
    "apkaime": ["nekur", "Ķekava", "a\x00b", "' OR 1=1", "x" * 5000],
    "statuss": ["upcoming", "GAIDAMIE", "\x00"],
    "veids": ["talka", "0"],
    "no": ["2026-13-01", "20261123", "0001-01-01", "9999-12-31", "2026-02-30", "vakar", "２０２６-11-23"],
    "lidz": ["-1", "2026-11-23T10:00"],
    "diena": ["2026-W48-1", "{}"],
    "ieradas": ["jā", "1"],
    "pasakums": ["abc", "-1", "1.5", "٣", "9" * 40],
    "q": ["…", "\x00", "  - "],
}
CALLS = {
    "events": lambda params, now: filters.filter_events(Event.objects.all(), params, now),
    "meetings": lambda params, now: filters.filter_meetings(Meeting.objects.all(), params, now),
    "rsvps": lambda params, now: filters.filter_rsvps(Rsvp.objects.all(), params),
    "members": lambda params, now: filters.filter_members(Membership.objects.all(), params, now.date()),
}


@pytest.mark.parametrize("name", JUNK)
@pytest.mark.parametrize("kind", CALLS)
def test_what_means_nothing_narrows_nothing_and_is_named(name, kind, now):
    member = factories.membership()
    factories.rsvp(factories.meeting(member.seat.term.council).event)
    everything = CALLS[kind]({}, now)
    understood = {"events": "diena pasakums ieradas", "meetings": "diena pasakums ieradas", "rsvps": "diena"}
    strange = understood.get(kind, "veids no lidz pasakums ieradas").split()
    for value in JUNK[name]:
        found = CALLS[kind]({name: value, "lapa": "x", "nezinams": "1"}, now)
        assert set(found.rows) == set(everything.rows), (name, value)
        assert found.ignored == ([] if name in strange else [name]), (name, value)
        assert found.chosen == {}
        assert not found.is_narrow


def test_junk_in_the_address_is_no_error(client, coordinator):
    factories.event()
    for kind in KINDS:
        for name, values in JUNK.items():
            for value in values:
                assert client.get(address(kind, "csv", **{name: value})).status_code == 200, (kind, name, value)


# --- matters ----------------------------------------------------------------------------------------------------------


def test_table_of_matters_says_what_the_page_says(client, coordinator):
    today = timezone.localdate()
    council = factories.council(neighbourhood=factories.neighbourhood("Baloži"))
    matter = factories.matter([council], "Laternas", topic="5.1")
    resolution = factories.resolution(factories.agenda_item(factories.meeting(council), matter=matter))
    factories.submission(
        [council],
        matter=matter,
        resolution=resolution,
        unit="Ceļu nodaļa",
        sent_on=today,
        registered_on=today,
        registration_number="KND/7",
        replied_on=today,
        outcome="partly",
    )
    factories.submission([factories.council()], "Cits")
    factories.submission([council], "Slepens", is_public=False)
    everything = rows_of(client.get(address("matters")))
    assert {row["Jautājums"] for row in everything} == {"Laternas", "Cits"}
    [row] = rows_of(client.get(address("matters", apkaime=council.neighbourhood.slug, statuss="daleji", q="laterna")))
    assert (row["Apkaimes"], row["Statuss"], row["Iznākums"]) == ("Baloži", "Daļēji ņemts vērā", "daļēji ņemts vērā")
    assert (row["Lēmuma numurs"], row["Reģistrācijas numurs"]) == (f"1/{resolution.year}", "KND/7")
    assert rows_of(client.get(address("matters", no=f"{today + timedelta(days=1)}"))) == []


# --- cost -------------------------------------------------------------------------------------------------------------


def fill(count):
    """`count` rows of every table, quickly."""
    term = factories.term(seats=1)
    council = term.council
    area = council.neighbourhood
    for _number in range(count):
        other = factories.term(council=factories.council(), seats=1)
        member = factories.membership(other)
        factories.office(member)
        factories.substitute(other)
        meeting = factories.meeting(other.council, neighbourhoods=[area, other.council.neighbourhood])
        factories.rsvp(meeting.event)
        factories.submission([other.council])


QUERIES = {"councils": 3, "members": 3, "roster": 5, "substitutes": 2, "meetings": 4}
QUERIES |= {"matters": 2, "events": 2, "rsvps": 2}


@pytest.mark.parametrize("count", [1, 3, 300])
def test_queries_are_the_same_for_any_number_of_rows(django_assert_num_queries, count, now):
    fill(count)
    assert set(QUERIES) == set(KINDS)
    for kind, queries in QUERIES.items():
        with django_assert_num_queries(queries):
            dataset = REPORTS[kind]({}, now).export()
        assert len(dataset) >= count, kind


MEASURE = """
    import json, re, sys, time
    from pathlib import Path
    import django
    django.setup()
    from django.utils import timezone
    from dashboard.resources import REPORTS
    from neighbourhoods.formats import LatvianCSV, SafeXLSX

    def peak():
        "Most memory so far, in megabytes."
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

    kind, ending = sys.argv[1:]
    REPORTS[kind]({"no": "2199-01-01"}, timezone.now()).export()
    writer = {"xlsx": SafeXLSX, "csv": LatvianCSV}[ending]()
    writer.export_data(REPORTS["councils"]({}, timezone.now()).export())
    before, started = peak(), time.process_time()
    dataset = REPORTS[kind]({}, timezone.now()).export()
    content = writer.export_data(dataset)
    print(json.dumps({"rows": len(dataset), "seconds": time.process_time() - started, "megabytes": peak() - before,
                      "bytes": len(content)}))
"""


@pytest.mark.prove
@pytest.mark.databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_twenty_thousand_sign_ups_take_seconds_and_little_memory(ending, tmp_path):
    count = 20_000
    event = factories.event("Ķekavas svētki")
    people = Person.objects.bulk_create(
        [Person(given_name=f"Žaklīna {n}", family_name=f"Ģērmane {n % 977}", is_invented=True) for n in range(count)]
    )
    now = timezone.now()
    Rsvp.objects.bulk_create(
        [
            Rsvp(event=event, person=person, number=n, state="going", rsvped_at=now, confirmed_at=now, question="Kur?")
            for n, person in enumerate(people, 1)
        ],
        batch_size=2000,
    )
    script = tmp_path / "measure.py"
    script.write_text(textwrap.dedent(MEASURE))
    done = subprocess.run(
        [sys.executable, script, "rsvps", ending],
        cwd=settings.BASE_DIR,
        env=same_database(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    cost = json.loads(done.stdout)
    print(cost)
    assert cost["rows"] == count
    assert cost["seconds"] < 30  # of processor time
    assert cost["megabytes"] < 100


def same_database(folder):
    """The environment of a process that sees the rows of this test."""
    import os

    name = connection.settings_dict["NAME"]
    env = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR), "DJANGO_SETTINGS_MODULE": "kekava_portal.settings"}
    if connection.vendor == "postgresql":
        return {**env, "DATABASE_URL": f"{os.environ['TEST_DATABASE_URL'].rpartition('/')[0]}/{name}"}
    (folder / "portal.sqlite3").symlink_to(name)
    return {**env, "DATA_DIR": str(folder), "DATABASE_URL": ""}


# --- a spreadsheet program with Latvian settings ----------------------------------------------------------------------

LATVIAN_OFFICE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
  <value>lv-LV</value></prop></item>
</oor:items>
"""
# What double click takes by itself: semicolons, quotation marks, UTF-8, the system's language, dates recognised.
AS_BY_DOUBLE_CLICK = "Text - txt - csv (StarCalc):59,34,76,1,,0,false,true"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Opens a file in LibreOffice with Latvian settings and gives the sheet as typed cells."""
    if why := missing("office"):
        pytest.skip(why)
    profile = tmp_path_factory.mktemp("office")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(LATVIAN_OFFICE, encoding="utf-8")

    def opened(content, ending):
        folder = tmp_path_factory.mktemp("opened")
        source = folder / f"tabula.{ending}"
        source.write_bytes(content)
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += [f"--infilter={AS_BY_DOUBLE_CLICK}"] if ending == "csv" else []
        command += ["--convert-to", "xlsx", "--outdir", str(folder / "out"), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        result = folder / "out" / "tabula.xlsx"
        assert result.exists(), done.stdout + done.stderr
        return openpyxl.load_workbook(result).active

    return opened


@pytest.mark.office
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_office_with_latvian_settings_sees_the_same_cells(office, ending):
    writer = FORMATS[ending]()
    headings = ["Teksts", "Diena", "Brīdis", "Skaits", "Daļa", "Ir"]
    day, moment = date(2026, 11, 3), datetime(2026, 11, 23, 18, 30)
    table = tablib.Dataset(headers=headings, title="Tabula")
    table.append(["āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ „€”", day, moment, 1234, Decimal("1234.50"), True])
    table.append(["=1+1", None, None, -5, -0.25, False])
    table.append(['Divas; "daļas"\nun rinda', day, moment, 0, 0.5, None])
    content = writer.export_data(table)
    sheet = office(content.encode() if isinstance(content, str) else content, ending)
    rows = list(sheet.iter_rows(values_only=True))
    mark = "'" if ending == "csv" else ""
    midnight = datetime(2026, 11, 3)
    assert rows == [
        tuple(headings),
        ("āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ „€”", midnight, moment, 1234, 1234.5, "jā"),
        (f"{mark}=1+1", None, None, -5, -0.25, "nē"),
        ('Divas; "daļas"\nun rinda', midnight, moment, 0, 0.5, None),
    ]
    assert sheet["A3"].data_type == "s"


@pytest.mark.office
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_table_opens_in_office(client, coordinator, office, kind, ending):
    member = factories.membership(person=factories.person("=Žanis Ķēniņš", phone="+371 20000003"))
    factories.office(member)
    meeting = factories.meeting(member.seat.term.council, title="=1+1", starts_at=timezone.now() - timedelta(days=2))
    factories.rsvp(meeting.event, member.person)
    response = client.get(address(kind, ending))
    expected = sheet_of(client.get(address(kind, "xlsx")))
    sheet = office(response.content, ending)
    for written, read in zip(expected.iter_rows(), sheet.iter_rows(), strict=True):
        for cell, seen in zip(written, read, strict=True):
            assert seen.data_type != "f", seen.value
            if isinstance(cell.value, datetime):
                assert abs(seen.value - cell.value) < timedelta(minutes=1)
            elif isinstance(cell.value, str):
                assert seen.value.removeprefix("'") == cell.value
            else:
                assert seen.value == cell.value
