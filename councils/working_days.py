"""Working days as the regulation counts them: the day something happens on is not counted.

Public holidays and the working days that the government moves come from the `holidays` package, which knows the moves
of a year once they are decided; `overrides` says otherwise for single days (True: a working day).
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

import holidays

YEARS = range(2020, 2061)  # those whose days are known
# All years at once: the package fills a year in when it is first asked for, and two threads may ask together.
_LATVIA = holidays.country_holidays("LV", years=YEARS, language="lv")
_DAY_WITHOUT_DOT = re.compile(r"(\d\d\.\d\d\.\d{4})(?!\.)")  # as the package writes the day a holiday moved from
_NONE: Mapping[date, bool] = {}


def special_days(year: int) -> list[tuple[date, str]]:
    """Public holidays of a year and days off in place of worked ones, as the calendar has them, with their names in
    Latvian; and the Saturdays and Sundays that it counts as working days, without a name."""
    names = dict.fromkeys(_LATVIA.weekend_workdays, "")
    names |= {day: _DAY_WITHOUT_DOT.sub(r"\1.", name) for day, name in _LATVIA.items()}
    return sorted((day, name) for day, name in names.items() if day.year == year)


def is_working_day(day: date, overrides: Mapping[date, bool] = _NONE) -> bool:
    return overrides[day] if day in overrides else bool(_LATVIA.is_working_day(day))


def is_holiday(day: date) -> bool:
    """Is it a public holiday, whatever day of the week?"""
    return day in _LATVIA


def add_working_days(day: date, count: int, overrides: Mapping[date, bool] = _NONE) -> date:
    """The `count`-th working day after `day`, before it when negative; `day` itself is not counted. 0 gives `day`."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, overrides)
    return day


def working_days_until(start: date, end: date, overrides: Mapping[date, bool] = _NONE) -> int:
    """How many working days come after `start`, up to `end` and with it; negative when `end` has passed."""
    if end < start:
        return -working_days_until(end, start, overrides)
    return sum(is_working_day(start + timedelta(days=n), overrides) for n in range(1, (end - start).days + 1))


def next_working_day(day: date, overrides: Mapping[date, bool] = _NONE) -> date:
    """`day`, or the first working day after it."""
    return day if is_working_day(day, overrides) else add_working_days(day, 1, overrides)


def months_later(
    day: date, count: int = 1, overrides: Mapping[date, bool] = _NONE, *, same_number: bool = True
) -> date:
    """The same day of the month `count` months on, or the day before it where `same_number` is not the rule; the
    month's last day where it has no such day. A day off gives way to the next working day."""
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    end = date(year, month + 1, min(day.day, last))
    if not same_number and day.day <= last:
        end -= timedelta(days=1)
    return next_working_day(end, overrides)
