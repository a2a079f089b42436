"""What becomes of an envelope after it came, as far as the exchange must know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from secure_exchange import bodies
from secure_exchange.models import Announcement, Incoming


QUARANTINE: Final = timedelta(days=1)
"""How long an unfinished body is kept that nobody adds to."""


def handled(incoming_id: int, *, at: datetime) -> None:
    """The application has taken it up; no sweep needs to look again."""
    Incoming.objects.filter(pk=incoming_id, handled_at__isnull=True).update(handled_at=at)


def unhandled() -> QuerySet[Incoming]:
    """What no listener has taken up yet, oldest first."""
    return Incoming.objects.filter(handled_at__isnull=True).order_by("received_at", "pk")


def settle(incoming_id: int, state: Incoming.State, *, at: datetime) -> bool:
    """It was opened, could not be opened, or was withdrawn; says whether that is news.

    What failed may still be opened with another key; nothing else changes once it is settled.
    """
    before = [Incoming.State.RECEIVED]
    if state == Incoming.State.OPENED:
        before.append(Incoming.State.FAILED)
    return bool(Incoming.objects.filter(pk=incoming_id, state__in=before).update(state=state, settled_at=at))


def clear_quarantine(*, at: datetime) -> int:
    """Throw away bodies whose sender did not finish them; it can announce them again."""
    return sum(throw_away(stale) for stale in Announcement.objects.filter(active_at__lt=at - QUARANTINE))


def throw_away(announced: Announcement) -> bool:
    """Delete an announcement and its body, unless it was committed meanwhile; says whether it did.

    Only who removed the row removes the file: after a commit the same file is the body of what arrived.
    """
    removed, _ = Announcement.objects.filter(pk=announced.pk).delete()
    if removed:
        bodies.delete_body(announced.body)
    return bool(removed)
