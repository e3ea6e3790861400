"""Tasks after their meeting, and the items that say what earlier meetings left open."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from councils.models import AgendaItem, Task
from councils.operations import room
from councils.operations.room import RoomRefused
from people.models import AuditEntry
from tests import factories
from tests.councils.room_world import World
from tests.dashboard.panel_world import address, signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world():
    """A closed meeting of a week ago, of which a task is left with a member who holds no office."""
    starts_at = (timezone.now() - 7 * DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    world = World(starts_at=starts_at).open().all_here()
    world.task = give(world, "Uzrakstīt vēstuli")
    world.by_name(world.resolution(), *["in_favour"] * 5)
    return world.close()


def give(world, title, position=1, item=0):
    return room.write_task(
        item=world.items[item],
        position=position,
        seen=0,
        title=title,
        person=world.members[3].person,
        owner="",
        due_on=None,
        **world.who,
    )


def done(client, task, **data):
    return client.post(reverse("councils:task-done", args=[task.pk]), data)


def test_task_is_done_once_and_not_done_after_all(world):
    now, on = timezone.now(), timezone.localdate()
    for _time in range(2):
        assert room.finish_task(task=world.task, done_on=on, by=world.chair, now=now).done_on == on
    room.finish_task(task=world.task, done_on=None, by=world.chair, now=now)
    assert Task.objects.get().done_on is None
    entries = AuditEntry.objects.filter(verb="finish_task").order_by("pk")
    assert [(entry.details["before"], entry.details["after"]) for entry in entries] == [
        (None, on.isoformat()),
        (on.isoformat(), None),
    ]
    assert entries[0].on_behalf_of == world.members[3].person
    with pytest.raises(RoomRefused):
        room.finish_task(task=world.task, done_on=on + DAY, by=world.chair, now=now)


def test_task_is_finished_after_the_minutes_are_signed(world):
    factories.minutes(world.meeting, signed_at=timezone.now())
    done(signed_in(world.chair), world.task)
    assert Task.objects.get().done_on == timezone.localdate()


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 302), ("whose it is", 302), ("coordinator", 302), ("another member", 403), ("resident", 403)],
)
def test_who_says_that_a_task_is_done(world, who, status):
    users = {"secretary": world.secretary, "whose it is": world.users[3], "another member": world.users[4]}
    users |= {"coordinator": factories.coordinator(), "resident": factories.user()}
    assert done(signed_in(users[who]), world.task).status_code == status
    assert bool(Task.objects.get().done_on) is (status == 302)


def test_visitor_says_nothing_of_a_task_and_nobody_by_a_link(world):
    assert done(Client(), world.task).url.startswith("/konts/ienakt/")
    assert signed_in(world.chair).get(reverse("councils:task-done", args=[world.task.pk])).status_code == 405


def test_button_leads_back_to_where_it_was_and_nowhere_else(world):
    client = signed_in(world.chair)
    assert done(client, world.task, next="/mans/").url == "/mans/"
    item = reverse("councils:room-item", args=[world.meeting.pk, world.items[0].pk])
    assert done(client, world.task, next="https://example.org/", done="no").url == item


def test_councils_room_lists_open_tasks_and_a_member_the_own(world):
    path = address("council-room", world.council.neighbourhood.slug)
    titles = {"chair": world.chair, "whose it is": world.users[3], "another member": world.users[4]}
    seen = {name: "Uzrakstīt vēstuli" in signed_in(user).get(path).content.decode() for name, user in titles.items()}
    assert seen == {"chair": True, "whose it is": True, "another member": False}
    done(signed_in(world.chair), world.task)
    assert "Uzrakstīt vēstuli" not in signed_in(world.chair).get(path).content.decode()


def test_item_of_previous_resolutions_says_what_is_open(world):
    meeting = factories.meeting(world.council, starts_at=timezone.now() - timedelta(minutes=5))
    item = factories.agenda_item(meeting, "Kā pildām", kind=AgendaItem.Kind.PREVIOUS)
    ordinary = factories.agenda_item(meeting, "Cits jautājums")
    client = signed_in(world.secretary)

    def page(row):
        return client.get(reverse("councils:room-item", args=[meeting.pk, row.pk])).content.decode()

    assert "Uzrakstīt vēstuli" in page(item)
    assert "Lūgt pašvaldību ierīkot gājēju pāreju." in page(item)
    assert "Uzrakstīt vēstuli" not in page(ordinary)
    done(client, world.task)
    assert "Uzrakstīt vēstuli" not in page(item)


def test_item_of_approval_leads_to_the_minutes_that_wait(world):
    minutes = factories.minutes(world.meeting, signed_at=timezone.now())
    meeting = factories.meeting(world.council, starts_at=timezone.now() - timedelta(minutes=5))
    item = factories.agenda_item(meeting, "Apstiprināšana", kind=AgendaItem.Kind.APPROVAL)
    page = signed_in(world.secretary).get(reverse("councils:room-item", args=[meeting.pk, item.pk]))
    assert minutes.get_absolute_url() in page.content.decode()


def test_open_business_costs_the_same_however_much_there_is(world, django_assert_max_num_queries):
    meeting = factories.meeting(world.council, starts_at=timezone.now() - timedelta(minutes=5))
    item = factories.agenda_item(meeting, "Kā pildām", kind=AgendaItem.Kind.PREVIOUS)
    path = reverse("councils:room-item", args=[meeting.pk, item.pk])
    client, counts = signed_in(world.secretary), []
    client.get(path)
    for more in (0, 3):
        for n in range(more):
            Task.objects.create(item=world.items[1], title=f"Vēl {n}", owner="Kāds", position=n + 1)
            factories.resolution(world.items[1], world.council, position=n + 5, year=2020, number=n + 1)
        with django_assert_max_num_queries(40) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
