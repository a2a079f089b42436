"""Attacks on envelopes: forged, altered, misdirected, late, lifted; each is refused for its own reason."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secure_exchange import age, dsse, errors, signing
from secure_exchange.contents import MAX_LINE_BYTES, Contents
from secure_exchange.envelope import MAX_AHEAD, MAX_LIFETIME, verify
from secure_exchange.envelope import open as open_envelope
from secure_exchange.manifest import MAX_MANIFEST_BYTES, Manifest, Party, Payload
from secure_exchange.padding import padme
from secure_exchange.signing import SigningKeys
from secure_exchange.strict_json import canonical
from tests.factories.parties import (
    DAY,
    DIRECTORY,
    NOW,
    RECEIVER,
    SENDER,
    STRANGER,
    MemoryDirectory,
    draft,
    opened,
    sealed,
)


pytestmark = pytest.mark.hostile

ENVELOPE, BODY = sealed(b'{"note": "sealed"}')
STATEMENT, MANIFEST = ENVELOPE.statement, ENVELOPE.manifest


def signed(manifest: Manifest | bytes, *signers: SigningKeys, kind: str = signing.ENVELOPE) -> bytes:
    """Any manifest, honestly signed: what a hostile but known organisation can make."""
    payload = manifest if isinstance(manifest, bytes) else manifest.to_bytes()
    return signing.sign(kind, payload, *(signers or (SENDER.signer,)))


def refusal(statement: bytes, body: bytes = BODY, *, at: object = NOW) -> errors.Refused:
    """What opening raises, once it is certain that not a byte came out."""
    target = BytesIO()
    with pytest.raises(errors.Refused) as caught:
        open_envelope(
            statement,
            BytesIO(body),
            target,
            DIRECTORY,
            list(RECEIVER.identities.values()),
            at=at,  # type: ignore[arg-type]
            receiver=RECEIVER.address,
        )
    assert target.getvalue() == b""
    return caught.value


def members(statement: bytes = STATEMENT) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(statement)
    return loaded


def test_the_envelope_of_these_tests_opens() -> None:
    assert opened(STATEMENT, BODY)[1] == b'{"note": "sealed"}'
    assert opened(signed(MANIFEST), BODY)[1] == b'{"note": "sealed"}'


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(STATEMENT) - 1), st.integers(0, 7))
def test_no_bit_of_a_statement_can_be_flipped(place: int, bit: int) -> None:
    refusal(STATEMENT[:place] + bytes([STATEMENT[place] ^ 1 << bit]) + STATEMENT[place + 1 :])


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(BODY) - 1), st.integers(0, 7))
def test_no_bit_of_a_body_can_be_flipped(place: int, bit: int) -> None:
    changed = BODY[:place] + bytes([BODY[place] ^ 1 << bit]) + BODY[place + 1 :]
    assert isinstance(refusal(STATEMENT, changed), errors.Altered)


@pytest.mark.parametrize("body", [b"", BODY[:-1], BODY + b"\0", BODY * 2, sealed()[1]])
def test_a_body_cut_lengthened_or_of_another_envelope_is_refused(body: bytes) -> None:
    assert isinstance(refusal(STATEMENT, body), errors.Altered)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_raise_our_refusal(data: bytes) -> None:
    assert isinstance(refusal(data), errors.Malformed)
    assert isinstance(refusal(signed(data)), errors.Malformed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_as_statement_or_manifest_raises_our_refusal(value: object) -> None:
    data = json.dumps(value).encode()
    refusal(data)
    refusal(signed(data))
    for name in ("payload", "payloadType", "signatures"):
        refusal(json.dumps({**members(), name: value}).encode())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(json.loads(MANIFEST.to_bytes()))), JSON)
def test_any_value_in_any_field_of_a_signed_manifest_raises_our_refusal(name: str, value: object) -> None:
    fields = json.loads(MANIFEST.to_bytes())
    if value == fields[name]:
        return
    refusal(signed(json.dumps({**fields, name: value}, sort_keys=True, separators=(",", ":")).encode()))


@pytest.mark.parametrize("name", sorted(json.loads(MANIFEST.to_bytes())))
def test_a_missing_field_is_refused(name: str) -> None:
    fields = json.loads(MANIFEST.to_bytes())
    del fields[name]
    assert isinstance(refusal(signed(canonical(fields))), errors.Malformed)


def test_an_unknown_field_is_refused_even_when_signed() -> None:
    fields = json.loads(MANIFEST.to_bytes())
    assert isinstance(refusal(signed(canonical({**fields, "note": "Ana"}))), errors.Malformed)


def test_an_unknown_version_is_named_as_such() -> None:
    assert isinstance(refusal(signed(replace(MANIFEST, version=2))), errors.VersionUnknown)


ODD_JSON = {
    "duplicate name": MANIFEST.to_bytes().replace(b'{"created"', b'{"version":1,"created"', 1),
    "white space": MANIFEST.to_bytes().replace(b":", b": ", 1),
    "other order": json.dumps(json.loads(MANIFEST.to_bytes()), separators=(",", ":")).encode()[:-1] + b" }",
    "a float for a whole number": MANIFEST.to_bytes().replace(b'"version":1', b'"version":1.0'),
    "minus zero": MANIFEST.to_bytes().replace(b'"version":1', b'"version":-0'),
    "deep": b"[" * 20_000 + b"]" * 20_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "huge integer": b'{"version":' + b"9" * 5000 + b"}",
    "huge exponent": b'{"version":1e999999}',
    "not a number": b'{"version":NaN}',
    "lone surrogate": MANIFEST.to_bytes().replace(b'"part":"health"', b'"part":"\\ud800"'),
    "lone surrogate in a name": MANIFEST.to_bytes().replace(b'"part"', b'"\\udfff"'),
    "NUL": MANIFEST.to_bytes().replace(b'"part":"health"', b'"part":"\\u0000"'),
    "newline at the end of a code": MANIFEST.to_bytes().replace(b'"part":"health"', b'"part":"health\\n"'),
    "not UTF-8": b'{"version":"\xff"}',
    "UTF-16": MANIFEST.to_bytes().decode().encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + MANIFEST.to_bytes(),
    "other digits": MANIFEST.to_bytes().replace(
        b"2026-11-20T10", "\uff12\uff10\uff12\uff16-11-20T10".encode()
    ),
    "too long": b" " * (MAX_MANIFEST_BYTES + 1),
    "a day that does not exist": MANIFEST.to_bytes().replace(b"2026-11-20T10", b"2026-02-30T10"),
    "upper case UUID": MANIFEST.to_bytes().replace(
        str(MANIFEST.thread).encode(), str(MANIFEST.thread).upper().encode()
    ),
}


@pytest.mark.parametrize("data", ODD_JSON.values(), ids=ODD_JSON.keys())
def test_odd_json_is_refused_as_manifest_and_as_statement(data: bytes) -> None:
    if len(data) < MAX_MANIFEST_BYTES:
        assert isinstance(refusal(signed(data)), errors.Malformed)
    assert isinstance(refusal(data), errors.Malformed)
    with pytest.raises(errors.Malformed):
        Manifest.from_bytes(data)


def test_an_oversized_statement_is_refused() -> None:
    assert isinstance(refusal(STATEMENT + b" " * dsse.MAX_STATEMENT_BYTES), errors.Malformed)
    with pytest.raises(errors.TooLarge):
        signing.sign(signing.ENVELOPE, bytes(dsse.MAX_STATEMENT_BYTES), SENDER.signer)


# Signatures


def with_signatures(signatures: list[object]) -> bytes:
    return json.dumps({**members(), "signatures": signatures}).encode()


SIGNATURES = json.loads(STATEMENT)["signatures"]
OTHERS = json.loads(signed(MANIFEST, STRANGER.signer))["signatures"]
AS_RECEIPT = json.loads(signed(MANIFEST, kind=signing.RECEIPT))["signatures"]


@pytest.mark.parametrize(
    "signatures",
    [
        SIGNATURES[:1],
        SIGNATURES[1:],
        [SIGNATURES[0], SIGNATURES[0]],
        [*SIGNATURES, SIGNATURES[1]],
        OTHERS,
        [SIGNATURES[0], OTHERS[1]],
        [OTHERS[0], SIGNATURES[1]],
        [*SIGNATURES, *OTHERS],
        [{**OTHERS[0], "keyid": SIGNATURES[0]["keyid"]}, SIGNATURES[1]],
        [SIGNATURES[0], {**OTHERS[1], "keyid": SIGNATURES[1]["keyid"]}],
        [{**SIGNATURES[0], "sig": ""}, SIGNATURES[1]],
        [SIGNATURES[0], {**SIGNATURES[1], "sig": "AAAA"}],
        [{**SIGNATURES[0], "sig": SIGNATURES[1]["sig"]}, {**SIGNATURES[1], "sig": SIGNATURES[0]["sig"]}],
        AS_RECEIPT,
    ],
)
def test_both_signatures_by_the_right_key_over_this_very_statement_are_needed(
    signatures: list[object],
) -> None:
    assert isinstance(refusal(with_signatures(signatures)), errors.BadSignature)


def test_no_signature_at_all_is_malformed() -> None:
    assert isinstance(refusal(with_signatures([])), errors.Malformed)
    assert isinstance(refusal(with_signatures(SIGNATURES * 5)), errors.Malformed)


def test_a_statement_of_another_type_is_not_an_envelope() -> None:
    assert isinstance(refusal(signed(MANIFEST, kind=signing.RECEIPT)), errors.Malformed)


def test_the_receiver_cannot_forge_the_sender() -> None:
    assert isinstance(refusal(signed(MANIFEST, RECEIVER.signer)), errors.BadSignature)


def test_a_changed_manifest_needs_new_signatures() -> None:
    payload = dsse.to_base64(replace(MANIFEST, part="identity").to_bytes())
    assert isinstance(refusal(json.dumps({**members(), "payload": payload}).encode()), errors.BadSignature)


# Who, whom, when


def test_an_unknown_sender_is_refused() -> None:
    stolen = replace(MANIFEST, sender=STRANGER.keys.party)
    assert isinstance(refusal(signed(stolen, STRANGER.signer)), errors.UnknownSender)
    other_set = replace(MANIFEST, sender=Party(SENDER.address, "0" * 64))
    assert isinstance(refusal(signed(other_set)), errors.UnknownSender)


def test_an_envelope_for_another_organisation_is_refused() -> None:
    other = replace(MANIFEST, recipients=(STRANGER.keys.party,))
    assert isinstance(refusal(signed(other)), errors.Misdirected)


def test_a_node_neither_sends_nor_receives() -> None:
    node = Party("node@it.connect.test", "0" * 64)
    for manifest in (
        replace(MANIFEST, sender=node),
        replace(MANIFEST, recipients=(*MANIFEST.recipients, node)),
    ):
        assert isinstance(refusal(signed(manifest)), errors.Malformed)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_a_statement_is_one_line(end: bytes) -> None:
    for statement in (STATEMENT + end, end + STATEMENT, STATEMENT.replace(b",", b"," + end, 1)):
        assert isinstance(refusal(statement), errors.Malformed)


@pytest.mark.parametrize("count", [0, 17])
def test_no_recipients_or_too_many_are_refused(count: int) -> None:
    parties = tuple(Party(f"numero-{number}@it.connect.test", "0" * 64) for number in range(count))
    assert isinstance(refusal(signed(replace(MANIFEST, recipients=parties))), errors.Malformed)


def test_a_recipient_twice_is_refused() -> None:
    twice = (RECEIVER.keys.party, Party(RECEIVER.address, "0" * 64))
    assert isinstance(refusal(signed(replace(MANIFEST, recipients=twice))), errors.Malformed)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (MANIFEST.expires, errors.Expired),
        (MANIFEST.expires + DAY, errors.Expired),
        (NOW - MAX_AHEAD - SECOND, errors.FromTheFuture),
    ],
)
def test_too_early_and_too_late_are_refused(at: object, expected: type[errors.Refused]) -> None:
    assert isinstance(refusal(STATEMENT, at=at), expected)


@pytest.mark.parametrize("at", [NOW - MAX_AHEAD, NOW, MANIFEST.expires - SECOND])
def test_inside_its_time_an_envelope_opens(at: object) -> None:
    assert opened(STATEMENT, BODY, at=at)[1]  # type: ignore[arg-type]


@pytest.mark.parametrize("expires", [NOW + MAX_LIFETIME + SECOND, NOW, NOW - DAY])
def test_a_lifetime_that_is_too_long_or_none_is_refused(expires: object) -> None:
    statement = signed(replace(MANIFEST, expires=expires))  # type: ignore[arg-type]
    assert isinstance(refusal(statement), errors.LifetimeTooLong)


def test_an_envelope_made_with_keys_that_were_not_valid_then_is_refused() -> None:
    late = replace(MANIFEST, created=SENDER.keys.valid_to, expires=SENDER.keys.valid_to + DAY)
    assert isinstance(refusal(signed(late), at=SENDER.keys.valid_to), errors.KeysExpired)
    early = replace(MANIFEST, created=SENDER.keys.valid_from - SECOND)
    assert isinstance(refusal(signed(early)), errors.KeysExpired)


# Inside the seal


def around(inside: bytes, manifest: Manifest = MANIFEST) -> tuple[bytes, bytes]:
    """Any inside, honestly sealed to the receiver and honestly signed by a hostile sender."""
    body = age.encrypt_bytes(inside, [RECEIVER.identities["health"].recipient])
    payload = Payload("application/age", len(body), hashlib.sha256(body).hexdigest())
    return signed(replace(manifest, payload=payload)), body


def inside(content: bytes = b"content", *, padding: int | None = None, **changes: object) -> bytes:
    fields: dict[str, object] = {
        "version": 1,
        "thread": MANIFEST.thread,
        "kind": MANIFEST.kind,
        "part": MANIFEST.part,
        "sender": MANIFEST.sender,
        "recipients": MANIFEST.recipients,
        "media_type": "text/plain",
        "size": len(content),
    }
    line = Contents(**{**fields, **changes}).to_line()  # type: ignore[arg-type]
    length = len(line) + len(content)
    return line + content + bytes(padme(length) - length if padding is None else padding)


def test_the_inside_of_these_tests_opens() -> None:
    assert opened(*around(inside()))[1] == b"content"


@pytest.mark.parametrize(
    "changes",
    [
        {"thread": MANIFEST.id},
        {"kind": "offer"},
        {"part": "identity"},
        {"sender": STRANGER.keys.party},
        {"sender": Party(SENDER.address, "0" * 64)},
        {"recipients": (STRANGER.keys.party,)},
        {"recipients": (RECEIVER.keys.party, STRANGER.keys.party)},
        {"media_type": "text/html\n"},
        {"size": -1},
        {"size": 6},
    ],
)
def test_an_inside_that_belongs_to_another_manifest_is_refused(changes: dict[str, object]) -> None:
    refused = _refused_inside(inside(**changes))  # type: ignore[arg-type]
    assert isinstance(refused, errors.WrongContents)


def _refused_inside(content: bytes) -> errors.Refused:
    statement, body = around(content)
    with pytest.raises(errors.Refused) as caught:
        opened(statement, body)
    return caught.value


def test_a_stolen_body_under_the_thiefs_own_manifest_is_refused() -> None:
    """The receiver trusts the thief too, and the thief signs the stolen body as its own."""
    thief = MemoryDirectory(STRANGER.keys)
    statement = signed(replace(MANIFEST, sender=STRANGER.keys.party), STRANGER.signer)
    target = BytesIO()
    with pytest.raises(errors.WrongContents):
        open_envelope(
            statement,
            BytesIO(BODY),
            target,
            thief,
            list(RECEIVER.identities.values()),
            at=NOW,
            receiver=RECEIVER.address,
        )
    assert target.getvalue() == b""


def test_a_part_cannot_be_passed_off_as_another_part() -> None:
    relabelled = replace(MANIFEST, part="identity")
    assert isinstance(refusal(signed(relabelled)), errors.WrongContents)


@pytest.mark.parametrize(
    "content",
    [
        inside()[:-1],
        inside() + b"\0",
        inside(padding=0),
        inside(b"x" * 5000, padding=0),
        inside()[:-1] + b"\1",
        inside(size=10**9),
        b"",
        b"\n",
        b"{}\n",
        b"no newline",
        b"x" * (MAX_LINE_BYTES + 10),
        b"x" * (MAX_LINE_BYTES + 10) + b"\n",
        b" " + inside(),
    ],
)
def test_an_inside_of_another_shape_is_refused(content: bytes) -> None:
    assert isinstance(_refused_inside(content), errors.WrongContents)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_inside_raises_our_refusal(content: bytes, with_line: bool) -> None:
    line = inside().partition(b"\n")[0] + b"\n" if with_line else b""
    if line + content != inside():
        assert isinstance(_refused_inside(line + content), errors.WrongContents)


def test_a_damaged_age_file_under_an_honest_signature_cannot_be_opened() -> None:
    body = age.encrypt_bytes(inside(), [RECEIVER.identities["health"].recipient])[:-1] + b"\0"
    payload = Payload("application/age", len(body), hashlib.sha256(body).hexdigest())
    assert isinstance(refusal(signed(replace(MANIFEST, payload=payload)), body), errors.CannotOpen)


def test_who_has_no_key_cannot_open_but_can_verify() -> None:
    empty = replace(RECEIVER, identities={})
    with pytest.raises(errors.CannotOpen):
        opened(STATEMENT, BODY, by=empty)
    assert verify(STATEMENT, BytesIO(BODY), DIRECTORY, at=NOW, receiver=RECEIVER.address) == MANIFEST


def test_sealing_to_keys_that_are_not_the_drafts_is_refused() -> None:
    with pytest.raises(errors.Misdirected):
        sealed(b"{}", recipients=(STRANGER.keys.party,))
    assert draft().recipients == (RECEIVER.keys.party,)
