from datetime import date, timedelta

import pytest
from django.core import mail

from councils.models import Matter, Resolution, Submission
from councils.operations import matters, submissions
from notices.models import Notice
from notices.operations import deliver
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter():
    return factories.matter()


@pytest.fixture
def follower(matter, now):
    person = factories.person("Ēriks Ļaudams", email="eriks@example.org")
    matters.follow(matter=matter, person=person, now=now)
    return person


@pytest.fixture
def resolution(matter):
    item = factories.agenda_item(factories.meeting(matter.councils.get()), matter=matter)
    return factories.resolution(item)


@pytest.fixture
def submission(matter, resolution, now):
    council = matter.councils.get()
    return factories.submission([council], matter=matter, resolution=resolution, sent_on=now.date())


def subjects():
    return [message.subject for message in mail.outbox]


# --- opening ----------------------------------------------------------------------------------------------------------


def test_open_matter_writes_it_down(now):
    council, by = factories.council(), factories.coordinator()

    matter = matters.open_matter(councils=[council], title="Soliņi parkā", by=by, now=now, topic="5.1")

    assert list(matter.councils.all()) == [council]
    assert (matter.topic, matter.began_at, matter.slug) == ("5.1", now, "solini-parka")
    assert AuditEntry.objects.get(verb="open_matter").by == by


def test_open_matter_needs_a_council_and_a_title(now):
    with pytest.raises(matters.MatterRefused):
        matters.open_matter(councils=[], title="Soliņi parkā", by=None, now=now)
    with pytest.raises(matters.MatterRefused):
        matters.open_matter(councils=[factories.council()], title="", by=None, now=now)


# --- what followers hear ----------------------------------------------------------------------------------------------


def test_follower_gets_exactly_one_mail_of_each_event(matter, follower, resolution, submission, now):
    submission.replied_on = submission.done_on = now.date()
    submission.outcome = "supported"
    submission.save()

    for _again in range(2):
        matters.voted(resolution=resolution, now=now)
        matters.answered(submission=submission, now=now)
        matters.done(submission=submission, now=now)
        deliver(now=now)
    resolution.carried_out_on = now.date()
    resolution.save()
    matters.done(resolution=resolution, now=now)  # the same work: heard of it with the submission
    deliver(now=now)

    assert [len([s for s in subjects() if s.startswith(word)]) for word in ("Nobalsots", "Atbildēts", "Izdarīts")] == [
        1,
        1,
        1,
    ]
    assert {message.to[0] for message in mail.outbox} == {"eriks@example.org"}
    assert matter.get_absolute_url() in mail.outbox[0].body


def test_resolution_carried_out_without_a_submission_is_told(follower, resolution, now):
    resolution.carried_out_on = now.date()
    resolution.save()
    matters.done(resolution=resolution, now=now)
    deliver(now=now)
    assert len(mail.outbox) == 1


def test_restricted_item_is_told_to_nobody(follower, resolution, submission, now):
    resolution.item.is_restricted = True
    resolution.item.save()
    matters.voted(resolution=resolution, now=now)
    matters.done(resolution=resolution, now=now)
    matters.answered(submission=submission, now=now)
    matters.done(submission=submission, now=now)
    assert not Notice.objects.exists()


def test_item_that_became_restricted_meanwhile_is_not_told(follower, resolution, now):
    matters.voted(resolution=resolution, now=now)
    resolution.item.is_restricted = True
    resolution.item.save()
    deliver(now=now)
    assert not mail.outbox


def test_item_that_belongs_to_a_restricted_one_is_told_to_nobody(matter, follower, resolution, now):
    above = factories.agenda_item(resolution.item.meeting, is_restricted=True)
    middle = factories.agenda_item(resolution.item.meeting, parent=above)
    resolution.item.parent = middle
    resolution.item.save()
    matters.voted(resolution=resolution, now=now)
    assert not Notice.objects.exists()
    assert not Resolution.objects.public().exists()
    assert Matter.objects.with_state(now.date()).get().state is None
    assert not Matter.objects.public().exists()


def test_matter_that_is_not_public_is_told_to_nobody(matter, follower, resolution, now):
    matter.is_public = False
    matter.save()
    resolution.refresh_from_db()
    matters.voted(resolution=resolution, now=now)
    assert not Notice.objects.exists()


def test_who_stopped_following_or_switched_news_off_hears_nothing(matter, follower, resolution, now):
    other = factories.person(email="cita@example.org", wants_news=False)
    matters.follow(matter=matter, person=other, now=now)
    matters.voted(resolution=resolution, now=now)
    matters.unfollow(matter=matter, person=follower)
    deliver(now=now)
    assert not mail.outbox


def test_follow_twice_is_once(matter, follower, now):
    matters.follow(matter=matter, person=follower, now=now + timedelta(days=1))
    assert matter.follows.get().followed_at == now


# --- one state for all lists ------------------------------------------------------------------------------------------


def state_of(matter, on):
    row = Matter.objects.with_state(on).get(pk=matter.pk)
    return row.state, row.led_by


def test_state_follows_the_thread_to_its_end(matter, now):
    on = now.date()
    assert state_of(matter, on) == (None, "item")
    assert not Matter.objects.public().exists()

    item = factories.agenda_item(factories.meeting(matter.councils.get()), matter=matter)
    assert state_of(matter, on) == ("on_agenda", "item")
    assert Matter.objects.public().get() == matter
    assert not Matter.objects.decided().exists()

    item.outcome = "discussed"
    item.save()
    assert state_of(matter, on) == ("discussed", "item")

    voted_at = now - timedelta(days=40)
    resolution = factories.resolution(item, voted_at=voted_at)
    assert state_of(matter, on) == ("adopted", "resolution")
    assert Matter.objects.decided().get() == matter

    sent_on = voted_at.date()
    submission = factories.submission(
        [matter.councils.get()], matter=matter, resolution=resolution, sent_on=sent_on, reply_due_on=on
    )
    assert state_of(matter, on) == ("waiting", "submission")
    assert state_of(matter, on + timedelta(days=1)) == ("overdue", "submission")

    submission.replied_on, submission.outcome = on, "partly"
    submission.save()
    assert state_of(matter, on) == ("partly", "submission")

    submission.done_on = on
    submission.save()
    assert state_of(matter, on) == ("done", "submission")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"outcome": "rejected"}, "rejected"),
        ({"carried_out_on": date(2026, 11, 1)}, "done"),
        ({"abandoned_on": date(2026, 11, 1), "abandoned_because": "Nav naudas."}, "abandoned"),
    ],
)
def test_state_of_a_resolution_that_nobody_sent(matter, now, fields, state):
    item = factories.agenda_item(matter=matter)
    factories.resolution(item, voted_at=now - timedelta(days=40), **fields)
    assert state_of(matter, now.date()) == (state, "resolution")


def test_state_follows_a_later_resolution_than_the_submission(matter, now):
    on = now.date()
    factories.submission([matter.councils.get()], matter=matter, sent_on=on - timedelta(days=60), reply_due_on=on)
    factories.resolution(factories.agenda_item(matter=matter), voted_at=now)
    assert state_of(matter, on) == ("adopted", "resolution")


def test_state_knows_nothing_of_what_is_not_public(matter, now):
    on = now.date()
    council = matter.councils.get()
    hidden = factories.agenda_item(factories.meeting(council), matter=matter, is_restricted=True)
    factories.resolution(hidden)
    factories.resolution(factories.agenda_item(factories.meeting(council, published=False), matter=matter), voted=False)
    factories.submission([council], matter=matter, is_public=False)
    factories.submission([council], matter=matter, sent_on=None, reply_due_on=None)
    assert state_of(matter, on) == (None, "item")
    assert not Matter.objects.public().exists()
    assert not Matter.objects.decided().exists()


def test_latest_moved_counts_submissions_and_resolutions(now):
    day, on = timedelta(days=1), now.date()
    old, sent, voted, done = (factories.matter(title=title) for title in ("Sens", "Sūtīts", "Nobalsots", "Izdarīts"))
    factories.submission(matter=old, sent_on=on - 90 * day, reply_due_on=on - 60 * day)
    factories.submission(matter=sent, sent_on=on - 3 * day, reply_due_on=on)
    factories.resolution(factories.agenda_item(matter=voted), voted_at=now - 2 * day)
    factories.submission(matter=done, sent_on=on - 99 * day, reply_due_on=on - 60 * day, done_on=on)
    factories.resolution(factories.agenda_item(matter=done), voted_at=now - 100 * day)

    rows = list(Matter.objects.decided().with_state(on).latest_moved())

    assert rows == [done, voted, sent, old]
    assert [row.moved_on for row in rows] == [on, on - 2 * day, on - 3 * day, on - 90 * day]


def test_matching_finds_words_of_resolutions_and_submissions_in_any_case(matter):
    item = factories.agenda_item(matter=matter)
    factories.resolution(item, text="Lūgt uzstādīt soliņus Ķekavas parkā.")
    factories.submission(matter=matter, title="Apgaismojums", text="Bērniem tumšs ceļš uz skolu.")
    for words in ("soliņš kekavas", "parks", "bērni skola", "tumss"):
        assert Matter.objects.matching(words).get() == matter, words
    assert not Matter.objects.matching("slidotava").exists()


def test_matching_finds_words_of_the_answer(matter, now):
    row = factories.submission(matter=matter, title="Apgaismojums", sent_on=now.date())
    assert not Matter.objects.matching("laternas").exists()
    submissions.record_reply(
        submission=row,
        replied_on=now.date(),
        outcome="declined",
        reply="Šogad budžetā tam nav līdzekļu.",
        alternative="Pagaidu laterna pie pieturas.",
        by=None,
        now=now,
    )
    for words in ("budžets", "laternas", "apgaismojumu līdzekļi"):
        assert Matter.objects.matching(words).get() == matter, words
    Submission.objects.update(is_public=False)
    assert not Matter.objects.matching("laternas").exists()


def test_matching_finds_no_words_of_a_restricted_item(matter):
    factories.resolution(factories.agenda_item(matter=matter, is_restricted=True), text="Lūgt soliņus parkā.")
    assert not Matter.objects.matching("soliņi").exists()


def test_of_year_takes_the_year_of_the_vote_or_of_sending(matter, now):
    factories.submission(matter=matter, sent_on=date(2026, 1, 5), reply_due_on=date(2026, 2, 5))
    factories.resolution(factories.agenda_item(matter=matter), voted_at=now.replace(year=2025), year=2025)
    assert [Matter.objects.of_year(year).count() for year in (2024, 2025, 2026)] == [0, 1, 1]
