"""Rules of recurrence: our dates are those that two libraries for calendars work out from the same rule."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import vobject
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from events.recurrence import LONGEST, MOST, Recurrence, Unit, words

RIGA = ZoneInfo("Europe/Riga")


def days(unit, first, until, every=1):
    return Recurrence(unit, every).days(first, until)


def test_every_second_week():
    assert days(Unit.WEEKS, date(2026, 11, 24), date(2026, 12, 31), every=2) == [
        date(2026, 11, 24), date(2026, 12, 8), date(2026, 12, 22),
    ]  # fmt: skip


def test_second_tuesday_of_the_month():
    found = days(Unit.WEEKDAY, date(2026, 11, 10), date(2027, 3, 31))
    assert found == [date(2026, 11, 10), date(2026, 12, 8), date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9)]


def test_fifth_weekday_is_the_last_one():
    found = days(Unit.WEEKDAY, date(2026, 9, 30), date(2026, 12, 31))
    assert found == [date(2026, 9, 30), date(2026, 10, 28), date(2026, 11, 25), date(2026, 12, 30)]


def test_last_days_of_the_month_do_not_get_lost():
    found = days(Unit.DAY, date(2027, 1, 31), date(2027, 5, 31))
    assert found == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]
    assert days(Unit.DAY, date(2028, 1, 30), date(2028, 3, 31))[1:] == [date(2028, 2, 29), date(2028, 3, 30)]


def test_last_day_is_among_them_and_what_is_endless_ends():
    assert days(Unit.WEEKS, date(2026, 11, 24), date(2026, 12, 1)) == [date(2026, 11, 24), date(2026, 12, 1)]
    assert days(Unit.WEEKS, date(2026, 11, 24), date(2026, 11, 23)) == []
    assert len(days(Unit.WEEKS, date(2026, 11, 24), date(2100, 1, 1))) == MOST
    assert days(Unit.DAY, date(2026, 11, 24), date(2100, 1, 1), every=12)[-1] <= date(2026, 11, 24) + LONGEST


@settings(max_examples=80, deadline=None)
@given(
    unit=st.sampled_from(Unit),
    every=st.integers(1, 6),
    first=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    length=st.integers(0, 500),
)
def test_two_other_libraries_work_out_the_same_dates_and_the_same_hour(unit, every, first, length):
    """Each expands our rule in the time of Riga: the same dates, and half past six on all, in summer and in winter."""
    until = first + timedelta(days=length)
    rule = Recurrence(unit, every)
    ours = [datetime.combine(day, time(18, 30), RIGA) for day in rule.days(first, until)]
    starts = datetime.combine(first, time(18, 30), RIGA)
    entry = icalendar.Event()
    entry.add("uid", "x")
    entry.add("dtstart", starts)
    entry.add("dtend", starts + timedelta(hours=2))
    entry.add("rrule", icalendar.vRecur.from_ical(rule.rule(first)))
    calendar = icalendar.Calendar()
    calendar.add("prodid", "x")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    begin, end = starts - timedelta(days=1), datetime.combine(until, time(23, 59), RIGA)

    found = recurring_ical_events.of(calendar).between(begin, end)[:MOST]
    assert sorted(event.start.astimezone(RIGA) for event in found) == ours

    calendar.add_missing_timezones()
    other = vobject.readOne(calendar.to_ical().decode()).vevent.getrruleset(addRDate=True)
    local = (
        other.between(begin.replace(tzinfo=None), end.replace(tzinfo=None), inc=True)
        if not _aware(other)
        else (other.between(begin, end, inc=True))
    )
    assert [(moment.date(), moment.time()) for moment in local[:MOST]] == [(at.date(), at.time()) for at in ours]


def _aware(rules):
    return next(iter(rules)).tzinfo is not None


@pytest.mark.parametrize(
    ("unit", "every", "first", "latvian", "english"),
    [
        (Unit.WEEKS, 1, date(2026, 11, 24), "katru nedēļu, otrdien", "every week, Tuesday"),
        (Unit.WEEKS, 2, date(2026, 11, 24), "reizi 2 nedēļās, otrdien", "every 2 weeks, Tuesday"),
        (Unit.WEEKDAY, 1, date(2026, 11, 10), "katru mēnesi, otrajā otrdienā", "every month, on the second Tuesday"),
        (Unit.WEEKDAY, 3, date(2026, 9, 30), "reizi 3 mēnešos, pēdējā trešdienā",
         "every 3 months, on the last Wednesday"),
        (Unit.DAY, 1, date(2026, 11, 15), "katru mēnesi, 15. datumā", "every month, on day 15"),
        (Unit.DAY, 2, date(2026, 1, 31), "reizi 2 mēnešos, 31. datumā", "every 2 months, on day 31"),
    ],
)  # fmt: skip
def test_rule_is_said_in_words(unit, every, first, latvian, english):
    rule = Recurrence(unit, every).rule(first, date(2027, 12, 31))
    assert rule.endswith(";UNTIL=20271231")
    assert words(rule) == latvian
    with translation.override("en"):
        assert words(rule) == english
