"""What councils decide: resolutions, how each member voted, and the tasks that somebody takes home."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from councils.models.matter import Matter
from councils.models.meeting import AgendaItem, closed
from councils.models.roster import Membership
from neighbourhoods import latvian
from people.models import Person


class ResolutionState(models.TextChoices):
    DRAFT = "draft", _("to be voted")
    REJECTED = "rejected", _("not adopted")
    ADOPTED = "adopted", _("adopted")
    CARRIED_OUT = "carried_out", _("carried out")
    ABANDONED = "abandoned", _("not carried out")


class ResolutionQuerySet(models.QuerySet):
    def public(self):
        """Voted on, and not on an item that is not public, or belongs to one that is not."""
        return self.filter(voted_at__isnull=False).exclude(closed("item"))

    def with_state(self):
        """Add `state_now`, the twin of `Resolution.state` for lists and filters."""
        return self.annotate(
            state_now=Case(
                When(voted_at=None, then=Value(ResolutionState.DRAFT)),
                When(outcome=Resolution.Outcome.REJECTED, then=Value(ResolutionState.REJECTED)),
                When(carried_out_on__isnull=False, then=Value(ResolutionState.CARRIED_OUT)),
                When(abandoned_on__isnull=False, then=Value(ResolutionState.ABANDONED)),
                default=Value(ResolutionState.ADOPTED),
            )
        )

    def to_submit(self):
        """Adopted, and nothing was made of it for the municipality yet; the latest vote first."""
        return self.filter(
            outcome=Resolution.Outcome.ADOPTED, carried_out_on=None, abandoned_on=None, submissions=None
        ).order_by("-voted_at", "-pk")


class Resolution(models.Model):
    """What a council was asked to decide on an agenda item, how it voted (§26), and whether it was carried out.

    `voted_at` is set when the vote is closed; before that everything may change. In a joint meeting each council has
    its own resolution. `number` within the year is given at the vote.
    """

    class VoteKind(models.TextChoices):
        BY_NAME = "by_name", _("by name")
        BY_COUNT = "by_count", _("by count")

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("adopted")
        REJECTED = "rejected", _("not adopted")

    class Casting(models.TextChoices):
        IN_FAVOUR = "in_favour", pgettext_lazy("vote", "for")
        AGAINST = "against", pgettext_lazy("vote", "against")

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="resolutions", verbose_name=_("agenda item"))
    council = models.ForeignKey(
        "councils.Council", models.PROTECT, related_name="resolutions", verbose_name=_("council")
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name=_("matter")
    )
    position = models.PositiveSmallIntegerField(_("place in the item"), default=1)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    text = models.TextField(_("resolution"), max_length=5000)
    vote_kind = models.CharField(_("vote"), max_length=10, choices=VoteKind, default=VoteKind.BY_NAME)
    in_favour = models.PositiveSmallIntegerField(pgettext_lazy("vote", "for"), null=True, blank=True)
    against = models.PositiveSmallIntegerField(pgettext_lazy("vote", "against"), null=True, blank=True)
    abstained = models.PositiveSmallIntegerField(_("abstained"), null=True, blank=True)
    casting_vote = models.CharField(_("chair's casting vote"), max_length=10, choices=Casting, blank=True)
    voted_at = models.DateTimeField(_("voted"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    owner = models.CharField(_("in charge"), max_length=200, blank=True)
    due_on = models.DateField(pgettext_lazy("deadline", "due"), null=True, blank=True)
    carried_out_on = models.DateField(_("carried out"), null=True, blank=True)
    abandoned_on = models.DateField(_("given up"), null=True, blank=True)
    abandoned_because = models.CharField(_("why it was not carried out"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    search_text = models.TextField(editable=False, default="")
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        constraints = [
            models.UniqueConstraint(fields=["council", "year", "number"], name="resolution_number_is_given_once"),
            models.UniqueConstraint(
                fields=["item", "council", "position"], name="resolution_has_its_place_in_the_item"
            ),
            models.CheckConstraint(
                condition=Q(voted_at=None, outcome="", number=None)
                | (
                    Q(voted_at__isnull=False, in_favour__isnull=False, against__isnull=False, abstained__isnull=False)
                    & Q(year__isnull=False, number__isnull=False)
                    & ~Q(outcome="")
                ),
                name="resolution_voted_has_count_and_outcome",
            ),
            models.CheckConstraint(
                condition=Q(carried_out_on=None) | Q(outcome="adopted", abandoned_on=None),
                name="resolution_carried_out_was_adopted",
                violation_error_message=_("Only what was adopted can be carried out."),
            ),
            models.CheckConstraint(
                condition=Q(abandoned_on=None) | (Q(outcome="adopted") & ~Q(abandoned_because="")),
                name="resolution_is_given_up_with_a_reason",
                violation_error_message=_("Say why it was not carried out."),
            ),
        ]

    def __str__(self):
        return self.text[:80]

    def save(self, *args, **kwargs):
        self.search_text = latvian.search_text(self.text)
        super().save(*args, **kwargs)
        if self.matter_id:
            Matter.objects.filter(pk=self.matter_id).point()

    @property
    def moved_on(self):
        """The day on which something happened to it last: carried out, given up, voted on."""
        return self.carried_out_on or self.abandoned_on or timezone.localdate(self.voted_at)

    @property
    def state(self):
        if self.voted_at is None:
            return ResolutionState.DRAFT
        if self.outcome == self.Outcome.REJECTED:
            return ResolutionState.REJECTED
        if self.carried_out_on:
            return ResolutionState.CARRIED_OUT
        return ResolutionState.ABANDONED if self.abandoned_on else ResolutionState.ADOPTED


class Ballot(models.Model):
    """How one member voted on one resolution: the vote is open (§26)."""

    class Choice(models.TextChoices):
        IN_FAVOUR = "in_favour", pgettext_lazy("vote", "for")
        AGAINST = "against", pgettext_lazy("vote", "against")
        ABSTAINED = "abstained", _("abstains")
        NOT_VOTED = "not_voted", _("did not vote")

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="ballots", verbose_name=_("resolution"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="ballots", verbose_name=_("member"))
    choice = models.CharField(_("vote"), max_length=10, choices=Choice)

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "membership"],
                name="member_votes_once",
                violation_error_message=_("This member has already voted."),
            )
        ]

    def __str__(self):
        return f"{self.membership}: {self.choice}"


class Task(models.Model):
    """Something somebody takes home from a meeting, with a day."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="tasks", verbose_name=_("agenda item"))
    resolution = models.ForeignKey(
        Resolution, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("resolution")
    )
    title = models.CharField(_("task"), max_length=300)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("member in charge")
    )
    owner = models.CharField(_("in charge"), max_length=200, blank=True)
    due_on = models.DateField(pgettext_lazy("deadline", "due"), null=True, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("number"), default=1, validators=[MinValueValidator(1)])
    revision = models.PositiveIntegerField(default=0, editable=False)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")

    def __str__(self):
        return self.title
