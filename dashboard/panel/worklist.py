"""What needs the coordinator's attention today, read anew for every page from what the other rooms know."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils import regulation
from councils.models import (
    COUNCILS,
    AbsenceCase,
    Announcement,
    Council,
    CouncilState,
    Meeting,
    MeetingState,
    Office,
    OpinionRequest,
    Proposal,
    Submission,
    SubmissionState,
)
from elections.models import Formation, Step
from events.models import Event
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from neighbourhoods.periods import moment_on, year_begins
from neighbourhoods.prepared import prepared
from notices.models import Notice

ANNOUNCE_AHEAD = timedelta(days=7)  # a draft is shown this long before its last day
STEP_AHEAD = timedelta(days=14)
SOON = timedelta(days=1)
REGISTERED_WITHIN = timedelta(days=3)  # of being sent; later it is work to find out the number
PROPOSAL_WAITS = timedelta(days=7)  # after so long the coordinator sees it, too
MAIL_REMEMBERED = timedelta(days=7)  # a failed message is work this long; the ledger keeps it
MAIL_IS_LATE = timedelta(minutes=10)
AWAITED = (MeetingState.AWAITING_MINUTES, MeetingState.MINUTES_SIGNED)  # held, and no minutes are published


@dataclass(frozen=True)
class Work:
    """One thing to do, with the one link that leads to doing it. `on`: the day by which, or None without a day;
    `written`: what of title and meta people wrote in Latvian."""

    on: date | None
    title: str
    meta: str
    action: str
    address: str
    today: date
    written: tuple[str, ...] = ()

    @property
    def is_overdue(self) -> bool:
        return self.on is not None and self.on < self.today

    @property
    def tone(self) -> str:
        """How it is coloured: "bad", "warn" or "info"."""
        if self.is_overdue:
            return "bad"
        return "warn" if self.on is not None and self.on <= self.today + SOON else "info"

    @property
    def when(self) -> str:
        if self.on is None:
            return _("When you can")
        return capfirst(latvian.relative_days((self.on - self.today).days))


@dataclass(frozen=True)
class Mail:
    """How many messages of the ledger need somebody to look."""

    failed: int
    uncertain: int
    late: int

    @property
    def total(self) -> int:
        return self.failed + self.uncertain + self.late


@dataclass(frozen=True)
class Awaited:
    """A meeting without published minutes, with the last day of §25."""

    meeting: Meeting
    due_on: date

    @property
    def is_sent(self) -> bool:
        return self.meeting.minutes_sent_on is not None


@dataclass(frozen=True)
class Desk:
    """All that the list of work is made of; the page of the day shows parts of it in full."""

    now: datetime
    rules: regulation.Regulation
    submissions: list[Any]  # waiting for a reply, with their state
    promised: list[Any]  # answered: it is time to ask whether it is done
    awaited: list[Awaited]
    drafts: list[Meeting]
    to_publish: list[Any]  # meetings with their notice
    soon: list[Meeting]
    crowded: list[Any]  # events with seats
    formations: list[Any]  # with progress
    mail: Mail
    councils: list[Any]  # for the panel
    offices: set[tuple[int, str]]
    work: list[Work]

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def overdue_count(self) -> int:
        return sum(item.is_overdue for item in self.work)


def areas(rows: Iterable[Neighbourhood]) -> str:
    """Names of neighbourhoods in one line; none named means all."""
    return ", ".join(row.short_name for row in rows) or _("Whole municipality")


def areas_of(councils: Iterable[Council]) -> str:
    return areas(council.neighbourhood for council in councils)


# --- what the list is made of: read for nearly every page of the panel ------------------------------------------------


@prepared
def _asked(today: date) -> QuerySet[Submission]:
    """Submissions that wait for an answer, and those promised of which it is time to ask whether they are done."""
    rows = (Submission.objects.awaiting_reply() | Submission.objects.follow_up_due(today)).with_state(today)
    return rows.prefetch_related(COUNCILS).order_by("reply_due_on", "pk")


@prepared
def _meetings_to_see_to(now: datetime, tomorrow_ends: datetime) -> QuerySet[Meeting]:
    """Meetings without published minutes, drafts, what is today or tomorrow, and what the municipality's site lacks."""
    held = Q(state__in=AWAITED)
    draft = Q(state=MeetingState.DRAFT, event__starts_at__gt=now)
    soon = Q(event__published_at__isnull=False, event__starts_at__gt=now, event__starts_at__lt=tomorrow_ends)
    unpublished = Announcement.objects.newest().filter(meeting=OuterRef("pk"), published_on=None)
    owed = Q(is_to_publish=True, event__starts_at__gt=now)
    return (
        Meeting.objects.with_state(now)
        .with_notice()
        .annotate(is_to_publish=Exists(unpublished))
        .filter(held | draft | soon | owed, event__cancelled_at=None)
        .select_related("event")
        .prefetch_related(COUNCILS)
        .order_by("event__starts_at", "pk")
    )


@prepared
def _with_a_queue(now: datetime) -> QuerySet[Event]:
    rows = Event.objects.upcoming(now).with_seats().filter(starts_at__gt=now, people_waiting__gt=0)
    return rows.prefetch_related("neighbourhoods")


@prepared
def _formations() -> QuerySet[Formation]:
    return Formation.objects.open().with_progress().by_due().select_related("council__neighbourhood")


@prepared
def _councils(now: datetime, today: date, since: datetime, waited_since: datetime) -> QuerySet[Council]:
    """The councils for the panel, with `proposals_waiting`: how many residents have waited for an answer a week; and
    `absence_case`, the first case of absences that waits for somebody (§32), with the day of its release, if any; and
    `opinion_asked`, the first request of the municipal council that waits, with what it is about and its last day."""
    cases = AbsenceCase.objects.open(today).filter(membership__seat__term__council=OuterRef("pk"))
    waiting = Proposal.objects.undecided().filter(council=OuterRef("pk"), confirmed_at__lte=waited_since)
    counted = waiting.order_by().values("council").annotate(n=Count("pk")).values("n")
    rows = Council.objects.for_panel(now, today, since).annotate(proposals_waiting=Coalesce(Subquery(counted), 0))
    rows = rows.annotate(
        absence_case=Subquery(cases.values("pk")[:1]), released_on=Subquery(cases.values("decided_on")[:1])
    )
    asked = OpinionRequest.objects.filter(sent_on=None, council=OuterRef("pk")).order_by("due_on", "pk")
    rows = rows.annotate(
        opinion_asked=Subquery(asked.values("pk")[:1]),
        opinion_due_on=Subquery(asked.values("due_on")[:1]),
        opinion_about=Subquery(asked.values("title")[:1]),
    )
    return rows.by_name()


def read(now: datetime) -> Desk:
    """Eleven queries, however much there is to do."""
    today = timezone.localdate(now)
    rules = regulation.in_force(today)
    asked = list(_asked(today=today))
    tomorrow_ends = moment_on(today + timedelta(days=2))
    meetings = list(_meetings_to_see_to(now=now, tomorrow_ends=tomorrow_ends))
    desk = Desk(
        now=now,
        rules=rules,
        submissions=[row for row in asked if row.replied_on is None],
        promised=[row for row in asked if row.replied_on is not None],
        awaited=[Awaited(row, rules.minutes_due_on(row.held_on)) for row in meetings if row.state in AWAITED],
        drafts=[row for row in meetings if row.state == MeetingState.DRAFT and row.kind != Meeting.Kind.WORKING_GROUP],
        to_publish=[row for row in meetings if row.is_to_publish and row.event.starts_at > now],
        soon=[row for row in meetings if row.event.published_at and now < row.event.starts_at < tomorrow_ends],
        crowded=list(_with_a_queue(now=now)),
        formations=list(_formations()),
        mail=read_mail(now),
        councils=list(
            _councils(now=now, today=today, since=year_begins(today.year), waited_since=now - PROPOSAL_WAITS)
        ),
        offices=set(Office.objects.held(today).values_list("council_id", "kind")),
        work=[],
    )
    found = [*_replies(desk), *_minutes(desk), *_meetings(desk), *_crowded(desk), *_steps(desk), *_mail(desk)]
    found += [*_to_publish(desk), *_proposals(desk), *_vacancies(desk), *_absences(desk)]
    found += [*_registrations(desk), *_promises(desk), *_opinions(desk)]
    desk.work.extend(sorted(found, key=lambda item: item.on or date.max))
    return desk


def read_mail(now: datetime) -> Mail:
    """One query."""
    since = now - MAIL_REMEMBERED
    late = Notice.objects.late(now - MAIL_IS_LATE).values("pk")
    counts = Notice.objects.aggregate(
        failed=Count("pk", filter=Q(failed_at__gt=since)),
        uncertain=Count("pk", filter=Q(uncertain_at__gt=since, failed_at=None, cancelled_at=None, skipped_at=None)),
        late=Count("pk", filter=Q(pk__in=late)),
    )
    return Mail(**counts)


# --- one function for each kind of work -----------------------------------------------------------------------------


def _replies(desk: Desk) -> Iterator[Work]:
    """The municipality's answer is late (§27)."""
    for row in desk.submissions:
        if row.state == SubmissionState.OVERDUE:
            unit = _("%(unit)s answers") % {"unit": row.unit} if row.unit else ""
            yield Work(
                on=row.reply_due_on,
                title=_("Reply to the proposal “%(title)s”") % {"title": row.title},
                meta=_joined(areas_of(row.councils.all()), unit),
                action=_("Enter the reply"),
                address=reverse("dashboard:panel-submission", args=[row.pk]),
                today=desk.today,
                written=(row.title, row.unit),
            )


def _registrations(desk: Desk) -> Iterator[Work]:
    """Sent, and nobody wrote down the municipality's number: the month of §27 counts from the sending meanwhile.
    Of what is late already the answer matters more."""
    for row in desk.submissions:
        is_late = row.state == SubmissionState.OVERDUE
        if row.registered_on is None and not is_late and row.sent_on + REGISTERED_WITHIN <= desk.today:
            yield Work(
                on=None,
                title=_("Register: “%(title)s”") % {"title": row.title},
                meta=_joined(areas_of(row.councils.all()), _("the month counts from the sending meanwhile (§27)")),
                action=_("Enter the number"),
                address=reverse("dashboard:panel-submission-step", args=[row.pk, "registret"]),
                today=desk.today,
                written=(row.title,),
            )


def _promises(desk: Desk) -> Iterator[Work]:
    """The municipality promised, and the day has come to ask whether it is done."""
    for row in desk.promised:
        yield Work(
            on=row.follow_up_on,
            title=_("Is it done: “%(title)s”") % {"title": row.title},
            meta=_joined(areas_of(row.councils.all()), row.unit),
            action=_("Say where it stands"),
            address=reverse("dashboard:panel-submission", args=[row.pk]),
            today=desk.today,
            written=(row.title, row.unit),
        )


def _opinions(desk: Desk) -> Iterator[Work]:
    """The municipal council waits for a council's opinion (PL 58(2))."""
    for row in desk.councils:
        if row.opinion_asked is not None:
            yield Work(
                on=row.opinion_due_on,
                title=_("%(area)s: an opinion for the municipal council") % {"area": row.neighbourhood.short_name},
                meta=_joined(row.opinion_about, "PL 58(2)"),
                action=_("Open the request"),
                address=reverse("dashboard:panel-opinion", args=[row.opinion_asked]),
                today=desk.today,
                written=(row.opinion_about,),
            )


def _minutes(desk: Desk) -> Iterator[Work]:
    """The council's minutes are late (§25), or they came and wait to be published."""
    for row in desk.awaited:
        address = reverse("dashboard:panel-meeting-minutes", args=[row.meeting.pk])
        council = areas_of(row.meeting.councils.all())
        title = _("Minutes of the meeting of %(day)s") % {"day": latvian.day(row.meeting.held_on, desk.today)}
        if row.is_sent:
            text = _("the council has sent them, publish them")
            yield Work(desk.today, title, _joined(council, text), _("Enter where they are"), address, desk.today)
        elif row.due_on < desk.today:
            text = _("the council writes and sends them")
            yield Work(row.due_on, title, _joined(council, text), _("Add the minutes"), address, desk.today)


def _meetings(desk: Desk) -> Iterator[Work]:
    """A draft must be announced in time (§38.2); a meeting is today or tomorrow."""
    for row in desk.drafts:
        announce_by = desk.rules.announce_by(row.held_on)
        if announce_by <= desk.today + ANNOUNCE_AHEAD:
            title = _("Announce: %(title)s, %(day)s") % {
                "title": row.event.title,
                "day": latvian.day(row.held_on, desk.today),
            }
            council = areas_of(row.councils.all())
            address = reverse("dashboard:panel-meeting", args=[row.pk])
            meta = _joined(council, _("a meeting is announced in time (§38.2)"))
            written = (row.event.title,)
            yield Work(announce_by, title, meta, _("Look through and publish"), address, desk.today, written)
    for row in desk.soon:
        yield Work(
            on=row.held_on,
            title=f"{row.event.title}, {latvian.at(row.event.starts_at)}",
            meta=_joined(areas_of(row.councils.all()), row.event.venue if row.event.has_room else _("online")),
            action=_("Who is coming"),
            address=reverse("dashboard:panel-rsvps", args=[row.event_id]),
            today=desk.today,
            written=(row.event.title, row.event.venue),
        )


def _to_publish(desk: Desk) -> Iterator[Work]:
    """The text of a meeting waits to stand on the municipality's own site (§38.2), or to take an older one's place."""
    for row in desk.to_publish:
        is_newer = row.announced_on is not None
        text = (
            _("the agenda has changed since it was published") if is_newer else _("sent to the administration (§38.2)")
        )
        if row.move_reason and not is_newer:
            text = _("the meeting is moved, announce it anew (§38.2)")
        title = _("Publish on the municipality’s site: %(title)s, %(day)s") % {
            "title": row.event.title,
            "day": latvian.day(row.held_on, desk.today),
        }
        yield Work(
            on=desk.today if is_newer else desk.rules.announce_by(row.held_on),
            title=title,
            meta=_joined(areas_of(row.councils.all()), text),
            action=_("Text and address"),
            address=reverse("dashboard:panel-announcement", args=[row.pk]),
            today=desk.today,
            written=(row.event.title,),
        )


def _proposals(desk: Desk) -> Iterator[Work]:
    """Residents' proposals that the council has neither taken nor declined for a week (§31)."""
    for row in desk.councils:
        if row.proposals_waiting:
            count = row.proposals_waiting
            title = ngettext(
                "%(area)s: %(count)d resident is waiting for an answer",
                "%(area)s: %(count)d residents are waiting for an answer",
                count,
            )
            yield Work(
                on=None,
                title=title % {"area": row.neighbourhood.short_name, "count": count},
                meta=_("the council takes what is proposed for its agenda, or declines it (§31)"),
                action=_("Residents’ proposals"),
                address=f"{reverse('dashboard:panel-proposals')}?apkaime={row.neighbourhood.slug}",
                today=desk.today,
            )


def _crowded(desk: Desk) -> Iterator[Work]:
    """People wait for a seat."""
    for row in desk.crowded:
        waiting = ngettext("%(count)d person is waiting", "%(count)d people are waiting", row.people_waiting)
        taken, seats = _full_hall(row)
        yield Work(
            on=timezone.localdate(row.starts_at),
            title=f"{row.title} — {waiting % {'count': row.people_waiting}}",
            meta=_joined(
                areas(row.neighbourhoods.all()),
                _("%(taken)s of %(capacity)s seats") % {"taken": taken, "capacity": seats},
            ),
            action=_("Add seats"),
            address=reverse("dashboard:panel-capacity", args=[row.pk]),
            today=desk.today,
            written=(row.title,),
        )


def _full_hall(row: Any) -> tuple[int, int | None]:
    """Seats taken and seats there are: all of them, or those of the one hall that has a limit. Reads `with_seats()`."""
    if row.seats_offered is not None:
        return row.people_coming, row.seats_offered
    return (row.online_taken, row.online_capacity) if row.capacity is None else (row.seats_taken, row.capacity)


def _steps(desk: Desk) -> Iterator[Work]:
    """The step of a formation under way has its last day soon."""
    for row in desk.formations:
        step = row.current_step
        if step is not None and row.current_due_on and row.current_due_on <= desk.today + STEP_AHEAD:
            area = row.council.neighbourhood
            yield Work(
                on=row.current_due_on,
                title=f"{area.short_name}: {row.current_note or Step(step).label}",
                meta=_joined(_("Formation"), step_number(row)),
                action=_("Open the step"),
                address=reverse("dashboard:panel-formation", args=[area.slug]),
                today=desk.today,
                written=(row.current_note or "",),
            )


def step_number(formation: Any) -> str:
    """Say "5. solis no 7"; reads `with_progress()`."""
    return _("step %(number)d of %(total)d") % {"number": formation.current_number, "total": len(Step)}


def _mail(desk: Desk) -> Iterator[Work]:
    mail = desk.mail
    if mail.total:
        parts = [
            _("not sent: %(count)d") % {"count": mail.failed} if mail.failed else "",
            _("perhaps sent twice: %(count)d") % {"count": mail.uncertain} if mail.uncertain else "",
            _("waiting too long: %(count)d") % {"count": mail.late} if mail.late else "",
        ]
        title = ngettext("%(count)d e-mail needs a look", "%(count)d e-mails need a look", mail.total)
        address = reverse("dashboard:panel-mail")
        yield Work(
            desk.today, title % {"count": mail.total}, _joined(*parts), _("Open the e-mails"), address, desk.today
        )


def _vacancies(desk: Desk) -> Iterator[Work]:
    """A council has fewer members than seats (§19, §20), or nobody in an office (§21)."""
    for row in desk.councils:
        if row.state != CouncilState.WORKING:
            continue
        area = row.neighbourhood
        address = reverse("dashboard:panel-council", args=[area.slug])
        if row.seats is not None and row.members < row.seats:
            empty = row.seats - row.members
            title = ngettext("%(area)s: %(count)d seat is empty", "%(area)s: %(count)d seats are empty", empty)
            meta = _("%(members)d of %(seats)d members (§19, §20)") % {"members": row.members, "seats": row.seats}
            yield Work(
                None,
                title % {"area": area.short_name, "count": empty},
                meta,
                _("Open the council"),
                address,
                desk.today,
            )
        vacant = [kind for kind in Office.Kind if (row.pk, kind) not in desk.offices]
        if row.members and vacant:
            yield Work(
                None,
                _("%(area)s: an office is vacant") % {"area": area.short_name},
                _joined(", ".join(str(kind.label) for kind in vacant), "§21"),
                _("Give the office"),
                reverse("dashboard:panel-office-give", args=[area.slug]),
                desk.today,
            )


def _absences(desk: Desk) -> Iterator[Work]:
    """A member stayed away without excuse: the council decides, and tells the dome of a release (§32)."""
    for row in desk.councils:
        if row.absence_case is None:
            continue
        area = row.neighbourhood.short_name
        address = reverse("councils:absence-case", args=[row.absence_case])
        if row.released_on:
            title = _("%(area)s: inform the municipal council of a release") % {"area": area}
            due_on = desk.rules.removal_notice_due_on(row.released_on)
            yield Work(due_on, title, "§32", _("Enter when it was informed"), address, desk.today)
        else:
            title = _("%(area)s: a member has stayed away without excuse") % {"area": area}
            meta = _("the council decides whether the member stays (§32)")
            yield Work(None, title, meta, _("Open the case"), address, desk.today)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
