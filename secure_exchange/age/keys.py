"""Identities and recipients of age's post-quantum kind, and their text forms.

C2SP age.md, "The MLKEM768-X25519 hybrid post-quantum recipient type": an identity is a 32-byte seed, from
which SHAKE256 makes the seed of ML-KEM-768 (FIPS 203) and the scalar of X25519 (RFC 7748).
"""

from __future__ import annotations

import hashlib
import secrets
from functools import cached_property
from typing import Final, Self

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519

from secure_exchange import bech32
from secure_exchange.age.errors import KeyTextError


SEED_BYTES: Final = 32
RECIPIENT_BYTES: Final = 1216
IDENTITY_PREFIX: Final = "age-secret-key-pq-"
RECIPIENT_PREFIX: Final = "age1pq"
_MLKEM_SEED_BYTES: Final = 64
_MLKEM_PUBLIC_BYTES: Final = 1184
# Any scalar finds points of low order: with them everybody knows the shared secret.
_PROBE: Final = x25519.X25519PrivateKey.from_private_bytes(bytes(32))


def check_point(point: bytes) -> x25519.X25519PublicKey:
    """The X25519 key of 32 bytes; `ValueError` for a point of low order (RFC 7748, section 6.1)."""
    key = x25519.X25519PublicKey.from_public_bytes(point)
    _PROBE.exchange(key)
    return key


def _decode(text: str, prefix: str, length: int) -> bytes:
    try:
        found, data = bech32.decode(text)
    except bech32.Bech32Error as fault:
        raise KeyTextError(str(fault)) from None if prefix == IDENTITY_PREFIX else fault
    if found != prefix or len(data) != length:
        raise KeyTextError("not a post-quantum age key of this kind")
    return data


class Recipient:
    """To whom a file is sealed: public, and safe to print and send."""

    __slots__ = ("_raw", "public_key")

    def __init__(self, raw: bytes) -> None:
        """`raw` is the ML-KEM-768 key followed by the X25519 key, 1216 bytes; raises `KeyTextError`."""
        if len(raw) != RECIPIENT_BYTES:
            raise KeyTextError("a recipient has 1216 bytes")
        try:
            kem = mlkem.MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC_BYTES])
            exchange = check_point(raw[_MLKEM_PUBLIC_BYTES:])
        except ValueError as fault:
            raise KeyTextError("not a public key") from fault
        self.public_key = hpke.MLKEM768X25519PublicKey(kem, exchange)
        self._raw = bytes(raw)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The recipient of `age1pq1...`; raises `KeyTextError`."""
        if text != text.lower():
            raise KeyTextError("a recipient is written in lower case")
        return cls(_decode(text, RECIPIENT_PREFIX, RECIPIENT_BYTES))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, in hexadecimal."""
        return hashlib.sha256(self._raw).hexdigest()

    def __str__(self) -> str:
        """The text form `age1pq1...`."""
        return bech32.encode(RECIPIENT_PREFIX, self._raw)

    def __repr__(self) -> str:
        """Short enough for a log."""
        return f"<Recipient {self.fingerprint[:16]}>"

    def __eq__(self, other: object) -> bool:
        """Equal if the public keys are."""
        return self._raw == other._raw if isinstance(other, Recipient) else NotImplemented

    def __hash__(self) -> int:
        """By the public key."""
        return hash(self._raw)


class Identity:
    """Who can open a file: a secret. `str()` gives the text to print, `repr()` never does."""

    def __init__(self, seed: bytes) -> None:
        """`seed` is 32 random bytes; raises `KeyTextError`."""
        if len(seed) != SEED_BYTES:
            raise KeyTextError("an identity has 32 bytes")
        self._seed = bytes(seed)

    @classmethod
    def generate(cls) -> Self:
        """A new identity from the operating system's randomness."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The identity of a 32-byte seed; raises `KeyTextError`."""
        return cls(seed)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The identity of `AGE-SECRET-KEY-PQ-1...`; raises `KeyTextError`."""
        if text != text.upper():
            raise KeyTextError("an identity is written in upper case")
        return cls(_decode(text, IDENTITY_PREFIX, SEED_BYTES))

    @property
    def seed(self) -> bytes:
        """The 32 secret bytes, to be sealed and stored."""
        return self._seed

    @cached_property
    def _private_keys(self) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
        stretched = hashlib.shake_256(self._seed).digest(_MLKEM_SEED_BYTES + 32)
        return (
            mlkem.MLKEM768PrivateKey.from_seed_bytes(stretched[:_MLKEM_SEED_BYTES]),
            x25519.X25519PrivateKey.from_private_bytes(stretched[_MLKEM_SEED_BYTES:]),
        )

    @cached_property
    def private_key(self) -> hpke.MLKEM768X25519PrivateKey:
        """The key that HPKE uses."""
        return hpke.MLKEM768X25519PrivateKey(*self._private_keys)

    @cached_property
    def recipient(self) -> Recipient:
        """The public half."""
        kem, exchange = self._private_keys
        return Recipient(kem.public_key().public_bytes_raw() + exchange.public_key().public_bytes_raw())

    def __str__(self) -> str:
        """The text form `AGE-SECRET-KEY-PQ-1...`: a secret, to be printed on paper only."""
        return bech32.encode(IDENTITY_PREFIX, self._seed).upper()

    def __repr__(self) -> str:
        """Names the recipient, never the secret: representations end in logs."""
        return f"<Identity of {self.recipient!r}>"

    def __eq__(self, other: object) -> bool:
        """Equal if the seeds are, compared in constant time."""
        if not isinstance(other, Identity):
            return NotImplemented
        return secrets.compare_digest(self._seed, other._seed)

    def __hash__(self) -> int:
        """By the public half."""
        return hash(self.recipient)
