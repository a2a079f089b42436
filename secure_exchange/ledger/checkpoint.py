"""Heads of ledgers as signed notes, and the cosignatures by which other nodes witness them.

The text is a C2SP tlog-checkpoint (commit 2793893). A log signs it with Ed25519 and with ML-DSA-44, and a
verifier requires both; a witness adds a line by ML-DSA-44. That type is specified by tlog-cosignature (commit
01194db; it came with pull request 237 of April 2026): a time, and a signature of a `cosigned_message`.

Stricter than they are: no extension lines, and no cosignature without a time. Whatever the bytes, `Malformed`
or `BadSignature` is raised and nothing else. Not checked here: that a head follows from an earlier one
(merkle.check_consistency), and that times are plausible, because the caller has the clock.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from secure_exchange.dsse import from_base64, to_base64
from secure_exchange.errors import BadSignature, Malformed
from secure_exchange.ledger.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE, TreeHead
from secure_exchange.ledger.notes import (
    KeyType,
    Note,
    NoteKey,
    NoteSignature,
    line_bytes,
    name_bytes,
    text_of,
)


MAX_TIME: Final = 2**63 - 1
LABEL: Final = b"subtree/v1\n\0"
_NUMBER_BYTES: Final = 8
_SEED_BYTES: Final = 32
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """The head of the log called `origin`; raises `Malformed` for what none can have."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuses what cannot be written as a checkpoint."""
        line_bytes(self.origin)
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_BYTES:
            raise Malformed("a size or a root out of range")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise Malformed("the empty log has another root")

    @property
    def head(self) -> TreeHead:
        """Size and root."""
        return TreeHead(self.size, self.root)

    def to_bytes(self) -> bytes:
        """The three lines of the note's text."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n".encode()

    @classmethod
    def from_bytes(cls, text: bytes) -> Self:
        """The checkpoint of three lines; raises `Malformed`."""
        lines = text_of(text).split("\n")
        if len(lines) != 4 or not _DECIMAL.fullmatch(lines[1]):
            raise Malformed("a checkpoint is an origin, a size and a root, a line each")
        return cls(origin=lines[0], size=int(lines[1]), root=from_base64(lines[2]))


def cosigned_message(
    *, cosigner: str, time: int, origin: str, start: int = 0, end: int, root: bytes
) -> bytes:
    """What an ML-DSA-44 signature covers, encoded as RFC 8446, section 3, says.

    `start` and `end` are the entries of a subtree; of a whole tree, 0 and its size.
    """
    named = [bytes([len(name)]) + name for name in (name_bytes(cosigner), line_bytes(origin))]
    when, first, last = (number.to_bytes(_NUMBER_BYTES, "big") for number in (time, start, end))
    return LABEL + named[0] + when + named[1] + first + last + root


def _message(key: NoteKey, time: int, checkpoint: Checkpoint) -> bytes:
    if key.type is KeyType.ED25519:
        return checkpoint.to_bytes()
    return cosigned_message(
        cosigner=key.name,
        time=time,
        origin=checkpoint.origin,
        end=checkpoint.size,
        root=checkpoint.root,
    )


def _check(key: NoteKey, checkpoint: Checkpoint, value: bytes) -> int:
    """The time that a signature states, in seconds since 1970, 0 where its type has none."""
    time, signature = 0, value
    if key.type is KeyType.ML_DSA_44:
        time, signature = int.from_bytes(value[:_NUMBER_BYTES], "big"), value[_NUMBER_BYTES:]
        if not 0 < time <= MAX_TIME:
            raise BadSignature("a cosignature without a time")
    key.check(_message(key, time, checkpoint), signature)
    return time


@dataclass(frozen=True)
class SignedCheckpoint:
    """A verified checkpoint: who signed it, log and witnesses, and the second in which they say they did."""

    checkpoint: Checkpoint
    signers: dict[NoteKey, int]


def verify(data: bytes, *, log: Collection[NoteKey], witnesses: Collection[NoteKey] = ()) -> SignedCheckpoint:
    """The checkpoint of a note, once each key of the log is found to have signed it.

    The checks:

    1. it has the shape of a note, and its text that of a checkpoint; else `Malformed`
    2. the keys of the log bear the name of its origin
    3. every signature by a key of the log, or of a witness we know, holds
    4. each key of the log signed; else (2 to 4) `BadSignature`

    How many witnesses it takes is for the caller to say.
    """
    # 1
    note = Note.from_bytes(data)
    checkpoint = Checkpoint.from_bytes(note.text)
    # 2
    if {key.name for key in log} != {checkpoint.origin}:
        raise BadSignature("a checkpoint of another log")
    # 3
    found = note.by({*log, *witnesses})
    signers = {key: _check(key, checkpoint, value) for key, value in found.items()}
    # 4
    if not signers.keys() >= set(log):
        raise BadSignature("the log has not signed with each of its keys")
    return SignedCheckpoint(checkpoint, signers)


class LedgerKeys:
    """The secret keys of a node's log, which also witness other logs; `to_bytes` is what gets stored."""

    def __init__(self, name: str, classical_seed: bytes, post_quantum_seed: bytes) -> None:
        """`name` is the log's origin; two seeds of 32 random bytes each, never the same one."""
        self._seeds = classical_seed + post_quantum_seed
        self._classical = Ed25519PrivateKey.from_private_bytes(classical_seed)
        self._post_quantum = MLDSA44PrivateKey.from_seed_bytes(post_quantum_seed)
        self.verifying = (
            NoteKey(name, KeyType.ED25519, self._classical.public_key().public_bytes_raw()),
            NoteKey(name, KeyType.ML_DSA_44, self._post_quantum.public_key().public_bytes_raw()),
        )

    @classmethod
    def generate(cls, name: str) -> Self:
        """New keys from the operating system's randomness."""
        return cls(name, secrets.token_bytes(_SEED_BYTES), secrets.token_bytes(_SEED_BYTES))

    def to_bytes(self) -> bytes:
        """The 64 secret bytes: the seed of Ed25519, then the seed of ML-DSA-44."""
        return self._seeds

    @classmethod
    def from_bytes(cls, name: str, data: bytes) -> Self:
        """The keys of what `to_bytes` gave; raises `Malformed`."""
        if len(data) != 2 * _SEED_BYTES:
            raise Malformed("the keys of a ledger have 64 bytes")
        return cls(name, data[:_SEED_BYTES], data[_SEED_BYTES:])

    def sign(self, checkpoint: Checkpoint, *, at: datetime) -> bytes:
        """The note of this log's own checkpoint, signed by both keys."""
        key = self.verifying[0]
        if checkpoint.origin != key.name:
            raise ValueError("a log signs its own checkpoints")
        signature = NoteSignature(key.name, key.id, self._classical.sign(checkpoint.to_bytes()))
        return Note(checkpoint.to_bytes(), (signature,)).to_bytes() + self.cosign(checkpoint, at=at)

    def cosign(self, checkpoint: Checkpoint, *, at: datetime) -> bytes:
        """The line that a witness adds to a checkpoint, once it has checked that it follows from the last."""
        if at.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        key, time = self.verifying[1], int(at.timestamp())
        signed = self._post_quantum.sign(_message(key, time, checkpoint))
        return NoteSignature(key.name, key.id, time.to_bytes(_NUMBER_BYTES, "big") + signed).to_bytes()

    def __repr__(self) -> str:
        """Names the log, never the secret."""
        return f"<LedgerKeys {self.verifying[0].name}>"
