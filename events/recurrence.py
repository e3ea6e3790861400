"""When something takes place again: "every second Tuesday" as RFC 5545 writes it, as dates, and in words.

The rule is about days; the clock is put to each day afterwards, so that 18.30 stays 18.30 when clocks change. What
takes place is a row for each day (docs/adr/0011-a-series-is-its-events.md): the rule makes rows, and decides nothing
afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile

from dateutil.rrule import rrulestr
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from neighbourhoods import latvian

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST = 60  # dates that one rule may make
LONGEST = timedelta(days=3 * 366)


class Unit(TextChoices):
    WEEKS = "weeks", _("weeks, on the same day of the week")
    WEEKDAY = "weekday", _("months, on the same weekday of the month, for example the second Tuesday")
    DAY = "day", _("months, on the same day of the month")


@dataclass(frozen=True)
class Recurrence:
    """Every so many weeks or months, counted from a first day, which is always the first of the dates.

    A fifth weekday of the month means the last one, and the 29th to 31st mean the last day where there is no such day.
    """

    unit: Unit
    every: int = 1

    def rule(self, first: date, until: date | None = None) -> str:
        """The rule as RFC 5545 writes it; `until` is the last day on which it may fall."""
        day = WEEKDAYS[first.weekday()]
        if self.unit == Unit.WEEKS:
            parts = ["FREQ=WEEKLY", f"INTERVAL={self.every}", f"BYDAY={day}"]
        elif self.unit == Unit.WEEKDAY:
            order = (first.day - 1) // 7 + 1
            parts = ["FREQ=MONTHLY", f"INTERVAL={self.every}", f"BYDAY={order if order < 5 else -1}{day}"]
        elif first.day <= 28:
            parts = ["FREQ=MONTHLY", f"INTERVAL={self.every}", f"BYMONTHDAY={first.day}"]
        else:
            days = ",".join(str(n) for n in range(28, first.day + 1))
            parts = ["FREQ=MONTHLY", f"INTERVAL={self.every}", f"BYMONTHDAY={days}", "BYSETPOS=-1"]
        return ";".join([*parts, *([f"UNTIL={until:%Y%m%d}"] if until else [])])

    def days(self, first: date, until: date) -> list[date]:
        """The dates from `first` up to `until` and with it, MOST at the most."""
        end = min(until, first + LONGEST)
        return list(takewhile(lambda day: day <= end, islice(self.endless(first), MOST)))

    def endless(self, first: date) -> Iterator[date]:
        """All the dates from `first` on."""
        return (moment.date() for moment in rrulestr(self.rule(first), dtstart=datetime.combine(first, time.min)))


def words(rule: str) -> str:
    """Say a rule: "reizi 2 nedēļās, otrdien", "katru mēnesi, otrajā otrdienā", "katru mēnesi, 15. datumā"."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    every = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] == "WEEKLY":
        often = ngettext("every week", "every %(count)d weeks", every) % {"count": every}
        return f"{often}, {latvian.weekday(_like(parts['BYDAY']))}"
    often = ngettext("every month", "every %(count)d months", every) % {"count": every}
    if "BYDAY" in parts:
        order = {
            "1": pgettext("weekday of a month", "on the first %(weekday)s"),
            "2": pgettext("weekday of a month", "on the second %(weekday)s"),
            "3": pgettext("weekday of a month", "on the third %(weekday)s"),
            "4": pgettext("weekday of a month", "on the fourth %(weekday)s"),
            "-1": pgettext("weekday of a month", "on the last %(weekday)s"),
        }[parts["BYDAY"][:-2]]
        return f"{often}, {order % {'weekday': latvian.weekday(_like(parts['BYDAY'][-2:]))}}"
    day = parts["BYMONTHDAY"].rpartition(",")[2]
    return f"{often}, {pgettext('day of a month', 'on day %(number)s') % {'number': day}}"


def _like(day: str) -> date:
    """Some date on that day of the week."""
    return date(2024, 1, 1 + WEEKDAYS.index(day))
