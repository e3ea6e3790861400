from datetime import date, timedelta

import pytest
from django.utils import timezone

from dashboard import standing
from elections.models import Formation
from events.models import Event
from neighbourhoods.models import Neighbourhood, Place
from neighbourhoods.prepared import prepared
from tests import factories

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


@pytest.mark.django_db(transaction=True)
def test_prepared_works_in_other_threads():
    import threading

    from django.db import connection

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
