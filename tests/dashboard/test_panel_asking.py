"""What an event asks at sign-up, offers to those who need it, and whom it invites; entered by its organisers."""

import re
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.utils import timezone

from councils import operations as councils
from events import operations
from events.models import Answer, Event, Invitation, Question
from notices.emails import WRITERS, NotNeeded
from notices.models import Notice
from people.models import AuditEntry, Person
from tests import factories
from tests.dashboard.panel_world import ENGLISH, address, at, errors, main_text, signed_in, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return world()


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


@pytest.fixture
def officer(there):
    return signed_in(there.officer)


# --- questions --------------------------------------------------------------------------------------------------------


def test_question_is_asked_by_the_form_that_follows(there, officer):
    event = there.meeting.event
    answer = officer.post(
        address("panel-own-question-new", event.pk),
        {"text": "Kuru darbnīcu?", "kind": "choice", "choices": "Koks\n  Māls \nKoks\n", "is_required": "on"},
    )
    assert answer["Location"] == address("panel-sign-up", event.pk)
    row = event.questions.get()
    assert (row.text, row.kind, row.choices, row.is_required) == ("Kuru darbnīcu?", "choice", ["Koks", "Māls"], True)
    assert "Kuru darbnīcu?" in main_text(officer.get(answer["Location"]))
    asked = signed_in(there.resident).get(event.get_absolute_url()).content.decode()
    assert "Kuru darbnīcu?" in asked
    assert 'value="Māls"' in asked


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"text": "", "kind": "text"}, "text"),
        ({"text": "x" * 201, "kind": "text"}, "text"),
        ({"text": "Kuru?", "kind": "choice", "choices": "Koks"}, "choices"),
        ({"text": "Kuru?", "kind": "choice", "choices": "Koks\n" + "ķ" * 201}, "choices"),
        ({"text": "Kuru?", "kind": "cits"}, "kind"),
        ({"text": "Kuru darbnīcu?", "kind": "text"}, "__all__"),
    ],
)
def test_question_that_cannot_be_asked_is_refused_beside_its_field(there, coordinator, data, field):
    factories.own_question(there.event)
    answer = coordinator.post(address("panel-own-question-new", there.event.pk), data)
    assert list(errors(answer)) == [field]
    assert there.event.questions.count() == 1


def test_question_with_answers_is_asked_anew_and_keeps_them(there, coordinator):
    row = factories.own_question(there.event)
    Answer.objects.create(rsvp=there.rsvp, question=row, text="Koks")
    path = address("panel-own-question", row.pk)
    assert "1 person has answered." in main_text(coordinator.get(path))
    coordinator.post(path, {"text": "Kuru darbnīcu?", "kind": "number"})
    row.refresh_from_db()
    assert row.retired_at
    assert row.answers.get().text == "Koks"
    assert there.event.questions.asked().get().kind == "number"
    assert coordinator.get(path).status_code == 404


def test_question_is_asked_no_more(there, coordinator):
    row = factories.own_question(there.event)
    path = address("panel-own-question-remove", row.pk)
    assert "Kuru darbnīcu?" in main_text(coordinator.get(path))
    assert coordinator.post(path)["Location"] == address("panel-sign-up", there.event.pk)
    assert not there.event.questions.exists()


def test_after_the_start_nothing_is_changed(there, officer):
    event = there.held.event
    row = factories.own_question(event)
    page = officer.get(address("panel-sign-up", event.pk))
    assert "nothing can be changed here any more" in main_text(page)
    assert address("panel-own-question", row.pk) not in page.content.decode()
    answer = officer.post(address("panel-own-question", row.pk), {"text": "Cits", "kind": "text"})
    assert list(errors(answer)) == ["__all__"]
    officer.post(address("panel-own-question-remove", row.pk))
    row.refresh_from_db()
    assert (row.text, row.retired_at) == ("Kuru darbnīcu?", None)


def test_other_words_ask_anew_and_what_was_answered_stays_with_the_old_ones(there, coordinator):
    row = factories.own_question(there.event, "Vai ēd gaļu?", kind="yes", choices=[])
    Answer.objects.create(rsvp=there.rsvp, question=row, is_yes=True)
    coordinator.post(address("panel-own-question", row.pk), {"text": "Vai neēd gaļu?", "kind": "yes"})
    row.refresh_from_db()
    assert row.text == "Vai ēd gaļu?"
    assert row.retired_at
    assert there.event.questions.asked().get().answers.count() == 0


def test_question_that_was_taken_away_does_not_come_back_by_an_old_form(there):
    row = factories.own_question(there.event)
    Answer.objects.create(rsvp=there.rsvp, question=row, text="Koks")
    stale = Question.objects.get(pk=row.pk)
    operations.ask_no_more(question=row, by=there.coordinator, now=timezone.now())
    with pytest.raises(operations.EventRefused):
        operations.ask(
            event=there.event, question=stale, text="Cits?", kind="text", by=there.coordinator, now=timezone.now()
        )
    assert not there.event.questions.asked().exists()


def test_answer_to_what_was_just_taken_away_is_left_out(there):
    row = factories.own_question(there.event)
    seen = Question.objects.get(pk=row.pk)
    operations.ask_no_more(question=row, by=there.coordinator, now=timezone.now())
    person = factories.person("Zane Ātrā")
    rsvp = operations.rsvp(event=there.event, person=person, answers={seen: "Koks"}, by=None, now=timezone.now())
    assert rsvp.answers.count() == 0


# --- access services --------------------------------------------------------------------------------------------------


def test_service_is_offered_until_the_end_of_a_day(there, officer):
    event = there.meeting.event
    day = timezone.localdate(event.starts_at) - timedelta(days=3)
    officer.post(
        address("panel-access-service-new", event.pk),
        {"kind": "sign", "note": "Latviešu zīmju valoda", "last_day": f"{day:%Y-%m-%d}"},
    )
    row = event.services.get()
    local = timezone.localtime(row.ask_until)
    assert (local.date(), local.hour, local.minute) == (day, 23, 59)
    officer.post(address("panel-access-service", row.pk), {"note": "", "last_day": ""})
    row.refresh_from_db()
    assert (row.note, row.ask_until) == ("", None)
    assert "There without asking" in main_text(officer.get(address("panel-sign-up", event.pk)))


def test_service_of_the_last_day_ends_with_the_start(there, coordinator):
    event = there.event
    day = timezone.localdate(event.starts_at)
    coordinator.post(address("panel-access-service-new", event.pk), {"kind": "children", "last_day": f"{day:%Y-%m-%d}"})
    assert event.services.get().ask_until == event.starts_at
    late = {"kind": "loop", "last_day": f"{day + timedelta(days=1):%Y-%m-%d}"}
    assert list(errors(coordinator.post(address("panel-access-service-new", event.pk), late))) == ["last_day"]


def test_service_somebody_asked_for_stays(there, coordinator):
    row = factories.access_service(there.event)
    row.rsvps.add(there.rsvp)
    page = coordinator.post(address("panel-access-service-remove", row.pk), follow=True)
    assert "Talk to them before you take it away." in main_text(page)
    row.rsvps.clear()
    coordinator.post(address("panel-access-service-remove", row.pk))
    assert not there.event.services.exists()


def test_service_is_offered_once(there, coordinator):
    factories.access_service(there.event)
    page = coordinator.get(address("panel-access-service-new", there.event.pk))
    assert 'value="sign"' not in page.content.decode()
    assert list(errors(coordinator.post(address("panel-access-service-new", there.event.pk), {"kind": "sign"}))) == [
        "kind"
    ]


@pytest.mark.parametrize(("hours", "left"), [(24, 2), (-20, 2)])
def test_last_day_of_a_service_moves_with_the_event(there, hours, left):
    row = factories.access_service(there.event)
    starts_at = there.event.starts_at + timedelta(hours=hours)
    length = there.event.ends_at - there.event.starts_at
    operations.change_event(
        event=there.event, starts_at=starts_at, ends_at=starts_at + length, by=there.coordinator, now=timezone.now()
    )
    row.refresh_from_db()
    assert row.ask_until == starts_at - timedelta(hours=left)


# --- invitations ------------------------------------------------------------------------------------------------------


def test_neighbour_is_invited_and_told_once(there, coordinator):
    path = address("panel-invite", there.event.pk)
    data = {"given_name": "Milda", "family_name": "Grīnberga", "email": "milda@example.org"}
    assert [coordinator.post(path, data).status_code for _n in range(2)] == [302, 302]
    row = there.event.invitations.get()
    assert (row.person.name, row.invited_by) == ("Milda Grīnberga", there.coordinator)
    assert Notice.objects.filter(kind="event_invited", person=row.person).count() == 1
    assert AuditEntry.objects.get(verb="invite").on_behalf_of == row.person


def test_known_neighbour_is_invited_as_who_it_is(there, coordinator):
    data = {"given_name": "Anna", "family_name": "Ozola"}
    path = address("panel-invite", there.event.pk)
    assert list(errors(coordinator.post(path, data))) == ["person"]
    coordinator.post(path, data | {"person": there.rsvp.person_id})
    assert there.event.invitations.get().person == there.rsvp.person
    assert "going" in main_text(coordinator.get(address("panel-sign-up", there.event.pk)))


def test_officer_invites_the_own_council_and_nobody_else(there, officer):
    path = address("panel-invite-members", there.meeting.event_id)
    officer.post(path, {"councils": there.council.pk})
    invited = there.meeting.event.invitations.values_list("person__given_name", flat=True)
    assert list(invited) == ["Ķērsta"]  # not the officer, who invites
    other = there.stranger.person.offices.get().council_id
    assert list(errors(officer.post(path, {"councils": other}))) == ["councils"]
    assert list(errors(officer.post(path, {}))) == ["councils"]


def test_invitation_is_withdrawn(there, officer):
    row = Invitation.objects.create(
        event=there.meeting.event, person=there.member.person, invited_at=timezone.now(), invited_by=there.officer
    )
    page = officer.get(address("panel-invitation-withdraw", row.pk))
    assert "Ķērsta Ļaudona" in main_text(page)
    officer.post(address("panel-invitation-withdraw", row.pk))
    assert not Invitation.objects.exists()


def test_draft_invites_when_it_is_published(there, officer):
    page = officer.post(
        address("panel-invite-members", there.draft.event_id), {"councils": there.council.pk}, follow=True
    )
    assert "They are told when the event is published." in main_text(page)
    assert not Notice.objects.filter(kind="event_invited").exists()


def test_member_who_is_invited_to_the_own_meeting_gets_one_mail(there, officer):
    """The council's call says all; the invitation says nothing more."""
    officer.post(address("panel-invite-members", there.draft.event_id), {"councils": there.council.pk})
    ready = councils.publish_meeting(meeting=there.draft, by=there.coordinator, now=timezone.now())
    member = there.member.person
    kinds = Notice.objects.filter(person=member, about=operations.about(ready.event)).values_list("kind", flat=True)
    assert set(kinds) == {"event_invited", "meeting_call"}
    invited = Notice.objects.get(person=member, kind="event_invited")
    with pytest.raises(NotNeeded):
        WRITERS["event_invited"](invited, timezone.now())


def test_who_is_invited_anew_is_told_anew(there):
    person, now = factories.person("Milda", email="milda@example.org"), timezone.now()
    [first] = operations.invite(event=there.event, persons=[person], by=there.coordinator, now=now)
    operations.withdraw_invitation(invitation=first, by=there.coordinator, now=now)
    operations.invite(event=there.event, persons=[person], by=there.coordinator, now=now)
    operations.invite(event=there.event, persons=[person], by=there.coordinator, now=now)
    assert Notice.objects.filter(kind="event_invited", person=person).count() == 2  # the first finds nobody invited


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 20])
def test_page_asks_the_same_however_much_is_asked(there, coordinator, django_assert_num_queries, rows):
    event = there.event
    for number in range(rows):
        factories.own_question(event, f"Jautājums {number}?", position=number)
        person = factories.person(f"Ilze {number}")
        event.invitations.create(person=person, invited_at=timezone.now())
        factories.rsvp(event, person)
    factories.access_service(event)
    path = address("panel-sign-up", event.pk)
    coordinator.get(path)
    with django_assert_num_queries(18):
        coordinator.get(path)


def test_page_is_latvian(there, coordinator):
    factories.own_question(there.event, text="Darbnīca")
    factories.access_service(there.event)
    there.event.invitations.create(person=there.member.person, invited_at=timezone.now())
    coordinator.cookies["valoda"] = "lv"
    for name, pk in (
        ("panel-sign-up", there.event.pk), ("panel-own-question-new", there.event.pk),
        ("panel-access-service-new", there.event.pk), ("panel-invite", there.event.pk),
        ("panel-invite-members", there.event.pk), ("panel-rsvp-add", there.event.pk), ("panel-event", there.event.pk),
    ):  # fmt: skip
        text = main_text(coordinator.get(address(name, pk)))
        assert not ENGLISH.search(text), (name, text)


# --- the form of the event --------------------------------------------------------------------------------------------


def event_data(**more):
    day = at(20)
    return {
        "title": "Darbnīca", "kind": "training", "day": f"{day:%Y-%m-%d}", "starts": "18:00", "ends": "20:00",
        "format": "hybrid", "venue": "Skola", "online_url": "https://example.org/tikties", "takes_rsvps": "on",
        "party_limit": "4", "reminders": "24", "action": "publish", **more,
    }  # fmt: skip


def test_event_has_seats_of_three_kinds_and_opens_later(there, coordinator):
    opens = timezone.localdate() + timedelta(days=5)
    data = event_data(capacity="10", online_capacity="30", reserved_seats="4", opens_day=f"{opens:%Y-%m-%d}")
    assert coordinator.post(address("panel-event-new"), data | {"opens_time": "9:30"}).status_code == 302
    event = Event.objects.get(title="Darbnīca")
    assert (event.capacity, event.online_capacity, event.reserved_seats) == (10, 30, 4)
    local = timezone.localtime(event.rsvps_open_at)
    assert (local.date(), local.hour, local.minute) == (opens, 9, 30)
    form = coordinator.get(address("panel-event", event.pk)).context["form"]
    assert (form["online_capacity"].value(), form["reserved_seats"].value()) == (30, 4)
    assert (form["opens_day"].value(), form["opens_time"].value().hour) == (opens, 9)
    coordinator.post(address("panel-event", event.pk), data | {"version": form["version"].value(), "opens_day": ""})
    event.refresh_from_db()
    assert event.rsvps_open_at is None


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"reserved_seats": "3"}, "reserved_seats"),
        ({"capacity": "2", "reserved_seats": "3"}, "reserved_seats"),
        ({"online_capacity": "0"}, "online_capacity"),
        ({"opens_time": "9:00"}, "opens_day"),
        ({"opens_day": "2099-01-01"}, "opens_day"),
        ({"opens_day": "2027-03-28", "opens_time": "3:30"}, "opens_time"),
    ],
)
def test_seats_and_times_that_cannot_be_are_refused_beside_their_field(there, coordinator, data, field):
    answer = coordinator.post(address("panel-event-new"), event_data(**data))
    assert list(errors(answer)) == [field]
    assert not Event.objects.filter(title="Darbnīca").exists()


def test_seats_of_all_kinds_are_changed_on_one_page(there, coordinator):
    event = there.event
    Event.objects.filter(pk=event.pk).update(format="hybrid", capacity=5)
    path = address("panel-capacity", event.pk)
    coordinator.post(path, {"capacity": "6", "reserved_seats": "2", "online_capacity": "9"})
    event.refresh_from_db()
    assert (event.capacity, event.reserved_seats, event.online_capacity) == (6, 2, 9)
    assert list(errors(coordinator.post(path, {"capacity": "1", "reserved_seats": "2"}))) == ["reserved_seats"]
    Event.objects.filter(pk=event.pk).update(format="in_person")
    assert "online_capacity" not in coordinator.get(path).context["form"].fields


def test_copied_meeting_asks_and_offers_the_same(there, officer):
    source = there.meeting
    factories.own_question(source.event, "Vai nāksi?", kind="yes", choices=[])
    retired = factories.own_question(source.event, "Senais?")
    Question.objects.filter(pk=retired.pk).update(retired_at=timezone.now())
    factories.access_service(source.event, note="Lejā", ask_until=source.event.starts_at - timedelta(days=2))
    path = f"{address('panel-meeting-new')}?kopet={source.pk}"
    form = officer.get(path).context["form"]
    data = {name: form[name].value() for name in ("title", "day", "starts", "ends", "format", "venue", "agenda")}
    data |= {"day": f"{data['day']:%Y-%m-%d}", "councils": there.council.pk, "meeting_kind": "council"}
    data |= {"starts": "18:00", "ends": "20:00", "party_limit": 4, "reminders": "24", "action": "draft"}
    assert officer.post(path, data).status_code == 302
    copy = there.council.meetings.exclude(pk__in=[there.meeting.pk, there.draft.pk, there.held.pk]).get().event
    assert [row.text for row in copy.questions.all()] == ["Vai nāksi?"]
    row = copy.services.get()
    assert (row.note, row.ask_until) == ("Lejā", copy.starts_at - timedelta(days=2))


# --- at the desk ------------------------------------------------------------------------------------------------------


def test_what_is_asked_is_asked_on_the_phone_and_may_stay_unanswered(there, coordinator):
    row = factories.own_question(there.event, is_required=True)
    needed = factories.access_service(there.event)
    path = address("panel-rsvp-add", there.event.pk)
    coordinator.post(path, {"given_name": "Milda", "party_size": "1", "services": [needed.pk]})
    rsvp = there.event.rsvps.get(person__given_name="Milda")
    assert (rsvp.answers.count(), list(rsvp.services.all())) == (0, [needed])
    Event.objects.filter(pk=there.event.pk).update(capacity=9)
    coordinator.post(path, {"given_name": "Rūta", "party_size": "1", f"jautajums{row.pk}": "Māls"})
    assert there.event.rsvps.get(person__given_name="Rūta").answers.get().text == "Māls"
    text = main_text(coordinator.get(address("panel-rsvps", there.event.pk)))
    assert "Kuru darbnīcu? – Māls" in text
    assert "Asks for: sign language interpreter" in text


def test_organiser_lets_one_more_in(there, coordinator):
    factories.rsvp(there.event)
    path = address("panel-rsvp-add", there.event.pk)
    coordinator.post(path, {"given_name": "Milda", "party_size": "2", "beyond_capacity": "on"})
    assert there.event.rsvps.get(person__given_name="Milda").state == "going"


def test_organiser_enters_somebody_after_sign_up_closed(there, coordinator):
    Event.objects.filter(pk=there.event.pk).update(rsvps_close_at=timezone.now() - timedelta(hours=1))
    page = coordinator.get(address("panel-rsvps", there.event.pk)).content.decode()
    assert address("panel-rsvp-add", there.event.pk) in page
    coordinator.post(address("panel-rsvp-add", there.event.pk), {"given_name": "Milda", "party_size": "1"})
    assert there.event.rsvps.filter(person__given_name="Milda", state="going").exists()


def test_officer_enters_a_name_and_learns_of_nobody(there, officer):
    """A namesake is not looked up and an e-mail is not asked for: the form says nothing of people."""
    path = address("panel-rsvp-add", there.meeting.event_id)
    fields = officer.get(path).context["form"].fields
    assert not {"email", "person"} & set(fields)
    data = {"given_name": "Anna", "family_name": "Ozola", "party_size": "1", "phone": "+371 29999999"}
    answer = officer.post(path, data | {"email": "anna@example.org", "person": there.rsvp.person_id})
    assert answer["Location"] == address("panel-rsvps", there.meeting.event_id)
    rsvp = there.meeting.event.rsvps.get()
    assert rsvp.person != there.rsvp.person
    assert dict(rsvp.person.channels.values_list("kind", "value")) == {"phone": "+371 29999999"}
    assert (rsvp.state, rsvp.entered_by) == ("going", there.officer)
    officer.post(path, data)
    assert Person.objects.filter(given_name="Anna", family_name="Ozola").count() == 2  # a form sent twice enters once


def test_officer_phones_and_signs_off_whom_the_officer_entered_and_nobody_else(there, officer):
    event = there.meeting.event
    other = factories.rsvp(event, factories.person("Juris Bērzs", phone="+371 28888888"))
    officer.post(
        address("panel-rsvp-add", event.pk), {"given_name": "Milda", "party_size": "1", "phone": "+371 29999999"}
    )
    page = officer.get(address("panel-rsvps", event.pk))
    text = main_text(page)
    assert "+371 29999999" in text
    assert "+371 28888888" not in text
    mine = event.rsvps.get(person__given_name="Milda")
    assert officer.post(address("panel-rsvp-cancel", other.pk), {"reason": "self"}).status_code == 403
    assert officer.post(address("panel-rsvp-cancel", mine.pk), {"reason": "self"}).status_code == 302
    mine.refresh_from_db()
    assert mine.state == "cancelled"


def test_two_of_one_name_with_two_phones_are_two(there, officer):
    path = address("panel-rsvp-add", there.meeting.event_id)
    for phone in ("+371 21111111", "+371 22222222", "+371 22222222"):
        officer.post(path, {"given_name": "Anna", "family_name": "Bērza", "party_size": "1", "phone": phone})
    assert there.meeting.event.rsvps.count() == 2


def test_list_to_phone_is_whole_and_counts_no_address_that_nobody_proved(there, coordinator):
    unproved = factories.person("Otto Vecais", email="otto@example.org")
    unproved.channels.update(confirmed_at=None)
    factories.rsvp(there.event, unproved)
    page = coordinator.get(f"{address('panel-rsvps', there.event.pk)}?q=xyzzy")
    assert [row.person.name for row in page.context["by_phone"]] == ["Otto Vecais"]


def test_who_has_signed_up_already_is_said_so(there, coordinator):
    path = address("panel-rsvp-add", there.event.pk)
    data = {"given_name": "Anna", "family_name": "Ozola", "party_size": "2", "person": there.rsvp.person_id}
    page = coordinator.post(path, data, follow=True)
    assert "Anna Ozola has signed up already, number 1. Nothing is changed." in main_text(page)
    assert there.event.rsvps.get().party_size == 1


def test_box_that_was_left_empty_is_a_no_from_the_resident_and_nothing_on_the_phone(there, coordinator):
    row = factories.own_question(there.meeting.event, "Nākšu pirmo reizi", kind="yes", choices=[])
    signed_in(there.resident).post(f"{there.meeting.event.get_absolute_url()}pieteikties/", {"party_size": "1"})
    coordinator.post(address("panel-rsvp-add", there.meeting.event_id), {"given_name": "Milda", "party_size": "1"})
    said = {answer.rsvp.person.given_name: answer.is_yes for answer in row.answers.select_related("rsvp__person")}
    assert said == {"Žanis": False}
    assert "Nākšu pirmo reizi – no" in main_text(coordinator.get(address("panel-rsvps", there.meeting.event_id)))


# --- the file ---------------------------------------------------------------------------------------------------------


def test_answers_are_columns_of_the_file_with_their_types(there, coordinator, tmp_path):
    event = there.event
    choice = factories.own_question(event)
    retired = factories.own_question(event, "Senais?", kind="text", choices=[], position=2)
    number = factories.own_question(event, "Cik gadu?", kind="number", choices=[], position=3)
    yes = factories.own_question(event, "Vai pirmo reizi?", kind="yes", choices=[], position=4)
    Answer.objects.create(rsvp=there.rsvp, question=choice, text="Māls")
    Answer.objects.create(rsvp=there.rsvp, question=retired, text="=1+1")
    Answer.objects.create(rsvp=there.rsvp, question=number, number="7.5")
    Answer.objects.create(rsvp=there.rsvp, question=yes, is_yes=True)
    Question.objects.filter(pk=retired.pk).update(retired_at=timezone.now())
    factories.own_question(event, "Senais?", position=5)
    factories.access_service(event).rsvps.add(there.rsvp)
    factories.access_service(event, "children", ask_until=None)
    factories.rsvp(event, factories.person("Zane Bez"))
    answer = coordinator.get(f"/panelis/parskati/rsvps.xlsx?pasakums={event.pk}")
    file = tmp_path / "rsvps.xlsx"
    file.write_bytes(answer.content)
    rows = list(openpyxl.load_workbook(file).active.values)
    table = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert rows[0][-6:] == (
        "Atbilde: Kuru darbnīcu?", "Atbilde: Senais?", "Atbilde: Cik gadu?", "Atbilde: Vai pirmo reizi?",
        "Atbilde: Senais? (2)", "Vajag: zīmju valodas tulks",
    )  # fmt: skip
    anna = next(row for row in table if row["Uzvārds"] == "Ozola")
    assert [anna[name] for name in rows[0][-6:]] == ["Māls", "=1+1", 7.5, "jā", None, "jā"]
    zane = next(row for row in table if row["Uzvārds"] == "Bez")
    assert [zane[name] for name in rows[0][-6:]] == [None, None, None, None, None, "nē"]


def test_file_of_all_events_has_no_columns_of_one(there, coordinator):
    factories.own_question(there.event)
    assert "Kuru darbnīcu?" not in coordinator.get("/panelis/parskati/rsvps.csv").content.decode()


# --- the log ----------------------------------------------------------------------------------------------------------


def test_audit_log_says_in_words_what_was_asked_offered_and_who_came(there, coordinator):
    event, now = there.event, timezone.now()
    asked = operations.ask(event=event, text="Ko?", kind="choice", choices=["A", "B"], by=there.coordinator, now=now)
    operations.ask(event=event, question=asked, text="Ko?", kind="number", by=there.coordinator, now=now)
    row = operations.offer_service(event=event, kind="sign", by=there.coordinator, now=now)
    operations.withdraw_service(service=row, by=there.coordinator, now=now)
    Event.objects.filter(pk=event.pk).update(starts_at=now, ends_at=now + timedelta(hours=2))
    operations.check_in(rsvp=there.rsvp, key=uuid4(), by=there.coordinator, now=now)
    text = main_text(signed_in(there.administrator, "lv").get(address("panel-audit")))
    assert "zīmju valodas tulks" in text
    assert "Ierašanās" in text
    assert re.findall(r"\b[a-z]+_[a-z_]+\b", text) == []
