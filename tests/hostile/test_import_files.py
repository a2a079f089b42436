"""Files nobody should have to open: each gets one clear refusal, soon, in little memory, and nothing else."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
from contextlib import suppress

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.htcds.mapping import read_table
from referral.htcds.reading import read
from referral.htcds.refusals import Locked, TooLargeToImport, TooManyRows, Unreadable, Unsafe, WithMacros
from secure_exchange.errors import Refused
from tests.spreadsheets import form, part, saved, with_parts


pytestmark = pytest.mark.hostile

ROW = {"prs_FirstName": "Exemplu", "prs_SecondName": "Unu"}
SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
WHOLE = form([ROW])


def refused(data: bytes, cause: type[Refused] = Unreadable) -> None:
    began = time.monotonic()
    with pytest.raises(cause) as answer:
        read(data, max_rows=2010)
    assert type(answer.value) is cause or cause is Refused
    assert time.monotonic() - began < 20
    assert "nothing is lost" in answer.value.sentence


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"prs_FirstName,prs_SecondName\nExemplu,Unu\n",
        b"%PDF-1.7",
        b"PK\x03\x04" + b"\x00" * 5000,
        form([ROW])[:-40],
        form([ROW])[: len(form([ROW])) // 2],
    ],
)
def test_what_is_no_spreadsheet_is_refused(data):
    refused(data)


def test_an_opendocument_file_is_refused():
    refused(with_parts(zipped({"mimetype": b"application/vnd.oasis"}), {"content.xml": b"<a/>"}))


def test_an_encrypted_or_old_workbook_is_refused_with_its_own_words():
    refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, Locked)


def test_a_workbook_with_macros_is_refused():
    refused(with_parts(form([ROW]), {"xl/vbaProject.bin": b"Attribute VB_Name"}), WithMacros)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = with_parts(form([ROW]), {SHEET: HEAD + b" " * 30_000_000 + TAIL})
    tracemalloc.start()
    refused(bomb, Unsafe)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


def test_many_parts_or_parts_of_the_same_name_are_refused():
    refused(with_parts(form([ROW]), {f"xl/media/{number}.png": b"" for number in range(400)}), Unsafe)
    target = io.BytesIO(form([ROW]))
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(target, "a") as archive,
    ):
        archive.writestr(SHEET, HEAD + TAIL)
    refused(target.getvalue(), Unsafe)


def test_a_part_that_lies_about_its_size_is_refused():
    data = bytearray(with_parts(form([ROW]), {"xl/theme/theme1.xml": b"<a>" + b"x" * 500_000 + b"</a>"}))
    at = data.rindex(b"xl/theme/theme1.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    refused(bytes(data))


@pytest.mark.parametrize(
    "document_type",
    [
        b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd">',
    ],
)
@pytest.mark.parametrize("name", [SHEET, "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_entities_are_refused_in_every_part(document_type, name):
    data = form([ROW])
    old = part(data, name)
    start = old.index(b"?>") + 2 if old.startswith(b"<?xml") else 0
    refused(with_parts(data, {name: old[:start] + document_type + old[start:]}), Unsafe)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "cp037"])
def test_a_document_type_cannot_hide_behind_another_encoding(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY x "ha">]><a>&x;</a>'
    refused(with_parts(form([ROW]), {SHEET: text.encode(encoding)}), Unsafe)


def test_a_hundred_thousand_rows_are_refused_soon():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([None, "First Name", "Second Name", "Gender"])
    for number in range(100_000):
        sheet.append([number, "Exemplu", "Unu"])
    data = saved(book)
    tracemalloc.start()
    refused(data, TooManyRows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


def test_more_cells_than_fit_are_refused_without_parsing():
    refused(with_parts(form([ROW]), {SHEET: HEAD + b"<row><c/></row>" * 600_000 + TAIL}), Refused)


def test_a_row_at_the_end_of_the_world_is_read_at_once():
    sheet = HEAD + b'<row r="1"><c r="B1" t="inlineStr"><is><t>x</t></is></c></row>'
    sheet += b'<row r="99999999999"><c r="B99999999999" t="inlineStr"><is><t>y</t></is></c></row>' + TAIL
    data = with_parts(form([ROW]), {SHEET: sheet})
    assert [row.number for row in read(data, max_rows=10).rows] == [1, 99999999999]


def test_a_column_at_the_end_of_the_world_is_not_read():
    sheet = HEAD + b'<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>' + TAIL
    assert read(with_parts(form([ROW]), {SHEET: sheet}), max_rows=10).rows == []


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="B3" t="s"><v>999999</v></c>',
        b'<c r="B3" t="s"><v>-1</v></c>',
        b'<c r="B3" t="b"><v>maybe</v></c>',
        b'<c r="B3"><v>1e99999</v></c>',
        b'<c r="B3"><v>' + b"9" * 6000 + b"</v></c>",
        b'<c r="nonsense"><v>1</v></c>',
        b'<c r="B3" s="999999"><v>1</v></c>',
        b'<c r="B3" t="d"><v>yesterday</v></c>',
        b'<c r="B3" t="inlineStr"><is><t>&#0;</t></is></c>',
        b'<c r="B3" t="inlineStr"><is><t>&#xD800;</t></is></c>',
        b'<c r="B3" t="inlineStr"><is><t>\xff\xfe</t></is></c>',
        b'<c r="B3" t="inlineStr"><is><t>&nosuch;</t></is></c>',
        b"<a>" * 60_000 + b"</a>" * 60_000,
    ],
)
def test_broken_cells_never_raise_anything_of_their_own(cell):
    data = with_parts(form([ROW]), {SHEET: HEAD + b'<row r="3">' + cell + b"</row>" + TAIL})
    with suppress(Refused):
        read(data, max_rows=10)


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://127.0.0.1")', "='[other.xlsx]Sheet1'!A1"])
def test_a_formula_is_refused_in_its_cell_and_its_result_is_not_believed(formula):
    (row,) = read_table(read(form([ROW | {"prs_Salutation": formula}]), max_rows=10)).rows
    assert [problem.heading for problem in row.problems] == ["Salutation"]
    assert "formula" in row.problems[0].sentence


def test_a_huge_formula_costs_nothing():
    cells = b'<c r="B3"><f t="shared" si="0" ref="B3">' + b"SUM(A1)+" * 1_000_000 + b"1</f><v>1</v></c>"
    data = with_parts(form([ROW]), {SHEET: HEAD + b'<row r="3">' + cells + b"</row>" + TAIL})
    with pytest.raises(Refused):  # so strongly packed that it is not even opened
        read(data, max_rows=10)


def test_a_cell_longer_than_any_program_writes_is_refused_alone():
    huge = with_parts(WHOLE, {SHEET: part(WHOLE, SHEET).replace(b"Exemplu", b"ab" * 40_000)})
    (row,) = read_table(read(huge, max_rows=10)).rows
    assert [problem.heading for problem in row.problems] == ["First Name"]


def test_styles_as_large_as_a_book_are_refused():
    styles = b"<styleSheet>" + bytes(range(32, 60)) * 100_000 + b"</styleSheet>"
    refused(with_parts(form([ROW]), {"xl/styles.xml": styles}), Refused)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_flipped_bytes_are_read_or_refused_and_never_raise_otherwise(data):
    whole = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Refused):
        read_table(read(bytes(whole), max_rows=10))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_flipped_bytes_inside_the_sheet_are_read_or_refused(data):
    name = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"]))
    inside = bytearray(part(WHOLE, name))
    for _ in range(data.draw(st.integers(1, 6))):
        inside[data.draw(st.integers(0, len(inside) - 1))] = data.draw(st.integers(32, 126))
    with suppress(Refused):
        read_table(read(with_parts(WHOLE, {name: bytes(inside)}), max_rows=10))


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_too_large_is_told_apart_from_too_many_rows():
    assert TooLargeToImport.code != TooManyRows.code
