"""Take a whole envelope in, in one transaction: inbox row, ledger row, receipt; or say what is here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from secure_exchange import node_keys, receipts, signals
from secure_exchange.errors import Destroyed, NotHere, Replayed
from secure_exchange.inbox.handling import throw_away
from secure_exchange.inbox.receipts import keep_receipt, kept_receipt
from secure_exchange.ledger import entries
from secure_exchange.manifest import Manifest, Party
from secure_exchange.models import Announcement, Incoming, StoredReceipt
from secure_exchange.receipts import Receipt
from secure_exchange.request_signatures import SignedRequest


def committed(place: uuid.UUID, *, by: SignedRequest | None = None) -> bytes:
    """The receipt of what was committed at this place before."""
    present = Incoming.objects.filter(place=place).first()
    if present is None or (by is not None and not by.speaks_for(present.sender)):
        raise NotHere("place")
    return delivered_receipt(present.digest)


def store(announced: Announcement, manifest: Manifest, here: Sequence[Party], *, at: datetime) -> bytes:
    """Take it in, unless it came meanwhile by another place; then there is a receipt, or it is `Replayed`."""
    with transaction.atomic():
        if not Announcement.objects.select_for_update().filter(pk=announced.pk).exists():
            return committed(announced.place)
        present = Incoming.objects.filter(sender=announced.sender, envelope=announced.envelope).first()
        if present is None:
            return _take(announced, manifest, here, at=at)
    if present.digest != manifest.digest:
        raise Replayed(str(manifest.id))
    throw_away(announced)
    return delivered_receipt(present.digest)


def _take(announced: Announcement, manifest: Manifest, here: Sequence[Party], *, at: datetime) -> bytes:
    stored = [
        Incoming.objects.create(
            envelope=manifest.id,
            thread=manifest.thread,
            kind=manifest.kind,
            part=manifest.part,
            sender=manifest.sender.address,
            receiver=party.address,
            digest=manifest.digest,
            statement=bytes(announced.statement),
            body=announced.body,
            size=manifest.payload.size,
            sha256=manifest.payload.sha256,
            media_type=manifest.payload.media_type,
            previous=manifest.previous,
            ledger=manifest.ledger,
            created=manifest.created,
            expires=manifest.expires,
            place=announced.place,
            received_at=at,
        )
        for party in here
    ]
    receipt = _issue_delivered(manifest, at=at)
    # The ledger is locked now, so that the same receipt cannot be taken in the same moment.
    check_not_destroyed(manifest)
    announced.delete()
    for incoming in stored:
        signals.after_commit(signals.arrived, incoming_id=incoming.pk)
    return receipt


def _issue_delivered(manifest: Manifest, *, at: datetime) -> bytes:
    entry = entries.append(
        act="envelope.received", actor=manifest.sender.address, object=str(manifest.id), at=at
    )
    receipt = Receipt(
        version=receipts.VERSION,
        kind=receipts.DELIVERED,
        envelope=manifest.id,
        thread=manifest.thread,
        manifest=manifest.digest,
        by=node_keys.published().party,
        at=at,
        ledger=entry.hash,
    )
    statement = receipts.issue(receipt, node_keys.signing_keys())
    keep_receipt(receipt, statement, StoredReceipt.Direction.ISSUED, at=at)
    return statement


def delivered_receipt(digest: str) -> bytes:
    """The receipt with which this node took the envelope of this digest in."""
    return kept_receipt(
        StoredReceipt.Direction.ISSUED, receipts.DELIVERED, manifest=digest, by=node_keys.address()
    )


def check_not_destroyed(manifest: Manifest) -> None:
    """Raises `Destroyed` where the sender's node signed that it destroyed this envelope unsent."""
    if StoredReceipt.objects.filter(kind=receipts.DESTROYED, manifest=manifest.digest).exists():
        raise Destroyed(str(manifest.id))
