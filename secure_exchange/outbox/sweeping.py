"""Find what a lost message, a stopped worker or a passed date left lying."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from secure_exchange.models import Outgoing
from secure_exchange.outbox.holding import clear_body, destroy
from secure_exchange.outbox.queueing import ring


def due(*, at: datetime) -> list[int]:
    """Rows to be sent now that nobody is sending, in the order in which they became due."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    rows = Outgoing.objects.filter(free, state=Outgoing.State.PENDING, next_at__lte=at)
    return list(rows.order_by("next_at", "pk").values_list("pk", flat=True))


def sweep(*, at: datetime) -> int:
    """End what expired, finish deleting, and ring for what is due; gives how many were rung for."""
    with transaction.atomic():
        held = Outgoing.objects.select_for_update().filter(state=Outgoing.State.HELD, expires__lte=at)
        for row in held.order_by("pk"):
            destroy(row, at=at)
    over = Outgoing.objects.filter(state__in=[Outgoing.State.DESTROYED, Outgoing.State.EXPIRED]).exclude(
        body=""
    )
    for outgoing_id in list(over.values_list("pk", flat=True)):
        clear_body(outgoing_id)
    ready = due(at=at)
    for outgoing_id in ready:
        ring(outgoing_id)
    return len(ready)
