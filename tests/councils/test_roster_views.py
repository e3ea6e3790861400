"""Who was on a council on a day, as page and as data."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from councils import operations, regulation, roster
from councils.models import Office, Term
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST, MARCH, SUMMER, AUTUMN = date(2026, 1, 9), date(2026, 3, 12), date(2026, 6, 1), date(2026, 10, 1)
PRIVATE = ("anna@example.org", "+371 20000000")


@pytest.fixture
def council():
    """Anna left in June and came back in October; Jānis took her seat; Ilze is chair, before her it was Anna."""
    council = factories.council(neighbourhood=factories.neighbourhood("Baloži", slug="balozi"), name="Baložu padome")
    term = factories.term(council, seats=3, started_on=FIRST)
    anna = factories.person("Anna Āre", email=PRIVATE[0], phone=PRIVATE[1])
    ilze, janis = factories.person("Ilze Ķirse"), factories.person("Jānis Žagars")
    first = factories.membership(term, anna, ended_on=SUMMER, end_reason="conflict")
    factories.membership(term, ilze)
    factories.membership(term, janis, started_on=SUMMER)
    factories.membership(term, anna, started_on=AUTUMN)
    factories.office(first, ended_on=SUMMER)
    Office.objects.create(council=council, person=ilze, kind="chair", started_on=SUMMER)
    return council


def address(day="", kind=""):
    return f"/apkaimes/balozi/padome{kind or '/'}" + (f"?datums={day}" if day else "")


def text_of(response):
    return " ".join(response.content.decode().split("<main", 1)[1].split("</main>", 1)[0].split())


def names(council, day):
    return [seat.membership.person.name for seat in roster.read([council])[0].on(day).members]


# --- what it is made of -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (FIRST - DAY, []),
        (FIRST, ["Anna Āre", "Ilze Ķirse"]),
        (SUMMER - DAY, ["Anna Āre", "Ilze Ķirse"]),
        (SUMMER, ["Ilze Ķirse", "Jānis Žagars"]),
        (AUTUMN, ["Ilze Ķirse", "Anna Āre", "Jānis Žagars"]),
        (date(2030, 1, 1), ["Ilze Ķirse", "Anna Āre", "Jānis Žagars"]),
    ],
)
def test_roster_is_true_at_any_date(council, day, expected):
    """Officers first, then by name; who returned is there again."""
    assert names(council, day) == expected


def test_end_that_lies_ahead_hides_nobody_early(council, now):
    membership = roster.read([council])[0].on(AUTUMN).members[0].membership
    operations.end_membership(membership=membership, ended_on=date(2027, 1, 1), reason="resigned", by=None, now=now)
    assert membership.person.name in names(council, date(2026, 12, 31))
    assert membership.person.name not in names(council, date(2027, 1, 1))


def test_offices_are_those_of_the_day(council):
    history = roster.read([council])[0]
    assert [(s.membership.person.name, s.offices) for s in history.on(MARCH).members] == [
        ("Anna Āre", ["chair"]),
        ("Ilze Ķirse", []),
    ]
    assert history.on(AUTUMN).members[0].offices == ["chair"]


def test_empty_seats_are_there(council):
    assert roster.read([council])[0].on(MARCH).empty == [3]
    assert roster.read([council])[0].on(AUTUMN).empty == []


def test_changes_are_told_by_day_and_without_reasons(council):
    history = roster.read([council])[0]
    found = [(c.on, c.came, c.left, [name for _label, name in c.offices]) for c in history.changes(history.terms[0])]
    assert found == [
        (AUTUMN, ["Anna Āre"], [], []),
        (SUMMER, ["Jānis Žagars"], ["Anna Āre"], ["Ilze Ķirse"]),
        (FIRST, ["Anna Āre", "Ilze Ķirse"], [], ["Anna Āre"]),
    ]


def test_par_39_open_end_has_its_reason_and_years_their_day(council):
    rules = regulation.in_force(MARCH)
    assert roster.read([council])[0].on(MARCH).ends_on(rules) is None
    Term.objects.update(end_rule=Term.EndRule.YEARS)
    assert roster.read([council])[0].on(MARCH).ends_on(rules) == date(2030, 1, 9)
    Term.objects.update(ended_on=AUTUMN + DAY)
    assert roster.read([council])[0].on(MARCH).ends_on(rules) == AUTUMN + DAY
    assert roster.read([council])[0].on(FIRST - DAY).ends_on(rules) is None


@pytest.mark.parametrize("councils", [1, 3])
def test_reading_costs_the_same_however_many(councils, django_assert_num_queries):
    for _n in range(councils):
        factories.office(factories.membership(factories.term()))
    rows = list(operations.base.Council.objects.all())
    with django_assert_num_queries(4):
        found = [history.on(SUMMER) for history in roster.read(rows)]
        assert [len(row.members) for row in found] == [1] * councils
        assert [history.changes(history.terms[0]) for history in roster.read([])] == []


# --- the page ---------------------------------------------------------------------------------------------------------


def test_page_answers_who_was_on_the_council_on_a_day(client, council):
    text = text_of(client.get(address("2026-03-12")))
    assert "12. martā" in text
    assert "Anna Āre" in text
    assert "Priekšsēdētājs" in text
    assert "3. vieta" in text
    assert "brīva" in text
    table = text.split("<table", 1)[1].split("</table>", 1)[0]
    assert "Jānis Žagars" not in table
    assert 'value="2026-03-12"' in text  # the day stands in the form


def test_page_of_today_needs_no_day(client, council):
    response = client.get(address())
    assert response.context["roster"].on == timezone.localdate()
    assert "datums=2026-06-01" in text_of(response)  # a day on which something changed is a link


def test_page_shows_why_the_end_is_open(client, council):
    assert "§39–42" in text_of(client.get(address("2026-03-12")))


def test_page_says_when_the_council_was_not_at_work(client, council):
    text = text_of(client.get(address("2020-01-01")))
    assert "nedarbojās" in text
    assert "<table" not in text


def test_page_of_a_term_of_unknown_seats_says_so(client):
    term = factories.term(seats=0, seat_count=None)
    path = f"/apkaimes/{term.council.neighbourhood.slug}/padome/?datums=2026-03-12"
    assert "vēl nav ierakstīts" in text_of(client.get(path))


@pytest.mark.parametrize("day", ["rīt", "2026-02-30", "1800-01-01", "99999-01-01"])
def test_day_that_is_none_is_told_and_kept(client, council, day):
    response = client.get(address(), {"datums": day})
    assert response.status_code == 400
    assert day in text_of(response)
    assert "kludas" in text_of(response)
    for kind in (".json", ".csv"):
        answer = client.get(address(kind=kind), {"datums": day})
        assert answer.status_code == 400
        assert "2026-03-12" in answer.json()["error"]


def test_nothing_private_is_shown_or_sent(client, council):
    for path in (address("2026-03-12"), address("2026-03-12", ".json"), address("2026-03-12", ".csv")):
        body = client.get(path).content.decode()
        assert "Anna" in body
        assert not any(secret in body for secret in (*PRIVATE, "conflict", "interešu konflikts"))


def test_only_coordinators_are_offered_the_export(client, council):
    assert "parskati/roster.xlsx" not in text_of(client.get(address("2026-03-12")))
    client.force_login(factories.coordinator())
    text = text_of(client.get(address("2026-03-12")))
    assert "/panelis/parskati/roster.xlsx?apkaime=balozi&amp;diena=2026-03-12" in text


def test_wrong_address_and_wrong_method(client, council):
    assert client.get("/apkaimes/nekur/padome/").status_code == 404
    area = factories.neighbourhood()
    for kind in ("/", ".json", ".csv"):
        assert client.get(f"/apkaimes/{area.slug}/padome{kind}").status_code == 404
        assert client.post(address(kind=kind)).status_code == 405


@pytest.mark.parametrize("more", [0, 2])
def test_page_costs_the_same_however_many_members(client, council, more, now, django_assert_num_queries):
    for number in range(2, 2 + more):
        begins = {"number": number, "seat_count": 7, "started_on": date(2026 + number, 1, 9)}
        term = operations.open_term(council=council, by=None, now=now, **begins)
        for kind in Office.Kind:
            factories.office(factories.membership(term), kind)
    client.get(address())
    with django_assert_num_queries(6):
        client.get(address())


# --- the feeds --------------------------------------------------------------------------------------------------------


def test_json_feed_has_every_seat_of_the_day(client, council):
    answer = client.get(address("2026-03-12", ".json"))
    assert answer["Content-Type"] == "application/json"
    data = json.loads(answer.content)
    assert (data["council"], data["neighbourhood"]["slug"], data["on"]) == ("Baložu padome", "balozi", "2026-03-12")
    assert data["url"].endswith("/apkaimes/balozi/padome/")
    assert data["term"] == {
        "number": 1,
        "started_on": "2026-01-09",
        "ended_on": None,
        "ends": "with_the_first_meeting_of_the_next_term",
        "seats": 3,
    }
    assert data["seats"] == [
        {"seat": 1, "member": {"given_name": "Anna", "family_name": "Āre", "offices": ["chair"],
                               "started_on": "2026-01-09", "ended_on": "2026-06-01"}},
        {"seat": 2, "member": {"given_name": "Ilze", "family_name": "Ķirse", "offices": [],
                               "started_on": "2026-01-09", "ended_on": None}},
        {"seat": 3, "member": None},
    ]  # fmt: skip


def test_json_feed_of_a_day_without_a_council_is_empty(client, council):
    data = client.get(address("2020-01-01", ".json")).json()
    assert (data["term"], data["seats"]) == (None, [])
    assert client.get(address(kind=".json")).json()["on"] == timezone.localdate().isoformat()


def test_csv_feed_opens_in_a_latvian_spreadsheet(client, council):
    answer = client.get(address("2026-03-12", ".csv"), headers={"Accept-Language": "en"})
    assert answer["Content-Disposition"] == 'attachment; filename="padome-balozi-2026-03-12.csv"'
    assert answer.content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Vieta"], row["Uzvārds"], row["Amats"]) for row in rows] == [
        ("1", "Āre", "priekšsēdētājs"),
        ("2", "Ķirse", ""),
        ("3", "", ""),
    ]
    assert rows[0]["Diena"] == "12.03.2026"
    assert rows[0]["Pirmā diena bez pilnvarām"] == "01.06.2026"
