"""Records that wait for the receiver's acceptance: let go, or destroyed unsent with a signed trace."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from secure_exchange import bodies, node_keys, receipts
from secure_exchange.directory import Directory
from secure_exchange.inbox import keep_receipt
from secure_exchange.ledger import entries
from secure_exchange.manifest import RECORD
from secure_exchange.models import Outgoing, StoredReceipt
from secure_exchange.outbox.queueing import RECEIPT, queue_receipt, ring
from secure_exchange.receipts import Receipt


_OVER: Final = (Outgoing.State.DESTROYED, Outgoing.State.EXPIRED)


def release(*, thread: uuid.UUID, at: datetime) -> int:
    """Send what is held for this thread and has not expired; gives how many. Twice is as good as once."""
    with transaction.atomic():
        held = Outgoing.objects.select_for_update().filter(
            thread=thread, state=Outgoing.State.HELD, expires__gt=at
        )
        released = list(held.order_by("pk").values_list("pk", flat=True))
        Outgoing.objects.filter(pk__in=released).update(state=Outgoing.State.PENDING, next_at=at)
        for outgoing_id in released:
            ring(outgoing_id)
    return len(released)


def destroy_held(*, thread: uuid.UUID, at: datetime, pending: bool = False) -> int:
    """Destroy what is held for this thread; gives how many. Twice is as good as once.

    With `pending`, records that were let go but have not left are destroyed too; one that is on its way at
    this moment is not. For each the node signs a receipt, kept, and sent to a receiver that knows of the
    thread, so that both sides have the trace.
    """
    which = Q(state=Outgoing.State.HELD)
    if pending:
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
        which |= Q(state=Outgoing.State.PENDING, kind=RECORD) & free
    with transaction.atomic():
        rows = list(Outgoing.objects.select_for_update().filter(which, thread=thread).order_by("pk"))
        for row in rows:
            destroy(row, at=at)
    return len(rows)


def destroy(row: Outgoing, *, at: datetime) -> None:
    """Destroy one locked row: ledger, signed receipt, and after the commit the body."""
    entry = entries.append(act="envelope.destroyed", actor=row.sender, object=str(row.envelope), at=at)
    row.state, row.ended_at = Outgoing.State.DESTROYED, at
    row.lease_until, row.lease_owner = None, ""
    row.save(update_fields=["state", "ended_at", "lease_until", "lease_owner"])
    receipt, statement = _destroyed_receipt(row, entry.hash, at=at)
    known_there = Outgoing.objects.filter(
        thread=row.thread, receiver=row.receiver, state__in=[Outgoing.State.PENDING, Outgoing.State.DELIVERED]
    ).exclude(kind=RECEIPT)
    if known_there.exists():
        queue_receipt(statement=statement, to=row.receiver, at=at)
    else:
        keep_receipt(receipt, statement, StoredReceipt.Direction.ISSUED, at=at)
    transaction.on_commit(lambda: clear_body(row.pk), robust=True)


def _destroyed_receipt(row: Outgoing, ledger: str, *, at: datetime) -> tuple[Receipt, bytes]:
    """The node's receipt for this envelope: the one it signed before, when it had several receivers."""
    kept = StoredReceipt.objects.filter(
        direction=StoredReceipt.Direction.ISSUED,
        kind=receipts.DESTROYED,
        manifest=row.digest,
        by=node_keys.address(),
    ).first()
    if kept is not None:
        return receipts.read(bytes(kept.statement), Directory()), bytes(kept.statement)
    receipt = Receipt(
        version=receipts.VERSION,
        kind=receipts.DESTROYED,
        envelope=row.envelope,
        thread=row.thread,
        manifest=row.digest,
        by=node_keys.published().party,
        at=at,
        ledger=ledger,
    )
    return receipt, receipts.issue(receipt, node_keys.signing_keys())


def clear_body(outgoing_id: int) -> None:
    """Delete the body of a row that is over for good, unless another receiver still waits for it."""
    row = Outgoing.objects.filter(pk=outgoing_id, state__in=_OVER).exclude(body="").first()
    if row is None:
        return
    if not Outgoing.objects.filter(body=row.body).exclude(state__in=_OVER).exists():
        bodies.delete_body(row.body)
    Outgoing.objects.filter(pk=outgoing_id).update(body="")
