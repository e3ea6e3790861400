"""Filters of every page: dates as people say them, and numbers. They are builtins, so no template loads them.

A template is part of its view, so the filters may read the clock: a year is said when it is not this year. Where the
page has its own day, it goes in as the argument: `{{ event.starts_at|when:today }}`.
An empty value gives an empty text, except for `number`, where a missing figure is a dash.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from neighbourhoods import latvian

register = template.Library()


@register.filter
def when(value: date | None, today: date | None = None) -> str:
    """Say "trešdien, 25. novembrī, plkst. 18.30"."""
    return latvian.when(value, today or timezone.localdate()) if value else ""


@register.filter
def span(start: date | None, end: date | None) -> str:
    """Say "trešdien, 25. novembrī, plkst. 18.30–20.00": `{{ event.starts_at|span:event.ends_at }}`."""
    return latvian.unbroken(latvian.span(start, end or None, timezone.localdate())) if start else ""


@register.filter(is_safe=True)
def unbroken(text: str) -> str:
    """Keep times such as "18.30–20.00" in a text on one line."""
    return latvian.unbroken(text)


@register.filter
def day(value: date | None, today: date | None = None) -> str:
    """Say when: "25. novembrī"."""
    return latvian.day(value, today or timezone.localdate()) if value else ""


@register.filter
def day_nominative(value: date | None, today: date | None = None) -> str:
    """Name the day: "25. novembris"."""
    return latvian.day_nominative(value, today or timezone.localdate()) if value else ""


@register.filter
def day_genitive(value: date | None, today: date | None = None) -> str:
    """Say the day as it stands after "no" and "kopš": "25. novembra"."""
    return latvian.day_genitive(value, today or timezone.localdate()) if value else ""


@register.filter
def until(value: date | None, today: date | None = None) -> str:
    """Say until when something lasts: "līdz 4. decembrim"."""
    return latvian.until(value, today or timezone.localdate()) if value else ""


@register.filter
def by(value: date | None, today: date | None = None) -> str:
    """Say by when something is to be done: "līdz 4. decembrim", in English "by 4 December"."""
    return latvian.by(value, today or timezone.localdate()) if value else ""


@register.filter
def full_day(value: date | None, today: date | None = None) -> str:
    """Name the day within a sentence: "pirmdiena, 23. novembris"."""
    return latvian.full_day(value, today or timezone.localdate()) if value else ""


@register.filter
def heading_day(value: date | None, today: date | None = None) -> str:
    """Name the day in a heading: "Pirmdiena, 23. novembris"."""
    return latvian.heading_day(value, today or timezone.localdate()) if value else ""


@register.filter
def heading_month(value: date | None) -> str:
    """Name the month in a heading: "2026. gada novembris"."""
    return latvian.heading_month(value) if value else ""


@register.filter
def weekday(value: date | None) -> str:
    """Say on which day of the week: "trešdien"."""
    return latvian.weekday(value) if value else ""


@register.filter
def weekday_at(value: datetime | None) -> str:
    """Say "trešdien, plkst. 18.30"."""
    return latvian.weekday_at(value) if value else ""


@register.filter
def day_number(value: date | None) -> str:
    """Give the day of the month where we live: "25". (`{{ event.starts_at.day }}` would be the day in UTC.)"""
    return str(latvian.as_local(value).day) if value else ""


@register.filter
def short_month(value: date | None) -> str:
    """Shorten the month where little room is: "nov."."""
    return latvian.short_month(value) if value else ""


@register.filter
def number_date(value: date | None) -> str:
    """Write the date as tables have it: "25.11.2026."."""
    return latvian.number_date(value) if value else ""


@register.filter
def clock(value: datetime | time | None) -> str:
    """Write the bare clock: "18.30"."""
    return latvian.clock(value) if value else ""


@register.filter
def at(value: datetime | time | None) -> str:
    """Say at what time: "plkst. 18.30"."""
    return latvian.at(value) if value else ""


@register.filter
def iso(value: date | None) -> str:
    """Write the value for `<time datetime="…">`: "2026-11-25T18:30+02:00", a date as "2026-11-25"."""
    if not value:
        return ""
    local = latvian.as_local(value)
    return local.isoformat(timespec="minutes") if isinstance(local, datetime) else local.isoformat()


@register.filter
def relative_days(value: date | int | None, today: date | None = None) -> str:
    """Say how far off a day, or a number of days, is: "rīt", "pēc 7 dienām", "kavējas 3 dienas"."""
    if value in (None, ""):
        return ""
    if not isinstance(value, date):
        return latvian.relative_days(int(value))
    return latvian.relative_days((_date(value) - _date(today or timezone.localdate())).days)


@register.filter
def number(value: int | float | Decimal | None, places: int | None = None) -> str:
    """Write "1 904" or "12,5" ("1,904", "12.5" in English), rounded half up to `places`; a missing figure is "—"."""
    if value in (None, ""):
        return "—"
    exact = Decimal(str(value))
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    english = f"{exact:,f}"
    if (get_language() or "lv").startswith("en"):
        return english
    return english.replace(",", latvian.NBSP).replace(".", ",")


@register.filter
def lv(value: str, parts: Iterable[str] | None = None) -> str:
    """Say of what people wrote that it is Latvian, on a page that is not: `{{ event.title|lv }}`.

    With `parts`, only of these in a sentence of ours: `{{ sentence|lv:titles }}`. It gives an element: it is not for
    <title>, <option> and attributes, which may hold none.
    """
    return latvian.written(value) if parts is None else latvian.written_in(value, parts)


@register.simple_tag(name="lv")
def lv_attribute() -> SafeString:
    """The same of a whole element, where paragraphs stand in it: `<div class="kp-prose"{% lv %}>`."""
    return SafeString("" if latvian.is_spoken() else ' lang="lv"')


def _date(moment: date) -> date:
    local = latvian.as_local(moment)
    return local.date() if isinstance(local, datetime) else local
