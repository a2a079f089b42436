"""A spreadsheet in: rows of plain cells from an .xlsx file, strictly and in bounded time and memory.

Reads ECMA-376 workbooks through openpyxl in read-only mode, over defusedxml, behind the limits of `archive`.
Only the first visible sheet is read. A formula is never computed and its stored result never believed: the
cell says that it holds one, and its row is refused. Links to other files are not followed.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import openpyxl
from openpyxl.worksheet._reader import WorkSheetParser

from referral.htcds import archive
from referral.htcds.refusals import TooManyRows, Unreadable
from secure_exchange.errors import Refused


__all__ = ["MOST_COLUMNS", "Cell", "Fault", "Row", "Sheet", "read"]

MOST_COLUMNS = 256
LONGEST_CELL = 32_767  # what a spreadsheet program can hold in one cell
FAULTY = {"f": "formula", "e": "error"}

Cell = str | int | float | bool | date | datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands in a cell that has no value that could be used: `formula`, `error`, `too-long`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet program shows it, and its filled cells by column from 1."""

    number: int
    cells: dict[int, Cell | Fault]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The filled rows of the sheet, in order, and whether its days count from 1904 (old Mac files)."""

    rows: list[Row]
    from_1904: bool


def read(data: bytes, *, max_rows: int) -> Sheet:
    """Read the first visible sheet; raises a Refused when the file is none, harmful, or has more rows.

    A row that holds nothing but a number in its first column is empty: the form has a thousand of them.
    """
    archive.check(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that are not read
            return _read(data, max_rows)
    except (Refused, MemoryError):
        raise
    except Exception as fault:  # whatever hostile bytes make the parser raise, one answer leaves here
        raise Unreadable(type(fault).__name__) from fault


def _read(data: bytes, max_rows: int) -> Sheet:
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False, keep_vba=False)
    try:
        visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise Unreadable("no visible sheet")
        rows: list[Row] = []
        for row in _rows(workbook, visible[0]):
            rows.append(row)
            if len(rows) > max_rows:
                raise TooManyRows
        return Sheet(rows, from_1904=workbook.epoch.year == 1904)
    finally:
        workbook.close()


class _Cells(WorkSheetParser):  # type: ignore[misc]
    """openpyxl's parser, but a formula is not looked into: taking one apart can take as long as it likes."""

    def parse_formula(self, element: Any) -> str:
        """Say only that there is one."""
        return "="


def _rows(workbook: Any, sheet: Any) -> Iterator[Row]:
    # The sheet's own iterator makes up every missing row, so one cell in row 99,999,999 would never end.
    with sheet._get_source() as source:  # noqa: SLF001
        parser = _Cells(
            source,
            sheet._shared_strings,  # noqa: SLF001
            epoch=workbook.epoch,
            date_formats=workbook._date_formats,  # noqa: SLF001
            timedelta_formats=workbook._timedelta_formats,  # noqa: SLF001
        )
        for number, cells in parser.parse():
            filled = {}
            for cell in cells:
                if cell["column"] <= MOST_COLUMNS and (value := _value(cell)) is not None:
                    filled[cell["column"]] = value
            if set(filled) - {1} or isinstance(filled.get(1), str):
                yield Row(number, filled)


def _value(cell: dict[str, Any]) -> Cell | Fault | None:
    kind, value = cell["data_type"], cell["value"]
    if kind in FAULTY:
        return Fault(FAULTY[kind])
    if isinstance(value, str):
        if len(value) > LONGEST_CELL:
            return Fault("too-long")
        return value if value.strip() else None
    if isinstance(value, time):  # a moment of the day without a day: its field refuses it, in words
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return Fault("error")
