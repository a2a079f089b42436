"""Each refusal of what came is one entry of the ledger, whatever was undone because of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from secure_exchange import dsse
from secure_exchange.errors import Busy, Refused, WrongOffset
from secure_exchange.ledger import entries
from secure_exchange.manifest import Manifest, Party
from secure_exchange.models import Peer
from secure_exchange.strict_json import Members, parse


UNKNOWN: Final = "unknown"
_NO_REFUSAL: Final = (Busy, WrongOffset)
"""Answers by which a sender finds its way, not refusals of what it sent."""


@contextmanager
def recorded(act: str, statement: bytes, *, at: datetime) -> Iterator[None]:
    """Record a refusal inside; enter it outside of any transaction that the refusal would undo.

    What a stranger claims about itself is not written down: only a known sender is named.
    """
    try:
        yield
    except _NO_REFUSAL:
        raise
    except Refused as refused:
        sender, envelope = _claims(statement)
        if not Peer.objects.filter(address=sender).exists():
            sender = UNKNOWN
        entries.append(act=act, actor=sender, object=envelope, reason=refused.code, at=at)
        raise


def _claims(statement: bytes) -> tuple[str, str]:
    """Who an unverified manifest or receipt says it is from, and the envelope it is about."""
    try:
        payload = dsse.read(statement).payload
    except Refused:
        return UNKNOWN, ""
    try:
        manifest = Manifest.from_bytes(payload)
    except Refused:
        return _receipt_claims(payload)
    return manifest.sender.address, str(manifest.id)


def _receipt_claims(payload: bytes) -> tuple[str, str]:
    try:
        members = Members(parse(payload, limit=dsse.MAX_STATEMENT_BYTES))
        return Party.from_dict(members.take("by")).address, str(members.uuid("envelope"))
    except Refused:
        return UNKNOWN, ""
