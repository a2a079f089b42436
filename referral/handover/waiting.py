"""How long an answer may take, and what happens when none comes: reminded, raised to supervisors, expired.

The spans are this project's defaults, not law. An offer lives three times as long as its answer may take, so
that the receiver's machines, which read nothing but the signed manifest, know by when to remind.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from django.db import transaction

from referral.handover import stepping
from referral.models import Handover
from referral.rules import handover_states
from referral.vocabulary import Direction, HandoverAct, HandoverState, Urgency
from secure_exchange import node_keys, outbox
from secure_exchange.ledger import entries


ANSWER_WITHIN: Final[Mapping[Urgency, timedelta]] = MappingProxyType(
    {
        Urgency.IMMEDIATE: timedelta(hours=24),
        Urgency.SOON: timedelta(hours=72),
        Urgency.PLANNED: timedelta(days=7),
    }
)
LIVES: Final = 3
"""How many times the time to answer an offer lives."""
RECORD_LIVES: Final = timedelta(days=29)
"""How long a sealed record can be delivered and opened; below the exchange's limit of 30 days."""

_UNOPENED: Final = (
    HandoverState.OFFERED,
    HandoverState.ACCEPTED,
    HandoverState.RELEASED,
    HandoverState.FAILED,
)


def offer_expires(urgency: Urgency, *, created: datetime) -> datetime:
    """When an unanswered offer is over."""
    return created + ANSWER_WITHIN[urgency] * LIVES


def respond_by(*, created: datetime, expires: datetime) -> datetime:
    """By when an answer is wanted, from what the signed manifest says."""
    return created + (expires - created) / LIVES


def record_may_come_until(handover: Handover) -> datetime:
    """Until when an accepted record can come and be opened: it was sealed together with its offer.

    So an acceptance in the last hour of an offer does not run out while the record is on its way.
    """
    sealed_at = handover.offered_at or handover.created_at
    return max(handover.expires_at, sealed_at + RECORD_LIVES)


def expire_due(*, at: datetime) -> int:
    """End every handover whose time ran out unopened; a held record is destroyed unsent."""
    due = Handover.objects.filter(state__in=_UNOPENED, expires_at__lte=at).order_by("expires_at")
    return sum(_expire(handover, at=at) for handover in due[:200])


def _expire(handover: Handover, *, at: datetime) -> bool:
    state = HandoverState(handover.state)
    after = handover_states.next_state(state, stepping.side_of(handover), HandoverAct.EXPIRE)
    with transaction.atomic():
        changed = Handover.objects.filter(pk=handover.pk, state=state.value, expires_at__lte=at).update(
            state=after.value, expired_at=at
        )
        if changed:
            if handover.direction == Direction.OUTGOING:
                outbox.destroy_held(thread=handover.thread, at=at)
            entries.append(
                act="handover.expired", actor=node_keys.address(), object=str(handover.thread), at=at
            )
    return bool(changed)


def mark_late(*, at: datetime) -> int:
    """Note once which offers need a reminder (half the time is over) and which a supervisor (all of it)."""
    waiting = Handover.objects.filter(state=HandoverState.OFFERED.value)
    late = waiting.filter(respond_by__lte=at, escalated_at=None).update(escalated_at=at)
    unreminded = waiting.filter(reminded_at=None, created_at__lt=at).values_list(
        "pk", "created_at", "respond_by"
    )
    soon = [pk for pk, created, by in unreminded if at >= created + (by - created) / 2]
    return late + Handover.objects.filter(pk__in=soon, reminded_at=None).update(reminded_at=at)
