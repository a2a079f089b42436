"""Fetch an organisation's published keys and profile from its node.

What comes is only learnt: it is trusted once a person has compared the fingerprint, and a later set when it
follows from the one that was compared.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from secure_exchange import directory
from secure_exchange.carriers.base import CarrierFault, Unanswered
from secure_exchange.carriers.calls import calling, member_of
from secure_exchange.errors import Refused
from secure_exchange.keysets import PublishedKeys
from secure_exchange.models import Peer
from secure_exchange.node_keys import NAME, host_of


MAX_CHAIN_BYTES: Final = 8 * 1024 * 1024
MAX_PROFILE_BYTES: Final = 64 * 1024
LOOK_AGAIN: Final = timedelta(hours=12)


def introduce(address: str, *, at: datetime) -> PublishedKeys:
    """Learn the key sets and the profile of an address of another node; gives the newest set.

    Raises `CarrierFault` when the node does not answer, or a `Refused` for what it answered.
    """
    name, _, host = address.rpartition("@")
    with calling(host) as call:
        statements = member_of(call.get(f"/exchange/keys/{name}", MAX_CHAIN_BYTES), "statements")
        if not isinstance(statements, list) or not all(isinstance(one, str) for one in statements):
            raise Unanswered("answer-not-understood")
        keys = directory.learn(address, [one.encode("utf-8", "replace") for one in statements], at=at)
        if name != NAME:
            directory.learn_profile(address, call.get(f"/exchange/profile/{name}", MAX_PROFILE_BYTES), at=at)
    return keys


def look_again(*, at: datetime) -> int:
    """Fetch anew what was not looked at for half a day, so that nobody seals to keys that are out of date.

    A node that does not answer, or answers what we refuse, is passed over: an alarm stands on the peer, and
    sealing says what is wrong.
    """
    seen = 0
    due = Peer.objects.filter(own=False, trusted_at__isnull=False, checked_at__lt=at - LOOK_AGAIN)
    silent: set[str] = set()
    for peer in due.order_by("checked_at", "address")[:50]:
        host = host_of(peer.address)
        if host in silent:
            continue
        try:
            introduce(peer.address, at=at)
            seen += 1
        except Refused:
            continue
        except CarrierFault:
            silent.add(host)
    return seen
