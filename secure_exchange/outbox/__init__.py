"""Send what was sealed: queued with the act that made it, delivered until it is there or given up aloud."""

from __future__ import annotations

from secure_exchange.outbox.dead_letters import dead, try_again
from secure_exchange.outbox.delivering import deliver, deliver_due
from secure_exchange.outbox.holding import destroy_held, release
from secure_exchange.outbox.queueing import previous, queue, queue_receipt, ring
from secure_exchange.outbox.sweeping import due, sweep


__all__ = [
    "dead",
    "deliver",
    "deliver_due",
    "destroy_held",
    "due",
    "previous",
    "queue",
    "queue_receipt",
    "release",
    "ring",
    "sweep",
    "try_again",
]
