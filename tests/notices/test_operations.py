"""The life of a row of the ledger, against a real mail server."""

import socket
import threading
import time
from datetime import timedelta

import pytest
from celery import Celery, _state
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from notices import operations
from notices.models import Notice, State
from notices.operations import deliver
from tests import factories
from tests.servers import wait_until

MINUTE = timedelta(minutes=1)


def state(notice):
    return Notice.objects.with_state().get(pk=notice.pk).state


def outcome(notice):
    """The row, read again."""
    return Notice.objects.get(pk=notice.pk)


# --- planning ---------------------------------------------------------------------------------------------------------


def test_planning_the_same_key_twice_gives_one_row(plan, now):
    [row] = plan("a@example.org")
    operations.plan(key=row.key, kind="reminder", about="event:9", person_id=row.person_id, now=now + MINUTE)
    assert Notice.objects.get() == row
    assert outcome(row).kind == "event_announced"


def test_planning_is_part_of_the_callers_transaction(plan, now):
    [row] = plan("a@example.org")
    with transaction.atomic():
        operations.plan(key="another", kind="event_announced", about="x", person_id=row.person_id, now=now)
        transaction.set_rollback(True)
    assert Notice.objects.get() == row


def test_many_are_planned_in_one_insert(plan, now, django_assert_num_queries):
    people = [factories.person() for _ in range(3)]
    with django_assert_num_queries(1):
        operations.plan_many([(f"x:{p.pk}", p.pk) for p in people], kind="event_announced", about="x", now=now)
    assert Notice.objects.count() == 3


def test_cancelled_row_gives_its_key_free(plan, event, now, sink):
    [row] = plan("a@example.org")
    assert operations.cancel(about=row.about, now=now) == 1
    assert state(row) == State.CANCELLED
    operations.plan(
        key=row.key, kind=row.kind, about=row.about, person_id=row.person_id, now=now, data={"event": event.pk}
    )
    assert deliver(now=now) == 1
    assert len(sink.messages) == 1


def test_cancelling_leaves_other_kinds_other_things_and_what_was_sent(plan, now, sink):
    sent, open_row = plan("sent@example.org", "open@example.org")
    Notice.objects.filter(pk=open_row.pk).update(due_at=now + MINUTE)
    deliver(now=now)
    assert operations.cancel(about=open_row.about, now=now, kinds=["reminder"]) == 0
    assert operations.cancel(about="event:0", now=now) == 0
    assert operations.cancel(about=open_row.about, now=now) == 1
    assert state(sent) == State.SENT
    assert outcome(sent).key == sent.key


def test_closed_row_needs_an_outcome(plan, now):
    [row] = plan("a@example.org")
    with pytest.raises(IntegrityError, match="notice_closes_with_an_outcome"), transaction.atomic():
        Notice.objects.filter(pk=row.pk).update(closed_at=now)


# --- the good day -----------------------------------------------------------------------------------------------------


def test_row_is_sent_once(plan, now, sink):
    [row] = plan("a@example.org")
    assert deliver(now=now) == 1
    assert deliver(now=now + timedelta(days=1)) == 0
    [mail] = sink.messages
    assert mail.recipients == ["a@example.org"]
    assert mail.message_id == f"<{row.message_id}@localhost>"
    row = outcome(row)
    assert (row.sent_at, row.closed_at, row.sent_to, row.attempts) == (now, now, "a@example.org", 1)
    assert row.uncertain_at is None
    assert state(row) == State.SENT


def test_nothing_is_sent_before_it_is_due(plan, now, sink):
    plan("a@example.org", due_at=now + MINUTE)
    assert deliver(now=now) == 0
    assert deliver(now=now + MINUTE) == 1


def test_a_long_ledger_goes_out_oldest_first_over_one_connection_a_batch(plan, now, sink):
    plan(*[f"p{n}@example.org" for n in range(operations.BATCH + 3)])
    plan("first@example.org", due_at=now - MINUTE)
    assert deliver(now=now, limit=operations.BATCH + 2) == operations.BATCH + 2
    assert sink.messages[0].recipients == ["first@example.org"]
    assert deliver(now=now) == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_delivery_grow_by_the_same_number_with_each_row(plan, now, sink, rows, django_assert_num_queries):
    plan(*[f"p{n}@example.org" for n in range(rows)])
    lease_and_look_again = 9  # twice: savepoint, select, (update,) release; once: rows, channels
    with django_assert_num_queries(lease_and_look_again + 4 * rows):  # event, organiser, hand over, close
        assert deliver(now=now) == rows


def test_person_without_confirmed_address_is_skipped(plan, now, sink):
    [row] = plan("a@example.org")
    row.person.channels.update(confirmed_at=None)
    assert deliver(now=now) == 0
    assert state(row) == State.SKIPPED
    assert sink.messages == []


def test_what_came_too_late_is_skipped(plan, now, sink):
    [row] = plan("a@example.org", expires_at=now + MINUTE)
    assert deliver(now=now + MINUTE) == 0
    assert state(row) == State.SKIPPED
    assert sink.messages == []


def test_what_lost_its_point_is_skipped_with_the_reason(plan, event, now, sink):
    [row] = plan("a@example.org")
    type(event).objects.filter(pk=event.pk).update(cancelled_at=now)
    assert deliver(now=now) == 0
    assert state(row) == State.SKIPPED
    assert outcome(row).last_error == "the event is cancelled"


# --- the bad days -----------------------------------------------------------------------------------------------------


def test_dead_server_loses_nothing_and_waits_grow(plan, now, sink):
    rows = plan("a@example.org", "b@example.org")
    sink.down()
    clock, waits = now, []
    for _ in range(9):
        assert deliver(now=clock) == 0
        until = outcome(rows[0]).leased_until
        waits.append((until - clock) / MINUTE)
        assert deliver(now=until - timedelta(seconds=1)) == 0
        assert outcome(rows[0]).attempts == len(waits)
        clock = until
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert {row.handed_at for row in Notice.objects.all()} == {None}
    sink.up()
    assert deliver(now=clock) == 2
    assert sorted(mail.recipients[0] for mail in sink.messages) == ["a@example.org", "b@example.org"]
    assert all(state(row) == State.SENT for row in rows)


def test_a_server_that_stays_dead_is_given_up(plan, now, sink):
    [row] = plan("a@example.org", expires_at=None)
    sink.down()
    Notice.objects.filter(pk=row.pk).update(attempts=operations.LONGEST_ATTEMPTS - 1)
    deliver(now=now)
    assert state(row) == State.FAILED
    assert outcome(row).last_error


@pytest.mark.parametrize("at_recipient", [True, False], ids=["at the address", "at the text"])
def test_refusal_for_good_is_a_failure(plan, now, sink, at_recipient):
    bad, good = plan("bad@example.org", "good@example.org")
    if at_recipient:
        sink.at_recipient["bad@example.org"] = "550 No such mailbox"
        assert deliver(now=now) == 1
        assert state(good) == State.SENT
    else:
        sink.mode = "refuse-550"
        assert deliver(now=now) == 0
    assert state(bad) == State.FAILED
    assert "550" in outcome(bad).last_error
    assert deliver(now=now + timedelta(days=1)) == 0


@pytest.mark.parametrize("at_recipient", [True, False], ids=["at the address", "at the text"])
def test_refusal_for_now_is_tried_again(plan, now, sink, at_recipient):
    [row] = plan("a@example.org")
    if at_recipient:
        sink.at_recipient["a@example.org"] = "451 Greylisted"
    else:
        sink.mode = "refuse-451"
    assert deliver(now=now) == 0
    assert outcome(row).handed_at is None
    assert "451" in outcome(row).last_error
    sink.mode, sink.at_recipient = "ok", {}
    assert deliver(now=now + MINUTE) == 1
    assert len(sink.messages) == 1
    assert state(row) == State.SENT


def test_server_that_says_421_is_left_and_met_again(plan, now, sink):
    first, second = plan("a@example.org", "b@example.org")
    sink.at_recipient["a@example.org"] = "421 Too busy"
    assert deliver(now=now) == 1
    assert state(second) == State.SENT
    sink.at_recipient = {}
    assert deliver(now=now + MINUTE) == 1
    assert state(first) == State.SENT


def test_connection_lost_before_the_text_is_certainly_not_sent(plan, now, sink):
    """Also when the same connection has carried another message's text before."""
    before, row, after = plan("before@example.org", "a@example.org", "after@example.org")
    sink.at_recipient["a@example.org"] = "drop"
    assert deliver(now=now) == 2
    assert state(before) == state(after) == State.SENT
    assert outcome(row).handed_at is None
    sink.at_recipient = {}
    assert deliver(now=now + MINUTE) == 1
    assert outcome(row).uncertain_at is None
    assert state(row) == State.SENT


def test_connection_lost_after_the_text_is_tried_once_more_and_marked(plan, now, sink):
    [row] = plan("a@example.org")
    sink.mode = "accept-then-die"
    assert deliver(now=now) == 0
    assert outcome(row).handed_at == now
    assert state(row) == State.SENDING
    sink.mode = "ok"
    assert deliver(now=now + MINUTE) == 1
    first, second = sink.messages
    assert first.message_id == second.message_id == f"<{row.message_id}@localhost>"
    assert outcome(row).uncertain_at == now + MINUTE
    assert state(row) == State.UNCERTAIN


def test_connection_lost_twice_after_the_text_is_never_tried_a_third_time(plan, now, sink):
    [row] = plan("a@example.org")
    sink.mode = "accept-then-die"
    clock = now
    for _ in range(4):
        assert deliver(now=clock) == 0
        clock += timedelta(hours=2)
    assert len(sink.messages) == 2
    assert state(row) == State.UNCERTAIN
    assert outcome(row).closed_at


def test_doubt_outlives_a_second_attempt_that_was_refused(plan, now, sink):
    """Taken without an answer, refused for now, sent: the reader may have it twice, and the ledger says so."""
    [row] = plan("a@example.org")
    for mode, hours in (("accept-then-die", 0), ("refuse-451", 1), ("ok", 2)):
        sink.mode = mode
        deliver(now=now + timedelta(hours=hours))
    assert len(sink.messages) == 2
    assert state(row) == State.UNCERTAIN
    assert outcome(row).sent_at


def test_doubtful_row_that_lost_its_point_stays_doubtful(plan, event, now, sink):
    [row] = plan("a@example.org")
    sink.mode = "accept-then-die"
    deliver(now=now)
    type(event).objects.filter(pk=event.pk).update(cancelled_at=now)
    assert operations.cancel(about=row.about, now=now) == 0
    deliver(now=now + MINUTE)
    assert len(sink.messages) == 1
    assert state(row) == State.UNCERTAIN
    assert outcome(row).closed_at


def test_unwritable_message_does_not_hold_up_the_others(plan, now, sink):
    [broken] = plan("broken@example.org", data={"event": "no number"})
    [good] = plan("good@example.org")
    assert deliver(now=now) == 1
    assert state(good) == State.SENT
    assert state(broken) == State.PLANNED
    assert outcome(broken).last_error.startswith("ValueError")
    assert outcome(broken).leased_until == now + MINUTE


def test_address_that_is_none_does_not_hold_up_the_others(plan, now, sink):
    broken, good = plan("nobody at home@example.org@", "good@example.org")
    assert deliver(now=now) == 1
    assert state(good) == State.SENT
    assert outcome(broken).handed_at is None


# --- several workers --------------------------------------------------------------------------------------------------


def test_row_of_a_dead_worker_is_taken_again_when_its_lease_is_over(plan, now, sink):
    [row] = plan("a@example.org")
    [leased] = operations._lease(now, 10)  # a worker that dies here
    assert leased == row
    assert deliver(now=now + operations.LEASE - timedelta(seconds=1)) == 0
    assert deliver(now=now + operations.LEASE) == 1
    assert outcome(row).uncertain_at is None


def test_row_of_a_worker_that_died_with_the_server_is_sent_once_more_and_marked(plan, now, sink):
    [row] = plan("a@example.org")
    operations._lease(now, 10)
    Notice.objects.filter(pk=row.pk).update(handed_at=now)  # written before the server is spoken to
    assert deliver(now=now + operations.LEASE) == 1
    assert state(row) == State.UNCERTAIN


def test_worker_that_lost_its_lease_sends_nothing(plan, now, sink):
    [row] = plan("a@example.org")
    mine = operations._lease(now, 10)
    operations.cancel(about=row.about, now=now)
    assert operations._send_batch(mine, now) == (0, True)
    assert sink.messages == []
    assert state(row) == State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_send_each_message_once(plan, now, sink):
    addresses = {f"p{n}@example.org" for n in range(40)}
    plan(*sorted(addresses))
    sent, start = [], threading.Barrier(4)

    def work():
        start.wait()
        try:
            sent.append(deliver(now=now))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == len(sent) * 10 == 40
    assert sorted(mail.recipients[0] for mail in sink.messages) == sorted(addresses)
    assert set(Notice.objects.with_state().values_list("state", flat=True)) == {State.SENT}


# --- the nudge --------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["refuses", "is silent"])
def dead_broker(request):
    """The current Celery application speaks to a port where nobody listens, or where nobody answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if request.param == "is silent":
            server.listen()
        dead = Celery("dead", broker=f"redis://127.0.0.1:{server.getsockname()[1]}/0", set_as_current=False)
        dead.conf.broker_transport_options = {"socket_timeout": 2, "socket_connect_timeout": 2, "max_retries": 0}
        before, mine = _state.default_app, _state._tls.current_app
        _state.set_default_app(dead)
        _state._set_current_app(dead)
        yield
        _state.set_default_app(before)
        _state._set_current_app(mine)


@pytest.mark.django_db(transaction=True)
def test_dead_broker_costs_the_resident_nothing(dead_broker, client, caplog):
    event, user = factories.event(), factories.user()
    client.force_login(user)
    assert client.get(event.get_absolute_url()).status_code == 200
    started = time.monotonic()
    response = client.post(reverse("events:rsvp-create", args=[event.pk, event.slug]), {"party_size": 1})
    assert time.monotonic() - started < 1.5
    assert response.status_code == 302
    assert [row.kind for row in Notice.objects.open()] == ["rsvp_confirmed"]
    wait_until(lambda: "The broker did not take a nudge" in caplog.text, 30, "the nudge's warning")


def test_line_break_in_a_title_does_not_hold_up_its_mails(plan, event, now, sink):
    event.title = "Saruna\r\nBcc: visi@example.org"
    event.save()
    plan("a@example.org")
    assert operations.deliver(now=now) == 1
    [mail] = sink.messages
    assert mail.recipients == ["a@example.org"]
    assert "Bcc: visi@example.org" in mail.subject
