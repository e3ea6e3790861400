"""The code at the door: nobody can guess it, and it tells nobody who it is."""

import pytest
from django.test import Client

from events import codes
from events.models import Rsvp
from tests import factories

pytestmark = pytest.mark.django_db


def path_of(row: Rsvp) -> str:
    address = codes.check_in_url(row)
    return "/" + address.split("/", 3)[3]


def test_code_is_an_address_of_the_portal_that_no_two_share(settings, django_assert_num_queries):
    settings.PUBLIC_URL = "https://padomes.example.org"
    event = factories.event()
    rows = [factories.rsvp(event) for _n in range(3)]
    with django_assert_num_queries(0):
        addresses = [codes.check_in_url(row) for row in rows]
    assert all(address.startswith("https://padomes.example.org/ieeja/") for address in addresses)
    assert len({address.rsplit("-", 1)[1] for address in addresses}) == 3
    assert [codes.check_in_url(Rsvp.objects.get(pk=row.pk)) for row in rows] == addresses  # as printed weeks ago


def test_code_of_somebody_else_or_a_guess_opens_nothing(client):
    event = factories.event()
    mine, yours = factories.rsvp(event), factories.rsvp(event)
    mark = path_of(mine).rsplit("-", 1)[1].rstrip("/")
    assert client.get(path_of(mine)).status_code == 200
    assert client.get(f"/ieeja/{yours.pk}-{mark}/").status_code == 404
    assert client.get(f"/ieeja/{yours.pk + 99}-{mark}/").status_code == 404
    assert client.get(f"/ieeja/{mine.pk}-{'0' * 20}/").status_code == 404
    Rsvp.objects.filter(pk=mine.pk).update(token="another row under the same key")
    assert client.get(path_of(mine)).status_code == 404


def test_code_outlives_a_change_of_the_secret(client, settings):
    row = factories.rsvp(factories.event())
    path = path_of(row)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret, long enough for tests"
    assert client.get(path).status_code == 200
    assert path_of(row) != path
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("state", Rsvp.State.values)
def test_code_shows_the_event_and_nothing_of_the_person(client, state):
    person = factories.person("Ķērsta Ļaudona", email="kersta@example.org")
    row = factories.rsvp(factories.event("Saruna par ceļiem"), person, state=state, party_size=3)
    for who in (client, logged_in(factories.user())):
        page = who.get(path_of(row))
        assert page.status_code == 200
        assert "Saruna par ceļiem" in page.text
        assert not [word for word in ("Ķērsta", "Ļaudona", "kersta@", row.token) if word in page.text]
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in page["Cache-Control"]
        assert who.post(path_of(row)).status_code == 405
    assert Rsvp.objects.get().state == state


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client
