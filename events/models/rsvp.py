"""Answers to events: seats, the queue, offers."""

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import Person, User


class RsvpQuerySet(models.QuerySet):
    def active(self):
        """Everything but the cancelled: it holds a seat or a place in the queue."""
        return self.exclude(state=Rsvp.State.CANCELLED)

    def seated(self):
        """Those whose seats count as taken."""
        return self.filter(state__in=Rsvp.TAKES_A_SEAT)

    def queue(self):
        """Confirmed people waiting, first come first."""
        return self.filter(state=Rsvp.State.WAITING, confirmed_at__isnull=False).order_by("number")

    def ahead_of(self, rsvp):
        """Those in the queue of the same event who come before `rsvp`."""
        return self.queue().filter(event_id=rsvp.event_id, number__lt=rsvp.number)

    def with_ahead(self):
        """Add `ahead`: how many confirmed RSVPs wait before this one (for lists; the twin of `ahead_of`)."""
        before = Rsvp.objects.queue().filter(event=models.OuterRef("event"), number__lt=models.OuterRef("number"))
        counted = before.order_by().values("event").annotate(n=models.Count("pk")).values("n")
        return self.annotate(ahead=Coalesce(models.Subquery(counted), 0))

    def expired_holds(self, now):
        return self.active().filter(confirmed_at=None, hold_expires_at__lte=now)

    def expired_offers(self, now):
        return self.filter(state=Rsvp.State.OFFERED, offer_expires_at__lte=now)


class Rsvp(models.Model):
    """A person's answer to an event: `number` is given under the event's lock and never changes.

    `state` and the timestamps change together (constraints below):
    held (guest, link not opened yet) → going; waiting → offered → going; any → cancelled.
    A guest who queues is waiting without `confirmed_at` and gets no offer until the link is opened.
    """

    class State(models.TextChoices):
        HELD = "held", _("seat held until confirmed")
        GOING = "going", _("going")
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("seat offered")
        CANCELLED = "cancelled", _("cancelled")

    TAKES_A_SEAT = (State.HELD, State.GOING, State.OFFERED)

    class Attending(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        REMOTE = "remote", _("remotely")

    class CancelledFor(models.TextChoices):
        SELF = "self", _("the person cancelled")
        ORGANISER = "organiser", _("the organiser cancelled")
        UNCONFIRMED = "unconfirmed", _("the link was not opened in time")
        DECLINED = "declined", _("the offered seat was declined")
        LAPSED = "lapsed", _("the offer ran out")
        ERASED = "erased", _("the account was deleted")

    event = models.ForeignKey("events.Event", models.PROTECT, related_name="rsvps", verbose_name=_("event"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="rsvps", verbose_name=_("person"))
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=State)
    party_size = models.PositiveSmallIntegerField(_("people"), default=1)
    attending = models.CharField(_("how"), max_length=10, choices=Attending, default=Attending.IN_PERSON)
    is_reserved = models.BooleanField(_("on a seat for invited people"), default=False)
    is_walk_in = models.BooleanField(_("came without signing up"), default=False)
    name_on_list = models.BooleanField(_("the name may stand on the list at the door"), default=False)
    question = models.TextField(_("question to the organiser"), blank=True, max_length=1000)
    seat_at_once = models.BooleanField(_("seat me without asking when a seat comes free"), default=False)
    wants_reminder = models.BooleanField(_("remind me"), default=True)
    token = models.CharField(max_length=43, unique=True, default=secrets.token_urlsafe, editable=False)
    rsvped_at = models.DateTimeField(_("signed up"))
    entered_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )
    network = models.CharField(_("network"), max_length=50, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    hold_expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    offered_at = models.DateTimeField(_("offered"), null=True, blank=True)
    offer_expires_at = models.DateTimeField(_("offered until"), null=True, blank=True)
    affirmed_at = models.DateTimeField(_("said again: I am coming"), null=True, blank=True)
    surveyed_at = models.DateTimeField(_("answered the survey"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_for = models.CharField(_("why cancelled"), max_length=12, choices=CancelledFor, blank=True)

    objects = RsvpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "person"],
                condition=~Q(state="cancelled"),
                name="rsvp_is_one_per_person_and_event",
                violation_error_message=_("This person has already signed up."),
            ),
            models.UniqueConstraint(fields=["event", "number"], name="rsvp_number_is_given_once"),
            models.CheckConstraint(condition=Q(party_size__gt=0), name="rsvp_brings_somebody"),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
                name="rsvp_cancelled_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer_expires_at__isnull=False, confirmed_at__isnull=False),
                name="rsvp_offer_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(hold_expires_at__isnull=False, confirmed_at__isnull=True),
                name="rsvp_hold_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="going") | Q(confirmed_at__isnull=False), name="rsvp_going_is_confirmed"
            ),
            models.CheckConstraint(
                condition=Q(is_reserved=False) | ~Q(state="waiting"), name="rsvp_that_waits_has_no_reserved_seat"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "state"], name="rsvp_by_person"),
            models.Index(
                fields=["hold_expires_at"],
                condition=Q(confirmed_at=None) & ~Q(state="cancelled"),
                name="rsvp_open_holds",
            ),
            models.Index(fields=["offer_expires_at"], condition=Q(state="offered"), name="rsvp_open_offers"),
        ]

    def __str__(self):
        return f"{self.event} #{self.number}"

    def get_absolute_url(self):
        return reverse("events:rsvp", args=[self.token])

    @property
    def is_active(self):
        return self.state != self.State.CANCELLED

    @property
    def is_confirmed(self):
        return self.confirmed_at is not None
