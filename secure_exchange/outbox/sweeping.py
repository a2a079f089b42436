"""Find what a lost message, a stopped worker or a passed date left lying; each row by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q

from secure_exchange.apart import each
from secure_exchange.ledger import entries
from secure_exchange.models import Outgoing
from secure_exchange.outbox.ending import WITHOUT_BODY, clear_body, destroy, give_up
from secure_exchange.outbox.queueing import ring


def due(*, at: datetime) -> list[int]:
    """Rows to be sent now that nobody is sending, in the order in which they became due."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    rows = Outgoing.objects.filter(free, state=Outgoing.State.PENDING, next_at__lte=at)
    return list(rows.order_by("next_at", "pk").values_list("pk", flat=True))


def sweep(*, at: datetime) -> int:
    """End what expired, finish deleting, and ring for what is due; gives how many were rung for."""
    expire = partial(give_up, state=Outgoing.State.EXPIRED, fault="expired", at=at)
    _end_expired("hold", Outgoing.State.HELD, partial(destroy, at=at), at=at)
    _end_expired("dead letter", Outgoing.State.DEAD, expire, at=at)
    over = Outgoing.objects.filter(WITHOUT_BODY).exclude(body="")
    each("body", over.values_list("pk", flat=True), clear_body)
    ready = due(at=at)
    each("bell", ready, ring)
    return len(ready)


def _end_expired(what: str, state: Outgoing.State, end: Callable[[Outgoing], None], *, at: datetime) -> None:
    expired = Outgoing.objects.filter(state=state, expires__lte=at).order_by("pk")

    def end_one(outgoing_id: int) -> None:
        with transaction.atomic():
            entries.hold()
            row = expired.select_for_update(skip_locked=True).filter(pk=outgoing_id).first()
            if row is not None:
                end(row)

    each(what, expired.values_list("pk", flat=True), end_one)
