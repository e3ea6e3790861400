"""Real concurrent connections: registering twice at once, and a guest who comes back while being forgotten."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events import operations as events
from people import operations
from people.models import Person, User
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(*works):
    """Run each in a thread with a connection of its own; raise what any of them raised."""
    errors = []

    def run(work):
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]


def test_signing_up_twice_at_once_makes_one_account_and_no_error_page():
    barrier, answers = threading.Barrier(4), []

    def sign_up():
        client = Client()
        barrier.wait()
        response = client.post(reverse("account_signup"), {"name": "Līga Šķēle", "email": "liga@example.org"})
        answers.append((response.status_code, response.headers.get("Location")))

    in_threads(*[sign_up] * 4)
    # ten seconds must lie between two codes to one address: who was quicker gets the page, the others are told to wait
    assert {status for status, _location in answers} <= {302, 429}
    assert (302, reverse("account_email_verification_sent")) in answers
    assert User.objects.count() == 1
    assert Person.objects.count() == 1


def test_a_guest_who_signs_up_while_being_forgotten_is_kept():
    now = timezone.now()
    past = factories.event(starts_at=now - timedelta(days=settings.GUEST_DAYS + 1))
    guest = factories.person("Viesis Ķelle", email="viesis@example.org")
    factories.rsvp(past, guest)
    coming = factories.event()
    signed_up, forgetting = threading.Event(), threading.Event()

    def come_back():
        with transaction.atomic():
            events.rsvp_as_guest(
                event=coming, name="Viesis Ķelle", email="viesis@example.org", network="", language="lv", now=now
            )
            signed_up.set()
            forgetting.wait(10)
            threading.Event().wait(0.5)  # long enough for the other to stand at the lock

    def forget():
        signed_up.wait(10)
        forgetting.set()
        assert operations.forget_guests(now=now) == 0

    in_threads(come_back, forget)
    guest.refresh_from_db()
    assert guest.name == "Viesis Ķelle"
    assert guest.channels.get().value == "viesis@example.org"
    assert coming.rsvps.get().person == guest


def test_an_address_that_a_guest_gives_while_its_account_proves_it_is_one_person():
    now = timezone.now()
    event = factories.event()
    user = User.objects.create_user("liga@example.org", None)
    person = factories.person(user=user)
    signed_up, claiming = threading.Event(), threading.Event()

    def come_as_guest():
        with transaction.atomic():
            events.rsvp_as_guest(
                event=event, name="Līga Šķēle", email="liga@example.org", network="", language="lv", now=now
            )
            signed_up.set()
            claiming.wait(10)
            threading.Event().wait(0.5)  # long enough for the other to stand at the unique address

    def claim():
        signed_up.wait(10)
        claiming.set()
        operations.claim_email(user=user, email="liga@example.org", now=now)

    in_threads(come_as_guest, claim)
    assert Person.objects.get() == person
    assert event.rsvps.get().person == person
    assert person.channels.get().confirmed_at == now
