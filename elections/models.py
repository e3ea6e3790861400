from django.db import models
from django.db.models import Case, F, OuterRef, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from councils.models import Council


class Step(models.TextChoices):
    """The legal steps of forming a council (§12–22), grouped as residents are told them."""

    APPLICATIONS = "applications", _("five applications received (§12)")
    DECISION = "decision", _("decision of the municipal council (§13)")
    CANDIDATES = "candidates", _("candidates apply (§14)")
    LIST = "list", _("list of candidates (§15.1)")
    VOTING = "voting", _("assembly and voting (§15.3)")
    RESULT = "result", _("result (§18)")
    FIRST_MEETING = "first_meeting", _("first meeting (§22)")


def _position():
    """A step's number in the order of the law, from 1."""
    return Case(*(When(step=step, then=Value(n)) for n, step in enumerate(Step, 1)), output_field=models.IntegerField())


class FormationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_on=None)

    def with_progress(self):
        """Add `current_number` ("5. of 7"; None once all is done), and that step's `current_due_on` and `current_note`.

        The current step is the one after the last that was done: the day of an earlier one may not be known.
        """
        steps = FormationStep.objects.filter(formation=OuterRef("pk"))
        done = steps.filter(done_on__isnull=False).order_by("-position").values("position")[:1]
        after = Coalesce(models.Subquery(done, output_field=models.IntegerField()), 0) + 1
        current = steps.filter(position=OuterRef("_after"))
        return self.annotate(
            _after=after,
            current_number=Case(When(_after__lte=len(Step), then=F("_after")), default=None),
            current_due_on=models.Subquery(current.values("due_on")[:1]),
            current_note=models.Subquery(current.values("note")[:1]),
        )

    def by_due(self):
        """What must be done first stands first; needs `with_progress()`."""
        return self.order_by(F("current_due_on").asc(nulls_last=True), "pk")


class Formation(models.Model):
    """A council's way from the first applications to its first meeting; each way has its own row."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="formations", verbose_name=_("council"))
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    candidates = models.PositiveSmallIntegerField(_("candidates so far"), default=0)

    current_number: int | None  # from `with_progress()`, as are `current_due_on` and `current_note`

    objects = FormationQuerySet.as_manager()

    class Meta:
        verbose_name = _("formation of a council")
        verbose_name_plural = _("formations of councils")
        constraints = [
            models.UniqueConstraint(
                fields=["council"],
                condition=models.Q(closed_on=None),
                name="council_is_formed_once_at_a_time",
                violation_error_message=_("This council is already being formed."),
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | models.Q(closed_on__gte=F("opened_on")),
                name="formation_closes_after_it_opens",
                violation_error_message=_("The last day must come after the first."),
            ),
        ]

    def __str__(self):
        return f"{self.council}, {self.opened_on}"

    @property
    def current_step(self):
        """The `Step` under way, None once all is done; reads `with_progress()`."""
        return list(Step)[self.current_number - 1] if self.current_number else None


class FormationStepQuerySet(models.QuerySet):
    def by_law(self):
        """In the order of the law."""
        return self.order_by("position", "pk")


class FormationStep(models.Model):
    """A step with its planned last day and the day it was done; `note` says what is to be done, or how it went."""

    formation = models.ForeignKey(Formation, models.CASCADE, related_name="steps", verbose_name=_("formation"))
    step = models.CharField(_("step"), max_length=15, choices=Step)
    # A column, so that what asks for the current step of eleven formations is a short statement (the home page).
    position = models.GeneratedField(
        expression=_position(),
        output_field=models.IntegerField(_("number")),
        db_persist=True,
        help_text=_("In the order of the law, from 1."),
    )
    due_on = models.DateField(pgettext_lazy("deadline", "due"), null=True, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = FormationStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a formation")
        verbose_name_plural = _("steps of formations")
        constraints = [models.UniqueConstraint(fields=["formation", "step"], name="formation_takes_each_step_once")]

    def __str__(self):
        return f"{self.formation}: {self.get_step_display()}"
