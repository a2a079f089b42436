"""What the exchange tells whoever listens; the only signals in the project.

They are sent after the commit, and a listener's fault changes nothing. They are a nudge: the rows are the
truth, and a sweep finds what no signal announced (`Incoming.handled_at` is null).
"""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal


arrived = Signal()
"""`incoming_id`: an envelope is in the inbox."""
delivered = Signal()
"""`outgoing_id`: the receiver's node signed that it has the envelope, or took the receipt."""
undeliverable = Signal()
"""`outgoing_id`: an envelope expired, was refused too often, or ended whoever sent it; tell its people."""
receipt_arrived = Signal()
"""`receipt_id`: the other side signed that it opened, could not open, or destroyed an envelope."""


def after_commit(signal: Signal, **what: int) -> None:
    """Send the signal once the transaction is committed, and never if it is not."""
    transaction.on_commit(lambda: signal.send_robust(sender=None, **what), robust=True)
