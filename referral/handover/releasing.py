"""On a signed acceptance: the held record is let go, if the consent still covers it; else it is destroyed.

A machine does this, and it can: what it releases was sealed and signed by a person, and the acceptance
stands in the clear signed part of the reply.
"""

from __future__ import annotations

from datetime import datetime

from referral.handover import stepping
from referral.models import Consent, Handover
from referral.rules.coverage import covers
from referral.rules.decision import Decision
from referral.vocabulary import Category, HandoverAct, HandoverState, Side
from secure_exchange import node_keys, outbox
from secure_exchange.ledger import entries
from secure_exchange.models import Outgoing


def hold_consent(handover: Handover) -> None:
    """Lock the consent of a handover, before its row, as a withdrawal does: one of the two is first."""
    Consent.objects.select_for_update(no_key=True, of=("self",)).filter(handovers=handover).first()


def still_covered(handover: Handover, *, at: datetime) -> Decision:
    """Whether the consent of an outgoing handover covers what it holds at this moment."""
    consent = handover.consent
    return covers(
        consent.facts() if consent else None,
        receiver=handover.counterpart,
        categories=[Category(category) for category in handover.categories],
        at=at,
    )


def release(handover: Handover, *, at: datetime) -> HandoverState | None:
    """Let the held record go, in the caller's transaction, or destroy it where consent no longer covers it.

    Gives the new state; None where the handover has moved on and nothing may leave any more.
    """
    covered = still_covered(handover, at=at)
    if not covered:
        return _stop(handover, covered, at=at)
    expires = (
        Outgoing.objects.filter(thread=handover.thread, sender=handover.organisation.address, kind="record")
        .order_by("expires")
        .values_list("expires", flat=True)
        .first()
    )
    after = stepping.follow(
        handover, Side.SENDER, HandoverAct.RELEASE, at=at, expires_at=expires or handover.expires_at
    )
    if after is not None:
        outbox.release(thread=handover.thread, at=at)
        entries.append(act="handover.released", actor=node_keys.address(), object=str(handover.thread), at=at)
    return after


def _stop(handover: Handover, covered: Decision, *, at: datetime) -> HandoverState | None:
    """Destroy what is held; its signed traces tell the receiver, for no person is here to seal words."""
    outbox.destroy_held(thread=handover.thread, at=at)
    after = stepping.follow(handover, Side.SENDER, HandoverAct.WITHDRAW, at=at)
    entries.append(
        act="handover.release_refused",
        actor=node_keys.address(),
        object=str(handover.thread),
        reason=covered.reason.value,
        at=at,
    )
    return after
