"""The node's own signing keys: they sign what machines may say, that an envelope came or was destroyed.

They lie in a file that only this node reads, made on first use, and never in the database or its backups.
They sign no envelope and open nothing.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from secure_exchange import keysets
from secure_exchange.keysets import PublishedKeys
from secure_exchange.manifest import NODE
from secure_exchange.signing import SigningKeys


NAME: Final = NODE
FILE: Final = "node-signing-keys"
# A node's set does not rotate yet, so it holds for as long as this version of the format; without a clock
# here every process publishes the same set.
VALID_FROM: Final = datetime(2026, 1, 1, tzinfo=UTC)
VALID_TO: Final = datetime(2036, 1, 1, tzinfo=UTC)


def host_of(address: str) -> str:
    """The node of an address."""
    return address.rpartition("@")[2]


def address_of(host: str) -> str:
    """The address under which the node `host` signs."""
    return f"{NAME}@{host}"


def address() -> str:
    """The address under which this node signs."""
    return address_of(settings.CONNECT.NODE_HOST)


def signing_keys() -> SigningKeys:
    """The node's keys, made on first use."""
    return _read(Path(settings.CONNECT.KEYS) / FILE)


def published() -> PublishedKeys:
    """The node's key set: no recipients, for nothing is sealed to a node."""
    return PublishedKeys(
        address=address(),
        valid_from=VALID_FROM,
        valid_to=VALID_TO,
        recipients={},
        verifying=signing_keys().verifying,
    )


def statement() -> bytes:
    """The node's key set, signed."""
    return keysets.publish(published(), signing_keys())


@lru_cache(maxsize=8)
def _read(path: Path) -> SigningKeys:
    if not path.exists():
        _make(path)
    return SigningKeys.from_bytes(path.read_bytes())


def _make(path: Path) -> None:
    """Write a whole file beside and link it: of two processes one wins, and nobody reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(SigningKeys.generate().to_bytes())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
