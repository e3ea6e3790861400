"""What all operations of a council share: refusals, rows that hold their rules, the line in which changes stand."""

from datetime import date, datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.models import Council, Meeting, Term
from events import operations as events


class CouncilRefused(Exception):
    """The change of a council is not possible; the text says why."""


class MeetingRefused(CouncilRefused, events.EventRefused):
    """The change of a meeting is not possible; the text says why. A meeting is an event: caught as either."""


class SubmissionRefused(CouncilRefused):
    """What was said of a submission cannot be; the text says why."""


Row = TypeVar("Row", bound=models.Model)


def check(row: models.Model, refused: type[CouncilRefused]) -> None:
    """Refuse a row that breaks a rule of its fields or constraints, with the rule's own sentence."""
    filled_by_save = [field.name for field in row._meta.fields if not field.editable]
    try:
        row.full_clean(exclude=filled_by_save)
    except ValidationError as error:
        raise refused(" ".join(dict.fromkeys(error.messages))) from error


def write(row: Row, refused: type[CouncilRefused] = CouncilRefused) -> Row:
    """Save a row that holds all its rules; a broken one is told with its sentence instead of a database error."""
    check(row, refused)
    row.save()
    return row


def refuse_future_day(day: date, now: datetime, refused: type[CouncilRefused] = CouncilRefused) -> None:
    """What is written down as done lies on a day that has come."""
    if day > timezone.localdate(now):
        raise refused(_("This day has not come yet."))


def lock(council_id: int) -> Council:
    """The council's row, locked to the end of the transaction: whoever changes its terms, seats or offices stands in
    this line. SQLite has the whole database locked."""
    return Council.objects.select_for_update(no_key=True).get(pk=council_id)


def lock_at_work(council: Council, now: datetime, refused: type[CouncilRefused]) -> Council:
    """The council, locked, when it is at work: to what no convocation works for, nobody writes."""
    row = lock(council.pk)
    if not Term.objects.held(timezone.localdate(now)).filter(council=row).exists():
        raise refused(_("This council is not at work yet."))
    return row


def patience() -> timedelta:
    """How long what a guest sends to a council waits for the link in the mail to be opened."""
    return timedelta(days=settings.UNCONFIRMED_DAYS)


def lock_meeting(meeting_id: int) -> Meeting:
    """The meeting with its event, its row locked to the end of the transaction: who changes it stands in this line."""
    rows = Meeting.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("event").get(pk=meeting_id)
