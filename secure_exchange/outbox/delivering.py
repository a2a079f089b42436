"""Deliver one row of the outbox: lease it, send it without a transaction, record what came of it.

1. A lease of a minute, taken under SKIP LOCKED and renewed with every piece, keeps two workers apart; a
   worker that was killed leaves a row that the next one takes when the lease is over.
2. A repeated delivery does no harm: the receiver answers with the receipt it stored.
3. Only a receipt that verifies, by the receiver's own node, makes a row delivered.
4. A silent network is tried again until the envelope expires; refusals are counted, and after the last one
   the sender's people are told. No envelope ends silently.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import transaction

from secure_exchange import carriers, directory, node_keys, receipts, retry, signals
from secure_exchange.carriers import Carrier, CarrierFault, Parcel
from secure_exchange.directory import Directory
from secure_exchange.errors import Refused, WrongContents
from secure_exchange.inbox import keep_receipt
from secure_exchange.ledger import entries
from secure_exchange.models import Outgoing, StoredReceipt
from secure_exchange.outbox.holding import clear_body
from secure_exchange.outbox.queueing import RECEIPT, ring


LEASE: Final = timedelta(seconds=60)
PULSE_SECONDS: Final = 15
QUICK: Final = (2, 5, 15)
"""Seconds before the first tries after a silence, so that a peer that restarts gets it at once."""

_ENDED: Final = {retry.Outcome.EXPIRED: Outgoing.State.EXPIRED, retry.Outcome.DEAD: Outgoing.State.DEAD}


@dataclass
class _Lease:
    """Our claim on a row while we send it."""

    outgoing_id: int
    at: datetime
    owner: str = field(default_factory=lambda: secrets.token_hex(16))

    def __post_init__(self) -> None:
        """Note the moment."""
        self._taken = self._beat = monotonic()

    def pulse(self) -> None:
        """Renew the lease when it grows old."""
        now = monotonic()
        if now - self._beat < PULSE_SECONDS:
            return
        self._beat = now
        until = self.at + timedelta(seconds=now - self._taken) + LEASE
        Outgoing.objects.filter(pk=self.outgoing_id, lease_owner=self.owner).update(lease_until=until)


def deliver(
    outgoing_id: int, *, at: datetime, carrier_for: Callable[[str], Carrier] = carriers.for_address
) -> Outgoing.State | None:
    """Try to deliver this row once, outside of any transaction; gives its state, None if not ours to send."""
    lease = _Lease(outgoing_id, at)
    row = _take(lease)
    if row is None:
        return None
    if row.expires <= at:
        return _failed(row, CarrierFault("expired", 410), at=at)
    try:
        carrier = carrier_for(row.receiver)
        if row.kind == RECEIPT:
            carrier.deliver_receipt(bytes(row.statement), row.receiver, at=at)
            return _delivered(row, None, at=at)
        parcel = Parcel(statement=bytes(row.statement), body=row.body, size=row.size, receiver=row.receiver)
        return _delivered(row, carrier.deliver(parcel, at=at, pulse=lease.pulse), at=at)
    except CarrierFault as fault:
        return _failed(row, fault, at=at)
    except Refused as refused:
        entries.append(
            act="receipt.refused",
            actor=node_keys.address_of(node_keys.host_of(row.receiver)),
            object=str(row.envelope),
            reason=refused.code,
            at=at,
        )
        return _failed(row, CarrierFault(f"receipt-{refused.code}"), at=at)


def deliver_due(*, at: datetime, carrier_for: Callable[[str], Carrier] = carriers.for_address) -> int:
    """Try everything that is due, one after the other; gives how many tries there were."""
    due = Outgoing.objects.filter(state=Outgoing.State.PENDING, next_at__lte=at).order_by("next_at", "pk")
    tries = [deliver(pk, at=at, carrier_for=carrier_for) for pk in due.values_list("pk", flat=True)]
    return sum(state is not None for state in tries)


def _take(lease: _Lease) -> Outgoing | None:
    """The row, leased to us, unless it is over, not due, or somebody else's for now."""
    with transaction.atomic():
        row = (
            Outgoing.objects.select_for_update(skip_locked=True)
            .filter(pk=lease.outgoing_id, state=Outgoing.State.PENDING, next_at__lte=lease.at)
            .first()
        )
        if row is None or (row.lease_until is not None and row.lease_until > lease.at):
            return None
        row.attempts += 1
        row.lease_owner, row.lease_until = lease.owner, lease.at + LEASE
        row.save(update_fields=["attempts", "lease_owner", "lease_until"])
    return row


def _delivered(row: Outgoing, statement: bytes | None, *, at: datetime) -> Outgoing.State:
    """Record the delivery; an envelope's receipt is verified and kept in the same transaction."""
    with transaction.atomic():
        if statement is not None:
            receipt = receipts.read(statement, Directory())
            _check_receipt(row, receipt)
            keep_receipt(receipt, statement, StoredReceipt.Direction.RECEIVED, at=at)
        done = Outgoing.objects.filter(pk=row.pk, state=Outgoing.State.PENDING).update(
            state=Outgoing.State.DELIVERED, ended_at=at, lease_until=None, lease_owner="", last_fault=""
        )
        if done:
            act = "receipt.sent" if statement is None else "envelope.delivered"
            entries.append(act=act, actor=row.sender, object=str(row.envelope), at=at)
            signals.after_commit(signals.delivered, outgoing_id=row.pk)
            _wake_neighbours(row, at=at)
    return Outgoing.State.DELIVERED


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
        lease_until__isnull=True,
        next_at__gt=at,
    )
    for outgoing_id in list(waiting.values_list("pk", flat=True)[:100]):
        Outgoing.objects.filter(pk=outgoing_id).update(next_at=at)
        ring(outgoing_id)


def _failed(row: Outgoing, fault: CarrierFault, *, at: datetime) -> Outgoing.State:
    """Decide when to try again, or end the row aloud."""
    refused = retry.is_refusal(fault.status) and row.expires > at
    row.refusals += refused
    decision = retry.decide(
        attempts=max(1, row.attempts - len(QUICK)),
        refusals=row.refusals,
        status=fault.status,
        at=at,
        expires=row.expires,
        jitter=secrets.randbelow(1000) / 1000,
    )
    row.state = _ENDED.get(decision.outcome, Outgoing.State.PENDING)
    row.last_fault, row.lease_until, row.lease_owner = fault.code, None, ""
    quick = QUICK[row.attempts - 1] if row.attempts <= len(QUICK) and not refused else 0
    if decision.next_at is not None:
        row.next_at = min(decision.next_at, at + timedelta(seconds=quick)) if quick else decision.next_at
    else:
        row.ended_at = at
    with transaction.atomic():
        _record(row, at=at, refused=refused)
        if row.state == Outgoing.State.PENDING and quick:
            ring(row.pk, seconds=quick)
    return Outgoing.State(row.state)


def _record(row: Outgoing, *, at: datetime, refused: bool) -> None:
    """Write a failed try; a refusal by another node is an entry here too, our own inbox wrote its own."""
    fields = ["state", "refusals", "last_fault", "lease_until", "lease_owner", "next_at", "ended_at"]
    changed = Outgoing.objects.filter(pk=row.pk, state=Outgoing.State.PENDING).update(
        **{name: getattr(row, name) for name in fields}
    )
    if not changed:
        return
    if refused and not directory.is_here(row.receiver):
        peer = node_keys.address_of(node_keys.host_of(row.receiver))
        entries.append(
            act="delivery.refused", actor=peer, object=str(row.envelope), reason=row.last_fault, at=at
        )
    if row.state != Outgoing.State.PENDING:
        entries.append(
            act="envelope.undeliverable", actor=row.sender, object=str(row.envelope), reason=row.state, at=at
        )
        signals.after_commit(signals.undeliverable, outgoing_id=row.pk)
        transaction.on_commit(lambda: clear_body(row.pk), robust=True)
