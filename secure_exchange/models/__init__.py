"""State of the exchange."""

from __future__ import annotations

from secure_exchange.models.keys import NodeKeySet, Peer, PublishedKeySet, PublishedProfile
from secure_exchange.models.ledger import GENESIS, Entry, Head, StrangersRefused
from secure_exchange.models.post import Announcement, Incoming, Outgoing, StoredReceipt, Tidied


__all__ = [
    "GENESIS",
    "Announcement",
    "Entry",
    "Head",
    "Incoming",
    "NodeKeySet",
    "Outgoing",
    "Peer",
    "PublishedKeySet",
    "PublishedProfile",
    "StoredReceipt",
    "StrangersRefused",
    "Tidied",
]
