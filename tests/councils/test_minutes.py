"""What is done with minutes: drafted, written, commented, signed, corrected, sent, handed over, published, approved."""

from datetime import date, datetime

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from councils import files
from councils.documents import record
from councils.models import AgendaItem, Attendance, Meeting, Minutes, MinutesVersion
from councils.operations import minutes as operations
from councils.operations.minutes import MinutesRefused, NotesOvertaken
from notices.models import Notice
from notices.operations import deliver
from people.models import AuditEntry
from tests import factories
from tests.councils import minutes_world as world
from tests.councils.minutes_world import AFTER, DAY, HOUR, RIGA

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def upload(name="paraksts.pdf"):
    return SimpleUploadedFile(name, PDF, "application/pdf")


def audited(verb):
    return AuditEntry.objects.filter(verb=verb)


def versions(there):
    return list(there.minutes.versions.order_by("number").values_list("number", flat=True))


def notes_of(there, **texts):
    """What the form would send: the revision seen and the text, by item; `one` is the first item's text."""
    items = list(there.meeting.agenda.order_by("position"))
    return {
        item.pk: (item.revision, texts.get(name, item.notes)) for name, item in zip(("one", "two"), items, strict=False)
    }


# --- the draft


def test_draft_is_made_from_the_record_with_one_call():
    there = world.held_meeting()
    minutes = operations.draft(meeting=there.meeting, by=there.users[2], now=AFTER)

    version = minutes.versions.get()
    assert (str(minutes), version.number, version.signed_at) == ("1/2026", 1, None)
    assert version.content == world.taken(there.meeting, "1/2026")
    assert version.sha256 == record.digest(version.content)
    assert (version.made_by, version.made_at) == (there.users[2], AFTER)
    assert audited("draft_minutes").get().details["after"]["sha256"] == version.sha256
    assert operations.draft(meeting=there.meeting, by=None, now=AFTER + HOUR) == minutes
    assert MinutesVersion.objects.count() == 1


@pytest.mark.parametrize("fields", [{"closed_at": None}, {"closed_at": None, "opened_at": None}])
def test_draft_waits_for_the_meeting_to_be_closed(fields):
    there = world.held_meeting(**fields)
    with pytest.raises(MinutesRefused, match="slēdz"):
        operations.draft(meeting=there.meeting, by=None, now=AFTER)
    assert not Minutes.objects.exists()


def test_minutes_are_numbered_as_the_meetings_of_the_council_were_held():
    there = world.held_meeting()
    earlier = [world.OPENED - days * DAY for days in (90, 60, 30)]
    meetings = [world.held_meeting(items=0, world=there, starts_at=at).meeting for at in earlier]
    factories.meeting(there.council, kind="meeting", starts_at=world.OPENED - 9 * DAY, cancelled_at=AFTER)
    last_year = world.held_meeting(items=0, world=there, starts_at=world.OPENED - 365 * DAY).meeting
    elsewhere = world.held_meeting(items=0, starts_at=earlier[0]).meeting

    def number(meeting):
        return str(operations.draft(meeting=meeting, by=None, now=AFTER))

    assert number(meetings[2]) == "3/2026"
    assert number(meetings[0]) == "1/2026"
    assert number(last_year) == "1/2025"
    assert number(elsewhere) == "1/2026"
    operations.write(minutes=meetings[0].minutes, notes={}, number=2, by=None, now=AFTER)
    assert number(meetings[1]) == "4/2026"  # the second one's number is taken


def test_number_is_given_once_in_a_council_and_year():
    there = world.drafted()
    other = world.held_meeting(items=0, world=there, starts_at=world.OPENED - 9 * DAY).meeting
    row = operations.draft(meeting=other, by=None, now=AFTER)
    with pytest.raises(MinutesRefused, match=str(there.minutes.number)):
        operations.write(minutes=row, notes={}, number=there.minutes.number, by=None, now=AFTER)
    operations.write(minutes=row, notes={}, number=41, by=None, now=AFTER)
    assert operations.latest(row).content["number"] == "41/2026"


# --- writing


def test_write_puts_the_text_into_the_items_and_a_new_version():
    there = world.drafted()
    before = there.meeting.agenda.get(position=1).notes

    version = operations.write(
        minutes=there.minutes, notes=notes_of(there, one="Jauns\r\nteksts"), by=there.secretary, now=AFTER + HOUR
    )

    assert there.meeting.agenda.get(position=1).notes == "Jauns\nteksts"
    assert (version.number, version.content["items"][0]["notes"]) == (2, "Jauns\nteksts")
    first = there.minutes.versions.get(number=1)
    assert first.content["items"][0]["notes"] == before
    pk = str(there.meeting.agenda.get(position=1).pk)
    details = audited("write_minutes").get().details
    assert (details["before"]["notes"], details["after"]["notes"]) == ({pk: before}, {pk: "Jauns\nteksts"})


def test_writing_the_same_again_makes_no_version():
    there = world.drafted()
    assert operations.write(minutes=there.minutes, notes=notes_of(there), by=None, now=AFTER).number == 1
    assert not audited("write_minutes").exists()


def test_two_writers_do_not_overwrite_each_other():
    there = world.drafted()
    seen = notes_of(there, one="Pirmā teksts", two="Pirmā otrs")
    first = there.meeting.agenda.get(position=1)
    AgendaItem.objects.filter(pk=first.pk).update(notes="Otrās teksts", revision=first.revision + 1)

    with pytest.raises(NotesOvertaken) as refusal:
        operations.write(minutes=there.minutes, notes=seen, by=None, now=AFTER)

    assert [item.notes for item in refusal.value.theirs.values()] == ["Otrās teksts"]
    first.refresh_from_db()
    assert first.notes == "Otrās teksts"
    assert "Pirmā otrs" not in there.meeting.agenda.values_list("notes", flat=True)  # all or none
    assert versions(there) == [1]


def test_draft_is_made_anew_when_the_record_changed():
    there = world.drafted()
    assert operations.is_current(operations.latest(there.minutes))
    assert operations.refresh(minutes=there.minutes, by=None, now=AFTER).number == 1
    Attendance.objects.filter(meeting=there.meeting, mark="unexcused").update(mark="excused")

    assert not operations.is_current(operations.latest(there.minutes))
    version = operations.refresh(minutes=there.minutes, by=there.secretary, now=AFTER)

    assert (version.number, operations.is_current(operations.latest(there.minutes))) == (2, True)
    assert audited("write_minutes").get().details["after"]["version"] == 2


# --- comments


def open_window(there, now=AFTER):
    operations.ask_members(minutes=there.minutes, by=there.secretary, now=now)
    there.minutes.refresh_from_db()


def test_members_are_asked_once_and_comment_until_the_end_of_the_window():
    there = world.drafted()
    former = factories.membership(
        there.term, started_on=date(2026, 1, 9), ended_on=date(2026, 3, 1), end_reason="other"
    )

    open_window(there)

    assert there.minutes.comments_until == datetime(2026, 11, 16, tzinfo=RIGA)
    assert there.minutes.comments_last_on == date(2026, 11, 15)
    told = set(Notice.objects.filter(kind="minutes_draft").values_list("person_id", flat=True))
    assert told == {user.person.pk for user in there.users} - {there.secretary.person.pk}
    assert former.person_id not in told
    open_window(there)
    assert Notice.objects.filter(kind="minutes_draft").count() == 4
    assert audited("ask_members").count() == 2


def test_mail_to_members_says_until_when_and_where():
    there = world.drafted()
    open_window(there)
    assert deliver(now=AFTER + HOUR) == 4

    [letter] = [m for m in mail.outbox if m.to == [there.member.email]]
    assert letter.subject == "Protokola melnraksts: sēde 12.\N{NO-BREAK SPACE}novembrī"
    assert "līdz 15.\N{NO-BREAK SPACE}novembrim" in letter.body
    assert f"/protokoli/{there.meeting.pk}/" in letter.body


@pytest.mark.parametrize("end", ["signed", "over", "left"])
def test_mail_that_lost_its_point_is_not_sent(end):
    there = world.drafted()
    open_window(there)
    later = AFTER + HOUR
    if end == "signed":
        sign(there, before_comments_end=True)
    elif end == "over":
        later = AFTER + 9 * DAY
    else:
        for member in there.members:
            member.ended_on, member.end_reason = date(2026, 11, 13), "resigned"
            member.save()
    assert deliver(now=later) == 0


def test_comment_stands_beside_the_draft_and_is_settled():
    there = world.drafted()
    open_window(there)
    item = there.meeting.agenda.get(position=2)

    found = operations.comment(
        minutes=there.minutes, person=there.member.person, item=item, text=" Balsoja trīs. ", by=there.member, now=AFTER
    )
    operations.settle(comment=found, by=there.secretary, now=AFTER + HOUR)
    operations.settle(comment=found, by=there.leader, now=AFTER + DAY)

    row = there.minutes.comments.get()
    assert (row.text, row.item, row.settled_at, row.settled_by) == (
        "Balsoja trīs.",
        item,
        AFTER + HOUR,
        there.secretary,
    )
    assert (audited("comment_minutes").count(), audited("settle_comment").count()) == (1, 1)


def test_comment_is_refused_before_and_after_the_window_and_about_another_meeting():
    there = world.drafted()
    values = {"minutes": there.minutes, "person": there.member.person, "text": "Nē", "by": there.member}
    with pytest.raises(MinutesRefused):
        operations.comment(**values, now=AFTER)
    open_window(there)
    operations.comment(**values, now=datetime(2026, 11, 15, 23, 59, 59, tzinfo=RIGA))
    with pytest.raises(MinutesRefused):
        operations.comment(**values, now=datetime(2026, 11, 16, tzinfo=RIGA))
    other = world.held_meeting(items=1).meeting.agenda.get()
    with pytest.raises(MinutesRefused):
        operations.comment(**values, item=other, now=AFTER)
    with pytest.raises(MinutesRefused):
        operations.comment(**{**values, "text": "  "}, now=AFTER)
    assert there.minutes.comments.count() == 1


# --- signing


def sign(there, by=None, **fields):
    values = {"seen": operations.latest(there.minutes).number, "by": by or there.leader, "now": AFTER + HOUR}
    version = operations.sign(minutes=there.minutes, **(values | fields))
    there.minutes.refresh_from_db()
    return version


def test_par_25_leader_signs_with_name_moment_and_hash():
    there = world.drafted()
    version = sign(there)

    version.refresh_from_db()
    assert (version.signed_name, version.signed_at, version.signed_by) == ("Āris Ķēniņš", AFTER + HOUR, there.leader)
    assert there.minutes.signed_at == AFTER + HOUR
    assert record.digest(version.content) == version.sha256
    entry = audited("sign_minutes").get()
    assert (entry.details["after"]["sha256"], entry.on_behalf_of) == (version.sha256, None)


@pytest.mark.parametrize("who", ["deputy", "secretary", "member", "coordinator"])
def test_nobody_signs_in_the_leaders_place_without_the_signed_file(who):
    there = world.drafted()
    by = factories.coordinator() if who == "coordinator" else getattr(there, who)
    with pytest.raises(MinutesRefused, match="Āris Ķēniņš"):
        sign(there, by=by)
    assert there.minutes.versions.get().signed_at is None


def test_signed_file_is_handed_in_on_behalf_of_the_leader(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    there = world.drafted()
    version = sign(there, by=there.secretary, upload=upload())

    assert (version.signed_name, version.signed_by) == ("Āris Ķēniņš", there.secretary)
    assert version.signed_file.content.read() == PDF
    assert audited("sign_minutes").get().on_behalf_of == there.leader.person


def test_signature_is_refused_with_a_file_that_is_none(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    there = world.drafted()
    with pytest.raises(files.FileRefused):
        sign(there, by=there.secretary, upload=SimpleUploadedFile("a.pdf", b"<script>"))
    there.minutes.refresh_from_db()
    assert there.minutes.signed_at is None


def test_coordinator_signs_who_led_the_meeting():
    coordinator = factories.coordinator(name="Māra Vīksna")
    there = world.drafted(leader=coordinator.person)
    assert sign(there, by=coordinator).signed_name == "Māra Vīksna"


def test_signature_is_for_the_version_that_was_read():
    there = world.drafted()
    operations.write(minutes=there.minutes, notes=notes_of(there, one="Pēdējā brīdī"), by=None, now=AFTER)
    with pytest.raises(MinutesRefused, match="izlasi"):
        sign(there, seen=1)
    assert sign(there, seen=2).number == 2


def test_signature_is_refused_while_the_record_says_something_else():
    there = world.drafted()
    Meeting.objects.filter(pk=there.meeting.pk).update(residents_present=3)
    with pytest.raises(MinutesRefused, match="atjauno"):
        sign(there)
    operations.refresh(minutes=there.minutes, by=None, now=AFTER)
    assert sign(there).content["residents"] == 3


def test_signature_waits_for_the_comments_unless_said_otherwise():
    there = world.drafted()
    open_window(there)
    with pytest.raises(MinutesRefused, match="līdz"):
        sign(there)
    assert sign(there, before_comments_end=True)
    there = world.drafted()
    open_window(there)
    assert sign(there, now=there.minutes.comments_until + HOUR)


def test_minutes_without_a_leader_are_not_signed():
    there = world.drafted(leader=None)
    with pytest.raises(MinutesRefused, match="vadīja"):
        sign(there, by=there.users[0])


def test_what_is_signed_does_not_change():
    there = world.signed()
    version = there.minutes.versions.get()
    for act in (
        lambda: operations.write(minutes=there.minutes, notes=notes_of(there, one="Cits"), by=None, now=AFTER),
        lambda: operations.write(minutes=there.minutes, notes={}, number=9, by=None, now=AFTER),
        lambda: operations.refresh(minutes=there.minutes, by=None, now=AFTER),
        lambda: operations.ask_members(minutes=there.minutes, by=None, now=AFTER),
        lambda: sign(there),
    ):
        with pytest.raises(MinutesRefused, match="labojum"):
            act()
    AgendaItem.objects.filter(meeting=there.meeting).update(notes="Aiz muguras")
    there.leader.person.family_name = "Cits"
    there.leader.person.save()
    version.refresh_from_db()
    assert record.digest(version.content) == version.sha256
    assert "Aiz muguras" not in str(version.content)
    assert version.signed_name == "Āris Ķēniņš"


# --- corrections


def test_correction_is_a_new_version_with_its_reason_signed_anew():
    there = world.published()
    first = there.minutes.versions.get()

    opened = operations.correct(
        minutes=there.minutes, reason="  Nepareizs  skaits ", by=there.secretary, now=AFTER + 2 * DAY
    )
    there.minutes.refresh_from_db()

    assert (opened.number, opened.reason, opened.signed_at) == (2, "Nepareizs skaits", None)
    assert there.minutes.signed_at is None
    assert list(operations.published(there.minutes)) == [first]
    operations.write(
        minutes=there.minutes, notes=notes_of(there, one="Labots"), by=there.secretary, now=AFTER + 2 * DAY
    )
    assert operations.latest(there.minutes).reason == "Nepareizs skaits"
    signed = sign(there, now=AFTER + 3 * DAY)
    assert list(operations.published(there.minutes)) == [first]
    operations.publish(minutes=there.minutes, by=None, now=AFTER + 4 * DAY)
    assert [v.number for v in operations.published(there.minutes)] == [signed.number, 1]
    first.refresh_from_db()
    assert (first.signed_name, first.content["items"][0]["notes"]) == (
        "Āris Ķēniņš",
        first.content["items"][0]["notes"],
    )
    meeting = Meeting.objects.get(pk=there.meeting.pk)
    assert (meeting.minutes_sent_on, meeting.minutes_published_on) == (date(2026, 11, 13), date(2026, 11, 14))
    assert audited("correct_minutes").get().details["after"]["reason"] == "Nepareizs skaits"


def test_correction_needs_a_signature_to_correct_and_a_reason():
    there = world.drafted()
    with pytest.raises(MinutesRefused):
        operations.correct(minutes=there.minutes, reason="Kļūda", by=None, now=AFTER)
    there = world.signed()
    with pytest.raises(MinutesRefused, match="kāpēc"):
        operations.correct(minutes=there.minutes, reason="   ", by=None, now=AFTER)
    assert versions(there) == [1]


def test_signed_minutes_keep_their_number_in_a_correction():
    there = world.signed()
    operations.correct(minutes=there.minutes, reason="Kļūda", by=None, now=AFTER)
    with pytest.raises(MinutesRefused, match="numurs"):
        operations.write(minutes=there.minutes, notes={}, number=9, by=None, now=AFTER)


# --- sent, handed over, published, approved


def test_par_25_minutes_are_sent_within_five_working_days():
    there = world.signed()
    operations.send(minutes=there.minutes, by=there.secretary, now=AFTER + DAY)
    operations.send(minutes=there.minutes, by=there.secretary, now=AFTER + 5 * DAY)

    meeting = Meeting.objects.get(pk=there.meeting.pk)
    assert meeting.minutes_sent_on == date(2026, 11, 14)
    assert audited("send_minutes").get().details["after"] == {"sent_on": "2026-11-14", "due_on": "2026-11-20"}


def test_par_25_originals_are_handed_to_somebody_on_a_day():
    there = world.signed()

    def hand_over(on, to="Ilze Ozola, lietvede"):
        operations.hand_over(minutes=there.minutes, on=on, to=to, by=there.secretary, now=AFTER + DAY)

    for on in (date(2026, 11, 11), date(2026, 11, 15)):
        with pytest.raises(MinutesRefused):
            hand_over(on)
    with pytest.raises(MinutesRefused, match="kam"):
        hand_over(date(2026, 11, 13), " ")
    hand_over(date(2026, 11, 13))
    hand_over(date(2026, 11, 13))
    there.minutes.refresh_from_db()
    assert (there.minutes.originals_handed_on, there.minutes.originals_handed_to) == (
        date(2026, 11, 13),
        "Ilze Ozola, lietvede",
    )
    assert audited("hand_over_minutes").count() == 1


def test_publish_shows_the_signed_version_and_notes_the_days(settings):
    there = world.signed()
    version = operations.publish(minutes=there.minutes, by=None, now=AFTER + DAY)
    assert operations.publish(minutes=there.minutes, by=None, now=AFTER + 2 * DAY) == version

    meeting = Meeting.objects.get(pk=there.meeting.pk)
    assert meeting.minutes_published_on == meeting.minutes_sent_on == date(2026, 11, 14)
    assert meeting.minutes_url == f"{settings.PUBLIC_URL}/protokoli/{meeting.pk}/"
    assert version.published_at == AFTER + DAY
    assert Meeting.objects.with_state(AFTER + DAY).get(pk=meeting.pk).state == "published"
    assert audited("publish_minutes").count() == 1


def test_publish_leaves_an_address_that_was_noted_before():
    there = world.signed()
    Meeting.objects.filter(pk=there.meeting.pk).update(minutes_url="https://www.kekava.lv/p/1")
    operations.publish(minutes=there.minutes, by=None, now=AFTER + DAY)
    assert Meeting.objects.get(pk=there.meeting.pk).minutes_url == "https://www.kekava.lv/p/1"


def test_text_that_is_not_the_signed_one_is_not_published():
    there = world.signed()
    version = there.minutes.versions.get()
    version.content["residents"] = 999
    version.save()
    with pytest.raises(MinutesRefused, match="nav tas teksts"):
        operations.publish(minutes=there.minutes, by=None, now=AFTER + DAY)


@pytest.mark.parametrize("act", ["send", "publish"])
def test_what_is_not_signed_goes_nowhere(act):
    there = world.drafted()
    with pytest.raises(MinutesRefused, match="parakstīts"):
        getattr(operations, act)(minutes=there.minutes, by=None, now=AFTER)
    with pytest.raises(MinutesRefused, match="parakstīts"):
        operations.hand_over(minutes=there.minutes, on=date(2026, 11, 13), to="x", by=None, now=AFTER)
    assert Meeting.objects.get(pk=there.meeting.pk).minutes_sent_on is None


def test_approval_is_noted_at_a_later_meeting_of_the_council():
    there = world.published()
    now = AFTER + 60 * DAY
    later = world.held_meeting(items=0, world=there, starts_at=world.OPENED + 30 * DAY).meeting
    earlier = world.held_meeting(items=0, world=there, starts_at=world.OPENED - 30 * DAY).meeting
    ahead = world.held_meeting(items=0, world=there, starts_at=now + DAY).meeting
    elsewhere = world.held_meeting(items=0, starts_at=world.OPENED + 30 * DAY).meeting
    assert list(operations.later_meetings(there.minutes, now)) == [later]
    for meeting in (earlier, ahead, elsewhere):
        with pytest.raises(MinutesRefused):
            operations.approve(minutes=there.minutes, meeting=meeting, by=None, now=now)

    operations.approve(minutes=there.minutes, meeting=later, by=there.secretary, now=now)
    AgendaItem.objects.create(meeting=later, position=1, title="Iepriekšējais protokols", kind="approval")

    there.minutes.refresh_from_db()
    assert there.minutes.approved_in == later
    assert world.taken(later, "2/2026")["items"][0]["approves"] == [str(there.minutes)]
    operations.approve(minutes=there.minutes, meeting=None, by=there.secretary, now=now)
    assert audited("approve_minutes").count() == 2


# --- what always holds


@pytest.mark.parametrize(
    "fields", [{"signed_at": AFTER}, {"published_at": AFTER}], ids=["signed by nobody", "published unsigned"]
)
def test_database_refuses_versions_that_cannot_be(fields):
    there = world.drafted()
    with pytest.raises(IntegrityError), transaction.atomic():
        MinutesVersion.objects.filter(minutes=there.minutes).update(**fields)


def test_database_counts_versions_once_and_names_the_receiver():
    there = world.drafted()
    version = there.minutes.versions.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        MinutesVersion.objects.create(minutes=there.minutes, number=1, content={}, sha256=version.sha256, made_at=AFTER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.update(originals_handed_on=date(2026, 11, 13))


def test_content_comes_back_from_the_database_as_it_was_signed():
    there = world.drafted()
    AgendaItem.objects.filter(meeting=there.meeting).update(notes=f"{world.NASTY} ļāņģķ \u00a0 👍 1e400 -0.0")
    version = operations.refresh(minutes=there.minutes, by=None, now=AFTER)
    kept = MinutesVersion.objects.get(pk=version.pk)
    assert record.canonical(kept.content) == record.canonical(world.taken(there.meeting, str(there.minutes)))
    assert record.digest(kept.content) == kept.sha256
