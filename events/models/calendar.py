"""The address of somebody's own calendar."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Person


class CalendarKey(models.Model):
    """The secret in the address from which a calendar program fetches what a person signed up to.

    There is none until the person asks for it; a new one replaces it, and the old address ends.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="calendar_keys", verbose_name=_("person"))
    token = models.CharField(max_length=43, unique=True, default=secrets.token_urlsafe, editable=False)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("address of an own calendar")
        verbose_name_plural = _("addresses of own calendars")
        constraints = [models.UniqueConstraint(fields=["person"], name="person_has_one_calendar_key")]

    def __str__(self):
        return str(self.person)
