"""The official form, whose two rows of names disagree: what is read from it, and what goes back."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.htcds.exporting import spreadsheet
from referral.htcds.mapping import COLUMNS, FORM, read_table
from referral.htcds.reading import read
from referral.htcds.refusals import AmbiguousForm, TooManyRows, WrongForm
from referral.record.fields import BY_NAME, FIELDS
from tests.spreadsheets import form, part, saved, values_of, with_parts


MAILING = {
    "prs_MailingStreet": "Strada Exemplu 1",
    "prs_MailingCity": "Exemplu",
    "prs_MailingState": "Judet",
    "prs_MailingPostalCode": "010101",
    "prs_MailingCountry": "RO",
}


def only_row(data: bytes) -> dict[str, object]:
    (row,) = read_table(read(data, max_rows=50)).rows
    assert not row.problems
    return dict(row.values)


def test_a_column_is_what_its_visible_label_says():
    assert only_row(form([MAILING])) == MAILING


def test_a_hidden_name_that_disagrees_is_told():
    columns = {column.name: column for column in read_table(read(form([MAILING]), max_rows=9)).columns}
    assert columns["prs_MailingStreet"].disagrees_with == "prs_MailingCity"
    assert columns["prs_FirstName"].disagrees_with == ""


def test_a_form_with_labels_alone_is_read():
    assert only_row(form([MAILING], machine_names=False)) == MAILING


def test_a_form_with_machine_names_alone_is_read_by_them():
    book = openpyxl.Workbook()
    book.active.append(
        ["prs_FirstName", "prs_MailingCity", "vic_TraffickinStatusDecisionMakingOrg", "cas_Status"]
    )
    book.active.append(["Exemplu", "Exemplu", "NGO", "Active"])
    assert only_row(saved(book)) == {
        "prs_FirstName": "Exemplu",
        "prs_MailingCity": "Exemplu",
        "vic_TraffickingStatusDecisionMakingOrg": "NGO",
        "cas_Status": "Active",
    }


def test_the_column_without_a_machine_name_is_read():
    assert only_row(form([{"cas_ReasonForOutgoingReferral": "Other"}])) == {
        "cas_ReasonForOutgoingReferral": "Other"
    }


def test_rows_with_nothing_but_their_number_are_no_cases():
    table = read_table(read(form([{}] * 1000 + [MAILING]), max_rows=50))
    assert [row.number for row in table.rows] == [1003]


def test_errors_stand_beside_their_row_and_column():
    data = form([MAILING, {"prs_Gender": "Woman", "prs_Birthdate": "05/06/1990", "prs_FirstName": "Exemplu"}])
    good, bad = read_table(read(data, max_rows=50)).rows
    assert not good.problems
    assert bad.number == 4
    assert {problem.heading for problem in bad.problems} == {"Gender", "Birthdate"}
    assert {problem.letter for problem in bad.problems} == {"G", "H"}
    assert bad.values == {"prs_FirstName": "Exemplu"}


def test_columns_outside_the_standard_are_told_and_not_read():
    book = openpyxl.load_workbook(io.BytesIO(form([MAILING])))
    book.active.cell(2, 41, "Favourite colour")
    book.active.cell(3, 41, "Green")
    book.active.cell(3, 42, "No heading")
    assert read_table(read(saved(book), max_rows=9)).ignored == ("Favourite colour", "AP")


def test_two_columns_of_the_same_field_are_refused():
    book = openpyxl.load_workbook(io.BytesIO(form([MAILING])))
    book.active.cell(2, 41, "Gender")
    with pytest.raises(AmbiguousForm):
        read_table(read(saved(book), max_rows=9))


def test_another_spreadsheet_is_refused():
    book = openpyxl.Workbook()
    book.active.append(["Invoice", "Amount"])
    with pytest.raises(WrongForm):
        read_table(read(saved(book), max_rows=9))


def test_a_hidden_sheet_is_not_read():
    book = openpyxl.load_workbook(io.BytesIO(form([MAILING])))
    book.create_sheet("Hidden", 0).sheet_state = "hidden"
    assert only_row(saved(book)) == MAILING


def test_shared_strings_are_read_as_spreadsheet_programs_write_them():
    strings = ["First Name", "Second Name", "Gender", "Exemplu", "Unu", "Feminine"]
    table = "".join(f"<si><t>{text}</t></si>" for text in strings)
    cells = [
        f'<c r="{column}{row}" t="s"><v>{row * 3 - 3 + at}</v></c>'
        for row in (1, 2)
        for at, column in enumerate("BCD")
    ]
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = f'<row r="1">{"".join(cells[:3])}</row><row r="2">{"".join(cells[3:])}</row>'
    sheet = f"<sheetData>{rows}</sheetData>"
    data = form([])
    types = part(data, "[Content_Types].xml").replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    data = with_parts(
        data,
        {
            "[Content_Types].xml": types,
            "xl/sharedStrings.xml": f"<sst {main}>{table}</sst>".encode(),
            "xl/worksheets/sheet1.xml": f"<worksheet {main}>{sheet}</worksheet>".encode(),
        },
    )
    assert only_row(data) == {"prs_FirstName": "Exemplu", "prs_SecondName": "Unu", "prs_Gender": "Feminine"}


def test_more_rows_than_allowed_are_refused():
    with pytest.raises(TooManyRows):
        read(form([MAILING] * 20), max_rows=19)


def test_the_export_has_a_column_for_each_core_field_and_agrees_with_itself():
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet([])))
    names = [cell.value for cell in book.active[1]][1:]
    labels = [cell.value for cell in book.active[2]][1:]
    assert {field.name for field in FIELDS if field.core} <= set(names)
    assert tuple(zip(names, labels, strict=True)) == COLUMNS
    assert labels[: len(FORM)] == [label for _, label in FORM]


def test_a_text_that_looks_like_a_formula_stays_a_text():
    data = spreadsheet(
        [{"prs_FirstName": "=1+1", "prs_SecondName": "@SUM(A1)", "prs_MobilePhone": "+40700000001"}]
    )
    row = openpyxl.load_workbook(io.BytesIO(data)).active[3]
    texts = [cell for cell in row if isinstance(cell.value, str)]
    assert len(texts) == 3
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in texts)
    assert only_row(data)["prs_FirstName"] == "=1+1"


def test_what_htcds_has_no_field_for_stays_at_home():
    assert b"secret words" not in spreadsheet([{"cover_text": "secret words"}])
    assert only_row(spreadsheet([{"cover_text": "a", "prs_FirstName": "Exemplu"}])) == {
        "prs_FirstName": "Exemplu"
    }


def test_an_answer_that_was_not_given_has_no_cell():
    record = {"prs_Birthdate": "said:do_not_know", "prs_FirstName": "Exemplu"}
    assert only_row(spreadsheet([record])) == {"prs_FirstName": "Exemplu"}


RECORDS = st.lists(
    st.fixed_dictionaries(
        {}, optional={name: values_of(BY_NAME[name]) for name, _ in COLUMNS if BY_NAME[name].htcds}
    ).filter(bool),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40, deadline=None)
@given(RECORDS)
def test_whatever_goes_out_comes_back_the_same(records):
    rows = read_table(read(spreadsheet(records), max_rows=20)).rows
    assert [dict(row.values) for row in rows] == records
    assert not any(row.problems for row in rows)
