"""Which signed requests were taken already: a valid signature counts once.

A nonce is inserted in a transaction of its own, before the act: the act may be undone, having seen the
request may not. Two processes that insert the same one are told apart by the database.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from secure_exchange.errors import NotSigned
from secure_exchange.models import SeenNonce


KEPT: Final = timedelta(hours=1)
"""How much longer than needed a nonce is kept, so that a clock that is put back lets nothing in again."""


def remember(node: str, nonce: str, *, expires: datetime, at: datetime) -> None:
    """Note that this request of `node` was taken; raises `NotSigned` if it was before, or is too old to tell.

    `expires` is when its age alone refuses it. Call it outside of any transaction (RuntimeError otherwise).
    """
    if expires <= at:
        raise NotSigned("expired")
    try:
        with transaction.atomic(durable=True):
            SeenNonce.objects.create(node=node, nonce=nonce, expires=expires)
    except IntegrityError as fault:
        raise NotSigned("seen before") from fault


def forget_old(*, at: datetime) -> int:
    """Delete what nobody could use again; gives how many there were."""
    return SeenNonce.objects.filter(expires__lt=at - KEPT).delete()[0]
