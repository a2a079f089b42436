"""Attacks on key sets, profiles and receipts: what signs itself proves little, and chains must hold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secure_exchange import dsse, errors, keysets, profile, receipts, signing
from secure_exchange.keysets import PublishedKeys
from secure_exchange.profile import Profile
from secure_exchange.receipts import Receipt
from secure_exchange.signing import SigningKeys
from secure_exchange.strict_json import canonical
from tests.factories.parties import DAY, DIRECTORY, NOW, RECEIVER, SENDER, STRANGER, organisation, sealed


pytestmark = pytest.mark.hostile

FIRST = keysets.publish(SENDER.keys, SENDER.signer)
NEW_SIGNER = SigningKeys.generate()
SECOND_KEYS = replace(
    SENDER.keys,
    valid_from=NOW + 5 * DAY,
    valid_to=NOW + 12 * DAY,
    verifying=NEW_SIGNER.verifying,
    previous=SENDER.keys.fingerprint,
)
SECOND = keysets.publish(SECOND_KEYS, NEW_SIGNER, SENDER.signer)
PROFILE = profile.publish(
    Profile(
        address=SENDER.address,
        services=("shelter",),
        languages=("ro",),
        categories=("health",),
        code_lists={"services": "2026-01"},
        usual_answer_hours=24,
        issued=NOW,
    ),
    SENDER.signer,
)
MANIFEST = sealed()[0].manifest
RECEIPT = Receipt(
    version=1,
    kind="delivered",
    envelope=MANIFEST.id,
    thread=MANIFEST.thread,
    manifest=MANIFEST.digest,
    by=RECEIVER.keys.party,
    at=NOW,
    ledger="",
)
ISSUED = receipts.issue(RECEIPT, RECEIVER.signer)


def read_profile(statement: bytes) -> object:
    return profile.read(statement, SENDER.keys.verifying)


def read_receipt(statement: bytes) -> object:
    return receipts.read(statement, DIRECTORY)


READERS = {
    "keys": (keysets.read, FIRST),
    "profile": (read_profile, PROFILE),
    "receipt": (read_receipt, ISSUED),
}
KINDS = {"keys": signing.KEYS, "profile": signing.PROFILE, "receipt": signing.RECEIPT}
SIGNERS = {"keys": SENDER.signer, "profile": SENDER.signer, "receipt": RECEIVER.signer}


def payload_of(statement: bytes) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(dsse.read(statement).payload)
    return loaded


@pytest.mark.parametrize("what", READERS)
@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_bit_of_a_statement_can_be_flipped(what: str, data: st.DataObject) -> None:
    read, statement = READERS[what]
    place = data.draw(st.integers(0, len(statement) - 1))
    bit = data.draw(st.integers(0, 7))
    with pytest.raises(errors.Refused):
        read(statement[:place] + bytes([statement[place] ^ 1 << bit]) + statement[place + 1 :])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("what", READERS)
@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_value_in_any_signed_field_is_read_as_meant_or_refused(what: str, data: st.DataObject) -> None:
    read, statement = READERS[what]
    fields = payload_of(statement)
    name = data.draw(st.sampled_from(sorted(fields)))
    fields[name] = data.draw(VALUES)
    signed = signing.sign(KINDS[what], canonical(fields), SIGNERS[what])
    try:
        read(signed)
    except errors.Refused:
        return
    assert json.loads(canonical(fields)) == payload_of(signed)


@pytest.mark.parametrize("what", READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_raise_our_refusal(what: str, data: bytes) -> None:
    read, _ = READERS[what]
    for statement in (data, signing.sign(KINDS[what], data, SIGNERS[what])):
        with pytest.raises(errors.Refused):
            read(statement)


@pytest.mark.parametrize("what", READERS)
@pytest.mark.parametrize("other", READERS)
def test_one_kind_of_statement_is_never_taken_for_another(what: str, other: str) -> None:
    read, _ = READERS[what]
    _, statement = READERS[other]
    if what != other:
        with pytest.raises(errors.Refused):
            read(statement)


@pytest.mark.parametrize("what", READERS)
def test_an_unknown_version_is_named_as_such(what: str) -> None:
    read, statement = READERS[what]
    fields = {**payload_of(statement), "version": 2}
    with pytest.raises(errors.VersionUnknown):
        read(signing.sign(KINDS[what], canonical(fields), SIGNERS[what]))


# Key sets


def test_the_chain_of_these_tests_holds() -> None:
    assert keysets.read_chain([FIRST, SECOND]) == [SENDER.keys, SECOND_KEYS]


def follower(*signers: SigningKeys, **changes: object) -> bytes:
    keys = replace(SECOND_KEYS, **changes)  # type: ignore[arg-type]
    return signing.sign(signing.KEYS, keys.to_bytes(), *signers)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (follower(NEW_SIGNER, SENDER.signer, previous=RECEIVER.keys.fingerprint), errors.KeysChanged),
        (follower(NEW_SIGNER, previous=""), errors.KeysChanged),
        (follower(NEW_SIGNER, SENDER.signer, address=STRANGER.address), errors.KeysChanged),
        (follower(NEW_SIGNER, SENDER.signer, valid_from=NOW - 2 * DAY), errors.KeysChanged),
        (follower(NEW_SIGNER), errors.BadSignature),
        (follower(NEW_SIGNER, STRANGER.signer), errors.BadSignature),
        (follower(SENDER.signer), errors.BadSignature),
        (follower(NEW_SIGNER, SENDER.signer, STRANGER.signer), errors.BadSignature),
        (follower(NEW_SIGNER, NEW_SIGNER), errors.BadSignature),
        (keysets.publish(STRANGER.keys, STRANGER.signer), errors.KeysChanged),
    ],
)
def test_a_set_that_does_not_follow_is_refused(statement: bytes, expected: type[errors.Refused]) -> None:
    with pytest.raises(expected):
        keysets.read_chain([FIRST, statement])


def test_a_chain_in_another_order_or_with_a_gap_is_refused() -> None:
    for chain in ([SECOND, FIRST], [FIRST, FIRST], [FIRST, SECOND, SECOND]):
        with pytest.raises(errors.KeysChanged):
            keysets.read_chain(chain)
    with pytest.raises(errors.Malformed):
        keysets.read_chain([])


def test_a_chain_that_does_not_pass_through_the_set_we_know_is_an_alarm() -> None:
    impostor = organisation(SENDER.address)
    with pytest.raises(errors.KeysChanged):
        keysets.continuing(SENDER.keys, [keysets.publish(impostor.keys, impostor.signer)])
    with pytest.raises(errors.KeysChanged):
        keysets.continuing(SENDER.keys, [SECOND])


def test_a_first_set_signed_by_two_is_refused() -> None:
    with pytest.raises(errors.BadSignature):
        keysets.read(signing.sign(signing.KEYS, SENDER.keys.to_bytes(), SENDER.signer, STRANGER.signer))


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_to": SENDER.keys.valid_from},
        {"address": "no address"},
        {"address": "a@" + "b." * 200 + "c"},
        {"recipients": {"health": SENDER.identities["health"].recipient}},
        {"recipients": {"Ana Exemplu": SENDER.identities["health"].recipient}},
        {"recipients": {f"c{number}": SENDER.identities["health"].recipient for number in range(17)}},
    ],
)
def test_a_key_set_that_makes_no_sense_is_neither_published_nor_read(changes: dict[str, object]) -> None:
    keys: PublishedKeys = replace(SENDER.keys, **changes)  # type: ignore[arg-type]
    with pytest.raises(errors.Malformed):
        keysets.publish(keys, SENDER.signer)
    with pytest.raises(errors.Malformed):
        keysets.read(signing.sign(signing.KEYS, keys.to_bytes(), SENDER.signer))


def test_publishing_with_the_wrong_keys_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="its own keys"):
        keysets.publish(SENDER.keys, STRANGER.signer)
    with pytest.raises(ValueError, match="follows another"):
        keysets.publish(SECOND_KEYS, NEW_SIGNER)
    with pytest.raises(ValueError, match="follows another"):
        keysets.publish(SENDER.keys, SENDER.signer, SENDER.signer)


# Receipts and profiles


def test_a_receipt_by_somebody_else_is_refused() -> None:
    with pytest.raises(errors.BadSignature):
        receipts.read(signing.sign(signing.RECEIPT, RECEIPT.to_bytes(), SENDER.signer), DIRECTORY)
    stranger = replace(RECEIPT, by=STRANGER.keys.party)
    with pytest.raises(errors.UnknownSender):
        receipts.read(receipts.issue(stranger, STRANGER.signer), DIRECTORY)


@pytest.mark.parametrize("at", [RECEIVER.keys.valid_to, RECEIVER.keys.valid_from - timedelta(microseconds=1)])
def test_a_receipt_from_outside_the_time_of_its_keys_is_refused(at: object) -> None:
    with pytest.raises(errors.KeysExpired):
        receipts.read(receipts.issue(replace(RECEIPT, at=at), RECEIVER.signer), DIRECTORY)  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"kind": "liked"}, {"manifest": "0"}, {"ledger": "Ana"}])
def test_a_receipt_that_makes_no_sense_is_never_issued(changes: dict[str, object]) -> None:
    with pytest.raises(errors.Malformed):
        receipts.issue(replace(RECEIPT, **changes), RECEIVER.signer)  # type: ignore[arg-type]


def test_a_profile_by_other_keys_is_refused() -> None:
    with pytest.raises(errors.BadSignature):
        profile.read(PROFILE, STRANGER.keys.verifying)
