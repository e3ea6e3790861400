"""Before and after in the audit log."""

import pytest
from django.utils import timezone, translation

from dashboard.panel.changes import Change, changes
from people.models import AuditEntry
from tests import factories
from tests.dashboard.panel_world import address, main_text, signed_in


def said(details, target="councils.NewsPost:1"):
    with translation.override("lv"):
        return changes(AuditEntry(details=details, target=target))


@pytest.mark.parametrize(
    ("details", "told"),
    [
        ({}, []),
        ({"before": {"title": "A", "body": "x"}, "after": {"title": "B", "body": "x"}}, [("Nosaukums", "A", "B")]),
        ({"before": None, "after": {"title": "B"}}, [("Nosaukums", "—", "B")]),
        ({"before": {"title": "A"}, "after": None}, [("Nosaukums", "A", "—")]),
        ({"before": 5, "after": 7}, [("", "5", "7")]),
        ({"before": {"is_x": False}, "after": {"is_x": True}}, [("is_x", "nē", "jā")]),
        ({"before": {}, "after": {"published_at": "2026-11-23T07:00:00+00:00"}}, [
            ("Publicēts", "—", "23.11.2026. 09.00")
        ]),
        ({"reason": "Pārcelts", "days": ["2026-11-23", "2026-11-24"]}, [
            ("Iemesls", "", "Pārcelts"), ("days", "", "23.11.2026., 24.11.2026.")
        ]),
    ],
)  # fmt: skip
def test_what_differs_is_told_in_the_words_of_the_thing(details, told):
    assert said(details) == [Change(*change) for change in told]


@pytest.mark.parametrize(
    ("target", "details", "told"),
    [
        ("councils.Council:1", {"after": {"kind": "chair"}}, ("Veids", "—", "priekšsēdētājs")),
        ("councils.Council:1", {"after": {"end_reason": "died"}}, ("Kāpēc beidzies", "—", "nāve")),
        ("councils.Council:1", {"step": "result"}, ("Solis", "", "rezultāti (§18)")),
        ("councils.Proposal:1", {"after": {"decision": "taken"}}, ("Lēmums", "—", "iekļauts darba kārtībā")),
        ("councils.Submission:1", {"after": {"kind": "opinion"}}, ("Veids", "—", "viedoklis")),
        ("councils.Meeting:1", {"after": {"mark": "excused"}}, ("Klātbūtne", "—", "nav klāt, attaisnots")),
    ],
)
def test_codes_are_told_in_words(target, details, told):
    assert said(details, target) == [Change(*told)]


@pytest.mark.parametrize(
    ("details", "written"),
    [
        ({"reason": "Pārcelts"}, ("Pārcelts",)),
        ({"before": {"title": "Talka"}, "after": {"title": "Lielā talka"}}, ("Talka", "Lielā talka")),
        ({"after": {"agenda": ["Par ceļiem", {"note": "Īsi"}]}}, ("Par ceļiem", "Īsi")),
        ({"step": "result"}, ()),
        ({"on": "2026-11-23", "published_url": "https://example.org/ā", "count": 5, "number": "12/2025"}, ()),
    ],
)
def test_what_people_wrote_is_told_from_codes_days_and_figures(details, written):
    assert said(details)[0].written == written


def test_thing_that_the_portal_no_longer_knows_keeps_the_names_of_the_log():
    assert said({"after": {"colour": "B"}}, "gone.Thing:1") == [Change("colour", "—", "B")]


def test_long_text_is_cut():
    assert len(said({"before": None, "after": {"body": "x" * 9000}})[0].after) == 1500


@pytest.mark.django_db
def test_log_shows_before_and_after():
    AuditEntry.objects.create(
        at=timezone.now(),
        verb="change_news",
        target="councils.NewsPost:1",
        label="Talka",
        details={"before": {"title": "Talka <b>"}, "after": {"title": "Lielā talka"}},
    )
    page = signed_in(factories.administrator()).get(address("panel-audit"))
    assert "Title Before: Talka <b> After: Lielā talka" in main_text(page)
