"""References: minted, read tolerantly, and mistyping is found out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.rules.references import ALPHABET, check_character, mint, parts, read
from referral.rules.refusals import BadReference


COUNTRIES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
STARTS = st.builds(
    lambda country, year, tail: f"{country}{year:02d}{tail}",
    COUNTRIES,
    st.integers(0, 99),
    st.text(ALPHABET, min_size=5, max_size=5),
)
REFERENCES = STARTS.map(lambda start: start + check_character(start))
EVERY_SIGN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def refused(text: str) -> bool:
    try:
        read(text)
    except BadReference:
        return True
    return False


@given(COUNTRIES, st.integers(2000, 2099))
def test_a_minted_reference_has_country_year_and_six_clear_characters(country, year):
    reference = mint(country=country, year=year)
    assert reference[:6] == f"{country}-{year % 100:02d}-"
    assert len(reference) == 12
    assert set(reference[6:]) <= set(ALPHABET)
    assert read(reference) == reference


@pytest.mark.parametrize("wrong", ["ro", "R", "ROU", "R1", ""])
def test_a_country_that_is_not_two_capitals_mints_nothing(wrong):
    with pytest.raises(ValueError, match="two capital letters"):
        mint(country=wrong, year=2026)


def test_the_alphabet_leaves_out_what_is_misread():
    assert not set("01ILOSU") & set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET)) == 29


@given(REFERENCES)
def test_every_single_wrong_character_is_found_out(plain):
    for place, right in enumerate(plain):
        for wrong in EVERY_SIGN:
            if wrong != right:
                assert refused(plain[:place] + wrong + plain[place + 1 :])


@given(REFERENCES)
def test_every_swap_of_neighbours_is_found_out(plain):
    for place in range(len(plain) - 1):
        one, other = plain[place], plain[place + 1]
        if one != other:
            assert refused(plain[:place] + other + one + plain[place + 2 :])


def test_the_check_tells_all_characters_apart_at_every_place():
    """Exhaustive for one place at a time: the sum is linear, so this holds for every reference."""
    for place in range(4, 9):
        starts = ["RO2622222"[:place] + sign + "RO2622222"[place + 1 :] for sign in ALPHABET]
        assert len({check_character(start) for start in starts}) == len(ALPHABET)


@given(REFERENCES, st.sampled_from([str.lower, str.upper, str.title]), st.sampled_from(["", " ", "-", " - "]))
def test_small_letters_spaces_and_missing_hyphens_are_read(plain, case, between):
    typed = case(between.join([plain[:2], plain[2:4], plain[4:]]))
    assert read(f"  {typed} ") == f"{plain[:2]}-{plain[2:4]}-{plain[4:]}"


@given(st.text(max_size=60))
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    refused(text)


@given(REFERENCES, st.data())
def test_every_part_of_a_reference_is_found_as_somebody_types_it(plain, data):
    written = read(plain)
    start = data.draw(st.integers(0, len(written) - 1))
    typed = written[start : data.draw(st.integers(start + 1, len(written)))]
    if typed == "-":
        return
    for form in (typed, typed.lower(), typed.replace("-", " "), f" {typed.replace('-', '')} "):
        assert any(part in written for part in parts(form)), form


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-", "Maria", "Zamfira Inventata", "ROU", "RO2A", "KQ4M9XX", "ro-26-7kq4m9-2", "%", "ș" * 9],
)
def test_what_cannot_be_part_of_a_reference_is_refused(typed):
    with pytest.raises(BadReference):
        parts(typed)
