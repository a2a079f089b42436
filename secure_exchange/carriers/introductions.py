"""Fetch an organisation's published keys and profile from its node.

What comes is only learnt: it is trusted once a person has compared the fingerprint, and a later set when it
follows from the one that was compared.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final

from secure_exchange import directory
from secure_exchange.apart import alone
from secure_exchange.carriers.base import CarrierFault, Unanswered
from secure_exchange.carriers.calls import calling, member_of
from secure_exchange.errors import Refused
from secure_exchange.keysets import PublishedKeys
from secure_exchange.models import Peer
from secure_exchange.node_keys import NAME, host_of


MAX_CHAIN_BYTES: Final = 8 * 1024 * 1024
MAX_PROFILE_BYTES: Final = 64 * 1024
LOOK_AGAIN: Final = timedelta(hours=12)
FIRST_WAIT: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = timedelta(hours=6)
TURN_SECONDS: Final = 120


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

    A node that does not answer, or answers what we refuse, is asked again later and then ever more rarely: an
    alarm stands on the peer, and sealing says what is wrong. Gives how many answered; the others wait for the
    next time when this one has lasted long enough.
    """
    until = monotonic() + TURN_SECONDS
    due = sorted(_due(at=at), key=lambda peer: (peer.looked_at or peer.checked_at, peer.address))
    seen = 0
    for peer in due:
        if monotonic() > until:
            break
        seen += alone("peer", partial(_looked, peer, at=at), row=peer.pk) or False
    return seen


def _due(*, at: datetime) -> list[Peer]:
    peers = Peer.objects.filter(own=False, trusted_at__isnull=False, checked_at__lt=at - LOOK_AGAIN)
    return [peer for peer in peers if _is_due(peer, at=at)]


def _is_due(peer: Peer, *, at: datetime) -> bool:
    """Whether it is time again; a node is left alone for as long as it had been silent when last asked."""
    if peer.looked_at is None or peer.looked_at <= peer.checked_at:
        return True
    silent = peer.looked_at - peer.checked_at - LOOK_AGAIN
    return at >= peer.looked_at + min(max(silent, FIRST_WAIT), LONGEST_WAIT)


def _looked(peer: Peer, *, at: datetime) -> bool:
    """Look at one peer, unless somebody else did meanwhile; that it was tried is stored before it is."""
    if not Peer.objects.filter(pk=peer.pk, looked_at=peer.looked_at).update(looked_at=at):
        return False
    try:
        introduce(peer.address, at=at)
    except Refused:
        return False
    except CarrierFault:
        # It is the node that is silent: its other organisations need not be waited for.
        silent = [other.pk for other in _due(at=at) if host_of(other.address) == host_of(peer.address)]
        Peer.objects.filter(pk__in=silent).update(looked_at=at)
        return False
    return True
