import inspect
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.db.models import Prefetch
from django.utils import timezone

from councils.models import Council, Meeting
from dashboard import standing
from dashboard.panel import worklist
from elections.models import Formation
from events.models import Event
from neighbourhoods.models import Neighbourhood, Place
from neighbourhoods.periods import moment_on, year_begins
from neighbourhoods.prepared import _Prepared, prepared
from tests import factories
from tests.dashboard.panel_world import world

pytestmark = pytest.mark.django_db
upcoming = prepared(lambda now: Event.objects.upcoming(now).for_lists(now)[:3])


def facts(row, *names):
    return [getattr(row, name) for name in ("pk", *names)]


def test_prepared_rows_are_those_of_the_queryset_for_each_moment(django_assert_num_queries):
    now = timezone.now()
    area = factories.neighbourhood()
    for days in (1, 2, 3, 4):
        event = factories.event(neighbourhoods=[area], starts_at=now + timedelta(days=days), capacity=3)
        factories.rsvp(event, party_size=days % 3 + 1)
    for moment in (now, now + timedelta(days=2, hours=3), now + timedelta(days=9)):
        plain = list(Event.objects.upcoming(moment).for_lists(moment)[:3])
        with django_assert_num_queries(2 if plain else 1):
            rows = list(upcoming(now=moment))
            areas = [list(row.neighbourhoods.all()) for row in rows]
        names = ("title", "starts_at", "uid", "reminder_hours", "seats_taken", "phase")
        assert [facts(row, *names) for row in rows] == [facts(row, *names) for row in plain]
        assert areas == [[area]] * len(plain)


def test_prepared_rows_carry_related_objects_and_numbers():
    first, second = factories.neighbourhood("Ļaudona"), factories.neighbourhood("Ķemeri")
    for area in (first, second):
        factories.place(f"Vieta {area.short_name}", neighbourhood=area)
    of = prepared(lambda area, on: Place.objects.valid(on).filter(neighbourhood=area).select_related("neighbourhood"))
    for area in (second, first, second):
        assert [place.neighbourhood.short_name for place in of(area=area.pk, on=date(2026, 1, 1))] == [area.short_name]
    assert list(of(area=first.pk, on=date(2020, 1, 1))) == []


def test_prepared_relations_are_those_of_a_prefetch(django_assert_num_queries):
    areas = [factories.neighbourhood(name) for name in ("Ļaudona", "Ķemeri", "Ādaži")]
    events = [factories.event(title=f"{n}", neighbourhoods=areas[:n]) for n in range(4)]
    by_name = Prefetch("neighbourhoods", Neighbourhood.objects.by_name())
    of = prepared(lambda now: Event.objects.upcoming(now).prefetch_related(by_name).order_by("title"))
    moments = [timezone.now(), timezone.now() + timedelta(hours=1)]
    for gone in [*events, None]:  # so each number of rows is met, and twice
        for moment in moments:
            with django_assert_num_queries(2 if gone else 1):
                rows = list(of(now=moment))
                found = [[area.short_name for area in row.neighbourhoods.all()] for row in rows]
            plain = Event.objects.upcoming(moment).order_by("title")
            assert found == [[area.short_name for area in row.neighbourhoods.by_name()] for row in plain]
        if gone:
            assert rows[-1].neighbourhoods.filter(pk=areas[0].pk).exists()  # narrowed, it is asked for anew
            gone.neighbourhoods.clear()
            gone.delete()
    assert found == []


def test_shared_prefetch_is_not_written_into():
    """Threads compile several statements with the same one at once, when a server has just started."""
    factories.meeting(factories.council())
    shared = Prefetch("councils", Council.objects.select_related("neighbourhood").by_name())

    def state():
        rows = shared.queryset
        flags = rows._sticky_filter, rows._defer_next_filter, rows._result_cache
        return flags, dict(rows._hints), dict(rows.query.alias_refcount), list(rows.query.alias_map)

    before = state()
    of = prepared(lambda now: Meeting.objects.upcoming(now).prefetch_related(shared))
    for _again in range(2):
        [meeting] = of(now=timezone.now())
        assert [council.neighbourhood.short_name for council in meeting.councils.all()]
        assert state() == before


def test_threads_may_meet_at_the_first_use():
    """As those of a server that has just started do: its statements share what they prefetch."""
    start, values = threading.Barrier(4, timeout=60), {"now": timezone.now()}

    def compile_all(shared: Prefetch) -> None:
        start.wait()
        try:
            for order in ("pk", "-pk", "event", "kind"):
                rows = Meeting.objects.prefetch_related(shared).order_by(order)
                _Prepared(lambda now, rows=rows: rows.upcoming(now), values, "default")
        finally:
            connections.close_all()  # each thread has one of its own

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            for _again in range(20):
                shared = Prefetch("councils", Council.objects.select_related("neighbourhood").by_name())
                list(threads.map(compile_all, [shared] * 4))
    finally:
        sys.setswitchinterval(interval)


def test_other_prefetches_are_refused():
    with pytest.raises(ValueError, match="many-to-many"):
        prepared(lambda: Event.objects.prefetch_related("rsvps"))()
    with pytest.raises(ValueError, match="many-to-many"):
        prepared(lambda: Event.objects.prefetch_related(Prefetch("neighbourhoods", to_attr="areas")))()


def test_standing_is_the_same_prepared_and_plain():
    now = timezone.now()
    on = timezone.localdate(now)
    term = factories.term(seats=5)
    factories.membership(term)
    Formation.objects.create(council=factories.council(formation_started_on=on), opened_on=on)
    factories.event(neighbourhoods=[term.council.neighbourhood])
    plain = standing.with_standing(Neighbourhood.objects.valid(on).by_law(), now, on)
    names = ("state", "members", "seats", "followers", "next_kind", "next_at")
    for _twice in range(2):
        cards = standing.cards(None, now)
        assert [facts(card.neighbourhood, *names) for card in cards] == [facts(row, *names) for row in plain]
    assert [card.state for card in cards] == ["working", "forming"]


def test_value_that_is_no_parameter_is_refused():
    with pytest.raises(ValueError, match="parameter"):
        prepared(lambda now: Neighbourhood.objects.by_law())(now=timezone.now())


@pytest.mark.parametrize(
    "build",
    [
        lambda now: Event.objects.filter(ends_at__gt=now, starts_at__lt=now + timedelta(days=7)),
        lambda now: Event.objects.filter(ends_at__gt=now, published_at__year=now.year),
        lambda on: Place.objects.valid(on).exclude(valid_from=on - timedelta(days=1)),
        lambda area: Event.objects.filter(pk=area).exclude(series=area + 1),
        lambda area, other: Event.objects.filter(pk=other).exclude(series=area - 1).exclude(pk=area),
        lambda first, last: Place.objects.valid(first).valid(last).exclude(valid_from=first + timedelta(days=1)),
        lambda now: Event.objects.filter(ends_at__gt=now, starts_at__lt=now + timedelta(days=9_999)),
        lambda on: Event.objects.filter(starts_at__month=on.month, ends_at__date__gt=on),
        lambda on: Event.objects.filter(starts_at__week_day=on.isoweekday(), ends_at__date__gt=on),
    ],
)
def test_value_worked_out_of_another_is_refused(build):
    day = date(2026, 1, 1)
    values = {"now": timezone.now(), "on": day, "first": day, "last": day, "area": 7, "other": 8}
    with pytest.raises(ValueError, match="Worked out"):
        prepared(build)(**{name: values[name] for name in inspect.signature(build).parameters})


def test_value_of_a_relation_is_refused():
    factories.event(neighbourhoods=[factories.neighbourhood()])
    others = prepared(
        lambda area: Event.objects.exclude(pk=area).prefetch_related(
            Prefetch("neighbourhoods", Neighbourhood.objects.exclude(pk=area))
        )
    )
    with pytest.raises(ValueError, match="Worked out"):
        list(others(area=7))


@pytest.mark.parametrize("name", ["_asked", "_meetings_to_see_to", "_with_a_queue", "_formations", "_councils"])
def test_work_of_the_panel_is_the_same_prepared_and_plain(name):
    there = world()
    factories.rsvp(there.event, party_size=2)
    factories.rsvp(there.event, state="waiting")
    held, rows = getattr(worklist, name), []
    for now in (timezone.now(), timezone.now() + timedelta(days=40), timezone.now() + timedelta(days=400)):
        today = timezone.localdate(now)
        given = {
            "now": now,
            "today": today,
            "tomorrow_ends": moment_on(today + timedelta(days=2)),
            "since": year_begins(today.year),
            "waited_since": now - timedelta(days=7),
        }
        values = {key: given[key] for key in inspect.signature(held.__wrapped__).parameters}
        found, plain = (
            [{key: value for key, value in vars(row).items() if not key.startswith("_")} for row in make(**values)]
            for make in (held, held.__wrapped__)
        )
        assert found == plain
        rows += plain
    assert rows


@pytest.mark.django_db(transaction=True)
def test_prepared_works_in_other_threads():
    now = timezone.now()
    factories.event()
    list(upcoming(now=now))
    seen = []

    def look():
        seen.append(len(list(upcoming(now=now))))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]
