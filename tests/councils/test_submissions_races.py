"""Many at once on one submission, each through a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from councils import operations
from councils.models import HandOver, Matter, Submission
from councils.operations import CouncilRefused, matters, submissions
from notices.models import Notice
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls):
    """Run the calls at the same moment; how many were not refused."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            call()
        except CouncilRefused:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(len(calls)) as pool:
        return sum(pool.map(run, calls))


@pytest.fixture
def who():
    return {"by": None, "now": timezone.now()}


def test_draft_is_sent_once(who):
    unit = factories.responding_officer().unit
    row = factories.submission(sent_on=None, reply_due_on=None, answering_unit=unit)
    on = timezone.localdate()
    assert together(*[lambda: operations.send_submission(submission=row, sent_on=on, **who)] * 4) == 1
    assert Notice.objects.filter(kind="answer_invite").count() == 1


def test_resolution_becomes_one_submission_however_many_press(who):
    resolution = factories.resolution()
    made = together(
        *[
            lambda: submissions.record_submission(
                councils=[resolution.council], title="Laternas", resolution=resolution, sent_on=None, **who
            )
        ]
        * 4
    )
    assert made == Submission.objects.count() == 1
    assert Matter.objects.count() == 1


def test_form_sent_twice_is_one_submission(who):
    council, on = factories.council(), timezone.localdate()
    calls = [lambda: submissions.record_submission(councils=[council], title="Soliņi", sent_on=on, **who)] * 4
    assert together(*calls) == Submission.objects.count() == Matter.objects.count() == 1


def test_two_units_cannot_both_take_it_over_unseen(who):
    first, second = factories.municipal_unit(), factories.municipal_unit()
    row = factories.submission(answering_unit=first)
    calls = [lambda: submissions.hand_over(submission=row, to_unit=second, **who)] * 4
    assert together(*calls) == HandOver.objects.count() == 1


def test_question_is_answered_once(who):
    row = submissions.ask(submission=factories.submission(), text="Kur?", asked_by="Ilze", **who)
    by = factories.coordinator()
    calls = [
        lambda n=n: submissions.answer_question(question=row, answer=f"Te {n}.", by=by, now=who["now"])
        for n in range(4)
    ]
    assert together(*calls) == 1
    assert AuditEntry.objects.filter(verb="answer_question").count() == 1


def test_answer_done_and_carrying_out_at_one_moment_agree_in_the_end(who):
    """Resolution, submission, matter: every way takes their rows in this order, so none waits for ever."""
    matter = factories.matter()
    item = factories.agenda_item(factories.meeting(matter.councils.get()), matter=matter)
    resolution = factories.resolution(item, voted_at=timezone.now() - timedelta(days=9))
    council = matter.councils.get()
    rows = [factories.submission([council], f"Nr. {n}", matter=matter, resolution=resolution) for n in range(3)]
    on = timezone.localdate()
    calls = [
        *(lambda row=row: operations.record_done(submission=row, done_on=on, **who) for row in rows),
        *(
            lambda row=row: operations.record_reply(submission=row, replied_on=on, outcome="other", **who)
            for row in rows
        ),
        lambda: matters.carry_out(resolution=resolution, on=on, **who),
        lambda: submissions.plan_reminders(now=who["now"]),
    ]
    assert together(*calls) >= len(calls) - 1, "only the one who comes after the last is refused"
    assert not Submission.objects.filter(done_on=None).exists()
    resolution.refresh_from_db()
    assert resolution.carried_out_on == on
    assert Matter.objects.all().point() == 0
    assert Matter.objects.with_state(on).get().state == "done"


def test_follow_pressed_many_times_is_one(who):
    matter, person = factories.matter(), factories.person()
    together(*[lambda: matters.follow(matter=matter, person=person, now=who["now"])] * 4)
    together(
        *[
            lambda: matters.follow_as_guest(
                matter=matter, email="a@example.org", network="", language="lv", now=who["now"]
            )
        ]
        * 4
    )
    assert matter.follows.count() == 2
    assert Notice.objects.filter(kind="matter_follow").count() == 1
