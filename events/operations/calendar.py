"""The secret address of one's own calendar."""

import secrets
from datetime import datetime

from django.db import transaction

from events.models import CalendarKey
from people.models import Person


@transaction.atomic
def renew_calendar_key(*, person: Person, now: datetime) -> CalendarKey:
    """Make the secret address of the person's own calendar, or a new one in its place: the old one ends at once."""
    fresh = {"token": secrets.token_urlsafe(), "made_at": now}
    return CalendarKey.objects.update_or_create(person=person, defaults=fresh)[0]


def end_calendar_key(*, person: Person) -> None:
    """The address of the person's own calendar ends, without another one. Ending what is not there changes nothing."""
    CalendarKey.objects.filter(person=person).delete()
