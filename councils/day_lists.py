"""A year's list of moved days as a table that somebody made: CSV or XLSX, with a day, whether it is worked, and why."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from councils import files
from councils.operations.settings import Day
from councils.working_days import YEARS
from neighbourhoods import formats

MOST_ROWS = 500
LARGEST_CSV = 1024 * 1024
WORKED = {"jā", "ja", "darbdiena", "strādā", "darba diena", "1", "true", "yes", "working"}
OFF = {"nē", "ne", "brīvdiena", "brīva", "svētku diena", "0", "false", "no", "off"}
HEADINGS = {"datums", "diena", "day", "date"}


class ListRefused(Exception):
    """The list cannot be read; `sentences` say where and why."""

    def __init__(self, *sentences: str):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def read(upload: Any) -> list[Day]:
    """The days of a list, in its order. Raises ListRefused with a sentence for every line that cannot be understood:
    a list is taken whole or not at all."""
    days: list[Day] = []
    wrong: list[str] = []
    seen = set()
    for line, cells in enumerate(_rows(upload), 1):
        values = list(cells)
        if not any(str(value or "").strip() for value in values):
            continue
        if line == 1 and str(values[0]).strip().lower() in HEADINGS:
            continue
        if len(days) + len(wrong) >= MOST_ROWS:
            raise ListRefused(_("The list is too long: at most %(count)d days are taken.") % {"count": MOST_ROWS})
        try:
            said = _day(line, values)
        except ValueError as error:
            wrong.append(_("Line %(line)d: %(why)s") % {"line": line, "why": error})
            continue
        if said.day in seen:
            wrong.append(_("Line %(line)d: %(why)s") % {"line": line, "why": _("this day is listed twice.")})
        seen.add(said.day)
        days.append(said)
    if wrong:
        raise ListRefused(*wrong[:20])
    if not days:
        raise ListRefused(_("There is no day in this list."))
    return days


def _day(line: int, values: list[Any]) -> Day:
    day, worked, note = [*values, None, None, None][:3]
    return Day(_as_date(day), _as_worked(worked), str(note or "").strip()[:300], line)


def _as_date(value: Any) -> date:
    found: date | None = None
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    else:
        text = str(value or "").strip().rstrip(".")
        for pattern, order in (
            (r"(\d{4})-(\d\d?)-(\d\d?)", (0, 1, 2)),
            (r"(\d\d?)\.\s?(\d\d?)\.\s?(\d{4})", (2, 1, 0)),
        ):
            if parts := re.fullmatch(pattern, text):
                try:
                    found = date(*(int(parts.groups()[n]) for n in order))
                except ValueError:
                    break
    if found is None:
        raise ValueError(_("write the day as 02.05.2026."))
    if found.year not in YEARS:
        span = {"first": YEARS[0], "last": YEARS[-1]}
        raise ValueError(_("the year must be between %(first)d and %(last)d.") % span)
    return found


def _as_worked(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str("" if value is None else value).strip().lower()
    if text in WORKED:
        return True
    if text in OFF:
        return False
    raise ValueError(_("write “darbdiena” or “brīvdiena” in the second column."))


def _rows(upload: Any) -> Iterator[list[Any]]:
    if str(upload.name).lower().endswith(".xlsx"):
        return _rows_of_workbook(upload)
    return _rows_of_text(upload)


def _rows_of_workbook(upload: Any) -> Iterator[list[Any]]:
    try:
        content = files.examine(upload, ("xlsx",)).content
    except files.FileRefused as refusal:
        raise ListRefused(str(refusal)) from refusal
    try:
        return iter([row[:3] for row in formats.rows_of_workbook(content)])
    except formats.Unreadable as error:
        raise ListRefused(str(error)) from error
    except Exception as error:  # openpyxl raises what it likes over a broken workbook
        raise ListRefused(str(files.BROKEN)) from error


def _rows_of_text(upload: Any) -> Iterator[list[Any]]:
    if upload.size > LARGEST_CSV:
        raise ListRefused(_("The file is too big: at most %(limit)d MB are taken.") % {"limit": 1})
    content = upload.read()
    for encoding in ("utf-8-sig", "cp1257"):  # what Excel in Latvian writes
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ListRefused(str(files.BROKEN))
    if "\0" in text:
        raise ListRefused(_("Choose a file of one of these kinds: %(kinds)s.") % {"kinds": "CSV, XLSX"})
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        return iter(list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)))
    except csv.Error as error:
        raise ListRefused(str(files.BROKEN)) from error
