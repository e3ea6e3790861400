import pytest
from django.urls import reverse

from events.models import Event, EventChange, EventSeries, Rsvp
from tests import factories

pytestmark = pytest.mark.django_db
MODELS = [Event, Rsvp, EventChange, EventSeries]


def address(model, page, *args):
    return reverse(f"admin:events_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def rows(now):
    rsvp = factories.rsvp(factories.event(neighbourhoods=[factories.neighbourhood()]), network="192.0.2.0/24")
    change = EventChange.objects.create(event=rsvp.event, at=now, sequence=1, before={}, after={})
    series = EventSeries.objects.create(rule="FREQ=WEEKLY")
    return {Event: rsvp.event, Rsvp: rsvp, EventChange: change, EventSeries: series}


@pytest.mark.parametrize("model", MODELS)
def test_administrator_reads_and_changes_nothing(client, rows, model):
    client.force_login(factories.administrator())
    row = rows[model]

    assert client.get(address(model, "changelist")).status_code == 200
    page = client.get(address(model, "change", row.pk))
    assert page.status_code == 200
    assert 'name="_save"' not in page.text
    assert client.get(address(model, "add")).status_code == 403
    assert client.post(address(model, "change", row.pk), {}).status_code == 403
    assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", MODELS)
def test_others_do_not_come_in(client, rows, model):
    for user in (factories.user(), factories.coordinator()):
        client.force_login(user)
        assert client.get(address(model, "changelist")).status_code in (302, 403)


def test_personal_link_is_not_shown(client, rows):
    client.force_login(factories.administrator())

    page = client.get(address(Rsvp, "change", rows[Rsvp].pk)).text

    assert rows[Rsvp].token not in page
    assert "192.0.2.0" not in page
