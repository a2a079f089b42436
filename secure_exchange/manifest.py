"""What is said in the clear about an envelope, and signed: never anything about a person.

Every field is a code, a number, a moment, an address or a hash, so that nothing can be told here by mistake.
A manifest has exactly one form as bytes (JSON, names sorted, no spaces, ASCII), and its digest is the hash of
those bytes.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, Self

from secure_exchange.errors import Malformed
from secure_exchange.strict_json import Members, canonical, moment_text, parse_canonical


VERSION: Final = 1
OFFER: Final = "offer"
RECORD: Final = "record"
REPLY: Final = "reply"
WITHDRAWAL: Final = "withdrawal"
KINDS: Final = frozenset({OFFER, RECORD, REPLY, WITHDRAWAL})
ANSWERS: Final = frozenset({"accepted", "declined", "question", "answer", "note"})

MAX_MANIFEST_BYTES: Final = 48 * 1024
MAX_RECIPIENTS: Final = 16
MAX_BODY_BYTES: Final = 2**40
NODE: Final = "node"
"""The name under which a node signs; no organisation has it, and no envelope is from or to it."""
ADDRESS: Final = re.compile(r"(?=.{3,250}\Z)[a-z0-9-]{1,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9}")
PART: Final = re.compile(r"(?:[a-z][a-z0-9_-]{0,39})?")
MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,80}/[a-z0-9.+-]{1,80}")
_KIND: Final = re.compile("|".join(sorted(KINDS)))


def new_id(at: datetime) -> uuid.UUID:
    """A UUIDv7 (RFC 9562, section 5.7) of the moment `at`: 48 bits of milliseconds, then randomness."""
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    number = milliseconds << 80 | secrets.randbits(80)
    version_and_variant = 0xF << 76 | 0b11 << 62
    return uuid.UUID(int=number & ~version_and_variant | 0x7 << 76 | 0b10 << 62)


@dataclass(frozen=True)
class Party:
    """An organisation (or a node) and the fingerprint of the key set it used or is to use."""

    address: str
    fingerprint: str

    def to_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"address": self.address, "fingerprint": self.fingerprint}

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """The party of what `to_dict` gave; raises `Malformed`."""
        members = Members(value)
        party = cls(address=members.text("address", ADDRESS), fingerprint=members.digest("fingerprint"))
        members.finish()
        return party


@dataclass(frozen=True)
class Payload:
    """The sealed file: its media type, its size in bytes and its SHA-256 in hexadecimal."""

    media_type: str
    size: int
    sha256: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"media_type": self.media_type, "size": self.size, "sha256": self.sha256}

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """The payload of what `to_dict` gave; raises `Malformed`."""
        members = Members(value)
        payload = cls(
            media_type=members.text("media_type", MEDIA_TYPE),
            size=members.integer("size", low=1, high=MAX_BODY_BYTES),
            sha256=members.digest("sha256"),
        )
        members.finish()
        return payload


@dataclass(frozen=True)
class Manifest:
    """The signed part of an envelope.

    `part` is a record's category or "documents", a reply's answer, or "". An answer is in the clear, because
    machines that cannot open a reply release or destroy the held record on it; reasons are sealed. `previous`
    is the hash of the last manifest or receipt that the sender has in this thread, `ledger` the head of the
    sending node's ledger.
    """

    version: int
    id: uuid.UUID
    thread: uuid.UUID
    kind: str
    part: str
    sender: Party
    recipients: tuple[Party, ...]
    created: datetime
    expires: datetime
    previous: str
    ledger: str
    payload: Payload

    def to_bytes(self) -> bytes:
        """The bytes that are signed."""
        return canonical(
            {
                "version": self.version,
                "id": str(self.id),
                "thread": str(self.thread),
                "kind": self.kind,
                "part": self.part,
                "sender": self.sender.to_dict(),
                "recipients": [party.to_dict() for party in self.recipients],
                "created": moment_text(self.created),
                "expires": moment_text(self.expires),
                "previous": self.previous,
                "ledger": self.ledger,
                "payload": self.payload.to_dict(),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The manifest of signed bytes; every field is checked. Raises `VersionUnknown` or `Malformed`."""
        members = Members(parse_canonical(data, limit=MAX_MANIFEST_BYTES))
        manifest = cls(
            version=members.version(VERSION),
            id=members.uuid("id"),
            thread=members.uuid("thread"),
            kind=members.text("kind", _KIND),
            part=members.text("part", PART),
            sender=Party.from_dict(members.take("sender")),
            recipients=members.items("recipients", Party.from_dict, low=1, high=MAX_RECIPIENTS),
            created=members.moment("created"),
            expires=members.moment("expires"),
            previous=members.digest("previous", optional=True),
            ledger=members.digest("ledger", optional=True),
            payload=Payload.from_dict(members.take("payload")),
        )
        members.finish()
        manifest._check_together()
        return manifest

    def _check_together(self) -> None:
        addresses = [party.address for party in self.recipients]
        if len(set(addresses)) != len(addresses):
            raise Malformed("a recipient twice")
        if any(address.partition("@")[0] == NODE for address in (self.sender.address, *addresses)):
            raise Malformed("a node neither sends nor receives envelopes")
        if self.id.version != 7:
            raise Malformed("the id is not a UUIDv7")
        _check_part(self.kind, self.part)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the signed bytes, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def received_by(self, address: str) -> bool:
        """Whether `address` is among the recipients."""
        return any(party.address == address for party in self.recipients)


def _check_part(kind: str, part: str) -> None:
    """Raises `Malformed` unless `part` is one that this kind of envelope has."""
    fits = {RECORD: part != "", REPLY: part in ANSWERS}.get(kind, part == "")
    if kind not in KINDS or not fits:
        raise Malformed("kind and part do not fit")
