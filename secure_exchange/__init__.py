"""Sealed, signed envelopes between organisations that do not share a server.

These are the public names of the pure part; what needs Django is imported from its own module.
"""

from __future__ import annotations

from secure_exchange.age import AgeError, Identity, Recipient, decrypt, encrypt
from secure_exchange.envelope import Draft, Envelope, Opened, open, seal, sealing, verify  # noqa: A004
from secure_exchange.errors import Refused
from secure_exchange.keysets import KeyDirectory, PublishedKeys
from secure_exchange.manifest import Manifest, Party, Payload
from secure_exchange.profile import Profile
from secure_exchange.receipts import Receipt
from secure_exchange.signing import SigningKeys, VerifyingKeys


__all__ = [
    "AgeError",
    "Draft",
    "Envelope",
    "Identity",
    "KeyDirectory",
    "Manifest",
    "Opened",
    "Party",
    "Payload",
    "Profile",
    "PublishedKeys",
    "Receipt",
    "Recipient",
    "Refused",
    "SigningKeys",
    "VerifyingKeys",
    "decrypt",
    "encrypt",
    "open",
    "seal",
    "sealing",
    "verify",
]
