"""Between two organisations of one node: the same announce, append and commit, without a network."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from secure_exchange import bodies, inbox
from secure_exchange.carriers.base import Answered, CarrierFault, Parcel, Step, Unanswered, no_pulse
from secure_exchange.errors import Busy, Refused, WrongOffset


PIECE: Final = 16 * 1024 * 1024
"""Bytes of a body between two pulses."""


class LocalCarrier:
    """Hands envelopes to this node's own inbox."""

    def deliver(self, parcel: Parcel, *, at: datetime, pulse: Callable[[], None] = no_pulse) -> bytes:
        """Deliver; raises `Answered` when our own inbox refuses."""
        pulse()
        with _answering(Step.ANNOUNCE):
            announced = inbox.announce(parcel.statement, at=at)
        if announced.receipt is not None or announced.place is None:
            return announced.receipt or b""
        with _answering(Step.UPLOAD):
            _append(parcel, announced.place, announced.offset, at=at, pulse=pulse)
        with _answering(Step.COMMIT):
            return inbox.commit(announced.place, at=at)

    def ask(self, parcel: Parcel, *, at: datetime) -> bytes | None:
        """The receipt of what is in our inbox already; raises `Answered` when it would not even take it."""
        with _answering(Step.UPLOAD):
            return inbox.announce(parcel.statement, at=at).receipt

    def deliver_receipt(self, statement: bytes, receiver: str, *, at: datetime) -> None:
        """Deliver; raises `Answered` when our own inbox refuses."""
        with _answering(Step.ANNOUNCE):
            inbox.receive_receipt(statement, at=at)


def _append(
    parcel: Parcel, place: uuid.UUID, offset: int, /, *, at: datetime, pulse: Callable[[], None]
) -> None:
    with bodies.open_body(parcel.body) as body:
        body.seek(offset)
        while offset < parcel.size:
            pulse()
            before, length = offset, min(PIECE, parcel.size - offset)
            offset = inbox.append(place, before, body, length, at=at)
            if offset == before:
                raise bodies.BodyMissing
    pulse()


@contextmanager
def _answering(step: Step) -> Iterator[None]:
    """A refusal of our inbox as over the network: what passes is no answer about the envelope."""
    try:
        yield
    except CarrierFault as fault:
        fault.step = step
        raise
    except bodies.BodyMissing as fault:
        raise Unanswered("body-missing", step=step) from fault
    except WrongOffset as refused:
        raise Unanswered(refused.code, step=Step.UPLOAD) from refused
    except Busy as refused:
        # Whoever writes there may be taking it in at this moment.
        raise Unanswered(refused.code, step=Step.COMMIT) from refused
    except Refused as refused:
        raise Answered(refused.code, refused.status, step=step) from refused
