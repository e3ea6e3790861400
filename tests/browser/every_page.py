"""Every page of the portal in every state that a person can bring it into: where it is and how one gets there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings as django_settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import FilePayload, Page

from councils import answers
from councils.documents import announcement
from councils.models import (
    AbsenceCase,
    Announcement,
    AnswerLink,
    Council,
    CouncilState,
    Meeting,
    Membership,
    Minutes,
    MunicipalUnit,
    Office,
    Submission,
)
from councils.operations import enquiries, matters, minutes, opinions, room, settings, voice, votes
from dashboard.demo_content import COORDINATOR, RESIDENT
from dashboard.pages_content import SLUGS
from elections.models import FormationStep
from events import codes
from events.models import CheckIn, Event, Rsvp
from neighbourhoods.models import Neighbourhood, Street
from notices.mailbox import stored
from notices.models import Notice
from people.models import Person, Role, User
from tests import factories
from tests.councils import minutes_world, room_world
from tests.dashboard import voice_world as made

PASSWORD = "gaišs-rīts-2026"  # as tests.factories gives it
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
COUNTS = {"in_favour": 2, "against": 2, "abstained": 1}


@dataclass(frozen=True)
class Visit:
    """A page in one state. `who` is a name of `sessions`, "" a visitor; `act` is the way from `path` to the state."""

    name: str
    path: str
    who: str = ""
    act: Callable[[Page], None] | None = None
    status: int = 200
    english: bool = False


# --- steps on a page ------------------------------------------------------------------------------------------------
EMPTY = """form => {
  for (const field of form.elements) {
    if (['checkbox', 'radio'].includes(field.type)) field.checked = false;
    else if (!['hidden', 'submit', 'button'].includes(field.type)) field.value = '';
  }
}"""
SENDS = "button[type=submit]:not([value=check])"  # a button that only looks something up sends nothing
FORM = "main form[method=post]:has(:is(input:not([type=hidden]), textarea, select))"


def send_empty(page: Page) -> None:
    """Empty every field of the page's form and send it."""
    form = page.locator(FORM).first
    form.evaluate(EMPTY)
    _submit(page, form.locator(SENDS).first)


def _submit(page: Page, button) -> None:
    with page.expect_navigation():
        button.click()


def send(**values: str) -> Callable[[Page], None]:
    """Fill in fields by name and send their form."""

    def act(page: Page) -> None:
        form = page.locator(FORM).first
        for name, value in values.items():
            form.locator(f"[name={name}]").fill(value)
        _submit(page, form.locator(SENDS).first)

    return act


def fill(**values: str) -> Callable[[Page], None]:
    """Fill in fields by name and send nothing yet."""

    def act(page: Page) -> None:
        for name, value in values.items():
            page.locator(f"{FORM} [name={name}]").first.fill(value)

    return act


def one_after_another(*steps: Callable[[Page], None]) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for step in steps:
            step(page)

    return act


def choose_file(name: str, *lines: str) -> Callable[[Page], None]:
    """Choose a CSV of these lines for the file field of the name, and send its form."""

    def act(page: Page) -> None:
        content = "\ufeff" + "\r\n".join(lines)
        file = FilePayload(name="tabula.csv", mimeType="text/csv", buffer=content.encode())
        page.locator(f"main [name={name}]").set_input_files(file)
        _submit(page, page.locator("main form:has([type=file]) button[type=submit]"))

    return act


def press(words: str) -> Callable[[Page], None]:
    return lambda page: _submit(page, page.locator("main").get_by_role("button", name=words).first)


def unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("for (const part of document.querySelectorAll('main details')) part.open = true")


def spoil_token(page: Page) -> None:
    page.locator("main input[name=csrfmiddlewaretoken]").first.evaluate("field => { field.value = 'x' }")


def send_code(page: Page) -> None:
    """Type the code of the newest mail and send it."""
    send(code=Notice.objects.filter(data__has_key="code").latest("pk").data["code"])(page)


T = TypeVar("T", bound=Model)


def first(rows: QuerySet[T]) -> T:
    row = rows.first()
    assert row is not None, f"The demonstration has no such {rows.model._meta.verbose_name}."
    return row


# --- what is there --------------------------------------------------------------------------------------------------
class Scene:
    """The demonstration, and beside it a row for each state that it may lack. Made once, in the test's database."""

    def __init__(self) -> None:
        call_command("demo", verbosity=0)
        self.now = timezone.now()
        self.users()
        self.areas()
        self.rosters()
        self.events()
        self.before_meetings()
        self.minutes()
        self.rooms()
        self.matters()
        self.voice()
        self.rsvps()
        self.mails()

    def users(self) -> None:
        chair = first(Office.objects.filter(kind=Office.Kind.CHAIR, person__user__isnull=False))
        member = first(Membership.objects.filter(ended_on=None, person__offices=None))
        member.person.user = member.person.user or User.objects.create_user("biedrs@example.org", PASSWORD)
        member.person.save()
        self.office, self.member = chair, member
        self.code_user = factories.user("bezparoles@example.org", name="Zīle Ļaudona", password=None)
        self.new_user = factories.user("jauns@example.org", name="Ņina Čaka")
        self.role = factories.administrator(email="stils@example.org", name="Ķirsons Džeks").person.roles.get()
        self.former = Role.objects.create(
            person=self.new_user.person,
            kind=Role.Kind.COORDINATOR,
            started_on=self.now.date() - timedelta(days=300),
            ended_on=self.now.date() - timedelta(days=20),
        )
        quiet = factories.user("kluss@example.org", name="Klusā Ūdre")
        Person.objects.filter(user=quiet).update(wants_news=False, wants_reminders=False)
        self.quiet = Person.objects.get(user=quiet)
        users = {
            "resident": User.objects.get(email=RESIDENT.email),
            "new": self.new_user,
            "code": self.code_user,
            "member": member.person.user,
            "chair": chair.person.user,
            "coordinator": User.objects.get(email=COORDINATOR.email),
            "administrator": self.role.person.user,
        }
        self.sessions = {name: factories.session_of(user) for name, user in users.items()}

    def rosters(self) -> None:
        """A council below the minimum with its order of candidates, one without an order, one of unknown seats, one of
        a second convocation; letters to a council."""
        on = timezone.localdate(self.now)
        area = factories.neighbourhood("Sastāvs", slug="sastavs")
        term = factories.term(factories.council(neighbourhood=area, name="Sastāva padome"), started_on=on - YEAR)
        for n, name in enumerate(("Anna Āre", "Ilze Ķirse", "Jānis Žagars", "Zane Ūdre")):
            row = factories.membership(term, factories.person(name, email=f"loceklis{n}@example.org"))
            if n < 2:
                factories.office(row, ("chair", "secretary")[n])
        ended = {"started_on": on - YEAR, "ended_on": on - 9 * DAY, "end_reason": "resigned"}
        former = factories.membership(term, factories.person("Bijusī Biedre"), **ended)
        self.former_office = factories.office(former, "deputy_chair", ended_on=on - 9 * DAY)
        self.leaves = factories.membership(term, factories.person("Drīz Aiziet"))
        Membership.objects.filter(pk=self.leaves.pk).update(ended_on=on + 9 * DAY, end_reason="eligibility")
        states: tuple[dict[str, Any], ...] = (
            {"declined_on": on, "declined_because": "Pārcēlās"},
            {"offered_on": on},
            {},
            {"votes": 99},
        )
        self.order = [
            factories.substitute(term, factories.person(f"Kandidāts Nr{n}"), **values)
            for n, values in enumerate(states, 1)
        ]
        factories.membership(term, factories.person("Nākamā Biedre"), started_on=on + 40 * DAY)
        self.roster = term.council
        council = factories.council(neighbourhood=factories.neighbourhood("Otrais", slug="otrais"))
        factories.term(council, started_on=on - 5 * YEAR, ended_on=on - YEAR)
        factories.membership(factories.term(council, number=2, started_on=on - YEAR, end_rule="years"))
        unknown = factories.council(neighbourhood=factories.neighbourhood("Nezināmais", slug="nezinamais"))
        factories.term(unknown, seats=0, seat_count=None)
        writes: dict[str, Any] = {"council": self.roster, "text": "Kad salabos tiltu?", "now": self.now}
        guest: dict[str, Any] = {"name": "Rūta Žīgure", "email": "ruta@example.org", "network": "", "language": "lv"}
        self.letter = enquiries.write_as_guest(**writes, **guest)
        self.letter_sent = enquiries.write_to_council(**writes, person=self.new_user.person)

    def areas(self) -> None:
        on = timezone.localdate(self.now)
        councils = Council.objects.with_state(on).select_related("neighbourhood")
        self.area: dict[str, Neighbourhood] = {
            state: next(council.neighbourhood for council in councils if council.state == state)
            for state in (CouncilState.WORKING, CouncilState.FORMING)
        }
        self.empty_area = first(Neighbourhood.objects.filter(council=None))
        steps = FormationStep.objects.filter(formation__council__neighbourhood=self.area[CouncilState.FORMING])
        self.step = first(steps.filter(done_on=None))
        self.submissions: dict[str, Submission] = {}
        for row in Submission.objects.public().with_state(on):
            self.submissions.setdefault(row.state, row)
        self.draft_submission = factories.submission(
            [self.office.council], title="Melnraksts par soliņiem", sent_on=None, reply_due_on=None
        )

    def events(self) -> None:
        now, area = self.now, self.area[CouncilState.WORKING]
        self.event = {
            "open": factories.event("Vēl ir vietas", [area], capacity=20, directions="No pieturas pa kreisi."),
            "no limit": factories.event("Bez vietu skaita", description="Nāc un runā līdzi: https://example.org/garš"),
            "full": factories.event("Visas vietas aizņemtas", [area], capacity=1),
            "free": factories.event("Nāc bez pieteikšanās", [area], takes_rsvps=False),
            "closed": factories.event("Pieteikšanās slēgta", [area], rsvps_close_at=now - HOUR),
            "remote": factories.event("Tikai attālināti", format="remote", online_url="https://example.org/sede"),
            "hybrid": factories.event("Abējādi", [area], format="hybrid", online_url="https://example.org/sede"),
            "cancelled": factories.event("Atcelta talka", [area], cancelled_at=now, cancel_reason="Būs vētra."),
            "running": factories.event("Notiek tagad", [area], starts_at=now - HOUR),
            "over": factories.event("Jau bijis", [area], starts_at=now - timedelta(days=9)),
            "training": factories.event("Pirmā palīdzība", kind="training", starts_at=now - timedelta(days=3)),
            "thanked": factories.event(
                "Ar rezultātiem", starts_at=now - timedelta(days=5), results="Vienojāmies par pāreju.", thanked_at=now
            ),
            "draft": factories.event("Vēl melnraksts", [area], published=False, capacity=10),
            "opens later": factories.event("Pieteikšanās vēl nav sākta", [area], rsvps_open_at=now + HOUR),
            "asks": factories.event(
                "Darbnīcas",
                [area],
                format="hybrid",
                online_url="https://example.org/sede",
                capacity=30,
                online_capacity=50,
                reserved_seats=5,
            ),
        }
        self.asking(self.event["asks"])
        self.series = factories.event_series(3, neighbourhoods=[area])
        self.series.events.filter(pk=self.series.events.latest("starts_at").pk).update(published_at=None)
        factories.rsvp(self.event["full"])
        factories.rsvp(self.event["full"], state=Rsvp.State.WAITING)
        self.draft_meeting = factories.meeting(self.office.council, title="Sēdes melnraksts", published=False)
        self.meeting = first(Meeting.objects.filter(event__starts_at__gt=now, event__published_at__isnull=False))
        self.meeting_of_chair = factories.meeting(self.office.council, title="Sēde, uz ko piesakās")
        self.past_meeting = first(Meeting.objects.filter(councils=self.office.council, event__ends_at__lt=now))
        self.busy = first(Event.objects.upcoming(now).with_seats().filter(people_waiting__gt=0))
        self.street = first(Street.objects.all())

    def asking(self, event: Event) -> None:
        """Questions of every kind, services of both, somebody invited who signed up and somebody who did not."""
        self.question_of_event = factories.own_question(event, is_required=True)
        for kind, text in (("text", "Ko paņemsi līdzi?"), ("number", "Cik tev gadu?"), ("yes", "Nākšu pirmo reizi")):
            factories.own_question(event, text, kind=kind, choices=[])
        factories.own_question(event, "Kurā dienā?", choices=[f"{day}. decembrī" for day in range(1, 9)])
        self.service = factories.access_service(event, note="latviešu zīmju valoda")
        factories.access_service(event, "children", ask_until=None)
        coming = factories.rsvp(event, factories.person("Aicinātā Ūdre"), is_reserved=True)
        coming.answers.create(question=self.question_of_event, text="Koks")
        self.service.rsvps.add(coming)
        factories.invitation(event, coming.person)
        self.invitation = factories.invitation(event, factories.person("Aicinātais Āboliņš"))

    def before_meetings(self) -> None:
        """Meetings in every state of their announcement, an agenda with all it may hold, proposals decided or not."""
        now, council = self.now, self.office.council
        days = [now + timedelta(days=20 + n) for n in range(6)]

        def one(number: int, title: str, **fields) -> Meeting:
            meeting = factories.meeting(council, title=title, starts_at=days[number], **fields)
            item = meeting.agenda.create(
                position=1, title="Ceļi", minutes=20, rapporteur="Ilze Ķer", description="Par ceļiem"
            )
            part = meeting.agenda.create(position=2, title="Tilti", parent=item)
            meeting.agenda.create(position=3, title="Personas lieta", is_restricted=True)
            meeting.agenda.create(position=4, title="Lēmumi", kind="previous")
            meeting.agenda.create(position=5, title="Protokols", kind="approval")
            factories.paper(item)
            factories.paper(part, is_restricted=True)
            return meeting

        self.bare = one(0, "Vēl nekas nav sūtīts", published=False)
        self.sent = one(1, "Nosūtīta administrācijai", published=False)
        self.announced = one(2, "Izziņota", format="hybrid", online_url="https://example.org/sede")
        self.moved = one(3, "Pārcelta")
        self.changed = one(4, "Cita darba kārtība", published=False)
        self.soon = factories.meeting(council, title="Rīt bez darba kārtības", starts_at=now + timedelta(days=1))
        Meeting.objects.filter(pk=self.moved.pk).update(move_reason="Zālē ir remonts.")
        for meeting in (self.sent, self.announced, self.changed):
            factories.announcement(meeting, text=announcement.text(meeting), sent_at=now)
        Announcement.objects.filter(meeting=self.announced).update(
            published_on=timezone.localdate(now), published_url="https://www.example.org/s", recorded_at=now,
            published_late_because="Vietne nedarbojās", late_because="Slimība",
        )  # fmt: skip
        Announcement.objects.filter(meeting=self.changed).update(text="Vecs teksts\n")
        factories.announcement(self.moved, voided_at=now, replaced_at=now, sent_at=now)
        person = self.new_user.person
        self.proposal = {
            "waits": factories.proposal(council, person, title="Gaida lēmumu"),
            "not confirmed": factories.proposal(council, person, title="Nav apstiprināts", confirmed_at=None),
            "declined": factories.proposal(
                council, person, title="Noraidīts", decision="declined", decided_at=now, reason="Jau būvē."
            ),
            "taken": factories.proposal(
                council, person, title="Pieņemts", decision="taken", decided_at=now,
                item=self.announced.agenda.get(position=1), matter=factories.matter([council]),
            ),
            "taken onto a draft": factories.proposal(
                council, person, title="Pieņemts melnrakstā", decision="taken", decided_at=now,
                item=self.bare.agenda.get(position=1),
            ),
        }  # fmt: skip
        self.chair_sits = Membership.objects.get(person=self.office.person, ended_on=None)

    def minutes(self) -> None:
        """Minutes in every state; each meeting is written down by the chair's council, whose term the members share."""
        now, chair = self.now, Membership.objects.get(person=self.office.person, ended_on=None)
        others = Membership.objects.filter(seat__term=chair.seat.term, ended_on=None).exclude(pk=chair.pk)
        members = [chair, *others.order_by("pk")[:4]]
        while len(members) < 5:
            members.append(factories.membership(chair.seat.term))
        council = SimpleNamespace(council=self.office.council, members=members)

        def drafted(days: int) -> Minutes:
            opened_at = (now - timedelta(days=days)).replace(hour=16, minute=0)
            there = minutes_world.held_meeting(world=council, opened_at=opened_at, first=900 + 3 * days)
            there.meeting.agenda.filter(position=902 + 3 * days).update(is_restricted=True)
            return minutes.draft(meeting=there.meeting, by=None, now=now)

        def signed(days: int) -> Minutes:
            row = drafted(days)
            assert chair.person.user
            minutes.sign(minutes=row, seen=1, by=chair.person.user, now=now)
            return row

        self.drafted, self.signed, self.published, self.corrected = drafted(1), signed(2), signed(3), signed(4)
        held_at = (now - timedelta(days=5)).replace(hour=16, minute=0)
        self.not_drafted = minutes_world.held_meeting(0, council, opened_at=held_at).meeting
        minutes.ask_members(minutes=self.drafted, by=None, now=now)
        for text in ("Balsoja trīs.", "Trūkst pielikuma."):
            found = minutes.comment(minutes=self.drafted, person=chair.person, text=text, by=None, now=now)
        minutes.settle(comment=found, by=None, now=now)
        for row in (self.published, self.corrected):
            minutes.send(minutes=row, by=None, now=now)
            minutes.publish(minutes=row, by=None, now=now)
        minutes.hand_over(minutes=self.published, on=now.date(), to="Ilze Ķer", by=None, now=now)
        minutes.correct(minutes=self.corrected, reason="Nepareizs vārds", by=None, now=now)
        item = first(self.corrected.meeting.agenda.order_by("position"))
        minutes.write(minutes=self.corrected, notes={item.pk: (item.revision, "Labots.")}, by=None, now=now)

    def matters(self) -> None:
        """A matter with everything that can happen to one, hidden ones, links of officers in every state, opinions."""
        now, on, council = self.now, timezone.localdate(self.now), self.office.council
        by: dict[str, Any] = {"by": None, "now": now}
        officer = factories.responding_officer(factories.municipal_unit())
        other, units = factories.municipal_unit(), {"answering_unit": officer.unit}
        self.matter = factories.matter([council], "Laternas Skolas ielā", topic="5.1")
        factories.proposal(council, self.new_user.person, matter=self.matter, decision="taken", decided_at=now)
        factories.opinion_request(council, matter=self.matter, opinion="Atbalstām.", sent_on=on)
        self.item = factories.agenda_item(self.past_meeting, matter=self.matter, position=90, rapporteur="Ilze Ķer")
        self.resolution = factories.resolution(
            self.item, council, casting_vote="in_favour", owner="Priekšsēdētājs", due_on=on, number=900
        )
        given_up = factories.agenda_item(self.past_meeting, matter=self.matter, position=91)
        factories.resolution(
            given_up, council, number=901, abandoned_on=on, abandoned_because="Nav naudas.", voted_at=now
        )
        self.told = factories.submission(
            [council], "Laternas", matter=self.matter, resolution=self.resolution, text="Lūdzam.", **units,
            kind="institution", institution="VVD", forwarded_on=on, registered_on=on, registration_number="1",
            presented_by=self.office.person, unit="Ceļu nodaļa",
        )  # fmt: skip
        self.told.files.create(file=factories.stored_file(), title="Karte")
        self.told.hand_overs.create(from_unit=other, to_unit=officer.unit, at=now, reason="Ceļš.")
        self.told.questions.create(text="Cik?", asked_at=now, asked_by="Ilze", answer="Piecas.", answered_at=now)
        self.question = self.told.questions.create(text="Kurā pusē?", asked_at=now, asked_by="Ilze Ķer")
        answered = {"replied_on": on, "reply": "Paskaidrots.", "replied_by": "Ilze Ķer"}
        file = factories.stored_file()
        factories.submission([council], "Otrs", matter=self.matter, outcome="declined", alternative="Zīme.", **answered)
        factories.submission(
            [council],
            "Trešais",
            matter=self.matter,
            outcome="declined",
            nothing_instead=True,
            reply_file=file,
            **answered,
        )
        self.hidden = factories.submission([council], "Slepens", is_public=False)
        self.promised = factories.submission(
            [council], "Solīts", outcome="supported", follow_up_on=on, **answered, **units
        )
        ended = factories.submission([council], "Nodots", answering_unit=other)
        rows = {"open": self.told, "done": self.promised, "ended": ended}
        self.link = {
            name: AnswerLink.objects.create(submission=row, officer=officer, token=f"{name:x<43}", made_at=now)
            for name, row in rows.items()
        }
        draft = factories.submission([council], "Melnraksts ar failu", sent_on=None, reply_due_on=None)
        draft.files.create(file=file, title="Plāns")
        self.draft_with_file = draft
        opened = SessionStore()
        for link in self.link.values():
            opened[f"reply-{link.pk}"] = (now + timedelta(days=1)).timestamp()
        opened.create()
        self.sessions["officer"] = opened.session_key or ""
        self.follow = {
            "asked": matters.follow_as_guest(
                matter=self.matter, email="seko@example.org", network="", language="lv", now=now
            ),
            "confirmed": matters.follow(matter=self.matter, person=self.office.person, now=now),
        }
        self.opinion = {
            "asked": factories.opinion_request(council, file=file, text="Vai atcelt?"),
            "written": factories.opinion_request(council, opinion="Neatcelt."),
            "sent": factories.opinion_request(council, opinion="Neatcelt.", sent_on=on),
        }
        opinions.put_on_agenda(request=self.opinion["written"], meeting=self.draft_meeting, **by)

    def rooms(self) -> None:
        """Meetings not opened, under way and closed, each of a council of its own; cases of absences (§32)."""
        begins = self.now - timedelta(minutes=30)

        def world(title: str, **fields) -> room_world.World:
            return room_world.World(starts_at=begins, title=title, **fields)

        self.waiting_room = world("Sēde, kas tūlīt sāksies")
        self.room = world("Sēde, kas notiek", items=3).open()
        self.room.call(*["present"] * 4)
        self.room.call("", "", "", "", "remote", arrived_at=begins)
        late = {"at": begins, "by": self.room.secretary, "now": self.now}
        votes.close_vote(resolution=self.room.resolution(item=1), seen=1, counts=COUNTS, casting="in_favour", **late)
        self.voting = self.room.resolution()
        who = self.room.who
        item, member = self.room.items[0], self.room.members[4]
        self.recusal = room.recuse(item=item, membership=member, reason="Uzņēmums pieder brālim", **who)
        task = {"title": "Uzrakstīt vēstuli", "person": self.room.members[1].person, "owner": "", "due_on": None}
        room.write_task(item=item, position=1, seen=0, **task, **who)
        earlier = factories.meeting(self.room.council, starts_at=begins - timedelta(days=30))
        left = factories.agenda_item(earlier)
        factories.resolution(left, self.room.council, number=90)
        left.tasks.create(title="Saskaitīt soliņus", owner="Ceļu nodaļa", due_on=begins.date() - timedelta(days=3))
        left.tasks.create(title="Aprunāties ar skolu", owner="Skola", position=2, done_on=begins.date())
        factories.minutes(earlier, signed_at=begins)
        self.filled = {
            kind: factories.agenda_item(self.room.meeting, title, kind=kind)
            for kind, title in (("previous", "Kā pildām nolemto"), ("approval", "Iepriekšējais protokols"))
        }
        self.closed_room = world("Sēde, kas beigusies").open().all_here()
        self.closed_room.by_name(self.closed_room.resolution(), *["against"] * 5)
        self.closed_room.close(after=timedelta(minutes=20))
        self.joint_room = world("Vairāku padomju sēde", members=3)
        room_world.joint(self.joint_room, world("Otras padomes sēde", members=3))
        self.joint_room.open()
        self.sessions["member of the room"] = factories.session_of(self.room.users[4])
        self.sessions["chair of the room"] = factories.session_of(self.closed_room.chair)

        def case(place: int, **fields) -> AbsenceCase:
            member = self.closed_room.members[place]
            values = {"raised_on": self.now.date(), "last_meeting": self.closed_room.meeting}
            return AbsenceCase.objects.create(membership=member, **(values | fields))

        decided = {"reason": "Trīs reizes pēc kārtas nav bijis", "decided_on": self.now.date()}
        self.cases = {
            "to decide": case(1),
            "released": case(2, decision="released", **decided),
            "informed": case(3, decision="released", dome_informed_on=self.now.date(), **decided),
            "kept": case(4, decision="kept", **decided),
        }

    def rsvps(self) -> None:
        """One sign-up for every state of its page."""
        now, state, why = self.now, Rsvp.State, Rsvp.CancelledFor

        def one(event: str, kind: str = state.GOING, **fields) -> Rsvp:
            person = factories.person("Rūta Žīgure", email=f"r{Rsvp.objects.count()}@example.org")
            return factories.rsvp(self.event[event], person, kind, **fields)

        self.rsvp = {
            "going": one("open", party_size=2),
            "going, remote": one("hybrid", attending="remote"),
            "affirmed": one("open", affirmed_at=now),
            "waiting": one("full", state.WAITING),
            "waiting, seated at once": one("full", state.WAITING, seat_at_once=True),
            "offered": one("open", state.OFFERED),
            "offer ran out": one("open", state.OFFERED, offer_expires_at=now - HOUR),
            "held": one("open", state.HELD),
            "waiting, not confirmed": one("full", state.WAITING, confirmed_at=None, hold_expires_at=now + HOUR),
            "cancelled": one("open", state.CANCELLED),
            "cancelled by the organiser": one("open", state.CANCELLED, cancelled_for=why.ORGANISER),
            "declined": one("open", state.CANCELLED, cancelled_for=why.DECLINED),
            "lapsed offer": one("open", state.CANCELLED, cancelled_for=why.LAPSED),
            "lapsed hold": one("open", state.CANCELLED, cancelled_for=why.UNCONFIRMED),
            "event cancelled": one("cancelled"),
            "event runs": one("running"),
            "event runs, no seat": one("running", state.WAITING),
            "event is over": one("over"),
            "survey answered": one("over", surveyed_at=now),
            "certificate": one("training"),
            "came": one("running", party_size=3),
            "came without signing up": one("running", is_walk_in=True),
            "stayed away": one("over"),
        }
        for row in (self.rsvp["certificate"],):
            CheckIn.objects.create(event=row.event, rsvp=row, key=uuid4(), at=row.event.starts_at)
        for rating, comment in ((5, "Zāle bija auksta."), (4, ""), (2, "Vairāk laika jautājumiem!")):
            self.event["thanked"].survey_answers.create(
                rating=rating, was_heard=rating > 2, comment=comment, answered_on=timezone.localdate(now)
            )
        self.event["over"].survey_answers.create(rating=3, answered_on=timezone.localdate(now))
        for name in ("came", "came without signing up", "event is over"):
            factories.check_in(self.rsvp[name], at=self.rsvp[name].event.starts_at)
        factories.check_in(event=self.event["running"], people=2)
        self.crowded = factories.event("Pilna zāle", starts_at=now - HOUR, capacity=1)
        factories.rsvp(self.crowded, party_size=2)

    def mails(self) -> None:
        mail = EmailMultiAlternatives("Pieteikums pieņemts", "Uz tikšanos!", to=["anna@example.org"])
        mail.attach_alternative(
            "<!DOCTYPE html><html lang='lv'><head><title>x</title></head><p>Uz tikšanos!", "text/html"
        )
        mail.attach("sede.ics", "BEGIN:VCALENDAR", "text/calendar")
        mail.send()
        self.mail = stored()[0].name
        failed = Notice.objects.create(
            key="x",
            kind="reminder",
            person=self.new_user.person,
            planned_at=self.now,
            due_at=self.now,
            failed_at=self.now,
            closed_at=self.now,
            last_error="550 No such mailbox",
        )
        assert Notice.objects.with_state().get(pk=failed.pk).state == "failed"

    def voice(self) -> None:
        """News, documents and pictures in every state, and one of each thing that settings hold."""
        now, council = self.now, self.office.council
        by, alt = self.office.person.user, "Ļaudis ar grābekļiem parkā."
        text = "# Kad\n\nSestdien, https://example.org/garais-vards\n\n- viens\n- divi\n\n> Nāc!"
        written = [
            voice.write_news(
                council=whose,
                title=title,
                body=text,
                picture=made.photo(size=(1200, 800)),
                picture_alt=alt,
                by=by,
                now=now,
            )
            for whose, title in ((council, "Talka ar attēlu"), (council, "Melnraksts"), (None, "Drīz"))
        ]
        voice.publish_news(post=written[0], by=by, now=now)
        voice.publish_news(post=written[2], by=by, now=now, at=now + HOUR)
        self.news = dict(zip(("published", "draft", "scheduled"), written, strict=True))
        self.folder = voice.make_folder(council=council, name="Līgumi", by=by, now=now)
        voice.make_folder(council=council, name="2026", parent=self.folder, by=by, now=now)
        self.document = made.document(council, folder=self.folder)
        voice.add_version(document=self.document, upload=made.pdf(b"%2\n"), note="Labots §3.", by=by, now=now)
        made.document(council, title="Iekšējs", folder=self.folder, is_public=False)
        self.retired = made.document(council, title="Noņemts", folder=self.folder)
        voice.retire_document(document=self.retired, by=by, now=now)
        self.album = made.album(self.past_meeting.event)
        photos = [(made.photo(size=(1200, 800)), f"Attēls {n}.") for n in range(3)]
        voice.add_photos(album=self.album, photos=photos, by=by, now=now)
        self.shown_album = made.album(self.event["over"])
        voice.change_album(album=self.shown_album, title="Kā bija", is_published=True, by=by, now=now)
        self.settings = {
            "number": made.number(), "topic": made.topic(), "unit": made.unit(), "officer": made.officer(),
            "place": made.place(), "day": made.moved_day(),
        }  # fmt: skip
        settings.retire_unit(unit=MunicipalUnit.objects.create(name="Vecā nodaļa"), by=by, now=now)
        settings.write_letter(code="announcement", text="Izziņojam sēdi.", by=by, now=now)
        page: dict[str, Any] = {
            "slug": "palidziba",
            "language": "en",
            "title": "Palīdzība angliski",
            "known": ["TERM"],
            "by": by,
            "now": now,
        }
        for body in ("# Vecs", "# Jauns\n\n{TERM} gadi"):
            voice.write_page(body=body, **page)


# --- where to go ----------------------------------------------------------------------------------------------------
def visits(scene: Scene) -> list[Visit]:
    return [
        *_before_meetings(scene),
        *_public(scene),
        *_accounts(scene),
        *_mine(scene),
        *_links(scene),
        *_door(scene),
        *_asking(scene),
        *_panel(scene),
        *_rosters(scene),
        *_minutes(scene),
        *_matters(scene),
        *_rooms(scene),
        *_voice(scene),
        *_settings(scene),
        *_errors(scene),
    ]


def _public(scene: Scene) -> list[Visit]:
    found = [
        Visit("home", "/"),
        Visit("home of somebody signed up", "/", "resident"),
        Visit("home in English", "/", english=True),
        Visit("neighbourhoods", "/apkaimes/"),
        Visit("neighbourhoods as a table", "/apkaimes/?skats=tabula"),
        Visit("find", "/apkaimes/meklet/"),
        Visit("found", "/apkaimes/meklet/?q=ramava"),
        Visit("found several", "/apkaimes/meklet/?q=kekava"),
        Visit("found nothing", "/apkaimes/meklet/?q=xyzzy"),
        Visit("calendar", "/kalendars/"),
        Visit("calendar in English", "/kalendars/", english=True),
        Visit("calendar of somebody signed up", "/kalendars/", "resident"),
        Visit("calendar, nothing found", "/kalendars/?q=xyzzy"),
        Visit("calendar of a past month", f"/kalendars/?menesis={scene.now - timedelta(days=60):%Y-%m}"),
        Visit("month", "/kalendars/?skats=menesis"),
        Visit("month in English", "/kalendars/?skats=menesis", english=True),
        Visit("month, nothing found", "/kalendars/?skats=menesis&q=xyzzy"),
        Visit("subscribe", "/kalendars/abonet/"),
        Visit("subscribe to a council", f"/kalendars/abonet/?apkaime={scene.area[CouncilState.WORKING].slug}"),
        Visit("subscribe in English", "/kalendars/abonet/?veids=cleanup", english=True),
        Visit("list for another site", "/iegult/kalendars/"),
        Visit("list for another site, dark, nothing found", "/iegult/kalendars/?veids=other&norise=remote&krasas=dark"),
        Visit("list for another site in English", "/iegult/kalendars/?valoda=en&krasas=auto", english=True),
        Visit("event of a series", scene.series.events.order_by("starts_at")[0].get_absolute_url(), "", unfold),
        Visit("decisions", "/lemumi/"),
        Visit("decisions, nothing found", "/lemumi/?gads=2026&statuss=noraidits&apkaime=mezinieki"),
        Visit("search", "/meklet/"),
        Visit("search, found", "/meklet/?q=sede"),
        Visit("search, nothing found", "/meklet/?q=xyzzy"),
        Visit("components", "/stils/", "administrator", unfold),
    ]
    found += [Visit(f"text {slug}", f"/{slug}/") for slug in SLUGS]
    found += [Visit(f"text {slug} in English", f"/{slug}/", english=True) for slug in SLUGS]
    areas: list[tuple[str, Neighbourhood]] = [*scene.area.items(), ("none", scene.empty_area)]
    found += [Visit(f"neighbourhood, {state}", area.get_absolute_url()) for state, area in areas]
    found += [Visit("neighbourhood, to follow", scene.area[CouncilState.WORKING].get_absolute_url(), "new")]
    found += [Visit(f"decision, {state}", row.get_absolute_url()) for state, row in scene.submissions.items()]
    for state, event in scene.event.items():
        who = "coordinator" if state == "draft" else ""
        found.append(Visit(f"event, {state}", event.get_absolute_url(), who, unfold))
    for state in ("open", "full", "hybrid"):
        path = scene.event[state].get_absolute_url()
        found.append(Visit(f"event for a resident, {state}", path, "new", unfold))
        found.append(Visit(f"event, {state}, form with errors", path, "", send_empty))
    return [
        *found,
        Visit("event for a resident, form with errors", scene.event["open"].get_absolute_url(), "new",
              one_after_another(unfold, send_empty)),
        Visit("event in English", scene.event["open"].get_absolute_url(), act=unfold, english=True),
        Visit("meeting", scene.meeting.event.get_absolute_url(), "", unfold),
        Visit("sent", scene.event["open"].get_absolute_url(), "", send(name="Ilze Ķer", email="ilze@example.org")),
        Visit("mailbox", "/pasts/"),
        Visit("mail", f"/pasts/{scene.mail}/"),
    ]  # fmt: skip


def _accounts(scene: Scene) -> list[Visit]:
    new = send(name="Jauna Jūrmala", email="registre@example.org", password1="trīs-zaļi-kaķi")
    ask = send(email="jauns@example.org")
    wrong = send(code="0000-0000")
    return [
        Visit("log in", "/konts/ienakt/"),
        Visit("log in, English", "/konts/ienakt/", english=True),
        Visit("log in, errors", "/konts/ienakt/", "", send_empty),
        Visit("log in, wrong password", "/konts/ienakt/", "", send(login="jauns@example.org", password="nepareizi")),
        Visit("log-in code, ask", "/konts/ienakt/kods/"),
        Visit("log-in code, errors", "/konts/ienakt/kods/", "", send_empty),
        Visit("log-in code, type it", "/konts/ienakt/kods/", "", ask),
        Visit("log-in code, wrong", "/konts/ienakt/kods/", "", one_after_another(ask, wrong)),
        Visit("register", "/konts/registreties/"),
        Visit("register, errors", "/konts/registreties/", "", send_empty),
        Visit("register, type the code", "/konts/registreties/", "", new),
        Visit("register, wrong code", "/konts/registreties/", "",
              one_after_another(send(name="Jauna Jūra", email="otrs@example.org", password1="trīs-zaļi-kaķi"), wrong)),
        Visit("forgot the password", "/konts/parole/aizmirsta/"),
        Visit("forgot the password, errors", "/konts/parole/aizmirsta/", "", send_empty),
        Visit("forgot the password, type the code", "/konts/parole/aizmirsta/", "", ask),
        Visit("forgot the password, wrong code", "/konts/parole/aizmirsta/", "", one_after_another(ask, wrong)),
        Visit("forgot the password, a new one", "/konts/parole/aizmirsta/", "", one_after_another(ask, send_code)),
        Visit("forgot the password, a new one, errors", "/konts/parole/aizmirsta/", "",
              one_after_another(ask, send_code, send_empty)),
        Visit("forgot the password, done", "/konts/parole/aizmirsta/gatavs/"),
        Visit("closed account", "/konts/slegts/"),
        Visit("log out", "/konts/iziet/", "new"),
        Visit("prove the password first", "/konts/parole/apliecinat/", "new"),
        Visit("prove the password first, wrong", "/konts/parole/apliecinat/", "new", send(password="nepareizi")),
        Visit("prove the password first, done", "/konts/parole/apliecinat/", "new", send(password=PASSWORD)),
        Visit("e-mail", "/konts/epasts/", "new"),
        Visit("e-mail, errors", "/konts/epasts/", "new", send_empty),
        Visit("e-mail, type the code", "/konts/epasts/", "new", send(email="cits@example.org")),
        Visit("password, change", "/konts/parole/", "new"),
        Visit("password, change, errors", "/konts/parole/", "new", send_empty),
        Visit("password, set", "/konts/parole/izveidot/", "code"),
        Visit("password, set, errors", "/konts/parole/izveidot/", "code", send_empty),
    ]  # fmt: skip


def _mine(scene: Scene) -> list[Visit]:
    area = scene.area[CouncilState.WORKING].slug
    return [
        Visit("my page", "/mans/", "resident", unfold),
        Visit("my page in English", "/mans/", "resident", unfold, english=True),
        Visit("my page, nothing yet", "/mans/", "code"),
        Visit("my page of a member", "/mans/", "member"),
        Visit("my calendar, no address yet", "/mans/kalendars/", "new"),
        Visit("my calendar", "/mans/kalendars/", "resident", press("Izveidot manu adresi")),
        Visit("my details", "/mans/profils/", "resident"),
        Visit("my details, errors", "/mans/profils/", "resident", send_empty),
        Visit("my neighbourhoods", "/mans/apkaimes/", "resident"),
        Visit("follow after log-in", f"/mans/apkaimes/{area}/sekot/", "code"),
        Visit("my data", "/mans/dati/", "resident"),
        Visit("my data of a coordinator", "/mans/dati/", "coordinator"),
        Visit("delete the account", "/mans/dati/dzest/", "new"),
        Visit("delete the account, errors", "/mans/dati/dzest/", "new", send_empty),
        Visit("delete the account without password", "/mans/dati/dzest/", "code"),
        Visit("delete the account, type the code", "/mans/dati/dzest/", "code", press("Sūtīt man kodu")),
    ]


def code_path(rsvp: Rsvp) -> str:
    return codes.check_in_url(rsvp).removeprefix(django_settings.PUBLIC_URL)


def _links(scene: Scene) -> list[Visit]:
    """The pages behind the links in mails."""
    found = []
    for state, rsvp in scene.rsvp.items():
        found.append(Visit(f"my sign-up, {state}", rsvp.get_absolute_url(), "", unfold))
    for state in ("going", "waiting", "offered"):
        path = reverse("events:rsvp-answer", args=[scene.rsvp[state].token, "ne"])
        found.append(Visit(f"answer no, {state}", path))
    token = scene.rsvp["going"].token
    return [
        *found,
        Visit("answer yes", reverse("events:rsvp-answer", args=[token, "ja"])),
        Visit("answer yes in English", reverse("events:rsvp-answer", args=[token, "ja"]), english=True),
        Visit("survey", f"/r/{scene.rsvp['event is over'].token}/aptauja/"),
        Visit("survey in English", f"/r/{scene.rsvp['event is over'].token}/aptauja/", english=True),
        Visit("survey, errors", f"/r/{scene.rsvp['event is over'].token}/aptauja/", "", send_empty),
        Visit("survey, answered already", f"/r/{scene.rsvp['survey answered'].token}/aptauja/"),
        Visit("my sign-up, errors", f"/r/{token}/", "", one_after_another(unfold, send_empty)),
        Visit("code at the door", code_path(scene.rsvp["going"])),
        Visit("code at the door in English", code_path(scene.rsvp["going"]), "new", english=True),
        Visit("which mails come", f"/a/{scene.new_user.person.settings_token}/"),
        Visit("no mails come", f"/a/{scene.quiet.settings_token}/"),
    ]


def _door(scene: Scene) -> list[Visit]:
    """What organisers see at the door of an event."""
    who, running = "coordinator", scene.event["running"].pk
    found = [
        Visit(f"at the door, {state}", f"/panelis/pasakumi/{scene.event[state].pk}/ieeja/", who, unfold)
        for state in ("running", "open", "over", "cancelled", "draft")
    ]
    for state in ("event runs", "event runs, no seat", "came", "came without signing up", "going", "event cancelled"):
        found.append(Visit(f"card at the door, {state}", f"/panelis/pieteikumi/{scene.rsvp[state].pk}/ieeja/", who))
    forgotten = f"/panelis/pieteikumi/{scene.rsvp['cancelled'].pk}/ieeja/"
    return [
        *found,
        Visit("card at the door, cancelled", forgotten, who),
        Visit("at the door in English", f"/panelis/pasakumi/{running}/ieeja/", who, unfold, english=True),
        Visit("at the door, searched", f"/panelis/pasakumi/{running}/ieeja/?q=r%C5%ABta", who),
        Visit("at the door, nobody found", f"/panelis/pasakumi/{running}/ieeja/?q=xyzzy", who),
        Visit("at the door by a chair", f"/panelis/pasakumi/{scene.past_meeting.event_id}/ieeja/", "chair"),
        Visit("at the door, no seat is left", f"/panelis/pasakumi/{scene.crowded.pk}/ieeja/", who, no_seat),
        Visit("at the door, no seat is left, without script", f"/panelis/pasakumi/{scene.crowded.pk}/ieeja/", who,
              no_seat_on_a_page),
        Visit("at the door, somebody came", f"/panelis/pasakumi/{running}/ieeja/", who, arrive),
        Visit("who came", f"/panelis/pasakumi/{scene.event['over'].pk}/pieteikumi/", who),
        Visit("who comes while it runs", f"/panelis/pasakumi/{running}/pieteikumi/", who),
    ]  # fmt: skip


def _asking(scene: Scene) -> list[Visit]:
    """What organisers ask at sign-up and offer, and whom they invite."""
    who, event, panel = "coordinator", scene.event["asks"].pk, "/panelis/pieteiksanas"
    page = f"/panelis/pasakumi/{event}/pieteiksanas"
    acts = [
        f"{panel}/jautajumi/{scene.question_of_event.pk}/nonemt/", f"{panel}/pakalpojumi/{scene.service.pk}/nonemt/",
        f"{panel}/ielugumi/{scene.invitation.pk}/atsaukt/",
    ]  # fmt: skip
    forms = [f"{page}/jautajums/", f"{page}/pakalpojums/", f"{page}/ielugt/", f"{page}/ielugt-padomi/"]
    forms += [f"{panel}/jautajumi/{scene.question_of_event.pk}/", f"/panelis/pasakumi/{event}/pieteikumi/jauns/"]
    found = [Visit(path, path, who) for path in [*acts, *forms, f"{panel}/pakalpojumi/{scene.service.pk}/"]]
    found += [Visit(f"{path}, errors", path, who, send_empty) for path in forms]
    nothing = f"/panelis/pasakumi/{scene.event['draft'].pk}/pieteiksanas/"
    by_officer = f"/panelis/pasakumi/{scene.meeting_of_chair.event_id}"
    return [
        *found,
        Visit("sign-up", f"{page}/", who),
        Visit("sign-up in English", f"{page}/", who, english=True),
        Visit("sign-up, nothing asked", nothing, who),
        Visit("sign-up, over", f"/panelis/pasakumi/{scene.event['over'].pk}/pieteiksanas/", who),
        Visit("sign-up, without signing up", f"/panelis/pasakumi/{scene.event['free'].pk}/pieteiksanas/", who),
        Visit("sign-up by a chair", f"{by_officer}/pieteiksanas/", "chair"),
        Visit("add a sign-up by a chair", f"{by_officer}/pieteikumi/jauns/", "chair"),
        Visit("who comes and what they answered", f"/panelis/pasakumi/{event}/pieteikumi/", who, unfold),
        Visit("seats of all kinds", f"/panelis/pasakumi/{event}/vietas/", who),
    ]


def no_seat(page: Page) -> None:
    """Let somebody in where no seat is left: the script asks on the same page."""
    unfold(page)
    page.locator("main [data-door-form=new] button").click()
    page.get_by_role("button", name="Ielaist tik un tā").wait_for()


def no_seat_on_a_page(page: Page) -> None:
    """The same as a plain form, which is asked on a page of its own."""
    unfold(page)
    form = page.locator("main [data-door-form=new]")
    form.evaluate("form => form.removeAttribute('data-door-form')")
    _submit(page, page.locator("main form[action$='bez-pieteikuma/'] button"))


def arrive(page: Page) -> None:
    page.get_by_role("button", name="Ieradās").first.click()
    page.locator("[data-door-said][data-state=saved]").wait_for()


def _panel(scene: Scene) -> list[Visit]:
    working, forming = scene.area[CouncilState.WORKING].slug, scene.area[CouncilState.FORMING].slug
    empty, seated = scene.empty_area.slug, scene.office.council.neighbourhood.slug
    lists = [
        "/panelis/", "/panelis/?darbi=visi", "/panelis/apkaimes/", "/panelis/apkaimes/?q=xyzzy", "/panelis/pasakumi/",
        "/panelis/pasakumi/?q=xyzzy", "/panelis/protokoli/", "/panelis/protokoli/?q=xyzzy", "/panelis/priekslikumi/",
        "/panelis/priekslikumi/?q=xyzzy", "/panelis/iedzivotaji/", "/panelis/iedzivotaji/?q=xyzzy", "/panelis/ielas/",
        "/panelis/ielas/?q=xyzzy", "/panelis/parskati/", "/panelis/epasti/", "/panelis/epasti/?statuss=nosutiti",
        f"/panelis/apkaimes/{working}/", f"/panelis/apkaimes/{forming}/", f"/panelis/apkaimes/{empty}/",
        f"/panelis/apkaimes/{forming}/veidosana/", f"/panelis/pasakumi/{scene.busy.pk}/pieteikumi/",
        *(f"/panelis/pasakumi/{scene.event[state].pk}/pec-pasakuma/" for state in ("over", "thanked")),
        *(f"/panelis/pasakumi/{scene.event[state].pk}/pieteikumi/" for state in ("open", "over", "cancelled")),
        f"/panelis/pasakumi/{scene.draft_meeting.event_id}/pieteikumi/",
        f"/panelis/pieteikumi/{scene.rsvp['going'].pk}/atcelt/",
        f"/panelis/priekslikumi/{next(iter(scene.submissions.values())).pk}/",
    ]  # fmt: skip
    forms = [
        f"/panelis/apkaimes/{empty}/padome/", f"/panelis/apkaimes/{working}/padome/",
        f"/panelis/apkaimes/{forming}/sasaukums/", f"/panelis/apkaimes/{seated}/vietas/",
        f"/panelis/apkaimes/{seated}/loceklis/", f"/panelis/apkaimes/{seated}/amats/",
        f"/panelis/apkaimes/{working}/veidosana/", f"/panelis/apkaimes/{forming}/veidosana/",
        f"/panelis/apkaimes/{forming}/veidosana/slegt/", f"/panelis/mandati/{scene.member.pk}/beigt/",
        f"/panelis/amati/{scene.office.pk}/beigt/", "/panelis/sedes/jauna/", f"/panelis/sedes/{scene.meeting.pk}/",
        f"/panelis/sedes/{scene.draft_meeting.pk}/", f"/panelis/sedes/{scene.meeting.pk}/atcelt/",
        f"/panelis/sedes/{scene.past_meeting.pk}/protokols/", "/panelis/pasakumi/jauns/",
        f"/panelis/pasakumi/{scene.event['open'].pk}/", f"/panelis/pasakumi/{scene.event['open'].pk}/atcelt/",
        f"/panelis/pasakumi/{scene.event['open'].pk}/pieteikumi/jauns/", "/panelis/priekslikumi/jauns/",
        f"/panelis/priekslikumi/{scene.draft_submission.pk}/", "/panelis/ielas/jauna/", "/panelis/pasakumi/serija/",
        f"/panelis/pasakumi/{scene.series.events.latest('starts_at').pk}/atcelt/",
    ]  # fmt: skip
    for state in ("waiting", "supported"):
        if state in scene.submissions:
            forms.append(f"/panelis/priekslikumi/{scene.submissions[state].pk}/")
    found = [Visit(path, path, "coordinator", unfold) for path in lists]
    for path in forms:
        found += [
            Visit(path, path, "coordinator", unfold),
            Visit(f"{path}, errors", path, "coordinator", one_after_another(unfold, send_empty)),
        ]
    dates = {"day": scene.now + timedelta(days=30), "until": scene.now + timedelta(days=200)}
    series = send(
        title="Katru nedēļu", starts="18:30", ends="20:00", **{name: f"{day:%Y-%m-%d}" for name, day in dates.items()}
    )
    new_person = send(given_name="Rūta", family_name="Žīgure")
    moved = {"day": f"{timezone.localdate(scene.now) + timedelta(days=40):%Y-%m-%d}", "move_reason": "Remonts"}
    return [
        *found,
        Visit("seats", f"/panelis/pasakumi/{scene.busy.pk}/vietas/", "coordinator"),
        Visit("seats, errors", f"/panelis/pasakumi/{scene.busy.pk}/vietas/", "coordinator", send(capacity="0")),
        Visit("step", f"/panelis/apkaimes/{forming}/veidosana/{scene.step.step}/", "coordinator"),
        Visit("end of a mandate, correct", f"/panelis/mandati/{scene.leaves.pk}/beigas/", "coordinator"),
        Visit("end of an office, correct", f"/panelis/amati/{scene.former_office.pk}/beigas/", "coordinator"),
        Visit("street", f"/panelis/ielas/{scene.street.pk}/", "coordinator"),
        Visit("street, delete", f"/panelis/ielas/{scene.street.pk}/dzest/", "coordinator"),
        Visit("move, ask first", f"/panelis/sedes/{scene.meeting.pk}/", "coordinator", send(**moved)),
        Visit("copy", f"/panelis/sedes/jauna/?kopet={scene.past_meeting.pk}", "coordinator", unfold),
        Visit("who is it", f"/panelis/pasakumi/{scene.event['open'].pk}/pieteikumi/jauns/", "coordinator", new_person),
        Visit("roles", "/panelis/lietotaji/", "administrator", unfold),
        Visit("role, give", "/panelis/lietotaji/dot/", "administrator"),
        Visit("role, give, errors", "/panelis/lietotaji/dot/", "administrator", send_empty),
        Visit("role, end", f"/panelis/lietotaji/{scene.role.pk}/beigt/", "administrator"),
        Visit("role, end, errors", f"/panelis/lietotaji/{scene.role.pk}/beigt/", "administrator", send_empty),
        Visit("audit log", "/panelis/zurnals/", "administrator"),
        Visit("audit log, nothing found", "/panelis/zurnals/?q=xyzzy", "administrator"),
        Visit("panel in English", "/panelis/", "coordinator", unfold, english=True),
        Visit("new meeting in English", "/panelis/sedes/jauna/", "coordinator", unfold, english=True),
        Visit("dates of a new series", "/panelis/pasakumi/serija/", "coordinator", one_after_another(unfold, series)),
        Visit("series", f"/panelis/pasakumi/serija/{scene.series.pk}/", "coordinator"),
        Visit("series in English", f"/panelis/pasakumi/serija/{scene.series.pk}/", "coordinator", english=True),
        Visit("room of a chair", f"/padome/{seated}/", "chair", unfold),
        Visit("room of a member", f"/padome/{scene.member.seat.term.council.neighbourhood.slug}/", "member", unfold),
        Visit("new meeting by a chair", "/panelis/sedes/jauna/", "chair", unfold),
        Visit("who comes, by a chair", f"/panelis/pasakumi/{scene.draft_meeting.event_id}/pieteikumi/", "chair"),
    ]  # fmt: skip


def _rosters(scene: Scene) -> list[Visit]:
    """Who is and was on a council, letters to it, the handover, empty seats and the order of candidates."""
    on = timezone.localdate(scene.now)
    panel = "/panelis/apkaimes/sastavs"
    offered, waiting = scene.order[1], scene.order[2]
    head = "Kārta;Uzvārds;Vārds;E-pasts;Tālrunis;Balsis;Pieteicās;Dokuments"
    good = choose_file("file", head, "7;Žagata;Zelma;zelma@example.org;;12;20.11.2025 09:30;", "8;Ķēniņš;Ēriks;;;11;;")
    bad = choose_file("file", head, "pirmais;Žagata;Zelma;nav;;;;", ";;;;;;;x")
    acts = [f"/panelis/kandidati/{offered.pk}/{act}/" for act in ("piedavat", "ienem", "atsakas")]
    forms = [f"{panel}/kandidati/jauns/", f"/panelis/kandidati/{waiting.pk}/", *acts]
    found = []
    for path in forms:
        found += [Visit(path, path, "coordinator"), Visit(f"{path}, errors", path, "coordinator", send_empty)]
    letter, seated = f"/v/{scene.letter.token}/", scene.office.council.neighbourhood.slug
    return [
        *found,
        Visit("council today", "/apkaimes/sastavs/padome/"),
        Visit("council today in English", "/apkaimes/sastavs/padome/", english=True),
        Visit("council today, to export", "/apkaimes/sastavs/padome/", "coordinator"),
        Visit("council on a day", f"/apkaimes/sastavs/padome/?datums={on - 30 * DAY}"),
        Visit("council before it began", "/apkaimes/sastavs/padome/?datums=2020-01-01"),
        Visit("council on no day", "/apkaimes/sastavs/padome/?datums=vakar", status=400),
        Visit("council of a second convocation", "/apkaimes/otrais/padome/"),
        Visit("council of unknown seats", "/apkaimes/nezinamais/padome/"),
        Visit("neighbourhood of unknown seats", "/apkaimes/nezinamais/"),
        Visit("write to the council", "/padome/sastavs/rakstit/"),
        Visit("write to the council, errors", "/padome/sastavs/rakstit/", "", send_empty),
        Visit("write to the council, sent", "/padome/sastavs/rakstit/", "",
              send(text="Paldies!", name="Rūta Žīgure", email="ruta@example.org")),
        Visit("write to the council with an account", "/padome/sastavs/rakstit/", "new"),
        Visit("letter to confirm", letter),
        Visit("letter, confirmed", f"/v/{scene.letter_sent.token}/"),
        Visit("handover", "/padome/sastavs/nodosana/", "coordinator"),
        Visit("handover, errors", "/padome/sastavs/nodosana/", "coordinator", send_empty),
        Visit("handover of a chair", f"/padome/{seated}/nodosana/", "chair"),
        Visit("handover in English", f"/padome/{seated}/nodosana/", "chair", english=True),
        Visit("council below the minimum", f"{panel}/", "coordinator", unfold),
        Visit("council of a second convocation, panel", "/panelis/apkaimes/otrais/", "coordinator", unfold),
        Visit("council of unknown seats, panel", "/panelis/apkaimes/nezinamais/", "coordinator", unfold),
        Visit("order of candidates", f"{panel}/kandidati/", "coordinator"),
        Visit("order of candidates in English", f"{panel}/kandidati/", "coordinator", english=True),
        Visit("order of candidates, empty", "/panelis/apkaimes/otrais/kandidati/", "coordinator"),
        Visit("remove a candidate", f"/panelis/kandidati/{waiting.pk}/dzest/", "coordinator"),
        Visit("table of candidates", f"{panel}/kandidati/imports/", "coordinator"),
        Visit("table of candidates, errors", f"{panel}/kandidati/imports/", "coordinator", bad),
        Visit("table of candidates, preview", f"{panel}/kandidati/imports/", "coordinator", good),
    ]  # fmt: skip


def _before_meetings(scene: Scene) -> list[Visit]:
    """Proposals, members' answers, and the pages of a meeting from its draft to its announcement."""
    slug = scene.office.council.neighbourhood.slug
    propose = f"/padome/{slug}/ierosinat/"
    sent = send(title="Soliņi", text="Pie upes", name="Ilze Ķer", email="ilze.k@example.org")
    day = f"{timezone.localdate(scene.now) + timedelta(days=40):%Y-%m-%d}"
    near = f"{timezone.localdate(scene.now) + timedelta(days=1):%Y-%m-%d}"
    found = [
        Visit("propose", propose),
        Visit("propose in English", propose, english=True),
        Visit("propose, errors", propose, "", send_empty),
        Visit("propose, sent", propose, "", sent),
        Visit("propose with an account", propose, "new"),
        Visit("meeting, announced", scene.announced.get_absolute_url(), "", unfold),
        Visit("meeting, moved", scene.moved.get_absolute_url(), "", unfold),
        Visit("propose from the neighbourhood", scene.office.council.get_absolute_url()),
        Visit("my page of a chair", "/mans/", "chair"),
        Visit("new meeting, day looked up", "/panelis/sedes/jauna/", "chair",
              one_after_another(fill(day=day), press("Līdz kuram jāizziņo?"))),
        Visit("new meeting, day too near", "/panelis/sedes/jauna/", "coordinator",
              one_after_another(fill(day=near), press("Līdz kuram jāizziņo?"))),
        Visit("yearly meetings", "/panelis/pasakumi/?statuss=", "coordinator"),
        Visit("proposals of residents", "/panelis/ierosinajumi/", "coordinator"),
        Visit("proposals of residents, all", "/panelis/ierosinajumi/?statuss=", "coordinator"),
        Visit("proposals of residents, none", "/panelis/ierosinajumi/?q=xyzzy", "coordinator"),
    ]  # fmt: skip
    for state, row in scene.proposal.items():
        found.append(Visit(f"own proposal, {state}", f"/i/{row.token}/"))
        if row.confirmed_at:
            found.append(Visit(f"proposal, {state}", f"/panelis/ierosinajumi/{row.pk}/", "coordinator"))
    waits = f"/panelis/ierosinajumi/{scene.proposal['waits'].pk}/"
    found += [
        Visit("proposal, by a chair", waits, "chair"),
        Visit("proposal, taken with errors", waits, "chair", send_empty),
        Visit("proposal, declined without a reason", waits, "chair", press("Noraidīt ar šo iemeslu")),
    ]
    for meeting in (scene.announced, scene.past_meeting):
        sits = scene.chair_sits
        path = reverse("councils:meeting-answers", args=[answers.token(meeting, sits)])
        found.append(Visit(f"answer to {meeting}", path))
    for answer in ("coming", "remote", "not_coming"):
        path = reverse("councils:meeting-answer-by-link", args=[answers.token(scene.announced, sits), answer])
        found.append(Visit(f"answer {answer}", path))
    remote = reverse("councils:meeting-answer-by-link", args=[answers.token(scene.announced, sits), "remote"])
    found.append(Visit("answered", remote, "", press("Piedalīšos attālināti")))
    for meeting in (
        scene.bare,
        scene.sent,
        scene.announced,
        scene.moved,
        scene.changed,
        scene.soon,
        scene.past_meeting,
    ):
        base = f"/panelis/sedes/{meeting.pk}/"
        for page in ("pazinojums", "darba-kartiba", "atbildes", "serija"):
            found.append(Visit(f"{page} of {meeting}", f"{base}{page}/", "coordinator", unfold))
        found.append(
            Visit(f"who comes to {meeting}", f"/panelis/pasakumi/{meeting.event_id}/pieteikumi/", "coordinator")
        )
    item = scene.bare.agenda.get(position=1)
    base = f"/panelis/sedes/{scene.bare.pk}/"
    return [
        *found,
        Visit("announcement to be sent, by a chair", f"{base}pazinojums/", "chair"),
        Visit("publication, errors", f"/panelis/sedes/{scene.sent.pk}/pazinojums/", "coordinator", send_empty),
        Visit("late, asked why", f"/panelis/sedes/{scene.soon.pk}/pazinojums/", "coordinator", send_empty),
        Visit("series, errors", f"{base}serija/", "coordinator", send_empty),
        Visit("series, days found", f"{base}serija/", "coordinator", press("Meklēt dienas")),
        Visit("agenda item", f"{base}darba-kartiba/{item.pk}/", "chair"),
        Visit("agenda item, errors", f"{base}darba-kartiba/{item.pk}/", "chair", send_empty),
        Visit("paper, errors", f"{base}darba-kartiba/{item.pk}/", "chair", press("Pievienot materiālu")),
        Visit("paper, take off", f"/panelis/materiali/{item.papers.get().pk}/nonemt/", "chair"),
        Visit("draft of a chair", base, "chair", unfold),
        Visit("agenda in English", f"{base}darba-kartiba/", "coordinator", english=True),
        Visit(
            "announcement in English", f"/panelis/sedes/{scene.announced.pk}/pazinojums/", "coordinator", english=True
        ),
    ]


def _minutes(scene: Scene) -> list[Visit]:
    def at(row: Minutes, more: str = "") -> str:
        return f"/protokoli/{row.meeting_id}/{more}"

    published, corrected, drafted, signed = scene.published, scene.corrected, scene.drafted, scene.signed
    found = [
        Visit("no minutes yet", f"/protokoli/{scene.not_drafted.pk}/", "chair"),
        Visit("no minutes yet, meeting open", f"/protokoli/{scene.meeting.pk}/", "coordinator"),
        Visit("minutes", at(published)),
        Visit("minutes in English", at(published), english=True),
        Visit("minutes for a member", at(published), "chair"),
        Visit("whole minutes", at(published, "v1/"), "chair"),
        Visit("corrected minutes", at(corrected)),
        Visit("correction not signed", at(corrected, "v3/"), "chair"),
        Visit("what changed", at(corrected, "izmainas/"), "chair"),
        Visit("what changed, in English", at(corrected, "izmainas/?no=1&lidz=3"), "chair", english=True),
        Visit("nothing changed", at(corrected, "izmainas/?no=1&lidz=2"), "chair"),
        Visit("draft minutes", at(drafted), "chair"),
        Visit("draft minutes, comment with errors", at(drafted), "chair", send_empty),
        Visit("text of minutes", at(drafted, "labot/"), "chair"),
        Visit("text of minutes, errors", at(drafted, "labot/"), "chair", send_empty),
        Visit("text of signed minutes", at(signed, "labot/"), "chair"),
        Visit("hand in the signature, errors", at(drafted, "darbi/"), "coordinator", send_empty),
    ]
    for name, row in {"drafted": drafted, "signed": signed, "published": published, "corrected": corrected}.items():
        for who in ("chair", "coordinator"):
            found.append(Visit(f"work on minutes, {name}, {who}", at(row, "darbi/"), who, unfold))
        found.append(Visit(f"minutes in the panel, {name}", f"/panelis/sedes/{row.meeting_id}/protokols/", "chair"))
    return found


def _matters(scene: Scene) -> list[Visit]:
    """Threads, who follows them, the links of officers, and what the panel does with submissions and opinions."""
    page, new = scene.matter.get_absolute_url(), "/panelis/priekslikumi/jauns/"

    def link(state: str, more: str = "") -> str:
        return f"/atbilde/{scene.link[state].token}/{more}"

    def step(row: Submission, slug: str) -> str:
        return f"/panelis/priekslikumi/{row.pk}/{slug}/"

    found = [
        Visit("matter", page, "", unfold),
        Visit("matter in English", page, act=unfold, english=True),
        Visit("matter, errors", page, "", send_empty),
        Visit("matter, to follow", page, "new"),
        Visit("matter, followed", page, "chair", unfold),
        Visit("matter, not public", scene.hidden.matter.get_absolute_url(), "chair"),
        Visit("matter, nothing yet", scene.opinion["sent"].matter.get_absolute_url(), "coordinator"),
        Visit("decisions narrowed", "/lemumi/?q=laternas&joma=5.1"),
        Visit("decisions in English", "/lemumi/", english=True),
        Visit("follow, asked", f"/lemumi/sekot/{scene.follow['asked'].token}/"),
        Visit("follow, confirmed", f"/lemumi/sekot/{scene.follow['confirmed'].token}/"),
        Visit("follow, gone", "/lemumi/sekot/nav/", status=404),
        Visit("my page of who follows", "/mans/", "chair"),
        Visit("officer, no code yet", link("open")),
        Visit("officer, code sent", link("open"), "", press("Atsūtīt kodu")),
        Visit("officer, code with errors", link("done"), "", one_after_another(press("Atsūtīt kodu"), send_empty)),
        Visit("officer, link ended", link("ended")),
        Visit("officer answers", link("open"), "officer"),
        Visit("officer answers, errors", link("open"), "officer", send_empty),
        Visit("officer, done?", link("done"), "officer"),
        Visit("officer, done?, errors", link("done"), "officer", send_empty),
        Visit("officer, done?, in English", link("done"), "officer", english=True),
        Visit("new from a resolution", f"{new}?lemums={scene.resolution.pk}", "chair"),
        Visit("new from a matter, errors", f"{new}?jautajums={scene.matter.pk}", "coordinator", send_empty),
        Visit("draft with a file", f"/panelis/priekslikumi/{scene.draft_with_file.pk}/", "chair"),
        Visit("opinions", "/panelis/viedokli/", "coordinator"),
        Visit("opinion, by a chair", f"/panelis/viedokli/{scene.opinion['asked'].pk}/", "chair"),
        Visit("remind a unit", step(scene.told, "atgadinat"), "coordinator"),
        Visit("throw a draft away", step(scene.draft_with_file, "izmest"), "chair"),
    ]
    found += [
        Visit(f"officer, {more}{', errors' if act else ''}", link(state, more), "officer", act)
        for state, more in (("open", "jautat/"), ("open", "nodot/"), ("done", "vel-ne/"))
        for act in (None, send_empty)
    ]
    forms = [
        *(step(scene.told, slug) for slug in ("registret", "nodot", "parsutit", "atbilde", "izdarits", "fails")),
        step(scene.draft_with_file, "labot"), step(scene.promised, "vel-ne"), "/panelis/viedokli/jauns/",
        f"/panelis/priekslikumi/jautajumi/{scene.question.pk}/", f"/panelis/lemumi/{scene.resolution.pk}/izpilde/",
        f"/panelis/jautajumi/{scene.matter.pk}/",
        f"/panelis/priekslikumi/{scene.told.pk}/", f"/panelis/priekslikumi/{scene.promised.pk}/",
        *(f"/panelis/viedokli/{scene.opinion[state].pk}/" for state in ("asked", "written")),
    ]  # fmt: skip
    found.append(Visit("opinion, sent", f"/panelis/viedokli/{scene.opinion['sent'].pk}/", "coordinator"))
    for path in forms:
        found += [Visit(path, path, "coordinator"), Visit(f"{path}, errors", path, "coordinator", send_empty)]
    return found


def refuse(page: Page) -> None:
    """Empty the form that the script of the room sends, and send it: what is wrong stands in it, on the same page."""
    page.locator(FORM).first.evaluate(EMPTY)
    send_part(page)


def send_part(page: Page) -> None:
    page.locator(FORM).first.locator("button[type=submit]").first.click()
    page.locator("main form [role=alert]").first.wait_for()


def be_overtaken(page: Page) -> None:
    """Build on a revision that is not the newest: both texts stand there."""
    form = page.locator(FORM).first
    form.locator("[name=revision]").evaluate("field => { field.value = 99 }")
    form.locator("textarea").first.fill("Cits teksts")
    send_part(page)


def _rooms(scene: Scene) -> list[Visit]:
    def at(world: room_world.World, *more) -> str:
        return "/".join(["/sedes", str(world.meeting.pk), "telpa", *map(str, more), ""])

    there, closed, who = scene.room, scene.closed_room, "coordinator"
    item, other = there.items[0].pk, there.items[1].pk
    slug, closed_slug = there.council.neighbourhood.slug, closed.council.neighbourhood.slug
    voting = at(there, item, "lemumi", slug, 1, "balsojums")
    tie = one_after_another(fill(in_favour="2", against="2", abstained="0"), send_part)
    found = [
        Visit("room, not opened", at(scene.waiting_room), who),
        Visit("room, open it", at(scene.waiting_room, "atvert"), who),
        Visit("room, open it, errors", at(scene.waiting_room, "atvert"), who, send_empty),
        Visit("room", at(there), who),
        Visit("room in English", at(there), who, english=True),
        Visit("room of a member", at(there), "member of the room"),
        Visit("roll", at(there, "klatbutne"), who, unfold),
        Visit("roll in English", at(there, "klatbutne"), who, unfold, english=True),
        Visit("roll of a member", at(there, "klatbutne"), "member of the room"),
        Visit("roll of several councils", at(scene.joint_room, "klatbutne"), who),
        Visit("room of several councils", at(scene.joint_room), who),
        Visit("item of several councils", at(scene.joint_room, scene.joint_room.items[0].pk), who),
        Visit("who else is here", at(there, "sede"), who),
        Visit("who else is here, errors", at(there, "sede"), who, refuse),
        Visit("who else is here, two texts", at(there, "sede"), who, be_overtaken),
        Visit("item", at(there, item), who),
        Visit("item in English", at(there, item), who, english=True),
        Visit("item of a member", at(there, item), "member of the room"),
        Visit("item voted on", at(there, other), who),
        Visit("item, two texts", at(there, item), who, be_overtaken),
        Visit("item of what is open", at(there, scene.filled["previous"].pk), who),
        Visit("item of what is open, of a member", at(there, scene.filled["previous"].pk), "member of the room"),
        Visit("item of minutes to approve", at(there, scene.filled["approval"].pk), who),
        Visit("council's room with tasks", f"/padome/{slug}/", who, unfold),
        Visit("recusal", at(there, item, "atteikumi"), who),
        Visit("recusal, errors", at(there, item, "atteikumi"), who, refuse),
        Visit("recusal, take it back", at(there, item, "atteikumi", scene.recusal.pk), who),
        Visit("task", at(there, item, "uzdevumi", 1), who),
        Visit("task, errors", at(there, item, "uzdevumi", 1), who, refuse),
        Visit("task, delete", at(there, item, "uzdevumi", 1, "dzest"), who),
        Visit("resolution", at(there, item, "lemumi", slug, 1), who),
        Visit("resolution, errors", at(there, item, "lemumi", slug, 1), who, refuse),
        Visit("resolution, two texts", at(there, item, "lemumi", slug, 1), who, be_overtaken),
        Visit("resolution, delete", at(there, item, "lemumi", slug, 1, "dzest"), who),
        Visit("vote by name", voting, who, unfold),
        Visit("vote by name, errors", voting, who, refuse),
        Visit("vote by name in English", voting, who, english=True),
        Visit("vote by count", f"{voting}?veids=skaits", who, unfold),
        Visit("vote by count, errors", f"{voting}?veids=skaits", who, refuse),
        Visit("vote by count, a tie", f"{voting}?veids=skaits", who, tie),
        Visit("close the meeting", at(there, "slegt"), who),
        Visit("close the meeting, errors", at(there, "slegt"), who, send_empty),
        Visit("closed room", at(closed), who),
        Visit("closed roll", at(closed, "klatbutne"), who),
        Visit("closed roll, correct it", f"{at(closed, 'klatbutne')}?labot={closed.members[0].pk}", who, unfold),
        Visit("closed item", at(closed, closed.items[0].pk), who),
        Visit("closed item, correct it", f"{at(closed, closed.items[0].pk)}?labot", who),
        Visit("closed vote", f"{at(closed, closed.items[0].pk, 'lemumi', closed_slug, 1, 'balsojums')}?labot", who),
        Visit("council's room with cases", f"/padome/{closed_slug}/", "chair of the room"),
    ]
    for state, case in scene.cases.items():
        found.append(Visit(f"absences, {state}", case.get_absolute_url(), who))
    for state in ("to decide", "released"):
        found.append(Visit(f"absences, {state}, errors", scene.cases[state].get_absolute_url(), who, send_empty))
    return found


def _voice(scene: Scene) -> list[Visit]:
    """News, documents and pictures: what everybody reads, and where they are written."""
    slug, news = scene.office.council.neighbourhood.slug, scene.news
    shelf, folder = f"/padome/{slug}/dokumenti/", f"/padome/{slug}/dokumenti/{scene.folder.pk}/"
    over, bare = scene.past_meeting.event_id, scene.event["running"].pk
    photo = scene.album.photos.latest("pk").pk
    read = [
        Visit("news", "/zinas/"),
        Visit("news in English", "/zinas/", english=True),
        Visit("news of a neighbourhood", f"/zinas/?apkaime={slug}"),
        Visit("news, nothing yet", f"/zinas/?apkaime={scene.empty_area.slug}"),
        Visit("post with a picture", news["published"].get_absolute_url()),
        Visit("post in English", news["published"].get_absolute_url(), english=True),
        Visit("post, draft", news["draft"].get_absolute_url(), "chair"),
        Visit("post, scheduled", news["scheduled"].get_absolute_url(), "coordinator"),
        Visit("search, news", "/meklet/?q=talka"),
        Visit("documents", shelf),
        Visit("documents in a folder", folder, "", unfold),
        Visit("documents in a folder, by a member", folder, "chair", unfold),
        Visit("documents in English", shelf, "chair", unfold, english=True),
        Visit("documents, nothing yet", f"/padome/{scene.roster.neighbourhood.slug}/dokumenti/"),
        Visit("album", scene.shown_album.get_absolute_url()),
        Visit("album, hidden", scene.album.get_absolute_url(), "coordinator"),
        Visit("event with pictures", scene.event["over"].get_absolute_url()),
    ]
    forms = [
        "/panelis/zinas/jauna/", f"/padome/{slug}/zinas/jauna/",
        *(f"/panelis/zinas/{post.pk}/" for post in news.values()), f"{shelf}jauns/", f"{shelf}mape/",
        f"/panelis/dokumenti/{scene.document.pk}/", f"/panelis/dokumenti/{scene.document.pk}/versija/",
        f"/panelis/mapes/{scene.folder.pk}/", f"/panelis/pasakumi/{over}/albums/",
        f"/panelis/pasakumi/{bare}/albums/", f"/panelis/foto/{photo}/",
    ]  # fmt: skip
    for path in forms:
        read += [
            Visit(path, path, "coordinator", unfold),
            Visit(f"{path}, errors", path, "coordinator", one_after_another(unfold, send_empty)),
        ]
    ask = [
        f"/panelis/zinas/{news['published'].pk}/nonemt/", f"/panelis/zinas/{news['draft'].pk}/dzest/",
        f"/panelis/dokumenti/{scene.document.pk}/nonemt/", f"/panelis/dokumenti/{scene.retired.pk}/nonemt/",
        f"/panelis/mapes/{scene.folder.pk}/dzest/", f"/panelis/foto/{photo}/dzest/",
    ]  # fmt: skip
    return [
        *read,
        *(Visit(path, path, "chair") for path in ask),
        Visit("news of the panel", "/panelis/zinas/", "coordinator"),
        Visit("news of a council", f"/padome/{slug}/zinas/", "chair"),
        Visit("write news in English", f"/padome/{slug}/zinas/jauna/", "chair", english=True),
        Visit("pictures to add, errors", f"/panelis/pasakumi/{over}/albums/", "coordinator",
              press("Pievienot")),
    ]  # fmt: skip


def _settings(scene: Scene) -> list[Visit]:
    """What the municipality sets for itself."""
    base, row = "/panelis/iestatijumi/", {name: thing.pk for name, thing in scene.settings.items()}
    page = f"{base}lapas/palidziba/en/"
    lists = ["", "noteikumi/", "temati/", "strukturvienibas/", "vietas/", "dienas/", "teksti/", "lapas/"]
    forms = [
        "noteikumi/MINUTES_SENT/", "temati/jauns/", f"temati/{row['topic']}/", "strukturvienibas/jauna/",
        f"strukturvienibas/{row['unit']}/", f"strukturvienibas/{row['unit']}/atbildigais/",
        f"atbildigie/{row['officer']}/beigt/", "vietas/jauna/", f"vietas/{row['place']}/",
        f"vietas/{row['place']}/parcelt/", "dienas/jauna/", "dienas/saraksts/", "teksti/minutes_head/",
        "lapas/par-padomem/lv/",
    ]  # fmt: skip
    ask = [
        f"noteikumi/{row['number']}/nonemt/", f"temati/{row['topic']}/nonemt/",
        f"strukturvienibas/{row['unit']}/nonemt/", f"dienas/{row['day']}/nonemt/", "teksti/announcement/atjaunot/",
        "lapas/palidziba/en/atjaunot/",
    ]  # fmt: skip
    found = [Visit(f"settings {path}", base + path, "coordinator", unfold) for path in [*lists, *forms, *ask]]
    found += [
        Visit(f"settings {path}, errors", base + path, "coordinator", one_after_another(unfold, send_empty))
        for path in forms
    ]
    wrong = choose_file("upload", "Datums;Darbdiena", "02.05.2026.;varbūt", "x;darbdiena")
    return [
        *found,
        Visit("settings in English", base, "coordinator", english=True),
        Visit("numbers in English", f"{base}noteikumi/", "coordinator", english=True),
        Visit("days of another year", f"{base}dienas/?gads={scene.now.year + 1}", "coordinator"),
        Visit("list of days, errors", f"{base}dienas/saraksts/", "coordinator", wrong),
        Visit("page of the municipality's own", page, "coordinator", unfold),
        Visit("page, looked at first", page, "coordinator", press("Vispirms apskatīt")),
        Visit("page as the municipality wrote it", "/palidziba/", english=True),
    ]


def _errors(scene: Scene) -> list[Visit]:
    too_often = one_after_another(*[send_empty] * 6)  # five a minute
    return [
        Visit("not found", "/tadas-lapas-nav/", status=404),
        Visit("not found in English", "/tadas-lapas-nav/", status=404, english=True),
        Visit("not allowed", "/panelis/", "new", status=403),
        Visit("what only a button does", f"{scene.matter.get_absolute_url()}sekot/", "member", status=405),
        Visit("a form without its token", "/konts/ienakt/", "", one_after_another(spoil_token, press("Ienākt"))),
        Visit("too often", "/konts/parole/", "member", too_often),
        Visit("broken request", f"/kalendars/?{'a=1&' * 1001}", status=400),
        Visit("broken portal", "/salauzts/", status=500),
    ]
