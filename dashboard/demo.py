"""Load the demonstration: a year of an invented portal life on top of the facts, alike for the same seed and day.

It writes the rows directly, as the operations would have left them, and plans no message: loading mails nobody.
Random are only secrets (tokens of links, unusable passwords). What the councils said, decided, wrote and published is
in `demo_record`, `demo_matters` and `demo_voice`.
"""

import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import regulation
from councils.models import AgendaItem, Council, Matter, Meeting, Membership, Office, Seat, Submission, Substitute, Term
from councils.working_days import add_working_days, is_working_day, next_working_day
from dashboard import demo_content as content
from dashboard import demo_sign_up
from dashboard import demo_work as work
from dashboard.demo_content import ComingEvent, FormingCouncil, Login, PastEvent, Topic, WorkingCouncil
from dashboard.demo_matters import Correspondence
from dashboard.demo_record import Held, Recorder
from dashboard.demo_voice import Voice
from dashboard.facts import council_name
from elections.models import Formation, FormationStep, Step
from events.models import Event, EventChange, Rsvp
from events.operations import offer_end
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood, Street
from neighbourhoods.periods import moment_on
from people.models import ContactChannel, Follow, Person, Role, User

YEAR = timedelta(days=365)
BETWEEN_MEETINGS = 28
BATCH = 1000


def is_loaded() -> bool:
    """Does this portal hold the demonstration's people?"""
    return Person.objects.filter(is_invented=True).exists()


def demo_logins() -> list[tuple[str, str, str]]:
    """Role, e-mail and password of the four accounts to try the portal with; none where they are not loaded."""
    if not is_loaded():
        return []
    logins = (
        (_("coordinator"), content.COORDINATOR),
        (_("administrator"), content.ADMINISTRATOR),
        (_("resident"), content.RESIDENT),
        (_("chair of a council"), content.MEMBER),
    )
    return [(str(role), login.email, content.PASSWORD) for role, login in logins]


@transaction.atomic
def load(*, now: datetime, seed: int = 1, scale: int = 1, years: int = 1) -> dict[str, int]:
    """Load everything as it stands at `now`; returns how many of each thing there are.

    The facts must be there. `scale` multiplies residents, follows, sign-ups (and the seats they need), past events and
    answered submissions. More than one of `years` is a shape for load tests and no picture of Ķekava, where the first
    council met in 2026: all eleven councils work for as long, from the third year on in a second convocation. Some
    seconds on SQLite at scale 1, one transaction: all of it or nothing, but for the files of documents.
    """
    _Loader(now, seed, scale, years).run()
    if connection.vendor == "postgresql":
        # Its planner knows nothing yet of so many new rows; with what it guesses some questions would take minutes.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    models = (Person, User, Follow, Council, Membership, Event, Meeting, Rsvp, Matter, Submission, Formation, Street)
    return {str(model._meta.verbose_name_plural): model.objects.count() for model in models}


class _Loader:
    """One load. The order of its steps is part of the seed: each takes its random numbers from one stream."""

    def __init__(self, now: datetime, seed: int, scale: int, years: int):
        self.seed = seed
        self.random = random.Random(seed)  # noqa: S311 - invented data, no secrets
        self.now = now
        self.today = timezone.localdate(now)
        self.scale = scale
        self.years = years
        self.working = content.WORKING if years == 1 else content.WORKING + content.ALSO_WORKING
        self.forming = content.FORMING if years == 1 else ()
        self.rules = regulation.in_force(self.today)
        self.areas = {area.slug: area for area in Neighbourhood.objects.all()}
        self.people: dict[str, list[Person]] = {}  # residents by the slug of their neighbourhood, longest known first
        self.guests: list[Person] = []
        self.sitting: set[int] = set()
        self.councils: dict[str, Council] = {}
        self.rsvps: list[Rsvp] = []
        self.held: list[Held] = []

    def run(self) -> None:
        self.enter_staff()
        self.enter_residents()
        self.enter_guests()
        self.follow()
        self.list_streets()
        for working in self.working:
            self.start_working(working)
        for forming in self.forming:
            self.start_forming(forming)
        for working in self.working:
            self.hold_meetings(working)
        for past in content.PAST_EVENTS:
            for year in range(self.years):
                for number in range(self.scale):
                    self.hold_event(past, number, year)
        for coming in content.COMING_EVENTS:
            self.announce(coming)
        Rsvp.objects.bulk_create(self.rsvps, batch_size=BATCH)
        demo_sign_up.enter(seed=self.seed, now=self.now, by=self.coordinator)
        self.keep_records()

    # people

    def enter_staff(self) -> None:
        """The coordinator and the administrator; their roles began before anything here did."""
        began = min(self.today - YEAR, date(2025, 4, 11))
        for login, kind in (
            (content.COORDINATOR, Role.Kind.COORDINATOR),
            (content.ADMINISTRATOR, Role.Kind.ADMINISTRATOR),
        ):
            person = self.make_person(login, self.at(began, time(9)))
            self.save_people([(person, login.email, content.PASSWORD)])
            Role.objects.create(person=person, kind=kind, started_on=began)
            if kind == Role.Kind.COORDINATOR:
                assert person.user is not None
                self.coordinator = person.user

    def make_person(self, login: Login, entered_at: datetime, **fields) -> Person:
        return Person(
            given_name=login.given_name,
            family_name=login.family_name,
            created_at=entered_at,
            is_invented=True,
            search_text=latvian.search_text(login.given_name, login.family_name),
            **fields,
        )

    def save_people(self, rows: Sequence[tuple[Person, str, str | None]]) -> None:
        """Save people with their accounts: (person, e-mail, password or None for an account without one)."""
        users = [
            User(email=email, password=make_password(password), date_joined=person.created_at)
            for person, email, password in rows
        ]
        User.objects.bulk_create(users, batch_size=BATCH)
        for (person, _email, _password), user in zip(rows, users, strict=True):
            person.user = user
        Person.objects.bulk_create([person for person, _email, _password in rows], batch_size=BATCH)
        EmailAddress.objects.bulk_create(
            [EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users], batch_size=BATCH
        )
        ContactChannel.objects.bulk_create(
            [
                ContactChannel(person=person, kind="email", value=email, confirmed_at=person.created_at)
                for person, email, _password in rows
            ],
            batch_size=BATCH,
        )

    def name(self) -> tuple[str, str]:
        woman = self.random.random() < 0.55
        given = self.random.choice(content.WOMEN if woman else content.MEN)
        return given, self.random.choice(content.FAMILIES)[0 if woman else 1]

    def registered_at(self) -> Iterator[datetime]:
        """Moments of registration, earliest first, growing as `content.REGISTERED` says in months of thirty days."""
        month = timedelta(days=30)
        end = self.now - month * (len(content.REGISTERED) - 1)
        begin, before = end - YEAR / 2 - YEAR * (self.years - 1), 0
        for total in content.REGISTERED:
            count, before = (total - before) * self.scale, total
            yield from sorted(begin + (end - begin) * self.random.random() for _n in range(count))
            begin, end = end, end + month

    def enter_residents(self) -> None:
        """Residents with accounts nobody knows a password of, each with a home; two of them are log-ins to try.

        Few want mail: a demonstration in which somebody publishes an event should not write hundreds of mails.
        """
        homes = [slug for slug, count in content.FOLLOWERS.items() for _n in range(count * self.scale)]
        self.random.shuffle(homes)
        rows: list[tuple[Person, str, str | None]] = []
        for number, (entered_at, home) in enumerate(zip(self.registered_at(), homes, strict=True)):
            login = Login("", *self.name())
            wants_mail = self.random.random() < 0.03
            email, password = f"{_ascii(login.given_name)}.{_ascii(login.family_name)}.{number}@example.org", None
            if number < 2:
                login = (content.RESIDENT, content.MEMBER)[number]
                email, password, wants_mail, home = login.email, content.PASSWORD, True, self.swap_home(homes, number)
            person = self.make_person(
                login,
                entered_at,
                home_neighbourhood=self.areas[home],
                wants_news=wants_mail,
                wants_reminders=wants_mail,
            )
            rows.append((person, email, password))
            self.people.setdefault(home, []).append(person)
        self.resident, self.member = rows[0][0], rows[1][0]
        self.save_people(rows)

    @staticmethod
    def swap_home(homes: list[str], number: int) -> str:
        """The log-ins live where their stories happen; somebody else moves out for them."""
        elsewhere = homes.index(content.MEMBER_COUNCIL, 2)
        homes[number], homes[elsewhere] = homes[elsewhere], homes[number]
        return homes[number]

    def enter_guests(self) -> None:
        """People without an account: with an e-mail, with a phone, or with nothing but a name."""
        channels = []
        for number in range(48 * self.scale):
            person = self.make_person(
                Login("", *self.name()),
                self.now - timedelta(days=self.random.randint(18, 24)),
                created_by=self.coordinator if number % 3 else None,
                wants_news=False,
                wants_reminders=False,
            )
            self.guests.append(person)
            if number % 3 == 0:
                channels.append(
                    ContactChannel(
                        person=person,
                        kind="email",
                        value=f"viesis.{number}@example.org",
                        confirmed_at=person.created_at,
                    )
                )
            elif number % 3 == 1:
                channels.append(ContactChannel(person=person, kind="phone", value=f"+371 2000 {number % 10000:04d}"))
        Person.objects.bulk_create(self.guests, batch_size=BATCH)
        ContactChannel.objects.bulk_create(channels, batch_size=BATCH)

    def follow(self) -> None:
        """Most follow their home, a tenth follows another neighbourhood instead; each count is as the content says."""
        everybody = [person for people in self.people.values() for person in people]
        logins = (self.resident, self.member)
        rows = []
        for slug, locals_ in self.people.items():
            moved = len(locals_) // 10
            leaving = {person.pk for person in self.random.sample([p for p in locals_ if p not in logins], moved)}
            following = [person for person in locals_ if person.pk not in leaving]
            strangers = [p for p in everybody if p.home_neighbourhood_id != self.areas[slug].pk and p not in logins]
            joining = self.random.sample(strangers, moved)
            if slug == "balozi":
                joining[0] = self.resident
            rows += [
                Follow(person=person, neighbourhood=self.areas[slug], followed_at=self.between(person.created_at))
                for person in following + joining
            ]
        Follow.objects.bulk_create(rows, batch_size=BATCH)

    def between(self, begin: datetime, end: datetime | None = None) -> datetime:
        """Some moment from `begin` to `end` (now, when it is left out), sooner rather than later."""
        return begin + ((end or self.now) - begin) * self.random.random() ** 2

    # places and days

    def list_streets(self) -> None:
        there = set(Street.objects.values_list("name", "town", "houses"))
        Street.objects.bulk_create(
            Street(
                name=name,
                town=town,
                houses=houses,
                neighbourhood=self.areas[slug],
                search_text=latvian.search_text(name, town),
            )
            for name, town, houses, slug in content.STREETS
            if (name, town, houses) not in there
        )

    def day(self, ahead: int) -> date:
        return self.today + timedelta(days=ahead)

    def working_day(self, ahead: int) -> date:
        """The day, or the last working day before it."""
        day = self.day(ahead)
        return day if is_working_day(day) else add_working_days(day, -1)

    def at(self, day: date, clock: time) -> datetime:
        """The moment of the clock on the wall in Latvia, in summer as in winter."""
        return moment_on(day, clock)

    # councils

    def council(self, slug: str, about: str) -> Council:
        """The neighbourhood's council, new or known from the facts; what is said of it here is invented."""
        area = self.areas[slug]
        council, _created = Council.objects.get_or_create(neighbourhood=area, defaults={"name": council_name(area)})
        council.is_invented = True
        council.about = council.about or about
        council.email = council.email or f"{slug}@example.org"
        council.save()
        self.councils[slug] = council
        return council

    def start_working(self, working: WorkingCouncil) -> None:
        """A first term with members and officers; begun long enough ago to have held meetings."""
        council = self.council(working.slug, content.ABOUT_COUNCIL)
        term = council.terms.order_by("number").first() or Term(council=council, number=1)
        months_ago = next_working_day(self.day(-240 if self.years == 1 else -365 * self.years))
        term.started_on = min(term.started_on or working.since, months_ago)
        if self.years > 2:
            term.ended_on = next_working_day(term.started_on + 2 * YEAR)
        self.open_term(working, term)
        for formation in council.formations.open():
            self.finish(formation, term.started_on)
        if term.ended_on:
            self.open_term(working, Term(council=council, number=2, started_on=term.ended_on))

    def open_term(self, working: WorkingCouncil, term: Term) -> None:
        term.seat_count, term.seat_count_source = working.seats, content.SOURCE
        term.save()
        Seat.objects.bulk_create(Seat(term=term, number=n) for n in range(1, working.seats + 1))
        self.seat_members(working, term)

    @staticmethod
    def finish(formation: Formation, met_on: date) -> None:
        """The council met: what the facts leave open is told as done."""
        formation.steps.filter(step=Step.FIRST_MEETING).update(done_on=met_on, note=content.SOURCE)
        formation.closed_on = max(met_on, formation.opened_on)
        formation.save()

    def seat_members(self, working: WorkingCouncil, term: Term) -> None:
        """Members in all seats, and who was not elected. In the term that lasts, some gave up their seat."""
        seats = list(term.seats.order_by("number"))
        locals_ = [person for person in self.people[working.slug] if person not in (self.resident, self.member)]
        chosen = self.random.sample(locals_[: 4 * working.seats], working.seats + content.SUBSTITUTES)
        if working.slug == content.MEMBER_COUNCIL and not term.ended_on:
            chosen[0] = self.member
        members, substitutes = chosen[: working.seats], chosen[working.seats :]
        rows = [
            Membership(seat=seat, person=person, started_on=term.started_on, source=content.SOURCE)
            for seat, person in zip(seats, members, strict=True)
        ]
        taken_by: Membership | None = None
        if term.ended_on:
            for row in rows:
                row.ended_on, row.end_reason = term.ended_on, Membership.EndReason.TERM_OVER
        elif working.empty_seats or working.slug == content.MEMBER_COUNCIL:
            # The last one gave up the seat; it is empty since, or the next candidate by votes took it (§19).
            rows[-1].ended_on, rows[-1].end_reason = self.day(-100), Membership.EndReason.RESIGNED
            if working.slug == content.RELEASED:
                rows[-1].end_reason = Membership.EndReason.ABSENCES
            if not working.empty_seats:
                taken_by = Membership(
                    seat=seats[-1], person=substitutes[0], started_on=self.day(-95), source=content.SOURCE
                )
                rows.append(taken_by)
        Membership.objects.bulk_create(rows)
        self.rank_substitutes(term, substitutes, taken_by, bool(working.empty_seats and not term.ended_on))
        self.give_offices(working, term, members)

    def rank_substitutes(
        self, term: Term, people: Sequence[Person], taken_by: Membership | None, is_seat_empty: bool
    ) -> None:
        """By votes (§19). The first took an empty seat, or refused it, and the next was offered it some days ago."""
        votes = 40 + self.random.randint(0, 30)
        rows = []
        for rank, person in enumerate(people, 1):
            votes -= self.random.randint(1, 8)
            row = Substitute(
                term=term,
                person=person,
                rank=rank,
                votes=votes,
                applied_at=self.at(term.started_on - timedelta(days=60 + self.random.randint(0, 20)), time(12)),
                source=content.SOURCE,
            )
            if rank == 1 and taken_by:
                row.offered_on, row.seated_on, row.membership = self.day(-99), taken_by.started_on, taken_by
            if is_seat_empty and rank == 1:
                row.offered_on, row.declined_on, row.declined_because = self.day(-98), self.day(-90), work.REFUSED_SEAT
            if is_seat_empty and rank == 2:
                row.offered_on = self.day(-3)
            rows.append(row)
        Substitute.objects.bulk_create(rows)

    def give_offices(self, working: WorkingCouncil, term: Term, members: Sequence[Person]) -> None:
        kinds = list(Office.Kind)
        offices = [
            Office(
                council=term.council,
                person=person,
                kind=kind,
                started_on=term.started_on,
                ended_on=term.ended_on,
                source=content.SOURCE,
            )
            for kind, person in zip(kinds, members, strict=False)
        ]
        if working.slug == "baldone" and not term.ended_on:  # the secretary changed
            offices[-1].ended_on = self.day(-120)
            offices.append(
                Office(
                    council=term.council,
                    person=members[len(kinds)],
                    kind=Office.Kind.SECRETARY,
                    started_on=self.day(-120),
                    source=content.SOURCE,
                )
            )
        Office.objects.bulk_create(offices)

    def start_forming(self, forming: FormingCouncil) -> None:
        council = self.council(forming.slug, content.ABOUT_FORMING)
        opened_on = self.day(-forming.opened_ago)
        council.formation_started_on, council.formation_source = opened_on, content.SOURCE
        council.save()
        formation = Formation.objects.create(council=council, opened_on=opened_on, candidates=forming.candidates)
        steps = [FormationStep(formation=formation, step=step) for step in Step]
        for step, ago in zip(steps, forming.done_ago, strict=False):
            step.done_on = self.day(-ago)
        current = steps[len(forming.done_ago)]
        current.due_on, current.note = next_working_day(self.day(forming.due_in)), forming.note
        FormationStep.objects.bulk_create(steps)

    # events

    def event(self, starts_at: datetime, ends_at: datetime, slugs: Iterable[str], published_at, **fields) -> Event:
        slugs = list(slugs)
        event = Event(
            uid=uuid.UUID(int=self.random.getrandbits(128), version=4),
            starts_at=starts_at,
            ends_at=ends_at,
            published_at=published_at,
            published_by=self.coordinator if published_at else None,
            changed_at=published_at or self.now,
            is_invented=True,
            **fields,
        )
        if event.has_room:
            event.venue = event.venue or content.VENUES[slugs[0]]
            event.directions, event.accessibility = content.DIRECTIONS, content.ACCESSIBILITY
        if event.has_link:
            event.online_url = f"https://example.org/sede/{event.uid.hex[:8]}"
        event.save()
        event.neighbourhoods.set([self.areas[slug] for slug in slugs])
        return event

    def meeting(self, event: Event, slugs: Iterable[str], **fields) -> Meeting:
        meeting = Meeting.objects.create(event=event, **fields)
        meeting.councils.set([self.councils[slug] for slug in slugs])
        return meeting

    def hold_meetings(self, working: WorkingCouncil) -> None:
        """Every four weeks back from the last one to the first, each on a working day, earlier ones not in July."""
        terms = list(self.councils[working.slug].terms.order_by("number"))
        firsts = [term.started_on for term in terms]
        last = self.last_meeting_on(working)
        days: list[date] = []
        ago = 0
        while (day := next_working_day(last - timedelta(days=ago))) > firsts[0]:
            is_near = any(abs((day - first).days) <= 14 for first in firsts)
            if (day.month != 7 or ago == 0) and day > self.today - YEAR * self.years and not is_near:
                days.append(day)
            ago += BETWEEN_MEETINGS
        days = sorted([*days, *firsts])
        # Counted from the last one back, so that the last year is alike however many were before it.
        offset = [council.slug for council in self.working].index(working.slug) * 2
        upcoming = islice(cycle(content.TOPICS), offset, None)
        topics = {day: next(upcoming) for day in reversed(days) if day not in firsts}
        for number, day in enumerate(days):
            if number == 0 and day <= self.today - YEAR and self.years == 1:
                continue
            self.hold_meeting(working, day, topics.get(day), days[number + 1 :])

    def last_meeting_on(self, working: WorkingCouncil) -> date:
        """Some days ago; where the minutes are to be overdue, the last day for which they are, and where they are not
        yet due, a day within their time."""
        day = self.working_day(-working.last_ago)
        if working.slug == content.MINUTES_OVERDUE:
            day = add_working_days(self.today, -1)
            while self.rules.minutes_due_on(day) >= self.today:
                day = add_working_days(day, -1)
        if working.slug == content.MINUTES_UNPUBLISHED:
            day = add_working_days(self.today, -4)
        return day

    def hold_meeting(self, working: WorkingCouncil, day: date, topic: Topic | None, later: Sequence[date]) -> None:
        clock, remote = working.usual, False
        if topic is None:
            topic, clock, remote = content.FIRST_MEETING, working.first_at, working.first_remote
        starts_at = self.at(day, clock)
        chance = random.Random(f"{self.seed} {working.slug} {day}")  # noqa: S311 - the same whatever was before it
        formats = Event.Format.REMOTE if remote else chance.choice((Event.Format.IN_PERSON, Event.Format.HYBRID))
        event = self.event(
            starts_at,
            starts_at + timedelta(minutes=90),
            [working.slug],
            self.at(add_working_days(day, -chance.randint(5, 9)), time(12)),
            kind=Event.Kind.MEETING,
            title=topic.title if topic is content.FIRST_MEETING else f"Padomes sēde: {topic.title}",
            description="Sēde ir atklāta: vari nākt un uzdot jautājumus.",
            format=formats,
            capacity=40 * self.scale,
        )
        sent_on = published_on = None
        if later or working.slug not in (content.MINUTES_OVERDUE, content.MINUTES_UNPUBLISHED):
            late = working.slug == content.MINUTES_ONCE_LATE and len(later) == 2
            sent_on = add_working_days(day, 8 if late else chance.randint(2, 5))
            published_on = min(add_working_days(sent_on, chance.randint(1, 2)), self.today)
            sent_on = min(sent_on, published_on)
        elif working.slug == content.MINUTES_UNPUBLISHED:
            sent_on = add_working_days(self.today, -1)
        meeting = self.meeting(event, [working.slug], minutes_sent_on=sent_on, minutes_published_on=published_on)
        kept = Held(meeting, [self.councils[working.slug]], topic.items, topic is content.FIRST_MEETING)
        kept.minutes = "published" if published_on else "sent" if sent_on else "drafted"
        self.held.append(kept)
        self.sign_up(event, [working.slug], self.random.randint(9, 30) * self.scale)

    def hold_event(self, past: PastEvent, number: int, year: int = 0) -> None:
        """The same event again at a larger scale, some days earlier, and in each year before."""
        starts_at = self.at(self.weekend_or_not(self.day(-past.ago - number % 60 - 365 * year), past.kind), past.at)
        event = self.event(
            starts_at,
            starts_at + timedelta(hours=past.hours),
            past.slugs,
            starts_at - timedelta(days=self.random.randint(12, 24)),
            kind=past.kind,
            title=past.title,
            description=past.description,
            format=past.format,
            venue=past.venue,
            capacity=past.capacity * self.scale if past.capacity else None,
        )
        self.sign_up(event, past.slugs, past.going)

    @staticmethod
    def weekend_or_not(day: date, kind: str) -> date:
        """Clean-ups and forums on a Saturday, the rest on a working day."""
        if kind in (Event.Kind.CLEANUP, Event.Kind.FORUM):
            return day + timedelta(days=(5 - day.weekday()) % 7)
        return next_working_day(day)

    def announce(self, coming: ComingEvent) -> None:
        day = self.day(coming.ahead)
        if coming.special != "running":
            day = self.weekend_or_not(day, coming.kind)
        starts_at = self.at(day, coming.at)
        announced = self.at(add_working_days(min(day, self.today), -self.random.randint(6, 9)), time(11))
        slugs = coming.slugs
        event = self.event(
            starts_at,
            starts_at + timedelta(hours=coming.hours),
            slugs,
            None if coming.special == "draft" else announced,
            kind=coming.kind,
            title=coming.title,
            description=coming.description,
            format=coming.format,
            venue=coming.venue,
            takes_rsvps=not coming.without_rsvps,
            capacity=coming.capacity * self.scale if coming.capacity else None,
        )
        if coming.topic:
            councils = slugs or [working.slug for working in self.working]
            self.plan_agenda(self.meeting(event, councils, kind=coming.meeting_kind), coming.topic)
        if coming.going:
            self.sign_up(event, slugs, coming.going * self.scale, waiting=coming.waiting, offered=coming.offered)
        if coming.special == "cancelled":
            event.cancelled_at, event.cancelled_by = self.now - timedelta(days=1), self.coordinator
            event.cancel_reason, event.sequence, event.changed_at = content.CANCEL_REASON, 1, event.cancelled_at
            event.save()
        if coming.special == "moved":
            self.move(event)

    @staticmethod
    def plan_agenda(meeting: Meeting, topic: Topic) -> None:
        AgendaItem.objects.bulk_create(
            AgendaItem(meeting=meeting, position=position, title=title, minutes=minutes, description=description)
            for position, (title, minutes, description) in enumerate((*topic.items, content.QUESTIONS), 1)
        )

    def move(self, event: Event) -> None:
        """The start was moved by an hour two days ago, and everyone was told then."""
        event.sequence, event.changed_at = 1, self.now - timedelta(days=2)
        event.save()
        hour = timedelta(hours=1)
        after = {"starts_at": event.starts_at, "ends_at": event.ends_at}
        EventChange.objects.create(
            event=event,
            at=event.changed_at,
            by=self.coordinator,
            sequence=1,
            before={name: (moment - hour).isoformat() for name, moment in after.items()},
            after={name: moment.isoformat() for name, moment in after.items()},
        )

    # sign-ups

    def sign_up(
        self, event: Event, slugs: Sequence[str], going: int, *, waiting: Sequence[int] = (), offered: bool = False
    ) -> None:
        """`going` people in parties, some who cancelled, then the queue: numbered in the order of their moments.

        The seat on offer is one that was given back three hours ago.
        """
        assert event.published_at  # a draft takes nobody
        freed_at = self.now - timedelta(hours=3)
        last = min(event.starts_at - timedelta(hours=2), freed_at)
        if offered and event.capacity:
            going = event.capacity - 1
        seated = [(size, Rsvp.State.GOING) for size in self.parties(going, event.party_limit)]
        for _n in range(1 if offered else len(seated) // 12):
            seated.insert(self.random.randint(2, len(seated)), (1, Rsvp.State.CANCELLED))
        queue = ([(1, Rsvp.State.OFFERED)] if offered else []) + [(size, Rsvp.State.WAITING) for size in waiting]
        everyone = seated + queue
        people = self.who_comes(slugs, len(everyone), event, queue=len(queue), offered=offered)
        everyone = everyone[: len(people)]
        moments = sorted(self.between(event.published_at, last) for _n in everyone)
        for number, ((size, state), person, moment) in enumerate(zip(everyone, people, moments, strict=True), 1):
            rsvp = Rsvp(
                event=event,
                person=person,
                number=number,
                state=state,
                party_size=size,
                attending=self.attending(event),
                rsvped_at=moment,
                confirmed_at=moment,
                entered_by=self.coordinator if person.user_id is None and person.created_by_id else None,
                wants_reminder=person.wants_reminders,
            )
            if state == Rsvp.State.CANCELLED:
                rsvp.cancelled_for = Rsvp.CancelledFor.SELF
                rsvp.cancelled_at = freed_at if offered else self.between(moment, last)
            if state == Rsvp.State.OFFERED:
                rsvp.offered_at, rsvp.offer_expires_at = freed_at, offer_end(event, freed_at)
            self.rsvps.append(rsvp)

    def parties(self, people: int, limit: int) -> list[int]:
        sizes = []
        while people:
            size = min(self.random.choice((1, 1, 1, 1, 2, 2, 3)), people, limit)
            sizes.append(size)
            people -= size
        return sizes

    def who_comes(self, slugs: Sequence[str], count: int, event: Event, *, queue: int, offered: bool) -> list[Person]:
        """Different people, mostly neighbours; those who came without an account only to what lies ahead, because the
        portal forgets them after an event. The log-ins to try come where their story says."""
        near = [person for slug in slugs or self.people for person in self.people[slug]]
        opened_at = event.published_at or self.now
        pool = self.registered_by(opened_at, near)
        if len(pool) < count:
            pool = self.registered_by(opened_at, [p for people in self.people.values() for p in people])
        count = min(count, len(pool))  # years ago, few were here
        guests = self.random.sample(self.guests, min(count // 6, len(self.guests))) if event.ends_at > self.now else []
        people = guests + self.random.sample(pool, count - len(guests))
        self.random.shuffle(people)
        if offered:
            people[-queue] = self.resident
        elif event.kind == Event.Kind.CLEANUP or (content.MEMBER_COUNCIL in slugs):
            people[0], people[1] = self.resident, self.member
        return people

    def registered_by(self, moment: datetime, people: Iterable[Person]) -> list[Person]:
        """Those who had an account by then, without the log-ins to try."""
        logins = {self.resident.pk, self.member.pk}
        return [person for person in people if person.created_at < moment and person.pk not in logins]

    def attending(self, event: Event) -> str:
        if event.format == Event.Format.HYBRID and event.capacity is None:  # else the pictures' numbers are of the room
            return Rsvp.Attending.REMOTE if self.random.random() < 0.25 else Rsvp.Attending.IN_PERSON
        return Rsvp.Attending.REMOTE if event.format == Event.Format.REMOTE else Rsvp.Attending.IN_PERSON

    # what the councils did

    def keep_records(self) -> None:
        """Letters and proposals first, because meetings deal with them; then what was said, decided and answered."""
        letters = Correspondence(seed=self.seed, now=self.now, rules=self.rules, coordinator=self.coordinator)
        letters.enter_units()
        sent = [
            (wish, self.submit(letters, wish, number, 900 + 40 * place + number))
            for place, wish in enumerate(content.SUBMISSIONS)
            for number in range(self.scale if wish.replied_ago else 1)
        ]
        for _wish, row in sent:
            self.resolve_on(row)
        for proposal in work.PROPOSALS:
            people = self.registered_by(self.now - timedelta(days=proposal.ago + 1), self.people[proposal.slug])
            letters.propose(proposal, self.councils[proposal.slug], people, self.held)
        recorder = Recorder(seed=self.seed, now=self.now, rules=self.rules, coordinator=self.coordinator)
        recorder.write(self.held)
        Submission.objects.bulk_update([row for _wish, row in sent], ["resolution"])
        letters.write_letters(recorder.voted)
        for opinion in work.OPINIONS:
            letters.ask_opinion(opinion, self.councils[opinion.slug])
        coming = Meeting.objects.filter(event__starts_at__gt=self.now, event__cancelled_at=None)
        recorder.announce(coming.select_related("event").order_by("event__starts_at", "pk"))
        letters.follow([person for people in self.people.values() for person in people])
        voice = Voice(seed=self.seed, now=self.now, coordinator=self.coordinator)
        voice.write_news([(working, self.councils[working.slug]) for working in self.working], self.years)
        for working in self.working:
            voice.file_documents(self.councils[working.slug])
        voice.hang_album()

    def submit(self, letters: Correspondence, wish: content.DemoSubmission, number: int, count: int) -> Submission:
        """One submission; at a larger scale the answered ones stand again, some days earlier."""

        def ago(days: int | None) -> date | None:
            return None if days is None else self.working_day(-days - number % 60)

        sent_on = ago(wish.sent_ago) or self.sent_to_be_due(self.day(wish.due_in or 0))
        councils = [self.councils[slug] for slug in wish.slugs]
        matter = Matter.objects.create(
            title=wish.title, topic=wish.topic, began_at=moment_of(sent_on - timedelta(days=20)), is_invented=True
        )
        matter.councils.set(councils)
        row = Submission(
            matter=matter,
            title=wish.title,
            text=wish.text,
            topic=wish.topic,
            replied_on=ago(wish.replied_ago),
            outcome=wish.outcome,
            reply=wish.reply,
            alternative=work.ALTERNATIVES.get(wish.title, ""),
            done_on=ago(wish.done_ago),
            is_invented=True,
        )
        letters.register(row, wish.unit, sent_on, count)
        if row.replied_on:
            row.replied_by = letters.officers[wish.unit]
        letters.ask_again(row)
        row.save()
        row.councils.set(councils)
        return row

    def resolve_on(self, row: Submission) -> None:
        """The last meeting before it was sent, if there is one: there the council resolved on it."""
        assert row.sent_on is not None
        councils = list(row.councils.all())
        earlier = [held for held in self.held if held.councils[0] in councils and held.day < row.sent_on]
        earlier = [held for held in earlier if not held.is_first]
        if earlier:
            max(earlier, key=lambda held: held.day).letters.append(row)

    def sent_to_be_due(self, due_on: date) -> date:
        """The last working day on which a submission was sent whose reply is due by the day."""
        day = min(due_on, self.today)
        while self.rules.reply_due_on(day, add_working_days(day, 1)) > due_on:
            day = add_working_days(day, -1)
        return day


def _ascii(name: str) -> str:
    return latvian.fold(name).replace(" ", "")


def moment_of(day: date) -> datetime:
    """Nine in the morning of the day in Latvia, when it is loaded for a day that is not today."""
    return moment_on(day, time(9)).astimezone(UTC)
