"""What a municipality sets for itself: the numbers of its regulation, days off, texts of its letters."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import User


class RegulationValue(models.Model):
    """A number of the regulation from a day on; the newest valid row wins over the code's own (`regulation.py`)."""

    code = models.CharField(_("name"), max_length=40)
    value = models.CharField(
        _("value"), max_length=40, validators=[RegexValidator(r"^\d{1,6}\Z", _("Write a whole number without a unit."))]
    )
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    paragraph = models.CharField(_("paragraph"), max_length=80)
    note = models.CharField(_("note"), max_length=300, blank=True)
    valid_from = models.DateField(_("valid from"))
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("number of the regulation")
        verbose_name_plural = _("numbers of the regulation")
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="regulation_value_changes_once_a_day")
        ]

    def __str__(self):
        return f"{self.code} = {self.value}"


class DayOverride(models.Model):
    """A day that counts otherwise than the calendar says: the government's moved working days, or a correction."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"))
    note = models.CharField(_("decision or source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("moved day")
        verbose_name_plural = _("moved days")

    def __str__(self):
        return f"{self.day}"


class LetterTemplate(models.Model):
    """The text with which a document of the portal begins, instead of the one that comes with it."""

    code = models.CharField(_("document"), max_length=40)
    language = models.CharField(_("language"), max_length=2, default="lv")
    text = models.TextField(_("text"), max_length=10000)
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("text of a document")
        verbose_name_plural = _("texts of documents")
        constraints = [models.UniqueConstraint(fields=["code", "language"], name="letter_is_worded_once_in_a_language")]

    def __str__(self):
        return self.code
