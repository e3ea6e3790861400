"""What an officer of a council hands to the next one: what is open and by when, the papers, whom to reach.

Read anew for the page and for the mail, so that both say how things stand when they are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from councils import regulation
from councils.models import (
    AbsenceCase,
    Council,
    Document,
    Meeting,
    Membership,
    MunicipalUnit,
    Office,
    OpinionRequest,
    Proposal,
    Resolution,
    Submission,
    Task,
)
from neighbourhoods import latvian
from people.models import ContactChannel, Person, Role

WORDS = 20  # of a long title
LATEST_DOCUMENTS = 10


@dataclass(frozen=True)
class Line:
    """Something open: what it is, what is to be done by which day (None: no day is set), and where; and which words
    of it people wrote."""

    on: date | None
    title: str
    text: str
    address: str
    written: tuple[str, ...] = ()

    def is_overdue(self, today: date) -> bool:
        return self.on is not None and self.on < today


@dataclass(frozen=True)
class OpenThings:
    """With a day, the first day first; and without one."""

    dated: list[Line]
    undated: list[Line]

    @property
    def count(self) -> int:
        return len(self.dated) + len(self.undated)


def open_things(council: Council, now: datetime) -> OpenThings:
    """All that the council has open. Eight queries however much."""
    rules = regulation.in_force(timezone.localdate(now))
    lines = [
        *_meetings(council, rules, now),
        *_submissions(council),
        *_resolutions(council),
        *_tasks(council),
        *_proposals(council),
        *_opinions(council),
        *_absences(council, rules, timezone.localdate(now)),
    ]
    dated = sorted((line for line in lines if line.on), key=lambda line: line.on or date.max)
    return OpenThings(dated, [line for line in lines if line.on is None])


def _short(text: str) -> str:
    return Truncator(text).words(WORDS)


def _meetings(council: Council, rules: regulation.Regulation, now: datetime) -> Iterator[Line]:
    """Meetings that lie ahead, and those that wait for their minutes (§25, §38)."""
    meetings = Meeting.objects.filter(councils=council)
    wanted = meetings.ahead(now).order_by() | meetings.awaiting_minutes(now).order_by()
    for row in wanted.with_notice().select_related("event").order_by("event__starts_at", "pk"):
        title, written = f"{row.event.title}, {latvian.number_date(row.held_on)}", (row.event.title,)
        if row.event.starts_at <= now:
            address = reverse("councils:minutes", args=[row.pk])
            said = _("minutes to be published") if row.minutes_sent_on else _("minutes to be written and sent (§25)")
            due_on = rules.minutes_due_on(row.held_on)
            yield Line(due_on, title, said, address, written)
            continue
        address = reverse("dashboard:panel-meeting", args=[row.pk])
        if row.kind == Meeting.Kind.WORKING_GROUP or row.announced_on:
            yield Line(row.held_on, title, _("takes place"), address, written)
        elif row.agenda_sent_at:
            said = _("to be announced on the municipality’s site (§38.2)")
            yield Line(rules.announce_by(row.held_on), title, said, address, written)
        else:
            said = _("time, place and agenda to be sent to the administration (§38.1)")
            yield Line(rules.agenda_due_on(row.held_on), title, said, address, written)


def _submissions(council: Council) -> Iterator[Line]:
    """Asked of the municipality: drafts, what waits for an answer (§27), what was promised and is not done."""
    rows = Submission.objects.filter(councils=council, done_on=None).exclude(outcome=Submission.Outcome.DECLINED)
    for row in rows.select_related("matter", "answering_unit").order_by("reply_due_on", "pk"):
        address = row.get_absolute_url()
        unit = str(row.answering_unit or row.unit)
        written = (row.title, unit)
        if row.sent_on is None:
            yield Line(None, row.title, _("a draft, not sent to the municipality yet"), address, written)
        elif row.replied_on is None:
            said = _("the municipality answers (§27)")
            yield Line(row.reply_due_on, row.title, f"{said}: {unit}" if unit else said, address, written)
        elif row.outcome in (Submission.Outcome.SUPPORTED, Submission.Outcome.PARTLY):
            yield Line(row.follow_up_on, row.title, _("promised, not done yet"), address, written)


def _resolutions(council: Council) -> Iterator[Line]:
    """Adopted and not carried out; those that went to the municipality stand among the submissions."""
    for row in Resolution.objects.filter(council=council).to_submit().select_related("matter"):
        address = row.matter.get_absolute_url() if row.matter else reverse("councils:handover", args=[_slug(council)])
        said = _("resolution %(number)s to be carried out") % {"number": f"{row.number}/{row.year}"}
        text = _short(row.text)
        yield Line(row.due_on, text, f"{said}: {row.owner}" if row.owner else said, address, (text, row.owner))


def _slug(council: Council) -> str:
    return council.neighbourhood.slug


def _tasks(council: Council) -> Iterator[Line]:
    rows = Task.objects.filter(item__meeting__councils=council, done_on=None).select_related("person", "item__meeting")
    for row in rows.order_by("due_on", "pk"):
        who = str(row.person or row.owner)
        said = _("task: %(who)s") % {"who": who} if who else _("task")
        title, address = _short(row.title), reverse("councils:minutes", args=[row.item.meeting_id])
        yield Line(row.due_on, title, said, address, (title, row.owner))


def _proposals(council: Council) -> Iterator[Line]:
    for row in Proposal.objects.filter(council=council).undecided():
        said = _("proposed by residents: to be taken onto an agenda or declined (§31)")
        yield Line(None, row.title, said, reverse("dashboard:panel-proposal", args=[row.pk]), (row.title,))


def _opinions(council: Council) -> Iterator[Line]:
    for row in OpinionRequest.objects.filter(council=council, sent_on=None).order_by("due_on", "pk"):
        said = _("the municipal council asks for an opinion")
        address = reverse("dashboard:council-room", args=[_slug(council)])
        yield Line(row.due_on, row.title, said, address, (row.title,))


def _absences(council: Council, rules: regulation.Regulation, today: date) -> Iterator[Line]:
    rows = AbsenceCase.objects.of_council(council).open(today).select_related("membership__person")
    for row in rows:
        title = _("Absences: %(person)s") % {"person": row.membership.person}
        if row.decided_on is None:
            yield Line(None, title, _("the council decides: keep or release (§32)"), row.get_absolute_url())
        else:
            due_on = rules.removal_notice_due_on(row.decided_on)
            yield Line(due_on, title, _("the municipal council is to be informed (§32)"), row.get_absolute_url())


# --- papers and people ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contact:
    """Somebody an officer works with; `said` is what they are to the council."""

    name: str
    said: str
    email: str = ""
    phone: str = ""


def documents(council: Council) -> QuerySet[Document]:
    """The latest documents of the council, those for members only among them."""
    return council.documents.filter(retired_at=None).order_by("-pk")[:LATEST_DOCUMENTS]


def contacts(council: Council, on: date) -> list[Contact]:
    """Members with their offices, the coordinators, the units that answer the council now. Three queries."""
    office = Office.objects.held(on).filter(council=council, person=OuterRef("person")).by_rank()
    members = Membership.objects.of_council(council).held(on).select_related("person").by_name()
    members = _reached(members, "person").annotate(office=Subquery(office.values("kind")[:1]))
    found = [
        Contact(
            row.person.name,
            str(Office.Kind(row.office).label) if row.office else _("member"),
            row.email or "",
            row.phone or "",
        )
        for row in members
    ]
    roles = Role.objects.held(on).filter(kind=Role.Kind.COORDINATOR)
    coordinators = _reached(Person.objects.filter(roles__in=roles, erased_at=None).distinct().by_name(), "pk")
    found += [Contact(row.name, _("coordinator"), row.email or "", row.phone or "") for row in coordinators]
    units = MunicipalUnit.objects.filter(submissions__councils=council, submissions__replied_on=None)
    units = units.exclude(email="").distinct().by_name()
    return found + [Contact(row.name, _("answers the council"), row.email) for row in units]


def _reached(rows: QuerySet, path: str) -> Any:
    """Add `email` and `phone` of the person at the path."""
    channel = ContactChannel.objects.filter(person=OuterRef(path))
    kinds = ContactChannel.Kind
    return rows.annotate(
        email=Subquery(channel.filter(kind=kinds.EMAIL).values("value")[:1]),
        phone=Subquery(channel.filter(kind=kinds.PHONE).values("value")[:1]),
    )
