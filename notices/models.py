import uuid

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Person


class State(models.TextChoices):
    PLANNED = "planned", _("planned")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    UNCERTAIN = "uncertain", _("perhaps sent")
    CANCELLED = "cancelled", _("cancelled")
    SKIPPED = "skipped", _("not needed")
    FAILED = "failed", _("failed")


class NoticeQuerySet(models.QuerySet):
    def open(self):
        """Neither delivered nor given up: what a worker may still have to send."""
        return self.filter(closed_at=None)

    def due(self, now):
        """Open, its time has come, and no worker holds it."""
        return self.open().filter(due_at__lte=now).filter(Q(leased_until=None) | Q(leased_until__lte=now))

    def late(self, since):
        """Due before the moment and still not sent; one whose fate nobody knows is counted as that."""
        return self.open().filter(uncertain_at=None, due_at__lte=since)

    def with_state(self):
        """Add `state`; the twin of `Notice.state_now` for lists and filters."""
        return self.annotate(
            state=Case(
                When(cancelled_at__isnull=False, then=Value(State.CANCELLED)),
                When(skipped_at__isnull=False, then=Value(State.SKIPPED)),
                When(failed_at__isnull=False, then=Value(State.FAILED)),
                When(uncertain_at__isnull=False, then=Value(State.UNCERTAIN)),
                When(sent_at__isnull=False, then=Value(State.SENT)),
                When(handed_at__isnull=False, then=Value(State.SENDING)),
                default=Value(State.PLANNED),
            )
        )


class Notice(models.Model):
    """One message to one person: planned in the transaction that makes it due, sent by a worker, kept as proof.

    `key` makes it exactly one: whoever plans the same message again meets the unique constraint.  `handed_at` is
    written before the mail server is spoken to and `sent_at` after it has accepted; a row with the first and without
    the second belongs to a process that died, or lost the connection, in between, and nobody can know whether the
    server took it.  It is sent once more with the same `message_id` and keeps `uncertain_at` for ever.
    """

    key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    about = models.CharField(_("about"), max_length=40, db_index=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", verbose_name=_("to whom"))
    data = models.JSONField(_("data"), default=dict, blank=True)
    planned_at = models.DateTimeField(_("planned"), default=timezone.now)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("useless from"), null=True, blank=True)
    message_id = models.UUIDField(default=uuid.uuid4, editable=False)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    handed_at = models.DateTimeField(_("handed to the mail server"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    uncertain_at = models.DateTimeField(_("perhaps sent twice"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    skipped_at = models.DateTimeField(_("not needed"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    sent_to = models.CharField(_("address"), max_length=254, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None)
                | Q(sent_at__isnull=False)
                | Q(cancelled_at__isnull=False)
                | Q(skipped_at__isnull=False)
                | Q(failed_at__isnull=False)
                | Q(uncertain_at__isnull=False),
                name="notice_closes_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="notice_open_by_due"),
        ]

    def __str__(self):
        return self.key
