"""Take in what others send: envelopes in three steps, receipts in one; and say what became of them."""

from __future__ import annotations

from secure_exchange.inbox.handling import clear_quarantine, handled, settle, unhandled
from secure_exchange.inbox.receipts import keep_receipt, receive_receipt
from secure_exchange.inbox.taking import Announced, announce, append, commit


__all__ = [
    "Announced",
    "announce",
    "append",
    "clear_quarantine",
    "commit",
    "handled",
    "keep_receipt",
    "receive_receipt",
    "settle",
    "unhandled",
]
