"""The RSVP operation on one contended event, beside the same rows written by hand under the same lock.

Both sides do what a resident's sign-up must do, in one transaction: lock the event row (FOR NO KEY UPDATE), count the
seats, insert the RSVP with its number, insert the ledger row of the confirmation, commit. The hand-written side is
psycopg with prepared statements, one connection per process, nothing else: no ORM, no validation, no nudge.
"""

import gc
import multiprocessing
import os
import statistics
import threading
import time
import uuid

PROCESSES = 8
SIGN_UPS = 100  # by each process in each round

LOCK = """SELECT id, capacity, starts_at, ends_at, party_limit, format, takes_rsvps, published_at, cancelled_at,
 rsvps_open_at, rsvps_close_at, online_capacity, reserved_seats FROM events_event WHERE id = %s FOR NO KEY UPDATE"""
COUNT = """SELECT SUM(party_size) FILTER (WHERE state IN ('held', 'going', 'offered')), MAX(number),
 MIN(party_size) FILTER (WHERE state = 'waiting' AND confirmed_at IS NOT NULL),
 MAX(id) FILTER (WHERE person_id = %s AND state <> 'cancelled') FROM events_rsvp WHERE event_id = %s"""
RSVP = """INSERT INTO events_rsvp (event_id, person_id, number, state, party_size, attending, is_reserved, is_walk_in,
 name_on_list, question, seat_at_once, wants_reminder, token, rsvped_at, entered_by_id, network, confirmed_at,
 hold_expires_at, offered_at, offer_expires_at, affirmed_at, surveyed_at, cancelled_at, cancelled_for)
 VALUES (%s, %s, %s, %s, 1, 'in_person', false, false, false, '', false, true, %s, now(), NULL, '', now(), NULL, NULL,
 NULL, NULL, NULL, NULL, '')
 RETURNING id"""
LEDGER = """INSERT INTO notices_notice (key, kind, about, person_id, data, planned_at, due_at, expires_at, message_id,
 lease, leased_until, attempts, handed_at, sent_at, uncertain_at, cancelled_at, skipped_at, failed_at, closed_at,
 sent_to, last_error)
 VALUES (%s, %s, %s, %s, %s, now(), now(), %s, %s, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '')
 ON CONFLICT DO NOTHING"""


def _by_hand(event_id, people, start, warm_up_event_id):
    import secrets

    import psycopg
    from django.db import connection as django_connection

    settings = django_connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"] or 5432,
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=settings["NAME"],
        prepare_threshold=0,
    ) as connection:
        for turn, person_id in enumerate([people[0], *people]):
            if turn == 1:
                start.wait()
            with connection.transaction(), connection.cursor() as cursor:
                event = event_id if turn else warm_up_event_id
                _id, capacity, _starts, ends_at, *_rest = cursor.execute(LOCK, [event]).fetchone() or ()
                taken, last, _smallest, _mine = cursor.execute(COUNT, [person_id, event]).fetchone() or ()
                state = "going" if (taken or 0) < capacity else "waiting"
                values = [event, person_id, (last or 0) + 1, state, secrets.token_urlsafe()]
                [rsvp_id] = cursor.execute(RSVP, values).fetchone() or ()
                kind = "rsvp_confirmed" if state == "going" else "rsvp_waiting"
                about = f"event:{event}"
                data = f'{{"rsvp": {rsvp_id}}}'
                cursor.execute(LEDGER, [f"{kind}:{rsvp_id}", kind, about, person_id, data, ends_at, uuid.uuid4()])


def _by_operation(event_id, people, start, warm_up_event_id):
    from django.utils import timezone

    from events.models import Event
    from events.operations import rsvp
    from people.models import Person

    event = Event.objects.get(pk=event_id)
    persons = list(Person.objects.filter(pk__in=people))
    rsvp(event=Event.objects.get(pk=warm_up_event_id), person=persons[0], by=None, now=timezone.now())
    for thread in threading.enumerate():  # the first nudge of a process loads Celery; a web process did so long ago
        if thread.name == "nudge":
            thread.join()
    start.wait()
    for person in persons:
        rsvp(event=event, person=person, by=None, now=timezone.now())


def _round(work, event_id, people, warm_up_event_id) -> float:
    """Sign-ups per second of one round, from the moment all processes are ready."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(PROCESSES + 1, timeout=60)
    shares = [people[n::PROCESSES] for n in range(PROCESSES)]
    workers = [
        context.Process(target=_child, args=(work, event_id, share, start, warm_up_event_id)) for share in shares
    ]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit("A process of the round failed.")
    return len(people) / (time.perf_counter() - began)


def _child(work, event_id, people, start, warm_up_event_id):
    from django.db import connection

    connection.close()
    work(event_id, people, start, warm_up_event_id)
    connection.close()
    os._exit(0)


def measure(rounds: int = 9) -> dict:
    """Medians of both sides (sign-ups per second) and their ratio, in interleaved rounds on fresh events."""
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from events.models import Event
    from people.models import Person

    number = PROCESSES * SIGN_UPS
    crowd = [Person(given_name="Sacīkste", family_name=str(n)) for n in range(number)]
    people = [person.pk for person in Person.objects.bulk_create(crowd)]
    gc.collect()
    gc.freeze()  # as kekava_portal/wsgi.py does; the processes of both sides are forked from this one
    figures: dict[str, list[float]] = {"hand": [], "operation": []}
    for turn in range(rounds + 1):
        for name, work in (("hand", _by_hand), ("operation", _by_operation)):
            starts_at = timezone.now() + timedelta(days=9)
            event, warm_up = (
                Event.objects.create(
                    title="Sacīkste",
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(hours=2),
                    capacity=number // 2,
                    published_at=timezone.now(),
                )
                for _ in range(2)
            )
            event_id = event.pk
            connection.close()
            from django.db import connections

            if hasattr(connections["default"], "close_pool"):
                connections["default"].close_pool()
            rate = _round(work, event_id, people, warm_up.pk)
            going = event.rsvps.filter(state="going").count()
            if (going, event.rsvps.count()) != (number // 2, number):
                raise SystemExit(f"{name}: {going} seats given, {event.rsvps.count()} rows.")
            if turn:  # the first round warms up
                figures[name].append(rate)
    medians = {name: statistics.median(values) for name, values in figures.items()}
    return {**medians, "ratio": medians["operation"] / medians["hand"]}
