"""What goes to the administration and onto the municipality's site (§38): the text, the proof, the state, the feed."""

import hashlib
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.test import Client

from councils import operations
from councils.documents import announcement as document
from councils.models import Announcement, LetterTemplate, Meeting
from councils.operations import MeetingRefused, announcements, meetings
from notices.models import Notice
from notices.operations import deliver
from people.models import AuditEntry
from tests import factories
from tests.conftest import RIGA

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
URL = "https://www.example.org/sedes/12"


@pytest.fixture
def council():
    area = factories.neighbourhood("Baloži", slug="balozi")
    return factories.council(neighbourhood=area, name="Baložu iedzīvotāju padome")


@pytest.fixture
def coordinator():
    return factories.coordinator()


@pytest.fixture
def secretary(council):
    user = factories.user(name="Ģirts Ūdris")
    factories.office(factories.membership(factories.term(council), user.person), "secretary")
    return user


@pytest.fixture
def meeting(council):
    """A draft on Thursday 10 December 2026: to be sent by the 3rd, announced by Monday the 7th."""
    row = factories.meeting(
        council, published=False, starts_at=datetime(2026, 12, 10, 18, 30, tzinfo=RIGA), venue="Tautas nams"
    )
    operations.change_meeting(
        meeting=row,
        agenda=[
            {"title": "Ceļi", "minutes": 20, "rapporteur": "Ilze Ķer"},
            {"title": "Tilti", "depth": 1},
            {"title": "Personāls", "is_restricted": True},
            {"title": "Ilzes Ķeres lieta", "depth": 1},
            "Dažādi",
        ],
        by=None,
        now=datetime(2026, 11, 1, tzinfo=RIGA),
    )
    return Meeting.objects.get(pk=row.pk)


def state(meeting, now):
    return Meeting.objects.with_state(now).get(pk=meeting.pk).state


def notice_of(meeting):
    row = Meeting.objects.with_notice().get(pk=meeting.pk)
    return row.agenda_sent_at, row.announced_on


def told(kind):
    return set(Notice.objects.filter(kind=kind, cancelled_at=None).values_list("person_id", flat=True))


def send(meeting, now, by=None, **fields):
    return announcements.send_to_administration(meeting=meeting, by=by, now=now, **fields)


def record(announcement, now, published_on=None, by=None, **fields):
    values = {"published_on": published_on or now.date(), "url": URL}
    return meetings.record_publication(announcement=announcement, by=by, now=now, **(values | fields))


# --- the text ---------------------------------------------------------------------------------------------------------


def test_text_says_place_time_and_agenda_and_nothing_that_is_not_public(meeting, settings):
    settings.PUBLIC_URL = "https://padomes.example.org"
    text = document.text(meeting).replace("\N{NO-BREAK SPACE}", " ")
    assert text == (
        "Padomes sēde\n"
        "Baložu iedzīvotāju padome\n"
        "\n"
        "Saskaņā ar Ķekavas novada iedzīvotāju padomju nolikuma (Nr. 12/2025) 38. punktu izziņojam padomes sēdi: "
        "Baložu iedzīvotāju padome. Sēde ir atklāta, ikviens var nākt un klausīties.\n"
        "\n"
        "Ceturtdien, 2026. gada 10. decembrī, plkst. 18.30–20.30\n"
        "Vieta: Tautas nams\n"
        "Norise: klātienē\n"
        f"Vairāk: https://padomes.example.org/pasakumi/{meeting.event_id}-padomes-sede/\n"
        "\n"
        "Darba kārtība:\n"
        "1. Ceļi (ziņo Ilze Ķer, 20 min)\n"
        "   1.1. Tilti\n"
        "3. Dažādi\n"
        "Slēgtajā daļā skata 2 jautājumus.\n"
    )


def test_text_begins_with_the_words_of_the_municipality(meeting, now):
    LetterTemplate.objects.create(
        code="announcement", text="Izziņojam {AGENDA_PUBLISHED} darbdienas iepriekš: {councils}.", changed_at=now
    )
    lines = document.text(meeting).splitlines()
    assert lines[3] == "Izziņojam 3 darbdienas iepriekš: Baložu iedzīvotāju padome."
    LetterTemplate.objects.update(text=" ")
    assert document.text(meeting).splitlines()[3].startswith("Ceturtdien")


def test_text_never_holds_the_link_to_join(meeting, now):
    operations.change_meeting(
        meeting=meeting, format="hybrid", online_url="https://example.org/slepena", by=None, now=now
    )
    meeting.refresh_from_db()
    text = document.text(Meeting.objects.get(pk=meeting.pk))
    assert "slepena" not in text
    assert "Lai pieslēgtos attālināti, piesakies: " in text


def test_text_is_official_whatever_language_the_sender_reads(meeting):
    from django.utils import translation

    with translation.override("en"):
        assert "Darba kārtība:" in document.text(meeting)


def test_html_of_the_text_says_the_same_and_runs_nothing(meeting):
    meeting.agenda.filter(title="Dažādi").update(title="<script>alert(1)</script> & Co")
    page = document.html(document.text(meeting))
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in page
    assert "Tautas nams" in page


# --- sent, published --------------------------------------------------------------------------------------------------


def test_sent_text_is_kept_hashed_and_given_to_the_coordinators(meeting, coordinator, secretary):
    now = datetime(2026, 12, 3, 16, tzinfo=RIGA)
    assert state(meeting, now) == "draft"
    row = send(meeting, now, by=secretary)

    assert row.text == document.text(meeting)
    assert row.sha256 == hashlib.sha256(row.text.encode()).hexdigest()
    assert (row.meeting_on, row.sent_by, row.late_because) == (date(2026, 12, 10), secretary, "")
    assert state(meeting, now) == "sent"
    assert notice_of(meeting) == (now, None)
    assert told("announcement_to_publish") == {coordinator.person.pk}
    assert AuditEntry.objects.get(verb="send_announcement").details["after"]["sha256"] == row.sha256
    assert send(meeting, now + HOUR, by=secretary) == row  # the same text twice is sent once
    assert Announcement.objects.count() == 1


def test_mail_to_the_coordinator_brings_the_text_and_the_last_day(meeting, coordinator, secretary, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    now = datetime(2026, 12, 2, 16, tzinfo=RIGA)
    row = send(meeting, now, by=secretary)
    deliver(now=now)
    [message] = mail.outbox
    body = message.body.replace("\N{NO-BREAK SPACE}", " ")
    assert message.subject.replace("\N{NO-BREAK SPACE}", " ") == "Jāpublicē: Padomes sēde, 10. decembrī"
    assert "Pirmdiena, 7. decembris" in body
    assert f"/panelis/sedes/{meeting.pk}/pazinojums/" in body
    assert [name for name, _content, _kind in message.attachments] == ["sede-2026-12-10.txt", "sede-2026-12-10.html"]
    assert message.attachments[0][1] == row.text


def test_mail_loses_its_point_once_the_publication_is_written_down(meeting, coordinator, secretary, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    now = datetime(2026, 12, 2, 16, tzinfo=RIGA)
    record(send(meeting, now, by=secretary), now, by=coordinator)
    deliver(now=now)
    assert [message.subject for message in mail.outbox if "publicē" in message.subject] == []


def test_portal_shows_the_meeting_when_its_publication_is_written_down(meeting, council, coordinator, secretary):
    now = datetime(2026, 12, 3, 16, tzinfo=RIGA)
    row = send(meeting, now, by=secretary)
    record(row, now + DAY, by=coordinator)

    row.refresh_from_db()
    assert (row.published_on, row.published_url) == (date(2026, 12, 4), URL)
    assert (row.recorded_by, row.recorded_at, row.published_late_because) == (coordinator, now + DAY, "")
    meeting.event.refresh_from_db()
    assert meeting.event.published_at == now + DAY
    assert state(meeting, now + DAY) == "announced"
    assert notice_of(meeting) == (now, date(2026, 12, 4))
    assert told("meeting_call") == {secretary.person.pk}
    assert Announcement.objects.count() == 1  # what was sent is what was published


def test_publication_counts_by_the_day_it_was_published_and_not_by_the_day_it_was_written_down(meeting, coordinator):
    row = send(meeting, datetime(2026, 12, 3, 9, tzinfo=RIGA))
    record(row, datetime(2026, 12, 9, 9, tzinfo=RIGA), published_on=date(2026, 12, 7))
    row.refresh_from_db()
    assert row.published_late_because == ""
    with pytest.raises(MeetingRefused, match="§38"):
        record(row, datetime(2026, 12, 9, 9, tzinfo=RIGA), published_on=date(2026, 12, 8))
    record(row, datetime(2026, 12, 9, 9, tzinfo=RIGA), published_on=date(2026, 12, 8), late_because="Vietne nedarbojās")
    row.refresh_from_db()
    assert row.published_late_because == "Vietne nedarbojās"


@pytest.mark.parametrize(
    "fields",
    [{"published_on": date(2026, 12, 4)}, {"url": ""}, {"url": "nav adrese"}],
    ids=["not come", "no address", "none"],
)
def test_publication_that_cannot_be_is_refused(meeting, coordinator, fields):
    now = datetime(2026, 12, 3, 9, tzinfo=RIGA)
    row = send(meeting, now)
    with pytest.raises(MeetingRefused):
        record(row, now, **fields)
    meeting.event.refresh_from_db()
    assert meeting.event.published_at is None


def test_meeting_is_not_sent_without_place_agenda_or_when_it_is_off(meeting, council):
    now = datetime(2026, 12, 1, 9, tzinfo=RIGA)
    bare = factories.meeting(council, published=False, starts_at=datetime(2026, 12, 11, 18, tzinfo=RIGA))
    nowhere = factories.meeting(council, published=False, starts_at=now + 20 * DAY, venue="")
    nowhere.agenda.create(position=1, title="Ceļi")
    group = factories.meeting(council, published=False, starts_at=now + 21 * DAY)
    group.agenda.create(position=1, title="Ceļi")
    Meeting.objects.filter(pk=group.pk).update(kind=Meeting.Kind.WORKING_GROUP)
    past = factories.meeting(council, published=False, starts_at=now - DAY)
    past.agenda.create(position=1, title="Ceļi")
    off = factories.meeting(council, published=False, starts_at=now + 22 * DAY, cancelled_at=now)
    off.agenda.create(position=1, title="Ceļi")
    for row in (bare, nowhere, group, past, off):
        with pytest.raises(MeetingRefused):
            send(row, now)
    assert not Announcement.objects.exists()


def test_another_agenda_is_sent_anew_and_what_was_sent_stays_as_proof(meeting, coordinator):
    first = send(meeting, datetime(2026, 12, 3, 9, tzinfo=RIGA))
    record(first, datetime(2026, 12, 4, 9, tzinfo=RIGA))
    later = datetime(2026, 12, 9, 9, tzinfo=RIGA)
    operations.change_meeting(meeting=meeting, agenda=["Ceļi", "Tilti", "Personāls"], by=None, now=later)

    fresh = Meeting.objects.get(pk=meeting.pk)
    assert announcements.is_outdated(fresh, announcements.newest(fresh))
    second = send(meeting, later)  # the fifth working day has passed, but time and place were made known before it
    first.refresh_from_db()
    assert (first.replaced_at, first.voided_at) == (later, None)
    assert (second.replaced_at, second.late_because) == (None, "")
    assert notice_of(meeting) == (datetime(2026, 12, 3, 9, tzinfo=RIGA), date(2026, 12, 4))
    with pytest.raises(MeetingRefused):
        record(first, later)
    record(second, later)  # no reason asked: the meeting itself was announced in time
    assert state(meeting, later) == "announced"


# --- moved, called off ------------------------------------------------------------------------------------------------


def test_moved_meeting_is_announced_anew(meeting, council, coordinator, secretary):
    record(send(meeting, datetime(2026, 12, 1, 9, tzinfo=RIGA)), datetime(2026, 12, 2, 9, tzinfo=RIGA))
    now = datetime(2026, 12, 3, 9, tzinfo=RIGA)
    starts_at = datetime(2026, 12, 17, 18, 30, tzinfo=RIGA)
    Notice.objects.all().delete()
    operations.change_meeting(
        meeting=meeting,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        move_reason="Zālē ir remonts",
        by=secretary,
        now=now,
    )

    assert state(meeting, now) == "moved"
    old, new = Announcement.objects.order_by("pk")
    assert (old.voided_at, old.published_on) == (now, date(2026, 12, 2))  # stays as proof
    assert (new.meeting_on, new.published_on, new.voided_at) == (date(2026, 12, 17), None, None)
    assert "17." in new.text
    assert notice_of(meeting) == (now, None)
    assert told("announcement_to_publish") == {coordinator.person.pk}
    assert told("meeting_call") == told("event_moved") == {secretary.person.pk}
    assert AuditEntry.objects.get(verb="move_meeting").details["after"]["reason"] == "Zālē ir remonts"

    record(new, now)
    assert state(meeting, now) == "announced"


def test_other_place_owes_a_new_announcement_too_and_keeps_the_answers(meeting, coordinator, secretary):
    record(send(meeting, datetime(2026, 12, 1, 9, tzinfo=RIGA)), datetime(2026, 12, 2, 9, tzinfo=RIGA))
    meeting.attendances.create(membership=secretary.person.memberships.get(), answer="coming")
    now = datetime(2026, 12, 3, 9, tzinfo=RIGA)
    operations.change_meeting(meeting=meeting, venue="Skola", move_reason="Par mazu zāle", by=None, now=now)
    assert state(meeting, now) == "moved"
    assert meeting.attendances.get().answer == "coming"


def test_move_in_time_asks_the_members_anew(meeting, secretary):
    now = datetime(2026, 12, 1, 9, tzinfo=RIGA)
    operations.publish_meeting(meeting=meeting, by=None, now=now)
    meeting.attendances.create(membership=secretary.person.memberships.get(), answer="coming", answered_at=now)
    starts_at = datetime(2026, 12, 17, 18, 30, tzinfo=RIGA)
    operations.change_meeting(
        meeting=meeting, starts_at=starts_at, ends_at=starts_at + HOUR, move_reason="Remonts", by=None, now=now
    )
    attendance = meeting.attendances.get()
    assert (attendance.answer, attendance.answered_at) == ("", None)


def test_draft_that_was_sent_and_moves_is_a_draft_again(meeting, coordinator):
    now = datetime(2026, 12, 1, 9, tzinfo=RIGA)
    send(meeting, now)
    operations.change_meeting(meeting=meeting, venue="Skola", by=None, now=now)
    assert state(meeting, now) == "draft"
    assert notice_of(meeting) == (None, None)
    send(meeting, now)
    assert state(meeting, now) == "sent"


def test_change_that_moves_nothing_leaves_the_announcement(meeting, coordinator):
    now = datetime(2026, 12, 1, 9, tzinfo=RIGA)
    row = send(meeting, now)
    operations.change_meeting(meeting=meeting, capacity=40, description="Nāc!", by=None, now=now)
    row.refresh_from_db()
    assert (row.voided_at, row.replaced_at) == (None, None)


def test_coordinators_learn_that_a_sent_meeting_is_called_off(meeting, coordinator, secretary, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    now = datetime(2026, 12, 1, 9, tzinfo=RIGA)
    record(send(meeting, now, by=secretary), now, by=coordinator)
    Notice.objects.all().delete()
    operations.cancel_meeting(meeting=meeting, by=secretary, now=now, reason="Vētra")
    operations.cancel_meeting(meeting=meeting, by=secretary, now=now + HOUR, reason="Vētra")
    assert told("announcement_to_withdraw") == {coordinator.person.pk}
    deliver(now=now)
    [message] = [row for row in mail.outbox if row.subject.startswith("Atcelta: ") and "vietnē" in row.body]
    assert "Vētra" in message.body
    assert URL in message.body


def test_meeting_of_which_nothing_was_sent_is_called_off_quietly(meeting, coordinator, now):
    operations.cancel_meeting(meeting=meeting, by=None, now=now, reason="Vētra")
    assert told("announcement_to_withdraw") == set()


# --- the states, one derivation ---------------------------------------------------------------------------------------


def test_states_follow_one_another_through_a_meetings_life(meeting, coordinator):
    now = datetime(2026, 12, 1, 9, tzinfo=RIGA)
    seen = [state(meeting, now)]
    row = send(meeting, now)
    seen.append(state(meeting, now))
    record(row, now)
    seen.append(state(meeting, now))
    after = meeting.event.ends_at + DAY
    seen.append(state(meeting, after))
    minutes = factories.minutes(meeting, signed_at=after)
    seen.append(state(meeting, after))
    Meeting.objects.filter(pk=meeting.pk).update(minutes_published_on=after.date())
    seen.append(state(meeting, after))
    assert seen == ["draft", "sent", "announced", "awaiting_minutes", "minutes_signed", "published"]
    assert minutes.meeting == meeting


def test_meeting_that_was_closed_early_awaits_its_minutes(council, now):
    meeting = factories.meeting(council, starts_at=now - HOUR)
    assert state(meeting, now) == "announced"
    Meeting.objects.filter(pk=meeting.pk).update(closed_at=now)
    assert state(meeting, now) == "awaiting_minutes"
    assert list(Meeting.objects.held(now)) == list(Meeting.objects.awaiting_minutes(now)) == [meeting]
    assert not Meeting.objects.upcoming(now).exists()


def test_working_group_owes_neither_announcement_nor_minutes(council, coordinator, now):
    group = operations.schedule_meeting(
        councils=[council],
        kind=Meeting.Kind.WORKING_GROUP,
        title="Darba grupa",
        starts_at=now + HOUR,
        ends_at=now + 2 * HOUR,
        venue="Skola",
        by=None,
        now=now,
        publish=True,
    )
    assert group.event.kind == "working_group"
    assert not Announcement.objects.exists()
    assert state(group, now + 3 * HOUR) == "held"
    assert not Meeting.objects.awaiting_minutes(now + 3 * HOUR).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_state_and_notice_are_one_query_however_many_meetings(council, now, count, django_assert_num_queries):
    for n in range(count):
        factories.announcement(factories.meeting(council, starts_at=now + (n + 5) * DAY))
    with django_assert_num_queries(1):
        rows = list(Meeting.objects.with_state(now).with_notice())
    assert [row.state for row in rows] == ["announced"] * count


def test_database_keeps_one_newest_text_of_a_meeting(meeting):
    from django.db import IntegrityError, transaction

    factories.announcement(meeting)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.announcement(meeting)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.announcement(
            factories.meeting(), published_on=date(2026, 12, 1), published_url=""
        )  # a publication has its address
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.announcement(factories.meeting(), voided_at=meeting.event.starts_at)


# --- the feed ---------------------------------------------------------------------------------------------------------

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def feed():
    answer = Client().get("/sedes/pazinojumi.atom")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def test_feed_holds_what_the_portal_shows_and_keeps_its_ids(council, coordinator, settings):
    from django.utils import timezone

    now = timezone.now()
    draft = factories.meeting(council, published=False, starts_at=now + 9 * DAY, title="Melnraksts")
    factories.announcement(draft, text="Melnraksts\n")
    shown = factories.meeting(council, starts_at=now + 10 * DAY, title="Rudens sēde & ceļi")
    row = factories.announcement(shown, text="Rudens sēde & ceļi\nPlkst. 18.30\n", sent_at=now - 3 * DAY)
    factories.announcement(factories.meeting(council, starts_at=now - 60 * DAY, title="Sena"), text="Sena\n")
    [entry] = feed().findall("a:entry", ATOM)
    uid = f"urn:uuid:{shown.event.uid}"
    assert entry.find("a:id", ATOM).text == uid
    assert entry.find("a:title", ATOM).text.startswith("Rudens sēde & ceļi, ")
    assert "Plkst. 18.30" in entry.find("a:summary", ATOM).text
    updated = entry.find("a:updated", ATOM).text

    Announcement.objects.filter(pk=row.pk).update(replaced_at=now, voided_at=now)
    factories.announcement(shown, text="Rudens sēde, pārcelta\n", sent_at=now)
    [entry] = feed().findall("a:entry", ATOM)
    assert entry.find("a:id", ATOM).text == uid
    assert "pārcelta" in entry.find("a:summary", ATOM).text
    assert entry.find("a:updated", ATOM).text > updated

    operations.cancel_meeting(meeting=shown, by=None, now=now, reason="Vētra")
    [entry] = feed().findall("a:entry", ATOM)
    assert entry.find("a:title", ATOM).text.startswith("Atcelta: ")
    assert "Vētra" in entry.find("a:summary", ATOM).text


@pytest.mark.parametrize("count", [1, 3])
def test_feed_asks_once_however_many_entries(council, count, django_assert_num_queries):
    from django.utils import timezone

    for n in range(count):
        factories.announcement(factories.meeting(council, starts_at=timezone.now() + (n + 5) * DAY))
    client = Client()
    with django_assert_num_queries(1):
        client.get("/sedes/pazinojumi.atom")
    assert client.post("/sedes/pazinojumi.atom").status_code == 405
