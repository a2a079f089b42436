"""Attacks on checkpoints: notes that are damaged, stripped, made up, or of another log."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secure_exchange.dsse import to_base64
from secure_exchange.errors import BadSignature, Malformed
from secure_exchange.ledger.checkpoint import MAX_TIME, Checkpoint, LedgerKeys, cosigned_message, verify
from secure_exchange.ledger.merkle import EMPTY_ROOT, MAX_SIZE, leaf_hash
from secure_exchange.ledger.notes import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    KeyType,
    Note,
    NoteKey,
    NoteSignature,
)


pytestmark = pytest.mark.hostile

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NAME = "ro.connect.test/ledger"
LOG = LedgerKeys.generate(NAME)
WITNESS = LedgerKeys.generate("it.connect.test/ledger")
HEAD = Checkpoint(NAME, 42, leaf_hash(b"root"))
ROOT = to_base64(HEAD.root)
SIGNED = LOG.sign(HEAD, at=AT)
TEXT, BY_ED25519, BY_ML_DSA = SIGNED[: SIGNED.index(b"\n\n") + 1], *SIGNED.splitlines(keepends=True)[-2:]
WITNESSED = SIGNED + WITNESS.cosign(HEAD, at=AT)
EVERY_KEY = {"log": LOG.verifying, "witnesses": WITNESS.verifying}


def cosignature(time: int, keys: LedgerKeys = WITNESS) -> bytes:
    """A line by a witness that lies about the time."""
    key = keys.verifying[1]
    message = cosigned_message(cosigner=key.name, time=time, origin=NAME, end=42, root=HEAD.root)
    value = time.to_bytes(8, "big") + keys._post_quantum.sign(message)
    return NoteSignature(key.name, key.id, value).to_bytes()


def test_a_changed_byte_is_refused_wherever_it_is() -> None:
    ends = [place for place, byte in enumerate(WITNESSED) if byte == ord("\n")]
    near = {place for end in ends for place in range(end - 70, end + 70)} & set(range(len(WITNESSED)))
    for place in sorted(near | set(range(0, len(WITNESSED), 12))):
        for change in (1, 0x80):
            other = bytearray(WITNESSED)
            other[place] ^= change
            try:
                read = verify(bytes(other), **EVERY_KEY)
            except (Malformed, BadSignature):
                continue
            # A changed name or hint makes the line one of a key that nobody knows.
            assert WITNESS.verifying[1] not in read.signers
            assert read.checkpoint == HEAD


@pytest.mark.parametrize("place", [*range(len(TEXT) + 120), *range(len(SIGNED) - 80, len(SIGNED))])
def test_a_note_that_is_cut_is_refused(place: int) -> None:
    with pytest.raises((Malformed, BadSignature)):
        verify(SIGNED[:place], log=LOG.verifying)


@pytest.mark.parametrize(
    "note",
    [TEXT + b"\n" + BY_ED25519, TEXT + b"\n" + BY_ML_DSA, TEXT + b"\n" + WITNESS.cosign(HEAD, at=AT)],
    ids=["post-quantum signature stripped", "classical signature stripped", "witness alone"],
)
def test_a_log_that_did_not_sign_with_each_key_is_refused(note: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(note, **EVERY_KEY)


def test_a_log_without_keys_has_no_checkpoints() -> None:
    with pytest.raises(BadSignature):
        verify(SIGNED, log=())


def test_a_checkpoint_of_another_log_is_refused_though_its_own_keys_signed_it() -> None:
    with pytest.raises(BadSignature):
        verify(SIGNED, log=WITNESS.verifying)
    other = Checkpoint("it.connect.test/ledger", 42, HEAD.root)
    with pytest.raises(BadSignature):
        verify(WITNESS.sign(other, at=AT), log=LOG.verifying)


def test_the_keys_of_two_logs_together_are_those_of_none() -> None:
    with pytest.raises(BadSignature):
        verify(WITNESSED, log=[*LOG.verifying, WITNESS.verifying[1]])


@pytest.mark.parametrize("head", [Checkpoint(NAME, 43, HEAD.root), Checkpoint(NAME, 42, leaf_hash(b"other"))])
def test_signatures_of_another_head_are_refused(head: Checkpoint) -> None:
    lines = b"".join(SIGNED.splitlines(keepends=True)[-2:])
    with pytest.raises(BadSignature):
        verify(head.to_bytes() + b"\n" + lines, log=LOG.verifying)


def test_a_cosignature_of_another_head_spoils_the_note() -> None:
    with pytest.raises(BadSignature):
        verify(SIGNED + WITNESS.cosign(Checkpoint(NAME, 41, HEAD.root), at=AT), **EVERY_KEY)


def test_a_cosignature_given_out_as_somebody_elses_is_refused() -> None:
    stolen = Note.from_bytes(WITNESSED).by(WITNESS.verifying)[WITNESS.verifying[1]]
    other = NoteKey("pt.connect.test/ledger", KeyType.ML_DSA_44, WITNESS.verifying[1].public)
    line = NoteSignature(other.name, other.id, stolen).to_bytes()
    with pytest.raises(BadSignature):
        verify(SIGNED + line, log=LOG.verifying, witnesses=[other])


def test_an_ed25519_signature_never_passes_for_one_of_another_type() -> None:
    for key in LOG.verifying:
        for value in (bytes(64), bytes(72), bytes(2420), bytes(2428), b"\0"):
            line = NoteSignature(key.name, key.id, value).to_bytes()
            with pytest.raises(BadSignature):
                verify(TEXT + b"\n" + line, log=LOG.verifying)


@pytest.mark.parametrize("time", [0, MAX_TIME + 1, 2**64 - 1])
def test_a_cosignature_without_a_time_that_can_be_is_refused(time: int) -> None:
    with pytest.raises(BadSignature):
        verify(SIGNED + cosignature(time), **EVERY_KEY)


def test_the_last_second_that_can_be_is_taken() -> None:
    assert verify(SIGNED + cosignature(MAX_TIME), **EVERY_KEY).signers[WITNESS.verifying[1]] == MAX_TIME


def test_another_time_than_the_signed_one_is_refused() -> None:
    key = WITNESS.verifying[1]
    value = Note.from_bytes(WITNESSED).by([key])[key]
    moved = (int.from_bytes(value[:8], "big") + 1).to_bytes(8, "big") + value[8:]
    with pytest.raises(BadSignature):
        verify(SIGNED + NoteSignature(key.name, key.id, moved).to_bytes(), **EVERY_KEY)


def test_two_keys_with_one_name_and_one_hint_are_refused() -> None:
    first = LOG.verifying[0]
    twin = NoteKey(first.name, first.type, bytes(32))
    twin.__dict__["id"] = first.id
    with pytest.raises(BadSignature):
        verify(SIGNED, log=LOG.verifying, witnesses=[twin])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{NAME}\n42\n",
        f"{NAME}\n42\n{ROOT}",
        f"{NAME}\n42\n{ROOT}\nextension\n",
        f"{NAME}\n42\n{ROOT}\n\n",
        f"\n42\n{ROOT}\n",
        f"{NAME}\n\n{ROOT}\n",
        f"{NAME}\n042\n{ROOT}\n",
        f"{NAME}\n+42\n{ROOT}\n",
        f"{NAME}\n-42\n{ROOT}\n",
        f"{NAME}\n42 \n{ROOT}\n",
        f"{NAME}\n4_2\n{ROOT}\n",
        f"{NAME}\n٤٢\n{ROOT}\n",
        f"{NAME}\n42.0\n{ROOT}\n",
        f"{NAME}\n0x2a\n{ROOT}\n",
        f"{NAME}\n{MAX_SIZE + 1}\n{ROOT}\n",
        f"{NAME}\n{'9' * 5000}\n{ROOT}\n",
        f"{NAME}\n0\n{ROOT}\n",
        f"{NAME}\n42\n{ROOT[:-1]}\n",
        f"{NAME}\n42\n{ROOT} \n",
        f"{NAME}\n42\n{to_base64(HEAD.root + b'x')}\n",
        f"{NAME}\n42\n{to_base64(HEAD.root[1:])}\n",
        f"{NAME}\n42\n{to_base64(b'?' * 32).replace('/', '_')}\n",
        f"{NAME}\n42\n{ROOT[:-2]}{chr(ord(ROOT[-2]) + 1)}=\n",
        f"{NAME}\r\n42\r\n{ROOT}\r\n",
        f"{NAME}\t\n42\n{ROOT}\n",
        f"{NAME}\0\n42\n{ROOT}\n",
        f"{'o' * 256}\n42\n{ROOT}\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused_though_it_is_signed(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.from_bytes(text.encode())
    signature = NoteSignature(NAME, LOG.verifying[0].id, LOG._classical.sign(text.encode()))
    with pytest.raises(Malformed):
        verify(text.encode() + b"\n" + signature.to_bytes(), log=LOG.verifying[:1])


def test_a_text_that_is_not_utf_8_is_refused() -> None:
    for data in (b"\xff" + SIGNED, SIGNED.replace(b"ro.", b"r\xc3.", 1), SIGNED[:-1] + b"\xe2\x80\n"):
        with pytest.raises(Malformed):
            verify(data, log=LOG.verifying)


LINE = BY_ED25519.decode().removesuffix("\n")
BLOB = LINE.split(" ")[2]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "unexpected",
        f"- {NAME} {BLOB}",
        f"\N{EN DASH} {NAME} {BLOB}",
        f"\N{EM DASH}{NAME} {BLOB}",
        f"\N{EM DASH} {NAME}",
        f"\N{EM DASH} {NAME} ",
        f"\N{EM DASH} {NAME} {BLOB} ",
        f"\N{EM DASH} {NAME} {BLOB} {BLOB}",
        f"\N{EM DASH}  {NAME} {BLOB}",
        f"\N{EM DASH}  {BLOB}",
        f" {LINE}",
        f"\N{EM DASH} bad name {BLOB}",
        f"\N{EM DASH} bad+name {BLOB}",
        f"\N{EM DASH} bad\N{NO-BREAK SPACE}name {BLOB}",
        f"\N{EM DASH} bad\N{LINE SEPARATOR}name {BLOB}",
        f"\N{EM DASH} bad\N{IDEOGRAPHIC SPACE}name {BLOB}",
        f"\N{EM DASH} {'n' * 256} {BLOB}",
        f"\N{EM DASH} {NAME} {BLOB[:-1]}",
        f"\N{EM DASH} {NAME} {BLOB}=",
        f"\N{EM DASH} {NAME} ====",
        f"\N{EM DASH} {NAME} AAAAAA==",
    ],
    ids=lambda _: "said",
)
def test_a_line_that_is_no_signature_spoils_the_note(line: str) -> None:
    with pytest.raises(Malformed):
        verify(SIGNED + line.encode() + b"\n", log=LOG.verifying)


def test_a_key_that_signs_twice_is_refused() -> None:
    for line in (BY_ED25519, BY_ML_DSA, LOG.cosign(HEAD, at=AT)):
        with pytest.raises(Malformed):
            verify(SIGNED + line, log=LOG.verifying)


def test_sixteen_signatures_are_taken_and_too_many_are_not() -> None:
    def strangers(count: int) -> bytes:
        return b"".join(
            NoteSignature(f"node-{number}.test", b"hint", bytes(2428)).to_bytes() for number in range(count)
        )

    assert verify(SIGNED + strangers(14), log=LOG.verifying).checkpoint == HEAD
    assert verify(SIGNED + strangers(MAX_SIGNATURES - 2), log=LOG.verifying).checkpoint == HEAD
    with pytest.raises(Malformed):
        verify(SIGNED + strangers(MAX_SIGNATURES - 1), log=LOG.verifying)


@pytest.mark.parametrize(
    "note",
    [
        b"x" * MAX_NOTE_BYTES + b"\n\n" + BY_ED25519,
        b"\n\n" + BY_ED25519,
        b"\n" + BY_ED25519,
        b"text\n" + BY_ED25519,
        b"text\n\n",
        b"text\twith a tab\n\n" + BY_ED25519,
        b"text\r\n\n" + BY_ED25519,
        b"text\n\n" + BY_ED25519 + b"x",
        b"text\n\n" + BY_ED25519[:-1],
        b"text\n\n" + BY_ED25519 + b"\n",
    ],
)
def test_what_is_no_note_is_refused_whatever_its_text_says(note: bytes) -> None:
    with pytest.raises(Malformed):
        Note.from_bytes(note)


def test_nothing_follows_the_last_line() -> None:
    with pytest.raises(Malformed):
        verify(SIGNED + b"x", log=LOG.verifying)


@pytest.mark.parametrize(
    ("kind", "size"), [(1, 31), (1, 33), (1, 1312), (6, 32), (6, 1311), (6, 1313), (1, 0)]
)
def test_a_verifier_key_of_another_size_is_refused_though_its_hint_fits(kind: int, size: int) -> None:
    data = bytes([kind]) + bytes(size)
    hint = hashlib.sha256(f"{NAME}\n".encode() + data).hexdigest()[:8]
    with pytest.raises(Malformed):
        NoteKey.parse(f"{NAME}+{hint}+{to_base64(data)}")


@pytest.mark.parametrize("kind", [0, 2, 4, 5, 7, 255])
def test_a_verifier_key_of_a_type_we_do_not_know_is_refused_though_its_hint_fits(kind: int) -> None:
    data = bytes([kind]) + LOG.verifying[0].public
    hint = hashlib.sha256(f"{NAME}\n".encode() + data).hexdigest()[:8]
    with pytest.raises(Malformed):
        NoteKey.parse(f"{NAME}+{hint}+{to_base64(data)}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000",
        "name+00000000+",
        str(LOG.verifying[0]).replace("+", "-", 1),
        str(LOG.verifying[0]) + "=",
        str(LOG.verifying[0])[:-4],
        str(LOG.verifying[0]).replace("ro.", "it.", 1),
        str(LOG.verifying[0]) + "\n",
        " " + str(LOG.verifying[0]),
        str(LOG.verifying[0]).upper(),
        f"{NAME}+00000000+{to_base64(bytes([1]) + LOG.verifying[0].public)}",
        f"{NAME}+00000000+{to_base64(bytes([2]) + LOG.verifying[0].public)}",
        f"{NAME}+00000000+{to_base64(bytes([6]) + LOG.verifying[0].public)}",
        f"\ud800+00000000+{to_base64(bytes([1]) + LOG.verifying[0].public)}",
    ],
    ids=lambda _: "said",
)
def test_a_verifier_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        NoteKey.parse(text)


@pytest.mark.parametrize("name", ["", "bad name", "bad+name", "bad\N{LINE SEPARATOR}name", "a\nb", "n" * 256])
def test_a_key_has_a_name_that_fits_its_line(name: str) -> None:
    with pytest.raises(Malformed):
        NoteKey(name, KeyType.ED25519, bytes(32))


@pytest.mark.parametrize("origin", ["", "a\nb", "a\x1fb", "\ud800", "o" * 256, "é" * 128])
def test_an_origin_that_does_not_fit_a_line_is_refused(origin: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint(origin, 0, EMPTY_ROOT)


def only_refused(read: Callable[..., object], *arguments: object) -> None:
    with suppress(Malformed, BadSignature):
        read(*arguments)


PIECES = st.sampled_from(
    [
        TEXT,
        BY_ED25519,
        BY_ML_DSA,
        b"\n",
        b"\n\n",
        NAME.encode(),
        b"42",
        ROOT.encode(),
        "\N{EM DASH} ".encode(),
    ]
)
NOTES = st.lists(PIECES | st.binary(max_size=20), max_size=8).map(b"".join)


@settings(max_examples=400)
@given(NOTES | st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    only_refused(lambda: verify(data, **EVERY_KEY))
    only_refused(Note.from_bytes, data)
    only_refused(Checkpoint.from_bytes, data)
    only_refused(LedgerKeys.from_bytes, NAME, data)


@settings(max_examples=300)
@given(st.data())
def test_no_damage_to_a_note_raises_anything_but_a_refusal(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(WITNESSED)))
    end = data.draw(st.integers(start, min(len(WITNESSED), start + 40)))
    other = WITNESSED[:start] + data.draw(st.binary(max_size=40)) + WITNESSED[end:]
    only_refused(lambda: verify(other, **EVERY_KEY))


@given(
    st.text(st.characters(), max_size=80)
    | st.tuples(st.text(max_size=10), st.binary(max_size=40)).map(
        lambda parts: f"{parts[0]}+00000000+{to_base64(parts[1])}"
    )
)
def test_no_text_of_a_key_or_a_line_raises_anything_but_a_refusal(text: str) -> None:
    only_refused(NoteKey.parse, text)
    only_refused(NoteSignature.from_line, text)


@given(st.binary(max_size=2500), st.sampled_from(LOG.verifying))
def test_no_signature_raises_anything_but_a_refusal(value: bytes, key: NoteKey) -> None:
    line = NoteSignature(key.name, key.id, value).to_bytes()
    only_refused(lambda: verify(TEXT + b"\n" + line, log=LOG.verifying))
