"""The pages of the meeting's room: who opens which, what is saved, and how two texts are shown."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from councils.forms.room import moment
from councils.models import AbsenceCase, AgendaItem, Attendance, Meeting, Recusal, Resolution, Task
from councils.operations import room
from tests import factories
from tests.conftest import RIGA
from tests.councils.room_world import MINUTE, Mark, World, joint
from tests.dashboard.panel_world import signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SCRIPT = {"headers": {"accept": "application/json"}}


@pytest.fixture
def world():
    """A meeting that began half an hour ago and is open, everybody there."""
    return begun().open().all_here()


def begun(**fields):
    starts_at = (timezone.now() - 30 * MINUTE).replace(second=0, microsecond=0)
    return World(starts_at=fields.pop("starts_at", starts_at), **fields)


def where(world, name, *args):
    return reverse(f"councils:{name}", args=[world.meeting.pk, *args])


@pytest.fixture
def secretary(world):
    return signed_in(world.secretary, "lv")


def pages(world):
    """Every address of the room: what it needs, and whether members may read it."""
    item, slug = world.items[0].pk, world.council.neighbourhood.slug
    return [
        (where(world, "room"), True),
        (where(world, "room-quorum"), True),
        (where(world, "room-roll"), True),
        (where(world, "room-item", item), True),
        (where(world, "room-head"), False),
        (where(world, "room-close"), False),
        (where(world, "room-recusal", item), False),
        (where(world, "room-recusal-drop", item, world.recusal.pk), False),
        (where(world, "room-task", item, 1), False),
        (where(world, "room-task-drop", item, 1), False),
        (where(world, "room-resolution", item, slug, 1), False),
        (where(world, "room-resolution-drop", item, slug, 1), False),
        (where(world, "room-vote", item, slug, 1), False),
    ]


@pytest.fixture
def full(world):
    """With a resolution, a task and a recusal on the first item."""
    world.resolution()
    world.recusal = room.recuse(item=world.items[0], membership=world.members[4], reason="Brālis", **world.who)
    room.write_task(
        item=world.items[0], position=1, seen=0, title="Vēstule", person=world.members[1].person, owner="", due_on=None,
        **world.who,
    )  # fmt: skip
    return world


# --- who opens what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("chair", 200, 200),
        ("deputy", 200, 200),
        ("secretary", 200, 200),
        ("coordinator", 200, 200),
        ("administrator", 200, 200),
        ("member", 200, 403),
        ("officer elsewhere", 403, 403),
        ("resident", 403, 403),
    ],
)
def test_who_opens_the_room(full, who, reads, writes):
    elsewhere = World(members=3, starts_at=full.meeting.event.starts_at + HOUR)
    users = {
        "chair": full.chair,
        "deputy": full.deputy,
        "secretary": full.secretary,
        "member": full.users[3],
        "coordinator": factories.coordinator(),
        "administrator": factories.administrator(),
        "officer elsewhere": elsewhere.chair,
        "resident": factories.user(),
    }
    client = signed_in(users[who])
    answers = {address: client.get(address).status_code for address, _public in pages(full)}
    assert answers == {address: reads if for_members else writes for address, for_members in pages(full)}


def test_visitor_is_asked_to_log_in(full):
    for address, _public in pages(full):
        assert Client().get(address).url.startswith("/konts/ienakt/")


def test_member_reads_and_writes_nothing(full):
    client = signed_in(full.users[3])
    for address, for_members in pages(full):
        assert client.post(address, {"notes": "x", "revision": 0}).status_code in (403, 405), address
        if for_members:
            assert b"<textarea" not in client.get(address).content
    assert AgendaItem.objects.get(pk=full.items[0].pk).notes == ""


@pytest.mark.parametrize("name", ["room", "room-quorum"])
def test_pages_that_only_show_take_no_form(world, secretary, name):
    assert secretary.post(where(world, name)).status_code == 405


def test_button_for_the_rest_takes_only_a_form(world, secretary):
    assert secretary.get(where(world, "room-roll-rest", world.council.neighbourhood.slug)).status_code == 405


@pytest.mark.parametrize("state", ["published_at", "cancelled_at"])
def test_draft_and_cancelled_meetings_have_no_room(world, secretary, state):
    value = None if state == "published_at" else timezone.now()
    type(world.meeting.event).objects.filter(pk=world.meeting.event_id).update(**{state: value})
    assert secretary.get(where(world, "room")).status_code == 404


def test_item_of_another_meeting_is_not_found(world, secretary):
    other = factories.agenda_item(factories.meeting(world.council, starts_at=timezone.now() + HOUR))
    assert secretary.get(where(world, "room-item", other.pk)).status_code == 404


def test_former_officer_writes_no_more(world):
    client = signed_in(world.secretary)
    on = timezone.localdate()
    world.council.offices.filter(person=world.secretary.person).update(ended_on=on)
    assert client.get(where(world, "room-head")).status_code == 403
    assert client.get(where(world, "room")).status_code == 200  # still a member


# --- the course of a meeting ------------------------------------------------------------------------------------------


def test_meeting_is_opened_from_the_page():
    world = begun()
    client = signed_in(world.secretary)
    page = client.get(where(world, "room"))
    assert where(world, "room-open") in page.content.decode()
    form = client.get(where(world, "room-open")).context["form"]
    assert (form.initial["leader"], form.initial["minute_taker"]) == (world.chair.person, world.secretary.person)
    opened = f"{timezone.localtime(world.meeting.event.starts_at):%H:%M}"
    answer = client.post(
        where(world, "room-open"),
        {"opened": opened, "leader": world.chair.person.pk, "minute_taker": world.secretary.person.pk},
    )
    assert answer.url == where(world, "room-roll")
    assert Meeting.objects.get().opened_at is not None


def test_open_form_says_what_is_missing_and_keeps_what_was_typed():
    world = begun()
    page = signed_in(world.secretary).post(where(world, "room-open"), {"opened": "18:31", "leader": ""})
    assert page.status_code == 200
    assert 'value="18:31"' in page.content.decode()
    assert {"leader", "minute_taker"} == set(page.context["form"].errors)


def test_close_page_names_what_moves_on_and_closes(world, secretary):
    room.write_item(item=world.items[0], seen=0, notes="Runāja.", outcome="", **world.who)
    page = secretary.get(where(world, "room-close")).content.decode()
    assert "2. jautājums" in page
    assert "<li>1. jautājums" not in page
    clock = timezone.localtime().strftime("%H:%M")
    assert secretary.post(where(world, "room-close"), {"closed": clock}).url == where(world, "room")
    assert Meeting.objects.get().closed_at is not None
    assert secretary.get(where(world, "room-close")).status_code == 302


def test_refusal_to_close_stands_in_the_form(world, secretary):
    world.resolution()
    clock = timezone.localtime().strftime("%H:%M")
    page = secretary.post(where(world, "room-close"), {"closed": clock})
    assert page.status_code == 200
    assert "1. jautājums" in page.content.decode()
    assert Meeting.objects.get().closed_at is None


def test_overview_has_one_thing_to_do_next():
    world = begun()
    client = signed_in(world.secretary)

    def primary():
        content = client.get(where(world, "room")).content.decode()
        act = content[content.index("kp-room__act") :]
        return act[act.index('href="') + 6 :].partition('"')[0]

    assert primary() == where(world, "room-open")
    world.open()
    assert primary() == where(world, "room-roll")
    world.all_here()
    assert primary() == where(world, "room-item", world.items[0].pk)
    for item in world.items:
        room.write_item(item=item, seen=0, notes="", outcome="discussed", **world.who)
    assert primary() == where(world, "room-close")
    world.close(after=30 * MINUTE)
    assert primary() == where(world, "minutes")


def test_room_before_its_day_says_when_it_opens():
    world = begun(starts_at=timezone.now() + timedelta(days=3))
    client = signed_in(world.secretary)
    assert where(world, "room-open") not in client.get(where(world, "room")).content.decode()
    form = client.get(where(world, "room-open")).context["form"]
    fields = {name: form.initial[name].pk for name in ("leader", "minute_taker")}
    page = client.post(where(world, "room-open"), {"opened": "18:30", **fields})
    assert page.context["form"].non_field_errors()


# --- roll call --------------------------------------------------------------------------------------------------------


def marks(world, **changes):
    """The whole page of the roll as a browser would send it, with `changes` by member's place."""
    data = {}
    for n, member in enumerate(world.members):
        row = world.attendance(member)
        shown = {"mark": row.mark if row else "", "arrived": "", "left": "", "note": row.note if row else ""}
        data |= {f"initial-m{member.pk}-{name}": value for name, value in shown.items()}
        data |= {f"m{member.pk}-{name}": value for name, value in {**shown, **changes.get(f"at{n}", {})}.items()}
        data[f"m{member.pk}-revision"] = row.revision if row else 0
    return data


def test_roll_is_saved_as_one_page_without_script():
    world = begun().open()
    client = signed_in(world.secretary)
    answer = client.post(
        where(world, "room-roll"), marks(world, at0={"mark": "present"}, at1={"mark": "excused", "note": "Slims"})
    )
    assert answer.status_code == 302
    assert {row.membership: (row.mark, row.note) for row in Attendance.objects.all()} == {
        world.members[0]: ("present", ""),
        world.members[1]: ("excused", "Slims"),
    }


def test_roll_of_two_secretaries_saves_what_each_touched(world, secretary):
    page = marks(world, at0={"mark": "excused"})  # opened before the other one wrote
    world.call("", Mark.REMOTE)
    assert secretary.post(where(world, "room-roll"), page).status_code == 302
    assert [world.attendance(member).mark for member in world.members[:2]] == ["excused", "remote"]


def test_roll_shows_both_marks_when_two_touched_the_same_member(world, secretary):
    page = marks(world, at0={"mark": "excused"}, at2={"mark": "remote"})
    world.call(Mark.UNEXCUSED)
    answer = secretary.post(where(world, "room-roll"), page)
    assert answer.status_code == 409
    content = answer.content.decode()
    assert "kp-both" in content
    assert world.attendance(world.members[0]).mark == "unexcused"
    assert world.attendance(world.members[2]).mark == "remote"  # the rest is saved
    pk, over = world.members[0].pk, world.attendance(world.members[0]).revision
    secretary.post(where(world, "room-roll"), page | {f"m{pk}-over": over, f"m{pk}-keep": "mine"})
    assert world.attendance(world.members[0]).mark == "excused"


def test_roll_refuses_times_of_the_absent(world, secretary):
    page = secretary.post(where(world, "room-roll"), marks(world, at0={"mark": "excused", "arrived": "18:00"}))
    assert page.status_code == 200
    assert world.attendance(world.members[0]).mark == "present"


def test_script_saves_one_member_and_learns_what_travels_on(world, secretary):
    pk = world.members[0].pk
    data = {f"m{pk}-mark": "excused", f"initial-m{pk}-mark": "present", f"m{pk}-revision": "1"}
    data |= {f"m{pk}-{name}": "" for name in ("arrived", "left", "note")}
    answer = secretary.post(where(world, "room-roll"), data, **SCRIPT).json()
    assert answer["state"] == "saved"
    assert answer["values"][f"m{pk}-revision"] == 2
    assert answer["values"][f"initial-m{pk}-mark"] == "excused"
    again = secretary.post(where(world, "room-roll"), data, **SCRIPT).json()
    assert (again["state"], again["values"][f"m{pk}-revision"]) == ("saved", 2)


def test_button_marks_the_rest(secretary, world):
    Attendance.objects.filter(membership__in=world.members[2:]).delete()
    secretary.post(where(world, "room-roll-rest", world.council.neighbourhood.slug))
    assert set(Attendance.objects.values_list("mark", flat=True)) == {"present"}


def test_quorum_is_a_part_that_can_be_asked_for_alone(world, secretary):
    content = secretary.get(where(world, "room-quorum")).content.decode()
    assert "5 no 5: lemttiesīga" in content
    assert "<html" not in content
    world.now += MINUTE
    world.call(Mark.EXCUSED, Mark.EXCUSED, Mark.EXCUSED)
    assert "2 no 5: nav lemttiesīga" in secretary.get(where(world, "room-quorum")).content.decode()


# --- words ------------------------------------------------------------------------------------------------------------


def words(world, notes, revision=0, **more):
    return {"notes": notes, "outcome": "", "revision": revision, **more}


def test_words_are_saved_by_a_plain_form(world, secretary):
    address = where(world, "room-item", world.items[0].pk)
    assert secretary.post(address, words(world, "Pirmā\r\notrā")).status_code == 302
    assert AgendaItem.objects.get(pk=world.items[0].pk).notes == "Pirmā\notrā"


def test_words_are_saved_by_the_script(world, secretary):
    address = where(world, "room-item", world.items[0].pk)
    answer = secretary.post(address, words(world, "Runāja"), **SCRIPT).json()
    assert (answer["state"], answer["values"]) == ("saved", {"revision": 1})
    assert answer["next"] == address


@pytest.mark.parametrize(
    ("keep", "result"),
    [("mine", "Bruno teica."), ("theirs", "Anna teica."), ("both", "Anna teica.\n\nBruno teica.")],
)
@pytest.mark.parametrize("by_script", [False, True], ids=["plain", "script"])
def test_two_texts_stand_side_by_side_until_one_chooses(world, secretary, keep, result, by_script):
    item = world.items[0]
    address = where(world, "room-item", item.pk)
    signed_in(world.chair).post(address, words(world, "Anna teica."))
    answer = secretary.post(address, words(world, "Bruno teica."), **(SCRIPT if by_script else {}))
    html = answer.json()["html"] if by_script else answer.content.decode()
    assert answer.status_code == (200 if by_script else 409)
    if by_script:
        assert answer.json()["state"] == "conflict"
    for text in ("Anna teica.", "Bruno teica."):
        assert f'kp-both__text">{text}' in html
    assert AgendaItem.objects.get(pk=item.pk).notes == "Anna teica."

    secretary.post(address, words(world, "Bruno teica.", over=1, keep=keep))
    assert AgendaItem.objects.get(pk=item.pk).notes == result


def test_choice_over_a_text_that_changed_once_more_is_shown_anew(world, secretary):
    item = world.items[0]
    address = where(world, "room-item", item.pk)
    for revision, text in enumerate(["Anna 1", "Anna 2"]):
        signed_in(world.chair).post(address, words(world, text, revision))
    answer = secretary.post(address, words(world, "Bruno", over=1, keep="mine"))
    assert answer.status_code == 409
    assert "Anna 2" in answer.content.decode()
    assert AgendaItem.objects.get(pk=item.pk).notes == "Anna 2"


@pytest.mark.parametrize("over", ["9" * 5000, "-1", "x"])
def test_choice_over_no_revision_at_all_is_shown_anew(world, secretary, over):
    item = world.items[0]
    signed_in(world.chair).post(where(world, "room-item", item.pk), words(world, "Anna"))
    answer = secretary.post(where(world, "room-item", item.pk), words(world, "Bruno", over=over, keep="mine"))
    assert answer.status_code == 409
    assert AgendaItem.objects.get(pk=item.pk).notes == "Anna"


def test_closed_meeting_asks_for_the_reason_of_a_correction(world, secretary):
    world.close(after=30 * MINUTE)
    item = AgendaItem.objects.get(pk=world.items[0].pk)
    address = where(world, "room-item", item.pk)
    assert b"<textarea" not in secretary.get(address).content
    assert b'name="correction"' in secretary.get(f"{address}?labot").content
    page = secretary.post(address, words(world, "Pēc tam", item.revision))
    assert page.status_code == 200
    assert "Pēc tam" in page.content.decode()  # kept, with the question why
    secretary.post(address, words(world, "Pēc tam", item.revision, correction="Aizmirsts", outcome="discussed"))
    assert AgendaItem.objects.get(pk=item.pk).notes == "Pēc tam"


def test_roll_of_a_closed_meeting_is_corrected_one_by_one(world, secretary):
    world.close(after=30 * MINUTE)
    address, pk = where(world, "room-roll"), world.members[4].pk
    assert b"<fieldset" not in secretary.get(address).content
    page = secretary.get(f"{address}?labot={pk}").content.decode()
    assert page.count("<fieldset") == 1
    data = {f"m{pk}-mark": "excused", f"initial-m{pk}-mark": "present", f"m{pk}-revision": "1"}
    assert secretary.post(address, data).status_code == 200  # the reason is missing
    assert secretary.post(address, data | {f"m{pk}-correction": "Nebija"}).url == address
    assert world.attendance(world.members[4]).mark == "excused"


def test_signed_minutes_take_the_forms_away(world, secretary):
    world.close(after=30 * MINUTE)
    factories.minutes(world.meeting, signed_at=timezone.now())
    address = where(world, "room-item", world.items[0].pk)
    assert b"<textarea" not in secretary.get(f"{address}?labot").content
    assert secretary.post(address, words(world, "Vēlu")).status_code == 403


# --- recusals, tasks --------------------------------------------------------------------------------------------------


def test_recusal_is_written_and_taken_back(world, secretary):
    item = world.items[0].pk
    answer = secretary.post(
        where(world, "room-recusal", item), {"membership": world.members[3].pk, "reason": "Radinieks"}
    )
    assert answer.url == where(world, "room-item", item)
    recusal = Recusal.objects.get()
    page = secretary.get(answer.url).content.decode()
    assert "Dace Dūmiņa" in page
    assert "Sēdes kvorumā viņus joprojām skaita" in page
    secretary.post(where(world, "room-recusal-drop", item, recusal.pk))
    assert not Recusal.objects.exists()
    assert secretary.get(where(world, "room-recusal-drop", item, recusal.pk)).status_code == 302


def test_task_is_written_once_however_often_it_is_sent(world, secretary):
    address = where(world, "room-task", world.items[0].pk, 1)
    data = {"title": "Uzrakstīt vēstuli", "person": world.members[1].person_id, "owner": "", "due_on": "2027-01-15"}
    for _time in range(3):
        assert secretary.post(address, data, **SCRIPT).json()["state"] == "saved"
    assert Task.objects.count() == 1
    refused = secretary.post(address, {"title": "Bez neviena"}, **SCRIPT).json()
    assert refused["state"] == "refused"
    secretary.post(where(world, "room-task-drop", world.items[0].pk, 1))
    assert not Task.objects.exists()


def test_place_that_somebody_took_meanwhile_leads_to_the_next(full, secretary):
    slug = full.council.neighbourhood.slug
    item = full.items[0].pk
    answer = secretary.get(where(full, "room-resolution", item, slug, 1) + "?jauns")
    assert answer.url == where(full, "room-resolution", item, slug, 2)
    assert secretary.get(where(full, "room-task", item, 1) + "?jauns").url == where(full, "room-task", item, 2)


# --- votes ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def vote(world):
    resolution = world.resolution()
    return resolution, where(world, "room-vote", world.items[0].pk, world.council.neighbourhood.slug, 1)


def ballots(world, *choices, **more):
    cast = {f"b{member.pk}": choice for member, choice in zip(world.members, choices, strict=False) if choice}
    return {"revision": 1, **cast, **more}


def test_vote_by_name_with_the_rest_in_one_go(world, secretary, vote):
    resolution, address = vote
    answer = secretary.post(address, ballots(world, "against", rest="in_favour"))
    assert answer.url == where(world, "room-item", world.items[0].pk)
    resolution.refresh_from_db()
    assert (resolution.outcome, resolution.in_favour, resolution.against) == ("adopted", 4, 1)
    assert "Nr. 1/" in secretary.get(answer.url).content.decode()


def test_vote_without_all_names_says_who_is_missing(world, secretary, vote):
    page = secretary.post(vote[1], ballots(world, "in_favour"))
    assert "Bruno" in page.context["form"].non_field_errors()[0]
    assert Resolution.objects.get().voted_at is None


def test_vote_by_count_asks_for_the_chair_only_at_a_tie(world, secretary, vote):
    resolution, address = vote
    world.now = timezone.now()
    world.call("", "", "", "", Mark.EXCUSED)
    address += "?veids=skaits"
    assert "casting" not in secretary.get(address).content.decode()
    data = {"revision": 1, "in_favour": 2, "against": 2, "abstained": 0}
    page = secretary.post(address, data)
    assert 'name="casting"' in page.content.decode()
    assert secretary.post(address, data | {"casting": "in_favour"}).status_code == 302
    resolution.refresh_from_db()
    assert (resolution.outcome, resolution.casting_vote) == ("adopted", "in_favour")


def test_vote_without_quorum_is_refused_with_a_sentence(world, secretary, vote):
    world.now = timezone.now()
    world.call(Mark.EXCUSED, Mark.EXCUSED, Mark.EXCUSED)
    page = secretary.post(vote[1], {"revision": 1, "rest": "in_favour"})
    assert "Nav kvoruma: klāt ir 2 no 5 locekļiem, vajag 3 (§23)." in page.content.decode()
    assert Resolution.objects.get().voted_at is None


def test_vote_page_shows_who_keeps_out_and_who_is_away(world, secretary, vote):
    room.recuse(item=world.items[0], membership=world.members[3], reason="", **world.who)
    world.now = timezone.now()
    world.call("", "", "", "", Mark.EXCUSED)
    who = secretary.get(vote[1]).context["who"]
    assert [line.membership for line in who.recused] == [world.members[3]]
    assert [line.membership for line in who.away] == [world.members[4]]
    assert len(who.eligible) == 3


def test_vote_sent_twice_by_the_script_is_one(world, secretary, vote):
    for _time in range(2):
        answer = secretary.post(vote[1], ballots(world, rest="in_favour"), **SCRIPT).json()
        assert answer["state"] == "saved"
    assert Resolution.objects.get().number == 1


def test_vote_that_somebody_closed_otherwise_is_shown_beside(world, secretary, vote):
    resolution, address = vote
    signed_in(world.chair).post(address, ballots(world, rest="in_favour"))
    answer = secretary.post(address, ballots(world, rest="against"))
    assert answer.status_code == 409
    resolution.refresh_from_db()
    assert resolution.outcome == "adopted"


def test_closed_vote_is_corrected_with_a_reason(world, secretary, vote):
    resolution, address = vote
    secretary.post(address, ballots(world, rest="in_favour"))
    assert secretary.get(address).status_code == 302
    page = secretary.get(f"{address}?labot")
    assert page.context["form"].initial[f"b{world.members[0].pk}"] == "in_favour"
    clock = timezone.localtime(Resolution.objects.get().voted_at).strftime("%H:%M")
    data = ballots(world, *["against"] * 5, revision=2, at=clock)
    assert secretary.post(address, data).status_code == 200
    assert secretary.post(address, data | {"correction": "Pārskaitīts"}).status_code == 302
    resolution.refresh_from_db()
    assert resolution.outcome == "rejected"


def test_resolution_text_is_written_and_deleted(world, secretary):
    address = where(world, "room-resolution", world.items[0].pk, world.council.neighbourhood.slug, 1)
    data = {"text": "Lūgt ierīkot pāreju.", "owner": "Anna", "due_on": "2027-02-01", "revision": 0}
    for _time in range(2):
        assert secretary.post(address, data).status_code == 302
    assert Resolution.objects.get().owner == "Anna"
    secretary.post(f"{address}dzest/")
    assert not Resolution.objects.exists()


# --- joint meetings ---------------------------------------------------------------------------------------------------


def test_officers_of_a_joint_meeting_mark_and_vote_for_their_own():
    here, there = begun(), begun(starts_at=timezone.now() + HOUR)
    joint(here, there)
    here.open()
    client = signed_in(there.secretary)
    page = client.get(where(here, "room-roll"))
    forms = {called.line.membership for _roll, lines in page.context["groups"] for called in lines if called.form}
    assert forms == set(there.members)
    client.post(where(here, "room-roll"), marks(here, at0={"mark": "present"}))
    assert not Attendance.objects.exists()
    client.post(where(here, "room-roll"), marks(there, at0={"mark": "present"}))
    assert Attendance.objects.get().membership == there.members[0]
    slug = here.council.neighbourhood.slug
    for name, args in (("room-resolution", [here.items[0].pk, slug, 1]), ("room-roll-rest", [slug])):
        assert client.post(where(here, name, *args)).status_code == 403
    # The words on an item are one record of both.
    client.post(where(here, "room-item", here.items[0].pk), words(here, "Kopīgi"))
    assert AgendaItem.objects.get(pk=here.items[0].pk).notes == "Kopīgi"


# --- absences ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def case():
    world = World()
    row = AbsenceCase.objects.create(
        membership=world.members[4], last_meeting=world.meeting, raised_on=timezone.localdate()
    )
    return world, row


@pytest.mark.parametrize(
    ("who", "status"),
    [("chair", 200), ("deputy", 200), ("coordinator", 200), ("secretary", 403), ("member", 403), ("resident", 403)],
)
def test_who_opens_a_case(case, who, status):
    world, row = case
    users = {"chair": world.chair, "deputy": world.deputy, "secretary": world.secretary, "member": world.users[4]}
    user = users.get(who) or (factories.coordinator() if who == "coordinator" else factories.user())
    assert signed_in(user).get(row.get_absolute_url()).status_code == status
    assert signed_in(user).delete(row.get_absolute_url()).status_code == 405


def test_case_is_decided_and_the_dome_informed(case):
    world, row = case
    client = signed_in(world.chair)
    page = client.post(row.get_absolute_url(), {"decision": "released"})
    assert "reason" in page.context["form"].errors
    client.post(row.get_absolute_url(), {"decision": "released", "reason": "Trīs reizes nav bijis"})
    row.refresh_from_db()
    assert row.decision == "released"
    assert page.status_code == 200
    page = client.get(row.get_absolute_url())
    assert page.context["inform_by"] is not None
    today = timezone.localdate().isoformat()
    client.post(row.get_absolute_url(), {"informed_on": "2020-01-01"})
    row.refresh_from_db()
    assert row.dome_informed_on is None
    client.post(row.get_absolute_url(), {"informed_on": today})
    row.refresh_from_db()
    assert row.dome_informed_on == timezone.localdate()
    assert client.get(row.get_absolute_url()).context["form"] is None


def test_visitor_does_not_see_a_case(case):
    assert Client().get(case[1].get_absolute_url()).url.startswith("/konts/ienakt/")


# --- queries ----------------------------------------------------------------------------------------------------------


def test_pages_cost_the_same_for_many_items_and_members(django_assert_max_num_queries):
    few, many = (costs_of_pages(*size, django_assert_max_num_queries) for size in ((5, 3), (9, 30)))
    assert set(few) == {"room", "room-roll", "room-item", "room-vote"}
    assert few == many


def costs_of_pages(members, items, at_most):
    """How many questions each page of a meeting with so many members and items asks."""
    world = begun(members=members, items=items, starts_at=timezone.now() - (members * 5) * MINUTE).open().all_here()
    for n in range(items):
        resolution = world.resolution(item=n)
        if n:
            world.by_name(resolution, *["in_favour"] * members)
        else:
            room.recuse(item=world.items[n], membership=world.members[0], reason="", **world.who)
        room.write_task(
            item=world.items[n], position=1, seen=0, title="x", person=None, owner="Kāds", due_on=None, **world.who
        )
    item, slug = world.items[0].pk, world.council.neighbourhood.slug
    client, costs = signed_in(world.secretary), {}
    for name, args in {"room": [], "room-roll": [], "room-item": [item], "room-vote": [item, slug, 1]}.items():
        client.get(where(world, name, *args))
        with at_most(30) as queries:
            assert client.get(where(world, name, *args)).status_code == 200
        costs[name] = len(queries)
    return costs


# --- clocks of minutes ------------------------------------------------------------------------------------------------


def test_vote_and_end_within_one_minute_are_in_order(world, secretary, vote):
    secretary.post(vote[1], ballots(world, rest="in_favour"))
    clock = timezone.localtime().strftime("%H:%M")
    assert secretary.post(where(world, "room-close"), {"closed": clock}).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.closed_at >= Resolution.objects.get().voted_at


def test_member_votes_and_leaves_within_one_minute(world, secretary, vote):
    secretary.post(vote[1], ballots(world, rest="in_favour"))
    clock = timezone.localtime().strftime("%H:%M")
    answer = secretary.post(where(world, "room-roll"), marks(world, at4={"mark": "present", "left": clock}))
    assert answer.status_code == 302
    row = world.attendance(world.members[4])
    assert row.is_there(Resolution.objects.get().voted_at)
    assert not row.is_there(timezone.now())


def test_clock_after_midnight_belongs_to_the_meeting_of_the_evening():
    meeting = factories.meeting(starts_at=datetime(2026, 11, 25, 22, 30, tzinfo=RIGA))
    assert moment(meeting, time(0, 15)) == datetime(2026, 11, 26, 0, 15, tzinfo=RIGA)
    assert moment(meeting, time(21, 45)) == datetime(2026, 11, 25, 21, 45, tzinfo=RIGA)
    evening = factories.meeting(starts_at=datetime(2026, 11, 25, 9, 0, tzinfo=RIGA))
    assert moment(evening, time(8, 30)) == datetime(2026, 11, 25, 8, 30, tzinfo=RIGA)
