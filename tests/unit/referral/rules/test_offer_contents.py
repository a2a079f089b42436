"""What an offer says: a closed list of codes, and nothing else gets in or out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.rules.offer_contents import MAX_BYTES, OfferContents, parse, serialise
from referral.rules.refusals import OfferRefused
from referral.vocabulary import (
    LANGUAGE_CODES,
    AgeBand,
    Category,
    Citizenship,
    HandoverKind,
    Mobility,
    NeedCode,
    SexBand,
    Stage,
    Urgency,
)


def some(values, most: int):
    return st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=most, unique=True).map(tuple)


OFFERS = st.builds(
    OfferContents,
    kind=st.sampled_from(HandoverKind),
    stage=st.sampled_from([stage for stage in Stage if stage is not Stage.CLOSED]),
    urgency=st.sampled_from(Urgency),
    needs=some(NeedCode, 31),
    sex=st.sampled_from(SexBand),
    age=st.sampled_from(AgeBand),
    languages=some(LANGUAGE_CODES, 5),
    citizenship=st.sampled_from(Citizenship),
    mobility=st.sampled_from(Mobility),
    children=st.integers(0, 9),
    categories=some(Category, 10),
)
OFFER = OfferContents(
    kind=HandoverKind.TRANSFER,
    stage=Stage.PROTECTION,
    urgency=Urgency.SOON,
    needs=(NeedCode.SAFE_ACCOMMODATION, NeedCode.LEGAL_INFORMATION),
    sex=SexBand.FEMALE,
    age=AgeBand.FROM_18_TO_24,
    languages=("ro", "it"),
    citizenship=Citizenship.EU_CITIZEN,
    mobility=Mobility.NO_LIMITS,
    children=1,
    categories=(Category.IDENTITY, Category.NEEDS),
)
PLAIN = json.loads(serialise(OFFER))


def changed(**changes: object) -> bytes:
    return json.dumps({**PLAIN, **changes}).encode()


@given(OFFERS)
def test_an_offer_comes_back_as_it_was_and_always_as_the_same_bytes(offer):
    data = serialise(offer)
    assert parse(data) == offer
    assert serialise(parse(data)) == data
    assert len(data) <= MAX_BYTES


@given(OFFERS)
def test_the_longest_word_of_an_offer_is_a_code(offer):
    known = {str(word) for words in (NeedCode, SexBand, AgeBand, Citizenship, Mobility) for word in words}
    known |= {
        str(word) for words in (HandoverKind, Stage, Urgency, Category) for word in words
    } | LANGUAGE_CODES
    plain = json.loads(serialise(offer))
    for value in plain.values():
        for part in value if isinstance(value, list) else [value]:
            assert part in known or (type(part) is int and 0 <= part <= 9)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"a":' * 5000,
        serialise(OFFER) + b" " * MAX_BYTES,
        serialise(OFFER)[:-1] + b',"note":"call Maria"}',
        serialise(OFFER)[:-1] + b',"sex":"male"}',
        json.dumps({name: value for name, value in PLAIN.items() if name != "sex"}).encode(),
        changed(version=2),
        changed(version=True),
        changed(version=1.0),
        changed(children=10),
        changed(children=-1),
        changed(children=True),
        changed(children=1.0),
        changed(children="1"),
        changed(needs=[]),
        changed(needs=["SAFE_ACCOMMODATION", "SAFE_ACCOMMODATION"]),
        changed(needs="SAFE_ACCOMMODATION"),
        changed(needs=["A ROOM NEAR THE STATION"]),
        changed(needs=[None]),
        changed(languages=["rou"]),
        changed(languages=["ro", "it", "pt", "en", "fr", "de"]),
        changed(categories=["name"]),
        changed(categories={"identity": 1}),
        changed(age="17"),
        changed(age=None),
        changed(sex=["female"]),
        changed(stage="closed"),
        changed(stage="Protection"),
        changed(urgency="soon "),
    ],
)
def test_whatever_is_outside_the_closed_list_is_refused(data):
    with pytest.raises(OfferRefused):
        parse(data)


@given(st.binary(max_size=200))
def test_strange_bytes_raise_only_our_refusal(data):
    with pytest.raises(OfferRefused):
        parse(data)


@given(st.dictionaries(st.sampled_from(sorted(PLAIN)), st.text() | st.integers() | st.none(), min_size=1))
def test_strange_values_raise_only_our_refusal(changes):
    try:
        parse(changed(**changes))
    except OfferRefused:
        return


def test_an_offer_made_with_a_word_outside_the_list_is_refused_at_the_sender():
    said = {name: value for name, value in PLAIN.items() if name != "version"}
    with pytest.raises(OfferRefused):
        OfferContents(**{**said, "sex": "Maria"})
