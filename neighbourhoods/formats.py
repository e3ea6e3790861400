"""Spreadsheet files for people here: XLSX with typed cells, and CSV as a Latvian Excel opens it by double click.

Both take a `tablib.Dataset` of plain Python values (dates, datetimes, numbers, booleans, texts, None), and both keep a
text a text: somebody's name or question must not become a formula on the coordinator's computer (CWE-1236).
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
import tablib
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.formats import base_formats
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

DATE, MOMENT = "dd.mm.yyyy", "dd.mm.yyyy hh:mm"  # as Excel writes its patterns
YES, NO = "jā", "nē"
FIRST_YEAR = 1900  # Excel knows no earlier day
WIDEST, NARROWEST = 60, 8  # of a column, in characters
MOST_BYTES = 5_000_000  # of a file to be read; a table of all streets is a hundredth of it
MOST_UNPACKED = 30_000_000  # bytes of all parts of an XLSX file
MOST_ROWS, MOST_COLUMNS = 10_000, 100  # a row or column far out costs all that are missing before it

# What begins a formula (also one of another program, and in full width), after any blanks; a tab or a line break first.
_RISKY = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
# What XML 1.0 cannot hold.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Unreadable(ValueError):
    """The file is not what its format says; the text says what to do."""


def _plain(value: Any) -> Any:
    """The value as a clerk writes it down: local time without a zone, jā or nē, text without control characters."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value).replace(tzinfo=None)
    if value is None or isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, date):  # a datetime is one, too
        return value if value.year >= FIRST_YEAR else _written(value)
    return _ILLEGAL.sub("\ufffd", str(value)).replace("\r\n", "\n").replace("\r", "\n")


def _written(value: date) -> str:
    day = f"{value.day:02}.{value.month:02}.{value.year:04}"
    return f"{day} {value:%H:%M}" if isinstance(value, datetime) else day


def is_risky(text: str) -> bool:
    """Might a spreadsheet program take this text for a formula?"""
    return _RISKY.match(text) is not None


class SafeXLSX(base_formats.XLSX):
    """Dates are dates, numbers numbers, text is text; a bold heading that stays in sight, with filter buttons.

    Rows are written one by one: what grows with them is the zipped file alone.
    """

    def export_data(self, dataset: tablib.Dataset, **kwargs) -> bytes:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet((dataset.title or "Dati")[:31])
        last = get_column_letter(max(dataset.width, 1))
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{last}{len(dataset) + 1}"
        for number, width in enumerate(_widths(dataset), 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        bold = Font(bold=True)
        headers = [_cell(sheet, header) for header in dataset.headers or []]
        for cell in headers:
            cell.font = bold
        sheet.append(headers)
        for row in dataset:
            sheet.append([_cell(sheet, value) for value in row])
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """Read the first sheet; whole numbers that Excel made of texts are texts again, empty rows are left out."""
        return _dataset(rows_of_workbook(in_stream), _typed)


def rows_of_workbook(content: bytes) -> Iterator[list[Any]]:
    """The rows of an XLSX file's first sheet, read as they are asked for. Raises Unreadable, at any of them: also when
    there are more of them, or more to unpack, than a table has."""
    _check_file(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:  # no part gives more than it says here
            unpacked = sum(part.file_size for part in package.infolist())
        _check_size(unpacked, MOST_UNPACKED)
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        yield from _bearable(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True))
    except Unreadable:
        raise
    except (zipfile.BadZipFile, OSError, KeyError, IndexError, SyntaxError, ValueError) as error:
        raise Unreadable(_("This is not an XLSX file. Save the table as “Excel workbook (*.xlsx)”.")) from error


def _typed(value: Any) -> Any:
    """A cell of somebody's table: "12" typed into Excel is a house number, midnight without a clock a day."""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date()
    return str(value) if type(value) in (int, float) else value


def _cell(sheet: Any, value: Any) -> Any:
    value = _plain(value)
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        if is_risky(value):
            cell.quotePrefix = True  # remains a text when somebody edits it
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = MOMENT if isinstance(value, datetime) else DATE
        return cell
    return value


def _widths(dataset: tablib.Dataset) -> Iterable[int]:
    """Wide enough for the heading with its button and for the first hundred values."""
    for number, header in enumerate(dataset.headers or []):
        longest = max((len(_as_csv(row[number])) for row in dataset[:100]), default=0)
        yield min(max(longest, len(header) + 3, NARROWEST), WIDEST) + 1


class LatvianCSV(base_formats.CSV):
    """UTF-8 with its mark, semicolons, decimal commas, dd.mm.yyyy, lines ended as on Windows.

    A text that might be taken for a formula gets an apostrophe in front, which `create_dataset` takes off again.
    """

    def is_binary(self) -> bool:
        """Bytes come in, so that a file in another encoding is refused in our words."""
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def export_data(self, dataset: tablib.Dataset, **kwargs) -> str:
        content = io.StringIO()
        content.write("\ufeff")
        writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
        writer.writerow([_as_csv(header) for header in dataset.headers or []])
        writer.writerows([_as_csv(value) for value in row] for row in dataset)
        return content.getvalue()

    def create_dataset(self, in_stream: str | bytes, **kwargs) -> tablib.Dataset:
        """Read a table with semicolons, commas or tabs, whichever stands most often in its first line."""
        _check_file(in_stream)
        wrong = _("This is not a CSV file in UTF-8. Save the table as “CSV UTF-8 (*.csv)”.")
        try:
            text = in_stream.decode("utf-8") if isinstance(in_stream, bytes) else in_stream
            text = text.removeprefix("\ufeff")
            first = text.partition("\n")[0]
            if "\0" in text:
                raise Unreadable(wrong)
            delimiter = max(";,\t", key=first.count)
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            return _dataset(rows, lambda value: value[1:] if value[:1] == "'" and is_risky(value[1:]) else value)
        except (UnicodeDecodeError, csv.Error) as error:
            raise Unreadable(wrong) from error


def _as_csv(value: Any) -> str:
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, date):
        return _written(value)
    if isinstance(value, str):
        return f"'{value}" if is_risky(value) else value
    return f"{Decimal(str(value)):f}".replace(".", ",")


def _check_file(content: str | bytes | None) -> None:
    if content is None:
        raise Unreadable(_("The file is no longer here. Choose it again."))
    _check_size(len(content), MOST_BYTES)


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise Unreadable(_("The file is too big. Leave only the table in it."))


def _dataset(rows: Iterable[Iterable[Any]], value: Callable[[Any], Any]) -> tablib.Dataset:
    """A dataset of the rows that hold anything; the first are the headings. Short rows are filled up with None."""
    full = ([value(cell.strip() if isinstance(cell, str) else cell) for cell in row] for row in _bearable(rows))
    filled = (row for row in full if any(cell not in (None, "") for cell in row))
    headers = ["" if header is None else str(header) for header in next(filled, [])]
    while headers and not headers[-1]:
        headers.pop()
    dataset = tablib.Dataset(headers=headers or None)
    for row in filled:
        dataset.append((row + [None] * len(headers))[: len(headers)])
    return dataset


def _bearable(rows: Iterable[Iterable[Any]]) -> Iterable[list[Any]]:
    for number, row in enumerate(rows, 1):
        _check_size(number, MOST_ROWS)
        yield list(row)[:MOST_COLUMNS]
