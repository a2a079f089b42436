"""Append to the ledger; nothing else writes its table.

An entry's place comes from the head row under its lock, not from a counter of the database: those are given
out before the lock, and a verifier that walks by them cries wolf. Appending costs two queries; the trigger
moves the head.

Order: an act locks its own rows (consent, case, handover) before its first entry, which locks the head until
the transaction ends, and rows of the outbox after it; nothing slow is done while the head is held.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from django.db import transaction

from secure_exchange.models import Entry, Head


class LedgerBroken(Exception):  # noqa: N818 - says what is, not what went wrong
    """The head row is missing: somebody worked on the database by hand."""


def digest(entry: Entry) -> str:
    """SHA-256 of the previous hash and of every column, in hexadecimal."""
    moment = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    columns = [entry.sequence, moment, entry.act, entry.actor, entry.object, entry.category, entry.reason]
    text = json.dumps(columns, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(bytes.fromhex(entry.previous) + text.encode("ascii")).hexdigest()


def append(
    *,
    act: str,
    actor: str,
    object: str,  # noqa: A002 - the ledger's word for it
    category: str = "",
    reason: str = "",
    at: datetime,
) -> Entry:
    """Record one act or refusal in the caller's transaction; it is undone with the act if that fails.

    `actor` and `object` are addresses, references and identifiers, never names; `reason` is a code.
    """
    with transaction.atomic(savepoint=False):
        last = Head.objects.select_for_update().first()
        if last is None:
            raise LedgerBroken
        entry = Entry(
            sequence=last.sequence + 1,
            at=at,
            act=act,
            actor=actor,
            object=object,
            category=category,
            reason=reason,
            previous=last.hash,
        )
        entry.hash = digest(entry)
        entry.save()
    return entry


def hold() -> None:
    """Lock the head now, in the caller's transaction: for who locks rows of the outbox before its entry."""
    Head.objects.select_for_update().first()


def head() -> str:
    """The hash of the last entry, in hexadecimal, for manifests and receipts; zeros while there is none."""
    return Head.objects.values_list("hash", flat=True).get()
