"""What a carrier is: bytes in, the receiver's receipt or a fault out. It decides and opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Protocol


REQUEST_SECONDS: Final = 120
"""How long a carrier may be without calling `pulse`: no request to another node lasts longer."""


class Step(Enum):
    """How far a delivery had come when it failed."""

    ANNOUNCE = "announce"
    UPLOAD = "upload"
    """The receiver said that it has not the whole envelope, and was not asked to take it since."""
    COMMIT = "commit"
    """It was asked to take the envelope, which it may have done."""


class CarrierFault(Exception):  # noqa: N818 - an outcome of every network
    """It was not delivered. `status` is the HTTP status of the answer, None where none came.

    `confirmed` is how much of the body the receiver said it has, None where it did not say.
    """

    def __init__(
        self,
        code: str,
        status: int | None = None,
        *,
        step: Step = Step.ANNOUNCE,
        confirmed: int | None = None,
    ) -> None:
        """`code` is for the row and the log of the sender's node."""
        super().__init__(code)
        self.code = code
        self.status = status
        self.step = step
        self.confirmed = confirmed


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

        `pulse` is called before each request, the last one too, so that the caller's lease lives as long as
        the work; it raises `CarrierFault` when nothing more is to be sent.
        """
        ...

    def ask(self, parcel: Parcel, *, at: datetime) -> bytes | None:
        """The delivered receipt of what the receiver has, None where it has it not; sends nothing of a body.

        Raises `CarrierFault`.
        """
        ...

    def deliver_receipt(self, statement: bytes, receiver: str, *, at: datetime) -> None:
        """Deliver a receipt; raises `CarrierFault`."""
        ...
