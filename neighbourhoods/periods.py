"""Periods: what a dated row lasts, as conditions, and the moments at which days and months begin here.

They are half-open: the day in the second column is the first day out, an empty one is for ever. `path__column` leads to
the rows of another table.
"""

from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone


def holds(on: date, begin: str = "started_on", end: str = "ended_on") -> Q:
    """The day lies in the period."""
    return Q((f"{begin}__lte", on)) & lasts(on, end)


def lasts(beyond: date, end: str = "ended_on") -> Q:
    """The period has not ended by the day, begun or not."""
    return Q((end, None)) | Q((f"{end}__gt", beyond))


def moment_on(day: date, clock: time = time.min) -> datetime:
    """When it is `clock` on the day in Latvia; without it, when the day begins."""
    return timezone.make_aware(datetime.combine(day, clock))


def year_begins(year: int) -> datetime:
    """When the year begins in Latvia."""
    return moment_on(date(year, 1, 1))


def month_of(day: date) -> tuple[datetime, datetime]:
    """When the month of the day begins, and when the next one does."""
    first = day.replace(day=1)
    return moment_on(first), moment_on((first + timedelta(days=31)).replace(day=1))
