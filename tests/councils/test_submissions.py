import io
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from councils import operations
from councils.models import AnswerLink, DayOverride, Matter, Office, RegulationValue, Resolution, Submission, Topic
from councils.operations import SubmissionRefused, matters, submissions
from notices.models import Notice
from notices.operations import deliver
from people.models import AuditEntry
from tests import factories
from tests.conftest import RIGA

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)
DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def who(now):
    return {"by": factories.coordinator(), "now": now}


@pytest.fixture
def officer():
    unit = factories.municipal_unit("Īpašumu pārvalde")
    return factories.responding_officer(unit, factories.person("Ilze Ābola", email="ilze@example.org"))


@pytest.fixture
def unit(officer):
    return officer.unit


@pytest.fixture
def chair():
    person = factories.person("Pēteris Ķauķis", email="peteris@example.org")
    return factories.office(factories.membership(person=person))


@pytest.fixture
def submit(who, chair):
    def call(**fields):
        values = {"councils": [chair.council], "title": "Gājēju pāreja pie skolas", "sent_on": ON}
        return submissions.record_submission(**(values | who | fields))

    return call


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(drawn, "JPEG")
    return SimpleUploadedFile("pareja.jpg", drawn.getvalue())


def mails(kind):
    return list(Notice.objects.filter(kind=kind, cancelled_at=None).order_by("pk"))


def state(row, on=ON):
    return Submission.objects.with_state(on).get(pk=row.pk).state


# --- §27: the month, worked by hand on a wall calendar ----------------------------------------------------------------

MONTHS = [
    # sent, last day of the month, why
    ("2026-11-12", "2026-12-14", "12 December is a Saturday"),
    ("2026-11-23", "2026-12-23", "a Wednesday, the last working day before Christmas"),
    ("2026-11-24", "2026-12-28", "24–26 December are holidays, 27 is a Sunday"),
    ("2026-11-26", "2026-12-28", "26 December is a holiday and a Saturday"),
    ("2026-12-01", "2027-01-04", "1 January 2027 is a Friday"),
    ("2026-01-31", "2026-03-02", "February has no 31st; its last day, the 28th, is a Saturday"),
    ("2027-01-31", "2027-03-01", "28 February 2027 is a Sunday"),
    ("2028-01-31", "2028-02-29", "a leap year: the 29th, a Tuesday"),
    ("2028-01-30", "2028-02-29", "no 30th either"),
    ("2028-02-29", "2028-03-29", "the same number, not the month's last day"),
    ("2026-10-31", "2026-11-30", "November has thirty days"),
    ("2026-03-03", "2026-04-07", "Good Friday; Easter Monday is 6 April"),
    ("2027-02-26", "2027-03-30", "Good Friday 2027 is 26 March, Easter Monday 29 March"),
    ("2026-04-01", "2026-05-05", "1 May is a Friday, 4 May a Monday"),
    ("2026-04-04", "2026-05-05", "4 May"),
    ("2025-04-04", "2025-05-06", "4 May 2025 is a Sunday, so Monday is free"),
    ("2025-04-02", "2025-05-06", "2 May 2025 was a moved day off, then the weekend and the free Monday"),
    ("2025-04-10", "2025-05-10", "Saturday, 10 May 2025 was worked for 2 May"),
    ("2026-10-18", "2026-11-19", "18 November is a Wednesday"),
    ("2028-10-18", "2028-11-21", "18 November 2028 is a Saturday, so Monday is free"),
    ("2026-05-23", "2026-06-25", "Līgo and Jāņi"),
    ("2026-05-22", "2026-06-25", "Monday, 22 June 2026 is a moved day off, then Līgo and Jāņi"),
    ("2026-05-27", "2026-06-27", "Saturday, 27 June 2026 is worked for it"),
]


@pytest.mark.parametrize(("sent", "due", "why"), MONTHS, ids=[why for _sent, _due, why in MONTHS])
def test_par_27_month_ends_by_the_calendar(submit, sent, due, why):
    sent_on = date.fromisoformat(sent)
    now = datetime.combine(sent_on, datetime.min.time(), RIGA) + timedelta(hours=10)
    assert submit(sent_on=sent_on, now=now).reply_due_on == date.fromisoformat(due), why


def test_par_27_a_moved_working_day_moves_the_last_day(submit):
    DayOverride.objects.create(day=date(2026, 12, 28), is_working=False)
    assert submit(sent_on=date(2026, 11, 1), now=datetime(2026, 11, 30, 9, tzinfo=RIGA)).reply_due_on == date(
        2026, 12, 1
    )
    assert submit(
        title="Cits", sent_on=date(2026, 11, 25), now=datetime(2026, 11, 30, 9, tzinfo=RIGA)
    ).reply_due_on == date(2026, 12, 29)


def test_par_27_a_day_moved_after_sending_is_counted_at_the_next_sweep(submit, now):
    row = submit(sent_on=date(2026, 11, 23))
    DayOverride.objects.create(day=date(2026, 12, 23), is_working=False)
    submissions.plan_reminders(now=now)
    row.refresh_from_db()
    assert row.reply_due_on == date(2026, 12, 28)
    entry = AuditEntry.objects.get(verb="recount_reply")
    assert entry.details == {"before": {"reply_due_on": "2026-12-23"}, "after": {"reply_due_on": "2026-12-28"}}


def test_par_27_clock_starts_with_the_registration(submit, who):
    row = submit(sent_on=date(2026, 11, 20))
    assert row.reply_due_on == date(2026, 12, 21), "20 December is a Sunday"

    row = submissions.register_submission(submission=row, registered_on=ON, number="KND/2026/55", **who)

    assert (row.reply_due_on, row.registration_number) == (date(2026, 12, 23), "KND/2026/55")
    entry = AuditEntry.objects.get(verb="register_submission")
    assert entry.details["before"]["reply_due_on"] == "2026-12-21"
    assert entry.details["after"]["registration_number"] == "KND/2026/55"


def test_par_27_clock_starts_with_sending_where_the_setting_says_so(submit, who):
    RegulationValue.objects.create(code="REPLY_CLOCK", value="0", paragraph="§27", valid_from=date(2026, 1, 1))
    row = submit(sent_on=date(2026, 11, 20))
    row = submissions.register_submission(submission=row, registered_on=ON, number="1", **who)
    assert row.reply_due_on == date(2026, 12, 21)


@pytest.mark.parametrize(
    ("sent", "due", "why"),
    [
        ("2026-11-20", "2026-12-21", "the day before 20 December is a Saturday"),
        ("2026-11-26", "2026-12-28", "the day before 26 December is a holiday, then the weekend"),
        ("2026-12-02", "2027-01-04", "the day before 2 January is New Year's"),
        ("2026-03-02", "2026-04-01", "the day before 2 April, a Wednesday"),
        ("2028-01-31", "2028-02-29", "February has no 31st: its last day, as by the other rule"),
    ],
)
def test_par_27_month_ends_a_day_earlier_where_the_setting_says_so(submit, sent, due, why):
    RegulationValue.objects.create(code="MONTH_END", value="0", paragraph="§27", valid_from=date(2026, 1, 1))
    sent_on = date.fromisoformat(sent)
    now = datetime.combine(sent_on, datetime.min.time(), RIGA) + timedelta(hours=10)
    assert submit(sent_on=sent_on, now=now).reply_due_on == date.fromisoformat(due), why


def test_par_27_another_number_of_months(submit):
    RegulationValue.objects.create(code="SUBMISSION_REPLY", value="2", paragraph="§27", valid_from=date(2026, 1, 1))
    assert submit().reply_due_on == date(2027, 1, 25), "23 January 2027 is a Saturday"


def test_par_27_hand_over_keeps_the_clock(submit, unit, who, now):
    row = submit(answering_unit=unit)
    other = factories.responding_officer(factories.municipal_unit("Ceļu nodaļa"))

    after = submissions.hand_over(
        submission=row, to_unit=other.unit, reason="Tas ir ceļš.", **(who | {"now": now + DAY})
    )

    assert (after.reply_due_on, after.unit) == (row.reply_due_on, "Ceļu nodaļa")
    change = after.hand_overs.get()
    assert (change.from_unit, change.to_unit, change.reason) == (unit, other.unit, "Tas ir ceļš.")
    assert AnswerLink.objects.filter(officer=other).exists()
    ended = AnswerLink.objects.get(officer__unit=unit)
    assert ended.opens(ON) == ""


# --- made of a resolution ---------------------------------------------------------------------------------------------


@pytest.fixture
def resolution(chair):
    matter = factories.matter([chair.council])
    return factories.resolution(factories.agenda_item(factories.meeting(chair.council), matter=matter))


def test_submission_of_a_resolution_hangs_on_its_matter(submit, resolution):
    row = submit(resolution=resolution, kind="draft_decision", topic="5.1")
    assert (row.matter, row.resolution, row.is_public) == (resolution.matter, resolution, True)
    assert not Resolution.objects.to_submit().exists()


def test_submission_without_a_resolution_opens_a_matter(submit, chair):
    row = submit(topic="5.3")
    assert (row.matter.title, row.matter.topic) == (row.title, "5.3")
    assert list(row.matter.councils.all()) == [chair.council]


def test_submission_of_a_restricted_item_is_not_public(submit, resolution):
    resolution.item.is_restricted = True
    resolution.item.save()
    row = submit(resolution=resolution)
    assert not row.is_public
    assert not Submission.objects.public().exists()
    assert Submission.objects.awaiting_reply().get() == row, "the municipality owes an answer all the same"


def test_submission_of_a_restricted_item_without_a_matter_opens_one_that_is_not_public(submit, resolution):
    Resolution.objects.update(matter=None)
    type(resolution.item).objects.update(matter=None, is_restricted=True)
    resolution = Resolution.objects.get()
    row = submit(resolution=resolution)
    resolution.refresh_from_db()
    assert resolution.matter == row.matter
    assert not row.matter.is_public


def test_joint_submission_of_several_councils(submit, chair):
    other = factories.council()
    row = submit(councils=[chair.council, other])
    assert set(row.councils.all()) == set(row.matter.councils.all()) == {chair.council, other}


def test_submission_refuses_what_a_resolution_does_not_allow(submit, resolution, chair):
    rejected = factories.resolution(factories.agenda_item(resolution.item.meeting), outcome="rejected")
    others = factories.resolution()
    submit(resolution=resolution)
    for fields in ({"resolution": rejected}, {"resolution": others}, {"resolution": resolution}):
        with pytest.raises(SubmissionRefused):
            submit(**fields)


def test_par_7_no_draft_decision_on_other_matters(submit):
    Topic.objects.filter(code="5.7").update(name_lv="Pārējais", paragraph="")
    with pytest.raises(SubmissionRefused, match="Pārējais"):
        submit(kind="draft_decision", topic="5.7")
    assert submit(kind="draft_decision", topic="5.6").topic == "5.6"
    assert submit(title="Cits", kind="proposal", topic="5.7").topic == "5.7"


def test_par_29_institutions_opinion_goes_through_the_executive_director(submit, unit, who):
    with pytest.raises(SubmissionRefused, match="29"):
        submit(kind="institution")
    row = submit(kind="institution", institution="Valsts vides dienests", answering_unit=unit)
    deliver(now=who["now"])
    assert "Valsts vides dienests" in mail.outbox[0].body

    row = submissions.forward(submission=row, forwarded_on=ON, **who)

    assert row.forwarded_on == ON
    with pytest.raises(SubmissionRefused):
        submissions.forward(submission=row, forwarded_on=ON + DAY, **who)
    with pytest.raises(SubmissionRefused):
        submissions.forward(submission=submit(title="Cits"), forwarded_on=ON, **who)


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_draft_is_changed_sent_and_then_stays(submit, unit, chair, who):
    row = submit(sent_on=None)
    row = submissions.change_draft(submission=row, title="Pāreja", text="Lūdzam.", answering_unit=unit, **who)
    assert (row.title, row.unit) == ("Pāreja", "Īpašumu pārvalde")
    assert not mails("answer_invite")
    member = factories.membership(chair.council.terms.get(), factories.person("Anna Ļaba")).person
    submissions.change_draft(submission=row, presented_by=member, **who)
    entry = AuditEntry.objects.filter(verb="change_submission").latest("pk")
    assert entry.details == {"before": {"presented_by": None}, "after": {"presented_by": "Anna Ļaba"}}

    row = operations.send_submission(submission=row, sent_on=ON, **who)

    assert len(mails("answer_invite")) == 1
    with pytest.raises(SubmissionRefused):
        submissions.change_draft(submission=row, title="Citāda", **who)
    with pytest.raises(SubmissionRefused):
        submissions.discard_draft(submission=row, **who)


def test_draft_is_thrown_away_with_its_empty_matter(submit, resolution, who):
    submissions.discard_draft(submission=submit(sent_on=None), **who)
    submissions.discard_draft(submission=submit(sent_on=None, resolution=resolution), **who)
    assert not Submission.objects.exists()
    assert Matter.objects.get() == resolution.matter


def test_files_go_with_a_submission_until_the_answer(submit, who):
    row = submit(sent_on=None)
    file = submissions.add_file(submission=row, upload=SimpleUploadedFile("karte.pdf", PDF), title="Karte", **who)
    other = submissions.add_file(submission=row, upload=SimpleUploadedFile("liekais.pdf", PDF), **who)
    submissions.remove_file(file=other, **who)
    assert [(row.title, row.file.name) for row in row.files.all()] == [("Karte", "karte.pdf")]

    with pytest.raises(SubmissionRefused):
        submissions.add_file(submission=row, upload=SimpleUploadedFile("virus.pdf", b"MZ\x90"), **who)
    operations.send_submission(submission=row, sent_on=ON, **who)
    with pytest.raises(SubmissionRefused):
        submissions.remove_file(file=file, **who)
    operations.record_reply(submission=row, replied_on=ON, outcome="other", **who)
    with pytest.raises(SubmissionRefused):
        submissions.add_file(submission=row, upload=SimpleUploadedFile("vel.pdf", PDF), **who)


# --- registration and answers -----------------------------------------------------------------------------------------


def test_registration_refuses_what_cannot_be(submit, who):
    sent, draft = submit(), submit(title="Cits", sent_on=None)
    for row, day in ((draft, ON), (sent, ON - DAY), (sent, ON + DAY)):
        with pytest.raises(SubmissionRefused):
            submissions.register_submission(submission=row, registered_on=day, number="1", **who)
    operations.record_reply(submission=sent, replied_on=ON, outcome="other", **who)
    with pytest.raises(SubmissionRefused):
        submissions.register_submission(submission=sent, registered_on=ON, number="1", **who)


def test_declined_needs_a_reason_and_a_word_on_what_is_offered_instead(submit, who):
    row = submit()
    for fields in (
        {"outcome": "declined"},
        {"outcome": "partly"},
        {"outcome": "declined", "reply": "Nav naudas."},
        {"outcome": "declined", "reply": "Nav naudas.", "alternative": "Zīme.", "nothing_instead": True},
    ):
        with pytest.raises(SubmissionRefused):
            operations.record_reply(submission=row, replied_on=ON, **fields, **who)
    said = {"outcome": "declined", "reply": "Nav naudas.", "nothing_instead": True}
    row = operations.record_reply(submission=row, replied_on=ON, **said, **who)
    assert (row.nothing_instead, row.follow_up_on, state(row)) == (True, None, "declined")


def test_favourable_answer_is_asked_after(submit, who):
    row = operations.record_reply(submission=submit(), replied_on=ON, outcome="supported", **who)
    assert row.follow_up_on == ON + 90 * DAY
    day = date(2027, 6, 1)
    row = operations.record_reply(submission=row, replied_on=ON, outcome="supported", follow_up_on=day, **who)
    assert row.follow_up_on == day
    assert operations.record_reply(submission=row, replied_on=ON, outcome="other", **who).follow_up_on is None


def test_answer_keeps_its_file_and_what_was_answered_before(submit, who):
    row = submit()
    operations.record_reply(submission=row, replied_on=ON, outcome="other", reply="Skatīsim.", **who)
    upload = SimpleUploadedFile("vestule.pdf", PDF)
    row = operations.record_reply(
        submission=row, replied_on=ON, outcome="supported", reply="Darīsim.", upload=upload, **who
    )
    assert row.reply_file.name == "vestule.pdf"
    entry = AuditEntry.objects.filter(verb="record_reply").order_by("-pk").first()
    assert entry.details["before"]["reply"] == "Skatīsim."
    assert entry.details["after"]["reply"] == "Darīsim."
    assert entry.details["after"]["reply_file"] == f"vestule.pdf (SHA-256 {row.reply_file.sha256})"


def test_answer_is_told_to_the_council_and_to_followers_once(submit, chair, who):
    row = submit()
    deputy = factories.office(
        factories.membership(chair.council.terms.get(), factories.person("Anna Ļaba", email="anna@example.org")),
        Office.Kind.DEPUTY_CHAIR,
    )
    matters.follow(matter=row.matter, person=deputy.person, now=who["now"])
    for outcome in ("other", "supported"):
        operations.record_reply(submission=row, replied_on=ON, outcome=outcome, **who)
    deliver(now=who["now"])
    assert sorted(message.to[0] for message in mail.outbox) == ["anna@example.org", "peteris@example.org"]


# --- is it done? ------------------------------------------------------------------------------------------------------


def test_done_with_a_picture_carries_the_resolution_out(submit, resolution, who):
    row, second = submit(resolution=resolution), submit(resolution=resolution, title="Otrs lūgums")
    with pytest.raises(SubmissionRefused):
        operations.record_done(submission=row, done_on=ON, photo=picture(), **who)

    row = operations.record_done(submission=row, done_on=ON, photo=picture(), photo_alt="Jaunā pāreja.", **who)

    assert (row.done_photo.kind, row.done_photo_alt, row.follow_up_on) == ("jpg", "Jaunā pāreja.", None)
    resolution.refresh_from_db()
    assert resolution.carried_out_on is None, "something else was asked because of it"
    operations.record_done(submission=second, done_on=ON, **who)
    resolution.refresh_from_db()
    assert resolution.carried_out_on == ON


def test_resolution_carried_out_ends_what_was_asked_because_of_it(submit, resolution, who):
    Resolution.objects.update(voted_at=who["now"] - 9 * DAY)
    row = submit(resolution=resolution)
    matters.carry_out(resolution=resolution, on=ON, **who)
    row.refresh_from_db()
    assert row.done_on == ON
    assert not Submission.objects.awaiting_reply().exists()
    assert Matter.objects.with_state(ON).get(pk=row.matter_id).state == "done"
    with pytest.raises(matters.MatterRefused):
        matters.give_up(resolution=resolution, on=ON, reason="Tomēr ne.", **who)


def test_resolution_is_not_carried_out_before_what_was_asked_because_of_it_was_sent(submit, resolution, who):
    Resolution.objects.update(voted_at=who["now"] - 9 * DAY)
    row = submit(resolution=resolution)
    with pytest.raises(matters.MatterRefused):
        matters.carry_out(resolution=resolution, on=ON - DAY, **who)
    row.refresh_from_db()
    assert row.done_on is None
    matters.carry_out(resolution=resolution, on=ON, **who)
    row.refresh_from_db()
    assert row.done_on == ON


def test_submission_is_sent_before_it_is_done():
    for sent_on in (timezone.localdate(), None):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.submission(sent_on=sent_on, done_on=timezone.localdate() - DAY)


def test_resolution_is_given_up_with_a_reason(resolution, who):
    Resolution.objects.update(voted_at=who["now"] - 9 * DAY)
    for on, reason in ((ON, " "), (ON + DAY, "Nav naudas."), (ON - 20 * DAY, "Nav naudas.")):
        with pytest.raises(matters.MatterRefused):
            matters.give_up(resolution=resolution, on=on, reason=reason, **who)
    row = matters.give_up(resolution=resolution, on=ON, reason="Nav naudas.", **who)
    assert (row.state, row.abandoned_because) == ("abandoned", "Nav naudas.")


def test_follow_up_is_moved_or_ended_with_a_reason(submit, who):
    row = submit()
    with pytest.raises(SubmissionRefused):
        submissions.plan_follow_up(submission=row, follow_up_on=ON + DAY, **who)
    operations.record_reply(submission=row, replied_on=ON, outcome="supported", **who)
    for day, reason in ((ON, ""), (None, " ")):
        with pytest.raises(SubmissionRefused):
            submissions.plan_follow_up(submission=row, follow_up_on=day, reason=reason, **who)
    assert submissions.plan_follow_up(submission=row, follow_up_on=ON + DAY, **who).follow_up_on == ON + DAY
    row = submissions.plan_follow_up(submission=row, follow_up_on=None, reason="Atlikts uz gadiem.", **who)
    assert row.follow_up_on is None
    assert AuditEntry.objects.filter(verb="plan_follow_up").last().details["reason"] == "Atlikts uz gadiem."


# --- reminders --------------------------------------------------------------------------------------------------------


def sweep(now, *days):
    """The sweep of each day, twice."""
    for day in days:
        at = datetime.combine(day, now.timetz())
        submissions.plan_reminders(now=at)
        submissions.plan_reminders(now=at)
        deliver(now=at)


def test_unit_is_reminded_before_and_after_the_day(submit, unit, now):
    row = submit(answering_unit=unit)
    deliver(now=now)
    mail.outbox.clear()
    due = row.reply_due_on

    sweep(now, ON, due - 6 * DAY)
    assert not mail.outbox
    sweep(now, due - 5 * DAY, due - 4 * DAY, due)
    assert [message.to for message in mail.outbox] == [["ilze@example.org"]]
    assert AnswerLink.objects.get().token in mail.outbox[0].body
    sweep(now, due + DAY, due + 7 * DAY, due + 8 * DAY, due + 14 * DAY)
    assert len(mail.outbox) == 3, "the day after, and a week later"
    assert mail.outbox[0].subject != mail.outbox[1].subject


def test_mail_says_how_long_the_municipality_has(submit, unit, now):
    row = submit(answering_unit=unit)
    sweep(now, row.reply_due_on)
    assert "1 mēneša laikā (§27)" in mail.outbox[-1].body
    RegulationValue.objects.create(code="SUBMISSION_REPLY", value="2", paragraph="§27", valid_from=ON)
    row = submit(title="Laternas", answering_unit=unit)
    sweep(now, row.reply_due_on)
    assert "2 mēnešu laikā (§27)" in mail.outbox[-1].body


def test_answer_ends_the_reminders(submit, unit, who, now):
    row = submit(answering_unit=unit)
    at = datetime.combine(row.reply_due_on, now.timetz())
    submissions.plan_reminders(now=at)
    assert mails("answer_remind")
    operations.record_reply(submission=row, replied_on=ON, outcome="other", **who)
    assert not mails("answer_remind")
    mail.outbox.clear()
    sweep(now, row.reply_due_on + DAY)
    assert not [message for message in mail.outbox if message.to == ["ilze@example.org"]]


def test_reminders_go_to_who_answers_today(submit, officer, unit, now):
    row = submit(answering_unit=unit)
    officer.ended_on = ON + DAY
    officer.save()
    new = factories.responding_officer(unit, factories.person("Jānis Ņikona", email="janis@example.org"))
    mail.outbox.clear()
    Notice.objects.all().delete()
    sweep(now, row.reply_due_on + DAY)
    assert [message.to for message in mail.outbox] == [["janis@example.org"]]
    assert AnswerLink.objects.get(officer=new).token in mail.outbox[0].body


def test_unit_without_officers_hears_by_its_mailbox_and_gets_no_link(submit, now):
    unit = factories.municipal_unit("Kanceleja", email="kanceleja@example.org")
    submit(answering_unit=unit)
    deliver(now=now)
    assert mail.outbox[0].to == ["kanceleja@example.org"]
    assert "/atbilde/" not in mail.outbox[0].body
    assert not AnswerLink.objects.exists()


def test_reminder_by_hand_goes_once_a_day(submit, unit, who, now):
    row = submit(answering_unit=unit)
    for _again in range(2):
        assert submissions.remind(submission=row, **who) == 1
    assert len(mails("answer_remind")) == 1
    submissions.remind(submission=row, by=who["by"], now=now + DAY)
    assert len(mails("answer_remind")) == 2
    with pytest.raises(SubmissionRefused):
        submissions.remind(submission=submit(title="Cits"), **who)


def test_unit_is_asked_whether_it_is_done_until_it_is(submit, unit, who, now):
    row = submit(answering_unit=unit)
    row = operations.record_reply(submission=row, replied_on=ON, outcome="supported", **who)
    deliver(now=now)
    mail.outbox.clear()
    asked = row.follow_up_on
    sweep(now, asked - DAY)
    assert not mail.outbox
    sweep(now, asked, asked + DAY, asked + 29 * DAY, asked + 30 * DAY)
    assert [message.to for message in mail.outbox] == [["ilze@example.org"]] * 2
    operations.record_done(submission=row, done_on=ON, **who)
    mail.outbox.clear()
    sweep(now, asked + 60 * DAY)
    assert not mail.outbox


# --- questions --------------------------------------------------------------------------------------------------------


def test_question_reaches_the_council_and_its_answer_the_unit(submit, unit, chair, who, now):
    row = submit(answering_unit=unit)
    deliver(now=now)
    mail.outbox.clear()

    question = submissions.ask(submission=row, text="Kurā pusē?", asked_by="Ilze Ābola", by=None, now=now)
    deliver(now=now)
    assert [message.to for message in mail.outbox] == [["peteris@example.org"]]
    assert "Kurā pusē?" in mail.outbox[0].body

    submissions.answer_question(question=question, answer="Skolas pusē.", **who)
    deliver(now=now)
    assert mail.outbox[1].to == ["ilze@example.org"]
    assert "Skolas pusē." in mail.outbox[1].body
    with pytest.raises(SubmissionRefused):
        submissions.answer_question(question=question, answer="Abās pusēs.", **who)


def test_question_refuses_what_cannot_be(submit, who):
    row = submit()
    with pytest.raises(SubmissionRefused):
        submissions.ask(submission=row, text=" ", asked_by="Ilze", by=None, now=who["now"])
    question = submissions.ask(submission=row, text="Kur?", asked_by="Ilze", by=None, now=who["now"])
    with pytest.raises(SubmissionRefused):
        submissions.answer_question(question=question, answer=" ", **who)
    operations.record_reply(submission=row, replied_on=ON, outcome="other", **who)
    with pytest.raises(SubmissionRefused):
        submissions.ask(submission=row, text="Kur?", asked_by="Ilze", by=None, now=who["now"])


def test_hand_over_refuses_what_cannot_be(submit, unit, who):
    other = factories.municipal_unit()
    draft, sent = submit(sent_on=None), submit(title="Cits", answering_unit=unit)
    for row, to_unit in ((draft, other), (sent, unit)):
        with pytest.raises(SubmissionRefused):
            submissions.hand_over(submission=row, to_unit=to_unit, **who)
    operations.record_reply(submission=sent, replied_on=ON, outcome="other", **who)
    with pytest.raises(SubmissionRefused):
        submissions.hand_over(submission=sent, to_unit=other, **who)


def test_page_of_a_matter_says_how_its_month_is_counted(submit, client):
    """Where the act is silent: from when the month counts, and on which day it ends."""
    page = submit().matter.get_absolute_url()
    said = client.get(page).content.decode()
    assert "kad pašvaldība iesniegumu reģistrē" in said
    assert "beidzas tajā pašā datumā" in said
    for code in ("REPLY_CLOCK", "MONTH_END"):
        RegulationValue.objects.create(code=code, value="0", paragraph="§27", valid_from=date(2026, 1, 1))
    cache.clear()
    said = client.get(page).content.decode()
    assert "Šeit to skaita no nosūtīšanas dienas" in said
    assert "beidzas dienu pirms tā paša datuma" in said
