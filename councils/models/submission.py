"""What a council asks of the municipality, and what came of it."""

from django.db import models
from django.db.models import Case, F, Q, Value, When, Window
from django.db.models.functions import Coalesce, Collate, RowNumber
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from councils.models.files import StoredFile
from councils.models.matter import Matter
from councils.models.periods import DatedQuerySet, ends_after_it_begins, is_held
from councils.models.resolution import Resolution
from neighbourhoods import latvian
from neighbourhoods.periods import lasts
from people.models import Person, User


class MunicipalUnitQuerySet(models.QuerySet):
    def in_use(self, on):
        """Those that may be chosen on the day, by name."""
        return self.filter(lasts(on, "retired_on")).by_name()

    def by_name(self):
        return self.order_by(Collate("name", "lv"), "pk")


class MunicipalUnit(models.Model):
    """A unit of the municipality that answers councils."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    retired_on = models.DateField(_("not used any more since"), null=True, blank=True)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    objects = MunicipalUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipal unit")
        verbose_name_plural = _("municipal units")

    def __str__(self):
        return self.name


class RespondingOfficerQuerySet(DatedQuerySet):
    def answering(self, unit_id, on):
        """Who answers for the unit on the day."""
        return self.held(on).filter(unit=unit_id, person__erased_at=None).order_by("pk")


class RespondingOfficer(models.Model):
    """Somebody of a unit who answers by a personal link: no account, no password to look after."""

    unit = models.ForeignKey(MunicipalUnit, models.PROTECT, related_name="officers", verbose_name=_("municipal unit"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="answers_for", verbose_name=_("person"))
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("first day after the end"), null=True, blank=True)

    objects = RespondingOfficerQuerySet.as_manager()

    class Meta:
        verbose_name = _("responding officer")
        verbose_name_plural = _("responding officers")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "person"],
                condition=Q(ended_on=None),
                name="officer_answers_for_a_unit_once",
                violation_error_message=_("This person already answers for the unit."),
            ),
            ends_after_it_begins("officer_ends_after_beginning"),
        ]

    def __str__(self):
        return f"{self.person}, {self.unit}"


class SubmissionState(models.TextChoices):
    WAITING = "waiting", _("Awaiting reply")
    OVERDUE = "overdue", _("Reply overdue")
    SUPPORTED = "supported", _("Supported")
    PARTLY = "partly", _("Partly taken up")
    DECLINED = "declined", _("Declined")
    OTHER = "other", _("Answered")
    DONE = "done", _("Done")


class SubmissionQuerySet(models.QuerySet):
    def public(self):
        return self.filter(sent_on__isnull=False, is_public=True)

    def leading(self):
        """The latest of their matters, with no later resolution: what the lists say of the matter they say of these."""
        return self.filter(matter__latest_asked=F("pk"), matter__is_decided_last=False, matter__is_public=True)

    def sent(self):
        """Those that wait, or waited, for the municipality, the ones that are not public among them."""
        return self.filter(sent_on__isnull=False)

    def awaiting_reply(self):
        return self.sent().filter(replied_on=None, done_on=None)

    def follow_up_due(self, on):
        """Answered with a promise, and by the day it is time to ask whether it is done; the longest due first."""
        return self.filter(replied_on__isnull=False, done_on=None, follow_up_on__lte=on).order_by("follow_up_on", "pk")

    def matching(self, query):
        """Those whose title, text or answer holds every word of `query`, in any grammatical case."""
        for term in latvian.search_terms(query):
            self = self.filter(search_text__contains=term)
        return self

    def latest_moved(self):
        """Those that something happened to most recently first: done, answered or sent."""
        return self.order_by(*self._moved())

    def latest_of_each_state(self):
        """The latest moved of every state, then the second of every state, …; needs `with_state()`."""
        rank = Window(RowNumber(), partition_by=[F("state")], order_by=self._moved())
        return self.annotate(rank_in_state=rank).order_by("rank_in_state", *self._moved())

    @staticmethod
    def _moved():
        return [Coalesce("done_on", "replied_on", "sent_on").desc(), F("pk").desc()]

    def with_state(self, on):
        """Add `state` on the day."""
        return self.annotate(
            state=Case(
                When(done_on__isnull=False, then=Value(SubmissionState.DONE)),
                When(replied_on__isnull=False, then=F("outcome")),
                When(reply_due_on__lt=on, then=Value(SubmissionState.OVERDUE)),
                default=Value(SubmissionState.WAITING),
                output_field=models.CharField(),
            )
        )


class Submission(models.Model):
    """What a council asked of the municipality, and what came of it. The reply is due within a month (§27)."""

    class Kind(models.TextChoices):
        PROPOSAL = "proposal", _("proposal")
        DRAFT_DECISION = "draft_decision", _("draft decision of the municipal council")
        OPINION = "opinion", _("opinion")
        INFORMATION = "information", _("request for information")
        INSTITUTION = "institution", _("request for an institution's opinion (§29)")

    class Outcome(models.TextChoices):
        SUPPORTED = "supported", _("supported")
        PARTLY = "partly", _("partly taken up")
        DECLINED = "declined", _("declined")
        OTHER = "other", _("other")

    councils = models.ManyToManyField("councils.Council", related_name="submissions", verbose_name=_("councils"))
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="submissions", verbose_name=_("matter"))
    resolution = models.ForeignKey(
        Resolution, models.PROTECT, null=True, blank=True, related_name="submissions", verbose_name=_("resolution")
    )
    is_public = models.BooleanField(_("public"), default=True)  # not when it comes from an item that is not public
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.PROPOSAL)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    topic = models.CharField(_("topic"), max_length=10, blank=True)
    unit = models.CharField(_("answering unit"), max_length=200, blank=True)
    answering_unit = models.ForeignKey(
        MunicipalUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
        verbose_name=_("unit in charge"),
    )
    presented_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="presents",
        verbose_name=_("member who speaks for it (§28)"),
    )
    # §29: the executive director passes the request on to the institution.
    institution = models.CharField(_("institution"), max_length=200, blank=True)
    forwarded_on = models.DateField(_("passed on to the institution"), null=True, blank=True)
    registered_on = models.DateField(_("registered"), null=True, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    sent_on = models.DateField(_("sent"), null=True, blank=True)
    reply_due_on = models.DateField(_("reply due"), null=True, blank=True)
    replied_on = models.DateField(_("replied"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    reply = models.TextField(_("reply"), blank=True)
    alternative = models.TextField(_("what is offered instead"), blank=True)
    nothing_instead = models.BooleanField(_("nothing is offered instead"), default=False)
    reply_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file of the reply")
    )
    replied_by = models.CharField(_("answered by"), max_length=200, blank=True)
    follow_up_on = models.DateField(_("ask again whether it is done"), null=True, blank=True)
    done_photo = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    done_photo_alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    search_text = models.TextField(editable=False, default="")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [
            models.CheckConstraint(
                condition=Q(replied_on=None) | ~Q(outcome=""),
                name="submission_reply_has_an_outcome",
                violation_error_message=_("Say how the municipality answered."),
            ),
            models.CheckConstraint(
                condition=Q(replied_on=None) | Q(sent_on__isnull=False),
                name="submission_is_sent_before_it_is_answered",
                violation_error_message=_("A submission that was not sent cannot be answered."),
            ),
            models.CheckConstraint(
                condition=Q(sent_on=None) | Q(reply_due_on__isnull=False), name="submission_sent_has_a_reply_date"
            ),
            models.CheckConstraint(
                condition=Q(nothing_instead=False) | Q(alternative=""),
                name="submission_reply_offers_something_or_nothing",
                violation_error_message=_("Say what is offered instead, or that nothing is: not both."),
            ),
            models.CheckConstraint(
                condition=Q(done_photo=None) | ~Q(done_photo_alt=""),
                name="submission_picture_is_described",
                violation_error_message=_("Say what the picture shows, for those who cannot see it."),
            ),
            models.CheckConstraint(
                condition=Q(registered_on=None) | Q(sent_on__isnull=False),
                name="submission_is_sent_before_it_is_registered",
                violation_error_message=_("Only what was sent can be registered."),
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(sent_on__isnull=False, done_on__gte=F("sent_on")),
                name="submission_is_sent_before_it_is_done",
                violation_error_message=_("Only what was sent before can be done."),
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.search_text = latvian.search_text(self.title, self.text, self.reply, self.alternative)
        super().save(*args, **kwargs)
        Matter.objects.filter(pk=self.matter_id).point()

    def get_absolute_url(self):
        return f"{self.matter.get_absolute_url()}#iesniegums-{self.pk}"

    @property
    def moved_on(self):
        """The day on which something happened to it last: done, answered, sent."""
        return self.done_on or self.replied_on or self.sent_on

    @property
    def days_to_done(self):
        """Calendar days from sending to the work done; None while it is not."""
        return (self.done_on - self.sent_on).days if self.done_on and self.sent_on else None


class SubmissionFile(models.Model):
    """A file that goes with a submission."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files", verbose_name=_("submission"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        verbose_name = _("file of a submission")
        verbose_name_plural = _("files of submissions")

    def __str__(self):
        return self.title


class HandOver(models.Model):
    """A submission goes from one unit to another; the clock does not stop."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="hand_overs", verbose_name=_("submission"))
    from_unit = models.ForeignKey(
        MunicipalUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from the unit")
    )
    to_unit = models.ForeignKey(MunicipalUnit, models.PROTECT, related_name="+", verbose_name=_("to the unit"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who"))
    by_name = models.CharField(_("handed over by"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("hand-over between units")
        verbose_name_plural = _("hand-overs between units")

    def __str__(self):
        return f"{self.submission}: {self.to_unit}"


class Question(models.Model):
    """What the unit asks back before it answers, and what the council says."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="questions", verbose_name=_("submission"))
    text = models.TextField(_("question"), max_length=2000)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.CharField(_("asked by"), max_length=200)
    answer = models.TextField(_("answer"), max_length=5000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        verbose_name = _("question of a unit")
        verbose_name_plural = _("questions of units")

    def __str__(self):
        return self.text[:60]


class AnswerLink(models.Model):
    """The personal link by which an officer answers a submission; a mailed code opens it, for a while.

    Only the code's hash is kept. The link ends when the submission is answered, or the officer's time.
    """

    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="answer_links", verbose_name=_("submission")
    )
    officer = models.ForeignKey(
        RespondingOfficer, models.CASCADE, related_name="answer_links", verbose_name=_("responding officer")
    )
    token = models.CharField(max_length=43, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"))
    code_hash = models.CharField(max_length=128, blank=True, editable=False)
    code_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    wrong_codes = models.PositiveSmallIntegerField(default=0, editable=False)
    codes_since = models.DateTimeField(null=True, blank=True, editable=False)  # the hour in which codes are counted
    codes_sent = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("personal link of an officer")
        verbose_name_plural = _("personal links of officers")
        constraints = [
            models.UniqueConstraint(fields=["submission", "officer"], name="officer_has_one_link_to_a_submission")
        ]

    def __str__(self):
        return f"{self.officer} → {self.submission}"

    def opens(self, on):
        """What the link is good for on the day: "answer", "done" (is it?), or "" when it has ended.

        It ends with the answer, with the officer's time, and when another unit takes over; it opens once more when it
        is time to ask whether what was promised is done.
        """
        officer, row = self.officer, self.submission
        if not is_held(officer, on) or row.answering_unit_id != officer.unit_id or row.sent_on is None or row.done_on:
            return ""
        if row.replied_on is None:
            return "answer"
        return "done" if row.follow_up_on and row.follow_up_on <= on else ""


class OpinionRequest(models.Model):
    """The dome asks a council for its opinion (PL 58(2)): request → agenda item → resolution → sent."""

    council = models.ForeignKey(
        "councils.Council", models.PROTECT, related_name="opinion_requests", verbose_name=_("council")
    )
    title = models.CharField(_("what about"), max_length=200)
    text = models.TextField(_("request"), blank=True, max_length=5000)
    received_on = models.DateField(_("received"))
    due_on = models.DateField(pgettext_lazy("deadline", "due"))
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="opinion_requests", verbose_name=_("matter")
    )
    resolution = models.ForeignKey(
        Resolution, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name=_("resolution")
    )
    opinion = models.TextField(_("opinion"), blank=True, max_length=10000)
    sent_on = models.DateField(_("sent"), null=True, blank=True)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    class Meta:
        verbose_name = _("request for an opinion")
        verbose_name_plural = _("requests for opinions")
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("received_on")),
                name="opinion_is_due_after_the_request",
                violation_error_message=_("The opinion is due after the request came."),
            ),
            models.CheckConstraint(
                condition=Q(sent_on=None) | ~Q(opinion=""),
                name="opinion_sent_says_something",
                violation_error_message=_("Write the opinion first."),
            ),
        ]

    def __str__(self):
        return self.title
