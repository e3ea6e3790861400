"""docs/regulation.md lists all points of Nr. 12/2025; what it names is there. And the points without another place."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from councils import operations
from councils.models import Membership, Office
from people.models import AuditEntry
from tests import factories

ROOT = Path(settings.BASE_DIR)
ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
IN_FILE = re.compile(r"`([\w/]+\.py)` \(((?:`\w+`(?:, )?)+)\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def rows() -> dict[int, tuple[str, str, str]]:
    text = (ROOT / "docs/regulation.md").read_text(encoding="utf-8")
    section = text.partition("## The 42 points")[2].partition("\n## ")[0]
    return {int(number): (says, place, tests) for number, says, place, tests in ROW.findall(section)}


def test_every_point_of_the_act_has_its_row():
    found = rows()
    assert list(found) == list(range(1, 43))
    assert all(says.strip() and place.strip() for says, place, _tests in found.values())


@pytest.mark.parametrize(("number", "row"), rows().items())
def test_what_a_row_names_is_there(number, row):
    _says, place, tests = row
    for path in CODE.findall(place):
        if path.endswith(".py"):
            assert (ROOT / path).is_file(), path
    for path, names in IN_FILE.findall(place):
        source = (ROOT / path).read_text(encoding="utf-8")
        for name in CODE.findall(names):
            assert re.search(rf"^\s*(def|class) {name}\b", source, re.MULTILINE), f"{name} in {path}"
    for path, name in TEST.findall(tests):
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not name or f"\ndef {name}(" in source, f"{name} in {path}"


def test_every_point_that_binds_software_has_its_test():
    """§19 to §38 are the council's life: each has a test named after its paragraph, in one spelling or the other."""
    for number in range(19, 39):
        _says, _place, tests = rows()[number]
        assert re.search(rf"::test_(?:par_|p){number}_", tests), number


# --- points whose subject has no file of its own ----------------------------------------------------------------------


@pytest.mark.django_db
def test_par_34_mandate_ends_for_a_conflict_of_interest_with_its_document(now):
    """The council judges; the portal keeps that it did, why and by which document, and ends what came with the seat."""
    member = factories.membership(started_on=date(2026, 2, 10))
    office = factories.office(member, Office.Kind.SECRETARY)
    by = factories.coordinator()
    operations.end_membership(
        membership=member,
        ended_on=date(2026, 11, 20),
        reason=Membership.EndReason.CONFLICT,
        source="Padomes sēdes protokols Nr. 9/2026",
        by=by,
        now=now,
    )
    member.refresh_from_db()
    office.refresh_from_db()
    assert (member.end_reason, member.ended_on) == ("conflict", date(2026, 11, 20))
    assert member.source == "Padomes sēdes protokols Nr. 9/2026"
    assert office.ended_on == date(2026, 11, 20)
    assert AuditEntry.objects.get(verb="end_membership").by == by
