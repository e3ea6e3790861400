"""The same form from two browsers at the same moment, each with a connection of its own."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from councils.models import Meeting, Membership
from dashboard.panel import operations
from events.models import Event, Rsvp
from people.models import Person, Role
from tests import factories
from tests.dashboard.panel_world import address, at, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(call, times=4):
    """Run `call` in so many threads, all from one moment on; what each gave or the exception it ended with."""
    start, results = threading.Barrier(times), []

    def run():
        try:
            start.wait()
            results.append(call())
        except Exception as error:  # the test asserts on whatever it was
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_phone_form_sent_at_once_enters_one_person():
    event, user, now = factories.event(), factories.coordinator(), timezone.now()
    new_person = {"given_name": "Milda", "family_name": "Grīnberga"}
    rsvps = at_once(
        lambda: operations.enter_and_rsvp(
            event=event, person=None, new_person=new_person, is_namesake=False, by=user, now=now
        )
    )
    assert {rsvp.pk for rsvp in rsvps} == {Rsvp.objects.get().pk}
    assert Person.objects.filter(given_name="Milda").count() == 1


def test_member_form_sent_at_once_seats_one_person():
    term, user, now = factories.term(), factories.coordinator(), timezone.now()
    results = at_once(
        lambda: operations.enter_and_seat(
            term=term,
            person=None,
            new_person={"given_name": "Milda", "family_name": "Grīnberga"},
            is_namesake=False,
            started_on=timezone.localdate(now),
            source="",
            by=user,
            now=now,
        )
    )
    assert [isinstance(result, Membership) for result in results].count(True) == 1
    assert Membership.objects.count() == 1
    assert Person.objects.filter(given_name="Milda").count() == 1


@pytest.mark.parametrize(("path", "model"), [("panel-meeting-new", Meeting), ("panel-event-new", Event)])
def test_form_pressed_twice_makes_one_event(path, model):
    council = factories.council()
    user = factories.coordinator()
    data = {
        "councils": [council.pk],
        "meeting_kind": "council",
        "neighbourhoods": [council.neighbourhood.pk],
        "kind": "discussion",
        "title": "Saruna",
        "day": (at(30)).date().isoformat(),
        "starts": "18:00",
        "ends": "19:00",
        "format": "in_person",
        "venue": "Skola",
        "party_limit": "4",
        "reminders": "",
        "action": "publish",
    }
    clients = [signed_in(user) for _n in range(4)]
    codes = at_once(lambda: clients.pop().post(address(path), data).status_code)
    assert sorted(codes) == [200, 200, 200, 302]
    assert model.objects.count() == 1


def test_two_editors_at_the_same_moment_do_not_overwrite_each_other():
    event, user = factories.event(starts_at=at(30)), factories.coordinator()
    clients = [signed_in(user) for _n in range(2)]
    data = {
        "title": event.title,
        "kind": "discussion",
        "day": at(30).date().isoformat(),
        "starts": "18:00",
        "ends": "20:00",
        "format": "in_person",
        "venue": "Tautas nams",
        "party_limit": "4",
        "reminders": "24, 2",
        "takes_rsvps": "on",
        "version": event.changed_at.isoformat(),
        "action": "save",
    }
    titles = ["Pirmā", "Otrā"]

    def save():
        return clients.pop().post(address("panel-event", event.pk), data | {"title": titles.pop()}).status_code

    assert sorted(at_once(save, 2)) == [200, 302]
    event.refresh_from_db()
    assert event.sequence == 1


def test_two_administrators_cannot_both_give_up_the_last_role():
    rows = [factories.administrator(), factories.administrator()]
    roles = [row.person.roles.get() for row in rows]
    day = timezone.localdate() + timedelta(days=1)
    clients = [signed_in(row) for row in rows]

    def give_up():
        return clients.pop().post(address("panel-role-end", roles.pop().pk), {"ended_on": day.isoformat()}).status_code

    assert sorted(at_once(give_up, 2)) == [200, 302]
    assert Role.objects.filter(kind="administrator", ended_on=None).count() == 1
