"""Between two organisations of one node: the same announce, append and commit, without a network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from secure_exchange import bodies, inbox
from secure_exchange.carriers.base import Answered, CarrierFault, Parcel, Unanswered, no_pulse
from secure_exchange.errors import Busy, Refused, WrongOffset


class LocalCarrier:
    """Hands envelopes to this node's own inbox."""

    def deliver(self, parcel: Parcel, *, at: datetime, pulse: Callable[[], None] = no_pulse) -> bytes:
        """Deliver; raises `Answered` when our own inbox refuses."""
        try:
            announced = inbox.announce(parcel.statement, at=at)
            if announced.receipt is not None or announced.place is None:
                return announced.receipt or b""
            with bodies.open_body(parcel.body) as body:
                body.seek(announced.offset)
                inbox.append(announced.place, announced.offset, body, parcel.size - announced.offset, at=at)
            pulse()
            return inbox.commit(announced.place, at=at)
        except bodies.BodyMissing as fault:
            raise Unanswered("body-missing") from fault
        except Refused as refused:
            raise _answer(refused) from refused

    def deliver_receipt(self, statement: bytes, receiver: str, *, at: datetime) -> None:
        """Deliver; raises `Answered` when our own inbox refuses."""
        try:
            inbox.receive_receipt(statement, at=at)
        except Refused as refused:
            raise _answer(refused) from refused


def _answer(refused: Refused) -> CarrierFault:
    """As over the network: what passes is no answer about the envelope."""
    if isinstance(refused, (Busy, WrongOffset)):
        return Unanswered(refused.code)
    return Answered(refused.code, refused.status)
