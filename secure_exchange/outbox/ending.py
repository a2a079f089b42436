"""The ends of a row that was not delivered: given up aloud, or destroyed unsent with a signed trace."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from secure_exchange import bodies, node_keys, receipts, signals
from secure_exchange.directory import Directory
from secure_exchange.inbox import keep_receipt
from secure_exchange.ledger import entries
from secure_exchange.models import Outgoing, StoredReceipt
from secure_exchange.outbox.queueing import RECEIPT, queue_receipt
from secure_exchange.receipts import Receipt


WITHOUT_BODY: Final = Q(state__in=[Outgoing.State.DESTROYED, Outgoing.State.EXPIRED]) | Q(
    state__in=[Outgoing.State.PENDING, Outgoing.State.DEAD],
    stop_at__isnull=False,
    lease_until__isnull=True,
)
"""Rows of which nothing is sent any more, by anybody."""

_CHANGING: Final = (
    "state",
    "next_at",
    "attempts",
    "takes",
    "refusals",
    "confirmed",
    "unsure",
    "stop_at",
    "last_fault",
    "lease_until",
    "lease_owner",
    "ended_at",
)


def keep(row: Outgoing) -> None:
    """Store how far a locked row is; the rest of a row never changes."""
    row.save(update_fields=_CHANGING)


def give_up(row: Outgoing, state: Outgoing.State, *, fault: str, at: datetime) -> None:
    """End one locked row as expired or dead: ledger, and after the commit its people are told."""
    row.state, row.ended_at, row.last_fault = state, at, fault
    row.lease_until, row.lease_owner = None, ""
    keep(row)
    entries.append(
        act="envelope.undeliverable", actor=row.sender, object=str(row.envelope), reason=state.value, at=at
    )
    signals.after_commit(signals.undeliverable, outgoing_id=row.pk)
    transaction.on_commit(lambda: clear_body(row.pk), robust=True)


def destroy(row: Outgoing, *, at: datetime) -> None:
    """Destroy one locked row: ledger, signed receipt, and after the commit the body."""
    row.state, row.ended_at = Outgoing.State.DESTROYED, at
    row.lease_until, row.lease_owner = None, ""
    keep(row)
    entry = entries.append(act="envelope.destroyed", actor=row.sender, object=str(row.envelope), at=at)
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
    """Delete the body of a row of which nothing is sent any more, unless another receiver waits for it."""
    with transaction.atomic():
        over = Outgoing.objects.select_for_update().filter(WITHOUT_BODY, pk=outgoing_id)
        row = over.exclude(body="").first()
        if row is None:
            return
        if not Outgoing.objects.filter(body=row.body).exclude(WITHOUT_BODY).exists():
            bodies.delete_body(row.body)
        Outgoing.objects.filter(pk=outgoing_id).update(body="")
