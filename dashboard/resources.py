"""The portal's tables as files for the people who run the councils: which rows, which columns, in which order.

The headings are Latvian whatever language the reader chose: they are part of the file, as public addresses are part of
the page, and somebody's pivot table is built on them. Cells are plain Python values; the formats write them down.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import tablib
from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Collate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export import fields, resources, widgets

from councils import regulation, roster
from councils.models import (
    COUNCILS,
    Council,
    CouncilState,
    Matter,
    MatterState,
    Meeting,
    MeetingState,
    Membership,
    Office,
    Resolution,
    Substitute,
    Term,
)
from councils.models.periods import is_held
from dashboard.filters import (
    WAS_HELD,
    Address,
    AreaRow,
    Filtered,
    filter_areas,
    filter_events,
    filter_matters,
    filter_meetings,
    filter_members,
    filter_rosters,
    filter_rsvps,
    with_followers,
)
from events.attendance import with_attendance
from events.models import AccessService, Answer, CheckIn, Event, Phase, Question, Rsvp
from neighbourhoods.models import Neighbourhood
from neighbourhoods.periods import year_begins
from people.models import ContactChannel

CHUNK = 2000  # rows held at a time, with what is prefetched for them


class AsItIs(widgets.Widget):
    """Leaves a value to the format."""

    def render(self, value, obj=None, **kwargs):
        return value


def column(heading: str, path: str | Callable[[Any], Any]) -> fields.Field:
    """A column of what stands at a path from the row ("event__title"), or of what a function makes of the row."""
    if callable(path):
        return fields.Field(column_name=heading, dehydrate_method=path)
    return fields.Field(column_name=heading, attribute=path, widget=AsItIs())


class Report(resources.Resource):
    """A table with the rows that `params` (the page's address) leave. As many queries for 3 rows as for 300."""

    title = ""  # of the sheet
    file_name = ""  # without day and ending
    about = ""  # what the rows are, for the audit log

    def __init__(self, params: Mapping[str, str], now: datetime, within: QuerySet | None = None):
        """`within`: rows that this reader may see, where that is not all of them."""
        super().__init__()
        self.now = now
        self.on = timezone.localdate(now)
        self.filtered = self.narrow(params, within)

    def narrow(self, params: Mapping[str, str], within: QuerySet | None) -> Filtered:
        raise NotImplementedError

    def iter_queryset(self, queryset: QuerySet) -> Iterator:
        """In one query: pages by number would lose or double a row that comes or goes in the meantime."""
        return queryset.iterator(chunk_size=CHUNK)

    def export_field(self, field: fields.Field, instance: Any, **kwargs) -> Any:
        value = super().export_field(field, instance, **kwargs)
        return str(value) if isinstance(value, Promise) else value  # while it is still Latvian

    def export(self, queryset: QuerySet | None = None, **kwargs) -> tablib.Dataset:
        with override(settings.LANGUAGE_CODE):
            dataset = super().export(self.filtered.rows if queryset is None else queryset, **kwargs)
        dataset.title = self.title
        return dataset


def _names(neighbourhoods: Iterator[Neighbourhood]) -> str:
    return ", ".join(area.short_name for area in neighbourhoods) or _("Whole municipality")


def _address(row) -> str:
    return f"{settings.PUBLIC_URL}{row.get_absolute_url()}"


def _chair(row: AreaRow) -> str:
    return ", ".join(office.person.name for office in row.council.chairs) if row.council else ""


def _members(row: AreaRow) -> int | None:
    return row.council.members if row.state == CouncilState.WORKING else None


def _of_council(name: str) -> Callable[[AreaRow], int]:
    return lambda row: getattr(row.council, name) if row.council else 0


class CouncilReport(Report):
    """The neighbourhoods of the day, as on the screen: also those where no council was ever begun."""

    title = "Padomes"
    file_name = "padomes"
    about = "councils.Council"

    area = column("Apkaime", "area__short_name")
    name = column("Padome", "council__name")
    state = column("Statuss", lambda row: CouncilState(row.state).label)
    residents = column("Iedzīvotāji", "area__population")
    seats = column("Vietas", "council__seats")
    members = column("Locekļi", _members)
    chair = column("Priekšsēdētājs", _chair)
    email = column("Padomes e-pasts", "council__email")
    meetings_held = column("Sēdes šogad", _of_council("meetings_held"))
    last_meeting = column("Pēdējā sēde", "council__last_meeting_at")
    minutes_awaited = column("Sēdes bez protokola", _of_council("minutes_awaited"))
    submissions_open = column("Priekšlikumi bez atbildes", _of_council("submissions_open"))
    followers = column("Sekotāji", "area__followers")
    new_followers = column("Jauni sekotāji 30 dienās", "area__new_followers")
    formation_started_on = column("Izveide sākta", "council__formation_started_on")
    formation_source = column("Lēmums vai avots", "council__formation_source")
    address = column("Adrese portālā", lambda row: _address(row.area))

    def narrow(self, params, within):
        chairs = Office.objects.held(self.on).filter(kind=Office.Kind.CHAIR).select_related("person")
        councils = Council.objects.for_panel(self.now, self.on, year_begins(self.on.year)) if within is None else within
        councils = councils.prefetch_related(Prefetch("offices", chairs, to_attr="chairs"))
        return filter_areas(with_followers(self.now), councils, params, self.on)

    def iter_queryset(self, queryset):
        return iter(queryset)


class MemberReport(Report):
    """Who sat where on a day (`diena`), with private contacts: for those who run the councils only."""

    title = "Padomju locekļi"
    file_name = "padomju-locekli"
    about = "councils.Membership"

    area = column("Apkaime", "seat__term__council__neighbourhood__short_name")
    council = column("Padome", "seat__term__council__name")
    term = column("Sasaukums", "seat__term__number")
    seat = column("Vieta", "seat__number")
    family_name = column("Uzvārds", "person__family_name")
    given_name = column("Vārds", "person__given_name")
    office = fields.Field(column_name="Amats")
    state = fields.Field(column_name="Statuss")
    started_on = column("Pilnvaras no", "started_on")
    ended_on = column("Pirmā diena bez pilnvarām", "ended_on")
    end_reason = column("Kāpēc beidzās", lambda row: row.get_end_reason_display())
    source = column("Dokuments", "source")
    email = column("E-pasts", lambda row: _contact(row, ContactChannel.Kind.EMAIL))
    phone = column("Tālrunis", lambda row: _contact(row, ContactChannel.Kind.PHONE))

    def narrow(self, params, within):
        rows = Membership.objects.all() if within is None else within
        found = filter_members(rows, params, self.on)
        if "diena" in found.chosen:
            self.on = date.fromisoformat(found.chosen["diena"])
        rows = (
            found.rows.select_related("person", "seat__term__council__neighbourhood")
            .prefetch_related("person__channels", Prefetch("person__offices", Office.objects.held(self.on).by_rank()))
            .order_by(
                Collate("seat__term__council__neighbourhood__short_name", "lv"),
                Collate("person__family_name", "lv"),
                Collate("person__given_name", "lv"),
                "started_on",
                "pk",
            )
        )
        return Filtered(rows, found.chosen, found.ignored)

    def dehydrate_office(self, row: Membership) -> str:
        if not is_held(row, self.on):
            return ""
        council_id = row.seat.term.council_id
        return ", ".join(
            str(held.get_kind_display()) for held in row.person.offices.all() if held.council_id == council_id
        )

    def dehydrate_state(self, row: Membership) -> str:
        return _("sits in the council") if is_held(row, self.on) else _("mandate ended")


@dataclass(frozen=True)
class SeatRow:
    council: Council
    term: Term
    seat: roster.SeatOnDay

    @property
    def member(self) -> Membership | None:
        return self.seat.membership


class RosterReport(Report):
    """Every seat of the councils at work on a day (`diena`), the empty ones, too: who was on the council then."""

    title = "Padomju sastāvs"
    file_name = "padomju-sastavs"
    about = "councils.Seat"

    area = column("Apkaime", lambda row: row.council.neighbourhood.short_name)
    council = column("Padome", lambda row: row.council.name)
    on_day = fields.Field(column_name="Diena")
    term = column("Sasaukums", lambda row: row.term.number)
    term_started_on = column("Sasaukums no", lambda row: row.term.started_on)
    term_ended_on = column("Sasaukuma pirmā diena pēc beigām", lambda row: row.term.ended_on)
    end_rule = column("Līdz kuram laikam darbojas", lambda row: row.term.get_end_rule_display())
    seat = column("Vieta", lambda row: row.seat.number)
    family_name = column("Uzvārds", lambda row: row.member and row.member.person.family_name)
    given_name = column("Vārds", lambda row: row.member and row.member.person.given_name)
    office = column("Amats", lambda row: ", ".join(row.seat.office_labels))
    started_on = column("Pilnvaras no", lambda row: row.member and row.member.started_on)
    ended_on = column("Pirmā diena bez pilnvarām", lambda row: row.member and row.member.ended_on)
    end_reason = column("Kāpēc beidzās", lambda row: row.member and row.member.get_end_reason_display())
    source = column("Dokuments", lambda row: row.member and row.member.source)

    def narrow(self, params, within):
        councils = Council.objects.select_related("neighbourhood").by_name() if within is None else within
        found = filter_rosters(councils, params)
        self.on = date.fromisoformat(found.chosen["diena"]) if "diena" in found.chosen else self.on
        rosters = [history.on(self.on) for history in roster.read(found.rows)]
        rows = [
            SeatRow(one.council, one.term, seat)
            for one in rosters
            if one.term
            for seat in sorted(one.seats, key=lambda seat: seat.number)
        ]
        return Filtered(rows, found.chosen, found.ignored)

    def iter_queryset(self, queryset):
        return iter(queryset)

    def dehydrate_on_day(self, row: SeatRow) -> date:
        return self.on


class SubstituteReport(Report):
    """The order of those who take over when a mandate ends early (§19), of the convocations of the day. Its first
    columns are those of `councils.resources.SubstituteTable`: the file can be corrected and brought back."""

    title = "Nākamie kandidāti"
    file_name = "nakamie-kandidati"
    about = "councils.Substitute"

    rank = column("Kārta", "rank")
    family_name = column("Uzvārds", "person__family_name")
    given_name = column("Vārds", "person__given_name")
    email = column("E-pasts", lambda row: _contact(row, ContactChannel.Kind.EMAIL))
    phone = column("Tālrunis", lambda row: _contact(row, ContactChannel.Kind.PHONE))
    votes = column("Balsis", "votes")
    applied_at = column("Pieteicās", "applied_at")
    source = column("Dokuments", "source")
    area = column("Apkaime", "term__council__neighbourhood__short_name")
    term = column("Sasaukums", "term__number")
    state = column("Statuss", lambda row: row.state.label)
    offered_on = column("Piedāvāts", "offered_on")
    seated_on = column("Ieņēma vietu", "seated_on")
    declined_on = column("Atteicās", "declined_on")
    declined_because = column("Kāpēc atteicās", "declined_because")

    def narrow(self, params, within):
        rows = Substitute.objects.all() if within is None else within
        address = Address(params)
        if area := address.neighbourhood():
            rows = rows.filter(term__council__neighbourhood=area)
        lasting = Term.objects.lasting_beyond(self.on)
        rows = rows.filter(term__in=lasting).select_related("person", "term__council__neighbourhood")
        by_area = Collate("term__council__neighbourhood__short_name", "lv")
        return address.filtered(rows.prefetch_related("person__channels").order_by(by_area, "term", "rank", "pk"))


def _contact(row: Membership | Substitute, kind: str) -> str:
    return next((channel.value for channel in row.person.channels.all() if channel.kind == kind), "")


def _areas_that_meet(meeting: Meeting) -> str:
    return ", ".join(council.neighbourhood.short_name for council in meeting.councils.all())


class MeetingReport(Report):
    title = "Sēdes"
    file_name = "sedes"
    about = "councils.Meeting"

    name = column("Sēde", "event__title")
    councils = column("Apkaimes", _areas_that_meet)
    kind = column("Veids", lambda row: row.get_kind_display())
    starts_at = column("Sākums", "event__starts_at")
    ends_at = column("Beigas", "event__ends_at")
    format = column("Norise", lambda row: row.event.get_format_display())
    venue = column("Vieta", "event__venue")
    online_url = column("Saite", "event__online_url")
    state = column("Statuss", lambda row: MeetingState(row.state).label)
    agenda = column("Darba kārtības jautājumi", "agenda_items")
    coming = fields.Field(column_name="Pieteikušies")
    published_at = column("Izziņota", "event__published_at")
    announced_late_because = column("Kāpēc izziņota vēlu", "announced_late_because")
    minutes_due_on = fields.Field(column_name="Protokols jānosūta līdz")
    minutes_sent_on = column("Protokols nosūtīts", "minutes_sent_on")
    minutes_published_on = column("Protokols publicēts", "minutes_published_on")
    minutes_url = column("Protokola adrese", "minutes_url")
    cancel_reason = column("Kāpēc atcelta", "event__cancel_reason")
    address = column("Adrese portālā", _address)

    def narrow(self, params, within):
        self.rules = regulation.in_force(self.on)
        rows = Meeting.objects.all() if within is None else within
        found = filter_meetings(rows, params, self.now)
        rows = (
            found.rows.prefetch_related(Prefetch("event", Event.objects.with_seats()), COUNCILS)
            .annotate(agenda_items=Count("agenda"))
            .order_by("event__starts_at", Collate("event__title", "lv"), "pk")
        )
        return Filtered(rows, found.chosen, found.ignored)

    def dehydrate_coming(self, row):
        return row.event.people_coming if row.event.takes_rsvps else None

    def dehydrate_minutes_due_on(self, row):
        owes = row.state in WAS_HELD and row.state != MeetingState.HELD
        return self.rules.minutes_due_on(row.held_on) if owes else None


class EventReport(Report):
    title = "Pasākumi"
    file_name = "pasakumi"
    about = "events.Event"

    name = column("Pasākums", "title")
    kind = column("Veids", lambda row: row.get_kind_display())
    areas = column("Apkaimes", lambda row: _names(row.neighbourhoods.all()))
    starts_at = column("Sākums", "starts_at")
    ends_at = column("Beigas", "ends_at")
    format = column("Norise", lambda row: row.get_format_display())
    venue = column("Vieta", "venue")
    online_url = column("Saite", "online_url")
    state = column("Statuss", lambda row: Phase(row.phase).label)
    takes_rsvps = column("Var pieteikties", "takes_rsvps")
    capacity = column("Vietas", "capacity")
    reserved = column("No tām aicinātajiem", "reserved_seats")
    online_capacity = column("Vietas tiešsaistē", "online_capacity")
    taken = column("Aizņemtas vietas", "seats_taken")
    online_taken = column("Aizņemtas tiešsaistē", "online_taken")
    left = column("Brīvas vietas", "seats_left")
    waiting = column("Gaida rindā", "people_waiting")
    came = column("Ieradās", "came")
    came_without_sign_up = column("Bez pieteikšanās", "came_without_sign_up")
    survey_answers = column("Aptaujas atbildes", "survey_answers_given")
    survey_average = column("Aptaujas vidējais vērtējums", lambda row: _rounded(row.survey_average))
    opens_at = column("Pieteikšanās no", "rsvps_open_at")
    closes_at = column("Pieteikšanās līdz", "rsvps_close_at")
    published_at = column("Publicēts", "published_at")
    cancelled_at = column("Atcelts", "cancelled_at")
    cancel_reason = column("Kāpēc atcelts", "cancel_reason")
    address = column("Adrese portālā", _address)

    def narrow(self, params, within):
        rows = Event.objects.all() if within is None else within
        found = filter_events(rows, params, self.now)
        areas = Prefetch("neighbourhoods", Neighbourhood.objects.by_name())
        rows = with_attendance(found.rows.with_seats()).prefetch_related(areas)
        return Filtered(rows.order_by("starts_at", Collate("title", "lv"), "pk"), found.chosen, found.ignored)


def _rounded(average: float | None) -> float | None:
    return None if average is None else round(float(average), 2)


class RsvpReport(Report):
    """Who comes. No address and no phone: a council's officers read it, too.

    The sign-ups of one event (`pasakums`) have a column for each of its own questions and access services.
    """

    title = "Pieteikumi"
    file_name = "pieteikumi"
    about = "events.Rsvp"

    event = column("Pasākums", "event__title")
    starts_at = column("Sākums", "event__starts_at")
    number = column("Nr.", "number")
    family_name = column("Uzvārds", "person__family_name")
    given_name = column("Vārds", "person__given_name")
    state = column("Statuss", lambda row: row.get_state_display())
    is_confirmed = column("Apstiprināts", "is_confirmed")
    party_size = column("Cilvēki", "party_size")
    attending = column("Kā piedalās", lambda row: row.get_attending_display())
    question = column("Jautājums", "question")
    rsvped_at = column("Pieteicās", "rsvped_at")
    by_staff = column("Pieteica darbinieks", lambda row: row.entered_by_id is not None)
    affirmed_at = column("Vēlreiz apstiprināja", "affirmed_at")
    cancelled_at = column("Atcelts", "cancelled_at")
    cancelled_for = column("Kāpēc atcelts", lambda row: row.get_cancelled_for_display())
    came = fields.Field(column_name="Ieradās")
    people_came = column("Ieradušies cilvēki", lambda row: getattr(_arrival(row), "people", None))
    came_at = column("Ieradās plkst.", lambda row: getattr(_arrival(row), "at", None))
    is_walk_in = column("Bez pieteikšanās", "is_walk_in")

    def narrow(self, params, within):
        rows = Rsvp.objects.all() if within is None else within
        found = filter_rsvps(rows, params)
        if event_id := found.chosen.get("pasakums"):
            self.about = f"events.Event:{event_id}"
        rows = found.rows.select_related("event", "person").order_by(
            "event__starts_at",
            "event_id",
            Collate("person__family_name", "lv"),
            Collate("person__given_name", "lv"),
            "number",
        )
        rows = rows.prefetch_related(Prefetch("check_ins", CheckIn.objects.standing(), to_attr="standing"))
        if event_id and (asked := self._asked(int(event_id))):
            self.fields |= {f"asked_{number}": field for number, field in enumerate(asked)}
            rows = rows.prefetch_related(Prefetch("answers", Answer.objects.in_order()), "services")
        return Filtered(rows, found.chosen, found.ignored)

    def _asked(self, event_id: int) -> list[fields.Field]:
        """Columns of what the organiser asked, also of what was answered and is asked no more. Two queries."""
        questions = Question.objects.filter(Q(retired_at=None) | Q(answers__isnull=False), event=event_id)
        services = AccessService.objects.filter(event=event_id, ask_until__isnull=False).order_by("kind")
        seen: Counter[str] = Counter()
        columns = []
        for question in questions.distinct().order_by("position", "pk"):
            seen[question.text] += 1
            again = f" ({seen[question.text]})" if seen[question.text] > 1 else ""
            columns.append(column(f"Atbilde: {question.text}{again}", partial(_answer_to, question.pk)))
        with override(settings.LANGUAGE_CODE):
            needs = [(service.pk, str(service)) for service in services]
        return columns + [column(f"Vajag: {name}", partial(_asks_for, pk)) for pk, name in needs]

    def dehydrate_came(self, row: Rsvp) -> bool | None:
        """Nothing for events to come, for the cancelled, and for who had no seat."""
        if _arrival(row):
            return True
        is_told = row.state == Rsvp.State.GOING and row.event.phase_at(self.now) == Phase.OVER
        return False if is_told else None


def _answer_to(question_id: int, row: Rsvp) -> str | Decimal | bool | None:
    return next((answer.value for answer in row.answers.all() if answer.question_id == question_id), None)


def _asks_for(service_id: int, row: Rsvp) -> bool:
    return any(service.pk == service_id for service in row.services.all())


def _arrival(row) -> CheckIn | None:
    """The arrival that stands, as `RsvpReport` read it."""
    return row.standing[0] if row.standing else None


class MatterReport(Report):
    """What councils voted on and sent, with where it stands; what is not public is not in it."""

    title = "Lēmumi"
    file_name = "lemumi"
    about = "councils.Matter"

    area = column("Apkaimes", lambda row: ", ".join(council.neighbourhood.short_name for council in row.councils.all()))
    name = column("Jautājums", "title")
    topic = column("Tēma", "topic_label")
    state = column("Statuss", lambda row: MatterState(row.state).label)
    moved_on = column("Pēdējās pārmaiņas", "moved_on")
    number = column("Lēmuma numurs", lambda row: _number(row.latest_decided))
    voted_at = column("Nobalsots", lambda row: row.latest_decided and row.latest_decided.voted_at)
    in_favour = column("Par", lambda row: row.latest_decided and row.latest_decided.in_favour)
    against = column("Pret", lambda row: row.latest_decided and row.latest_decided.against)
    abstained = column("Atturas", lambda row: row.latest_decided and row.latest_decided.abstained)
    carried_out_on = column("Izpildīts (lēmums)", lambda row: row.latest_decided and row.latest_decided.carried_out_on)
    kind = column("Iesnieguma veids", lambda row: row.latest_asked and row.latest_asked.get_kind_display())
    unit = column("Kas pašvaldībā atbild", lambda row: row.latest_asked and row.latest_asked.unit)
    sent_on = column("Nosūtīts", lambda row: row.latest_asked and row.latest_asked.sent_on)
    registered_on = column("Reģistrēts", lambda row: row.latest_asked and row.latest_asked.registered_on)
    registration = column("Reģistrācijas numurs", lambda row: row.latest_asked and row.latest_asked.registration_number)
    reply_due_on = column("Atbildes termiņš", lambda row: row.latest_asked and row.latest_asked.reply_due_on)
    replied_on = column("Atbildēts", lambda row: row.latest_asked and row.latest_asked.replied_on)
    outcome = column("Iznākums", lambda row: row.latest_asked and row.latest_asked.get_outcome_display())
    done_on = column("Izpildīts (iesniegums)", lambda row: row.latest_asked and row.latest_asked.done_on)
    address = column("Adrese portālā", _address)

    def narrow(self, params, within):
        rows = Matter.objects.decided().for_lists(self.on).with_topic() if within is None else within
        found = filter_matters(rows, params, self.on)
        return Filtered(found.rows.latest_moved(), found.chosen, found.ignored)


def _number(resolution: Resolution | None) -> str:
    return f"{resolution.number}/{resolution.year}" if resolution else ""


REPORTS: dict[str, type[Report]] = {
    "councils": CouncilReport,
    "members": MemberReport,
    "roster": RosterReport,
    "substitutes": SubstituteReport,
    "meetings": MeetingReport,
    "matters": MatterReport,
    "events": EventReport,
    "rsvps": RsvpReport,
}
