"""State of the exchange."""

from __future__ import annotations

from secure_exchange.models.keys import Peer, PublishedKeySet, PublishedProfile
from secure_exchange.models.ledger import GENESIS, Entry, Head
from secure_exchange.models.nonces import SeenNonce
from secure_exchange.models.post import Announcement, Incoming, Outgoing, StoredReceipt


__all__ = [
    "GENESIS",
    "Announcement",
    "Entry",
    "Head",
    "Incoming",
    "Outgoing",
    "Peer",
    "PublishedKeySet",
    "PublishedProfile",
    "SeenNonce",
    "StoredReceipt",
]
