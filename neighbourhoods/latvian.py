"""The Latvian language: the order of words, search by word stems, dates as people say them, and its mark elsewhere.

The date functions answer in the active language (Latvian, or English where the visitor chose it). They take dates and
datetimes alike; an aware datetime is shown as the clock on the wall shows it (`TIME_ZONE`). `today` decides about the
year: it is said when it is another year than that of `today`, and left out when no `today` is given.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache
from typing import overload

from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

NBSP = "\N{NO-BREAK SPACE}"

# --- The order of words -----------------------------------------------------------------------------------------------

# Symbols and marks in the order that ICU gives them; a letter that is not here takes the place of its base letter.
_SYMBOLS = " _-‐–—,;:!¡?¿.·'‘’‚\"“”„«»()[]{}§¶@*/\\&#%`^°©®+±÷×<=>|~¤¢$£¥€"
_LETTERS = "abcčdefgģhijkķlļmnņopqrŗsštuvwxzž"
_MARKS = "\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0338\u0327\u0328\u0304\u0326"
_SPELLED = {
    "ß": "ss",
    "æ": "a\u0335e",
    "œ": "o\u0335e",
    "ø": "o\u0338",
    "ł": "l\u0338",
    "đ": "d\u0338",
    "й": "й",  # a letter of its own, although Unicode takes it apart
}

_OTHER_SYMBOLS = 1_000
_DIGITS = 2_000_000  # above any code point: a symbol that is not listed still stands before the digits
_OWN_LETTERS = 2_001_000
_OTHER_LETTERS = 2_002_000

_PLACES = {char: place for place, char in enumerate(_SYMBOLS)}
_PLACES |= {char: _DIGITS + place for place, char in enumerate("0123456789")}
_PLACES |= {char: _OWN_LETTERS + place for place, char in enumerate(_LETTERS)}
_PLACES["y"] = _PLACES["i"]
_NO_MARK, _Y_AFTER_I, _FIRST_MARK = range(3)
_MARK_WEIGHTS = {mark: weight for weight, mark in enumerate(_MARKS, start=_FIRST_MARK)}
_OTHER_MARK = _FIRST_MARK + len(_MARKS)

SortKey = tuple[tuple[int, ...], tuple[int, ...], tuple[bool, ...], str]


@lru_cache(maxsize=16_384)
def sort_key(text: str) -> SortKey:
    """Give the key that puts texts into the order of ICU's `lv`, which PostgreSQL uses.

    č ģ ķ ļ ņ ŗ š ž are letters of their own; ā ē ī ō ū stand with the plain vowel and y with i, and only break a tie;
    a capital breaks the next tie. Texts that differ at all never compare as equal.
    """
    places, marks, capitals = [], [], []
    for char in unicodedata.normalize("NFKC", text):
        small = char.lower()
        spelled = small if small in _PLACES else _SPELLED.get(small) or unicodedata.normalize("NFD", small)
        for part in spelled:
            if unicodedata.combining(part):
                marks.append(_MARK_WEIGHTS.get(part, _OTHER_MARK))
                capitals.append(False)
            else:
                places.append(_place(part))
                marks.append(_Y_AFTER_I if part == "y" else _NO_MARK)
                capitals.append(char != small)
    return tuple(places), tuple(marks), tuple(capitals), text


def _place(char: str) -> int:
    if char in _PLACES:
        return _PLACES[char]
    return (_OTHER_LETTERS if char.isalpha() else _OTHER_SYMBOLS) + ord(char)


def compare(a: str, b: str) -> int:
    """Return -1, 0 or 1 as `a` stands before, at or after `b` in a Latvian list."""
    if a == b:
        return 0
    return -1 if sort_key(a) < sort_key(b) else 1


def register_collation(connection: sqlite3.Connection) -> None:
    """Teach one SQLite connection the collation `lv`, so that `Collate("name", "lv")` works as on PostgreSQL."""
    connection.create_collation("lv", compare)


# --- Search -----------------------------------------------------------------------------------------------------------

# Case endings of nouns and adjectives without their diacritics, longest first. They are taken off the folded word, so
# that a query typed without diacritics and a text written with them lose the same letters.
_ENDINGS: tuple[str, ...] = ("iem", "ais", "ai", "am", "as", "ei", "em", "es", "ie", "ij", "im", "is", "os", "um", "us")
_ENDINGS += ("a", "e", "i", "o", "s", "u")
_SOFTENED = {"d": "z", "t": "s"}  # sēde, sēžu; biete, biešu
_HARD = {soft: hard for hard, soft in _SOFTENED.items()}
_MAX_TERMS = 10

_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Take off capitals and diacritics: "Ķekavā" becomes "kekava"."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def stem(word: str) -> str:
    """Give the folded stem that all cases of a noun or adjective share: "sēde", "sēžu" and "sezu" are all "sez".

    It serves search, not grammar: two words may share a stem, and a verb keeps some of its endings.
    """
    base = _without_ending(fold(word))
    return base[:-1] + _SOFTENED.get(base[-1:], base[-1:])


def search_text(*parts: str) -> str:
    """Give what a `search_text` column holds: each stem once, between spaces.

    A stem that may hide a softened consonant stands in both shapes (" sez sed "), so that the beginning of a word
    finds it too, whatever case the text uses.
    """
    stems = []
    for word in _words(*parts):
        found = stem(word)
        stems.append(found)
        if found[-1] in _HARD:
            stems.append(found[:-1] + _HARD[found[-1]])
    return f" {' '.join(dict.fromkeys(stems))} " if stems else ""


def search_terms(query: str) -> list[str]:
    """Give what `search_text` must contain, term by term, for a row to match `query`.

    Each term starts with a space and so matches where a word begins: "rama" finds Rāmava. Words beyond the tenth are
    ignored, which bounds the SQL that a visitor can cause. An empty list means that nothing can be searched for.
    """
    terms = [f" {_without_ending(word)}" for word in _words(query)]
    return list(dict.fromkeys(terms))[:_MAX_TERMS]


def _words(*parts: str) -> list[str]:
    return [word for part in parts for word in _WORD.findall(fold(part))]


def _without_ending(word: str) -> str:
    """Take the ending off a folded word. Two letters remain at least; a word with digits stays as it is."""
    if not word.isalpha():
        return word
    base = next((word.removesuffix(e) for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 2), word)
    if base.endswith("aj") and len(base) >= 5:  # jaun-aj-ā; and iedzīvot-āj-s, which looks the same without diacritics
        return base[:-2]
    if base.endswith(("bj", "mj", "pj", "vj")) and len(base) >= 3:  # padome, padomju; zivs, zivju
        return base[:-1]
    return base


# --- Numerals ---------------------------------------------------------------------------------------------------------


def plural(n: int, *, zero: str, one: str, other: str) -> str:
    """Choose the Latvian form that follows `n`: `one` for 1, 21, 101; `zero` for 0, 10-20, 30, 111; else `other`."""
    n = abs(n)
    if n % 10 == 0 or 11 <= n % 100 <= 19:
        return zero
    return one if n % 10 == 1 else other


# --- Dates ------------------------------------------------------------------------------------------------------------

_MONTHS = (
    # what; of what; until what; when; on a small calendar leaf
    ("janvāris", "janvāra", "janvārim", "janvārī", "janv."),
    ("februāris", "februāra", "februārim", "februārī", "febr."),
    ("marts", "marta", "martam", "martā", "marts"),
    ("aprīlis", "aprīļa", "aprīlim", "aprīlī", "apr."),
    ("maijs", "maija", "maijam", "maijā", "maijs"),
    ("jūnijs", "jūnija", "jūnijam", "jūnijā", "jūn."),
    ("jūlijs", "jūlija", "jūlijam", "jūlijā", "jūl."),
    ("augusts", "augusta", "augustam", "augustā", "aug."),
    ("septembris", "septembra", "septembrim", "septembrī", "sept."),
    ("oktobris", "oktobra", "oktobrim", "oktobrī", "okt."),
    ("novembris", "novembra", "novembrim", "novembrī", "nov."),
    ("decembris", "decembra", "decembrim", "decembrī", "dec."),
)
_NOMINATIVE, _GENITIVE, _DATIVE, _LOCATIVE, _SHORT = range(5)

_WEEKDAYS = ("pirmdien", "otrdien", "trešdien", "ceturtdien", "piektdien", "sestdien", "svētdien")

_ENGLISH_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June", "July")
_ENGLISH_MONTHS += ("August", "September", "October", "November", "December")
_ENGLISH_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

EVERY_YEAR = date.min  # as `today`: no year is this one, so each is said
_RANGE = re.compile(r"(?<=[\d.])–(?=\d)")


def when(moment: date, today: date | None = None) -> str:
    """Say "trešdien, 25. novembrī, plkst. 18.30"; a date without a clock ends after the month."""
    words = f"{weekday(moment)}, {day(moment, today)}"
    return f"{words}, {at(moment)}" if isinstance(moment, datetime) else words


def span(start: date, end: date | None, today: date | None = None) -> str:
    """Say "trešdien, 25. novembrī, plkst. 18.30–20.00", for dates "14.–20. janvārī".

    Over several days both ends are written in full. Without an end, or with the same one, it is `when(start)`.
    """
    if end is None or end == start:
        return when(start, today)
    first, last = as_local(start), as_local(end)
    if today is None and first.year != last.year:
        today = EVERY_YEAR
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return _days(first, last, today)
    if first.date() == last.date():
        return f"{when(first, today)}–{clock(last)}"
    return f"{when(first, today)} – {when(last, today)}"


def unbroken(text: str) -> str:
    """Keep "18.30–20.00" on one line: without a word joiner a page or mail may break it after the dash."""
    return _RANGE.sub("–\N{WORD JOINER}", text)


def day(moment: date, today: date | None = None) -> str:
    """Say when: "25. novembrī"."""
    return _day(moment, _LOCATIVE, today)


def day_nominative(moment: date, today: date | None = None) -> str:
    """Name the day: "25. novembris"."""
    return _day(moment, _NOMINATIVE, today)


def day_genitive(moment: date, today: date | None = None) -> str:
    """Say the day as it stands after "no" and "kopš": "25. novembra"."""
    return _day(moment, _GENITIVE, today)


def until(moment: date, today: date | None = None) -> str:
    """Say until when something lasts: "līdz 4. decembrim"."""
    return f"{'until' if _in_english() else 'līdz'} {_day(moment, _DATIVE, today)}"


def by(moment: date, today: date | None = None) -> str:
    """Say by when something is to be done: "līdz 4. decembrim", in English another word than that of `until`."""
    return f"{'by' if _in_english() else 'līdz'} {_day(moment, _DATIVE, today)}"


def full_day(moment: date, today: date | None = None) -> str:
    """Name the day within a sentence: "pirmdiena, 23. novembris"."""
    return f"{weekday(moment)}{'' if _in_english() else 'a'}, {day_nominative(moment, today)}"


def heading_day(moment: date, today: date | None = None) -> str:
    """Name the day in a heading: "Pirmdiena, 23. novembris"."""
    return f"{heading_weekday(moment)}, {day_nominative(moment, today)}"


def heading_weekday(moment: date) -> str:
    """Name the day of the week in a heading: "Pirmdiena"."""
    return weekday(moment) if _in_english() else f"{weekday(moment).capitalize()}a"


def heading_month(moment: date) -> str:
    """Name the month in a heading: "2026. gada novembris"."""
    local = as_local(moment)
    if _in_english():
        return f"{_ENGLISH_MONTHS[local.month - 1]} {local.year}"
    return f"{local.year}.{NBSP}gada {_MONTHS[local.month - 1][_NOMINATIVE]}"


def weekday(moment: date) -> str:
    """Say on which day of the week: "trešdien"."""
    return (_ENGLISH_WEEKDAYS if _in_english() else _WEEKDAYS)[as_local(moment).weekday()]


def weekday_at(moment: datetime) -> str:
    """Say "trešdien, plkst. 18.30", beside a calendar leaf that has the day."""
    local = as_local(moment)
    return f"{weekday(local.date())}, {at(local.time())}"


def short_month(moment: date) -> str:
    """Shorten the month for the calendar leaf beside an event: "nov."."""
    month = as_local(moment).month - 1
    return _ENGLISH_MONTHS[month][:3] if _in_english() else _MONTHS[month][_SHORT]


def number_date(moment: date) -> str:
    """Write the date as tables have it: "25.11.2026."."""
    return as_local(moment).strftime("%d/%m/%Y" if _in_english() else "%d.%m.%Y.")


def clock(moment: datetime | time) -> str:
    """Write the bare clock: "18.30"."""
    local = as_local(moment) if isinstance(moment, datetime) else moment
    return local.strftime("%H:%M" if _in_english() else "%H.%M")


def at(moment: datetime | time) -> str:
    """Say at what time: "plkst. 18.30", in English the bare clock."""
    return clock(moment) if _in_english() else f"plkst.{NBSP}{clock(moment)}"


def relative_days(n: int) -> str:
    """Say how far off a day is that lies `n` days ahead; one that has passed is overdue: "kavējas 3 dienas"."""
    if _in_english():
        days = "1 day" if abs(n) == 1 else f"{abs(n)} days"
        return {0: "today", 1: "tomorrow"}.get(n) or (f"in {days}" if n > 0 else f"{days} late")
    if n > 1:
        return f"pēc {n} {plural(n, zero='dienām', one='dienas', other='dienām')}"
    if n < 0:
        return f"kavējas {-n} {plural(n, zero='dienu', one='dienu', other='dienas')}"
    return "rīt" if n else "šodien"


def _days(first: date, last: date, today: date | None) -> str:
    if (first.year, first.month) == (last.year, last.month):
        return _day(last, _LOCATIVE, today, since=first.day)
    if _in_english():
        return f"{day(first, today)} – {day(last, today)}"
    return f"no {_day(first, _GENITIVE, today)} {until(last, today)}"


def _day(moment: date, case: int, today: date | None, since: int | None = None) -> str:
    """Give day and month in a case; `since` is the first day of a span that ends on this day of the same month."""
    local = as_local(moment)
    says_year = today is not None and as_local(today).year != local.year
    if _in_english():
        days = f"{since}–{local.day}" if since else f"{local.day}"
        return f"{days}{NBSP}{_ENGLISH_MONTHS[local.month - 1]}{f' {local.year}' if says_year else ''}"
    days = f"{since}.–{local.day}." if since else f"{local.day}."
    return f"{f'{local.year}.{NBSP}gada ' if says_year else ''}{days}{NBSP}{_MONTHS[local.month - 1][case]}"


@overload
def as_local(moment: datetime) -> datetime: ...
@overload
def as_local(moment: date) -> date: ...
def as_local(moment):
    """Move an aware datetime to the zone of the clock on the wall; anything else stays."""
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment


def _in_english() -> bool:
    return (get_language() or "lv").startswith("en")


# --- Latvian on a page of another language ----------------------------------------------------------------------------


def is_spoken() -> bool:
    """Whether the page or mail that is being written is Latvian, so that Latvian words in it need no mark."""
    return not _in_english()


def written(text: str) -> str:
    """Say of what people wrote that it is Latvian, where the page is not (WCAG 3.1.2)."""
    return text if is_spoken() or not text else format_html('<span lang="lv">{}</span>', text)


def written_in(text: str, parts: Iterable[str]) -> str:
    """Say it of `parts` of a sentence of ours; a part that stands in a longer one is marked with it, once."""
    longest_first = sorted({str(escape(part)) for part in parts if part}, key=lambda part: (-len(part), part))
    if is_spoken() or not longest_first:
        return text
    found = re.compile(rf"(?<![\w&#])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return SafeString(found.sub(r'<span lang="lv">\g<0></span>', conditional_escape(text)))
