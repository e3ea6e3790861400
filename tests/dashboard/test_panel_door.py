"""The page at the door: finding somebody, one button, the second look, what the script is told, what it costs."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import codes
from events.models import CheckIn, Rsvp
from people.models import ContactChannel, Person
from tests import factories
from tests.dashboard.panel_world import address, main_text, signed_in, world
from tests.dashboard.test_exports import rows_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def there():
    made = world()
    made.event.starts_at = timezone.now() + HOUR
    made.event.ends_at = made.event.starts_at + 2 * HOUR
    made.event.save()
    made.meeting.event.starts_at, made.meeting.event.ends_at = made.event.starts_at, made.event.ends_at
    made.meeting.event.save()
    return made


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


def send(client, path, *, script=False, **data):
    values = {"key": uuid4()} | data
    return client.post(path, values, headers={"accept": "application/json"} if script else {})


def names(page):
    return [line.rsvp.person.name if line.rsvp else "" for line in page.context["lines"]]


def standing(**found):
    return CheckIn.objects.standing().filter(**found)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_list_has_everybody_who_may_come_by_name(there, coordinator):
    event = there.meeting.event
    for name, state in (("Žanis Ābele", "waiting"), ("Čilda Bērza", "going"), ("Atteikusies Aa", "cancelled")):
        factories.rsvp(event, factories.person(name), state=state)
    factories.check_in(event=event)
    assert names(coordinator.get(address("panel-door", event.pk))) == ["Žanis Ābele", "Čilda Bērza", ""]


@pytest.mark.parametrize(
    ("query", "found"),
    [("kersta", ["Ķērsta Ļaudona"]), ("ĻAUD", ["Ķērsta Ļaudona"]), ("Ķērstai Ļaudonai", ["Ķērsta Ļaudona"]),
     ("celm", ["Zane Celma"]), ("xyzzy", []), ("ķersta celma", [])],
)  # fmt: skip
def test_name_is_found_as_it_is_typed(there, coordinator, query, found):
    event = there.meeting.event
    for name, state in (("Ķērsta Ļaudona", "going"), ("Zane Celma", "cancelled"), ("Jānis Bērzs", "going")):
        factories.rsvp(event, factories.person(name), state=state)
    page = coordinator.get(f"{address('panel-door', event.pk)}?q={quote(query)}")
    assert names(page) == found
    assert bool(re.search(r"data-door-nobody\s+hidden", page.text)) is bool(found)


def test_who_signed_up_again_is_found_once(there, coordinator):
    event, person = there.meeting.event, factories.person("Zane Celma")
    factories.rsvp(event, person, state="cancelled")
    factories.rsvp(event, person)
    page = coordinator.get(f"{address('panel-door', event.pk)}?q=zane")
    assert [line.rsvp.number for line in page.context["lines"]] == [2]


def test_list_of_an_event_far_ahead_has_no_buttons(there, coordinator):
    event = there.draft.event
    factories.rsvp(event)
    for published_at, said in ((None, "not published yet"), (timezone.now(), "Arrivals are noted from")):
        type(event).objects.filter(pk=event.pk).update(published_at=published_at)
        page = coordinator.get(address("panel-door", event.pk))
        assert said in main_text(page)
        assert "data-door-form" not in page.text


def test_door_says_in_latvian_from_when_arrivals_are_noted(there):
    event = there.meeting.event
    type(event).objects.filter(pk=event.pk).update(
        starts_at=datetime(2126, 12, 9, 16, 30, tzinfo=UTC), ends_at=datetime(2126, 12, 9, 18, 0, tzinfo=UTC)
    )
    page = signed_in(there.coordinator, "lv").get(address("panel-door", event.pk))
    assert "Ierašanos atzīmē no 2126. gada 9. decembra, plkst. 14.30." in main_text(page).replace("\xa0", " ")


# --- one button -------------------------------------------------------------------------------------------------------


def test_button_of_the_list_notes_the_arrival_and_goes_back_to_its_line(there, coordinator):
    row = factories.rsvp(there.meeting.event, factories.person("Ķērsta Ļaudona"), party_size=3)
    answer = send(coordinator, address("panel-check-in", row.pk), no="saraksts", q="ķer", people=2)
    assert answer["Location"] == f"{address('panel-door', row.event_id)}?q=%C4%B7er#p-{row.pk}"
    found = standing().get()
    assert (found.rsvp, found.people, found.by) == (row, 2, there.coordinator)
    page = coordinator.get(answer["Location"])
    assert "Ķērsta Ļaudona is in." in main_text(page)
    assert "2 people came" in main_text(page)
    assert address("panel-check-in-undo", found.pk) in page.text


def test_same_form_sent_twice_counts_once(there, coordinator):
    row, key = factories.rsvp(there.meeting.event), uuid4()
    for _n in range(2):
        send(coordinator, address("panel-check-in", row.pk), key=key)
    assert CheckIn.objects.count() == 1


def test_arrival_is_taken_back_from_where_it_was_pressed(there, coordinator):
    row = factories.rsvp(there.meeting.event)
    card = address("panel-check-in", row.pk)
    door = address("panel-door", row.event_id)
    for here, back in (("karte", card), ("saraksts", f"{door}#p-{row.pk}")):
        found = factories.check_in(row)
        answer = coordinator.post(address("panel-check-in-undo", found.pk), {"no": here})
        assert answer["Location"] == back
        assert "Taken back" in main_text(coordinator.get(back))
    assert not standing().exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [({"people": "4"}, "Only 1 person is on this sign-up"), ({"people": "0"}, "greater than or equal to 1"),
     ({"key": "x"}, "valid UUID"), ({"key": ""}, "required"), ({"ago": "-5"}, "greater than or equal to 0")],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(there, coordinator, data, said):
    path = address("panel-check-in", factories.rsvp(there.meeting.event).pk)
    answer = send(coordinator, path, **data)
    assert answer["Location"] == path
    assert said in main_text(coordinator.get(path))
    told = send(coordinator, path, script=True, **data).json()
    assert told["state"] == "refused"
    assert said in told["said"]
    assert not CheckIn.objects.exists()


def test_moment_is_the_one_of_the_press(there, coordinator):
    row = factories.rsvp(there.meeting.event)
    before = timezone.now()
    send(coordinator, address("panel-check-in", row.pk), ago="600")
    found = CheckIn.objects.get()
    assert timedelta(minutes=10) <= found.recorded_at - found.at < timedelta(minutes=11)
    assert found.recorded_at >= before


# --- no seat is left --------------------------------------------------------------------------------------------------


def hidden(page):
    return dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page.text))


@pytest.mark.parametrize("who", ["walk-in", "waiting"])
def test_full_hall_asks_once_more_and_the_organiser_decides(there, coordinator, who):
    event = there.event  # two seats, one taken
    factories.rsvp(event)
    if who == "waiting":
        path = address("panel-check-in", factories.rsvp(event, state="waiting").pk)
        data = {"no": "saraksts"}
    else:
        path, data = address("panel-walk-in", event.pk), {"name": "Jānis Bērzs", "people": "2"}
    page = send(coordinator, path, **data)
    assert page.status_code == 200
    assert "There are not enough free seats" in main_text(page)
    assert not CheckIn.objects.exists()
    again = hidden(page)
    assert again["beyond"] == "on"
    assert data.items() <= again.items()
    assert coordinator.post(path, again).status_code == 302
    assert coordinator.post(path, again).status_code == 302
    assert standing().count() == 1


def test_cancelled_sign_up_is_let_in_anew(there, coordinator):
    row = factories.rsvp(there.meeting.event, factories.person("Zane Celma"), state="cancelled", party_size=2)
    answer = send(coordinator, address("panel-check-in", row.pk))
    new = there.meeting.event.rsvps.get(person=row.person, state="going")
    assert answer["Location"] == address("panel-check-in", new.pk)
    assert (new.is_walk_in, new.party_size) == (True, 2)
    told = send(coordinator, address("panel-check-in", row.pk), script=True).json()  # another phone, the old line
    assert f'id="p-{new.pk}"' in told["html"]
    assert re.search(rf'id="p-{row.pk}"[^>]*data-door-gone', told["html"])


# --- who did not sign up ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "Jānis Bērzs"])
def test_walk_in_is_let_in_and_taken_back(there, coordinator, name):
    event = there.meeting.event
    answer = send(coordinator, address("panel-walk-in", event.pk), name=name, people="2")
    assert answer["Location"].startswith(address("panel-door", event.pk))
    found = standing().get()
    assert (found.people, bool(found.rsvp)) == (2, bool(name))
    page = coordinator.get(answer["Location"])
    assert names(page) == [name]
    assert ("Jānis Bērzs is in." if name else "2 people let in.") in main_text(page)
    coordinator.post(address("panel-check-in-undo", found.pk))
    assert names(coordinator.get(address("panel-door", event.pk))) == []


def test_name_at_the_door_is_no_markup(there, coordinator):
    send(coordinator, address("panel-walk-in", there.meeting.event_id), name="<script>alert(1)</script>", people="1")
    page = coordinator.get(address("panel-door", there.meeting.event_id))
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


# --- the code ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["coordinator", "administrator", "officer", "member", "stranger", "resident", ""])
def test_code_opens_the_card_for_who_stands_at_the_door(there, who):
    row = factories.rsvp(there.meeting.event, factories.person("Ķērsta Ļaudona"))
    path = "/" + codes.check_in_url(row).split("/", 3)[3]
    client = signed_in(getattr(there, who)) if who else Client()
    answer = client.get(path)
    if who in ("coordinator", "administrator", "officer"):
        assert answer["Location"] == address("panel-check-in", row.pk)
        assert "Ķērsta Ļaudona" in main_text(client.get(answer["Location"]))
    else:
        assert answer.status_code == 200
        assert "Ļaudona" not in answer.text


@pytest.mark.parametrize("state", Rsvp.State.values)
def test_card_stands_for_every_state(there, coordinator, state):
    row = factories.rsvp(there.meeting.event, state=state)
    page = coordinator.get(address("panel-check-in", row.pk))
    assert ("Let in all the same" in main_text(page)) is (state == "cancelled")


def test_card_of_somebody_forgotten_is_gone(there, coordinator):
    row = factories.rsvp(there.meeting.event, state="cancelled")
    Person.objects.filter(pk=row.person_id).update(erased_at=timezone.now())
    assert coordinator.get(address("panel-check-in", row.pk)).status_code == 404
    assert names(coordinator.get(f"{address('panel-door', row.event_id)}?q={row.person.given_name}")) == []


# --- what the script is told ------------------------------------------------------------------------------------------


def test_script_is_told_what_came_of_it_and_what_to_show(there, coordinator):
    event = there.event
    factories.rsvp(event)
    waiting = factories.rsvp(event, state="waiting")
    for row, state in ((there.rsvp, "saved"), (there.rsvp, "saved"), (waiting, "full")):
        told = send(coordinator, address("panel-check-in", row.pk), script=True).json()
        assert told["state"] == state
    assert told["said"] == "All seats are taken."
    told = send(coordinator, address("panel-check-in", waiting.pk), script=True, beyond="on").json()
    assert f'id="p-{waiting.pk}"' in told["html"]
    assert "data-door-numbers" in told["html"]
    undone = coordinator.post(
        address("panel-check-in-undo", standing(rsvp=waiting).get().pk), headers={"accept": "application/json"}
    )
    assert undone.json()["state"] == "saved"
    assert "data-door-gone" not in undone.json()["html"]


def test_news_are_the_lines_that_changed_since(there, coordinator):
    event, now = there.meeting.event, timezone.now()
    old, came, undone, new, gone = (factories.rsvp(event, now=now - HOUR) for _n in range(5))
    Rsvp.objects.filter(pk=new.pk).update(rsvped_at=now)
    Rsvp.objects.filter(pk=gone.pk).update(state="cancelled", cancelled_at=now)
    factories.check_in(old, at=now - HOUR, recorded_at=now - HOUR)
    factories.check_in(came, recorded_at=now)
    factories.check_in(undone, recorded_at=now - HOUR, undone_at=now)
    unnamed = factories.check_in(event=event, recorded_at=now)
    left = factories.check_in(event=event, recorded_at=now - HOUR, undone_at=now)
    since = quote((now - timedelta(seconds=1)).isoformat())
    page = coordinator.get(f"{address('panel-door-news', event.pk)}?kops={since}")
    found = {line.mark: line.is_gone for line in page.context["lines"]}
    assert found == {
        f"p-{came.pk}": False,
        f"p-{undone.pk}": False,
        f"p-{new.pk}": False,
        f"p-{gone.pk}": True,
        f"i-{unnamed.pk}": False,
        f"i-{left.pk}": True,
    }
    assert page.context["numbers"].came == 3
    following = quote(re.search(r'data-since="([^"]+)"', page.text)[1])
    assert coordinator.get(f"{address('panel-door-news', event.pk)}?kops={following}").status_code == 200


@pytest.mark.parametrize("since", ["", "vakar", "2026-13-45T99:00:00", "2026-11-23", "2026-11-23T10:00:00", "%00"])
def test_news_since_a_moment_that_is_none_are_none(there, coordinator, since):
    factories.check_in(there.rsvp)
    page = coordinator.get(f"{address('panel-door-news', there.event.pk)}?kops={since}")
    assert (page.status_code, page.context["lines"]) == (200, [])


# --- what it costs ----------------------------------------------------------------------------------------------------


def crowd(event, rows, by):
    people = Person.objects.bulk_create(Person(given_name=f"Ilze {n}", settings_token=f"t{n}") for n in range(rows))
    ContactChannel.objects.bulk_create(
        ContactChannel(person=person, kind="email", value=f"{person.pk}@example.org") for person in people
    )
    now = timezone.now()
    made = Rsvp.objects.bulk_create(
        Rsvp(
            event=event,
            person=person,
            number=n,
            state="going",
            rsvped_at=now - HOUR,
            confirmed_at=now - HOUR,
            token=f"token{n}",
        )
        for n, person in enumerate(people, 1)
    )
    CheckIn.objects.bulk_create(
        CheckIn(event=event, rsvp=None if n % 2 else row, key=uuid4(), at=now, recorded_at=now, by=by)
        for n, row in enumerate(made)
    )
    return made


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_door_asks_the_same_however_many_come(there, rows):
    event = there.meeting.event
    row = crowd(event, rows, there.coordinator)[0]
    officer = signed_in(there.officer)
    since = quote((timezone.now() - HOUR / 2).isoformat())
    paths = {
        "list": address("panel-door", event.pk),
        "searched": f"{address('panel-door', event.pk)}?q=ilze",
        "news": f"{address('panel-door-news', event.pk)}?kops={since}",
        "card": address("panel-check-in", row.pk),
    }
    officer.get(paths["list"])
    asked = {}
    for name, path in paths.items():
        with CaptureQueriesContext(connection) as queries:
            officer.get(path)
        asked[name] = len(queries)
    assert asked == {"list": 12, "searched": 10, "news": 12, "card": 10}


# --- afterwards -------------------------------------------------------------------------------------------------------


def past(there):
    event = there.held.event
    came = factories.rsvp(event, factories.person("Anna Atnākusi"), party_size=3)
    factories.rsvp(event, factories.person("Nils Neatnācis"))
    at = event.starts_at
    factories.check_in(came, people=2, at=at)
    walked = factories.rsvp(event, factories.person("Vilis Viesis"), is_walk_in=True)
    factories.check_in(walked, at=at)
    return event


@pytest.mark.parametrize(
    ("query", "found"),
    [("", ["Anna Atnākusi", "Nils Neatnācis", "Vilis Viesis"]), ("?ieradas=ja", ["Anna Atnākusi", "Vilis Viesis"]),
     ("?ieradas=ne", ["Nils Neatnācis"])],
)  # fmt: skip
def test_list_of_sign_ups_says_who_came(there, coordinator, query, found):
    event = past(there)
    page = coordinator.get(address("panel-rsvps", event.pk) + query)
    assert [row.person.name for row in page.context["coming"]] == found
    rows = {row[0]: row[4] for row in table(page.text)}
    said = {
        "Anna Atnākusi": "Came, 18:00 2 people",
        "Nils Neatnācis": "Did not come",
        "Vilis Viesis": "Came, 18:00 came without signing up",
    }
    assert rows == {name: said[name] for name in found}
    assert "1 of them without signing up" in main_text(page)
    assert (page.context["attendance"].came, page.context["attendance"].signed_up) == (3, 4)


def test_list_of_sign_ups_blames_nobody_where_the_door_was_not_kept(there, coordinator):
    event = there.held.event
    factories.rsvp(event, factories.person("Nils Nezināmais"))
    assert {row[0]: row[4] for row in table(coordinator.get(address("panel-rsvps", event.pk)).text)} == {
        "Nils Nezināmais": "–"
    }


def table(text):
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_list_of_what_is_to_come_says_nothing_of_arrivals(there, coordinator):
    event = there.meeting.event
    type(event).objects.filter(pk=event.pk).update(
        starts_at=timezone.now() + 30 * HOUR, ends_at=timezone.now() + 31 * HOUR
    )
    factories.rsvp(event)
    page = coordinator.get(address("panel-rsvps", event.pk))
    assert "Arrival" not in table_head(page.text)
    assert address("panel-door", event.pk) in page.text


def table_head(text):
    return re.findall(r"<th scope=\"col\"[^>]*>([^<]*)<", text)


def test_file_of_sign_ups_says_who_came(there, coordinator):
    event = past(there)
    factories.rsvp(event, factories.person("Rinda Rindā"), state="waiting")
    ahead = factories.rsvp(there.meeting.event, factories.person("Vēl Būs"))
    rows = rows_of(coordinator.get(f"{address('export', 'rsvps', 'csv')}?pasakums={event.pk}"))
    columns = ("Ieradās", "Ieradušies cilvēki", "Ieradās plkst.", "Bez pieteikšanās")
    found = {row["Vārds"]: tuple(row[name] for name in columns) for row in rows}
    at = f"{timezone.localtime(event.starts_at):%d.%m.%Y %H:%M}"
    assert found == {
        "Anna": ("jā", "2", at, "nē"),
        "Nils": ("nē", "", "", "nē"),
        "Vilis": ("jā", "1", at, "jā"),
        "Rinda": ("", "", "", "nē"),
    }
    rows = rows_of(coordinator.get(f"{address('export', 'rsvps', 'csv')}?pasakums={ahead.event_id}"))
    assert [row["Ieradās"] for row in rows] == [""]
    rows = rows_of(coordinator.get(f"{address('export', 'rsvps', 'csv')}?pasakums={event.pk}&ieradas=ja"))
    assert len(rows) == 2
