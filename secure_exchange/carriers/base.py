"""What a carrier is: bytes in, the receiver's receipt or a fault out. It decides and opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class CarrierFault(Exception):  # noqa: N818 - an outcome of every network
    """It was not delivered. `status` is the HTTP status of the answer, None where none came."""

    def __init__(self, code: str, status: int | None = None) -> None:
        """`code` is for the row and the log of the sender's node."""
        super().__init__(code)
        self.code = code
        self.status = status


class Unanswered(CarrierFault):
    """Nobody answered, or not in a way that says anything about the envelope."""


class Answered(CarrierFault):
    """The receiver's node answered, and said no."""


def no_pulse() -> None:
    """For callers who hold no lease."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One envelope for one receiver: its signed statement, and the name and size of its body."""

    statement: bytes
    body: str
    size: int
    receiver: str


class Carrier(Protocol):
    """Delivers to one address."""

    def deliver(self, parcel: Parcel, *, at: datetime, pulse: Callable[[], None] = no_pulse) -> bytes:
        """Deliver and give the delivered receipt, not verified; raises `CarrierFault`.

        `pulse` is called at least once a piece, so that the caller's lease lives as long as the work.
        """
        ...

    def deliver_receipt(self, statement: bytes, receiver: str, *, at: datetime) -> None:
        """Deliver a receipt; raises `CarrierFault`."""
        ...
