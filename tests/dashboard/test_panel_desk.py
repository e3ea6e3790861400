"""The rest of the panel: proposals, streets, residents, roles, the audit log, e-mails, reports, the council's room."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from councils.models import Submission
from dashboard.panel.worklist import read_mail
from neighbourhoods.models import Street
from notices.models import Notice
from people import operations as people
from people.models import AuditEntry, Role
from tests import factories
from tests.dashboard.panel_world import address, errors, main_text, notice, signed_in, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return world()


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


@pytest.fixture
def administrator(there):
    return signed_in(there.administrator)


def today():
    return timezone.localdate()


# --- proposals --------------------------------------------------------------------------------------------------------


def test_proposal_goes_from_draft_to_done(there, coordinator):
    data = {"councils": [there.council.pk], "title": "Ietve", "topic": "5.1", "unit": "Ceļu nodaļa", "kind": "proposal"}
    path = coordinator.post(address("panel-submission-new"), data)["Location"]
    row = Submission.objects.get(title="Ietve")
    assert row.sent_on is None
    sent = today() - timedelta(days=2)
    assert coordinator.post(path, {"sent_on": sent.isoformat()}).status_code == 302
    row.refresh_from_db()
    assert (row.sent_on, row.reply_due_on > sent) == (sent, True)
    assert list(errors(coordinator.post(path, {"replied_on": today().isoformat(), "outcome": ""}))) == ["outcome"]
    reply = {"replied_on": today().isoformat(), "outcome": "supported", "reply": "Būvēsim pavasarī."}
    assert coordinator.post(path, reply).status_code == 302
    assert coordinator.post(path, {"done_on": today().isoformat()}).status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.done_on) == ("supported", today())


def test_proposal_sent_twice_is_one(there, coordinator):
    data = {"councils": [there.council.pk], "title": "Ietve", "kind": "proposal", "sent_on": today().isoformat()}
    places = {coordinator.post(address("panel-submission-new"), data)["Location"] for _n in range(2)}
    assert len(places) == 1
    assert Submission.objects.filter(title="Ietve").count() == 1


@pytest.mark.parametrize("day", ["2099-01-01", "2020-01-01"])
def test_reply_on_an_impossible_day_is_refused(there, coordinator, day):
    answer = coordinator.post(address("panel-submission", there.submission.pk), {"replied_on": day, "outcome": "other"})
    assert list(errors(answer)) == ["__all__"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Vēlu", "Gaida", "Atbildēts"]),
        ("statuss=kavejas", ["Vēlu"]),
        ("statuss=atbalstits", ["Atbildēts"]),
        ("statuss=melnraksti", []),
        ("q=velu", ["Vēlu"]),
        ("apkaime=nekur", ["Vēlu", "Gaida", "Atbildēts"]),
    ],
)
def test_proposals_that_wait_stand_first(there, coordinator, query, expected):
    there.submission.delete()
    council = [there.council]
    factories.submission(council, "Atbildēts", replied_on=today(), outcome="supported")
    factories.submission(council, "Gaida")
    late = today() - timedelta(days=40)
    factories.submission(council, "Vēlu", sent_on=late, reply_due_on=late + timedelta(days=30))
    page = coordinator.get(f"{address('panel-submissions')}?{query}")
    assert [row.title for row in page.context["page"]] == expected


# --- streets ----------------------------------------------------------------------------------------------------------


def test_street_is_added_changed_and_deleted(there, coordinator):
    area = there.council.neighbourhood
    data = {"name": "Ābeļu iela", "town": "Ķekava", "houses": "1–25", "neighbourhood": area.pk}
    assert coordinator.post(address("panel-street-new"), data).status_code == 302
    answer = coordinator.post(address("panel-street-new"), data)
    assert errors(answer) == {"__all__": ["This street is already in the table."]}
    row = Street.objects.get(name="Ābeļu iela")
    assert coordinator.post(address("panel-street-edit", row.pk), data | {"houses": ""}).status_code == 302
    row.refresh_from_db()
    assert row.houses == ""
    page = coordinator.get(address("panel-street-delete", row.pk))
    assert "Ābeļu iela, Ķekava" in main_text(page)
    assert Street.objects.filter(pk=row.pk).exists()
    assert coordinator.post(address("panel-street-delete", row.pk)).status_code == 302
    assert not Street.objects.filter(pk=row.pk).exists()


def test_streets_are_sorted_as_latvians_do_and_found_without_diacritics(there, coordinator):
    for name in ("Zaļā iela", "Ķiršu iela", "Kalna iela", "Ābeļu iela"):
        factories.street(name, neighbourhood=there.council.neighbourhood)
    rows = coordinator.get(address("panel-streets")).context["page"]
    assert [row.name for row in rows] == ["Ābeļu iela", "Kalna iela", "Ķiršu iela", "Ļaudonas iela", "Zaļā iela"]
    rows = coordinator.get(f"{address('panel-streets')}?q=kirsu").context["page"]
    assert [row.name for row in rows] == ["Ķiršu iela"]


# --- residents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=ozola", ["Anna Ozola"]),
        ("statuss=bez-konta", ["Kārlis Ķirsis", "Anna Ozola"]),
        ("q=zanis&statuss=konts", ["Žanis Ēriks"]),
    ],
)
def test_residents_are_found_by_name(there, coordinator, query, expected):
    rows = coordinator.get(f"{address('panel-people')}?{query}").context["page"]
    assert [row.name for row in rows] == expected


def test_erased_people_are_not_listed(there, coordinator):
    there.rsvp.person.erased_at = timezone.now()
    there.rsvp.person.save()
    names = [row.name for row in coordinator.get(address("panel-people")).context["page"]]
    assert "Anna Ozola" not in names
    assert "Žanis Ēriks" in names


# --- roles and the audit log ------------------------------------------------------------------------------------------


def test_role_is_given_to_an_account_and_ended(there, administrator):
    data = {"given_name": "Žanis", "family_name": "Ēriks", "kind": "coordinator", "started_on": today().isoformat()}
    path = address("panel-role-give")
    assert list(errors(administrator.post(path, data))) == ["person"]
    assert administrator.post(path, data | {"person": there.resident.person.pk}).status_code == 302
    role = Role.objects.get(person=there.resident.person)
    assert role.granted_by == there.administrator
    client = signed_in(there.resident)
    assert client.get(address("panel")).status_code == 200
    assert administrator.post(address("panel-role-end", role.pk), {"ended_on": today().isoformat()}).status_code == 302
    assert client.get(address("panel")).status_code == 403


def test_role_is_given_by_the_address_alone(there, administrator):
    path = address("panel-role-give")
    data = {"kind": "coordinator", "started_on": today().isoformat()}
    assert errors(administrator.post(path, data)) == {"given_name": ["Write the name or the e-mail."]}
    data |= {"email": there.resident.email}
    assert list(errors(administrator.post(path, data))) == ["person"]
    assert administrator.post(path, data | {"person": there.resident.person.pk}).status_code == 302
    assert Role.objects.filter(person=there.resident.person, kind="coordinator").exists()


def test_role_needs_somebody_who_can_log_in(there, administrator):
    data = {"given_name": "Anna", "family_name": "Ozola", "kind": "coordinator", "started_on": today().isoformat()}
    answer = administrator.post(address("panel-role-give"), data)
    assert "has an account" in errors(answer)["__all__"][0]


def test_last_administrator_keeps_the_role(there, administrator):
    path = address("panel-role-end", there.role.pk)
    answer = administrator.post(path, {"ended_on": today().isoformat()})
    assert "needs an administrator" in errors(answer)["__all__"][0]
    answer = administrator.post(path, {"ended_on": "2020-01-01"})
    assert errors(answer) == {"__all__": ["The last day must come after the first."]}
    people.grant_role(person=there.resident.person, kind="administrator", by=None, now=timezone.now(), on=today())
    assert administrator.post(path, {"ended_on": today().isoformat()}).status_code == 302


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"publish_event", "rsvp"}),
        ("veids=rsvp", {"rsvp"}),
        ("veids=nekas", {"publish_event", "rsvp"}),
        ("q=ozolai", {"rsvp"}),
        ("q=lasma", {"publish_event", "rsvp"}),
        ("no=2026-11-02", {"rsvp"}),
        ("lidz=2026-11-01", {"publish_event"}),
    ],
)
def test_audit_log_is_narrowed_by_people_kind_and_day(there, administrator, query, expected):
    AuditEntry.objects.all().delete()
    for day, verb, person in ((1, "publish_event", None), (2, "rsvp", there.rsvp.person)):
        people.record(
            by=there.coordinator,
            verb=verb,
            target=there.event,
            now=timezone.make_aware(timezone.datetime(2026, 11, day, 0, 30)),
            on_behalf_of=person,
        )
    page = administrator.get(f"{address('panel-audit')}?{query}")
    assert {entry.verb for entry in page.context["page"]} == expected


# --- e-mails ----------------------------------------------------------------------------------------------------------


def test_failed_message_is_sent_once_more(there, coordinator):
    answer = coordinator.get(address("panel-mail"))
    assert [row.pk for row in answer.context["page"]] == [there.notice.pk]
    assert coordinator.post(address("panel-mail-retry", there.notice.pk)).status_code == 302
    row = Notice.objects.get(pk=there.notice.pk)
    assert (row.failed_at, row.closed_at, row.handed_at, row.attempts) == (None, None, None, 0)
    assert row in Notice.objects.due(timezone.now())
    answer = coordinator.post(address("panel-mail-retry", there.notice.pk), follow=True)
    assert "Only a message that surely was not sent" in main_text(answer)
    assert AuditEntry.objects.filter(verb="retry_notice").count() == 1


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"uncertain_at": True}, "surely was not sent"),
        ({"expires_at": True}, "too late"),
        ({"kind": "account_mail"}, "A code is not sent twice"),
    ],
)
def test_message_that_must_not_be_sent_again_stays(there, coordinator, fields, word):
    now = timezone.now()
    values = {name: now if value is True else value for name, value in fields.items()}
    row = notice(there.rsvp.person, failed_at=now, closed_at=now, **values)
    assert word in main_text(coordinator.post(address("panel-mail-retry", row.pk), follow=True))
    assert Notice.objects.get(pk=row.pk).failed_at == now


def test_planned_message_is_withdrawn_and_never_sent(there, coordinator):
    now = timezone.now()
    row = notice(there.rsvp.person, "planned", due_at=now - timedelta(hours=1))
    for state in ("ieplanoti", "kavejas"):
        page = coordinator.get(f"{address('panel-mail')}?statuss={state}").content.decode()
        assert address("panel-mail-withdraw", row.pk) in page
    assert coordinator.post(address("panel-mail-withdraw", row.pk)).status_code == 302
    row.refresh_from_db()
    assert row.cancelled_at == row.closed_at
    assert row.cancelled_at is not None
    assert row not in Notice.objects.due(now)
    answer = coordinator.post(address("panel-mail-withdraw", row.pk), follow=True)
    assert "has been sent, or is being sent" in main_text(answer)
    assert AuditEntry.objects.filter(verb="withdraw_notice").count() == 1


@pytest.mark.parametrize("field", ["handed_at", "leased_until"])
def test_message_in_a_workers_hands_is_not_withdrawn(there, coordinator, field):
    row = notice(there.rsvp.person, "going", **{field: timezone.now() + timedelta(minutes=1)})
    answer = coordinator.post(address("panel-mail-withdraw", row.pk), follow=True)
    assert "has been sent, or is being sent" in main_text(answer)
    assert Notice.objects.get(pk=row.pk).cancelled_at is None


def test_ledger_is_counted_by_state(there, coordinator):
    now, person = timezone.now(), there.rsvp.person
    notice(person, "late", due_at=now - timedelta(hours=1))
    notice(person, "sent", sent_at=now, closed_at=now)
    notice(person, "twice", uncertain_at=now, closed_at=now)
    notice(person, "again", due_at=now - timedelta(hours=1), handed_at=now, uncertain_at=now)
    numbers = {slug: n for slug, _words, n in coordinator.get(address("panel-mail")).context["numbers"]}
    assert numbers == {
        "neizdevas": 1, "neskaidri": 2, "kavejas": 1, "ieplanoti": 1, "nosutiti": 1, "atsaukti": 0, "nevajadzigi": 0,
    }  # fmt: skip
    assert read_mail(now).late == numbers["kavejas"]
    page = coordinator.get(f"{address('panel-mail')}?statuss=neskaidri")
    assert {row.key for row in page.context["page"]} == {"twice", "again"}
    assert address("panel-mail-retry", page.context["page"][0].pk) not in page.content.decode()
    assert coordinator.get(f"{address('panel-mail')}?statuss=nekas&q=ozola").context["state"] == "neizdevas"


# --- reports and the room ---------------------------------------------------------------------------------------------


def test_reports_hand_what_was_chosen_to_the_files(there, coordinator):
    page = coordinator.get(f"{address('panel-reports')}?apkaime={there.slug}&no=2026-01-01&lidz=")
    files = {row["kind"]: parse_qs(row["query"]) for row in page.context["files"]}
    assert files["events"] == {"apkaime": [there.slug], "no": ["2026-01-01"]}
    assert files["members"] == {"apkaime": [there.slug]}
    for kind in files:
        link = address("export", kind, "csv")
        assert link in page.content.decode()
        assert coordinator.get(link).status_code == 200


def test_room_shows_members_what_is_prepared(there):
    there.meeting.minutes_sent_on = None
    page = signed_in(there.member).get(address("council-room", there.slug))
    text = main_text(page)
    assert [meeting.state for meeting in page.context["ahead"]] == ["announced", "draft"]
    assert "Ģirts Ūdris" in text
    assert "Agenda to the administration" in text
    assert address("panel-meeting", there.meeting.pk) not in page.content.decode()
    officer = signed_in(there.officer).get(address("council-room", there.slug)).content.decode()
    for link in (address("panel-meeting", there.meeting.pk), address("panel-meeting-minutes", there.held.pk)):
        assert link in officer


def test_room_names_the_highest_office_of_a_member(there):
    member = factories.membership(there.council.terms.get())
    there.council.offices.all().delete()
    for kind in ("secretary", "chair"):
        factories.office(member, kind=kind)
    page = signed_in(there.member).get(address("council-room", there.slug))
    assert next(row.office for row in page.context["members"] if row == member) == "chair"


def test_room_is_the_councils_while_the_membership_lasts(there):
    member = signed_in(there.member)
    path = address("council-room", there.slug)
    assert member.get(path).status_code == 200
    membership = there.member.person.memberships.get()
    membership.ended_on, membership.end_reason = today(), "resigned"
    membership.save()
    assert member.get(path).status_code == 403


# --- long lists -------------------------------------------------------------------------------------------------------


def test_second_page_of_a_list_keeps_what_was_chosen(there, coordinator):
    Street.objects.bulk_create(
        Street(
            name=f"Ozolu iela {n}", town="Ķekava", neighbourhood=there.council.neighbourhood, search_text=" ozol iel "
        )
        for n in range(60)
    )
    page = coordinator.get(f"{address('panel-streets')}?q=ozolu")
    assert len(page.context["page"]) == 50
    following = next(link for link in page.content.decode().split('href="') if "lapa=2" in link).split('"')[0]
    assert parse_qs(urlsplit(following.replace("&amp;", "&")).query) == {"q": ["ozolu"], "lapa": ["2"]}
    assert len(coordinator.get(f"{address('panel-streets')}?q=ozolu&lapa=2").context["page"]) == 10
    assert coordinator.get(f"{address('panel-streets')}?lapa=nekas").status_code == 200


def fill(there, rows):
    now = timezone.now()
    for n in range(rows):
        area = factories.neighbourhood()
        person = factories.person(f"Ilze {n}", email=f"ilze{area.pk}@example.org", home_neighbourhood=area)
        council = factories.council(neighbourhood=area)
        factories.membership(factories.term(council), person)
        factories.meeting(council, starts_at=now - timedelta(days=30, minutes=n))
        factories.event(neighbourhoods=[area], starts_at=now + timedelta(days=5, minutes=n))
        factories.submission([council], f"Ceļš {n}")
        factories.street(f"Iela {area.pk}", neighbourhood=area)
        notice(person, f"key{area.pk}", failed_at=now, closed_at=now)
        people.record(by=there.coordinator, verb="rsvp", target=council, now=now, on_behalf_of=person)
        Role.objects.create(person=person, kind="coordinator", started_on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("panel-councils", 14),
        ("panel-minutes", 18),
        ("panel-events", 18),
        ("panel-submissions", 17),
        ("panel-people", 17),
        ("panel-streets", 16),
        ("panel-mail", 17),
        ("panel-roles", 15),
        ("panel-audit", 15),
    ],
)
def test_list_asks_the_same_at_one_row_and_at_three(there, administrator, django_assert_num_queries, name, queries):
    path = address(name)
    administrator.get(path)
    for rows in (1, 2):
        fill(there, rows)
        with django_assert_num_queries(queries):
            administrator.get(path)
