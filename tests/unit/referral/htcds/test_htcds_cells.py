"""One cell to one value, and back."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.htcds.cells import parse, write
from referral.htcds.reading import Fault
from referral.record.fields import BY_NAME, FIELDS, NotAccepted
from tests.spreadsheets import values_of


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("prs_Birthdate", datetime.fromisoformat("2001-12-31"), "2001-12-31"),
        ("prs_Birthdate", date(2001, 12, 31), "2001-12-31"),
        ("prs_Birthdate", 37256, "2001-12-31"),
        ("prs_Birthdate", 37256.0, "2001-12-31"),
        ("prs_Birthdate", "2001-12-31", "2001-12-31"),
        ("prs_Birthdate", "2001-12-31T00:00:00", "2001-12-31"),
        ("prs_Birthdate", " 31.12.2001 ", "2001-12-31"),
        ("prs_Birthdate", "1.2.2001", "2001-02-01"),
        ("prs_Gender", "feminine\u00a0", "Feminine"),
        ("prs_Gender", "Transgender Feminine", "TransgenderFeminine"),
        ("prs_Gender", "Not Specified/Unknown", "NonSpecifiedUnknown"),
        ("prs_Citizenship", "RO", ["RO"]),
        ("prs_Citizenship", "România; Moldova, Republic of", ["MD", "RO"]),
        ("prs_Citizenship", "Italia, Nigeria", ["IT", "NG"]),
        ("prs_MailingCountry", "prt", "PT"),
        ("vic_TypeOfExploitation", "Forced labour; Debt bondage", None),
        ("vic_MethodsOfControl", "DebtBondage PhysicalThreats", ["PhysicalThreats", "DebtBondage"]),
        (
            "vic_ForcedLabourIndustry",
            "Agriculture, forestry and fishing",
            ["A_AgricultureForestryAndFishing"],
        ),
        ("prs_MobilePhone", 40700000001, "+40700000001"),
        ("prs_MobilePhone", "40 700 000 001", "+40700000001"),
        ("prs_MailingPostalCode", 10101.0, "10101"),
        ("cas_IncomingReferralDetails", datetime.fromisoformat("2020-05-01"), "2020-05-01"),
        ("cas_IncomingReferralDetails", "a_x000D_\nb", "a\nb"),
        ("con_Consent", True, "yes"),
        ("con_Consent", "No", "no"),
        ("con_Consent", "not known", "unknown"),
        ("prs_FirstName", None, None),
        ("prs_FirstName", "   ", None),
    ],
)
def test_a_cell_is_read_as_its_field_means_it(name, cell, value):
    if name == "vic_TypeOfExploitation":  # one of the two is a method of control: nothing is taken
        with pytest.raises(NotAccepted):
            parse(BY_NAME[name], cell)
    else:
        assert parse(BY_NAME[name], cell) == value


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("prs_Birthdate", 1990),
        ("prs_Birthdate", 37256.5),
        ("prs_Birthdate", -4),
        ("prs_Birthdate", 10**9),
        ("prs_Birthdate", float("nan")),
        ("prs_Birthdate", True),
        ("prs_Birthdate", "05/06/2001"),
        ("prs_Birthdate", "31.02.2001"),
        ("prs_Birthdate", datetime.fromisoformat("2001-12-31T13:45")),
        ("prs_Birthdate", "1990"),
        ("prs_Gender", "Woman"),
        ("prs_Gender", 1),
        ("prs_Citizenship", "Atlantis"),
        ("prs_Citizenship", "RO; Atlantis"),
        ("cas_Status", "Abandoned"),
        ("prs_MobilePhone", 722123456),
        ("prs_MobilePhone", "0722 123 456"),
        ("con_Consent", "perhaps"),
        ("prs_FirstName", Fault("formula")),
        ("prs_FirstName", Fault("error")),
        ("prs_FirstName", Fault("too-long")),
        ("prs_FirstName", float("inf")),
    ],
)
def test_a_cell_that_would_have_to_be_guessed_is_refused(name, cell):
    with pytest.raises(NotAccepted):
        parse(BY_NAME[name], cell)


def test_a_refusal_never_repeats_what_the_cell_holds():
    with pytest.raises(NotAccepted) as refused:
        parse(BY_NAME["prs_Birthdate"], "Exemplu Unu")
    assert "Exemplu" not in refused.value.sentence + str(refused.value.detail)


def test_days_of_old_mac_files_count_from_1904():
    assert parse(BY_NAME["prs_Birthdate"], 37256 - 1462, from_1904=True) == "2001-12-31"


@given(st.data())
def test_every_value_can_be_written_to_a_cell_and_read_again(data):
    field = data.draw(st.sampled_from([field for field in FIELDS if field.htcds]))
    value = data.draw(values_of(field))
    assert parse(field, write(field, value)) == value
