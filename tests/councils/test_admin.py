from datetime import date

import pytest
from django.urls import reverse

from councils import operations, regulation
from councils.models import Council, Meeting, Membership, Office, RegulationValue, Submission, Term
from elections.models import Formation
from elections.operations import start_formation
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
READ_ONLY = (Council, Term, Membership, Office, Meeting, Submission, Formation)


@pytest.fixture
def admin(client):
    user = factories.administrator()
    client.force_login(user)
    return user


def url(model, action, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


@pytest.fixture
def rows(now):
    term = factories.term()
    membership = factories.membership(term)
    meeting = factories.meeting(term.council, title="Kanālmalas sēde")
    meeting.agenda.create(position=1, title="Ceļi")
    submission = operations.record_submission(councils=[term.council], title="Pāreja", by=None, now=now)
    formation = start_formation(council=factories.council(), opened_on=date(2026, 9, 1), by=None, now=now)
    office = factories.office(membership)
    return {type(row): row for row in (term.council, term, membership, office, meeting, submission, formation)}


@pytest.mark.parametrize("model", READ_ONLY)
def test_administrator_reads_what_changes_by_operations(client, admin, rows, model):
    row = rows[model]
    assert client.get(url(model, "changelist")).status_code == 200
    assert client.get(url(model, "changelist"), {"q": "Ķiršu pārejas"}).status_code == 200
    assert client.get(url(model, "change", row.pk)).status_code == 200
    assert client.get(url(model, "add")).status_code == 403
    assert client.post(url(model, "change", row.pk), {}).status_code == 403
    assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", [*READ_ONLY, RegulationValue])
@pytest.mark.parametrize("who", ["anonymous", "resident", "coordinator"])
def test_nobody_else_gets_in(client, rows, model, who):
    if who != "anonymous":
        client.force_login(factories.user() if who == "resident" else factories.coordinator())
    response = client.get(url(model, "changelist"))
    assert response.status_code in (302, 403)
    assert "Kanālmalas" not in response.text


def amendment(**fields):
    values = {"code": "MINUTES_SENT", "value": "7", "unit": "darbdienas", "paragraph": "Nr. 1/2027 §2", "note": ""}
    return values | {"valid_from": "2027-01-01"} | fields


def test_administrator_amends_a_number_from_a_day_on(client, admin):
    response = client.post(url(RegulationValue, "add"), amendment())

    assert response.status_code == 302
    assert RegulationValue.objects.get().changed_by == admin
    assert AuditEntry.objects.get(verb="add_regulation").by == admin
    assert regulation.value("MINUTES_SENT", date(2026, 12, 31)) == 5
    assert regulation.value("MINUTES_SENT", date(2027, 1, 1)) == 7

    row = RegulationValue.objects.get()
    client.post(url(RegulationValue, "change", row.pk), amendment(value="8"))
    assert regulation.value("MINUTES_SENT", date(2027, 1, 1)) == 8
    assert AuditEntry.objects.filter(verb="change_regulation").exists()


@pytest.mark.parametrize("fields", [{"value": "7 dienas"}, {"code": "MINUTES"}, {"valid_from": ""}])
def test_a_number_that_would_mean_nothing_is_refused(client, admin, fields):
    response = client.post(url(RegulationValue, "add"), amendment(**fields))
    assert response.status_code == 200
    assert not RegulationValue.objects.exists()
