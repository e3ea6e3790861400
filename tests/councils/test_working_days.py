from datetime import date

import pytest

from councils.working_days import (
    add_working_days,
    is_working_day,
    months_later,
    next_working_day,
    working_days_until,
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),  # an ordinary Monday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 11, 18), False),  # Proclamation of the Republic
        (date(2026, 6, 23), False),  # Līgo
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 1, 2), False),  # a Friday off, worked on Saturday the 17th
        (date(2026, 1, 17), True),
        (date(2026, 6, 22), False),  # a Monday off, worked on Saturday the 27th
        (date(2026, 6, 27), True),
    ],
)
def test_working_day(day, works):
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2026, 11, 12), 5, date(2026, 11, 20)),  # over the 18th
        (date(2026, 12, 22), 3, date(2026, 12, 29)),  # over Christmas
        (date(2026, 1, 16), 1, date(2026, 1, 17)),  # the Saturday that is worked
    ],
)
def test_add_working_days_does_not_count_the_day_itself(day, count, result):
    assert add_working_days(day, count) == result


@pytest.mark.parametrize("count", range(-15, 16))
def test_working_days_until_undoes_adding_them(count):
    start = date(2026, 6, 18)
    assert working_days_until(start, add_working_days(start, count)) == count


def test_overrides_win_over_the_calendar():
    overrides = {date(2026, 11, 23): False, date(2026, 11, 22): True}
    assert not is_working_day(date(2026, 11, 23), overrides)
    assert add_working_days(date(2026, 11, 21), 1, overrides) == date(2026, 11, 22)
    assert next_working_day(date(2026, 11, 23), overrides) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("day", "result"),
    [
        (date(2026, 10, 23), date(2026, 11, 23)),
        (date(2026, 1, 31), date(2026, 3, 2)),  # 28 February is a Saturday
        (date(2028, 1, 31), date(2028, 2, 29)),  # the last day of a shorter month
        (date(2026, 12, 15), date(2027, 1, 15)),  # over the year
        (date(2026, 10, 18), date(2026, 11, 19)),  # 18 November is a holiday
        (date(2026, 10, 22), date(2026, 11, 23)),  # 22 November is a Sunday
    ],
)
def test_a_month_later_has_the_same_number_or_gives_way(day, result):
    assert months_later(day) == result


def test_months_later_counts_several():
    assert months_later(date(2026, 11, 30), 3) == date(2027, 3, 1)  # 28 February 2027 is a Sunday
