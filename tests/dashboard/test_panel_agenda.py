"""The pages of one meeting in the panel: its agenda and papers, its announcement, the members' answers, its series."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from councils.models import AgendaItem, Announcement, Meeting, Paper, RegulationValue
from councils.operations import announcements, meetings
from tests import factories
from tests.conftest import RIGA
from tests.dashboard.panel_world import address, errors, main_text, signed_in, world
from tests.dashboard.test_panel_meetings import NEW, in_time, meeting_data, shown

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def there():
    return world()


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


@pytest.fixture
def officer(there):
    return signed_in(there.officer)


def far():
    """A day on which a meeting sent today is sent in time."""
    day = in_time() + 14 * DAY
    return day


# --- the notice guard on the form -------------------------------------------------------------------------------------


def test_check_shows_what_the_day_means_and_saves_nothing(there, coordinator):
    count = Meeting.objects.count()
    data = meeting_data(there.council, title="", action="check", day=date(2027, 6, 10).isoformat())
    page = coordinator.post(NEW, data)
    text = main_text(page)
    assert "The last day to send it to the administration (§38.1): Thursday, 3 June" in text.replace("\xa0", " ")
    assert "The last day to announce it (§38.2): Monday, 7 June" in text.replace("\xa0", " ")
    assert errors(page) == {}  # the title is not missed yet
    assert 'value="18:30"' in page.content.decode()
    assert Meeting.objects.count() == count


def test_check_of_a_day_that_is_none_names_the_day(there, coordinator):
    assert list(errors(coordinator.post(NEW, meeting_data(there.council, action="check", day="31.02.2027")))) == ["day"]


def test_day_that_is_too_near_warns_before_anything_is_sent(there, coordinator):
    day = (timezone.localdate() + DAY).isoformat()
    page = coordinator.post(NEW, meeting_data(there.council, action="check", day=day))
    assert "The last day to announce it (§38.2) has passed:" in main_text(page)


def test_meeting_that_was_announced_in_time_is_not_called_late(there, coordinator):
    event = there.meeting.event
    event.starts_at = datetime.combine(timezone.localdate() + DAY, time(18), RIGA)
    event.ends_at = event.starts_at + timedelta(hours=1)
    event.save()
    path = address("panel-meeting", there.meeting.pk)
    assert "has passed" not in main_text(coordinator.get(path))
    data = shown(coordinator, path) | {"action": "check"}
    assert "has passed" in main_text(coordinator.post(path, data))


def test_script_asks_for_the_same_words(there, officer):
    day = thursday_in_june()
    part = officer.get(address("panel-deadlines"), {"diena": day.isoformat()})
    assert f"Thursday, {day.day - 7}" in part.content.decode()
    assert "<html" not in part.content.decode()
    for nonsense in ("", "rīt", "2027-02-31", "0001-01-01"):
        assert officer.get(address("panel-deadlines"), {"diena": nonsense}).content.strip() == b""


def test_last_days_are_named_within_a_sentence(there):
    day = thursday_in_june()
    asked = {"diena": day.isoformat()}
    part = signed_in(there.coordinator, "lv").get(address("panel-deadlines"), asked).content.decode()
    assert re.findall(rf"<b>(\w+), {day.year}\.", part) == ["ceturtdiena", "pirmdiena"]


def thursday_in_june() -> date:
    """Of next year; in the two weeks before it every working day works."""
    first = date(timezone.localdate().year + 1, 6, 8)
    return first + timedelta(days=(3 - first.weekday()) % 7)


def test_working_group_has_no_last_day(there, coordinator):
    data = meeting_data(there.council, action="check", meeting_kind="working_group")
    assert "The last day" not in main_text(coordinator.post(NEW, data))


def test_page_of_a_draft_names_the_days_that_are_still_to_be_kept(there, coordinator):
    path = address("panel-rsvps", there.draft.event_id)
    assert "Agenda to the administration" in main_text(coordinator.get(path))
    announcements.send_to_administration(meeting=there.draft, by=there.officer, now=timezone.now())
    text = main_text(coordinator.get(path))
    assert "Agenda to the administration" not in text
    assert "Announce the meeting" in text
    group = factories.meeting(there.council, published=False, starts_at=timezone.now() + 40 * DAY)
    Meeting.objects.filter(pk=group.pk).update(kind=Meeting.Kind.WORKING_GROUP)
    assert "§38" not in main_text(coordinator.get(address("panel-rsvps", group.event_id)))


# --- sent to the administration ---------------------------------------------------------------------------------------


def test_officer_sends_a_new_meeting_to_the_administration(there, officer, coordinator):
    answer = officer.post(NEW, meeting_data(there.council, action="send", day=far().isoformat()))
    meeting = Meeting.objects.order_by("-pk").first()
    assert answer.status_code == 302
    assert meeting.event.published_at is None
    row = meeting.announcements.get()
    assert (row.sent_by, row.meeting_on) == (there.officer, far())
    assert "Personāla jautājums" not in row.text
    work = main_text(coordinator.get(address("panel") + "?darbi=visi"))
    assert "Publish on the municipality’s site: Padomes sēde" in work


def test_what_is_sent_may_lack_neither_place_nor_agenda(there, officer):
    answer = officer.post(NEW, meeting_data(there.council, action="send", day=far().isoformat(), venue="", agenda=""))
    assert set(errors(answer)) == {"venue", "agenda"}
    assert not Announcement.objects.exclude(pk=there.announcement.pk).exists()


def test_late_agenda_is_asked_for_its_reason_and_sent_with_it(there, officer):
    data = meeting_data(there.council, action="send", day=in_time().isoformat())  # in time to announce, late to send
    answer = officer.post(NEW, data)
    assert list(errors(answer)) == ["announced_late_because"]
    officer.post(NEW, data | {"announced_late_because": "Sekretārs slimoja"})
    meeting = Meeting.objects.order_by("-pk").first()
    assert meeting.announcements.get().late_because == "Sekretārs slimoja"
    assert meeting.announced_late_because == ""  # nothing was announced late


def test_draft_is_sent_from_its_form_and_from_its_announcement_page(there, officer):
    path = address("panel-meeting", there.draft.pk)
    assert officer.post(path, shown(officer, path) | {"action": "send"}).status_code == 302
    page = officer.get(address("panel-announcement", there.draft.pk))
    assert page.context["newest"].text == there.draft.announcements.get().text
    assert not page.context["may_send"]
    there.draft.agenda.create(position=60, title="Vēl viens")
    page = officer.get(address("panel-announcement", there.draft.pk))
    assert page.context["is_outdated"]
    assert officer.post(address("panel-announcement-send", there.draft.pk)).status_code == 302
    assert there.draft.announcements.count() == 2


def test_coordinator_writes_down_the_publication_and_the_portal_shows_the_meeting(there, officer, coordinator):
    officer.post(address("panel-announcement-send", there.draft.pk))
    path = address("panel-announcement-record", there.draft.pk)
    data = {"published_on": timezone.localdate().isoformat(), "url": "https://www.example.org/sede/7"}
    assert officer.post(path, data).status_code == 403
    assert list(errors(coordinator.post(path, data | {"url": ""}))) == ["url"]
    tomorrow = (timezone.localdate() + DAY).isoformat()
    assert "__all__" in errors(coordinator.post(path, data | {"published_on": tomorrow}))
    assert coordinator.post(path, data).status_code == 302
    there.draft.event.refresh_from_db()
    assert there.draft.event.published_at
    text = main_text(coordinator.get(address("panel-announcement", there.draft.pk)))
    assert "https://www.example.org/sede/7" in text
    assert there.draft.announcements.get().sha256 in text
    assert "the text is the one that was sent" in text
    work = main_text(coordinator.get(address("panel") + "?darbi=visi"))
    assert "Publish on the municipality’s site" not in work


def test_proof_shows_a_text_that_was_changed_behind_the_portals_back(there, coordinator):
    Announcement.objects.filter(pk=there.announcement.pk).update(text="Cits teksts\n")
    assert "the text was changed" in main_text(coordinator.get(address("panel-announcement", there.held.pk)))


def test_proof_is_judged_by_the_regulation_of_its_day(there, coordinator):
    """A later amendment makes nothing late that was in time."""
    sent = announcements.send_to_administration(meeting=there.draft, by=there.officer, now=timezone.now())
    today = timezone.localdate()
    meetings.record_publication(
        announcement=sent, published_on=today, url="https://example.org/a", by=there.coordinator, now=timezone.now()
    )
    Announcement.objects.update(sent_at=sent.sent_at - 5 * DAY, published_on=today - 5 * DAY)
    for code in ("AGENDA_TO_ADMIN", "AGENDA_PUBLISHED"):
        RegulationValue.objects.create(code=code, value="90", paragraph="§38", valid_from=today - DAY)
    text = main_text(coordinator.get(address("panel-announcement", there.draft.pk)))
    assert text.count("in time, the last day was") == 2
    assert "late, the last day was" not in text
    Announcement.objects.update(sent_at=timezone.now(), published_on=today)
    text = main_text(coordinator.get(address("panel-announcement", there.draft.pk)))
    assert text.count("late, the last day was") == 2


def test_sent_text_is_a_file_to_download(there, coordinator):
    for ending, kind in (("txt", "text/plain"), ("html", "text/html")):
        answer = coordinator.get(address("panel-announcement-file", there.held.pk, ending))
        assert answer["Content-Type"] == f"{kind}; charset=utf-8"
        assert answer["Content-Disposition"].startswith('attachment; filename="sede-')
        assert "no-store" in answer["Cache-Control"]
        assert "Padomes sēde" in answer.content.decode()
    assert coordinator.get(address("panel-announcement-file", there.draft.pk, "txt")).status_code == 404


def test_move_of_an_announced_meeting_is_a_task_to_announce_anew(there, coordinator):
    path = address("panel-meeting", there.meeting.pk)
    data = shown(coordinator, path) | {"venue": "Skola", "move_reason": "Remonts", "action": "tell"}
    assert coordinator.post(path, data).status_code == 302
    row = Meeting.objects.with_state(timezone.now()).get(pk=there.meeting.pk)
    assert (row.state, row.move_reason) == ("moved", "Remonts")
    assert "the meeting is moved, announce it anew" in main_text(coordinator.get(address("panel") + "?darbi=visi"))
    assert "Remonts" in Client().get(there.meeting.get_absolute_url()).content.decode()


# --- the agenda -------------------------------------------------------------------------------------------------------


def test_item_gets_what_its_line_has_no_room_for(there, officer):
    matter = factories.matter([there.council])
    path = address("panel-agenda-item", there.draft.pk, there.item.pk)
    data = {"title": "Ceļi", "kind": "ordinary", "description": "Par grants ceļiem", "rapporteur": "Ilze Ķer"}
    data |= {"minutes": "15", "matter": matter.pk, "is_restricted": "on"}
    assert officer.post(path, data).status_code == 302
    there.item.refresh_from_db()
    assert (there.item.title, there.item.minutes, there.item.matter, there.item.is_restricted) == (
        "Ceļi",
        15,
        matter,
        True,
    )
    assert list(errors_of(officer.post(path, data | {"title": " ", "minutes": "0"}), "item_form")) == [
        "title",
        "minutes",
    ]
    foreign = factories.matter([factories.council()])
    assert list(errors_of(officer.post(path, data | {"matter": foreign.pk}), "item_form")) == ["matter"]


def errors_of(response, name):
    return response.context[name].errors


def test_item_of_another_meeting_is_not_found(there, officer):
    assert officer.get(address("panel-agenda-item", there.meeting.pk, there.item.pk)).status_code == 404


def test_paper_is_added_read_and_taken_off(there, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    path = address("panel-paper-add", there.draft.pk, there.item.pk)
    upload = SimpleUploadedFile("Ceļu plāns.pdf", PDF)
    assert officer.post(path, {"file": upload, "paper_title": "Plāns"}).status_code == 302
    paper = Paper.objects.latest("pk")
    assert (paper.title, paper.file.name, paper.is_restricted) == ("Plāns", "Ceļu plāns.pdf", False)
    answer = officer.get(paper.get_absolute_url())
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    refused = officer.post(path, {"file": SimpleUploadedFile("vīruss.exe", b"MZ")})
    assert list(errors_of(refused, "paper_form")) == ["file"]
    officer.post(address("panel-paper-remove", paper.pk))
    assert not Paper.objects.filter(pk=paper.pk).exists()


def test_who_reads_a_paper(there, settings, tmp_path):
    """Everybody once the meeting is public; what is not public, or lies with such an item, only the council."""
    settings.MEDIA_ROOT = tmp_path
    item = there.meeting.agenda.create(position=1, title="Ceļi")
    closed = there.meeting.agenda.create(position=2, title="Slēgts", is_restricted=True)
    below = there.meeting.agenda.create(position=3, title="Daļa", parent=closed)
    papers = {
        "public": factories.paper(item),
        "restricted": factories.paper(item, is_restricted=True),
        "of a closed item": factories.paper(closed),
        "below a closed item": factories.paper(below),
        "of a draft": there.paper,
    }
    for paper in papers.values():
        paper.file.content.save("x", SimpleUploadedFile("x", PDF))
    council = {"officer", "member", "coordinator", "administrator"}
    everybody = council | {"stranger", "resident", "visitor"}
    for name, paper in papers.items():
        found = set()
        for who in sorted(everybody):
            client = Client() if who == "visitor" else signed_in(getattr(there, who))
            if client.get(paper.get_absolute_url()).status_code == 200:
                found.add(who)
        assert found == (everybody if name == "public" else council), name
    assert Client().post(papers["public"].get_absolute_url()).status_code == 405


def test_public_page_lists_public_papers_only(there):
    item = there.meeting.agenda.create(position=1, title="Ceļi", minutes=10)
    part = there.meeting.agenda.create(position=2, title="Tilti", parent=item)
    factories.paper(part, "Tiltu plāns")
    factories.paper(item, "Slepens plāns", is_restricted=True)
    page = Client().get(there.meeting.get_absolute_url()).content.decode()
    assert "1.1. Tilti" in page
    assert "Tiltu plāns" in page
    assert "Slepens" not in page


def test_left_over_items_are_taken_over_with_one_button(there, officer):
    Meeting.objects.filter(pk=there.held.pk).update(closed_at=timezone.now() - 19 * DAY)
    there.held.agenda.create(position=51, title="Nepabeigtais", outcome="postponed")
    path = address("panel-agenda", there.draft.pk)
    assert [item.title for item in officer.get(path).context["unfinished"]] == ["Nepabeigtais"]
    assert officer.post(path).status_code == 302
    page = officer.get(path)
    assert page.context["unfinished"] == []
    assert [item.title for item in page.context["items"]] == ["Jautājums ar materiālu", "Nepabeigtais"]
    assert "left over from the meeting" in main_text(page)


def test_previous_item_fills_itself_on_the_page(there, officer):
    there.draft.agenda.create(position=60, title="Iepriekšējo lēmumu izpilde", kind="previous")
    item = there.held.agenda.create(position=51, title="Ceļi")
    factories.resolution(item, there.council, text="Salabot Ļaudonas ielu")
    assert "Salabot Ļaudonas ielu" in main_text(officer.get(address("panel-agenda", there.draft.pk)))


def test_meetings_to_choose_from_say_their_year(there, officer):
    later = factories.meeting(there.council, published=False, starts_at=timezone.now() + 400 * DAY)
    year = str(timezone.localdate(later.event.starts_at).year)
    page = officer.get(address("panel-agenda-item", there.draft.pk, there.item.pk))
    [name] = [label for pk, label in page.context["move_form"].fields["meeting"].choices if pk == str(later.pk)]
    assert year in name
    for path in (address("panel-opinion", there.opinion.pk), address("panel-proposal", there.proposal.pk)):
        assert any(year in option for option in options_of(officer.get(path))), path


def options_of(page) -> list[str]:
    return re.findall(r"<option[^>]*>([^<]*)<", page.content.decode())


def test_item_moves_to_another_meeting(there, officer):
    later = factories.meeting(there.council, published=False, starts_at=timezone.now() + 60 * DAY)
    path = address("panel-agenda-item-move", there.draft.pk, there.item.pk)
    assert officer.post(path, {"meeting": later.pk}).status_code == 302
    assert later.agenda.get() == there.item
    elsewhere = factories.meeting(published=False, starts_at=timezone.now() + 60 * DAY)
    officer.post(address("panel-agenda-item-move", later.pk, there.item.pk), {"meeting": elsewhere.pk})
    assert later.agenda.count() == 1


def test_agenda_of_a_meeting_that_is_over_is_read_only(there, coordinator):
    item = there.held.agenda.create(position=51, title="Ceļi")
    page = coordinator.get(address("panel-agenda-item", there.held.pk, item.pk))
    assert "The meeting is over" in main_text(page)
    path = address("panel-agenda-item", there.held.pk, item.pk)
    coordinator.post(path, {"title": "Cits", "kind": "ordinary"})
    assert AgendaItem.objects.get(pk=item.pk).title == "Ceļi"


def test_joint_meeting_is_run_by_the_coordinator_and_its_officers_see_no_ways_to_change_it(there, officer):
    there.meeting.councils.add(there.stranger.person.offices.get().council)
    page = officer.get(address("council-room", there.slug)).content.decode()
    assert address("panel-meeting", there.meeting.pk) not in page
    assert address("panel-meeting", there.draft.pk) in page


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_a_meeting_ask_at_most_twenty_questions(there, coordinator, rows, django_assert_max_num_queries):
    for n in range(rows):
        item = there.draft.agenda.create(position=100 + n, title=f"Nr. {n}", kind="previous" if n else "approval")
        factories.paper(item)
        factories.announcement(there.draft, replaced_at=timezone.now())
        factories.meeting(there.council, published=False, starts_at=timezone.now() + (60 + n) * DAY)
        factories.membership(there.council.terms.get())
    for path in (
        address("panel-agenda", there.draft.pk),
        address("panel-agenda-item", there.draft.pk, there.item.pk),
        address("panel-announcement", there.draft.pk),
        address("panel-meeting-answers", there.meeting.pk),
        address("panel-meeting-series", there.draft.pk),
        address("panel-proposal", there.proposal.pk),
        address("panel-proposals"),
        address("council-room", there.slug),
    ):
        coordinator.get(path)
        with django_assert_max_num_queries(20):
            assert coordinator.get(path).status_code == 200


# --- series -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "every", "unit", "until", "expected"),
    [
        (date(2026, 11, 25), 2, "weeks", date(2026, 12, 25), [date(2026, 12, 9), date(2026, 12, 23)]),
        # the fourth Wednesday of each second month
        (date(2026, 11, 25), 2, "months", date(2027, 6, 1), [date(2027, 1, 27), date(2027, 3, 24), date(2027, 5, 26)]),
        # a fifth Monday where a month has only four: the last one
        (date(2026, 11, 30), 1, "months", date(2027, 1, 31), [date(2026, 12, 28), date(2027, 1, 25)]),
        (date(2026, 11, 25), 1, "weeks", date(2026, 11, 30), []),
    ],
)
def test_days_of_a_series_keep_the_weekday(first, every, unit, until, expected):
    assert meetings.series_days(first, every=every, unit=unit, until=until) == expected


def test_series_shows_its_days_first_and_makes_drafts_of_those_chosen(there, officer):
    path = address("panel-meeting-series", there.draft.pk)
    until = there.draft.held_on + 28 * DAY
    data = {"every": "1", "unit": "weeks", "until": until.isoformat()}
    count = Meeting.objects.count()
    page = officer.post(path, data | {"action": "find"})
    days = [row["day"] for row in page.context["days"]]
    assert days == [there.draft.held_on + n * 7 * DAY for n in (1, 2, 3, 4)]
    assert Meeting.objects.count() == count
    chosen = [day.isoformat() for day in days[:2]]
    assert officer.post(path, data | {"action": "create", "day": chosen}).status_code == 302
    made = list(Meeting.objects.order_by("-pk")[:2])
    assert sorted(row.held_on for row in made) == days[:2]
    for row in made:
        assert row.event.published_at is None
        assert timezone.localtime(row.event.starts_at).time() == timezone.localtime(there.draft.event.starts_at).time()
        assert [item.title for item in row.agenda.all()] == ["Jautājums ar materiālu"]
    again = officer.post(path, data | {"action": "find"})
    assert [row["is_taken"] for row in again.context["days"]] == [True, True, False, False]


def test_series_without_a_chosen_day_or_with_none_found_is_named(there, officer):
    path = address("panel-meeting-series", there.draft.pk)
    data = {"every": "1", "unit": "weeks", "until": (there.draft.held_on + DAY).isoformat(), "action": "find"}
    assert list(errors(officer.post(path, data))) == ["until"]
    data |= {"until": (there.draft.held_on + 8 * DAY).isoformat(), "action": "create"}
    assert list(errors(officer.post(path, data))) == ["__all__"]


def test_series_is_made_whole_or_not_at_all(there):
    day = there.draft.held_on + 7 * DAY
    other = factories.meeting(there.council, published=False, starts_at=there.draft.event.starts_at + 14 * DAY)
    count = Meeting.objects.count()
    with pytest.raises(meetings.MeetingRefused):
        meetings.schedule_series(meeting=there.draft, days=[day, other.held_on], by=there.officer, now=timezone.now())
    assert Meeting.objects.count() == count
