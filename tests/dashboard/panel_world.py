"""A small municipality for the tests of the panel: two councils at work, one on its way, people of every right."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from html import unescape

from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from councils.models import (
    AgendaItem,
    Announcement,
    Council,
    Meeting,
    Membership,
    Office,
    OpinionRequest,
    Paper,
    Proposal,
    Question,
    Resolution,
    Submission,
    Substitute,
)
from elections.models import Formation
from events.models import Event, Rsvp
from neighbourhoods.models import Street
from notices.models import Notice
from people.models import Role, User
from tests import factories
from tests.conftest import RIGA

ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|with|for|not|you|your|this|there|by|to be|seats?|members?)\b", re.IGNORECASE
)


@dataclass
class World:
    council: Council
    membership: Membership
    office: Office
    officer: User
    member: User
    stranger: User  # officer of the other council
    resident: User
    coordinator: User
    administrator: User
    meeting: Meeting
    draft: Meeting
    held: Meeting
    event: Event
    item: AgendaItem  # of the draft
    paper: Paper
    announcement: Announcement  # of the meeting that was held
    proposal: Proposal
    rsvp: Rsvp
    formation: Formation
    submission: Submission
    substitute: Substitute
    question: Question  # about the submission
    resolution: Resolution
    opinion: OpinionRequest
    street: Street
    notice: Notice
    role: Role

    @property
    def slug(self):
        return self.council.neighbourhood.slug

    @property
    def forming_slug(self):
        return self.formation.council.neighbourhood.slug


def at(days: int, hour: int = 18) -> datetime:
    """So many days from today, at that hour: no event of a test runs over midnight."""
    return datetime.combine(timezone.localdate() + timedelta(days=days), time(hour), RIGA)


def world() -> World:
    now = timezone.now()
    officer, member = factories.user(name="Ģirts Ūdris"), factories.user(name="Ķērsta Ļaudona")
    stranger, resident = factories.user(name="Šarlote Čakša"), factories.user(name="Žanis Ēriks")
    administrator = factories.administrator(name="Ņina Īle")
    council = factories.council(neighbourhood=factories.neighbourhood("Baloži"))
    term = factories.term(council)
    membership = factories.membership(term, officer.person)
    factories.membership(term, member.person)
    other = factories.term(factories.council(neighbourhood=factories.neighbourhood("Daugmale")))
    factories.office(factories.membership(other, stranger.person))
    meeting = factories.meeting(council, starts_at=at(9), capacity=20)
    event = factories.event("Saruna par ceļiem", [council.neighbourhood], capacity=2, starts_at=at(2))
    rsvp = factories.rsvp(event, factories.person("Anna Ozola", email="anna@example.org", phone="+371 20000000"))
    draft = factories.meeting(council, published=False, starts_at=at(40))
    held = factories.meeting(council, starts_at=at(-20))
    item = factories.agenda_item(draft, "Jautājums ar materiālu", position=50)
    submission = factories.submission([council])
    return World(
        council=council,
        membership=membership,
        office=factories.office(membership),
        officer=officer,
        member=member,
        stranger=stranger,
        resident=resident,
        coordinator=factories.coordinator(name="Lāsma Pīlādze"),
        administrator=administrator,
        meeting=meeting,
        draft=draft,
        held=held,
        event=event,
        item=item,
        paper=factories.paper(item),
        announcement=factories.announcement(held, published_on=timezone.localdate() - timedelta(days=25)),
        proposal=factories.proposal(council, resident.person),
        rsvp=rsvp,
        formation=factories.formation(next_due_on=timezone.localdate() + timedelta(days=5)),
        submission=submission,
        substitute=factories.substitute(term, factories.person("Kārlis Ķirsis")),
        question=Question.objects.create(submission=submission, text="Kurā pusē?", asked_at=now, asked_by="Ilze Ābola"),
        resolution=factories.resolution(factories.agenda_item(held)),
        opinion=factories.opinion_request(council),
        street=factories.street(neighbourhood=council.neighbourhood),
        notice=notice(rsvp.person, failed_at=now, closed_at=now),
        role=administrator.person.roles.get(),
    )


def notice(person, key="", **fields) -> Notice:
    """A message that was due a minute ago."""
    now = timezone.now()
    key = key or f"rsvp_confirmed:{Notice.objects.count()}"
    values = {"kind": "rsvp_confirmed", "about": "event:1", "planned_at": now, "due_at": now - timedelta(minutes=1)}
    return Notice.objects.create(key=key, person=person, **(values | fields))


def signed_in(user: User, language: str = "en") -> Client:
    """A browser of the user's own; English, so that a test does not hang on a wording of the catalogue."""
    client = Client()
    client.cookies["sessionid"] = factories.session_of(user)
    client.cookies["valoda"] = language
    return client


def address(name: str, *args) -> str:
    return reverse(f"dashboard:{name}", args=args)


def main_text(response) -> str:
    """What a reader sees of a page's main part; what others wrote (lang="en") left out."""
    main = response.content.decode().split("<main", 1)[1].split("</main>", 1)[0].split(">", 1)[1]
    main = re.sub(r'<td lang="en">.*?</td>', "", main, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def errors(response) -> dict[str, list[str]]:
    """Errors of the page's form by field; "__all__" for those of the whole form."""
    form = response.context["form"]
    with translation.override("en"):
        return {name: [str(error) for error in found] for name, found in form.errors.items()}


def in_the_file(client: Client, page, kind: str, heading: str) -> list[str]:
    """A column of the file that the page offers of its list: its own link is followed, with all it carries."""
    [link] = re.findall(rf'href="({address("export", kind, "csv")}[^"]*)"', page.content.decode())
    content = client.get(unescape(link)).content.decode("utf-8-sig")
    headings, *rows = csv.reader(io.StringIO(content, newline=""), delimiter=";")
    return [row[headings.index(heading)] for row in rows]
