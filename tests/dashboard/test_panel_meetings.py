"""One form from nothing to an announced meeting; copies, moves, cancellations; other events with the same form."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from councils.models import Meeting
from councils.operations import agenda as agendas
from councils.operations import cancel_meeting
from councils.regulation import AS_ADOPTED
from dashboard.panel.forms.agenda import agenda_lines, agenda_text
from dashboard.panel.forms.fields import moment
from dashboard.panel.meetings import same_weekday_next_month
from events import operations
from events.models import Event
from notices.models import Notice
from people.models import AuditEntry
from tests import factories
from tests.conftest import RIGA
from tests.dashboard.panel_world import address, errors, in_the_file, main_text, signed_in, world

pytestmark = pytest.mark.django_db
NEW = "/panelis/sedes/jauna/"


@pytest.fixture
def there():
    return world()


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


def in_time():
    """A day for which a meeting announced today is announced in time."""
    day = timezone.localdate() + timedelta(days=1)
    while AS_ADOPTED.announce_by(day) < timezone.localdate():
        day += timedelta(days=1)
    return day


def meeting_data(council, **fields):
    values = {
        "councils": [council.pk],
        "meeting_kind": "council",
        "title": "Padomes sēde",
        "day": in_time().isoformat(),
        "starts": "18:30",
        "ends": "20:00",
        "format": "in_person",
        "venue": "Tautas nams",
        "agenda": "10 | Budžets\nCeļi\n* Personāla jautājums",
        "capacity": "40",
        "takes_rsvps": "on",
        "party_limit": "4",
        "reminders": "24, 2",
        "action": "publish",
    }
    return {name: value for name, value in (values | fields).items() if value is not None}


def event_data(**fields):
    values = {"title": "Talka", "kind": "cleanup", "councils": None, "agenda": None}
    return meeting_data(None_council, **(values | fields))


class None_council:
    pk = None


def shown(client, path):
    """What the form of a page holds, as a browser would send it back."""
    form = client.get(path).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: _sent(value) for name, value in values.items() if value not in (None, "", False)}


def _sent(value):
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return [getattr(row, "pk", row) for row in value] if isinstance(value, list) else value


def told(event, kind):
    rows = Notice.objects.filter(about=f"event:{event.pk}", kind=kind, cancelled_at=None)
    return set(rows.values_list("person", flat=True))


# --- from nothing to announced ----------------------------------------------------------------------------------------


def test_one_form_announces_a_meeting(there, coordinator):
    follower = factories.person(email="seko@example.org")
    factories.follow(follower, there.council.neighbourhood)
    answer = coordinator.post(NEW, meeting_data(there.council))
    meeting = Meeting.objects.order_by("-pk").first()
    assert answer.status_code == 302
    assert answer["Location"] == address("panel-rsvps", meeting.event_id)
    assert (meeting.event.title, meeting.event.venue, meeting.event.capacity) == ("Padomes sēde", "Tautas nams", 40)
    assert meeting.event.starts_at == datetime.combine(in_time(), time(18, 30), RIGA)
    assert [(i.position, i.title, i.minutes, i.is_restricted) for i in meeting.agenda.order_by("position")] == [
        (1, "Budžets", 10, False),
        (2, "Ceļi", None, False),
        (3, "Personāla jautājums", None, True),
    ]
    assert told(meeting.event, "event_announced") == {follower.pk}
    assert told(meeting.event, "meeting_call") == {there.officer.person.pk, there.member.person.pk}
    assert "3 people are told by e-mail." in main_text(coordinator.get(answer["Location"]))


def test_member_without_an_address_is_not_counted_among_those_who_are_told(there, coordinator):
    factories.membership(there.membership.seat.term, factories.person("Zane Celma", phone="+371 20000001"))
    answer = coordinator.post(NEW, meeting_data(there.council))
    assert "2 people are told by e-mail." in main_text(coordinator.get(answer["Location"]))
    meeting = Meeting.objects.order_by("-pk").first()
    path = address("panel-meeting", meeting.pk)
    data = shown(coordinator, path) | {"venue": "Bibliotēka", "move_reason": "Remonts", "action": "save"}
    assert coordinator.post(path, data).context["telling"] == 2
    answer = coordinator.post(path, data | {"action": "tell"})
    assert "2 people are told by e-mail." in main_text(coordinator.get(answer["Location"]))


def test_draft_tells_nobody_and_may_lack_a_place(there, coordinator):
    coordinator.post(NEW, meeting_data(there.council, action="draft", venue=""))
    meeting = Meeting.objects.order_by("-pk").first()
    assert meeting.event.published_at is None
    assert told(meeting.event, "event_announced") == set()


def test_announced_meeting_needs_a_place_unless_it_is_remote(there, coordinator):
    answer = coordinator.post(NEW, meeting_data(there.council, venue="  "))
    assert answer.status_code == 200
    assert errors(answer) == {"venue": ["Write where it takes place."]}
    answer = coordinator.post(NEW, meeting_data(there.council, venue="", format="remote"))
    assert answer.status_code == 302


def test_form_that_was_sent_twice_makes_one_meeting(there, coordinator):
    count = Meeting.objects.count()
    coordinator.post(NEW, meeting_data(there.council))
    answer = coordinator.post(NEW, meeting_data(there.council))
    assert errors(answer) == {"__all__": ["This council already has a meeting at this time."]}
    assert Meeting.objects.count() == count + 1


def test_joint_meeting_stands_in_all_neighbourhoods(there, coordinator):
    other = there.stranger.person.offices.get().council
    coordinator.post(NEW, meeting_data(there.council, councils=[there.council.pk, other.pk]))
    meeting = Meeting.objects.order_by("-pk").first()
    assert meeting.kind == Meeting.Kind.JOINT
    assert set(meeting.event.neighbourhoods.all()) == {there.council.neighbourhood, other.neighbourhood}


def test_late_meeting_comes_back_with_the_question_why_par_38_2(there, coordinator):
    day = timezone.localdate() + timedelta(days=1)
    data = meeting_data(there.council, day=day.isoformat())
    page = coordinator.get(NEW)
    assert 'name="announced_late_because"' not in page.content.decode()
    answer = coordinator.post(NEW, data)
    assert list(errors(answer)) == ["announced_late_because"]
    assert 'name="announced_late_because"' in answer.content.decode()
    assert "Why does it come late? (optional)" not in main_text(answer)
    assert 'value="18:30"' in answer.content.decode()  # what was typed stays
    answer = coordinator.post(NEW, data | {"announced_late_because": "Avārija uz ceļa"})
    assert answer.status_code == 302
    assert Meeting.objects.order_by("-pk").first().announced_late_because == "Avārija uz ceļa"


def test_officer_who_publishes_reaches_the_administration_in_time_too_par_38_1(there, coordinator):
    """In time for the announcement, too late for the administration: asked of the council alone."""
    officer, data = signed_in(there.officer), meeting_data(there.council, day=in_time().isoformat())
    answer = officer.post(NEW, data)
    assert list(errors(answer)) == ["announced_late_because"]
    assert "(§38.1)" in errors(answer)["announced_late_because"][0]
    assert officer.post(NEW, data | {"announced_late_because": "Zāle kļuva brīva"}).status_code == 302
    meeting = Meeting.objects.order_by("-pk").first()
    assert meeting.announcements.get().late_because == "Zāle kļuva brīva"
    assert meeting.announced_late_because == "", "it is announced in time"
    assert coordinator.post(NEW, meeting_data(there.council, day=in_time().isoformat(), starts="20:00", ends="21:00"))
    assert Meeting.objects.order_by("-pk").first().announcements.get().late_because == ""


def test_draft_may_lie_near(there, coordinator):
    day = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert coordinator.post(NEW, meeting_data(there.council, day=day, action="draft")).status_code == 302


def test_day_that_is_in_time_is_named(there, coordinator):
    help_text = coordinator.get(NEW).context["form"].fields["day"].help_text
    assert "3 working days ahead" in help_text
    assert str(in_time().day) in help_text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": ""}, "title"),
        ({"title": "ā" * 201}, "title"),
        ({"councils": []}, "councils"),
        ({"day": "31.02.2027"}, "day"),
        ({"day": "0026-12-01"}, "day"),
        ({"day": "9999-12-31"}, "day"),
        ({"day": "2020-01-01"}, "day"),
        ({"starts": "25:00"}, "starts"),
        ({"ends": "18:30"}, "ends"),
        ({"ends": "17:00"}, "ends"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "100001"}, "capacity"),
        ({"online_url": "nav saite"}, "online_url"),
        ({"party_limit": "51"}, "party_limit"),
        ({"reminders": "rīt"}, "reminders"),
        ({"reminders": "0"}, "reminders"),
        ({"reminders": "1,2,3,4,5,6"}, "reminders"),
        ({"reminders": "99999999999999999999"}, "reminders"),
        ({"agenda": "x" * 301}, "agenda"),
        ({"agenda": "0 | Budžets"}, "agenda"),
        ({"agenda": "\n".join(map(str, range(61)))}, "agenda"),
    ],
)
def test_mistake_is_named_beside_its_field(there, coordinator, changes, expected):
    count = Meeting.objects.count()
    answer = coordinator.post(NEW, meeting_data(there.council) | changes)
    assert list(errors(answer)) == [expected]
    assert f"#id_{expected}" in answer.content.decode()  # the summary leads to the field
    assert Meeting.objects.count() == count


def test_title_of_two_hundred_letters_stays_whole(there, coordinator):
    coordinator.post(NEW, meeting_data(there.council, title="Ļ" * 200))
    meeting = Meeting.objects.order_by("-pk").first()
    assert meeting.event.title == "Ļ" * 200
    assert "Ļ" * 200 in coordinator.get(address("panel-rsvps", meeting.event_id)).content.decode()


def test_officer_calls_a_meeting_of_the_own_council_only(there):
    officer = signed_in(there.officer)
    other = there.stranger.person.offices.get().council
    day = (in_time() + timedelta(days=14)).isoformat()
    assert officer.post(NEW, meeting_data(there.council, day=day)).status_code == 302
    answer = officer.post(NEW, meeting_data(there.council, councils=[other.pk], day=day))
    assert list(errors(answer)) == ["councils"]


# --- copies -----------------------------------------------------------------------------------------------------------


def test_copy_takes_two_clicks(there, coordinator):
    there.held.event.venue, there.held.event.capacity = "Kultūras nams", 33
    there.held.event.save()
    there.held.agenda.create(position=51, title="Ceļi", minutes=15)
    there.held.agenda.create(position=52, title="Personāls", is_restricted=True)
    path = f"{NEW}?kopet={there.held.pk}"
    data = shown(coordinator, path)
    assert data["agenda"].endswith("15 | Ceļi\n* Personāls")
    assert coordinator.post(path, data | {"action": "publish"}).status_code == 302
    copy = Meeting.objects.order_by("-pk").first()
    assert (copy.event.venue, copy.event.capacity) == ("Kultūras nams", 33)
    assert list(copy.councils.all()) == [there.council]
    assert timezone.localtime(copy.event.starts_at).time() == timezone.localtime(there.held.event.starts_at).time()
    assert copy.event.rsvps.count() == 0
    assert [item.title for item in copy.agenda.order_by("position")][-2:] == ["Ceļi", "Personāls"]


@pytest.mark.parametrize(
    ("day", "today", "expected"),
    [
        (date(2026, 11, 25), date(2026, 11, 23), date(2026, 12, 23)),  # the fourth Wednesday
        (date(2026, 11, 2), date(2026, 11, 23), date(2026, 12, 7)),  # the first Monday
        (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 28)),  # a fifth Wednesday where the next month has four
        (date(2026, 1, 14), date(2026, 11, 23), date(2026, 12, 9)),  # months ago: the next one that lies ahead
        (date(2026, 12, 9), date(2026, 11, 23), date(2027, 1, 13)),  # over the year's end
    ],
)
def test_copy_lies_a_month_later_on_the_same_weekday(day, today, expected):
    assert same_weekday_next_month(day, today) == expected
    assert expected.weekday() == day.weekday()


def test_new_meeting_offers_the_last_one_of_each_council(there, coordinator):
    page = coordinator.get(NEW).content.decode()
    assert f"?kopet={there.draft.pk}" in page
    assert f"?kopet={there.held.pk}" not in page


def test_meeting_of_another_council_is_not_copied_by_an_officer(there):
    assert signed_in(there.stranger).get(f"{NEW}?kopet={there.held.pk}").status_code == 403


# --- changes ----------------------------------------------------------------------------------------------------------


def test_move_says_how_many_will_be_told_before_it_is_saved(there, coordinator):
    path = address("panel-meeting", there.meeting.pk)
    factories.rsvp(there.meeting.event, factories.person(email="viesis@example.org"))
    data = shown(coordinator, path) | {"venue": "Bibliotēka", "action": "save"}
    assert errors(coordinator.post(path, data)) == {"move_reason": ["Say why the meeting moves."]}
    data |= {"move_reason": "Namā ir remonts"}
    asked = coordinator.post(path, data)
    assert asked.status_code == 200
    assert asked.context["telling"] == 3  # two members and a guest
    assert "3 people will be told" in main_text(asked)
    there.meeting.event.refresh_from_db()
    assert there.meeting.event.venue == "Tautas nams"
    assert coordinator.post(path, data | {"action": "tell"}).status_code == 302
    there.meeting.event.refresh_from_db()
    there.meeting.refresh_from_db()
    assert (there.meeting.event.venue, there.meeting.move_reason) == ("Bibliotēka", "Namā ir remonts")
    assert len(told(there.meeting.event, "event_moved")) == 3


def test_change_that_moves_nothing_is_saved_at_once(there, coordinator):
    path = address("panel-meeting", there.meeting.pk)
    data = shown(coordinator, path) | {"title": "Sēde par ceļiem", "agenda": "Ceļi", "action": "save"}
    assert coordinator.post(path, data).status_code == 302
    there.meeting.event.refresh_from_db()
    assert there.meeting.event.title == "Sēde par ceļiem"
    assert [item.title for item in there.meeting.agenda.all()] == ["Ceļi"]
    assert told(there.meeting.event, "event_moved") == set()


def test_agenda_keeps_what_the_lines_do_not_say(there, coordinator):
    there.meeting.agenda.create(position=1, title="Ceļi", description="Apraksts", rapporteur="Ģirts Ūdris")
    path = address("panel-meeting", there.meeting.pk)
    data = shown(coordinator, path) | {"agenda": "Budžets\n15 | Ceļi", "action": "save"}
    assert coordinator.post(path, data).status_code == 302
    rows = there.meeting.agenda.order_by("position")
    assert [(r.title, r.minutes, r.description, r.rapporteur) for r in rows] == [
        ("Budžets", None, "", ""),
        ("Ceļi", 15, "Apraksts", "Ģirts Ūdris"),
    ]


def test_form_that_changes_nothing_writes_nothing(there, coordinator):
    there.meeting.agenda.create(position=1, title="Ceļi", minutes=5)
    path = address("panel-meeting", there.meeting.pk)
    before = there.meeting.event.changed_at
    entries = AuditEntry.objects.count()
    assert coordinator.post(path, shown(coordinator, path) | {"action": "save"}).status_code == 302
    there.meeting.event.refresh_from_db()
    assert (there.meeting.event.changed_at, AuditEntry.objects.count()) == (before, entries)


def test_second_of_two_editors_learns_of_the_first(there, coordinator):
    path = address("panel-meeting", there.meeting.pk)
    first, second = shown(coordinator, path), shown(signed_in(there.officer), path)
    coordinator.post(path, first | {"agenda": "No pirmā", "action": "save"})
    officer = signed_in(there.officer)
    refused = officer.post(path, second | {"agenda": "No otrā", "action": "save"})
    assert errors(refused) == {"__all__": ["Somebody else changed this meanwhile. Check what is new and save again."]}
    assert [item.title for item in there.meeting.agenda.all()] == ["No pirmā"]
    again = second | {"agenda": "No otrā", "action": "save", "version": refused.context["form"]["version"].value()}
    assert officer.post(path, again).status_code == 302
    assert [item.title for item in there.meeting.agenda.all()] == ["No otrā"]


def test_draft_is_looked_through_and_published(there, coordinator):
    path = address("panel-meeting", there.draft.pk)
    data = shown(coordinator, path) | {"venue": "Skola", "action": "publish"}
    assert coordinator.post(path, data).status_code == 302
    there.draft.event.refresh_from_db()
    assert there.draft.event.published_at
    assert there.draft.event.venue == "Skola"
    assert len(told(there.draft.event, "meeting_call")) == 2


def test_draft_that_was_cancelled_meanwhile_is_neither_changed_nor_published(there, coordinator):
    path = address("panel-meeting", there.draft.pk)
    data = shown(coordinator, path) | {"title": "Cita", "action": "publish"}
    Event.objects.filter(pk=there.draft.event_id).update(cancelled_at=timezone.now())
    answer = coordinator.post(path, data, follow=True)
    assert "A cancelled or past event can no longer be changed." in main_text(answer)
    there.draft.event.refresh_from_db()
    assert (there.draft.event.title, there.draft.event.published_at) == ("Padomes sēde", None)


def test_fewer_seats_than_taken_are_refused_in_words(there, coordinator):
    for _n in range(3):
        factories.rsvp(there.meeting.event)
    path = address("panel-meeting", there.meeting.pk)
    answer = coordinator.post(path, shown(coordinator, path) | {"capacity": "2", "action": "save"})
    assert errors(answer) == {"__all__": ["3 seats are already taken, so there cannot be fewer."]}


# --- the clock in the nights of change --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "clock", "word"),
    [(date(2027, 3, 28), time(3, 30), "skip"), (date(2026, 10, 25), time(3, 30), "twice")],
)
def test_time_that_is_skipped_or_shown_twice_is_refused_in_words(day, clock, word, settings):
    with pytest.raises(ValidationError, match="3"):
        moment(day, clock)


def test_moment_chosen_before_is_taken_back_as_it_was():
    second = datetime(2026, 10, 25, 3, 30, tzinfo=RIGA, fold=1)
    assert moment(date(2026, 10, 25), time(3, 30), second) is second


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 25)])
def test_times_around_the_change_are_right(day):
    for hour in (2, 4):
        local = moment(day, time(hour))
        assert timezone.make_naive(local) == datetime.combine(day, time(hour))


def test_skipped_time_is_named_beside_its_field(there, coordinator):
    answer = coordinator.post(NEW, meeting_data(there.council, day="2027-03-28", starts="03:15", ends="05:00"))
    assert list(errors(answer)) == ["starts"]
    assert "skip" in errors(answer)["starts"][0]


# --- agendas ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Ceļi", [("Ceļi", None, False)]),
        ("\n  Ceļi  \n\n\r\nBudžets\n", [("Ceļi", None, False), ("Budžets", None, False)]),
        ("10|Ceļi", [("Ceļi", 10, False)]),
        ("* 5 | Ceļi", [("Ceļi", 5, True)]),
        ("1. Ceļi\n2) Budžets", [("Ceļi", None, False), ("Budžets", None, False)]),
        ("2. sasaukuma vēlēšanas", [("2. sasaukuma vēlēšanas", None, False)]),
        ("1. Ceļi\nBudžets", [("1. Ceļi", None, False), ("Budžets", None, False)]),
        ("Ceļi | tilti", [("Ceļi | tilti", None, False)]),
        ("600 | Talka", [("Talka", 600, False)]),
        ("* 1. Ceļi\n2. 5 | Budžets", [("Ceļi", None, True), ("Budžets", 5, False)]),
    ],
)
def test_agenda_is_read_from_its_lines(text, expected):
    assert [(line["title"], line["minutes"], line["is_restricted"]) for line in agenda_lines(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ceļi\n  Tilti\n  Ietves\nBudžets", [0, 1, 1, 0]),
        ("Ceļi\n\tTilti\n\t\tMargas\nBudžets", [0, 1, 2, 0]),
        ("    Ceļi\n        Tilti\n    Budžets", [0, 1, 0]),  # all of it was pasted further right
        ("Ceļi\n    Tilti\n  Ietves", [0, 1, 1]),
        ("Ceļi\n Tilti\n  Margas\n   Par dziļu", [0, 1, 2, 2]),
        ("1. Ceļi\n1.1. Tilti\n1.2 Ietves\n2. Budžets\n2.1. Ieņēmumi\n2.1.1. Nodokļi", [0, 1, 1, 0, 1, 2]),
        ("1. Ceļi\n* 1.1. Tilti", [0, 1]),
        ("1. Ceļi\n2.1. Tilti", [0, 0]),  # no numbering: the numbers belong to the titles
    ],
)
def test_agenda_lines_say_how_deep_they_stand(text, expected):
    assert [line["depth"] for line in agenda_lines(text)] == expected


def test_agenda_is_read_back_as_it_was_written(there):
    lines = agenda_lines("10 | Ceļi\n* Personāls\n  * 5 | Balva\n  Pateicības\n    Raksti\nBudžets")
    agendas.write_agenda(there.meeting, [dict(line) for line in lines])
    assert agenda_lines(agenda_text(there.meeting)) == lines


# --- calling off, minutes ---------------------------------------------------------------------------------------------


def test_cancellation_says_how_many_read_the_reason(there, coordinator):
    path = address("panel-meeting-cancel", there.meeting.pk)
    assert "2 people will be told" in main_text(coordinator.get(path))
    assert list(errors(coordinator.post(path, {"reason": ""}))) == ["reason"]
    answer = coordinator.post(path, {"reason": "Vētra"})
    assert answer["Location"] == address("panel-rsvps", there.meeting.event_id)
    there.meeting.event.refresh_from_db()
    assert there.meeting.event.cancel_reason == "Vētra"
    assert len(told(there.meeting.event, "event_cancelled")) == 2
    coordinator.post(path, {"reason": "Vētra"})
    assert len(told(there.meeting.event, "event_cancelled")) == 2


@pytest.mark.parametrize("name", ["panel-meeting", "panel-meeting-series", "panel-meeting-cancel"])
def test_cancelled_meeting_is_read_and_not_changed(there, coordinator, name):
    path, form = address(name, there.meeting.pk), address("panel-meeting", there.meeting.pk)
    data = shown(coordinator, form) | {"title": "Cita sēde", "action": "tell", "reason": "Vētra", "every": "weeks"}
    cancel_meeting(meeting=there.meeting, by=there.coordinator, now=timezone.now(), reason="Vējš")
    for answer in (coordinator.get(path, follow=True), coordinator.post(path, data, follow=True)):
        assert answer.redirect_chain == [(address("panel-rsvps", there.meeting.event_id), 302)]
        assert "A cancelled or past event can no longer be changed." in main_text(answer)
        assert not {"Repeat it", "Meeting room"} & set(re.findall(r">([^<]+)</a>", answer.content.decode()))
    row = Event.objects.get(pk=there.meeting.event_id)
    assert (row.title, row.cancel_reason) == (there.meeting.event.title, "Vējš")


def test_meeting_that_is_over_has_no_form(there, coordinator):
    path = address("panel-meeting", there.held.pk)
    assert coordinator.get(path)["Location"] == address("panel-rsvps", there.held.event_id)


def test_cancelled_event_is_read_and_not_changed(there, coordinator):
    path = address("panel-event", there.event.pk)
    data = shown(coordinator, path) | {"title": "Cits"}
    operations.cancel_event(event=there.event, by=there.coordinator, now=timezone.now(), reason="Vējš")
    for answer in (coordinator.get(path), coordinator.post(path, data)):
        assert answer["Location"] == address("panel-rsvps", there.event.pk)
    assert Event.objects.get(pk=there.event.pk).title == there.event.title


def test_draft_has_no_way_to_its_room_yet(there, coordinator):
    room = reverse("councils:room", args=[there.draft.pk])
    assert room not in coordinator.get(address("panel-rsvps", there.draft.event_id)).content.decode()
    room = reverse("councils:room", args=[there.meeting.pk])
    assert room in coordinator.get(address("panel-rsvps", there.meeting.event_id)).content.decode()


def test_past_meeting_is_not_cancelled(there, coordinator):
    answer = coordinator.post(address("panel-meeting-cancel", there.held.pk), {"reason": "Vētra"})
    assert errors(answer) == {"__all__": ["A cancelled or past event can no longer be changed."]}


def test_minutes_are_sent_by_the_council_and_published_by_the_coordinator_par_25(there, coordinator):
    path = address("panel-meeting-minutes", there.held.pk)
    today = timezone.localdate().isoformat()
    assert signed_in(there.officer).post(path, {"sent_on": today}).status_code == 302
    answer = coordinator.post(path, {"published_on": today, "url": "https://www.kekava.lv/p/7"})
    assert answer["Location"] == address("panel-minutes")
    there.held.refresh_from_db()
    assert there.held.minutes_sent_on == there.held.minutes_published_on == timezone.localdate()
    assert there.held.minutes_url == "https://www.kekava.lv/p/7"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({}, "at least one"),
        ({"sent_on": "2020-01-01"}, "after the meeting"),
        ({"published_on": "2099-01-01"}, "not come"),
    ],
)
def test_minutes_of_an_impossible_day_are_refused(there, coordinator, data, word):
    answer = coordinator.post(address("panel-meeting-minutes", there.held.pk), data)
    assert word in " ".join(errors(answer)["__all__"])


def test_minutes_list_begins_with_what_is_missing(there, coordinator):
    path = address("panel-minutes")
    assert [row.pk for row in coordinator.get(path).context["page"]] == [there.held.pk]
    assert len(coordinator.get(f"{path}?statuss=").context["page"]) == 3
    assert list(coordinator.get(f"{path}?statuss=ar-protokolu").context["page"]) == []
    for query in ("", "statuss=", "statuss=ar-protokolu", "q=nekas"):
        page = coordinator.get(f"{path}?{query}")
        titles = sorted(row.event.title for row in page.context["page"])
        assert sorted(in_the_file(coordinator, page, "meetings", "Sēde")) == titles, query


# --- other events -----------------------------------------------------------------------------------------------------


def test_event_is_created_published_changed_and_cancelled(there, coordinator):
    area = there.council.neighbourhood
    follower = factories.person(email="seko@example.org")
    factories.follow(follower, area)
    answer = coordinator.post(address("panel-event-new"), event_data(neighbourhoods=[area.pk]))
    event = Event.objects.order_by("-pk").first()
    assert answer["Location"] == address("panel-rsvps", event.pk)
    assert (event.title, event.kind, list(event.neighbourhoods.all())) == ("Talka", "cleanup", [area])
    assert told(event, "event_announced") == {follower.pk}
    path = address("panel-event", event.pk)
    data = shown(coordinator, path) | {"starts": "17:00", "neighbourhoods": [area.pk]}
    factories.rsvp(event, follower)
    assert coordinator.post(path, data | {"action": "save"}).context["telling"] == 1
    assert coordinator.post(path, data | {"action": "tell"}).status_code == 302
    assert told(event, "event_moved") == {follower.pk}
    assert coordinator.post(address("panel-event-cancel", event.pk), {"reason": "Lietus"}).status_code == 302
    event.refresh_from_db()
    assert event.cancelled_at


def test_event_sent_twice_is_one(there, coordinator):
    count = Event.objects.count()
    coordinator.post(address("panel-event-new"), event_data())
    answer = coordinator.post(address("panel-event-new"), event_data())
    assert errors(answer) == {"__all__": ["There already is an event of this title at this time."]}
    assert Event.objects.count() == count + 1


@pytest.mark.parametrize(
    "facts",
    [
        {"title": ""},
        {"capacity": 0},
        {"party_limit": 0},
        {"online_url": "nav"},
        {"ends_at": datetime(2020, 1, 1, tzinfo=RIGA)},
    ],
)
def test_event_that_breaks_a_rule_is_refused_with_its_sentence(facts):
    """The operation trusts no form: an import or a script may call it."""
    now = timezone.now()
    values = {"title": "Talka", "starts_at": now + timedelta(days=3), "ends_at": now + timedelta(days=3, hours=1)}
    with pytest.raises(operations.EventRefused, match=r"\w"):
        operations.create_event(by=None, now=now, publish=False, **(values | facts))
    assert Event.objects.count() == 0


def test_draft_would_tell_nobody(there):
    assert operations.count_concerned(event=there.draft.event, also_tell=[there.member.person.pk]) == 0
    assert operations.count_concerned(event=there.meeting.event, also_tell=[there.member.person.pk]) == 1


def test_exhibition_lasts_several_days(there, coordinator):
    last = in_time() + timedelta(days=9)
    coordinator.post(
        address("panel-event-new"), event_data(kind="exhibition", starts="10:00", ends="09:00", last_day=last)
    )
    event = Event.objects.order_by("-pk").first()
    assert event.ends_at == datetime.combine(last, time(9), RIGA)
    assert shown(coordinator, address("panel-event", event.pk))["last_day"] == last


def test_last_day_before_the_first_is_refused(there, coordinator):
    answer = coordinator.post(address("panel-event-new"), event_data(last_day=timezone.localdate().isoformat()))
    assert list(errors(answer)) == ["last_day"]


def test_sign_up_closes_hours_before_the_start_and_moves_with_it(there, coordinator):
    coordinator.post(address("panel-event-new"), event_data(close_hours="24", action="draft"))
    event = Event.objects.order_by("-pk").first()
    assert event.starts_at - event.rsvps_close_at == timedelta(hours=24)
    path = address("panel-event", event.pk)
    coordinator.post(path, shown(coordinator, path) | {"starts": "19:00", "action": "draft"})
    event.refresh_from_db()
    assert event.starts_at - event.rsvps_close_at == timedelta(hours=24)


def test_council_meeting_is_no_kind_of_the_event_form(there, coordinator):
    answer = coordinator.post(address("panel-event-new"), event_data(kind="meeting"))
    assert list(errors(answer)) == ["kind"]


def test_second_of_two_editors_of_an_event_learns_of_the_first(there, coordinator):
    path = address("panel-event", there.event.pk)
    data = shown(coordinator, path)
    coordinator.post(path, data | {"title": "Pirmais", "action": "save"})
    refused = coordinator.post(path, data | {"title": "Otrais", "action": "save"})
    assert "meanwhile" in errors(refused)["__all__"][0]
    there.event.refresh_from_db()
    assert there.event.title == "Pirmais"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"meeting", "event"}),
        ("statuss=bijusie", {"held"}),
        ("statuss=melnraksti", {"draft"}),
        ("statuss=", {"meeting", "event", "held", "draft"}),
        ("statuss=atcelti", set()),
        ("q=CELIEM", {"event"}),
        ("veids=meeting", {"meeting"}),
        ("statuss=nekas&veids=nekas&no=rīt&apkaime=nekur", {"meeting", "event", "held", "draft"}),
    ],
)
def test_events_are_listed_as_filtered_and_the_files_take_the_same(there, coordinator, query, expected):
    page = coordinator.get(f"{address('panel-events')}?{query}")
    found = {event.pk for event in page.context["page"]}
    rows = {"meeting": there.meeting.event, "draft": there.draft.event, "held": there.held.event, "event": there.event}
    assert found == {rows[name].pk for name in expected}
    titles = [rows[name].title for name in expected]
    assert sorted(in_the_file(coordinator, page, "events", "Pasākums")) == sorted(titles)


def test_sign_up_closes_that_many_real_hours_before_also_across_the_change_of_the_clock(there, coordinator):
    # The night of 28 March 2027 has 23 hours: 24 hours before Sunday 12.00 is Saturday 11.00.
    data = event_data(day="2027-03-28", starts="12:00", ends="14:00", close_hours="24", action="draft")
    coordinator.post(address("panel-event-new"), data)
    event = Event.objects.order_by("-pk").first()
    assert event.starts_at - event.rsvps_close_at == timedelta(hours=24)
