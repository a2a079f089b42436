"""Record a try that failed: decide when the next one is, or end the row aloud."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from secure_exchange import directory, node_keys, retry
from secure_exchange.carriers import CarrierFault, Step
from secure_exchange.ledger import entries
from secure_exchange.models import Outgoing
from secure_exchange.outbox.ending import destroy, give_up, keep
from secure_exchange.outbox.leasing import Lease
from secure_exchange.outbox.queueing import ring


QUICK: Final = (2, 5, 15)
"""Seconds before the first tries after a silence, so that a peer that restarts gets it at once."""
MOVED: Final = 64 * 1024
"""Bytes that the receiver has more than ever before, by which a try that was cut counts as none."""

_ENDED: Final = {retry.Outcome.EXPIRED: Outgoing.State.EXPIRED, retry.Outcome.DEAD: Outgoing.State.DEAD}


def failed(lease: Lease, fault: CarrierFault) -> Outgoing.State:
    """Record it, unless the row is somebody else's by now; gives the row's state."""
    with transaction.atomic():
        entries.hold()
        row = Outgoing.objects.select_for_update().get(pk=lease.outgoing_id)
        if row.state == Outgoing.State.PENDING and row.lease_owner == lease.owner:
            _record(row, fault, at=lease.at)
    return Outgoing.State(row.state)


def _record(row: Outgoing, fault: CarrierFault, *, at: datetime) -> None:
    row.takes, row.lease_until, row.lease_owner = 0, None, ""
    row.unsure = _may_be_there(row, fault)
    if row.stop_at is not None and not row.unsure:
        destroy(row, at=at)
        return
    moved = _note_moved(row, fault)
    row.last_fault = "" if moved else fault.code
    refused = retry.is_refusal(fault.status) and row.expires > at
    row.refusals += refused
    decision = retry.decide(
        attempts=max(1, row.attempts - len(QUICK)),
        refusals=row.refusals,
        status=fault.status,
        at=at,
        expires=row.expires,
        jitter=secrets.randbelow(1000) / 1000,
        announced=fault.step is not Step.ANNOUNCE,
    )
    if decision.next_at is not None:
        _try_later(row, decision.next_at, at=at, quickly=not refused)
    if refused and not directory.is_here(row.receiver):
        # Our own inbox wrote its entry itself.
        peer = node_keys.address_of(node_keys.host_of(row.receiver))
        entries.append(act="delivery.refused", actor=peer, object=str(row.envelope), reason=fault.code, at=at)
    if decision.next_at is None:
        give_up(row, _ENDED[decision.outcome], fault=fault.code, at=at)


def _may_be_there(row: Outgoing, fault: CarrierFault) -> bool:
    """Whether the receiver may have it although we have no receipt."""
    if fault.step is Step.COMMIT:
        return not retry.is_refusal(fault.status)
    # What refuses the announcement may stand between, and know nothing of the envelope.
    return row.unsure and fault.step is Step.ANNOUNCE


def _note_moved(row: Outgoing, fault: CarrierFault) -> bool:
    """Note how much of the body is there; whether this and the tries before it came forward."""
    confirmed = fault.confirmed or 0
    moved = confirmed >= row.confirmed + MOVED
    if moved:
        row.attempts = 0
    row.confirmed = max(row.confirmed, confirmed)
    return moved


def _try_later(row: Outgoing, then: datetime, *, at: datetime, quickly: bool) -> None:
    """At the moment that was decided; the first times after a silence within seconds."""
    quick = QUICK[max(row.attempts, 1) - 1] if quickly and row.attempts <= len(QUICK) else 0
    row.next_at = min(then, at + timedelta(seconds=quick)) if quick else then
    keep(row)
    if quick:
        ring(row.pk, seconds=quick)
