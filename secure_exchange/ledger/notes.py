"""Signed notes: a text and signatures under it, each by a named key (C2SP signed-note, commit 0552876).

Two types of keys: Ed25519 (0x01), which signs the text itself, and ML-DSA-44 (0x06, assigned with
tlog-cosignature), which states a time and signs what `checkpoint` makes of it and of the text. Stricter than
the specification: canonical base64, at most 32 signatures and 256 KiB, no key twice. Whatever the bytes,
`Malformed` or `BadSignature` is raised and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from secure_exchange.dsse import from_base64, to_base64
from secure_exchange.errors import BadSignature, Malformed


MAX_NOTE_BYTES: Final = 256 * 1024
MAX_SIGNATURES: Final = 32
MAX_NAME_BYTES: Final = 255
_KEY_ID_BYTES: Final = 4
_DASH: Final = "\N{EM DASH}"
_VERIFIER_KEY: Final = re.compile(r"([^+]+)\+([0-9a-f]{8})\+(.+)", re.DOTALL)


class KeyType(IntEnum):
    """The byte that goes into a key's hint, so that one key never passes for another type's."""

    ED25519 = 0x01
    ML_DSA_44 = 0x06


_PUBLIC_BYTES: Final = {KeyType.ED25519: 32, KeyType.ML_DSA_44: 1312}


def line_bytes(text: str) -> bytes:
    """The bytes of a text that fits on one line and behind one byte of length; raises `Malformed`."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise Malformed("not Unicode") from fault
    if not 1 <= len(data) <= MAX_NAME_BYTES or min(data) < ord(" "):
        raise Malformed("a line is empty, too long, or has control characters")
    return data


def name_bytes(name: str) -> bytes:
    """The bytes of a key's name, which has no spaces and no plus sign; raises `Malformed`."""
    if "+" in name or any(map(str.isspace, name)):
        raise Malformed("a key's name has no spaces and no plus sign")
    return line_bytes(name)


def text_of(data: bytes) -> str:
    """The text of whole lines of UTF-8 without control characters; raises `Malformed`."""
    if len(data) > MAX_NOTE_BYTES or not data.endswith(b"\n"):
        raise Malformed("too long for a note, or the last line does not end")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Malformed("not UTF-8") from fault
    if any(character < " " and character != "\n" for character in text):
        raise Malformed("a control character")
    return text


@dataclass(frozen=True)
class NoteKey:
    """The public key of a log or a witness, with its name; raises `Malformed` for what none can be."""

    name: str
    type: KeyType
    public: bytes

    def __post_init__(self) -> None:
        """Refuses a name or a length that does not fit."""
        name_bytes(self.name)
        if len(self.public) != _PUBLIC_BYTES[self.type]:
            raise Malformed("a key has the wrong size")

    @cached_property
    def id(self) -> bytes:
        """The hint: four bytes by which, together with the name, its signatures are found."""
        hashed = name_bytes(self.name) + b"\n" + bytes([self.type]) + self.public
        return hashlib.sha256(hashed).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """The verifier key, in the form that other verifiers read."""
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.type]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key of what `str` gave; raises `Malformed`."""
        parts = _VERIFIER_KEY.fullmatch(text)
        data = from_base64(parts[3]) if parts else b""
        if parts is None or not data or data[0] not in set(KeyType):
            raise Malformed("not a verifier key of a type we know")
        key = cls(parts[1], KeyType(data[0]), data[1:])
        if key.id.hex() != parts[2]:
            raise Malformed("a verifier key that does not fit its hint")
        return key

    def check(self, message: bytes, signature: bytes) -> None:
        """Raises `BadSignature` unless this key signed exactly this message."""
        try:
            if self.type is KeyType.ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            else:
                MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError) as fault:
            raise BadSignature("a signature does not hold") from fault


@dataclass(frozen=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_id: bytes
    value: bytes

    def to_bytes(self) -> bytes:
        """The line."""
        return f"{_DASH} {self.name} {to_base64(self.key_id + self.value)}\n".encode()

    @classmethod
    def from_line(cls, line: str) -> Self:
        """The signature of a line, without the line's end; raises `Malformed`."""
        dash, _, rest = line.partition(" ")
        name, _, text = rest.partition(" ")
        data = from_base64(text)
        name_bytes(name)
        if dash != _DASH or len(data) <= _KEY_ID_BYTES:
            raise Malformed("not a signature line")
        return cls(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


@dataclass(frozen=True)
class Note:
    """A text and its signatures, none of them verified."""

    text: bytes
    signatures: tuple[NoteSignature, ...]

    def to_bytes(self) -> bytes:
        """The note as it travels."""
        return self.text + b"\n" + b"".join(signature.to_bytes() for signature in self.signatures)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The note of its bytes; the last empty line ends the text. Raises `Malformed`."""
        text, _, lines = text_of(data).rpartition("\n\n")
        *signed, _ = lines.split("\n")
        if not text or not 1 <= len(signed) <= MAX_SIGNATURES:
            raise Malformed("a note without text or signatures, or with too many")
        note = cls(f"{text}\n".encode(), tuple(map(NoteSignature.from_line, signed)))
        if len({(each.name, each.key_id) for each in note.signatures}) != len(signed):
            raise Malformed("a key signs twice")
        return note

    def by(self, keys: Collection[NoteKey]) -> dict[NoteKey, bytes]:
        """What these keys are said to have signed with; signatures by other keys are passed over.

        Raises `BadSignature` if two keys cannot be told apart.
        """
        known = {(key.name, key.id): key for key in keys}
        if set(known.values()) != set(keys):
            raise BadSignature("two keys have one name and one hint")
        return {
            known[each.name, each.key_id]: each.value
            for each in self.signatures
            if (each.name, each.key_id) in known
        }
