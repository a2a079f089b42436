"""Organisations as the pure part of the exchange sees them, and a directory in memory."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

from secure_exchange.age import Identity
from secure_exchange.envelope import Draft, Envelope, Opened, seal
from secure_exchange.envelope import open as open_envelope
from secure_exchange.errors import UnknownSender
from secure_exchange.keysets import PublishedKeys
from secure_exchange.signing import SigningKeys


NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Organisation:
    """One party with all its secrets."""

    keys: PublishedKeys
    signer: SigningKeys
    identities: dict[str, Identity]

    @property
    def address(self) -> str:
        return self.keys.address


def organisation(address: str, *, names: Sequence[str] = ("default", "health", "identity")) -> Organisation:
    """A party whose keys are valid from the day before NOW for seven days."""
    signer = SigningKeys.generate()
    identities = {name: Identity.generate() for name in names}
    keys = PublishedKeys(
        address=address,
        valid_from=NOW - DAY,
        valid_to=NOW + 6 * DAY,
        recipients={name: identity.recipient for name, identity in identities.items()},
        verifying=signer.verifying,
    )
    return Organisation(keys, signer, identities)


SENDER = organisation("pro-prietenia@ro.connect.test")
RECEIVER = organisation("casa-aperta@it.connect.test")
STRANGER = organisation("estranho@pt.connect.test")


class MemoryDirectory:
    """Knows the sets it was given, and no others."""

    def __init__(self, *known: PublishedKeys) -> None:
        self._known = {(keys.address, keys.fingerprint): keys for keys in known}

    def keys(self, address: str, fingerprint: str) -> PublishedKeys:
        try:
            return self._known[address, fingerprint]
        except KeyError:
            raise UnknownSender(address) from None


DIRECTORY = MemoryDirectory(SENDER.keys, RECEIVER.keys)


def draft(**changes: object) -> Draft:
    """A record's health part from SENDER to RECEIVER, made NOW."""
    fields: dict[str, object] = {
        "thread": uuid.UUID("6f9c2f0e-6a53-4f5b-9f0b-0d3a5a3f0c11"),
        "kind": "record",
        "part": "health",
        "sender": SENDER.keys.party,
        "recipients": (RECEIVER.keys.party,),
        "created": NOW,
        "expires": NOW + 3 * DAY,
        "media_type": "application/json",
    }
    return Draft(**{**fields, **changes})  # type: ignore[arg-type]


def sealed(content: bytes = b"{}", **changes: object) -> tuple[Envelope, bytes]:
    """An envelope from SENDER to RECEIVER, and its body."""
    body = BytesIO()
    envelope = seal(
        BytesIO(content),
        body,
        draft=draft(**changes),
        size=len(content),
        signer=SENDER.signer,
        recipients=[RECEIVER.keys],
    )
    return envelope, body.getvalue()


def opened(
    statement: bytes, body: bytes, *, at: datetime = NOW, by: Organisation = RECEIVER
) -> tuple[Opened, bytes]:
    """What `by` gets out of an envelope with all its identities."""
    target = BytesIO()
    identities = list(by.identities.values())
    result = open_envelope(
        statement, BytesIO(body), target, DIRECTORY, identities, at=at, receiver=by.address
    )
    return result, target.getvalue()
