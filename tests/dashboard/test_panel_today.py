"""The page of the day as a whole: what it shows, empty and full, and how much it asks."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from councils.models import Council, Matter, Meeting, Membership, Office, Seat, Submission, Term
from dashboard.panel import today
from elections.models import Formation, FormationStep, Step
from events.models import Event, Rsvp
from neighbourhoods.models import Neighbourhood
from people.models import Follow, Person, User
from tests import factories
from tests.conftest import RIGA
from tests.dashboard.panel_world import address, main_text, signed_in, world

pytestmark = pytest.mark.django_db


def test_empty_portal_has_its_page():
    page = signed_in(factories.coordinator()).get(address("panel"))
    text = main_text(page)
    for sentence in (
        "Nothing is waiting for you now.", "No council is being formed now.", "All proposals are answered.",
        "Every meeting has its minutes.", "No event with sign-up is announced.",
    ):  # fmt: skip
        assert sentence in text


def test_page_shows_everything_with_one_link_for_each_task():
    there = world()
    page = signed_in(there.coordinator).get(address("panel"))
    content, text = page.content.decode(), main_text(page)
    tasks = re.search(r'<ul class="kp-todo">.*?</ul>', content, re.DOTALL)[0]
    assert tasks.count("<li") == tasks.count("<a ") == len(page.context["work"]) == page.context["work_count"]
    assert f"{len(page.context['work'])} tasks need attention, 1 of them is late." in text
    for link in (
        address("panel-meeting-new"),
        address("panel-formation", there.forming_slug),
        address("panel-submission", there.submission.pk),
        address("panel-meeting-minutes", there.held.pk),
        address("panel-rsvps", there.event.pk),
        address("export", "councils", "xlsx"),
        address("export", "councils", "csv"),
    ):
        assert f'href="{link}"' in content


def test_long_list_of_work_is_cut_and_shown_on_request():
    there = world()
    for n in range(15):
        factories.submission([there.council], f"Ceļš {n}", reply_due_on=timezone.localdate() - timedelta(days=n + 1))
    client = signed_in(there.coordinator)
    page = client.get(address("panel"))
    assert len(page.context["work"]) == 12
    assert "?darbi=visi" in page.content.decode()
    everything = client.get(f"{address('panel')}?darbi=visi")
    assert len(everything.context["work"]) == everything.context["work_count"] > 15


def test_table_adds_up():
    there = world()
    for n in range(3):
        follow = factories.follow(factories.person(f"Ilze {n}"), there.council.neighbourhood)
        Follow.objects.filter(pk=follow.pk).update(followed_at=timezone.now() - timedelta(days=20 * n))
    page = signed_in(there.coordinator).get(address("panel"))
    row = next(row for row in page.context["rows"] if row.area == there.council.neighbourhood)
    assert (row.state, row.council.members, row.council.seats) == ("working", 2, 7)
    assert (row.area.followers, row.area.new_followers) == (3, 2)
    totals = page.context["totals"]
    assert (totals["members"], totals["seats"], totals["followers"], totals["minutes_awaited"]) == (3, 14, 3, 1)
    areas = Neighbourhood.objects.valid(timezone.localdate()).by_name()
    assert [row.area for row in page.context["rows"]] == list(areas)


def test_residents_are_counted_by_the_month_in_latvia(now):
    for moment in (
        datetime(2025, 6, 1, tzinfo=RIGA),
        datetime(2026, 10, 31, 23, 59, tzinfo=RIGA),
        datetime(2026, 11, 1, 0, 1, tzinfo=RIGA),  # still October in UTC
    ):
        user = factories.user()
        User.objects.filter(pk=user.pk).update(date_joined=moment)
    counted = today.registered(now)
    assert [total for _month, total in counted["points"]] == [1] * 10 + [2, 3]
    assert (counted["now"], counted["new"]) == (3, 1)


def many(rows):
    """`rows` of everything that the page shows, written at once."""
    now, on = timezone.now(), timezone.localdate()
    start = datetime.combine(on + timedelta(days=1), datetime.min.time(), RIGA).replace(hour=18)
    first = Neighbourhood.objects.count()
    areas = Neighbourhood.objects.bulk_create(
        Neighbourhood(name=f"A {n}", short_name=f"A {n}", slug=f"a-{n}", valid_from="2025-01-01")
        for n in range(first, first + rows)
    )
    councils = Council.objects.bulk_create(Council(neighbourhood=area, name=area.name) for area in areas)
    terms = Term.objects.bulk_create(
        Term(council=council, number=1, seat_count=2, started_on="2026-01-01") for council in councils
    )
    seats = Seat.objects.bulk_create(Seat(term=term, number=1) for term in terms)
    people = Person.objects.bulk_create(
        Person(given_name="Ilze", family_name=f"{area.pk}", settings_token=f"t{area.pk}") for area in areas
    )
    Membership.objects.bulk_create(
        Membership(seat=seat, person=person, started_on="2026-01-01")
        for seat, person in zip(seats, people, strict=True)
    )
    Office.objects.bulk_create(
        Office(council=council, person=person, kind="chair", started_on="2026-01-01")
        for council, person in zip(councils, people, strict=True)
    )
    Follow.objects.bulk_create(
        Follow(neighbourhood=area, person=person) for area, person in zip(areas, people, strict=True)
    )
    formations = Formation.objects.bulk_create(
        Formation(council=council, opened_on="2026-01-01") for council in councils
    )
    FormationStep.objects.bulk_create(
        FormationStep(formation=formation, step=step, due_on=on) for formation in formations for step in Step
    )
    for moment, published in ((start, True), (start - timedelta(days=30), True), (start + timedelta(days=2), False)):
        events = Event.objects.bulk_create(
            Event(
                title="Sēde", slug="sede", kind="meeting", capacity=1, starts_at=moment, venue="Skola",
                ends_at=moment + timedelta(hours=2), published_at=now if published else None,
            )
            for _council in councils
        )  # fmt: skip
        meetings = Meeting.objects.bulk_create(Meeting(event=event) for event in events)
        through = Meeting.councils.through
        through.objects.bulk_create(
            through(meeting=meeting, council=council) for meeting, council in zip(meetings, councils, strict=True)
        )
        near = Event.neighbourhoods.through
        near.objects.bulk_create(
            near(event=event, neighbourhood=area) for event, area in zip(events, areas, strict=True)
        )
        Rsvp.objects.bulk_create(
            Rsvp(
                event=event, person=person, number=1, state="waiting", rsvped_at=now, confirmed_at=now,
                token=f"{event.pk}",
            )
            for event, person in zip(events, people, strict=True)
        )  # fmt: skip
    matters = Matter.objects.bulk_create(Matter(title="Ceļš", slug="cels") for _council in councils)
    submissions = Submission.objects.bulk_create(
        Submission(matter=matter, title="Ceļš", sent_on="2026-01-01", reply_due_on="2026-02-01") for matter in matters
    )
    asks = Submission.councils.through
    asks.objects.bulk_create(
        asks(submission=submission, council=council) for submission, council in zip(submissions, councils, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # rows this new have no statistics yet; a running server makes them by itself


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_page_asks_at_most_twenty_questions(rows, django_assert_num_queries):
    many(rows)
    client = signed_in(factories.coordinator())
    path = f"{address('panel')}?darbi=visi"
    with django_assert_num_queries(19):
        page = client.get(path)
    assert page.context["work_count"] >= 5 * rows
    with django_assert_num_queries(18):  # whether this is a demonstration is asked every half a minute
        client.get(path)
