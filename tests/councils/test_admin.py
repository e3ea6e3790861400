from datetime import date

import pytest
from django.urls import reverse

from councils import operations
from councils.models import Council, Meeting, Membership, Office, RegulationValue, Submission, Term
from elections.models import Formation
from elections.operations import start_formation
from tests import factories

pytestmark = pytest.mark.django_db
READ_ONLY = (Council, Term, Membership, Office, Meeting, Submission, RegulationValue, Formation)


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
    number = RegulationValue.objects.create(
        code="MINUTES_SENT", value="7", paragraph="Nr. 1/2027 §2", valid_from=date(2027, 1, 1)
    )
    kept = (term.council, term, membership, office, meeting, submission, formation, number)
    return {type(row): row for row in kept}


@pytest.mark.parametrize("model", READ_ONLY)
def test_administrator_reads_what_changes_by_operations(client, admin, rows, model):
    row = rows[model]
    assert client.get(url(model, "changelist")).status_code == 200
    assert client.get(url(model, "changelist"), {"q": "Ķiršu pārejas"}).status_code == 200
    assert client.get(url(model, "change", row.pk)).status_code == 200
    assert client.get(url(model, "add")).status_code == 403
    assert client.post(url(model, "change", row.pk), {}).status_code == 403
    assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", READ_ONLY)
@pytest.mark.parametrize("who", ["anonymous", "resident", "coordinator"])
def test_nobody_else_gets_in(client, rows, model, who):
    if who != "anonymous":
        client.force_login(factories.user() if who == "resident" else factories.coordinator())
    response = client.get(url(model, "changelist"))
    assert response.status_code in (302, 403)
    assert "Kanālmalas" not in response.text
