"""Spreadsheets for the tests: the official form's headings, filled in or put together by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial

import openpyxl
from hypothesis import strategies as st

from referral.htcds.mapping import FORM
from referral.record.fields import Field, Kind, NotAccepted, clean


NAMES_OF_THE_FORM = {
    "prs_MailingStreet": "prs_MailingCity",
    "prs_MailingCity": "prs_MailingCountry",
    "prs_MailingPostalCode": "prs_MailingStreet",
    "prs_MailingCountry": "prs_MailingPostalCode",
    "vic_TraffickingStatusDecisionMakingOrg": "vic_TraffickinStatusDecisionMakingOrg",
    "cas_ReasonForOutgoingReferral": None,
}
"""What stands in the official form's hidden first row, by what its visible second row says."""


def form(rows: Iterable[Mapping[str, object]], *, machine_names: bool = True, labels: bool = True) -> bytes:
    """Fill in the official form, its quirks included; cells by field name."""
    book = openpyxl.Workbook()
    sheet = book.active
    if machine_names:
        sheet.append([None, *(NAMES_OF_THE_FORM.get(name, name) for name, _ in FORM)])
        sheet.row_dimensions[1].hidden = True
    if labels:
        sheet.append([None, *(label for _, label in FORM)])
    for number, row in enumerate(rows, start=1):
        sheet.append([number, *(row.get(name) for name, _ in FORM)])
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Give the bytes of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Replace or add parts of a workbook."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return target.getvalue()


def part(data: bytes, name: str) -> bytes:
    """Give one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def values_of(field: Field) -> st.SearchStrategy[object]:
    """Every value a field can be stored with."""
    return RAW[field.kind](field).map(partial(_cleaned, field)).filter(lambda value: value is not None)


def _cleaned(field: Field, value: object) -> object:
    try:
        return clean(field, value)
    except NotAccepted:
        return None


LETTERS = st.characters(exclude_categories=["Cc", "Cs"])
RAW = {
    Kind.TEXT: lambda _: st.text(LETTERS, min_size=1, max_size=60),
    Kind.LONG_TEXT: lambda _: st.text(LETTERS | st.just("\n"), min_size=1, max_size=200),
    Kind.DATE: lambda _: st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(date.isoformat),
    Kind.NUMBER: lambda _: st.integers(0, 150),
    Kind.CHOICE: lambda field: st.sampled_from(sorted(field.codes)),
    Kind.MULTIPLE_CHOICE: lambda field: st.lists(st.sampled_from(sorted(field.codes)), min_size=1),
    Kind.YES_NO_UNKNOWN: lambda _: st.sampled_from(["yes", "no", "unknown"]),
    Kind.COUNTRY: lambda field: st.sampled_from(sorted(field.codes)),
    Kind.COUNTRIES: lambda field: st.lists(st.sampled_from(sorted(field.codes)), min_size=1, max_size=4),
    Kind.LANGUAGE: lambda field: st.sampled_from(sorted(field.codes)),
    Kind.PHONE: lambda _: st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True),
    Kind.EMAIL: lambda _: st.from_regex(r"[a-z+=.]{1,20}@[a-z]{1,20}\.test", fullmatch=True),
}
