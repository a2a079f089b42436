"""What an organisation publishes of itself: recipients and verifying keys, each set following another.

A set is a DSSE statement signed by its own keys and by those of its predecessor. Fingerprints are compared by
people, out of band, as sixty digits.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, Protocol

from secure_exchange import dsse, signing
from secure_exchange.age import AgeError, Recipient
from secure_exchange.errors import (
    BadSignature,
    CategoryNotAccepted,
    KeysChanged,
    KeysExpired,
    Malformed,
    Refused,
)
from secure_exchange.manifest import ADDRESS, Party
from secure_exchange.signing import SigningKeys, VerifyingKeys
from secure_exchange.strict_json import Members, canonical, moment_text, parse_canonical


VERSION: Final = 1
DEFAULT: Final = "default"
MAX_KEYS_BYTES: Final = 44 * 1024
MAX_CATEGORIES: Final = 16
MAX_CHAIN: Final = 1000
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class PublishedKeys:
    """The keys of an address between two moments.

    `recipients` are by category, with "default" for what has none; empty for a node, to which nothing is
    sealed. `previous` is the fingerprint of the set before, "" for the first.
    """

    address: str
    valid_from: datetime
    valid_to: datetime
    recipients: Mapping[str, Recipient] = field(hash=False)
    verifying: VerifyingKeys
    previous: str = ""

    def to_bytes(self) -> bytes:
        """The bytes that are signed."""
        return canonical(
            {
                "version": VERSION,
                "address": self.address,
                "valid_from": moment_text(self.valid_from),
                "valid_to": moment_text(self.valid_to),
                "recipients": {name: str(recipient) for name, recipient in self.recipients.items()},
                "verifying": self.verifying.to_dict(),
                "previous": self.previous,
            }
        )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the signed bytes, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def digits(self) -> str:
        """The fingerprint as sixty digits in groups of five, to be read out on the telephone."""
        number = f"{int(self.fingerprint, 16) % 10**60:060}"
        return " ".join(number[start : start + 5] for start in range(0, 60, 5))

    @property
    def party(self) -> Party:
        """Address and fingerprint, as manifests name them."""
        return Party(self.address, self.fingerprint)

    def valid_at(self, at: datetime) -> bool:
        """Whether the set may be used at that moment."""
        return self.valid_from <= at < self.valid_to

    def check_valid(self, at: datetime) -> None:
        """Raises `KeysExpired` unless the set may be used at that moment."""
        if not self.valid_at(at):
            raise KeysExpired(f"keys {self.fingerprint[:16]}")

    def recipient_for(self, category: str) -> Recipient:
        """To whom this category is sealed; raises `CategoryNotAccepted`, never falls back on another one."""
        try:
            return self.recipients[category]
        except KeyError:
            raise CategoryNotAccepted(f"no recipient for {category}") from None


class KeyDirectory(Protocol):
    """Who knows the key sets of addresses."""

    def keys(self, address: str, fingerprint: str) -> PublishedKeys:
        """The set with this fingerprint; raises a `Refused` where it is unknown or not trusted."""
        ...


def publish(keys: PublishedKeys, signer: SigningKeys, predecessor: SigningKeys | None = None) -> bytes:
    """The statement of `keys`, signed by themselves and, where it differs, by the set before."""
    if signer.verifying != keys.verifying:
        raise ValueError("a key set is signed by its own keys")
    if bool(keys.previous) != (predecessor is not None):
        raise ValueError("a set that follows another is signed by that one too, and only such a set")
    signers = [signer]
    if predecessor is not None and predecessor.verifying != keys.verifying:
        signers.append(predecessor)
    _read_payload(keys.to_bytes())
    return signing.sign(signing.KEYS, keys.to_bytes(), *signers)


def _recipient(text: object) -> Recipient:
    if not isinstance(text, str):
        raise Malformed("a recipient is a text")
    try:
        return Recipient.parse(text)
    except AgeError as fault:
        raise Malformed("not a recipient") from fault


def _read_payload(payload: bytes) -> PublishedKeys:
    members = Members(parse_canonical(payload, limit=MAX_KEYS_BYTES))
    members.version(VERSION)
    recipients = members.mapping("recipients", _NAME, high=MAX_CATEGORIES)
    keys = PublishedKeys(
        address=members.text("address", ADDRESS),
        valid_from=members.moment("valid_from"),
        valid_to=members.moment("valid_to"),
        recipients={name: _recipient(text) for name, text in recipients.items()},
        verifying=VerifyingKeys.from_dict(members.take("verifying")),
        previous=members.digest("previous", optional=True),
    )
    members.finish()
    if keys.valid_to <= keys.valid_from or (keys.recipients and DEFAULT not in keys.recipients):
        raise Malformed("validity ends before it begins, or the default recipient is missing")
    return keys


def read(statement: bytes) -> PublishedKeys:
    """A key set that signed itself: proof that its keys exist, not whose they are. Raises a `Refused`.

    Of a set that follows another, the predecessor's signature is not checked here; `read_chain` does.
    """
    keys = _read_payload(dsse.read(statement).payload)
    signers = len(dsse.read(statement).signatures) // 2
    if signers > (2 if keys.previous else 1):
        raise BadSignature("more signers than a key set has")
    signing.verify(statement, signing.KEYS, keys.verifying, others=signers - 1)
    return keys


def fingerprint_of(statement: bytes) -> str:
    """The fingerprint that the set of this statement would have, whoever signed it."""
    try:
        payload = dsse.read(statement).payload
    except Refused:
        payload = statement
    return hashlib.sha256(payload).hexdigest()


def _follow(predecessor: PublishedKeys, statement: bytes) -> PublishedKeys:
    """The set of `statement` if it follows from `predecessor`.

    The checks:

    1. it has the shape of a key set and is signed by itself
    2. it is of the same address, names the predecessor's fingerprint, and does not begin before it; else
       `KeysChanged`
    3. it is signed by the predecessor too; else `BadSignature`
    """
    # 1
    keys = read(statement)
    # 2
    if (keys.address, keys.previous) != (predecessor.address, predecessor.fingerprint):
        raise KeysChanged("a set does not follow from the one before")
    if keys.valid_from < predecessor.valid_from:
        raise KeysChanged("a set begins before its predecessor")
    # 3
    signing.verify(statement, signing.KEYS, *{keys.verifying, predecessor.verifying})
    return keys


def read_chain(statements: Sequence[bytes]) -> list[PublishedKeys]:
    """Key sets, oldest first, each following from the one before; raises a `Refused`.

    The first may itself have a predecessor that is not shown: what a chain is worth depends on which of its
    sets a person confirmed.
    """
    if not 1 <= len(statements) <= MAX_CHAIN:
        raise Malformed("a chain has too few or too many sets")
    chain = [read(statements[0])]
    for statement in statements[1:]:
        chain.append(_follow(chain[-1], statement))
    return chain


def continuing(known: PublishedKeys, statements: Sequence[bytes]) -> list[PublishedKeys]:
    """The sets of a chain that come after the one we know, none if it is the newest.

    Raises `KeysChanged` if the chain does not pass through `known`: somebody else may be speaking.
    """
    chain = read_chain(statements)
    fingerprints = [keys.fingerprint for keys in chain]
    if known.fingerprint not in fingerprints:
        raise KeysChanged("the chain does not pass through the set we know")
    return chain[fingerprints.index(known.fingerprint) + 1 :]
