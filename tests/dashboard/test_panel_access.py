"""Who may open which page of the panel, and with which method."""

import re
from copy import deepcopy

import pytest
from django.test import Client

from dashboard.panel import urls
from dashboard.panel.mail import KINDS
from dashboard.panel.people import VERBS
from notices.emails import WRITERS
from tests import factories
from tests.dashboard import voice_world as made
from tests.dashboard.panel_world import ENGLISH, World, address, main_text, signed_in, world
from tests.keeping import kept

pytestmark = pytest.mark.django_db


def file_of(submission):
    """A file that goes with a submission."""
    return submission.files.create(file=factories.stored_file(), title="Karte")


def ended_membership(w):
    """A mandate that never had a day: it is in nobody's way."""
    day = w.membership.started_on
    return factories.membership(w.membership.seat.term, started_on=day, ended_on=day, end_reason="other")


def ended_office(w):
    return factories.office(w.membership, kind="secretary", ended_on=w.membership.started_on)


COORDINATORS = {"coordinator", "administrator"}
ADMINISTRATORS = {"administrator"}
OFFICERS = COORDINATORS | {"officer"}
MEMBERS = OFFICERS | {"member"}
EVERYBODY = ("officer", "member", "stranger", "resident", "coordinator", "administrator")

# name of the address, its arguments, who may open it, whether it takes a form
PAGES = [
    ("panel", lambda w: [], COORDINATORS, False),
    ("panel-councils", lambda w: [], COORDINATORS, False),
    ("panel-council", lambda w: [w.slug], COORDINATORS, False),
    ("panel-council-edit", lambda w: [w.slug], COORDINATORS, True),
    ("panel-term-open", lambda w: [w.slug], COORDINATORS, True),
    ("panel-seats", lambda w: [w.slug], COORDINATORS, True),
    ("panel-member-add", lambda w: [w.slug], COORDINATORS, True),
    ("panel-office-give", lambda w: [w.slug], COORDINATORS, True),
    ("panel-formation", lambda w: [w.forming_slug], COORDINATORS, True),
    ("panel-formation-close", lambda w: [w.forming_slug], COORDINATORS, True),
    ("panel-formation-step", lambda w: [w.forming_slug, "voting"], COORDINATORS, True),
    ("panel-substitutes", lambda w: [w.slug], COORDINATORS, False),
    ("panel-substitute-new", lambda w: [w.slug], COORDINATORS, True),
    ("panel-substitutes-import", lambda w: [w.slug], COORDINATORS, True),
    ("panel-substitute", lambda w: [w.substitute.pk], COORDINATORS, True),
    ("panel-substitute-remove", lambda w: [w.substitute.pk], COORDINATORS, True),
    ("panel-substitute-offer", lambda w: [w.substitute.pk], COORDINATORS, True),
    ("panel-substitute-seat", lambda w: [w.substitute.pk], COORDINATORS, True),
    ("panel-substitute-refuse", lambda w: [w.substitute.pk], COORDINATORS, True),
    ("panel-membership-end", lambda w: [w.membership.pk], COORDINATORS, True),
    ("panel-office-end", lambda w: [w.office.pk], COORDINATORS, True),
    ("panel-membership-correct", lambda w: [ended_membership(w).pk], COORDINATORS, True),
    ("panel-office-correct", lambda w: [ended_office(w).pk], COORDINATORS, True),
    ("panel-meeting-new", lambda w: [], OFFICERS | {"stranger"}, True),
    ("panel-meeting", lambda w: [w.meeting.pk], OFFICERS, True),
    ("panel-meeting-series", lambda w: [w.meeting.pk], OFFICERS, True),
    ("panel-meeting-answers", lambda w: [w.meeting.pk], OFFICERS, False),
    ("panel-agenda", lambda w: [w.meeting.pk], OFFICERS, True),
    ("panel-agenda-item", lambda w: [w.item.meeting_id, w.item.pk], OFFICERS, True),
    ("panel-paper-remove", lambda w: [w.paper.pk], OFFICERS, True),
    ("panel-announcement", lambda w: [w.meeting.pk], OFFICERS, False),
    ("panel-proposals", lambda w: [], COORDINATORS, False),
    ("panel-proposal", lambda w: [w.proposal.pk], OFFICERS, False),
    ("panel-meeting-cancel", lambda w: [w.meeting.pk], OFFICERS, True),
    ("panel-meeting-minutes", lambda w: [w.held.pk], OFFICERS, True),
    ("panel-minutes", lambda w: [], COORDINATORS, False),
    ("panel-events", lambda w: [], COORDINATORS, False),
    ("panel-event-new", lambda w: [], COORDINATORS, True),
    ("panel-event", lambda w: [w.event.pk], COORDINATORS, True),
    ("panel-event-cancel", lambda w: [w.event.pk], COORDINATORS, True),
    ("panel-series-new", lambda w: [], COORDINATORS, True),
    ("panel-series", lambda w: [factories.event_series(2).pk], COORDINATORS, True),
    ("panel-rsvps", lambda w: [w.meeting.event_id], OFFICERS, False),
    ("panel-sign-up", lambda w: [w.meeting.event_id], OFFICERS, False),
    ("panel-own-question-new", lambda w: [w.meeting.event_id], OFFICERS, True),
    ("panel-own-question", lambda w: [factories.own_question(w.meeting.event).pk], OFFICERS, True),
    ("panel-own-question-remove", lambda w: [factories.own_question(w.meeting.event, "Kad?").pk], OFFICERS, True),
    ("panel-access-service-new", lambda w: [w.meeting.event_id], OFFICERS, True),
    ("panel-access-service", lambda w: [factories.access_service(w.meeting.event).pk], OFFICERS, True),
    ("panel-access-service-remove", lambda w: [factories.access_service(w.meeting.event, "loop").pk], OFFICERS, True),
    ("panel-invite", lambda w: [w.meeting.event_id], COORDINATORS, True),
    ("panel-invite-members", lambda w: [w.meeting.event_id], OFFICERS, True),
    ("panel-invitation-withdraw", lambda w: [factories.invitation(w.meeting.event).pk], OFFICERS, True),
    ("panel-afterwards", lambda w: [w.held.event_id], OFFICERS, True),
    ("panel-door", lambda w: [w.meeting.event_id], OFFICERS, False),
    ("panel-check-in", lambda w: [factories.rsvp(w.meeting.event).pk], OFFICERS, True),
    ("panel-rsvp-add", lambda w: [w.meeting.event_id], OFFICERS, True),
    ("panel-capacity", lambda w: [w.meeting.event_id], COORDINATORS, True),
    ("panel-rsvp-cancel", lambda w: [w.rsvp.pk], COORDINATORS, True),
    ("panel-submissions", lambda w: [], COORDINATORS, False),
    ("panel-submission-new", lambda w: [], OFFICERS | {"stranger"}, True),
    ("panel-submission", lambda w: [w.submission.pk], OFFICERS, True),
    ("panel-submission-step", lambda w: [w.submission.pk, "registret"], COORDINATORS, True),
    ("panel-question", lambda w: [w.question.pk], OFFICERS, True),
    ("panel-matter", lambda w: [w.submission.matter_id], OFFICERS, True),
    ("panel-resolution-settle", lambda w: [w.resolution.pk], OFFICERS, True),
    ("panel-opinions", lambda w: [], COORDINATORS, False),
    ("panel-opinion-new", lambda w: [], COORDINATORS, True),
    ("panel-opinion", lambda w: [w.opinion.pk], OFFICERS, True),
    ("panel-news", lambda w: [], COORDINATORS, False),
    ("panel-news-new", lambda w: [], COORDINATORS, True),
    ("panel-news-edit", lambda w: [made.news(w.council).pk], OFFICERS, True),
    ("panel-news-withdraw", lambda w: [made.news(w.council).pk], OFFICERS, True),
    ("panel-news-delete", lambda w: [made.news(w.council).pk], OFFICERS, True),
    ("council-news", lambda w: [w.slug], OFFICERS, False),
    ("council-news-new", lambda w: [w.slug], OFFICERS, True),
    ("document-new", lambda w: [w.slug], OFFICERS, True),
    ("document-edit", lambda w: [made.document(w.council).pk], OFFICERS, True),
    ("document-version", lambda w: [made.document(w.council).pk], OFFICERS, True),
    ("document-retire", lambda w: [made.document(w.council).pk], OFFICERS, True),
    ("folder-new", lambda w: [w.slug], OFFICERS, True),
    ("folder-edit", lambda w: [made.folder(w.council).pk], OFFICERS, True),
    ("folder-delete", lambda w: [made.folder(w.council).pk], OFFICERS, True),
    ("album-edit", lambda w: [made.album(w.held.event).event_id], OFFICERS, True),
    ("photo-edit", lambda w: [made.picture(w.held.event).pk], OFFICERS, True),
    ("photo-delete", lambda w: [made.picture(w.held.event).pk], OFFICERS, True),
    ("settings", lambda w: [], COORDINATORS, False),
    ("settings-numbers", lambda w: [], COORDINATORS, False),
    ("settings-number", lambda w: [made.number().code], COORDINATORS, True),
    ("settings-number-remove", lambda w: [made.number().pk], COORDINATORS, True),
    ("settings-topics", lambda w: [], COORDINATORS, False),
    ("settings-topic-new", lambda w: [], COORDINATORS, True),
    ("settings-topic", lambda w: [made.topic().pk], COORDINATORS, True),
    ("settings-topic-retire", lambda w: [made.topic().pk], COORDINATORS, True),
    ("settings-units", lambda w: [made.officer()][:0], COORDINATORS, False),
    ("settings-unit-new", lambda w: [], COORDINATORS, True),
    ("settings-unit", lambda w: [made.unit().pk], COORDINATORS, True),
    ("settings-unit-retire", lambda w: [made.unit().pk], COORDINATORS, True),
    ("settings-officer-new", lambda w: [made.unit().pk], COORDINATORS, True),
    ("settings-officer-end", lambda w: [made.officer().pk], COORDINATORS, True),
    ("settings-places", lambda w: [made.place()][:0], COORDINATORS, False),
    ("settings-place-new", lambda w: [], COORDINATORS, True),
    ("settings-place", lambda w: [made.place().pk], COORDINATORS, True),
    ("settings-place-move", lambda w: [made.place().pk], COORDINATORS, True),
    ("settings-days", lambda w: [made.moved_day()][:0], COORDINATORS, False),
    ("settings-day-new", lambda w: [], COORDINATORS, True),
    ("settings-day-import", lambda w: [], COORDINATORS, True),
    ("settings-day-remove", lambda w: [made.moved_day().pk], COORDINATORS, True),
    ("settings-letters", lambda w: [], COORDINATORS, False),
    ("settings-letter", lambda w: ["announcement"], COORDINATORS, True),
    ("settings-letter-reset", lambda w: ["announcement"], COORDINATORS, True),
    ("settings-pages", lambda w: [], COORDINATORS, False),
    ("settings-page", lambda w: ["par-padomem", "lv"], COORDINATORS, True),
    ("settings-page-reset", lambda w: ["par-padomem", "lv"], COORDINATORS, True),
    ("panel-people", lambda w: [], COORDINATORS, False),
    ("panel-streets", lambda w: [], COORDINATORS, False),
    ("panel-street-new", lambda w: [], COORDINATORS, True),
    ("panel-street-edit", lambda w: [w.street.pk], COORDINATORS, True),
    ("panel-street-delete", lambda w: [w.street.pk], COORDINATORS, True),
    ("panel-reports", lambda w: [], COORDINATORS, False),
    ("panel-mail", lambda w: [], COORDINATORS, False),
    ("panel-roles", lambda w: [], ADMINISTRATORS, False),
    ("panel-role-give", lambda w: [], ADMINISTRATORS, True),
    ("panel-role-end", lambda w: [w.role.pk], ADMINISTRATORS, True),
    ("panel-audit", lambda w: [], ADMINISTRATORS, False),
    ("council-room", lambda w: [w.slug], MEMBERS, False),
]
ids = [page[0] for page in PAGES]
TAKE_ONLY_A_FORM = {
    "panel-mail-retry": ("officer", lambda w: [w.notice.pk]),
    "panel-mail-withdraw": ("officer", lambda w: [w.notice.pk]),
    "panel-submission-file": ("member", lambda w: [file_of(w.submission).pk]),
    "panel-paper-add": ("member", lambda w: [w.item.meeting_id, w.item.pk]),
    "panel-agenda-item-move": ("member", lambda w: [w.item.meeting_id, w.item.pk]),
    "panel-announcement-send": ("member", lambda w: [w.draft.pk]),
    "panel-announcement-record": ("officer", lambda w: [w.draft.pk]),
    "panel-proposal-take": ("member", lambda w: [w.proposal.pk]),
    "panel-walk-in": ("member", lambda w: [w.meeting.event_id]),
    "panel-check-in-undo": ("member", lambda w: [factories.check_in(factories.rsvp(w.meeting.event)).pk]),
    "panel-proposal-decline": ("member", lambda w: [w.proposal.pk]),
}  # fmt: skip
# No pages of their own.
PARTS_AND_FILES = {"panel-opinion-file", "panel-deadlines", "panel-announcement-file"}
PARTS_AND_FILES |= {"panel-sign-in-sheet", "panel-badges", "panel-door-news"}


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker):
    with kept(django_db_blocker, world) as made_once:
        yield made_once


@pytest.fixture
def there(standing, db) -> World:
    return deepcopy(standing)


def test_table_names_every_address():
    named = {path.name for path in [*urls.urlpatterns, *urls.rooms]}
    assert named == {*ids, *TAKE_ONLY_A_FORM, *PARTS_AND_FILES}


@pytest.mark.parametrize(("name", "args", "allowed", "_takes_form"), PAGES, ids=ids)
def test_page_opens_for_those_who_may(there, name, args, allowed, _takes_form):
    path = address(name, *args(there))
    answers = {who: signed_in(getattr(there, who)).get(path).status_code for who in EVERYBODY}
    assert answers == {who: 200 if who in allowed else 403 for who in EVERYBODY}


def test_visitor_is_asked_to_log_in(there):
    for name, args, _allowed, _takes_form in PAGES:
        path = address(name, *args(there))
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/konts/ienakt/?next={path}")


@pytest.mark.parametrize(("name", "args", "allowed", "takes_form"), PAGES, ids=ids)
def test_form_of_who_may_not_changes_nothing(there, name, args, allowed, takes_form):
    """Sent by hand, without the page; a page without a form takes no POST at all."""
    path = address(name, *args(there))
    for who in set(EVERYBODY) - allowed:
        assert signed_in(getattr(there, who)).post(path, {"reason": "self"}).status_code in (403, 405)
    if not takes_form:
        assert signed_in(there.administrator).post(path).status_code == 405
    assert signed_in(there.administrator).delete(path).status_code == 405
    there.rsvp.refresh_from_db()
    assert there.rsvp.is_active


@pytest.mark.parametrize("name", sorted(TAKE_ONLY_A_FORM))
def test_button_takes_only_a_form(there, name):
    who, args = TAKE_ONLY_A_FORM[name]
    path = address(name, *args(there))
    assert signed_in(there.coordinator).get(path).status_code == 405
    assert signed_in(getattr(there, who)).post(path).status_code == 403
    assert signed_in(there.stranger).post(path).status_code == 403
    assert Client().post(path).status_code == 302


def test_parts_of_pages_are_for_whom_the_pages_are(there):
    parts = {
        address("panel-deadlines"): OFFICERS | {"stranger"},
        address("panel-door-news", there.meeting.event_id): OFFICERS,
        address("panel-announcement-file", there.held.pk, "txt"): OFFICERS,
        address("panel-announcement-file", there.held.pk, "html"): OFFICERS,
    }
    for path, allowed in parts.items():
        answers = {who: signed_in(getattr(there, who)).get(path).status_code for who in EVERYBODY}
        assert answers == {who: 200 if who in allowed else 403 for who in EVERYBODY}
        assert Client().get(path).status_code == 302
        assert signed_in(there.coordinator).post(path).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/panelis/apkaimes/nekur/",
        "/panelis/apkaimes/nekur/padome/",
        "/panelis/sedes/999999/",
        "/panelis/sedes/jauna/?kopet=999999",
        "/panelis/sedes/jauna/?kopet=" + "9" * 5000,
        "/panelis/sedes/99999999999999999999999/",
        "/panelis/pasakumi/999999/pieteikumi/",
        "/panelis/pieteikumi/999999/atcelt/",
        "/panelis/priekslikumi/999999/",
        "/panelis/lietotaji/999999/beigt/",
        "/padome/nekur/",
    ],
)
def test_what_is_not_there_is_not_found(there, path):
    assert signed_in(there.administrator).get(path).status_code == 404


def test_meeting_is_not_edited_as_an_event(there):
    assert signed_in(there.coordinator).get(address("panel-event", there.meeting.event_id)).status_code == 404


def test_right_of_an_officer_ends_with_the_office(there):
    path = address("panel-meeting", there.meeting.pk)
    client = signed_in(there.officer)
    assert client.get(path).status_code == 200
    there.office.ended_on = there.office.started_on
    there.office.save()
    assert client.get(path).status_code == 403
    assert client.get(address("council-room", there.slug)).status_code == 200  # still a member


def test_officer_is_shown_names_and_no_contacts(there):
    guest = there.rsvp.person
    there.meeting.event.rsvps.create(
        person=guest, number=1, state="going", rsvped_at=there.meeting.event.changed_at,
        confirmed_at=there.meeting.event.changed_at,
    )  # fmt: skip
    path = address("panel-rsvps", there.meeting.event_id)
    seen = {who: signed_in(getattr(there, who)).get(path).content.decode() for who in ("officer", "coordinator")}
    assert all("Anna Ozola" in page for page in seen.values())
    assert [("anna@example.org" in page, "20000000" in page) for page in seen.values()] == [
        (False, False),
        (True, True),
    ]
    assert "/atcelt/" in seen["coordinator"]


def test_officer_has_the_own_rooms_and_not_the_panel_on_the_left(there):
    page = signed_in(there.officer).get(address("council-room", there.slug))
    side = re.search(r'<nav class="kp-side".*?</nav>', page.content.decode(), re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', side) == [address("council-room", there.slug)]


def test_coordinator_is_not_shown_what_administrators_do(there):
    for user, shown in ((there.coordinator, False), (there.administrator, True)):
        page = signed_in(user).get(address("panel")).content.decode()
        assert (address("panel-audit") in page) is shown
        assert (address("panel-roles") in page) is shown


@pytest.mark.parametrize(("name", "args", "_allowed", "_takes_form"), PAGES, ids=ids)
def test_page_is_latvian_and_sound(there, name, args, _allowed, _takes_form):
    """No English word, nothing inline, one main heading, no id twice."""
    page = signed_in(there.administrator, "lv").get(address(name, *args(there)))
    assert ENGLISH.findall(main_text(page)) == []
    content = page.content.decode()
    assert re.findall(r'\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)|javascript:', content) == []
    assert len(re.findall(r"<h1", content)) == 1
    marks = re.findall(r'\sid="([^"]+)"', content)
    assert sorted(marks) == sorted(set(marks))


def test_every_kind_of_message_has_a_word():
    assert set(WRITERS) <= set(KINDS)


def test_every_verb_of_the_log_has_a_word():
    """Verbs are words in the code of the operations; whoever adds one says here how it is called."""
    from django.conf import settings

    said = set()
    for path in settings.BASE_DIR.glob("*/**/*.py"):
        if path.relative_to(settings.BASE_DIR).parts[0] in ("tests", "node_modules", ".venv", "var"):
            continue
        text = path.read_text(encoding="utf-8")
        said |= set(re.findall(r'verb="([a-z_]+)"', text)) | set(re.findall(r'submission, "([a-z_]+)", by', text))
    assert said <= set(VERBS)
    assert {"rsvp", "send_submission"} <= said
