"""Each refusal of what came is one entry of the ledger; those of strangers one a minute and cause.

Anybody can post anything, and what the ledger holds stays for ever. So only what a sender we trust has signed
is an entry each time. All else is counted in a table, which every process of the node shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from secure_exchange import dsse, signing
from secure_exchange.directory import Directory
from secure_exchange.errors import Busy, Refused, WrongOffset
from secure_exchange.ledger import entries
from secure_exchange.manifest import Manifest, Party
from secure_exchange.models import Peer, StrangersRefused
from secure_exchange.strict_json import Members, parse


UNKNOWN: Final = "unknown"
_NO_REFUSAL: Final = (Busy, WrongOffset)
"""Answers by which a sender finds its way, not refusals of what it sent."""


@dataclass(frozen=True)
class _Claim:
    """What an unverified manifest or receipt says: who it is from, and the envelope it is about."""

    by: Party
    envelope: str


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
        _record(act, statement, refused.code, at=at)
        raise


def _record(act: str, statement: bytes, code: str, *, at: datetime) -> None:
    claim = _claim(statement)
    address, envelope = (claim.by.address, claim.envelope) if claim else (UNKNOWN, "")
    if claim is not None and _signed(statement, claim.by):
        entries.append(act=act, actor=address, object=envelope, reason=code, at=at)
        return
    actor = address if Peer.objects.filter(address=address).exists() else UNKNOWN
    with transaction.atomic():
        counted, first = StrangersRefused.objects.get_or_create(
            act=act, actor=actor, reason=code, minute=at.replace(second=0, microsecond=0)
        )
        if first:
            entries.append(act=act, actor=actor, object=envelope, reason=code, at=at)
        else:
            StrangersRefused.objects.filter(pk=counted.pk).update(count=F("count") + 1)


def _claim(statement: bytes) -> _Claim | None:
    try:
        payload = dsse.read(statement).payload
    except Refused:
        return None
    try:
        manifest = Manifest.from_bytes(payload)
    except Refused:
        return _receipt_claim(payload)
    return _Claim(manifest.sender, str(manifest.id))


def _receipt_claim(payload: bytes) -> _Claim | None:
    try:
        members = Members(parse(payload, limit=dsse.MAX_STATEMENT_BYTES))
        return _Claim(Party.from_dict(members.take("by")), str(members.uuid("envelope")))
    except Refused:
        return None


def _signed(statement: bytes, by: Party) -> bool:
    """Whether somebody we trust signed it, whatever else is wrong with it."""
    try:
        keys = Directory().keys(by.address, by.fingerprint)
        signing.verify(statement, dsse.read(statement).payload_type, keys.verifying)
    except Refused:
        return False
    return True
