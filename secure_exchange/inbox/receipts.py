"""Receipts that travel back: opened, failed, destroyed. Kept for ever, the first of its kind stays."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from secure_exchange import node_keys, receipts, signals
from secure_exchange.directory import Directory
from secure_exchange.errors import NotHere, Replayed, WrongContents
from secure_exchange.inbox.refusals import recorded
from secure_exchange.ledger import entries
from secure_exchange.models import Incoming, Outgoing, StoredReceipt
from secure_exchange.receipts import Receipt


def receive_receipt(statement: bytes, *, at: datetime) -> StoredReceipt:
    """Verify and keep a receipt about an envelope we sent or were to be sent; the same again changes nothing.

    Raises a `Refused`, recorded.
    """
    with recorded("receipt.refused", statement, at=at):
        receipt = receipts.read(statement, Directory())
        _check_expected(receipt)
        with transaction.atomic():
            stored, made = keep_receipt(receipt, statement, StoredReceipt.Direction.RECEIVED, at=at)
            if made:
                entries.append(
                    act=f"receipt.{receipt.kind}",
                    actor=receipt.by.address,
                    object=str(receipt.envelope),
                    at=at,
                )
                signals.after_commit(signals.receipt_arrived, receipt_id=stored.pk)
    return stored


def _check_expected(receipt: Receipt) -> None:
    """Refuse a receipt by anybody but the one whose act it is.

    1. delivered by the node of a receiver, opened and failed by a receiver, of an envelope that we let go
    2. destroyed by the node of a sender we have something from in this thread, of an envelope that never came
    """
    if receipt.kind == receipts.DESTROYED:
        if Incoming.objects.filter(digest=receipt.manifest).exists():
            raise WrongContents("an envelope that came cannot have been destroyed unsent")
        senders = Incoming.objects.filter(thread=receipt.thread).values_list("sender", flat=True)
        if receipt.by.address not in {node_keys.address_of(node_keys.host_of(sender)) for sender in senders}:
            raise NotHere("thread")
        return
    sent = Outgoing.objects.exclude(kind="receipt").exclude(state__in=["held", "destroyed"])
    receivers = set(
        sent.filter(envelope=receipt.envelope, thread=receipt.thread, digest=receipt.manifest).values_list(
            "receiver", flat=True
        )
    )
    if receipt.kind == receipts.DELIVERED:
        receivers = {node_keys.address_of(node_keys.host_of(receiver)) for receiver in receivers}
    if receipt.by.address not in receivers:
        raise NotHere("envelope")


def keep_receipt(
    receipt: Receipt, statement: bytes, direction: StoredReceipt.Direction, *, at: datetime
) -> tuple[StoredReceipt, bool]:
    """Store a verified receipt and say whether it is new; raises `Replayed` for another one in its place."""
    digest = hashlib.sha256(statement).hexdigest()
    stored, made = StoredReceipt.objects.get_or_create(
        direction=direction,
        kind=receipt.kind,
        manifest=receipt.manifest,
        by=receipt.by.address,
        defaults={
            "envelope": receipt.envelope,
            "thread": receipt.thread,
            "at": receipt.at,
            "stored_at": at,
            "digest": digest,
            "statement": statement,
        },
    )
    if stored.digest != digest:
        raise Replayed("receipt")
    return stored, made


def kept_receipt(direction: StoredReceipt.Direction, kind: str, *, manifest: str, by: str) -> bytes:
    """The statement of a receipt that is there."""
    return bytes(
        StoredReceipt.objects.get(direction=direction, kind=kind, manifest=manifest, by=by).statement
    )
