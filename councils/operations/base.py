"""What all operations of a council share: refusals, rows that hold their rules, the line in which changes stand."""

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from councils.models import Council, Meeting
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


def lock(council_id: int) -> Council:
    """The council's row, locked to the end of the transaction: whoever changes its terms, seats or offices stands in
    this line. SQLite has the whole database locked."""
    return Council.objects.select_for_update(no_key=True).get(pk=council_id)


def lock_meeting(meeting_id: int) -> Meeting:
    """The meeting with its event, its row locked to the end of the transaction: who changes it stands in this line."""
    rows = Meeting.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("event").get(pk=meeting_id)
