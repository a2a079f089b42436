"""What strangers write can be shown: no half characters, and no line that reads otherwise than it is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from secure_exchange import directory, profile, signing
from secure_exchange.errors import Malformed
from secure_exchange.profile import Profile
from secure_exchange.strict_json import canonical, parse
from tests.factories.exchange import AT


HALF = "\ud800"
MISLEADING = ["\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\u2029", "\x85", "\x1f"]


@pytest.mark.parametrize(
    "value",
    [HALF, f"a{HALF}b", [HALF], {"a": [{"b": "\udfff"}]}, {HALF: 1}, {"a": {HALF: 1}}, "\udc00\ud800"],
)
def test_half_a_character_is_refused_wherever_it_stands(value):
    with pytest.raises(Malformed):
        parse(json.dumps(value).encode(), limit=1000)


def test_whole_characters_are_taken_in_either_writing():
    for value in ("\U0001f600", "ș", {"ț": ["\U0001f600"]}):
        assert parse(json.dumps(value).encode(), limit=1000) == value
        assert parse(json.dumps(value, ensure_ascii=False).encode(), limit=1000) == value


def said(known, name):
    return Profile(
        address=known.italy.address,
        services=(),
        languages=(),
        categories=(),
        code_lists={},
        usual_answer_hours=1,
        issued=AT,
        name=name,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", [HALF, *MISLEADING])
def test_an_organisation_whose_name_cannot_be_shown_as_it_is_keeps_the_one_it_had(known, name):
    good = said(known, "Casa Aperta")
    directory.learn_profile(known.italy.address, profile.publish(good, known.italy.signer), at=AT)
    payload = canonical(json.loads(replace(good, name=f"Casa{name}").to_bytes()))
    with pytest.raises(Malformed):
        directory.learn_profile(
            known.italy.address, signing.sign(signing.PROFILE, payload, known.italy.signer), at=AT
        )
    assert directory.profile_of(known.italy.address).name.encode() == b"Casa Aperta"
    with pytest.raises(Malformed):
        profile.publish(replace(good, name=f"Casa{name}"), known.italy.signer)
