"""What a row means for the case it becomes: age, citizenship, doubles, and dates that cannot be.

Age is counted from the date of birth: under 18 is a child. Without one the age is in doubt and the person
is presumed a child (Directive 2011/36/EU art. 13(2)), unless a year alone makes everybody born in it an
adult, or a caseworker says in the preview that the person is certainly one. That cannot be said there of a
row that names child labour or forced adoption, or a year that makes nobody an adult. Citizens of the European
Economic Area and Switzerland see no permit steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from referral.htcds.cells import key
from referral.htcds.mapping import Column, Problem, ReadRow, Table
from referral.record.age_said import ADULT_AT, full_years
from referral.record.fields import Value
from referral.vocabulary import AgeStatus, Citizenship


__all__ = ["CheckedRow", "Note", "age_status", "check", "citizenship"]


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django."""
    return text


OLDEST = 120
_FREE = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO CH"
FREE_MOVEMENT = frozenset(_FREE.split())
DOUBT = frozenset({"ChildLabour", "ForcedAdoption"})
MOST_ALIKE = 5
"""A value that more rows share, such as an office's own number, says nothing about the person."""
ALIKE = ("prs_MobilePhone", "prs_Email")


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should see before deciding on a row; it does not refuse the row."""

    sentence: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row that was read, with what it would open; `alike` are rows that seem to be the same person.

    `may_be_adult` says whether a caseworker may hold the person to be certainly an adult, for want of a date.
    """

    number: int
    values: Mapping[str, Value]
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    age_status: AgeStatus
    citizenship: Citizenship
    alike: tuple[int, ...]
    may_be_adult: bool = False
    born_in: int | None = None

    @property
    def good(self) -> bool:
        """Whether it can be brought in."""
        return not self.problems


def check(table: Table, *, today: date, country: str) -> list[CheckedRow]:
    """Check every row against today and against the others; `country` is where the case is opened."""
    alike = _alike(table.rows)
    letters = {column.name: column for column in table.columns}
    return [_checked(row, alike[row.number], letters, today=today, country=country) for row in table.rows]


def age_status(values: Mapping[str, Value], *, today: date, born_in: int | None = None) -> AgeStatus:
    """Say whether the rules for children hold for a row; without a date of birth they do, while in doubt."""
    born = values.get("prs_Birthdate")
    if isinstance(born, str):
        return AgeStatus.CHILD if full_years(date.fromisoformat(born), today) < ADULT_AT else AgeStatus.ADULT
    certain = born_in is not None and today.year - born_in > ADULT_AT
    return AgeStatus.ADULT if certain else AgeStatus.PRESUMED_CHILD


def _names_a_child(values: Mapping[str, Value]) -> bool:
    told = values.get("vic_TypeOfExploitation", [])
    return isinstance(told, list) and bool(DOUBT & set(told))


def _may_be_adult(row: ReadRow, today: date) -> bool:
    """Whether a person may judge the age: no date, and nothing in the row that speaks of a child."""
    young = row.born_in is not None and today.year - row.born_in < ADULT_AT
    return "prs_Birthdate" not in row.values and not young and not _names_a_child(row.values)


def citizenship(values: Mapping[str, Value], *, country: str) -> Citizenship:
    """Say which group decides about permit steps; one citizenship that frees from them is enough."""
    codes = values.get("prs_Citizenship")
    if not isinstance(codes, list) or not codes:
        return Citizenship.UNKNOWN
    if country in codes:
        return Citizenship.NATIONAL
    return Citizenship.EU_CITIZEN if FREE_MOVEMENT & set(codes) else Citizenship.THIRD_COUNTRY


def _checked(
    row: ReadRow, alike: tuple[int, ...], letters: Mapping[str, Column], *, today: date, country: str
) -> CheckedRow:
    age = age_status(row.values, today=today, born_in=row.born_in)
    return CheckedRow(
        number=row.number,
        values=row.values,
        problems=(*row.problems, *_impossible_birth(row, letters, today)),
        notes=tuple(_notes(row, alike)),
        age_status=age,
        citizenship=citizenship(row.values, country=country),
        alike=alike,
        may_be_adult=age is AgeStatus.PRESUMED_CHILD and _may_be_adult(row, today),
        born_in=row.born_in,
    )


def _impossible_birth(row: ReadRow, letters: Mapping[str, Column], today: date) -> Iterable[Problem]:
    born = row.values.get("prs_Birthdate")
    age = full_years(date.fromisoformat(born), today) if isinstance(born, str) else None
    if row.born_in is not None:
        age = today.year - row.born_in
    if age is not None and not 0 <= age <= OLDEST:
        column = letters["prs_Birthdate"]
        yield Problem(
            column.letter,
            column.heading,
            gettext_noop("Nobody alive was born on this day. Check the date, or leave it out."),
        )


def _notes(row: ReadRow, alike: tuple[int, ...]) -> Iterable[Note]:
    values = row.values
    if row.born_in is not None:
        yield Note(
            gettext_noop(
                "Only the year of birth is given. There is no place for a year alone, so it stays behind: "
                "write the date into the record when it is known."
            ),
            {},
        )
    if alike:
        numbers = ", ".join(str(number) for number in alike)
        yield Note(gettext_noop("May be the same person as row %(rows)s. Look at both."), {"rows": numbers})
    if values.get("cas_Status") in {"Closed", "ClosedReferred"}:
        yield Note(
            gettext_noop("Closed in the spreadsheet. Here it would be opened as a case to work on."), {}
        )
    if values.get("vic_TraffickingStatus") == "NotAVictimOfTrafficking":
        yield Note(
            gettext_noop("The spreadsheet says no trafficking was found. Bring it in only if help goes on."),
            {},
        )


def _alike(rows: Iterable[ReadRow]) -> dict[int, tuple[int, ...]]:
    """Find rows that share a name, a phone or an e-mail address, and do not differ in the date of birth."""
    shared: dict[tuple[str, str], list[int]] = {}
    rows = list(rows)
    for row in rows:
        for mark in _marks(row.values):
            shared.setdefault(mark, []).append(row.number)
    found: dict[int, set[int]] = {row.number: set() for row in rows}
    born = {row.number: row.values.get("prs_Birthdate") for row in rows}
    for numbers in shared.values():
        if len(numbers) > MOST_ALIKE:
            continue
        for number in numbers:
            found[number] |= {
                other
                for other in numbers
                if other != number and len({born[number], born[other]} - {None}) < 2
            }
    return {number: tuple(sorted(others)) for number, others in found.items()}


def _marks(values: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    name = key(f"{values.get('prs_FirstName', '')}{values.get('prs_SecondName', '')}")
    if name:
        yield "name", name
    for field in ALIKE:
        if value := values.get(field):
            yield field, str(value).casefold()
