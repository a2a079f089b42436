"""The fields of a record: complete against HTCDS, and strict about what they take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.record.fields import BY_NAME, FIELDS, Kind, NotAccepted, asked, clean, clean_all, of
from referral.vocabulary import Category, NeedCode


CORE_2_0 = [
    "prs_Salutation",
    "prs_FirstName",
    "prs_SecondName",
    "prs_Birthdate",
    "prs_Gender",
    "prs_Citizenship",
    "prs_Title",
    "prs_Email",
    "prs_HomePhone",
    "prs_MobilePhone",
    "prs_MailingCity",
    "prs_MailingCountry",
    "prs_MailingState",
    "prs_MailingStreet",
    "prs_MailingPostalCode",
    "vic_TraffickingStatus",
    "vic_TraffickingStatusDecisionMakingOrg",
    "vic_MethodOfRecruitment",
    "vic_LocationOfRecruitment",
    "vic_MethodsOfControl",
    "vic_TypeOfExploitation",
    "vic_ForcedLabourIndustry",
    "vic_TypeOfSexExploitation",
    "vic_LocationOfExploitation",
    "vic_Vulnerabilities",
    "vic_DetailsOfVulnerabilities",
    "cas_Status",
    "cas_ReasonForCaseClosure",
    "cas_CaseOwner",
    "cas_ReferringOrganisation",
    "cas_IncomingReferralDate",
    "cas_ReferringPrimaryCaseWorker",
    "cas_ReasonForIncomingReferral",
    "cas_IncomingReferralDetails",
    "cas_ReferredOrganisation",
    "cas_ReferredPrimaryCaseWorker",
    "cas_ReasonForOutgoingReferral",
    "cas_OutgoingReferralDate",
    "cas_OutgoingReferralDetails",
    "con_Consent",
]


def test_every_core_field_of_htcds_has_a_home():
    assert len(CORE_2_0) == 40
    assert {field.name for field in FIELDS if field.core} == set(CORE_2_0)


def test_no_two_fields_share_a_name():
    assert len(BY_NAME) == len(FIELDS)


def test_every_category_has_fields_to_ask_for():
    assert all(asked(category) for category in Category)


def test_no_street_is_asked_and_no_coordinate_exists():
    assert not BY_NAME["prs_MailingStreet"].asked
    assert not any("itude" in name or name.startswith(("hte_", "per_")) for name in BY_NAME)


def test_every_choice_has_options_and_every_code_is_there_once():
    for field in FIELDS:
        codes = [choice.code for choice in field.options]
        assert len(codes) == len(set(codes))
        if field.kind in {Kind.CHOICE, Kind.MULTIPLE_CHOICE, Kind.COUNTRY, Kind.COUNTRIES, Kind.LANGUAGE}:
            assert codes, field.name


def test_needs_are_the_whole_catalogue():
    assert BY_NAME["needs"].codes == {code.value for code in NeedCode}


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("prs_FirstName", "  Exemplu \n Unu ", "Exemplu Unu"),
        ("needs_details", " a\r\nb ", "a\nb"),
        ("prs_FirstName", " \t ", None),
        ("prs_Birthdate", "2001-12-31", "2001-12-31"),
        ("prs_MobilePhone", "+40 (700) 000-001", "+40700000001"),
        ("prs_MobilePhone", "0040700000001", "+40700000001"),
        ("prs_Citizenship", ["RO", "MD", "RO"], ["MD", "RO"]),
        ("prs_NumberOfChildren", "2", 2),
        ("prs_Gender", "Feminine", "Feminine"),
        ("prs_Gender", "", None),
    ],
)
def test_a_value_is_stored_in_one_form(name, typed, stored):
    assert clean(BY_NAME[name], typed) == stored


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("prs_FirstName", "a\x00b"),
        ("prs_FirstName", "\ud800"),
        ("prs_FirstName", "\uffff"),
        ("prs_FirstName", "a" * 301),
        ("prs_FirstName", 3),
        ("prs_Birthdate", "31/12/2001"),
        ("prs_Birthdate", "1800-01-01"),
        ("prs_Gender", "Woman"),
        ("prs_Citizenship", ["XX"]),
        ("prs_Citizenship", "RO"),
        ("prs_MobilePhone", "0700 000 001"),
        ("prs_Email", "nobody"),
        ("prs_NumberOfChildren", True),
        ("prs_NumberOfChildren", 1.5),
        ("prs_NumberOfChildren", -1),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name, typed):
    with pytest.raises(NotAccepted):
        clean(BY_NAME[name], typed)


def test_an_answer_to_an_unknown_question_is_refused():
    with pytest.raises(NotAccepted):
        clean_all(Category.IDENTITY, {"prs_Longitude": "1"})
    with pytest.raises(NotAccepted):
        clean_all(Category.IDENTITY, {"needs": ["FOLLOW_UP"]})


def test_a_category_keeps_what_was_answered_and_leaves_out_the_rest():
    assert clean_all("identity", {"prs_FirstName": "Exemplu", "prs_Title": ""}) == {
        "prs_FirstName": "Exemplu"
    }


def test_the_fields_of_a_category_are_in_it():
    assert all(field.category == category for category in Category for field in of(category))


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
CODES = st.sampled_from(
    [code for field in FIELDS for code in sorted(field.codes)[:2]] + ["said:not_said", "yes"]
)
ANYTHING = JSON | CODES | st.lists(JSON | CODES, max_size=4)


@given(st.sampled_from(FIELDS), ANYTHING)
def test_no_json_value_whatever_raises_anything_but_not_accepted(field, value):
    try:
        kept = clean(field, value)
    except NotAccepted:
        return
    assert kept is None or clean(field, kept) == kept


@given(st.sampled_from(Category), st.dictionaries(st.sampled_from(sorted(BY_NAME)) | st.text(), ANYTHING))
def test_no_json_object_whatever_raises_anything_but_not_accepted(category, values):
    try:
        kept = clean_all(category, values)
    except NotAccepted:
        return
    assert clean_all(category, kept) == kept
