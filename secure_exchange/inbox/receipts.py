"""Receipts that travel back: opened, failed, destroyed. Kept for ever, the first of its kind stays."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import Min, QuerySet

from secure_exchange import node_keys, receipts, signals
from secure_exchange.directory import Directory
from secure_exchange.envelope import MAX_AHEAD
from secure_exchange.errors import FromTheFuture, NotHere, Replayed, WrongContents
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
                # The ledger is locked now, so that its envelope cannot come in the same moment.
                _check_expected(receipt)
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


def _check_moment(receipt: Receipt, *, at: datetime) -> None:
    """Refuse a receipt from the future or from before its envelope, or its thread if that never came."""
    if receipt.at > at + MAX_AHEAD:
        raise FromTheFuture(str(receipt.envelope))
    earliest = _made(receipt).aggregate(earliest=Min("created"))["earliest"]
    if earliest is not None and receipt.at < earliest - MAX_AHEAD:
        raise WrongContents("a receipt from before its envelope")


def _made(receipt: Receipt) -> QuerySet[Incoming] | QuerySet[Outgoing]:
    """What a receipt cannot be older than."""
    if receipt.kind == receipts.DESTROYED:
        return Incoming.objects.filter(thread=receipt.thread)
    return Outgoing.objects.filter(digest=receipt.manifest)


def keep_receipt(
    receipt: Receipt, statement: bytes, direction: StoredReceipt.Direction, *, at: datetime
) -> tuple[StoredReceipt, bool]:
    """Store a verified receipt and say whether it is new.

    Raises `Replayed` for another one in its place, and for one that was received `FromTheFuture` or
    `WrongContents` when its moment cannot be true.
    """
    if direction == StoredReceipt.Direction.RECEIVED:
        _check_moment(receipt, at=at)
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
