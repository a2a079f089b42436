"""Envelopes, key sets, profiles, receipts and retries: what they promise when nobody attacks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secure_exchange import errors, keysets, profile, receipts
from secure_exchange.age import Identity
from secure_exchange.envelope import MAX_LIFETIME, seal, sealing, verify
from secure_exchange.manifest import Manifest, new_id
from secure_exchange.padding import padme
from secure_exchange.profile import Profile
from secure_exchange.receipts import Receipt
from secure_exchange.retry import LONGEST_WAIT, MAX_REFUSALS, Outcome, decide
from secure_exchange.signing import SigningKeys, VerifyingKeys
from secure_exchange.strict_json import canonical
from tests.factories.parties import DAY, DIRECTORY, NOW, RECEIVER, SENDER, draft, opened, organisation, sealed


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=3000))
def test_an_envelope_gives_back_its_content(content: bytes) -> None:
    envelope, body = sealed(content)
    result, back = opened(envelope.statement, body)
    assert back == content
    assert (result.media_type, result.size) == ("application/json", len(content))
    assert result.manifest == envelope.manifest


def test_a_large_content_comes_back_whole() -> None:
    content = bytes(range(256)) * 12_000
    envelope, body = sealed(content)
    assert opened(envelope.statement, body)[1] == content


def test_a_record_is_sealed_to_the_recipient_of_its_category_only() -> None:
    envelope, body = sealed(b"health", part="health")
    health = replace(RECEIVER, identities={"health": RECEIVER.identities["health"]})
    rest = replace(RECEIVER, identities={k: v for k, v in RECEIVER.identities.items() if k != "health"})
    assert opened(envelope.statement, body, by=health)[1] == b"health"
    with pytest.raises(errors.CannotOpen):
        opened(envelope.statement, body, by=rest)


@pytest.mark.parametrize(("kind", "part"), [("offer", ""), ("reply", "accepted"), ("withdrawal", "")])
def test_anything_but_a_record_is_sealed_to_the_default_recipient(kind: str, part: str) -> None:
    envelope, body = sealed(kind=kind, part=part)
    default = replace(RECEIVER, identities={"default": RECEIVER.identities["default"]})
    assert opened(envelope.statement, body, by=default)[1] == b"{}"


def test_a_category_without_recipient_is_never_sealed_to_another_one() -> None:
    with pytest.raises(errors.CategoryNotAccepted):
        sealed(part="psychology")


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if members is None:
        yield path
        return
    for name, member in members:
        yield from leaves(member, (*path, name))


def with_leaf(members: Any, path: tuple[str | int, ...], value: object) -> Any:
    changed = deepcopy(members)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize("words", ["Ana Exemplu", "+40 700 000 000", "ana", 40700000000])
def test_no_field_of_a_manifest_can_hold_anything_about_a_person(words: object) -> None:
    """`part` takes a lower-case word, but it must name a category whose key the receiver publishes."""
    members = json.loads(sealed()[0].manifest.to_bytes())
    paths = list(leaves(members))
    assert len(paths) == 16
    for path in paths:
        if (path, words) in {(("part",), "ana"), (("payload", "size"), 40700000000)}:
            continue
        with pytest.raises((errors.Malformed, errors.VersionUnknown)):
            Manifest.from_bytes(canonical(with_leaf(members, path, words)))


def test_sizes_are_padded_so_that_near_contents_look_the_same() -> None:
    sizes = {sealed(b"x" * length)[0].manifest.payload.size for length in range(20_000, 20_060, 7)}
    assert len(sizes) == 1


@given(st.integers(0, 2**40))
def test_padding_never_shrinks_and_costs_at_most_an_eighth(length: int) -> None:
    assert length <= padme(length) <= length + length * 12 // 100 + 1
    assert padme(padme(length)) == padme(length)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"expires": NOW + MAX_LIFETIME + timedelta(seconds=1)}, errors.LifetimeTooLong),
        ({"expires": NOW}, errors.LifetimeTooLong),
        ({"kind": "gossip"}, errors.Malformed),
        ({"kind": "reply", "part": "perhaps"}, errors.Malformed),
        ({"kind": "offer", "part": "health"}, errors.Malformed),
        ({"previous": "Ana"}, errors.Malformed),
        ({"media_type": "text/html; charset=utf-8"}, errors.Malformed),
        ({"recipients": ()}, errors.Misdirected),
        ({"created": NOW + 7 * DAY, "expires": NOW + 8 * DAY}, errors.KeysExpired),
    ],
)
def test_what_a_receiver_would_refuse_is_never_signed(
    changes: dict[str, object], refusal: type[errors.Refused]
) -> None:
    with pytest.raises(refusal):
        sealed(b"{}", **changes)


@pytest.mark.parametrize(
    ("written", "refusal"), [(b"12345", errors.TooLarge), (b"123", errors.WrongContents)]
)
def test_a_content_of_another_size_than_announced_is_not_sealed(
    written: bytes, refusal: type[errors.Refused]
) -> None:
    recipients = [RECEIVER.identities["health"].recipient]
    with pytest.raises(refusal), sealing(BytesIO(), draft(), 4, SENDER.signer, recipients) as sealing_now:
        sealing_now.write(written)
    with pytest.raises(RuntimeError):
        _ = sealing_now.envelope


def test_two_receivers_open_the_same_envelope() -> None:
    second = organisation("alt-adapost@ro.connect.test")
    parties = (RECEIVER.keys.party, second.keys.party)
    body = BytesIO()
    envelope = seal(
        BytesIO(b"both"),
        body,
        draft=draft(recipients=parties),
        size=4,
        signer=SENDER.signer,
        recipients=[second.keys, RECEIVER.keys],
    )
    for party in (RECEIVER, second):
        assert opened(envelope.statement, body.getvalue(), by=party)[1] == b"both"


def test_the_statement_alone_can_be_verified_before_the_body_came() -> None:
    envelope, _ = sealed()
    manifest = verify(envelope.statement, None, DIRECTORY, at=NOW, receiver=RECEIVER.address)
    assert manifest.digest == envelope.manifest.digest


def test_ids_are_version_seven_and_ordered_by_time() -> None:
    ids = [new_id(NOW + timedelta(milliseconds=step)) for step in range(50)]
    assert {identifier.version for identifier in ids} == {7}
    assert {identifier.variant for identifier in ids} == {uuid.RFC_4122}
    assert ids == sorted(ids)


def test_signing_keys_survive_storage() -> None:
    again = SigningKeys.from_bytes(SENDER.signer.to_bytes())
    assert again.verifying == SENDER.signer.verifying
    assert VerifyingKeys.from_dict(again.verifying.to_dict()) == again.verifying
    assert SENDER.signer.to_bytes().hex()[:16] not in repr(again)


def rotated(*, signer: SigningKeys | None = None) -> tuple[keysets.PublishedKeys, SigningKeys, bytes]:
    signer = signer or SigningKeys.generate()
    keys = replace(
        SENDER.keys,
        valid_from=NOW + 5 * DAY,
        valid_to=NOW + 12 * DAY,
        recipients={"default": Identity.generate().recipient},
        verifying=signer.verifying,
        previous=SENDER.keys.fingerprint,
    )
    return keys, signer, keysets.publish(keys, signer, SENDER.signer)


@pytest.mark.parametrize("same", [True, False])
def test_a_key_set_follows_from_the_one_before(same: bool) -> None:
    keys, _, second = rotated(signer=SENDER.signer if same else None)
    first = keysets.publish(SENDER.keys, SENDER.signer)
    assert keysets.read_chain([first, second]) == [SENDER.keys, keys]
    assert keysets.continuing(SENDER.keys, [first, second]) == [keys]
    assert keysets.continuing(keys, [first, second]) == []
    assert keysets.read(second) == keys


def test_fingerprints_are_read_out_as_sixty_digits() -> None:
    groups = SENDER.keys.digits.split(" ")
    assert [len(group) for group in groups] == [5] * 12
    assert "".join(groups).isdigit()
    assert SENDER.keys.digits != RECEIVER.keys.digits


def test_a_node_publishes_keys_that_only_sign() -> None:
    node = organisation("node@ro.connect.test", names=())
    assert keysets.read(keysets.publish(node.keys, node.signer)) == node.keys
    with pytest.raises(errors.CategoryNotAccepted):
        node.keys.recipient_for("default")


def test_eleven_categories_fit_into_a_statement() -> None:
    many = organisation("multe@ro.connect.test", names=("default", *(f"category-{n}" for n in range(12))))
    keys = replace(many.keys, previous="0" * 64)
    assert keysets.read(keysets.publish(keys, many.signer, SENDER.signer)) == keys


PROFILE = Profile(
    address=RECEIVER.address,
    services=("legal-counselling", "shelter"),
    languages=("it", "ro"),
    categories=("health", "identity"),
    code_lists={"services": "2026-01"},
    usual_answer_hours=24,
    issued=NOW,
)


def test_a_profile_comes_back_as_signed_and_names_what_it_does_not_accept() -> None:
    statement = profile.publish(PROFILE, RECEIVER.signer)
    read = profile.read(statement, RECEIVER.keys.verifying)
    assert read == PROFILE
    read.check(services=["shelter"], categories=["health"])
    with pytest.raises(errors.ServiceNotAccepted, match="surgery"):
        read.check(services=["shelter", "surgery"])
    with pytest.raises(errors.CategoryNotAccepted, match="police"):
        read.check(categories=["police"])


@pytest.mark.parametrize("kind", ["delivered", "opened", "failed", "destroyed"])
def test_a_receipt_comes_back_as_signed(kind: str) -> None:
    envelope, _ = sealed()
    receipt = Receipt(
        version=1,
        kind=kind,
        envelope=envelope.manifest.id,
        thread=envelope.manifest.thread,
        manifest=envelope.manifest.digest,
        by=RECEIVER.keys.party,
        at=NOW,
        ledger="",
    )
    read = receipts.read(receipts.issue(receipt, RECEIVER.signer), DIRECTORY)
    assert read == receipt
    assert read.digest == receipt.digest


def classes(base: type[errors.Refused]) -> list[type[errors.Refused]]:
    return [base, *(each for child in base.__subclasses__() for each in classes(child))]


def test_every_refusal_has_its_own_code_and_says_what_happened_and_what_to_do() -> None:
    every = [each for each in classes(errors.Refused) if each.__module__ == errors.__name__]
    assert len({each.code for each in every}) == len(every)
    for each in every:
        assert 400 <= each.status < 500 or each.status == 503
        assert each.sentence.count(".") >= 2
    assert str(errors.Altered()) == "altered"
    assert str(errors.Altered("size")) == "size"


TRY = {"attempts": 1, "refusals": 0, "status": None, "at": NOW, "expires": NOW + 30 * DAY, "jitter": 0.5}


@given(st.integers(1, 10_000), st.sampled_from([None, 429, 500, 503]), st.floats(0, 1, exclude_max=True))
def test_a_silent_network_never_kills_an_envelope(attempts: int, status: int | None, jitter: float) -> None:
    decision = decide(**{**TRY, "attempts": attempts, "status": status, "jitter": jitter})  # type: ignore[arg-type]
    assert decision.outcome is Outcome.RETRY
    assert decision.next_at is not None
    assert NOW < decision.next_at <= NOW + LONGEST_WAIT


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"status": 410}, Outcome.EXPIRED),
        ({"at": NOW + 30 * DAY}, Outcome.EXPIRED),
        ({"status": 409, "refusals": 1}, Outcome.DEAD),
        ({"status": 422, "refusals": 1}, Outcome.RETRY),
        ({"status": 422, "refusals": 5}, Outcome.DEAD),
        ({"status": 403, "refusals": 1}, Outcome.RETRY),
        ({"status": 403, "refusals": MAX_REFUSALS}, Outcome.DEAD),
        ({"status": 503, "refusals": MAX_REFUSALS}, Outcome.RETRY),
    ],
)
def test_an_answer_decides_whether_it_is_tried_again(changes: dict[str, object], outcome: Outcome) -> None:
    assert decide(**{**TRY, **changes}).outcome is outcome  # type: ignore[arg-type]


def test_a_retry_never_waits_beyond_the_end() -> None:
    soon = NOW + timedelta(seconds=20)
    assert decide(**{**TRY, "expires": soon}).next_at == soon  # type: ignore[arg-type]
