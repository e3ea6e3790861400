"""Minutes: assembled from the meeting's record, signed, sent, published; every version stays."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from councils.models.files import StoredFile
from councils.models.meeting import AgendaItem, Meeting
from people.models import Person, User


class Minutes(models.Model):
    """The minutes of a meeting: one row, with the moments of its life (§25) and its versions.

    `Meeting.minutes_sent_on` and `minutes_published_on` hold the days the regulation asks for. What is signed and
    published is a version; `signed_at` is empty while a draft or a correction is being prepared, and the meeting's
    record may change only then. `comments_until` is the first moment at which members comment no more.
    """

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes", verbose_name=_("meeting"))
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("number"))
    drafted_at = models.DateTimeField(_("drafted"))
    comments_until = models.DateTimeField(_("members comment until"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    originals_handed_on = models.DateField(_("originals handed over"), null=True, blank=True)
    originals_handed_to = models.CharField(_("handed to"), max_length=200, blank=True)
    approved_in = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="approved_minutes", verbose_name=_("approved in")
    )

    class Meta:
        verbose_name = pgettext_lazy("of a meeting", "minutes")
        verbose_name_plural = pgettext_lazy("of meetings", "minutes")
        constraints = [
            models.CheckConstraint(
                condition=Q(originals_handed_on=None) | ~Q(originals_handed_to=""),
                name="originals_are_handed_to_somebody",
                violation_error_message=_("Say to whom the originals were handed."),
            ),
        ]

    def __str__(self):
        return f"{self.number}/{self.year}"

    def get_absolute_url(self):
        return reverse("councils:minutes", args=[self.meeting_id])

    @property
    def comments_last_on(self):
        """The last day in Latvia on which members comment, as people say it; None while they were not asked."""
        return timezone.localdate(self.comments_until - timedelta.resolution) if self.comments_until else None


class MinutesVersion(models.Model):
    """The whole text at one moment, as data (`councils.documents.record`); HTML, PDF and DOCX are made from it.

    Its content never changes. What comes after a signed version is a correction, which says why and is signed anew.
    """

    minutes = models.ForeignKey(
        Minutes, models.CASCADE, related_name="versions", verbose_name=pgettext_lazy("of a meeting", "minutes")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    reason = models.CharField(_("why"), max_length=300, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    signed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who signed")
    )
    signed_name = models.CharField(_("signed by"), max_length=200, blank=True)
    signed_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed file")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of minutes")
        verbose_name_plural = _("versions of minutes")
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="minutes_version_is_counted_once"),
            models.CheckConstraint(
                condition=Q(signed_at=None) | ~Q(signed_name=""), name="minutes_signed_name_their_signer"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(signed_at__isnull=False),
                name="minutes_are_signed_before_they_are_published",
                violation_error_message=_("Minutes are signed before they are published."),
            ),
        ]

    def __str__(self):
        return f"{self.minutes} v{self.number}"


class MinutesComment(models.Model):
    """What a member says of the draft before it is signed."""

    minutes = models.ForeignKey(
        Minutes, models.CASCADE, related_name="comments", verbose_name=pgettext_lazy("of a meeting", "minutes")
    )
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("agenda item")
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="minutes_comments", verbose_name=_("member"))
    text = models.TextField(_("comment"), max_length=2000)
    commented_at = models.DateTimeField(_("commented"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    class Meta:
        verbose_name = _("comment on minutes")
        verbose_name_plural = _("comments on minutes")

    def __str__(self):
        return f"{self.person}: {self.text[:60]}"
