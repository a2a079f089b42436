"""Deliver one row of the outbox: lease it, send it without a transaction, record what came of it.

1. A lease, renewed before every request, keeps two workers apart; a worker that was killed leaves a row that
   the next one takes when the lease is over.
2. A repeated delivery does no harm: the receiver answers with the receipt it stored.
3. Only a receipt that verifies, by the receiver's own node, makes a row delivered; it does so whoever got it,
   and whatever became of the row meanwhile. Any other word counts only from whoever holds the lease.
4. A silent network is tried again until the envelope expires; refusals are counted, and after the last one
   the sender's people are told. No envelope ends silently.
5. What was stopped is not sent on. Where the receiver may have it already, it is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction

from secure_exchange import carriers, node_keys, receipts, signals
from secure_exchange.apart import each
from secure_exchange.carriers import Carrier, CarrierFault, Parcel, Step
from secure_exchange.directory import Directory
from secure_exchange.errors import Refused, WrongContents
from secure_exchange.inbox import keep_receipt
from secure_exchange.ledger import entries
from secure_exchange.models import Outgoing, StoredReceipt
from secure_exchange.outbox.ending import keep
from secure_exchange.outbox.failing import failed
from secure_exchange.outbox.leasing import Lease, set_aside, take
from secure_exchange.outbox.queueing import RECEIPT, ring


_MAY_BE_DELIVERED = frozenset({Outgoing.State.PENDING, Outgoing.State.DEAD, Outgoing.State.EXPIRED})


def deliver(
    outgoing_id: int, *, at: datetime, carrier_for: Callable[[str], Carrier] = carriers.for_address
) -> Outgoing.State | None:
    """Try to deliver this row once, outside of any transaction; gives its state, None if not ours to send."""
    lease = Lease(outgoing_id, at)
    row = take(lease)
    if row is None:
        return Outgoing.State.DEAD if set_aside(lease) else None
    try:
        return _delivered(row, _sent(row, lease, carrier_for(row.receiver)), at=at)
    except CarrierFault as fault:
        return failed(lease, fault)
    except Refused as refused:
        entries.append(
            act="receipt.refused",
            actor=node_keys.address_of(node_keys.host_of(row.receiver)),
            object=str(row.envelope),
            reason=refused.code,
            at=at,
        )
        return failed(lease, CarrierFault(f"receipt-{refused.code}", step=Step.COMMIT))


def deliver_due(*, at: datetime, carrier_for: Callable[[str], Carrier] = carriers.for_address) -> int:
    """Try everything that is due, one after the other; gives how many tries there were."""
    due = Outgoing.objects.filter(state=Outgoing.State.PENDING, next_at__lte=at).order_by("next_at", "pk")
    return len(
        each("delivery", due.values_list("pk", flat=True), partial(deliver, at=at, carrier_for=carrier_for))
    )


def _sent(row: Outgoing, lease: Lease, carrier: Carrier) -> bytes | None:
    """Send it; gives the receipt of an envelope, not verified. Raises `CarrierFault`."""
    over = row.expires <= lease.at
    parcel = Parcel(statement=bytes(row.statement), body=row.body, size=row.size, receiver=row.receiver)
    if row.kind != RECEIPT and (row.stop_at is not None or (over and row.unsure)):
        return _asked(parcel, carrier, over=over, at=lease.at)
    if over:
        raise CarrierFault("expired", 410)
    if row.kind == RECEIPT:
        lease.pulse()
        carrier.deliver_receipt(parcel.statement, parcel.receiver, at=lease.at)
        return None
    return carrier.deliver(parcel, at=lease.at, pulse=lease.pulse)


def _asked(parcel: Parcel, carrier: Carrier, *, over: bool, at: datetime) -> bytes:
    """The receipt, if the receiver has it; raises `CarrierFault` if it has it not or does not say."""
    receipt = carrier.ask(parcel, at=at)
    if receipt is None:
        raise CarrierFault("expired" if over else "stopped", 410 if over else None, step=Step.UPLOAD)
    return receipt


def _delivered(row: Outgoing, statement: bytes | None, *, at: datetime) -> Outgoing.State:
    """Record the delivery; an envelope's receipt is verified and kept in the same transaction."""
    with transaction.atomic():
        entries.hold()
        now = Outgoing.objects.select_for_update().get(pk=row.pk)
        news = _kept(row, statement, at=at) if statement is not None else False
        act = "receipt.sent" if statement is None else "envelope.delivered"
        if now.state in _MAY_BE_DELIVERED:
            now.state, now.ended_at, now.last_fault = Outgoing.State.DELIVERED, at, ""
            now.takes, now.unsure, now.lease_until, now.lease_owner = 0, False, None, ""
            keep(now)
            entries.append(act=act, actor=row.sender, object=str(row.envelope), at=at)
            signals.after_commit(signals.delivered, outgoing_id=row.pk)
        elif now.state == Outgoing.State.DESTROYED and news:
            # Two receipts that contradict each other are kept, and it is said here that they do.
            entries.append(
                act=act, actor=row.sender, object=str(row.envelope), reason="destroyed-before", at=at
            )
        # Their rows may be held by whoever waits for the ledger, which is ours until the commit.
        transaction.on_commit(lambda: _wake_neighbours(row, at=at), robust=True)
    return Outgoing.State(now.state)


def _kept(row: Outgoing, statement: bytes, *, at: datetime) -> bool:
    """Verify the delivered receipt and keep it; says whether it is news."""
    receipt = receipts.read(statement, Directory())
    _check_receipt(row, receipt)
    return keep_receipt(receipt, statement, StoredReceipt.Direction.RECEIVED, at=at)[1]


def _check_receipt(row: Outgoing, receipt: receipts.Receipt) -> None:
    expected = (
        receipts.DELIVERED,
        row.envelope,
        row.thread,
        row.digest,
        node_keys.address_of(node_keys.host_of(row.receiver)),
    )
    if (receipt.kind, receipt.envelope, receipt.thread, receipt.manifest, receipt.by.address) != expected:
        raise WrongContents("a receipt for something else")


def _wake_neighbours(row: Outgoing, *, at: datetime) -> None:
    """The node answers again: what waits for it because of its silence goes out now."""
    waiting = Outgoing.objects.filter(
        state=Outgoing.State.PENDING,
        receiver__endswith="@" + node_keys.host_of(row.receiver),
        refusals=0,
        takes=0,
        lease_until__isnull=True,
        next_at__gt=at,
    )
    for outgoing_id in list(waiting.values_list("pk", flat=True)[:100]):
        if waiting.filter(pk=outgoing_id).update(next_at=at):
            ring(outgoing_id)
