"""Records that wait for the receiver's acceptance: let go, or destroyed unsent with a signed trace."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from secure_exchange.ledger import entries
from secure_exchange.manifest import RECORD
from secure_exchange.models import Outgoing
from secure_exchange.outbox.ending import clear_body, destroy, keep
from secure_exchange.outbox.leasing import is_leased
from secure_exchange.outbox.queueing import ring


def release(*, thread: uuid.UUID, at: datetime) -> int:
    """Send what is held for this thread and has not expired; gives how many. Twice is as good as once."""
    with transaction.atomic():
        entries.hold()
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

    With `pending`, records that were let go but have not left are destroyed too, those that were given up
    among them. For each the node signs a receipt, kept, and sent to a receiver that knows of the thread, so
    that both sides have the trace. One that is on its way at this moment, or may have arrived, is stopped: no
    byte of it is sent from now on, and it is destroyed as soon as it is certain that the receiver has it not.
    """
    which = Q(state=Outgoing.State.HELD)
    if pending:
        which |= Q(state__in=[Outgoing.State.PENDING, Outgoing.State.DEAD], kind=RECORD)
    destroyed = 0
    with transaction.atomic():
        entries.hold()
        rows = Outgoing.objects.select_for_update().filter(which, thread=thread).order_by("pk")
        for row in list(rows):
            if not (is_leased(row, at=at) or row.takes or row.unsure):
                destroy(row, at=at)
                destroyed += 1
            elif row.stop_at is None:
                _stop(row, at=at)
    return destroyed


def _stop(row: Outgoing, *, at: datetime) -> None:
    """Nothing of it is sent any more: who sends it will say how far it came, or the receiver is asked."""
    row.stop_at = at
    if not is_leased(row, at=at):
        row.state, row.ended_at, row.next_at = Outgoing.State.PENDING, None, at
        row.takes, row.attempts, row.refusals, row.unsure = 0, 0, 0, True
        row.lease_until, row.lease_owner = None, ""
        ring(row.pk)
        transaction.on_commit(lambda: clear_body(row.pk), robust=True)
    keep(row)
    entries.append(act="envelope.stopped", actor=row.sender, object=str(row.envelope), at=at)
