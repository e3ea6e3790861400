"""Tables that come in: files that are small on the way and enormous when they are read."""

import io
import zipfile

import openpyxl
import pytest

from neighbourhoods import formats
from neighbourhoods.formats import LatvianCSV, SafeXLSX, Unreadable

HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def workbook(rows):
    """An XLSX file whose only sheet holds these elements."""
    book, made = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(book)
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            is_sheet = part.filename.endswith("sheet1.xml")
            target.writestr(part.filename, HEAD + rows + TAIL if is_sheet else source.read(part))
    return made.getvalue()


def cell(address, text):
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1">{cell("A1", "Iela")}</row><row r="3000000000">{cell("A3000000000", "x")}</row>',
        f"<row>{cell('A1', 'x')}</row>" * (formats.MOST_ROWS + 1),
        f'<row r="1">{cell("A1", "x" * (formats.MOST_UNPACKED + 1))}</row>',
    ],
    ids=["a row far below", "more rows than a table has", "a text that unpacks to far too much"],
)
def test_a_workbook_that_grows_when_it_is_read_is_refused(rows):
    content = workbook(rows)
    assert len(content) < 100_000
    with pytest.raises(Unreadable, match="pārāk liels"):
        SafeXLSX().create_dataset(content)


def test_of_a_workbook_only_as_many_columns_are_read_as_tables_have():
    rows = "".join(f'<row r="{n}">{cell(f"A{n}", "Iela")}{cell(f"XFD{n}", "x")}</row>' for n in range(1, 500))
    dataset = SafeXLSX().create_dataset(workbook(rows))
    assert (dataset.headers, len(dataset)) == (["Iela"], 498)


def test_a_csv_file_with_more_rows_than_a_table_has_is_refused():
    with pytest.raises(Unreadable, match="pārāk liels"):
        LatvianCSV().create_dataset(b"Iela\n" + b"x\n" * formats.MOST_ROWS)


def test_short_rows_of_a_csv_file_are_not_filled_up_to_a_heading_without_end():
    dataset = LatvianCSV().create_dataset(b"Iela" + b";x" * 1_000_000 + b"\nx" * 1000)
    assert (dataset.width, len(dataset)) == (formats.MOST_COLUMNS, 1000)
