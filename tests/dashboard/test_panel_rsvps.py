"""Who comes, who waits, who phoned: the lists of sign-ups and what the coordinator changes in them."""

import re
from datetime import timedelta

import pytest

from events.models import Rsvp
from notices.models import Notice
from people.models import AuditEntry, ContactChannel, Person
from tests import factories
from tests.dashboard.panel_world import address, errors, in_the_file, main_text, signed_in, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return world()


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


def told(kind):
    return Notice.objects.filter(kind=kind, cancelled_at=None, failed_at=None).count()


# --- the list ---------------------------------------------------------------------------------------------------------


def test_list_shows_who_comes_who_waits_in_order_and_who_has_no_email(there, coordinator):
    event = there.event
    factories.rsvp(event, factories.person("Juris Bērzs", phone="+371 22222222"))
    second = factories.rsvp(event, factories.person("Otrā Rindā"), state="waiting", party_size=2)
    first = factories.rsvp(event, factories.person("Pirmā Rindā"), state="waiting")
    Rsvp.objects.filter(pk=second.pk).update(number=9)
    factories.rsvp(event, factories.person("Atteikusies"), state="cancelled")
    page = coordinator.get(address("panel-rsvps", event.pk))
    context = page.context
    assert [row.person.name for row in context["coming"]] == ["Anna Ozola", "Juris Bērzs"]
    assert [row.pk for row in context["queue"]] == [first.pk, second.pk]
    assert [row.person.name for row in context["by_phone"]] == ["Juris Bērzs", "Pirmā Rindā", "Otrā Rindā"]
    assert [row.person.name for row in context["cancelled"]] == ["Atteikusies"]
    assert (context["event"].seats_taken, context["event"].people_waiting) == (2, 3)


def test_seats_of_a_hybrid_event_are_said_for_the_room_and_online(there, coordinator):
    there.event.format, there.event.online_url, there.event.online_capacity = "hybrid", "https://example.org/s", None
    there.event.save()
    factories.rsvp(there.event, factories.person("Juris Bērzs"), attending="remote", party_size=3)
    text = main_text(coordinator.get(address("panel-rsvps", there.event.pk)))
    assert "2 Seats in the room · taken: 1" in text
    assert "— Seats online , no limit · taken: 3" in text.replace("online,", "online ,")


def test_list_says_how_somebody_was_entered(there, coordinator):
    factories.rsvp(there.event, there.resident.person)
    factories.rsvp(there.event, factories.person("Juris Bērzs"), entered_by=there.coordinator)
    text = main_text(coordinator.get(address("panel-rsvps", there.event.pk)))
    assert "without an account" in text
    assert "with an account" in text
    assert "entered by Lāsma Pīlādze" in text


@pytest.mark.parametrize(
    ("query", "names"), [("q=ozolas", 1), ("q=berzs", 0), ("statuss=rinda", 0), ("statuss=nak", 1)]
)
def test_list_is_narrowed(there, coordinator, query, names):
    page = coordinator.get(f"{address('panel-rsvps', there.event.pk)}?{query}")
    assert len(page.context["coming"]) == names
    shown = sorted(row.person.family_name for row in [*page.context["coming"], *page.context["queue"]])
    assert sorted(in_the_file(coordinator, page, "rsvps", "Uzvārds")) == shown
    assert f"?pasakums={there.event.pk}" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_list_asks_the_same_however_many_sign_up(there, coordinator, django_assert_num_queries, rows):
    path = address("panel-rsvps", there.meeting.event_id)
    people = Person.objects.bulk_create(Person(given_name=f"Ilze {n}", settings_token=f"t{n}") for n in range(rows))
    ContactChannel.objects.bulk_create(
        ContactChannel(person=person, kind="email", value=f"{person.pk}@example.org") for person in people
    )
    now = there.rsvp.rsvped_at
    Rsvp.objects.bulk_create(
        Rsvp(
            event=there.meeting.event,
            person=person,
            number=n,
            state="waiting" if n % 2 else "going",
            rsvped_at=now,
            confirmed_at=now,
            entered_by=there.coordinator,
            token=f"token{n}",
        )
        for n, person in enumerate(people, 1)
    )
    coordinator.get(path)
    with django_assert_num_queries(20):
        coordinator.get(path)


# --- somebody who phoned ----------------------------------------------------------------------------------------------


def test_neighbour_who_phoned_gets_a_number(there, coordinator):
    path = address("panel-rsvp-add", there.event.pk)
    answer = coordinator.post(path, {"given_name": "Milda", "family_name": "Grīnberga", "party_size": "1"})
    assert answer["Location"] == address("panel-rsvps", there.event.pk)
    rsvp = there.event.rsvps.get(person__given_name="Milda")
    assert (rsvp.state, rsvp.number, rsvp.entered_by) == ("going", 2, there.coordinator)
    assert rsvp.person.channels.count() == 0
    assert "Milda Grīnberga is signed up, number 2." in main_text(coordinator.get(answer["Location"]))
    verbs = AuditEntry.objects.filter(by=there.coordinator, on_behalf_of=rsvp.person).values_list("verb", flat=True)
    assert set(verbs) == {"enter_person", "rsvp"}


def test_phone_letter_and_email_are_kept(there, coordinator):
    data = {"given_name": "Milda", "family_name": "Grīnberga", "party_size": "1", "phone": "+371 23333333"}
    data |= {"email": "Milda@example.org", "address": "Ļaudonas iela 5, Ķekava"}
    coordinator.post(address("panel-rsvp-add", there.event.pk), data)
    person = Person.objects.get(given_name="Milda")
    assert dict(person.channels.values_list("kind", "value")) == {
        "email": "milda@example.org", "phone": "+371 23333333", "post": "Ļaudonas iela 5, Ķekava",
    }  # fmt: skip
    assert Notice.objects.filter(person=person, kind="rsvp_confirmed").exists()


def test_who_does_not_fit_goes_to_the_queue(there, coordinator):
    factories.rsvp(there.event)
    path = address("panel-rsvp-add", there.event.pk)
    assert "place in the queue" in main_text(coordinator.get(path))
    answer = coordinator.post(path, {"given_name": "Milda", "family_name": "Grīnberga", "party_size": "2"})
    assert there.event.rsvps.get(person__given_name="Milda").state == "waiting"
    assert "is in the queue, number 3." in main_text(coordinator.get(answer["Location"]))


def test_known_neighbour_is_not_entered_anew(there, coordinator):
    milda = factories.person("Milda Grīnberga", phone="+371 23333333")
    path = address("panel-rsvp-add", there.event.pk)
    data = {"given_name": "milda", "family_name": "grinberga", "party_size": "1"}
    assert list(errors(coordinator.post(path, data))) == ["person"]
    assert coordinator.post(path, data | {"person": milda.pk}).status_code == 302
    assert there.event.rsvps.filter(person=milda).exists()


def test_form_that_was_sent_twice_signs_up_once(there, coordinator):
    path = address("panel-rsvp-add", there.meeting.event_id)
    data = {"given_name": "Milda", "family_name": "Grīnberga", "party_size": "1"}
    assert [coordinator.post(path, data).status_code for _n in range(2)] == [302, 302]
    assert Person.objects.filter(given_name="Milda").count() == 1
    assert there.meeting.event.rsvps.count() == 1


@pytest.mark.parametrize("party", ["0", "3", "", "daudz"])
def test_party_that_can_never_fit_is_refused(there, coordinator, party):
    answer = coordinator.post(address("panel-rsvp-add", there.event.pk), {"given_name": "Milda", "party_size": party})
    assert list(errors(answer)) == ["party_size"]
    assert not Person.objects.filter(given_name="Milda").exists()


def test_refused_sign_up_enters_nobody(there, coordinator):
    answer = coordinator.post(
        address("panel-rsvp-add", there.held.event_id), {"given_name": "Milda", "party_size": "1"}
    )
    assert errors(answer) == {"__all__": ["Sign-up for this event has closed."]}
    assert not Person.objects.filter(given_name="Milda").exists()


# --- a sign-up taken back, more seats ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "kept", "mails"), [("self", "self", 0), ("organiser", "organiser", 1), ("", "organiser", 1)]
)
def test_sign_up_is_taken_back_and_the_seat_goes_on(there, coordinator, reason, kept, mails):
    factories.rsvp(there.event)
    waiting = factories.rsvp(there.event, factories.person(email="gaida@example.org"), state="waiting")
    answer = coordinator.post(address("panel-rsvp-cancel", there.rsvp.pk), {"reason": reason})
    assert answer["Location"] == address("panel-rsvps", there.event.pk)
    there.rsvp.refresh_from_db()
    waiting.refresh_from_db()
    assert (there.rsvp.state, there.rsvp.cancelled_for, waiting.state) == ("cancelled", kept, "offered")
    assert told("rsvp_cancelled") == mails
    coordinator.post(address("panel-rsvp-cancel", there.rsvp.pk), {"reason": reason})
    assert told("rsvp_cancelled") == mails


def test_sign_up_of_a_past_event_stays(there, coordinator):
    rsvp = factories.rsvp(there.held.event)
    answer = coordinator.post(address("panel-rsvp-cancel", rsvp.pk), {"reason": "self"}, follow=True)
    assert "The event has already begun." in main_text(answer)
    rsvp.refresh_from_db()
    assert rsvp.is_active


def test_seats_that_are_added_are_offered_to_the_queue(there, coordinator):
    factories.rsvp(there.event)
    queue = [factories.rsvp(there.event, state="waiting") for _n in range(2)]
    path = address("panel-capacity", there.event.pk)
    assert "Taken: 2, waiting: 2." in main_text(coordinator.get(path))
    answer = coordinator.post(path, {"capacity": "3"}, follow=True)
    assert "Seats offered to the queue now: 1." in main_text(answer)
    assert [Rsvp.objects.get(pk=row.pk).state for row in queue] == ["offered", "waiting"]
    assert errors(coordinator.post(path, {"capacity": "1"})) == {
        "capacity": ["3 seats are already taken, so there cannot be fewer."]
    }
    assert coordinator.post(path, {"capacity": ""}).status_code == 302
    there.event.refresh_from_db()
    assert there.event.capacity is None


def test_names_are_shown_as_they_are_typed(there, coordinator):
    """A name is no markup."""
    name = "<script>alert(1)</script>"
    coordinator.post(
        address("panel-rsvp-add", there.event.pk), {"given_name": name, "family_name": "Ķ", "party_size": 1}
    )
    page = coordinator.get(address("panel-rsvps", there.event.pk)).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<script>alert", page)


def test_past_event_offers_no_changes(there, coordinator):
    factories.rsvp(there.held.event)
    page = coordinator.get(address("panel-rsvps", there.held.event_id)).content.decode()
    assert address("panel-rsvp-add", there.held.event_id) not in page
    assert address("panel-meeting-cancel", there.held.pk) not in page
    assert address("panel-meeting-minutes", there.held.pk) in page


def test_offer_shows_until_when_it_stands(there, coordinator):
    rsvp = factories.rsvp(there.event, state="offered")
    rsvp.offer_expires_at = there.event.starts_at - timedelta(hours=2)
    rsvp.save()
    assert "16:00" in main_text(coordinator.get(address("panel-rsvps", there.event.pk)))
