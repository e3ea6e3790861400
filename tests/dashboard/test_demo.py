"""The demonstration must not show what the portal would never do: each rule is checked on the loaded rows."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO
from itertools import groupby, pairwise

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import models
from django.test import RequestFactory
from django.utils import timezone

from councils import permissions, regulation
from councils.models import (
    AgendaItem,
    Council,
    CouncilState,
    Meeting,
    MeetingState,
    Membership,
    Office,
    Submission,
    Term,
)
from councils.working_days import is_working_day
from dashboard import demo, demo_content
from elections.models import Formation, FormationStep
from events.models import Event, Phase, Rsvp
from neighbourhoods.models import Neighbourhood, Street
from notices.models import Notice
from people.models import AuditEntry, ContactChannel, Follow, Person, User
from tests.keeping import kept

ON = date(2026, 11, 23)
NOW = demo.moment_of(ON)
MODELS = (
    Neighbourhood, Street, User, Person, ContactChannel, Follow, Council, Term, Membership, Office, Event, Rsvp,
    Meeting, AgendaItem, Submission, Formation, FormationStep,
)  # fmt: skip


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demonstration of the day in the pictures, loaded once, in a transaction around all tests of this file."""
    with kept(django_db_blocker, lambda: call_command("demo", on=ON, verbosity=0)):
        yield


@pytest.fixture
def reading(loaded, db):
    return NOW


def check_rules(now):
    """What must be true of the demonstration on any day."""
    today = timezone.localdate(now)
    check_seats(now)
    check_queue(now)
    states = Counter(Council.objects.with_state(today).values_list("state", flat=True))
    assert states == {CouncilState.WORKING: 6, CouncilState.FORMING: 4}
    current = [row.current_number for row in Formation.objects.open().with_progress()]
    assert sorted(current) == [2, 3, 4, 5]
    for row in FormationStep.objects.filter(formation__closed_on=None):
        assert row.done_on is None or row.formation.opened_on <= row.done_on <= today
        assert row.due_on is None or (row.due_on > today and is_working_day(row.due_on))
    for row in Meeting.objects.select_related("event"):
        assert row.agenda.count() >= 3
        days = [row.held_on, row.minutes_sent_on, row.minutes_published_on]
        days = [day for day in days if day]
        assert days == sorted(days)
        assert days[0] == days[-1] or days[-1] <= today
        assert is_working_day(row.held_on)
    assert not Submission.objects.filter(models.Q(sent_on__gt=today) | models.Q(replied_on__gt=today)).exists()
    submissions = set(Submission.objects.with_state(today).values_list("state", flat=True))
    assert submissions == {"waiting", "overdue", "supported", "partly", "declined", "other", "done"}
    phases = set(Event.objects.with_phase(now).values_list("phase", flat=True))
    assert phases == set(Phase.values)
    states = Counter(m.state for m in Meeting.objects.with_state(now))
    assert (states[MeetingState.AWAITING_MINUTES], states[MeetingState.MINUTES_SIGNED]) == (1, 1)
    rules = regulation.in_force(today)
    waiting = Meeting.objects.awaiting_minutes(now).select_related("event")
    assert [rules.minutes_due_on(row.held_on) < today for row in waiting] == [True, False]


def check_seats(now):
    """No event has more people than seats, at any moment of its life; nobody signs up twice or from the future."""
    for event in Event.objects.with_seats():
        rows = list(event.rsvps.order_by("number"))
        if event.capacity:
            assert event.seats_taken <= event.capacity
            holding = [row for row in rows if row.state != Rsvp.State.WAITING]
            for moment in [row.rsvped_at for row in holding if row.state != Rsvp.State.OFFERED]:
                there = [
                    row.party_size
                    for row in holding
                    if row.state != Rsvp.State.OFFERED
                    and row.rsvped_at <= moment
                    and (row.cancelled_at is None or row.cancelled_at > moment)
                ]
                assert sum(there) <= event.capacity
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert [row.rsvped_at for row in rows] == sorted(row.rsvped_at for row in rows)
        active = [row.person_id for row in rows if row.is_active]
        assert len(active) == len(set(active))
        for row in rows:
            assert row.party_size <= event.party_limit
            assert event.published_at <= row.rsvped_at <= min(now, event.starts_at)
            assert row.cancelled_at is None or row.rsvped_at <= row.cancelled_at <= min(now, event.starts_at)


def check_queue(now):
    """People wait only where no seat is free for them; the open offer is for a seat that was given back, and lasts."""
    queues = Event.objects.with_seats().filter(rsvps__state__in=["waiting", "offered"]).distinct()
    assert queues.count() == 1
    event = queues.get()
    assert event.seats_left == 0
    assert event.people_waiting == 4
    offer = event.rsvps.get(state=Rsvp.State.OFFERED)
    assert offer.offered_at <= now < offer.offer_expires_at <= event.starts_at
    assert event.rsvps.filter(cancelled_at=offer.offered_at).exists()
    assert not event.rsvps.queue().filter(number__lt=offer.number).exists()


def test_demo_holds_all_rules(reading):
    check_rules(reading)


def test_demo_shows_the_numbers_of_the_pictures(reading):
    follows = dict(Follow.objects.values_list("neighbourhood__slug").annotate(n=models.Count("pk")))
    assert follows == demo_content.FOLLOWERS
    assert Person.objects.filter(home_neighbourhood__isnull=False).count() == 1904

    meeting = Event.objects.with_seats().get(title__endswith="gājēju pārejas un ielu apgaismojums")
    assert (meeting.seats_taken, meeting.capacity) == (34, 40)
    assert timezone.localtime(meeting.starts_at).isoformat() == "2026-11-25T18:30:00+02:00"
    remote = Event.objects.with_seats().get(title="Saruna par ziemas ceļu uzturēšanu")
    assert (remote.seats_taken, remote.capacity, remote.format) == (18, None, "remote")


def test_demo_holds_meetings_over_the_year_at_the_same_hour_of_the_wall(reading):
    council = Council.objects.get(neighbourhood__slug="kekavas-pilseta")
    meetings = Meeting.objects.filter(councils=council).held(NOW).select_related("event")
    assert meetings.count() == 8
    clocks = {timezone.localtime(row.event.starts_at).strftime("%H:%M") for row in meetings}
    assert clocks == {"18:00", "18:30"}  # the first one, and all others in summer and in winter
    offsets = {timezone.localtime(row.event.starts_at).utcoffset() for row in meetings}
    assert offsets == {timedelta(hours=2), timedelta(hours=3)}
    assert Meeting.objects.filter(kind=Meeting.Kind.YEARLY).get().councils.count() == 6


def test_demo_members_sit_in_their_seats(reading):
    rows = Council.objects.with_state(ON).with_numbers(ON).filter(state=CouncilState.WORKING)
    assert {row.neighbourhood.slug: (row.members, row.seats) for row in rows} == {
        "kekavas-pilseta": (9, 9),
        "balozi": (8, 9),
        "baldone": (9, 9),
        "dzerumi": (5, 5),
        "jaunsils": (5, 5),
        "daugmale": (7, 7),
    }
    for row in rows:
        offices = Office.objects.held(ON).filter(council=row)
        assert sorted(office.kind for office in offices) == ["chair", "deputy_chair", "secretary"]
        members = Membership.objects.of_council(row).held(ON).values_list("person", flat=True)
        assert {office.person_id for office in offices} <= set(members)
    histories = Membership.objects.order_by("seat", "started_on")
    for _seat, history in groupby(histories, key=lambda row: row.seat_id):
        history = list(history)
        assert all(a.ended_on and a.ended_on <= b.started_on for a, b in pairwise(history))


def test_demo_is_marked_as_invented(reading):
    for model in (Person, Council, Event, Submission):
        assert not model.objects.filter(is_invented=False).exists(), model
    assert all("Demonstrācijas" in council.about for council in Council.objects.all())
    addresses = ContactChannel.objects.filter(kind="email").values_list("value", flat=True)
    assert all(address.endswith("@example.org") for address in addresses)


def test_demo_mails_nobody(reading):
    assert not Notice.objects.exists()
    assert Person.objects.filter(wants_news=True, follows__isnull=False).distinct().count() < 100
    reminded = Rsvp.objects.filter(event__starts_at__gt=NOW, wants_reminder=True, person__wants_reminders=True)
    assert reminded.count() < 40


def test_demo_people_are_found_and_sorted_as_if_entered_by_hand(reading):
    person, channel, event = Person.objects.first(), ContactChannel.objects.first(), Event.objects.last()
    for row in (person, event, Submission.objects.first(), Street.objects.first()):
        before = row.search_text
        row.save()
        assert row.search_text == before != ""
    assert channel.value
    names = " ".join(f"{given} {family}" for given, family in Person.objects.values_list("given_name", "family_name"))
    assert set("āčēģīķļņšūž") <= set(names.lower())


def test_demo_has_people_without_account_or_address(reading):
    people = Person.objects.filter(user=None)
    assert people.filter(channels__kind="email").exists()
    assert people.filter(channels__kind="phone").exists()
    assert people.filter(channels=None).exists()
    past = Rsvp.objects.filter(person__in=people, event__ends_at__lte=NOW)
    assert not past.exists()  # the portal would have forgotten them


def test_demo_logins_open_their_accounts(reading):
    logins = demo.demo_logins()
    assert [email for _role, email, _password in logins] == [
        "koordinators@example.org",
        "administrators@example.org",
        "iedzivotajs@example.org",
        "loceklis@example.org",
    ]
    users = {}
    for role, email, password in logins:
        assert role
        users[email.partition("@")[0]] = user = authenticate(RequestFactory().get("/"), email=email, password=password)
        assert user is not None
        assert EmailAddress.objects.get(user=user).verified
    assert users["koordinators"].person.is_coordinator
    assert not users["koordinators"].person.is_administrator
    assert users["administrators"].person.is_administrator
    council = Council.objects.get(neighbourhood__slug="kekavas-pilseta")
    assert permissions.is_officer(users["loceklis"], council, ON, Office.Kind.CHAIR)
    resident = users["iedzivotajs"].person
    assert resident.home_neighbourhood.slug == "kekavas-pilseta"
    assert set(resident.follows.values_list("neighbourhood__slug", flat=True)) >= {"kekavas-pilseta", "balozi"}
    coming = resident.rsvps.filter(event__starts_at__gt=NOW)
    assert set(coming.values_list("state", flat=True)) == {"going", "offered"}


def test_demo_loads_once(reading):
    before = {model: model.objects.count() for model in (*MODELS, AuditEntry)}
    out = StringIO()
    call_command("demo", stdout=out)
    assert "already loaded" in out.getvalue()
    assert {model: model.objects.count() for model in (*MODELS, AuditEntry)} == before
