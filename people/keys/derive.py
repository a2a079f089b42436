"""Argon2id (RFC 9106), for signing in and for what a person's identity is sealed to."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


SALT_BYTES = 16
KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one guess costs: memory in KiB, passes over it, lanes."""

    memory_kib: int
    passes: int
    lanes: int

    def to_dict(self) -> dict[str, int]:
        """Return the three numbers under the names they are stored by."""
        return {"memory_kib": self.memory_kib, "passes": self.passes, "lanes": self.lanes}

    @classmethod
    def from_dict(cls, stored: Mapping[str, int]) -> Self:
        """Read what `to_dict` gave; raises KeyError or ValueError."""
        return cls(
            memory_kib=int(stored["memory_kib"]),
            passes=int(stored["passes"]),
            lanes=int(stored["lanes"]),
        )


COST = Cost(memory_kib=128 * 1024, passes=3, lanes=4)
"""What a new password costs; 0.3 to 0.4 s on two cores. Stored beside each result, so raising it is safe."""


def derive(password: str, *, salt: bytes, pepper: bytes, cost: Cost, purpose: str) -> bytes:
    """Return 32 bytes that only this password, salt and pepper give, for this purpose.

    The purpose keeps what the database holds to check a password apart from what opens an identity. The
    password is brought to one Unicode form (NFKC), so that ț typed on another keyboard is the same ț.
    """
    kdf = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
        ad=purpose.encode(),
        secret=pepper,
    )
    return kdf.derive(unicodedata.normalize("NFKC", password).encode())
