"""Background work of the flows: run the sweep."""

from __future__ import annotations

from celery import shared_task

from referral.flows import timers
from referral.flows.calendar import now


@shared_task(name="flows.fire_due_timers")
def fire_due_timers() -> None:
    """Raise steps for time limits that have passed."""
    timers.fire_due_timers(now())
