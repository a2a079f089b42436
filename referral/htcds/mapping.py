"""Which column of a spreadsheet is which field of a record, and which field goes to which column.

The official form (HTCDS Excel Spreadsheet 2.0) names each column twice and the two disagree. Row 1 holds
machine names and is hidden; row 2 holds the labels a person sees. It has no data validation and no named
range that would decide between them. What the file itself shows:

- Mailing address: row 1 says City, Country, State, Street, PostalCode; row 2 says Street, City,
  State/Province, Zip/Postal Code, Country. Whoever fills the form in sees row 2 only.
- One column (AJ) has the label "Reason for Outgoing Referral" and no machine name.
- `vic_TraffickinStatusDecisionMakingOrg` lacks a letter.
- The field list marks 40 fields as Core; the form has 38. `vic_Vulnerabilities` and
  `vic_DetailsOfVulnerabilities`, which are deprecated but still Core, have no column.
- Column A has neither name nor label: it counts the rows.

So: **a column is what its visible label says; its machine name counts only where no label is known.** The
preview says where the two disagree. A file with machine names alone is read by them. Our export keeps the
form's order and labels, writes machine names that agree with them, and adds the missing fields at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from openpyxl.utils import get_column_letter

from referral.htcds.cells import YearAlone, key, parse
from referral.htcds.reading import Row, Sheet
from referral.htcds.refusals import AmbiguousForm, WrongForm
from referral.record.fields import BY_NAME, FIELDS, NotAccepted, Value


__all__ = ["COLUMNS", "Column", "Problem", "ReadRow", "Table", "headings", "read_table"]

FORM: tuple[tuple[str, str], ...] = (
    ("cas_CaseOwner", "Case Owner"),
    ("prs_Salutation", "Salutation"),
    ("prs_FirstName", "First Name"),
    ("prs_SecondName", "Second Name"),
    ("con_Consent", "Consent"),
    ("prs_Birthdate", "Birthdate"),
    ("prs_Gender", "Gender"),
    ("prs_Citizenship", "Citizenship"),
    ("prs_Title", "Title"),
    ("prs_Email", "Email"),
    ("prs_HomePhone", "Home Phone"),
    ("prs_MobilePhone", "Mobile Phone"),
    ("prs_MailingStreet", "Mailing Street"),
    ("prs_MailingCity", "Mailing City"),
    ("prs_MailingState", "Mailing State/Province"),
    ("prs_MailingPostalCode", "Mailing Zip/Postal Code"),
    ("prs_MailingCountry", "Mailing Country"),
    ("vic_TraffickingStatus", "Trafficking Status"),
    ("vic_TraffickingStatusDecisionMakingOrg", "Trafficking Status Decision Making Organization"),
    ("vic_MethodOfRecruitment", "Method of Recruitment"),
    ("vic_LocationOfRecruitment", "Location of Recruitment"),
    ("vic_MethodsOfControl", "Methods of Control"),
    ("vic_TypeOfExploitation", "Type of Exploitation"),
    ("vic_ForcedLabourIndustry", "Forced Labour Industry"),
    ("vic_TypeOfSexExploitation", "Type of Sex Exploitation"),
    ("vic_LocationOfExploitation", "Location of Exploitation"),
    ("cas_Status", "Status"),
    ("cas_ReferringOrganisation", "Referring Organisation"),
    ("cas_IncomingReferralDate", "Incoming Referral Date"),
    ("cas_ReferringPrimaryCaseWorker", "Referring Primary Case Worker"),
    ("cas_ReasonForIncomingReferral", "Reason for Incoming Referral"),
    ("cas_IncomingReferralDetails", "Incoming Referral Details"),
    ("cas_ReferredOrganisation", "Referred Organisation"),
    ("cas_ReferredPrimaryCaseWorker", "Referred Primary Case Worker"),
    ("cas_ReasonForOutgoingReferral", "Reason for Outgoing Referral"),
    ("cas_OutgoingReferralDate", "Outgoing Referral Date"),
    ("cas_OutgoingReferralDetails", "Outgoing Referral Details"),
    ("cas_ReasonForCaseClosure", "Reason for Case Closure"),
)
"""Columns B to AM of the form, by their visible labels."""

COLUMNS: tuple[tuple[str, str], ...] = (
    *FORM,
    ("vic_Vulnerabilities", "Vulnerabilities"),
    ("vic_DetailsOfVulnerabilities", "Details Of Vulnerabilities"),
    *((known.name, known.label) for known in FIELDS if known.htcds and not known.core),
)
"""Every HTCDS field with a home here, in the order of our export: machine name, label."""

MISSPELT = {"vic_TraffickinStatusDecisionMakingOrg": "vic_TraffickingStatusDecisionMakingOrg"}
HEADING_ROWS = 10
FEWEST_HEADINGS = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read: letter, the field it holds, its heading, and a hidden name that disagrees."""

    letter: str
    name: str
    heading: str
    disagrees_with: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one cell is not accepted. The sentence is a msgid; no value of the cell is in it."""

    letter: str
    heading: str
    sentence: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as fields: what could be read, and what could not; `born_in` is a year of birth without a day."""

    number: int
    values: Mapping[str, Value]
    problems: tuple[Problem, ...] = ()
    born_in: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A whole form: its columns, its rows, and the headings that belong to no field we know."""

    columns: tuple[Column, ...]
    rows: tuple[ReadRow, ...]
    ignored: tuple[str, ...]


@lru_cache(maxsize=1)
def headings() -> tuple[dict[str, str], dict[str, str]]:
    """Give (by label, by machine name): the comparable form of a heading, and the field it names."""
    by_label = {key(label): name for name, label in COLUMNS}
    by_name = {key(name): name for name, _ in COLUMNS} | {
        key(wrong): name for wrong, name in MISSPELT.items()
    }
    return by_label, by_name


def read_table(sheet: Sheet) -> Table:
    """Find the headings and read every row below them; raises WrongForm or AmbiguousForm."""
    tops = [row for row in sheet.rows[:HEADING_ROWS] if _is_heading(row)]
    if not tops:
        raise WrongForm
    columns = _columns(tops)
    below = [row for row in sheet.rows if row.number > tops[-1].number]
    used = {index for row in below for index in row.cells if index > 1}
    ignored = tuple(
        _heading(tops, index) or get_column_letter(index) for index in sorted(used - set(columns))
    )
    rows = (
        _read_row(row, columns, from_1904=sheet.from_1904) for row in below if set(row.cells) & set(columns)
    )
    return Table(tuple(columns[index] for index in sorted(columns)), tuple(rows), ignored)


def _is_heading(row: Row) -> bool:
    by_label, by_name = headings()
    texts = [key(cell) for cell in row.cells.values() if isinstance(cell, str)]
    return sum(text in by_label or text in by_name for text in texts) >= FEWEST_HEADINGS


def _columns(tops: list[Row]) -> dict[int, Column]:
    by_label, by_name = headings()
    columns: dict[int, Column] = {}
    for index in sorted({index for row in tops for index in row.cells}):
        texts = [key(cell) for row in tops if isinstance(cell := row.cells.get(index), str)]
        labelled = next((by_label[text] for text in texts if text in by_label), "")
        named = next((by_name[text] for text in texts if text in by_name), "")
        if name := labelled or named:
            other = named if named and named != name else ""
            columns[index] = Column(get_column_letter(index), name, _heading(tops, index), other)
    names = [column.name for column in columns.values()]
    if len(set(names)) != len(names):
        raise AmbiguousForm
    return columns


def _heading(tops: list[Row], index: int) -> str:
    """What a person sees above a column: the lowest heading, cut to a length that fits a page."""
    seen = [cell for row in tops if isinstance(cell := row.cells.get(index), str)]
    return " ".join(seen[-1].split())[:80] if seen else ""


def _read_row(row: Row, columns: Mapping[int, Column], *, from_1904: bool) -> ReadRow:
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    born_in: int | None = None
    for index, column in columns.items():
        try:
            value = parse(BY_NAME[column.name], row.cells.get(index), from_1904=from_1904)
        except NotAccepted as refused:
            if isinstance(refused, YearAlone) and column.name == "prs_Birthdate":
                born_in = refused.year
                continue
            problems.append(Problem(column.letter, column.heading, refused.sentence, refused.detail))
        else:
            if value is not None:
                values[column.name] = value
    return ReadRow(row.number, values, tuple(problems), born_in)
