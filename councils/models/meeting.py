"""Meetings, their agendas, and what goes out before them."""

from collections.abc import Iterable
from typing import cast

from django.db import models
from django.db.models import Case, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from councils.models.files import StoredFile
from councils.models.roster import Membership
from events.models import Event
from people.models import Person, User


class MeetingState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent to the administration")
    ANNOUNCED = "announced", _("announced")
    MOVED = "moved", _("moved, to be announced anew")
    CANCELLED = "cancelled", _("cancelled")
    HELD = "held", _("held")
    AWAITING_MINUTES = "awaiting_minutes", _("minutes awaited")
    MINUTES_SIGNED = "minutes_signed", _("minutes signed")
    PUBLISHED = "published", _("minutes published")


def _over(now):
    """Its time has passed, or it was closed before."""
    return Q(event__ends_at__lte=now) | Q(closed_at__isnull=False)


class MeetingQuerySet(models.QuerySet):
    def with_state(self, now):
        """Add `state`, from the moments of the event, of what was sent and published of it, and of the minutes.

        The portal shows a meeting from ANNOUNCED on. MOVED: shown with its new time or place, which the municipality's
        own site does not say yet (§38). A working group is HELD and owes no minutes.
        """
        sent = Announcement.objects.standing().filter(meeting=OuterRef("pk"))
        over = _over(now)
        moved = ~Q(move_reason="") & ~Exists(sent.filter(published_on__isnull=False))
        return self.annotate(
            state=Case(
                When(event__cancelled_at__isnull=False, then=Value(MeetingState.CANCELLED)),
                When(Q(event__published_at=None) & Exists(sent), then=Value(MeetingState.SENT)),
                When(event__published_at=None, then=Value(MeetingState.DRAFT)),
                When(minutes_published_on__isnull=False, then=Value(MeetingState.PUBLISHED)),
                When(minutes__signed_at__isnull=False, then=Value(MeetingState.MINUTES_SIGNED)),
                When(over & Q(kind=Meeting.Kind.WORKING_GROUP), then=Value(MeetingState.HELD)),
                When(over, then=Value(MeetingState.AWAITING_MINUTES)),
                When(moved, then=Value(MeetingState.MOVED)),
                default=Value(MeetingState.ANNOUNCED),
            )
        )

    def with_notice(self):
        """Add `agenda_sent_at`, when time, place and agenda first went to the administration, and `announced_on`, the
        first day on which the municipality's site had them. What was said before a move counts for nothing (§38)."""
        standing = Announcement.objects.standing().filter(meeting=OuterRef("pk")).order_by().values("meeting")
        return self.annotate(
            agenda_sent_at=Subquery(standing.annotate(at=Min("sent_at")).values("at")),
            announced_on=Subquery(standing.annotate(on=Min("published_on")).values("on")),
        )

    def held(self, now):
        """Took place: published, not cancelled, over."""
        rows = self.filter(_over(now), event__published_at__isnull=False, event__cancelled_at=None)
        return rows.order_by("-event__starts_at", "-pk")

    def awaiting_minutes(self, now):
        """Held, and the minutes are not published yet; oldest first. When they are due: `Regulation.minutes_due_on`."""
        owed = self.held(now).exclude(kind=Meeting.Kind.WORKING_GROUP)
        return owed.filter(minutes_published_on=None).order_by("event__starts_at", "pk")

    def upcoming(self, now):
        """Announced, neither cancelled nor over, soonest first."""
        return self.not_over(now).filter(event__published_at__isnull=False)

    def not_over(self, now):
        """Drafts and announced meetings that are neither cancelled nor over, soonest first."""
        rows = self.filter(event__cancelled_at=None, event__ends_at__gt=now, closed_at=None)
        return rows.order_by("event__starts_at", "pk")

    def ahead(self, now):
        """Drafts and announced meetings that have not begun, soonest first: their agendas still take items."""
        return self.filter(event__cancelled_at=None, event__starts_at__gt=now, opened_at=None).order_by(
            "event__starts_at", "pk"
        )


class Meeting(models.Model):
    """A council's meeting (sēde): an event with an agenda. A joint meeting is one row with several councils."""

    class Kind(models.TextChoices):
        COUNCIL = "council", _("council meeting")
        JOINT = "joint", _("joint meeting of councils")
        WITH_DOME = "with_dome", _("yearly meeting with the municipal council (§35)")
        YEARLY = "yearly", _("yearly joint meeting (§36)")
        WORKING_GROUP = "working_group", _("working group")

    event = models.OneToOneField(Event, models.PROTECT, related_name="meeting", verbose_name=_("event"))
    councils = models.ManyToManyField("councils.Council", related_name="meetings", verbose_name=_("councils"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.COUNCIL)
    announced_late_because = models.CharField(_("why announced late"), max_length=300, blank=True)
    minutes_sent_on = models.DateField(_("minutes sent for publication"), null=True, blank=True)
    minutes_published_on = models.DateField(_("minutes published"), null=True, blank=True)
    minutes_url = models.URLField(_("address of the minutes"), blank=True)
    move_reason = models.CharField(_("why it was moved"), max_length=300, blank=True)
    opened_at = models.DateTimeField(pgettext_lazy("meeting", "opened"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("meeting", "closed"), null=True, blank=True)
    leader = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("led by")
    )
    minute_taker = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("minutes taken by")
    )
    residents_present = models.PositiveSmallIntegerField(_("residents present"), null=True, blank=True)
    others_present = models.TextField(_("invited and officials present"), blank=True, max_length=2000)
    room_revision = models.PositiveIntegerField(default=0, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    def __str__(self):
        return str(self.event)

    def get_absolute_url(self):
        return self.event.get_absolute_url()

    @property
    def held_on(self):
        """The day in Latvia on which the meeting begins; deadlines are counted from it."""
        return timezone.localdate(self.event.starts_at)


class AnnouncementQuerySet(models.QuerySet):
    def standing(self):
        """Those that say when and where the meeting now takes place, a newer agenda or not."""
        return self.filter(voided_at=None)

    def newest(self):
        """The one text of each meeting that is to be published, or was."""
        return self.filter(replaced_at=None)


class Announcement(models.Model):
    """Proof of the duty of §38: what was sent to the administration, and where and when it was published.

    The duty is met on the municipality's own site; the clock reads `published_on`, and compares it with the deadlines
    of `meeting_on`, the day that the text speaks of. A text that was sent again with another agenda replaces the one
    before (`replaced_at`), which still proves that time and place were made known; a move voids it (`voided_at`).
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="announcements", verbose_name=_("meeting"))
    meeting_on = models.DateField(_("day of the meeting"))
    text = models.TextField(_("text"))
    sha256 = models.CharField("SHA-256", max_length=64)
    sent_at = models.DateTimeField(_("sent to the administration"))
    sent_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    late_because = models.CharField(_("why sent late"), max_length=300, blank=True)
    replaced_at = models.DateTimeField(_("replaced by a newer text"), null=True, blank=True)
    voided_at = models.DateTimeField(_("void since the meeting moved"), null=True, blank=True)
    published_on = models.DateField(_("published on the municipality's site"), null=True, blank=True)
    published_url = models.URLField(_("address of the publication"), blank=True, max_length=500)
    published_late_because = models.CharField(_("why published late"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(replaced_at=None),
                name="meeting_has_one_newest_announcement",
                violation_error_message=_("This was sent a moment ago already."),
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None) | Q(replaced_at__isnull=False), name="void_announcement_is_replaced"
            ),
            models.CheckConstraint(
                condition=Q(published_on=None) | ~Q(published_url=""),
                name="announcement_published_has_its_address",
                violation_error_message=_("Give the address of the publication."),
            ),
        ]

    def __str__(self):
        return f"{self.meeting}: {self.sent_at:%Y-%m-%d}"


class AgendaItemQuerySet(models.QuerySet):
    def numbered(self) -> list["AgendaItem"]:
        """The items in their order, each with what follows from the tree: `label` ("2.1"), `depth` (0 at the top) and
        `is_closed` (it, or the item it belongs to, is not public). Ask it of a whole agenda: `meeting.agenda`."""
        return numbered(cast(Iterable["AgendaItem"], self.order_by("position", "pk")))


def closed(path: str = "") -> Q:
    """Which items are not public: they, or one of the two that they may belong to. `path` leads to the item."""
    before = f"{path}__" if path else ""
    ways = ("is_restricted", "parent__is_restricted", "parent__parent__is_restricted")
    return Q(*((before + way, True) for way in ways), _connector=Q.OR)


def is_closed(item: "AgendaItem | None") -> bool:
    """The twin of `closed` for an item that is loaded."""
    return item is not None and (item.is_restricted or is_closed(item.parent))


def numbered(items: Iterable["AgendaItem"]) -> list["AgendaItem"]:
    """The same of items that are loaded, in the order of their positions. No query."""
    found: dict[int, AgendaItem] = {}
    counts: dict[int | None, int] = {}
    for item in items:
        above = found.get(item.parent_id) if item.parent_id else None
        siblings = above.pk if above else None
        place = counts[siblings] = counts.get(siblings, 0) + 1
        item.label = f"{above.label}.{place}" if above else str(place)
        item.depth = above.depth + 1 if above else 0
        item.is_closed = item.is_restricted or bool(above and above.is_closed)
        found[item.pk] = item
    return list(found.values())


class AgendaItem(models.Model):
    """One line of a meeting's agenda; `minutes` is how long it is planned to take.

    `position` counts through the whole agenda, a sub-item right after its parent; its label ("2.1") follows from
    the tree.
    `revision` counts the edits during the meeting, so that nobody overwrites somebody else's words unseen.
    """

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", _("item")
        PREVIOUS = "previous", _("previous resolutions")
        APPROVAL = "approval", _("minutes of the previous meeting")
        OPINION = "opinion", _("opinion for the municipal council")

    class Outcome(models.TextChoices):
        DISCUSSED = "discussed", _("discussed")
        POSTPONED = "postponed", _("moved to the next meeting")
        WITHDRAWN = "withdrawn", _("withdrawn")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda", verbose_name=_("meeting"))
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    position = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ORDINARY)
    title = models.CharField(_("item"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    rapporteur = models.CharField(_("rapporteur"), max_length=200, blank=True)
    is_restricted = models.BooleanField(_("not public"), default=False)
    matter = models.ForeignKey(
        "councils.Matter", models.SET_NULL, null=True, blank=True, related_name="items", verbose_name=_("matter")
    )
    carried_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="carried_to", verbose_name=_("moved from")
    )
    outcome = models.CharField(_("what became of it"), max_length=10, choices=Outcome, blank=True)
    notes = models.TextField(_("course of the discussion"), blank=True, max_length=20000)
    revision = models.PositiveIntegerField(default=0, editable=False)

    label: str  # numbered()
    depth: int
    is_closed: bool

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="agenda_is_numbered_without_doubles")
        ]

    def __str__(self):
        return f"{self.position}. {self.title}"


class Paper(models.Model):
    """A paper for an agenda item."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="papers", verbose_name=_("agenda item"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    title = models.CharField(_("title"), max_length=200)
    is_restricted = models.BooleanField(_("not public"), default=False)

    class Meta:
        verbose_name = _("agenda paper")
        verbose_name_plural = _("agenda papers")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("councils:paper", args=[self.pk])


class Attendance(models.Model):
    """A member and a meeting: what the member answered before it, and what the roll call says (§23, §32).

    `arrived_at` and `left_at` are filled only for who came late or left early.
    """

    class Answer(models.TextChoices):
        COMING = "coming", _("coming")
        REMOTE = "remote", _("joining remotely")
        NOT_COMING = "not_coming", _("not coming")

    class Mark(models.TextChoices):
        PRESENT = "present", _("present")
        REMOTE = "remote", _("present remotely")
        EXCUSED = "excused", _("absent, excused")
        UNEXCUSED = "unexcused", _("absent without excuse")

    HERE = (Mark.PRESENT, Mark.REMOTE)

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances", verbose_name=_("meeting"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="attendances", verbose_name=_("member"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    mark = models.CharField(_("roll call"), max_length=10, choices=Mark, blank=True)
    arrived_at = models.DateTimeField(_("arrived late"), null=True, blank=True)
    left_at = models.DateTimeField(_("left early"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("attendance of a member")
        verbose_name_plural = _("attendance of members")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "membership"], name="member_is_called_once"),
            models.CheckConstraint(
                condition=Q(arrived_at=None) | Q(left_at=None) | Q(left_at__gte=F("arrived_at")),
                name="member_leaves_after_arriving",
                violation_error_message=_("Nobody leaves before arriving."),
            ),
            models.CheckConstraint(
                condition=Q(arrived_at=None, left_at=None) | Q(mark__in=["present", "remote"]),
                name="absent_member_has_no_times",
                violation_error_message=_("Only who was there arrives and leaves."),
            ),
        ]

    def __str__(self):
        return f"{self.membership}: {self.mark or self.answer}"

    def is_there(self, at):
        """In the room or remote at the moment: after coming late, before leaving early."""
        if self.mark not in self.HERE:
            return False
        return (self.arrived_at is None or self.arrived_at <= at) and (self.left_at is None or at < self.left_at)


class Recusal(models.Model):
    """A member keeps out of an item because of an own interest (§33): not counted in its votes."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="recusals", verbose_name=_("agenda item"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="recusals", verbose_name=_("member"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        constraints = [models.UniqueConstraint(fields=["item", "membership"], name="member_is_recused_once")]

    def __str__(self):
        return f"{self.membership}: {self.item}"
