"""What the receiving side says of an envelope, signed: delivered (by the node), opened, failed, destroyed.

A receipt never gives a reason: reasons for declining are sealed in a reply.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from secure_exchange import dsse, signing
from secure_exchange.keysets import KeyDirectory
from secure_exchange.manifest import Party
from secure_exchange.signing import SigningKeys
from secure_exchange.strict_json import Members, canonical, moment_text, parse_canonical


VERSION: Final = 1
DELIVERED: Final = "delivered"
OPENED: Final = "opened"
FAILED: Final = "failed"
DESTROYED: Final = "destroyed"
MAX_RECEIPT_BYTES: Final = 4096
_KIND: Final = re.compile(f"{DELIVERED}|{OPENED}|{FAILED}|{DESTROYED}")


@dataclass(frozen=True)
class Receipt:
    """That `by` did this with an envelope at a moment; `manifest` is the digest of its manifest."""

    version: int
    kind: str
    envelope: uuid.UUID
    thread: uuid.UUID
    manifest: str
    by: Party
    at: datetime
    ledger: str

    def to_bytes(self) -> bytes:
        """The bytes that are signed."""
        return canonical(
            {
                "version": self.version,
                "kind": self.kind,
                "envelope": str(self.envelope),
                "thread": str(self.thread),
                "manifest": self.manifest,
                "by": self.by.to_dict(),
                "at": moment_text(self.at),
                "ledger": self.ledger,
            }
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the signed bytes, in hexadecimal: what a later manifest names as `previous`."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def _read_payload(payload: bytes) -> Receipt:
    members = Members(parse_canonical(payload, limit=MAX_RECEIPT_BYTES))
    receipt = Receipt(
        version=members.version(VERSION),
        kind=members.text("kind", _KIND),
        envelope=members.uuid("envelope"),
        thread=members.uuid("thread"),
        manifest=members.digest("manifest"),
        by=Party.from_dict(members.take("by")),
        at=members.moment("at"),
        ledger=members.digest("ledger", optional=True),
    )
    members.finish()
    return receipt


def issue(receipt: Receipt, signer: SigningKeys) -> bytes:
    """The signed statement of `receipt`; raises `Malformed` for what nobody would accept."""
    _read_payload(receipt.to_bytes())
    return signing.sign(signing.RECEIPT, receipt.to_bytes(), signer)


def read(statement: bytes, directory: KeyDirectory) -> Receipt:
    """The receipt of a statement; raises a `Refused`.

    The checks:

    1. it has the shape of a signed receipt of a version we know
    2. the directory knows the keys of the one who signed
    3. both signatures hold
    4. those keys were valid at the moment that the receipt names

    Not checked: that the signer is the one expected for this envelope. The caller compares `by` with its
    recipients.
    """
    # 1
    receipt = _read_payload(dsse.read(statement).payload)
    # 2
    keys = directory.keys(receipt.by.address, receipt.by.fingerprint)
    # 3
    signing.verify(statement, signing.RECEIPT, keys.verifying)
    # 4
    keys.check_valid(receipt.at)
    return receipt
