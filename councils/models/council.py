from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Collate
from django.utils.translation import gettext_lazy as _

from councils.models.meeting import Meeting
from councils.models.roster import Membership, Term
from councils.models.submission import Submission
from neighbourhoods.models import Neighbourhood
from neighbourhoods.periods import holds


class CouncilState(models.TextChoices):
    """What the map, the lists, the mails and the exports say of a council on a day."""

    WORKING = "working", _("Working")
    FORMING = "forming", _("Forming")
    NONE = "none", _("Not yet")


def _count(rows):
    """How many `rows` (of a correlated subquery) there are."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=models.Count("pk")).values("n")
    return models.functions.Coalesce(models.Subquery(counted), 0)


class CouncilQuerySet(models.QuerySet):
    def with_state(self, on):
        """Add `state` on the day, from dates alone; the state of a neighbourhood without a `Council` is NONE."""
        return self.annotate(
            state=Case(
                When(Exists(Term.objects.filter(council=OuterRef("pk")).held(on)), then=Value(CouncilState.WORKING)),
                When(
                    holds(on, "formation_started_on", "formation_closed_on"),
                    then=Value(CouncilState.FORMING),
                ),
                default=Value(CouncilState.NONE),
            )
        )

    def with_numbers(self, on):
        """Add `seats` of the term held on the day (None: no term, or not known) and `members` sitting in them."""
        memberships = (
            Membership.objects.held(on)
            .filter(holds(on, "seat__term__started_on", "seat__term__ended_on"), seat__term__council=OuterRef("pk"))
            .order_by()
            .values("seat__term__council")
        )
        return self.annotate(
            seats=models.Subquery(
                Term.objects.filter(council=OuterRef("pk")).held(on).order_by("-number").values("seat_count")[:1]
            ),
            members=models.functions.Coalesce(
                models.Subquery(memberships.annotate(n=models.Count("pk")).values("n")), 0
            ),
        )

    def for_panel(self, now, on, since):
        """What the coordinator's overview says of each council on the day, in one query however many councils.

        Adds what `with_state` and `with_numbers` add, and `meetings_held` (begun since that moment), `last_meeting_at`,
        `minutes_awaited`, `submissions_open`.
        """
        held = Meeting.objects.held(now).filter(councils=OuterRef("pk"))
        return (
            self.select_related("neighbourhood")
            .with_state(on)
            .with_numbers(on)
            .annotate(
                meetings_held=_count(held.filter(event__starts_at__gte=since)),
                last_meeting_at=models.Subquery(held.values("event__starts_at")[:1]),
                minutes_awaited=_count(Meeting.objects.awaiting_minutes(now).filter(councils=OuterRef("pk"))),
                submissions_open=_count(Submission.objects.awaiting_reply().filter(councils=OuterRef("pk"))),
            )
        )

    def by_name(self):
        return self.order_by(Collate("neighbourhood__short_name", "lv"), "pk")


class Council(models.Model):
    """The resident council of a neighbourhood: one row for its whole life, with a `Term` per convocation."""

    neighbourhood = models.OneToOneField(
        Neighbourhood, models.PROTECT, related_name="council", verbose_name=_("neighbourhood")
    )
    name = models.CharField(_("name"), max_length=160)
    about = models.TextField(_("about the council"), blank=True)
    email = models.EmailField(_("e-mail of the council"), blank=True)
    formation_started_on = models.DateField(
        _("formation began"), null=True, blank=True, help_text=_("Day of the municipal council's decision (§13).")
    )
    formation_closed_on = models.DateField(
        _("formation closed without a council"), null=True, blank=True, help_text=_("When too few applied (§14.7).")
    )
    formation_source = models.CharField(_("decision or source"), max_length=300, blank=True)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    objects = CouncilQuerySet.as_manager()

    class Meta:
        verbose_name = _("council")
        verbose_name_plural = _("councils")
        constraints = [
            models.CheckConstraint(
                condition=Q(formation_closed_on=None) | Q(formation_closed_on__gte=F("formation_started_on")),
                name="council_formation_closes_after_it_begins",
                violation_error_message=_("The last day must come after the first."),
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return self.neighbourhood.get_absolute_url()


# For `prefetch_related` of what several councils may have together, with the names of their neighbourhoods. Two tables,
# one query.
COUNCILS = models.Prefetch("councils", Council.objects.select_related("neighbourhood").by_name())
