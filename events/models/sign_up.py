"""What an organiser asks of those who sign up, and whom they invite."""

from decimal import Decimal

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.rsvp import Rsvp
from people.models import Person, User


class Invitation(models.Model):
    """Somebody invited to an event: may take one of its reserved seats."""

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="invitations", verbose_name=_("event"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations", verbose_name=_("person"))
    invited_at = models.DateTimeField(_("invited"))
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("who"))

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "person"],
                name="person_is_invited_once",
                violation_error_message=_("This person is already invited."),
            )
        ]

    def __str__(self):
        return f"{self.event}: {self.person}"


class QuestionQuerySet(models.QuerySet):
    def asked(self):
        """Those that a form still asks, in their order."""
        return self.filter(retired_at=None).order_by("position", "pk")


class Question(models.Model):
    """Something the organiser wants to know of each sign-up. One that has answers is never changed in kind: it is
    retired, and its answers stay what they were."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        CHOICE = "choice", _("one of several")
        NUMBER = "number", pgettext_lazy("kind of answer", "number")
        YES = "yes", _("tick box")

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="questions", verbose_name=_("event"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind of answer"), max_length=6, choices=Kind, default=Kind.TEXT)
    text = models.CharField(_("question"), max_length=200)
    choices = models.JSONField(_("answers to choose from"), default=list, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)
    retired_at = models.DateTimeField(_("no longer asked"), null=True, blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "text"],
                condition=Q(retired_at=None),
                name="question_is_asked_once",
                violation_error_message=_("This question is already asked."),
            )
        ]

    def __str__(self):
        return self.text


class AnswerQuerySet(models.QuerySet):
    def in_order(self):
        """With their questions, in the order these are asked."""
        return self.select_related("question").order_by("question__position", "question_id")


class Answer(models.Model):
    """What one sign-up says to a question, in the column of the question's kind."""

    rsvp = models.ForeignKey(Rsvp, models.CASCADE, related_name="answers", verbose_name=_("sign-up"))
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers", verbose_name=_("question"))
    text = models.TextField(_("text"), blank=True, max_length=1000)
    number = models.DecimalField(_("number"), max_digits=12, decimal_places=2, null=True, blank=True)
    is_yes = models.BooleanField(_("yes"), null=True, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["rsvp", "question"], name="question_is_answered_once"),
            models.CheckConstraint(
                condition=Q(number=None, is_yes=None) & ~Q(text="")
                | Q(text="", is_yes=None, number__isnull=False)
                | Q(text="", number=None, is_yes__isnull=False),
                name="answer_is_of_one_kind",
            ),
        ]

    def __str__(self):
        return str(self.value)

    @property
    def value(self) -> str | Decimal | bool:
        """The answer as the kind of its question has it."""
        if self.number is not None:
            return self.number
        return self.text if self.is_yes is None else self.is_yes


class AccessServiceQuerySet(models.QuerySet):
    def one_can_ask_for(self, now):
        return self.filter(ask_until__gt=now)


class AccessService(models.Model):
    """What makes the event reachable for more people: there for everybody, or for those who ask in time."""

    class Kind(models.TextChoices):
        STEP_FREE = "step_free", _("step-free access")
        CHILDREN = "children", _("children's corner")
        SIGN_LANGUAGE = "sign", _("sign language interpreter")
        INTERPRETER = "interpreter", _("interpreter into another language")
        HEARING_LOOP = "loop", _("induction loop")
        TRANSPORT = "transport", _("a ride to the place")

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="services", verbose_name=_("event"))
    kind = models.CharField(_("service"), max_length=12, choices=Kind)
    note = models.CharField(_("what one should know"), max_length=200, blank=True)
    ask_until = models.DateTimeField(
        _("to be asked for until"), null=True, blank=True, help_text=_("Empty: it is there without asking.")
    )
    rsvps = models.ManyToManyField(Rsvp, related_name="services", blank=True, verbose_name=_("asked for by"))

    objects = AccessServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("access service")
        verbose_name_plural = _("access services")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind"],
                name="service_is_offered_once",
                violation_error_message=_("This service is already in the list."),
            )
        ]

    def __str__(self):
        return self.get_kind_display()


class CheckInQuerySet(models.QuerySet):
    def standing(self):
        """Those not undone."""
        return self.filter(undone_at=None)


class CheckIn(models.Model):
    """Somebody came in. `key` is made by the page of the door, so that what a weak network sends twice counts once.

    Who came without a name is a row without a sign-up. Rows stay when names are erased: they are the count.
    """

    event = models.ForeignKey("events.Event", models.PROTECT, related_name="check_ins", verbose_name=_("event"))
    rsvp = models.ForeignKey(
        Rsvp, models.PROTECT, null=True, blank=True, related_name="check_ins", verbose_name=_("sign-up")
    )
    key = models.UUIDField(unique=True, editable=False)
    people = models.PositiveSmallIntegerField(_("people"), default=1, validators=[MaxValueValidator(100)])
    at = models.DateTimeField(_("came"))
    recorded_at = models.DateTimeField(_("entered"), default=timezone.now)
    # State, way of taking part and people of the sign-up, where this arrival changed them: what undoing puts back.
    was = models.JSONField(default=dict, blank=True, editable=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("who"))
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("taken back by")
    )

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        constraints = [
            models.UniqueConstraint(
                fields=["rsvp"],
                condition=Q(undone_at=None),
                name="rsvp_is_checked_in_once",
                violation_error_message=_("This person is already in."),
            ),
            models.CheckConstraint(condition=Q(people__gt=0), name="check_in_brings_somebody"),
        ]

    def __str__(self):
        return f"{self.event}: {self.people}"


class SurveyAnswer(models.Model):
    """What somebody thought of an event. Whose answer it is, is not kept; only that the sign-up's link was used."""

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="survey_answers", verbose_name=_("event"))
    rating = models.PositiveSmallIntegerField(_("how it was, from 1 to 5"))
    was_heard = models.BooleanField(_("felt heard"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True, max_length=1000)
    answered_on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("answer to a survey")
        verbose_name_plural = _("answers to surveys")
        constraints = [models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="survey_rating_is_1_to_5")]

    def __str__(self):
        return f"{self.event}: {self.rating}"
