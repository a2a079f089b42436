"""What a row means for the case it becomes: age, citizenship, doubles, and dates that cannot be.

Age is counted from the date of birth: under 18 is a child. A missing date of birth is no doubt by itself; a
row without one that names child labour or forced adoption is, and then the person is presumed a child
(Directive 2011/36/EU art. 13(2)). In the preview a caseworker can say of every row without a date of birth
that the age is in doubt. Citizens of the European Economic Area and Switzerland see no permit steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from referral.htcds.cells import key
from referral.htcds.mapping import Column, Problem, ReadRow, Table
from referral.record.fields import Value
from referral.vocabulary import AgeStatus, Citizenship


__all__ = ["CheckedRow", "Note", "age_status", "check", "citizenship"]


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django."""
    return text


ADULT_AT = 18
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
    """A row that was read, with what it would open; `alike` are rows that seem to be the same person."""

    number: int
    values: Mapping[str, Value]
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    age_status: AgeStatus
    citizenship: Citizenship
    alike: tuple[int, ...]

    @property
    def good(self) -> bool:
        """Whether it can be brought in."""
        return not self.problems

    @property
    def born(self) -> bool:
        """Whether the date of birth is known, so that nobody has to judge the age."""
        return "prs_Birthdate" in self.values


def check(table: Table, *, today: date, country: str) -> list[CheckedRow]:
    """Check every row against today and against the others; `country` is where the case is opened."""
    alike = _alike(table.rows)
    letters = {column.name: column for column in table.columns}
    return [_checked(row, alike[row.number], letters, today=today, country=country) for row in table.rows]


def age_status(values: Mapping[str, Value], *, today: date, in_doubt: bool = False) -> AgeStatus:
    """Say whether the rules for children hold for a row; `in_doubt` is what a caseworker says of the age."""
    born = values.get("prs_Birthdate")
    if isinstance(born, str):
        return AgeStatus.CHILD if _age(date.fromisoformat(born), today) < ADULT_AT else AgeStatus.ADULT
    told = values.get("vic_TypeOfExploitation", [])
    if in_doubt or (isinstance(told, list) and DOUBT & set(told)):
        return AgeStatus.PRESUMED_CHILD
    return AgeStatus.ADULT


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
    problems = (*row.problems, *_impossible_birth(row.values, letters, today))
    return CheckedRow(
        number=row.number,
        values=row.values,
        problems=problems,
        notes=tuple(_notes(row.values, alike)),
        age_status=age_status(row.values, today=today) if not problems else AgeStatus.ADULT,
        citizenship=citizenship(row.values, country=country),
        alike=alike,
    )


def _impossible_birth(
    values: Mapping[str, Value], letters: Mapping[str, Column], today: date
) -> Iterable[Problem]:
    born = values.get("prs_Birthdate")
    if isinstance(born, str) and not 0 <= _age(date.fromisoformat(born), today) <= OLDEST:
        column = letters["prs_Birthdate"]
        yield Problem(
            column.letter,
            column.heading,
            gettext_noop("Nobody alive was born on this day. Check the date, or leave it out."),
        )


def _notes(values: Mapping[str, Value], alike: tuple[int, ...]) -> Iterable[Note]:
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


def _age(born: date, today: date) -> int:
    """Full years; somebody born on 29 February comes of age on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


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
