"""Who sits in a council and who holds an office in it, on any day."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Collate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from councils.models.periods import DatedQuerySet, NoOverlap, ends_after_it_begins, last_day
from neighbourhoods.periods import lasts
from people.models import Person


class TermQuerySet(DatedQuerySet):
    """The convocations of councils; a class of its own tells the type checker whose manager this is."""


class Term(models.Model):
    """A convocation (sasaukums). The first lasts until the first meeting of the second (§39–42), hence an open end."""

    class EndRule(models.TextChoices):
        SUCCESSOR = "successor", _("until the first meeting of the next convocation (§39–42)")
        YEARS = "years", _("for the years set by the regulation (§11)")

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="terms", verbose_name=_("council"))
    number = models.PositiveSmallIntegerField(_("convocation"), validators=[MinValueValidator(1)])
    seat_count = models.PositiveSmallIntegerField(
        _("seats"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("By residents (§9). Empty: not known yet."),
    )
    seat_count_source = models.CharField(_("why this number of seats"), max_length=300, blank=True)
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("first day after the end"), null=True, blank=True)
    end_rule = models.CharField(_("how it ends"), max_length=10, choices=EndRule, default=EndRule.SUCCESSOR)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("convocation")
        verbose_name_plural = _("convocations")
        constraints = [
            models.UniqueConstraint(
                fields=["council", "number"],
                name="council_counts_its_terms",
                violation_error_message=_("This council already has a convocation of this number."),
            ),
            NoOverlap(
                fields=["council"],
                name="council_has_one_term_at_a_time",
                violation_error_message=_("This council already has a convocation at this time."),
            ),
            ends_after_it_begins("term_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.council}, {self.number}."

    @property
    def last_on(self):
        return last_day(self)


class SeatQuerySet(models.QuerySet):
    def vacant(self):
        """Seats that nobody holds to the end of their term, the one that is empty first before the others.

        Adds `empty_from`: the first day from which nobody holds the seat, today, long ago, or still to come.
        """
        held = Membership.objects.filter(seat=OuterRef("pk")).exclude(ended_on=F("started_on"))
        last = held.order_by("-ended_on").values("ended_on")[:1]
        return (
            self.filter(~Exists(held.filter(ended_on=None)))
            .annotate(empty_from=Coalesce(Subquery(last), "term__started_on"))
            .exclude(term__ended_on__lte=F("empty_from"))
            .order_by("empty_from", "number", "pk")
        )


class Seat(models.Model):
    """A seat exists while it is empty, too: quorum and vacancies are counted from seats."""

    term = models.ForeignKey(Term, models.CASCADE, related_name="seats", verbose_name=_("convocation"))
    number = models.PositiveSmallIntegerField(_("seat"))

    empty_from: date  # vacant()

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [models.UniqueConstraint(fields=["term", "number"], name="seat_is_counted_once")]

    def __str__(self):
        return f"{self.term} {self.number}"


class MembershipQuerySet(DatedQuerySet):
    def by_name(self):
        return self.order_by(Collate("person__family_name", "lv"), Collate("person__given_name", "lv"), "pk")

    def of_council(self, council):
        return self.filter(seat__term__council=council)


class Membership(models.Model):
    """A person sits in a seat for a period. What a member may do begins and ends with it."""

    class EndReason(models.TextChoices):
        RESIGNED = "resigned", _("resigned")
        ABSENCES = "absences", _("released for absences (§32)")
        CONFLICT = "conflict", _("conflict of interest (§34)")
        ELIGIBILITY = "eligibility", _("no longer eligible")
        DIED = "died", _("died")
        TERM_OVER = "term_over", _("the convocation ended")
        OTHER = "other", _("other")

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="memberships", verbose_name=_("seat"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("first day after the end"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=EndReason, blank=True)
    source = models.CharField(_("document or source"), max_length=300, blank=True)

    answer: str  # what councils.answers read of a meeting

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            NoOverlap(
                fields=["seat"],
                name="seat_is_held_by_one_member",
                violation_error_message=_("Somebody already sits in this seat."),
            ),
            NoOverlap(
                fields=["person"],
                name="person_sits_in_one_council",
                violation_error_message=_("This person already sits in a council (§8)."),
            ),
            ends_after_it_begins("membership_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | ~Q(end_reason=""),
                name="membership_end_has_a_reason",
                violation_error_message=_("Say why the mandate ended."),
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.seat}"

    @property
    def last_on(self):
        return last_day(self)


class OfficeQuerySet(DatedQuerySet):
    def by_rank(self):
        """Chair, deputy chair, secretary."""
        ranks = [When(kind=kind, then=Value(rank)) for rank, kind in enumerate(Office.Kind.values)]
        return self.order_by(Case(*ranks, default=Value(len(ranks))), "pk")


class Office(models.Model):
    """An office of a council held by one of its members for a period (§21)."""

    class Kind(models.TextChoices):
        CHAIR = "chair", _("chair")
        DEPUTY_CHAIR = "deputy_chair", _("deputy chair")
        SECRETARY = "secretary", _("secretary")

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="offices", verbose_name=_("council"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="offices", verbose_name=_("person"))
    kind = models.CharField(_("office"), max_length=12, choices=Kind)
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("first day after the end"), null=True, blank=True)
    source = models.CharField(_("document or source"), max_length=300, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = [
            NoOverlap(
                fields=["council", "kind"],
                name="office_is_held_by_one_person",
                violation_error_message=_("This council already has somebody in this office."),
            ),
            ends_after_it_begins("office_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.council}: {self.get_kind_display()}"


class SubstituteQuerySet(models.QuerySet):
    def in_order(self):
        """Most votes first, the earlier application before the later one (§17, §19): as ranked when entered."""
        return self.order_by("rank", "pk")

    def waiting(self):
        """Neither seated nor declined: whoever comes first is next."""
        return self.filter(seated_on=None, declined_on=None).in_order()


class SubstituteState(models.TextChoices):
    WAITING = "waiting", _("waits in the order")
    OFFERED = "offered", _("was offered the seat")
    SEATED = "seated", _("took the seat")
    DECLINED = "declined", _("refused the seat")


class Substitute(models.Model):
    """A candidate who was not elected and takes over, in order of votes, when a mandate ends early (§19, §20).

    Belongs to the term. Waiting, then offered, then seated or declined; what was answered is not taken back.
    """

    term = models.ForeignKey(Term, models.CASCADE, related_name="substitutes", verbose_name=_("convocation"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="substitutions", verbose_name=_("person"))
    rank = models.PositiveSmallIntegerField(
        _("place in the order"), validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    votes = models.PositiveIntegerField(_("votes"), null=True, blank=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    source = models.CharField(_("document or source"), max_length=300, blank=True)
    offered_on = models.DateField(_("offered the seat"), null=True, blank=True)
    seated_on = models.DateField(_("took the seat"), null=True, blank=True)
    declined_on = models.DateField(_("refused the seat"), null=True, blank=True)
    declined_because = models.CharField(_("why declined"), max_length=300, blank=True)
    membership = models.OneToOneField(
        Membership,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="substitute",
        verbose_name=_("membership"),
        editable=False,
    )

    objects = SubstituteQuerySet.as_manager()

    class Meta:
        verbose_name = _("substitute")
        verbose_name_plural = _("substitutes")
        constraints = [
            models.UniqueConstraint(
                fields=["term", "rank"],
                name="substitutes_stand_in_one_order",
                violation_error_message=_("Somebody else already has this place in the order."),
            ),
            models.UniqueConstraint(
                fields=["term", "person"],
                name="substitute_stands_in_the_order_once",
                violation_error_message=_("This person already stands in the order."),
            ),
            models.CheckConstraint(
                condition=Q(seated_on=None) | Q(declined_on=None),
                name="substitute_is_seated_or_declined",
                violation_error_message=_("Somebody who declined cannot be seated."),
            ),
            models.CheckConstraint(
                condition=Q(declined_on=None) | ~Q(declined_because=""),
                name="substitute_declines_with_a_reason",
                violation_error_message=_("Say why the seat was refused."),
            ),
        ]

    def __str__(self):
        return f"{self.rank}. {self.person}"

    @property
    def state(self):
        if self.seated_on:
            return SubstituteState.SEATED
        if self.declined_on:
            return SubstituteState.DECLINED
        return SubstituteState.OFFERED if self.offered_on else SubstituteState.WAITING


class AbsenceCaseQuerySet(models.QuerySet):
    def of_council(self, council):
        return self.filter(membership__seat__term__council=council)

    def undecided(self, on):
        """Waiting for a decision, of somebody who still sits in the council."""
        return self.filter(lasts(on, "membership__ended_on"), decision="")

    def to_inform(self):
        """Released, and the dome does not know of it yet (§32)."""
        return self.filter(decision=AbsenceCase.Decision.RELEASED, dome_informed_on=None)

    def open(self, on):
        """With something left to do: to decide, or to inform the dome; the earliest first."""
        return (self.undecided(on) | self.to_inform()).order_by("raised_on", "pk")


class AbsenceCase(models.Model):
    """Unexcused absences in a row that let a council release a member (§32): keep or release, with a reason.

    On release the chair or the deputy informs the dome within working days of the regulation.
    """

    class Decision(models.TextChoices):
        KEPT = "kept", _("the member stays")
        RELEASED = "released", _("the member is released")

    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="absence_cases", verbose_name=_("membership")
    )
    raised_on = models.DateField(_("raised"))
    last_meeting = models.ForeignKey(
        "councils.Meeting", models.PROTECT, related_name="absence_cases", verbose_name=_("last meeting missed")
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    decided_on = models.DateField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    dome_informed_on = models.DateField(_("the municipal council was informed"), null=True, blank=True)

    objects = AbsenceCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case of absences")
        verbose_name_plural = _("cases of absences")
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "last_meeting"], name="absence_case_is_raised_once_for_a_meeting"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_on=None)
                | (~Q(decision="") & Q(decided_on__isnull=False) & ~Q(reason="")),
                name="absence_case_is_decided_with_day_and_reason",
                violation_error_message=_("Say what was decided, when and why."),
            ),
        ]

    def __str__(self):
        return f"{self.membership}: {self.raised_on}"

    def get_absolute_url(self):
        return reverse("councils:absence-case", args=[self.pk])
