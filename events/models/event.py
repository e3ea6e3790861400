"""Events: when, where, for whom, how many."""

import uuid
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events.models.rsvp import Rsvp
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from neighbourhoods.periods import month_of
from people.models import User


def default_reminder_hours():
    return [24, 2]


class Phase(models.TextChoices):
    """Where an event stands; the one answer used by pages, feeds, mails and exports."""

    DRAFT = "draft", _("draft")
    CANCELLED = "cancelled", _("cancelled")
    UPCOMING = "upcoming", _("upcoming")
    RUNNING = "running", _("under way")
    OVER = "over", _("over")


class _People(Func):
    """People on those sign-ups of an event that meet `condition` (SQL of ours alone, which may name the event's
    {format}); 0 for events of which `only` is not true.

    Written out: the same from Subquery and Sum took a fifth of an event page's time to build, as much as its form.
    """

    output_field = models.IntegerField()

    def __init__(self, condition: str, only: str = ""):
        super().__init__(F("pk"), F("format"), F("reserved_seats"))
        self.condition, self.only = condition, only

    def as_sql(self, compiler, connection, *args: Any, **context: Any):
        columns = [compiler.compile(expression)[0] for expression in self.get_source_expressions()]
        names = dict(zip(("pk", "format", "reserved"), columns, strict=True))
        people = "SELECT COALESCE(SUM(party_size), 0) FROM events_rsvp WHERE event_id = {pk}"
        sql = f"({people} AND {self.condition})".format(**names)
        return (f"CASE WHEN {self.only} THEN {sql} ELSE 0 END".format(**names) if self.only else sql), []


class _Unnamed(Func):
    """People who came into an event without a name: each sits on a seat of the hall that `capacity` counts."""

    output_field = models.IntegerField()
    template = (
        "(SELECT COALESCE(SUM(people), 0) FROM events_checkin"
        " WHERE event_id = %(expressions)s AND rsvp_id IS NULL AND undone_at IS NULL)"
    )


_TAKES = ", ".join(f"'{state}'" for state in Rsvp.TAKES_A_SEAT)
_SEATED = f"state IN ({_TAKES})"
_IN_THE_ROOM = f"{_SEATED} AND (attending = '{Rsvp.Attending.IN_PERSON}' OR {{format}} <> 'hybrid')"
_ONLINE = f"{_SEATED} AND attending = '{Rsvp.Attending.REMOTE}'"


@lru_cache(maxsize=4096)
def _address(pk: int, slug: str) -> str:
    """Kept: a list asks for each address on every page, and working one out costs as much as the text of a row."""
    return reverse("events:detail", args=[pk, slug])


class EventQuerySet(models.QuerySet):
    def published(self):
        """Events the public may see, cancelled ones included: who was invited must find out."""
        return self.filter(published_at__isnull=False)

    def upcoming(self, now):
        """Published, neither cancelled nor over at `now`, soonest first."""
        return self.published().filter(cancelled_at=None, ends_at__gt=now).order_by("starts_at", "pk")

    def past(self, now):
        """Published, not cancelled, over at `now`, latest first."""
        return self.published().filter(cancelled_at=None, ends_at__lte=now).order_by("-starts_at", "-pk")

    def in_calendar(self, now: datetime, month: date | None = None):
        """What the calendar lists, by start: published and not over, or all that begins in the `month` of that day.

        A cancelled event is listed, as cancelled, until it would have ended.
        """
        rows = self.published().order_by("starts_at", "pk")
        if month is None:
            return rows.filter(ends_at__gt=now)
        begin, end = month_of(month)
        return rows.filter(Q(cancelled_at=None) | Q(ends_at__gt=now), starts_at__gte=begin, starts_at__lt=end)

    def taking_place(self, begin: datetime, end: datetime, now: datetime):
        """Published, under way at some moment from `begin` until before `end`, by start; the cancelled as above."""
        rows = self.published().filter(starts_at__lt=end, ends_at__gt=begin)
        return rows.filter(Q(cancelled_at=None) | Q(ends_at__gt=now)).order_by("starts_at", "pk")

    def one_can_join(self, now: datetime):
        """Those to come for which a seat is free, or which ask for no sign-up. Adds what `with_seats` does."""
        online = Q(online_capacity=None) | Q(online_taken__lt=F("online_capacity"))
        kept = F("reserved_seats") - F("reserved_taken")
        free = Q(capacity=None) | Q(seats_taken__lt=F("capacity") - kept - F("unnamed_in"))
        free |= Q(format=Event.Format.HYBRID) & online
        open_to_all = Q(takes_rsvps=False, cancelled_at=None, published_at__isnull=False, ends_at__gt=now)
        return self.with_seats().with_sign_up(now).filter(open_to_all | Q(takes_rsvps_now=True) & free)

    def for_subscription(self, now: datetime):
        """What a subscribed calendar holds: published, of the last 90 days and all to come, cancelled ones included."""
        return self.published().filter(ends_at__gt=now - timedelta(days=90)).order_by("starts_at", "pk")

    def in_neighbourhood(self, neighbourhood):
        """Events of the neighbourhood and those meant for the whole municipality (no neighbourhood named)."""
        through = Event.neighbourhoods.through.objects
        named_here = through.filter(neighbourhood=neighbourhood).values("event_id")
        named_anywhere = through.values("event_id")
        return self.filter(Q(pk__in=named_here) | ~Q(pk__in=named_anywhere))

    def with_phase(self, now):
        """Add `phase`; the twin of `Event.phase_at`."""
        return self.annotate(
            phase=Case(
                When(cancelled_at__isnull=False, then=Value(Phase.CANCELLED)),
                When(published_at=None, then=Value(Phase.DRAFT)),
                When(ends_at__lte=now, then=Value(Phase.OVER)),
                When(starts_at__lte=now, then=Value(Phase.RUNNING)),
                default=Value(Phase.UPCOMING),
            )
        )

    def with_seats(self):
        """Add `seats_taken` (going, held and offered in the hall that `capacity` counts), of these `reserved_taken`,
        `online_taken` (online at a hybrid event) and `people_waiting` (confirmed), as people, not RSVPs; and
        `unnamed_in`, who sit there without a sign-up."""
        return self.annotate(
            seats_taken=_People(_IN_THE_ROOM),
            reserved_taken=_People(f"{_SEATED} AND is_reserved", only="{reserved} > 0"),
            online_taken=_People(_ONLINE, only="{format} = 'hybrid'"),
            people_waiting=_People(f"state = '{Rsvp.State.WAITING}' AND confirmed_at IS NOT NULL"),
            unnamed_in=_Unnamed(F("pk")),
        )

    def with_more(self):
        """Add `has_more`: does the organiser ask questions of their own, or offer access services?"""
        asked = "EXISTS (SELECT 1 FROM events_question WHERE event_id = %(expressions)s AND retired_at IS NULL)"
        offered = "EXISTS (SELECT 1 FROM events_accessservice WHERE event_id = %(expressions)s)"
        more = Func(F("pk"), template=f"({asked} OR {offered})", output_field=models.BooleanField())
        return self.annotate(has_more=more)

    def with_sign_up(self, now):
        """Add `takes_rsvps_now`; the twin of `Event.takes_rsvps_at`."""
        is_open = Q(takes_rsvps=True, published_at__isnull=False, cancelled_at=None, closes_at__gt=now)
        is_open &= Q(rsvps_open_at=None) | Q(rsvps_open_at__lte=now)
        return self.alias(closes_at=Coalesce("rsvps_close_at", "starts_at")).annotate(
            takes_rsvps_now=Case(When(is_open, then=Value(True)), default=Value(False))
        )

    def for_lists(self, now):
        """What every list of events shows, in three queries however many rows."""
        return self.with_phase(now).with_sign_up(now).with_seats().prefetch_related("neighbourhoods")

    def matching(self, query):
        for term in latvian.search_terms(query):
            self = self.filter(search_text__contains=term)
        return self


class EventSeries(models.Model):
    """What makes events of one rule belong together. The rule is kept as it was chosen, to be read; what takes place
    when is what the events themselves say, each of which may be moved or cancelled by itself."""

    rule = models.CharField(_("rule"), max_length=200)  # as RFC 5545 writes it; events.recurrence reads and says it
    created_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("series of events")
        verbose_name_plural = _("series of events")

    def __str__(self):
        return self.rule


class Event(models.Model):
    """Something people can come to. A council's meeting is an event with a `Meeting` beside it (app `councils`)."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("Council meeting")
        ASSEMBLY = "assembly", _("Residents' assembly")
        FORUM = "forum", _("Ideas forum")
        DISCUSSION = "discussion", _("Discussion")
        EXHIBITION = "exhibition", _("Exhibition")
        CLEANUP = "cleanup", _("Clean-up")
        TRAINING = "training", _("Training")
        WORKING_GROUP = "working_group", _("Working group")
        OTHER = "other", _("Event")

    class Format(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        REMOTE = "remote", _("remote")
        HYBRID = "hybrid", _("in person and remote")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    series = models.ForeignKey(
        EventSeries,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="events",
        verbose_name=_("series"),
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.OTHER)
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(max_length=80, editable=False)
    description = models.TextField(_("description"), blank=True)
    neighbourhoods = models.ManyToManyField(
        Neighbourhood, related_name="events", blank=True, verbose_name=_("neighbourhoods")
    )
    starts_at = models.DateTimeField(_("starts"), db_index=True)
    ends_at = models.DateTimeField(_("ends"))
    format = models.CharField(_("how it takes place"), max_length=10, choices=Format, default=Format.IN_PERSON)
    venue = models.CharField(_("place"), max_length=200, blank=True)
    directions = models.TextField(_("how to get there"), blank=True)
    online_url = models.URLField(_("link to join"), blank=True)
    accessibility = models.CharField(_("accessibility"), max_length=300, blank=True)
    takes_rsvps = models.BooleanField(_("people sign up"), default=True)
    capacity = models.PositiveIntegerField(
        _("seats"), null=True, blank=True, help_text=_("Empty: no limit."), validators=[MaxValueValidator(100_000)]
    )
    online_capacity = models.PositiveIntegerField(
        _("seats online"),
        null=True,
        blank=True,
        help_text=_("Only where people come in person and online. Empty: no limit."),
        validators=[MaxValueValidator(100_000)],
    )
    reserved_seats = models.PositiveIntegerField(
        _("seats for invited people"), default=0, blank=True, validators=[MaxValueValidator(100_000)]
    )
    party_limit = models.PositiveSmallIntegerField(
        _("people on one sign-up"), default=4, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    rsvps_open_at = models.DateTimeField(_("sign-up opens"), null=True, blank=True)
    rsvps_close_at = models.DateTimeField(_("sign-up closes"), null=True, blank=True)
    reminder_hours = models.JSONField(_("reminders, hours before"), default=default_reminder_hours, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    cancelled_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    cancel_reason = models.CharField(_("why it is cancelled"), max_length=300, blank=True)
    results = models.TextField(_("what came of it"), blank=True)
    thanked_at = models.DateTimeField(_("thanked"), null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    search_text = models.TextField(editable=False, default="")

    seats_taken: int  # with_seats()
    reserved_taken: int
    online_taken: int
    people_waiting: int
    unnamed_in: int
    has_more: bool  # with_more()

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_it_starts",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gt=0),
                name="event_has_a_seat_or_no_limit",
                violation_error_message=_("Leave the number of seats empty or give at least one."),
            ),
            models.CheckConstraint(
                condition=Q(online_capacity=None) | Q(online_capacity__gt=0),
                name="event_has_a_seat_online_or_no_limit",
                violation_error_message=_("Leave the number of seats online empty or give at least one."),
            ),
            models.CheckConstraint(
                condition=Q(reserved_seats=0) | Q(capacity__isnull=False, reserved_seats__lte=F("capacity")),
                name="event_reserves_seats_that_it_has",
                violation_error_message=_("There cannot be more reserved seats than seats."),
            ),
            models.CheckConstraint(
                condition=Q(party_limit__gt=0),
                name="event_admits_parties_of_one",
                violation_error_message=_("At least one person must fit on a sign-up."),
            ),
            models.CheckConstraint(
                condition=Q(rsvps_close_at=None) | Q(rsvps_close_at__lte=F("starts_at")),
                name="event_sign_up_closes_before_it_starts",
                violation_error_message=_("Sign-up must close before the event starts."),
            ),
            models.CheckConstraint(
                condition=Q(rsvps_open_at=None) | Q(rsvps_open_at__lt=Coalesce("rsvps_close_at", "starts_at")),
                name="event_sign_up_opens_before_it_closes",
                violation_error_message=_("Sign-up must open before it closes."),
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], condition=Q(cancelled_at=None), name="event_open_by_end")]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.slug = slugify(latvian.fold(self.title))[:80].strip("-") or "pasakums"
        self.search_text = latvian.search_text(self.title, self.description, self.venue)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return _address(self.pk, self.slug)

    def phase_at(self, now):
        if self.cancelled_at:
            return Phase.CANCELLED
        if self.published_at is None:
            return Phase.DRAFT
        if self.ends_at <= now:
            return Phase.OVER
        return Phase.RUNNING if self.starts_at <= now else Phase.UPCOMING

    @property
    def start_stamp(self):
        """The start in UTC as the ledger writes it into keys: "20261125T1630Z"."""
        return f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"

    @property
    def closes_at(self):
        """When sign-up ends: at the start, or at the earlier moment set by the organiser."""
        return self.rsvps_close_at or self.starts_at

    def takes_rsvps_at(self, now):
        """May one still, and already, sign up?"""
        has_opened = self.rsvps_open_at is None or self.rsvps_open_at <= now
        return self.takes_rsvps and self.phase_at(now) == Phase.UPCOMING and has_opened and now < self.closes_at

    def opens_later_than(self, now):
        """Is sign-up still to open?"""
        return self.rsvps_open_at is not None and now < self.rsvps_open_at

    @property
    def link_opens_at(self):
        """From when those who signed up see the link to join."""
        return self.starts_at - timedelta(minutes=settings.JOIN_LINK_MINUTES)

    def shows_link_at(self, now):
        """May those who take part online see the link now? From an hour before (a setting) until the end."""
        if not (self.has_link and self.online_url) or self.phase_at(now) not in (Phase.UPCOMING, Phase.RUNNING):
            return False
        return now >= self.link_opens_at

    @property
    def open_seats(self):
        """Seats for everybody, the reserved left out; None where there is no limit."""
        return None if self.capacity is None else self.capacity - self.reserved_seats

    @property
    def seats_left(self):
        """Open seats nobody holds, None where there is no limit; reads `with_seats()`."""
        if self.capacity is None:
            return None
        taken = self.seats_taken - self.reserved_taken + self.unnamed_in
        return max(self.capacity - self.reserved_seats - taken, 0)

    @property
    def seats_gone(self):
        """Seats that are not free for everybody: taken, or kept for invited people."""
        return self.seats_taken + self.unnamed_in if self.capacity is None else self.capacity - self.seats_left

    @property
    def people_coming(self):
        """Everybody who holds a seat, in the room and online; reads `with_seats()`."""
        return self.seats_taken + self.online_taken

    @property
    def online_left(self):
        """The same of the seats online of a hybrid event."""
        return None if self.online_capacity is None else max(self.online_capacity - self.online_taken, 0)

    @property
    def seats_offered(self):
        """Seats of all kinds, in the room and online; None where there is no limit."""
        halls = [self.capacity, self.online_capacity] if self.format == self.Format.HYBRID else [self.capacity]
        return None if None in halls else sum(halls)

    @property
    def is_room_full(self):
        return self.seats_left == 0

    @property
    def is_online_full(self):
        return self.format == self.Format.HYBRID and self.online_left == 0

    @property
    def is_full(self):
        """Is there a seat for nobody, neither in the room nor online?"""
        return self.is_room_full and (self.format != self.Format.HYBRID or self.online_left == 0)

    @property
    def largest_party(self):
        """Most people on one sign-up; a party that can never fit must not wait for ever."""
        halls = [self.capacity]
        if self.format == self.Format.HYBRID:
            halls.append(self.online_capacity)
        limits = [hall for hall in halls if hall is not None]
        return self.party_limit if len(limits) < len(halls) else min(self.party_limit, max(limits))

    @property
    def has_room(self):
        return self.format != self.Format.REMOTE

    @property
    def main_attending(self):
        """How one takes part in the hall whose seats `capacity` counts."""
        return Rsvp.Attending.IN_PERSON if self.has_room else Rsvp.Attending.REMOTE

    @property
    def has_link(self):
        return self.format != self.Format.IN_PERSON


class EventChange(models.Model):
    """What moved, from what to what, so that it can be told once and proved later."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="changes", verbose_name=_("event"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("who"))
    sequence = models.PositiveIntegerField(_("revision"))
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))

    class Meta:
        verbose_name = _("change of an event")
        verbose_name_plural = _("changes of events")
        constraints = [models.UniqueConstraint(fields=["event", "sequence"], name="event_revision_is_recorded_once")]

    def __str__(self):
        return f"{self.event} #{self.sequence}"
