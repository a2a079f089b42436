"""Bells: each task reads its row again and may be lost or repeated without harm. None holds a key."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now  # noqa: TID251 - the edge, where the clock is read

from secure_exchange import carriers, inbox, outbox, tidying
from secure_exchange.apart import alone


@shared_task(name="secure_exchange.deliver")
def deliver(outgoing_id: int) -> None:
    """Try to deliver one row of the outbox."""
    outbox.deliver(outgoing_id, at=now())


@shared_task(name="secure_exchange.sweep")
def sweep() -> None:
    """Ring for what is due, end what expired, clear the quarantine, tidy; call no other node."""
    at = now()
    alone("outbox", lambda: outbox.sweep(at=at))
    alone("quarantine", lambda: inbox.clear_quarantine(at=at))
    alone("tidying", lambda: tidying.once_a_day(at=at))


@shared_task(name="secure_exchange.look_again")
def look_again() -> None:
    """Look at peers' keys again."""
    carriers.look_again(at=now())
