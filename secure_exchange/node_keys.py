"""The node's own signing keys: they sign what machines may say, that an envelope came or was destroyed.

They lie in a file that only this node reads, made on first use, and never in the database or its backups.
They sign no envelope and open nothing. What they publish is kept in the database, so that a file that is lost
or exchanged is noticed: new keys would be those of another node to every peer that compared the old ones.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from secure_exchange import bodies, keysets
from secure_exchange.errors import Malformed
from secure_exchange.keysets import PublishedKeys
from secure_exchange.manifest import NODE
from secure_exchange.models import NodeKeySet
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


class NodeKeysLost(Exception):  # noqa: N818 - says what is, not what went wrong
    """The file of the node's keys is missing or holds others, or the node was given another name."""


@dataclass(frozen=True)
class _Node:
    signer: SigningKeys
    statement: bytes


_read_set = lru_cache(maxsize=8)(keysets.read)
_known: dict[tuple[Path, str], _Node] = {}


def signing_keys() -> SigningKeys:
    """The node's keys, made on first use; raises `NodeKeysLost` where they are not those it published."""
    return _node().signer


def published() -> PublishedKeys:
    """The node's key set: no recipients, for nothing is sealed to a node."""
    return _read_set(statement())


def statement() -> bytes:
    """The node's key set, signed; what was published stays, whatever became of the file."""
    known = _known.get(_place())
    if known is not None:
        return known.statement
    kept = NodeKeySet.objects.first()
    return bytes(kept.statement) if kept is not None else _node().statement


def lost() -> bool:
    """Whether this node published keys that it cannot sign with any more, after a look at the file."""
    kept = NodeKeySet.objects.first()
    if kept is None:
        return False
    try:
        _compared(_place()[0], kept)
    except NodeKeysLost:
        return True
    return False


def _place() -> tuple[Path, str]:
    return Path(settings.CONNECT.KEYS) / FILE, address()


def _node() -> _Node:
    """The keys of the file; once they are found to be the ones that were kept, they are remembered."""
    place = _place()
    if place in _known:
        return _known[place]
    kept = NodeKeySet.objects.first()
    if kept is None:
        return _first_use(place[0])
    node = _compared(place[0], kept)
    _known[place] = node
    return node


def _first_use(path: Path) -> _Node:
    if not path.exists():
        _make(path)
    signer = _read(path)
    own = _set_of(signer)
    kept, _ = NodeKeySet.objects.get_or_create(
        defaults={"fingerprint": own.fingerprint, "statement": keysets.publish(own, signer)}
    )
    return _compared(path, kept)


def _compared(path: Path, kept: NodeKeySet) -> _Node:
    signer = _read(path)
    if _set_of(signer).fingerprint != kept.fingerprint:
        raise NodeKeysLost("the keys in the file are not those that this node published")
    return _Node(signer, bytes(kept.statement))


def _set_of(signer: SigningKeys) -> PublishedKeys:
    return PublishedKeys(
        address=address(),
        valid_from=VALID_FROM,
        valid_to=VALID_TO,
        recipients={},
        verifying=signer.verifying,
    )


def _read(path: Path) -> SigningKeys:
    try:
        return SigningKeys.from_bytes(path.read_bytes())
    except (OSError, Malformed) as fault:
        raise NodeKeysLost("the file of the node's keys cannot be read") from fault


def _make(path: Path) -> None:
    """Write a whole file beside and link it: of two processes one wins, and nobody reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(SigningKeys.generate().to_bytes())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    bodies.force(path.parent)
