"""Django admin: who comes in, that every page of it opens, and that history cannot be rewritten there."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from neighbourhoods.models import Neighbourhood, Place, Street
from notices import operations as notices
from people import operations
from people.models import AuditEntry, ContactChannel, Follow, Person, Role, User
from tests import factories

pytestmark = pytest.mark.django_db

READ_ONLY = [User, Person, Role, Follow, ContactChannel, AuditEntry]
EDITABLE = [Neighbourhood, Place, Street]


@pytest.fixture
def rows(client):
    """One row, at least, of everything that the admin shows, and an administrator who looks."""
    now = timezone.now()
    user = factories.administrator(email="admin@example.org")
    place = factories.place()
    factories.street(neighbourhood=place.neighbourhood)
    factories.follow(user.person, place.neighbourhood)
    meeting = factories.meeting(factories.council(neighbourhood=place.neighbourhood))
    membership = factories.membership(factories.term(meeting.councils.get()), user.person)
    factories.office(membership)
    rsvp = factories.rsvp(meeting.event, user.person)
    notices.plan(
        key="x", kind="rsvp_confirmed", about="event:1", person_id=user.person.pk, now=now, data={"rsvp": rsvp.pk}
    )
    operations.record(by=user, verb="x", target=place, now=now - timedelta(days=1))
    client.force_login(user)
    return user


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize(
    ("make", "status", "location"),
    [
        (None, 302, "/konts/ienakt/"),
        (factories.user, 403, None),
        (factories.coordinator, 403, None),
        (factories.administrator, 200, None),
    ],
    ids=["visitor", "resident", "coordinator", "administrator"],
)
def test_who_comes_in(client, make, status, location):
    if make:
        client.force_login(make())
    response = client.get("/parvaldiba/", follow=True)
    assert response.status_code == 200 if location else status
    assert (response.redirect_chain[-1][0].startswith(location)) if location else True


def test_there_is_no_second_log_in(client):
    response = client.get("/parvaldiba/login/?next=/parvaldiba/people/person/")
    assert response["Location"] == "/konts/ienakt/?next=%2Fparvaldiba%2Fpeople%2Fperson%2F"
    client.force_login(factories.administrator())
    assert client.get("/parvaldiba/password_change/")["Location"] == reverse("account_change_password")


def test_every_page_of_every_model_opens(client, rows):
    assert client.get(reverse("admin:index")).status_code == 200
    opened = 0
    for model, options in admin.site._registry.items():
        label = model._meta.label
        assert client.get(url(model, "changelist")).status_code == 200, label
        assert client.get(url(model, "changelist"), {"q": "Ķekavā"}).status_code in (200, 302), label
        assert client.get(url(model, "add")).status_code == (
            200 if options.has_add_permission(type("R", (), {"user": rows})()) else 403
        ), label
        row = model._default_manager.first()
        if row is None:
            continue
        opened += 1
        assert client.get(url(model, "change", row.pk)).status_code == 200, label
        assert client.get(url(model, "history", row.pk)).status_code == 200, label
    assert opened >= len(READ_ONLY) + len(EDITABLE)
    assert client.get(reverse("admin:app_list", args=["people"])).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_history_and_what_has_an_operation_is_read_only(client, rows, model):
    row = model.objects.first()
    assert client.get(url(model, "add")).status_code == 403
    assert client.post(url(model, "change", row.pk), {"email": "x@example.org"}).status_code == 403
    assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


def test_addresses_of_log_ins_and_passwords_are_out_of_reach(client, rows):
    assert not any(model._meta.app_label == "account" for model in admin.site._registry)
    html = client.get(url(User, "change", rows.pk)).content.decode()
    assert rows.password not in html


def test_reference_data_is_edited_and_the_edit_is_written_down(client, rows):
    street = Street.objects.get()
    answer = {"name": "Nākotnes iela", "town": "Ķekava", "houses": "1–25", "neighbourhood": street.neighbourhood_id}
    assert client.post(url(Street, "change", street.pk), answer).status_code == 302
    street.refresh_from_db()
    assert street.name == "Nākotnes iela"
    assert "Nākotnes iela" in client.get(url(Street, "changelist"), {"q": "nakotne"}).content.decode()
    assert "admin@example.org" in client.get(url(Street, "history", street.pk)).content.decode()


def test_lists_take_the_same_queries_for_any_number(client, rows, django_assert_max_num_queries):
    for number in (1, 3):
        for _row in range(number):
            factories.role(Role.Kind.COORDINATOR)
        for model in READ_ONLY:
            with django_assert_max_num_queries(14):
                client.get(url(model, "changelist"))
