"""One cell to one value of a field, and back. What cannot be read as it stands is refused, never guessed.

A list is written with semicolons. Names of choices and countries are compared without case, accents, spaces
and punctuation, and must then be equal: nothing is matched by likeness.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time
from functools import lru_cache

import phonenumbers
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from referral.htcds.reading import Cell, Fault
from referral.record import world
from referral.record.field import NOT_IN_LIST
from referral.record.fields import BY_NAME, Field, Kind, NotAccepted, Value, clean


__all__ = ["YearAlone", "key", "parse", "write"]


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django."""
    return text


class YearAlone(NotAccepted):
    """Somebody typed a year where a date belongs; of a date of birth that still says something."""

    def __init__(self, year: int) -> None:
        super().__init__(gettext_noop("This is a year, not a date. Write the whole date, or leave it out."))
        self.year = year


FAULTS = {
    "formula": gettext_noop("This cell holds a formula. Replace it by its result."),
    "error": gettext_noop("This cell shows an error instead of a value. Correct it."),
    "too-long": gettext_noop("This cell holds more than fits. Shorten it."),
}
NOT_A_DATE = gettext_noop("This is not a date. Write it as 2001-12-31 or 31.12.2001.")
YES = frozenset({"yes", "true", "1", "da", "si", "sim"})
NO = frozenset({"no", "false", "0", "nu", "nao"})
UNKNOWN = frozenset({"unknown", "idonotknow", "idontknow", "notknown"})
DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
ISO_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ]00:00(:00)?(\.0+)?)?")
LAST_DAY_NUMBER = 80_000  # in the year 2119, counted from 1900
YEARS = range(1900, 2101)


def key(text: str) -> str:
    """Reduce a text to the letters and figures that names are compared by."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if letter.isalnum())


def parse(field: Field, cell: Cell | Fault | None, *, from_1904: bool = False) -> Value | None:
    """Give the value of a cell, None for an empty one; raises NotAccepted when the field does not take it."""
    if isinstance(cell, Fault):
        raise NotAccepted(FAULTS[cell.kind])
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, float) and not math.isfinite(cell):
        raise NotAccepted(FAULTS["error"])
    if field.kind is Kind.DATE:
        return clean(field, _day(cell, from_1904=from_1904))
    if field.kind is Kind.NUMBER and isinstance(cell, int | float) and not isinstance(cell, bool):
        return clean(field, int(cell) if cell == int(cell) else cell)
    return clean(field, _words(field, _text(cell)))


def _words(field: Field, text: str) -> str | list[str]:
    if field.kind is Kind.PHONE:
        return _phone(text)
    if field.kind is Kind.YES_NO_UNKNOWN:
        return _yes_or_no(text)
    if field.many:
        return _several(field, text)
    return _one(field, text) if field.options else text


def write(field: Field, value: Value) -> Cell:
    """Give what a cell must hold so that `parse` gives this value again."""
    if isinstance(value, list):
        return "; ".join(value)
    if field.kind is Kind.DATE and isinstance(value, str):
        return date.fromisoformat(value)
    if field.kind is Kind.YES_NO_UNKNOWN:
        return {"yes": True, "no": False}.get(str(value), "Unknown")
    return value


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return str(cell).replace("_x000D_", "")  # how spreadsheet programs store a carriage return


def _day(cell: Cell, *, from_1904: bool) -> str:
    if isinstance(cell, datetime):
        if cell.time() != time(0):
            raise NotAccepted(gettext_noop("This date has a time of day. Write the date alone."))
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        raise NotAccepted(NOT_A_DATE)
    if isinstance(cell, int | float):
        return _day_of_number(cell, from_1904=from_1904)
    return _day_of_text(cell.strip())


def _day_of_number(number: float, *, from_1904: bool) -> str:
    if number in YEARS:
        # Read as a day it would lie in 1905: somebody typed the year alone.
        raise YearAlone(int(number))
    if number != int(number) or not 1 <= number <= LAST_DAY_NUMBER:
        raise NotAccepted(NOT_A_DATE)
    day = from_excel(int(number), CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900)
    return str(day.date().isoformat())


def _day_of_text(text: str) -> str:
    if iso := ISO_DAY.fullmatch(text):
        return iso[1]
    if parts := DAY_MONTH_YEAR.fullmatch(text):
        try:
            return date(int(parts[3]), int(parts[2]), int(parts[1])).isoformat()
        except ValueError:
            raise NotAccepted(NOT_A_DATE) from None
    if re.fullmatch("[0-9]{4}", text) and int(text) in YEARS:
        raise YearAlone(int(text))
    raise NotAccepted(NOT_A_DATE)


def _phone(text: str) -> str:
    """Put back the plus that spreadsheet programs drop, if the number can then exist.

    A number written with its plus is taken as it is. Without one it may be a national number that lost its
    leading zero, so it must be possible in the country it would then belong to.
    """
    bare = re.sub(r"[ ()./\u00a0-]", "", text)
    if bare.isascii() and bare.isdigit() and not bare.startswith("0"):
        try:
            if phonenumbers.is_possible_number(phonenumbers.parse("+" + bare)):
                return "+" + bare
        except phonenumbers.NumberParseException:
            pass
    return text


def _yes_or_no(text: str) -> str:
    for answer, words in (("yes", YES), ("no", NO), ("unknown", UNKNOWN)):
        if key(text) in words:
            return answer
    raise NotAccepted(gettext_noop("Write “yes”, “no” or “unknown”."))


def _one(field: Field, text: str) -> str:
    code = _known(field.name).get(key(text))
    if code is None:
        raise NotAccepted(NOT_IN_LIST)
    return code


def _several(field: Field, text: str) -> list[str]:
    """Read a list. Commas may separate too, and spaces as form tools write, if every piece is then known."""
    known = _known(field.name)
    codes: list[str] = []
    for part in re.split(r"[;\n]", text):
        if not key(part):
            continue
        for pieces in ([part], part.split(","), part.split()):
            found = [known.get(key(piece)) for piece in pieces if key(piece)]
            if found and None not in found:
                codes += [code for code in found if code]
                break
        else:
            raise NotAccepted(
                gettext_noop(
                    "One of these answers is not in the list. Choose from the list, separated by “;”."
                )
            )
    return codes


@lru_cache(maxsize=128)
def _known(name: str) -> dict[str, str]:
    """Map each name a choice goes by to its code. A name two choices share belongs to neither."""
    field = BY_NAME[name]
    names: list[tuple[str, str]] = [(choice.code, spelt) for choice in field.options for spelt in choice]
    if field.kind in {Kind.COUNTRY, Kind.COUNTRIES}:
        names += world.other_country_names()
    known: dict[str, str] = {}
    shared: set[str] = set()
    for code, spelt in names:
        if known.setdefault(key(spelt), code) != code:
            shared.add(key(spelt))
    return {spelt: code for spelt, code in known.items() if spelt not in shared}
