"""Put an envelope or a receipt into the outbox, in the transaction of the act that made it."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final

from celery import signature
from django.db import transaction

from secure_exchange import dsse, receipts
from secure_exchange.bodies import Settled
from secure_exchange.directory import Directory
from secure_exchange.envelope import Envelope
from secure_exchange.errors import Misdirected
from secure_exchange.inbox import keep_receipt
from secure_exchange.models import Incoming, Outgoing, StoredReceipt


RECEIPT: Final = "receipt"
RECEIPT_LIFETIME: Final = timedelta(days=30)
DELIVER: Final = "secure_exchange.deliver"
BELL_SECONDS: Final = 300
"""How long a bell is worth hearing; the sweep rings again for what is still due."""


def queue(*, envelope: Envelope, body_name: Settled, to: str, at: datetime, held: bool = False) -> Outgoing:
    """Send this envelope to one of its recipients, or hold it until `release`.

    The body has reached the disk before (`bodies.settle`), so that nobody waits for the disk here, and
    nothing leaves before the caller's transaction is committed. Raises `Misdirected` for a receiver the
    manifest does not name.
    """
    manifest = envelope.manifest
    if not manifest.received_by(to):
        raise Misdirected(str(manifest.id))
    row = Outgoing.objects.create(
        envelope=manifest.id,
        thread=manifest.thread,
        kind=manifest.kind,
        part=manifest.part,
        sender=manifest.sender.address,
        receiver=to,
        digest=manifest.digest,
        statement=envelope.statement,
        body=body_name,
        size=manifest.payload.size,
        created=manifest.created,
        expires=manifest.expires,
        state=Outgoing.State.HELD if held else Outgoing.State.PENDING,
        queued_at=at,
        next_at=at,
    )
    if not held:
        ring(row.pk)
    return row


def queue_receipt(*, statement: bytes, to: str, at: datetime) -> Outgoing:
    """Keep a receipt signed here, and send it back to `to`; the same again changes nothing.

    Raises a `Refused` if the receipt does not verify.
    """
    receipt = receipts.read(statement, Directory())
    with transaction.atomic():
        keep_receipt(receipt, statement, StoredReceipt.Direction.ISSUED, at=at)
        row, made = Outgoing.objects.get_or_create(
            kind=RECEIPT,
            digest=hashlib.sha256(statement).hexdigest(),
            receiver=to,
            defaults={
                "envelope": receipt.envelope,
                "thread": receipt.thread,
                "part": receipt.kind,
                "sender": receipt.by.address,
                "statement": statement,
                "created": receipt.at,
                "expires": at + RECEIPT_LIFETIME,
                "state": Outgoing.State.PENDING,
                "queued_at": at,
                "next_at": at,
            },
        )
        if made:
            ring(row.pk)
    return row


def ring(outgoing_id: int, *, seconds: int = 0) -> None:
    """Tell a worker to look at this row, after the commit and `seconds` later.

    A broker that is away is no fault: the row is the truth, and the sweep finds it.
    """

    def call() -> None:
        bell = signature(DELIVER, args=(outgoing_id,))
        bell.apply_async(countdown=seconds, expires=seconds + BELL_SECONDS, retry=False)

    transaction.on_commit(call, robust=True)


def previous(thread: uuid.UUID, address: str) -> str:
    """What the next manifest of `address` in this thread names as `previous`; "" for the first.

    The digest of the last envelope that it sent or got, or of the last receipt it got for one it sent.
    """
    sent = Outgoing.objects.filter(thread=thread, sender=address).exclude(kind=RECEIPT)
    got = Incoming.objects.filter(thread=thread, receiver=address)
    answered = StoredReceipt.objects.filter(
        direction=StoredReceipt.Direction.RECEIVED, thread=thread, manifest__in=sent.values("digest")
    )
    found = [
        sent.order_by("queued_at", "pk").values_list("queued_at", "digest").last(),
        got.order_by("received_at", "pk").values_list("received_at", "digest").last(),
    ]
    last_receipt = answered.order_by("stored_at", "pk").last()
    if last_receipt is not None:
        payload = dsse.read(bytes(last_receipt.statement)).payload
        found.append((last_receipt.stored_at, hashlib.sha256(payload).hexdigest()))
    return max((last for last in found if last is not None), key=itemgetter(0), default=(None, ""))[1]
