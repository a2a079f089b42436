"""Note how far a person has seen a handover that was sent, so that what happens next is news to her."""

from __future__ import annotations

from people.actor import Actor
from referral.models import Handover, HandoverMessage, HandoverSeen
from referral.vocabulary import Direction, MessageKind


def see(*, handover: Handover, by: Actor) -> None:
    """Note that this person is shown the handover as it stands in `handover`; what is newer stays news."""
    notes = HandoverMessage.objects.filter(
        handover=handover, direction=Direction.INCOMING.value, kind=MessageKind.NOTE.value
    )
    HandoverSeen.objects.update_or_create(
        handover=handover,
        membership=by.membership,
        defaults={"state": handover.state, "note": notes.order_by("pk").last()},
    )
