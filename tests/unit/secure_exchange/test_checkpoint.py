"""Checkpoints, signed notes and cosignatures: what we write others read, and the other way round."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secure_exchange.dsse import from_base64
from secure_exchange.errors import BadSignature, Malformed
from secure_exchange.ledger.checkpoint import Checkpoint, LedgerKeys, cosigned_message, verify
from secure_exchange.ledger.merkle import EMPTY_ROOT, MAX_SIZE, leaf_hash
from secure_exchange.ledger.notes import KeyType, Note, NoteKey, NoteSignature
from tests.factories import second_opinion


VECTORS = Path(__file__).parents[2] / "vectors" / "tlog"
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SECONDS = int(AT.timestamp())
LOG = LedgerKeys.generate("ro.connect.test/ledger")
ITALY = LedgerKeys.generate("it.connect.test/ledger")
PORTUGAL = LedgerKeys.generate("pt.connect.test/ledger")
HEAD = Checkpoint("ro.connect.test/ledger", 42, leaf_hash(b"root"))
SIGNED = LOG.sign(HEAD, at=AT)


def vector(name: str) -> dict[str, object]:
    return json.loads((VECTORS / name).read_text())


def test_a_checkpoint_is_three_lines() -> None:
    text = b"ro.connect.test/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"  # SHA-256 of nothing
    assert Checkpoint("ro.connect.test/ledger", 0, EMPTY_ROOT).to_bytes() == text
    assert Checkpoint.from_bytes(text).head == (0, EMPTY_ROOT)


@given(
    st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1, max_size=60),
    st.integers(1, MAX_SIZE),
    st.binary(min_size=32, max_size=32),
)
def test_a_checkpoint_comes_back_from_its_bytes(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert Checkpoint.from_bytes(checkpoint.to_bytes()) == checkpoint


def test_a_signed_checkpoint_is_verified_by_both_keys_of_its_log() -> None:
    read = verify(SIGNED, log=LOG.verifying)
    assert read.checkpoint == HEAD
    assert read.signers == {LOG.verifying[0]: 0, LOG.verifying[1]: SECONDS}


def test_witnesses_add_their_lines_and_unknown_ones_are_passed_over() -> None:
    note = SIGNED + ITALY.cosign(HEAD, at=AT) + PORTUGAL.cosign(HEAD, at=AT)
    assert verify(note, log=LOG.verifying).signers.keys() == set(LOG.verifying)
    read = verify(note, log=LOG.verifying, witnesses=ITALY.verifying)
    assert read.signers.keys() == {*LOG.verifying, ITALY.verifying[1]}


def test_a_node_signs_its_own_log_only() -> None:
    with pytest.raises(ValueError, match="its own"):
        ITALY.sign(HEAD, at=AT)


def test_a_moment_without_a_time_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        LOG.sign(HEAD, at=AT.replace(tzinfo=None))


def test_the_keys_come_back_from_their_bytes_and_never_show_themselves() -> None:
    again = LedgerKeys.from_bytes("ro.connect.test/ledger", LOG.to_bytes())
    assert again.verifying == LOG.verifying
    assert verify(again.sign(HEAD, at=AT), log=LOG.verifying).checkpoint == HEAD
    assert repr(LOG) == "<LedgerKeys ro.connect.test/ledger>"
    with pytest.raises(Malformed):
        LedgerKeys.from_bytes("ro.connect.test/ledger", LOG.to_bytes()[1:])


def test_verifier_keys_come_back_from_their_text() -> None:
    for key in (*LOG.verifying, *ITALY.verifying):
        assert NoteKey.parse(str(key)) == key
    assert str(LOG.verifying[0]).startswith(f"ro.connect.test/ledger+{LOG.verifying[0].id.hex()}+A")


def test_a_second_reader_written_from_the_specifications_agrees() -> None:
    note = SIGNED + ITALY.cosign(HEAD, at=AT)
    keys = [str(key) for key in (*LOG.verifying, *ITALY.verifying)]
    origin, size, root, signed = second_opinion.open_checkpoint(note, keys)
    assert Checkpoint(origin, size, root) == HEAD
    assert signed == [
        ("ro.connect.test/ledger", 0),
        ("ro.connect.test/ledger", SECONDS),
        ("it.connect.test/ledger", SECONDS),
    ]


def test_the_note_of_the_reference_implementation_is_read_and_made_alike() -> None:
    found = vector("note.json")
    keys = [NoteKey.parse(key) for key in found["keys"]]
    data = f"{found['text']}\n{''.join(found['signatures'])}".encode()
    note = Note.from_bytes(data)
    signatures = note.by(keys)
    for key in keys:
        key.check(note.text, signatures[key])
    assert note.to_bytes() == data
    assert [str(key) for key in keys] == found["keys"]
    with pytest.raises(BadSignature):
        keys[0].check(note.text + b"x", signatures[keys[0]])


def test_our_ed25519_signature_is_that_of_the_reference_implementation() -> None:
    found = vector("note.json")
    seed = from_base64(found["seed"].split("+", 4)[4])[1:]
    keys = LedgerKeys("PeterNeumann", seed, bytes(32))
    signed = keys._classical.sign(found["text"].encode())
    line = NoteSignature("PeterNeumann", keys.verifying[0].id, signed).to_bytes()
    assert line.decode() == found["signatures"][0]


def test_the_example_of_the_note_specification_is_read() -> None:
    data = (VECTORS / "signed-note-example.txt").read_bytes()
    note = Note.from_bytes(data)
    assert note.text.decode().endswith("\n\ned è subito sera.\n")
    (signature,) = note.signatures
    assert (signature.name, signature.key_id.hex()) == ("quasimodo.example/salvatore", "367ba04b")
    assert len(signature.value) == 64
    assert note.to_bytes() == data


def test_the_example_of_the_cosignature_specification_is_read() -> None:
    data = (VECTORS / "cosignature-example.txt").read_bytes()
    note = Note.from_bytes(data)
    assert Checkpoint.from_bytes(note.text).size == 20852163
    log, witness = note.signatures
    assert (log.name, len(log.value)) == ("example.com/behind-the-sofa", 64)
    assert (witness.name, len(witness.value)) == ("witness.example.com/w1", 8 + 64)
    assert int.from_bytes(witness.value[:8]) == 1679315147
    assert note.to_bytes() == data


def test_a_cosignature_made_by_another_implementation_covers_our_message() -> None:
    found = vector("subtree.json")
    key = NoteKey.parse(found["key"])
    signature = NoteSignature.from_line(found["line"].removesuffix("\n"))
    assert (signature.name, signature.key_id) == (key.name, key.id)
    assert key.type is KeyType.ML_DSA_44
    subtree = {name: found[name] for name in ("origin", "start", "end")}
    message = cosigned_message(cosigner=key.name, time=0, root=from_base64(found["root"]), **subtree)
    key.check(message, signature.value[8:])
    for change in ({"cosigner": "other"}, {"time": 1}, {"origin": "other"}, {"start": 9}, {"end": 14}):
        other = {"cosigner": key.name, "time": 0, "root": from_base64(found["root"])} | subtree | change
        with pytest.raises(BadSignature):
            key.check(cosigned_message(**other), signature.value[8:])


def test_a_whole_tree_is_the_subtree_from_its_first_entry() -> None:
    key = LOG.verifying[1]
    value = Note.from_bytes(SIGNED).by([key])[key]
    message = cosigned_message(
        cosigner="ro.connect.test/ledger",
        time=SECONDS,
        origin="ro.connect.test/ledger",
        start=0,
        end=42,
        root=HEAD.root,
    )
    key.check(message, value[8:])
    assert len(message) == 12 + 1 + 22 + 8 + 1 + 22 + 8 + 8 + 32
