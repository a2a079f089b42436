"""A spreadsheet back: the record's HTCDS fields in the order and under the labels of the official form.

Every Core field has its column, and reading the file again gives the same values. A text that begins like a
formula stays a text: its cell is typed as one and carries the mark with which spreadsheet programs keep it so
when the cell is edited (CWE-1236). What HTCDS has no field for (risk, safe contact, needs) is not in it.

There is no plain export of a record: the bytes made here leave sealed to a recipient (see `sealed`). Nor is
there a file: openpyxl writes every sheet in clear into a file of its own in /tmp, here it writes to memory.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from referral.htcds.cells import write
from referral.htcds.mapping import COLUMNS
from referral.record.field import NO_ANSWERS
from referral.record.fields import BY_NAME, Value
from secure_exchange import age


__all__ = ["sealed", "spreadsheet", "table"]

DAY = "yyyy-mm-dd"


def sealed(records: Iterable[Mapping[str, Value]], recipient: age.Recipient) -> bytes:
    """Give the spreadsheet of these records as an age file that only the recipient's identity opens."""
    return age.encrypt_bytes(spreadsheet(records), [recipient])


def spreadsheet(records: Iterable[Mapping[str, Value]]) -> bytes:
    """Give an .xlsx with one row a record; values by field name, those outside HTCDS left out."""
    book, sheet = _new()
    sheet.row_dimensions[1].hidden = True  # as in the form: people read the second row
    sheet.append([None, *(_text(sheet, name) for name, _ in COLUMNS)])
    sheet.append([None, *(_text(sheet, label, bold=True) for _, label in COLUMNS)])
    for number, record in enumerate(records, start=1):
        answered = {name: value for name, value in record.items() if not _left_open(value)}
        cells = [_cell(sheet, name, answered[name]) if name in answered else None for name, _ in COLUMNS]
        sheet.append([number, *cells])
    return _bytes(book)


def _left_open(value: Value) -> bool:
    """Say whether a value stands for no answer, which the standard's form shows as an empty cell."""
    return isinstance(value, str) and value in NO_ANSWERS


def table(headings: Iterable[str], rows: Iterable[Iterable[str | int]]) -> bytes:
    """Give an .xlsx of plain texts and numbers, such as the report of refused rows."""
    book, sheet = _new()
    sheet.append([_text(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([_text(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    return _bytes(book)


def _new() -> tuple[openpyxl.Workbook, WriteOnlyWorksheet]:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet._writer = WorksheetWriter(sheet, io.BytesIO())  # noqa: SLF001 - else it makes a file in /tmp
    sheet._writer.write_top()  # noqa: SLF001 - as openpyxl does after making its own
    return book, sheet


class _InMemory(ExcelWriter):  # type: ignore[misc]  # openpyxl ships no types
    """Takes the sheet, which has neither drawings nor comments, from memory instead of from a file."""

    def write_worksheet(self, ws: WriteOnlyWorksheet) -> None:
        ws._drawing = SpreadsheetDrawing()  # noqa: SLF001 - the base class looks into it
        ws.close()
        self._archive.writestr(ws.path[1:], ws._writer.out.getvalue())  # noqa: SLF001 - made in `_new`
        self.manifest.append(ws)


def _bytes(book: openpyxl.Workbook) -> bytes:
    book.properties.creator = ""
    target = io.BytesIO()
    _InMemory(book, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)).save()
    return target.getvalue()


def _cell(sheet: WriteOnlyWorksheet, name: str, value: Value) -> WriteOnlyCell:
    content = write(BY_NAME[name], value)
    if isinstance(content, str):
        return _text(sheet, content)
    cell = WriteOnlyCell(sheet, value=content)
    if isinstance(content, date):
        cell.number_format = DAY
    return cell


def _text(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # openpyxl took a text that begins with "=" for a formula
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@"}
    if bold:
        cell.font = Font(bold=True)
    return cell
