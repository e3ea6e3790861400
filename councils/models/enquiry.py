"""What somebody writes to a council from its page, without either side seeing the other's address."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Person


class EnquiryQuerySet(models.QuerySet):
    def unconfirmed(self, since):
        """Written since the moment by somebody without an account who has not opened the link."""
        return self.filter(confirmed_at=None, written_at__gt=since)


class Enquiry(models.Model):
    """A letter to a council. The officers get it once the writer's address is proved: at once for who is logged in, by
    the link for a visitor. It is kept for as long as the ledger may have to send it, and no longer than a guest is.
    """

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="enquiries", verbose_name=_("council"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="enquiries", verbose_name=_("written by"))
    text = models.TextField(_("text"), max_length=3000)
    wants_answer = models.BooleanField(_("the officers may answer to the writer's e-mail"), default=False)
    token = models.CharField(max_length=43, unique=True, default=secrets.token_urlsafe, editable=False)
    network = models.CharField(_("network"), max_length=50, blank=True, editable=False)
    written_at = models.DateTimeField(_("written"), db_index=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter to a council")
        verbose_name_plural = _("letters to councils")

    def __str__(self):
        return f"{self.council}: {self.written_at:%Y-%m-%d}"
