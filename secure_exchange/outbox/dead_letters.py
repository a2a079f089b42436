"""What was given up and can still be sent: for its sender's people to see, and to try again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from secure_exchange.ledger import entries
from secure_exchange.models import Outgoing
from secure_exchange.outbox.queueing import ring


def dead(*, sender: str, at: datetime) -> QuerySet[Outgoing]:
    """What this address sent and was given up although it has not expired, the newest first.

    What was stopped because consent was withdrawn is not among it.
    """
    given_up = Outgoing.objects.filter(
        state=Outgoing.State.DEAD, sender=sender, stop_at__isnull=True, expires__gt=at
    )
    return given_up.order_by("-ended_at", "-pk")


def try_again(outgoing_id: int, *, by: str, at: datetime) -> bool:
    """Bring a dead letter back; says whether there was one. `by` is the person's pseudonym.

    Whether it may still be sent is for the caller to decide: for a record, whether consent still covers it.
    """
    given_up = Outgoing.objects.filter(
        pk=outgoing_id, state=Outgoing.State.DEAD, stop_at__isnull=True, expires__gt=at
    )
    with transaction.atomic():
        entries.hold()
        row = given_up.select_for_update().first()
        if row is None:
            return False
        given_up.update(
            state=Outgoing.State.PENDING, ended_at=None, next_at=at, attempts=0, takes=0, refusals=0
        )
        entries.append(act="envelope.tried_again", actor=by, object=str(row.envelope), at=at)
        ring(outgoing_id)
    return True
