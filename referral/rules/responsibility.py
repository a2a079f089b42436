"""Who is responsible for a person: at every moment exactly one organisation.

A referral leaves the sender responsible. A transfer makes the receiver responsible at the moment a person
there opens the record, and not before: an accepted, released or lost transfer changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from referral.vocabulary import HandoverKind, HandoverState


@dataclass(frozen=True)
class Passing:
    """One handover of a case, as facts: what kind, to whom, and when its record was opened, if it was."""

    kind: HandoverKind
    to: str
    opened_at: datetime | None


def passes(kind: HandoverKind, *, before: HandoverState, after: HandoverState) -> bool:
    """Whether a change of a handover's state moves responsibility to the receiver."""
    return kind == HandoverKind.TRANSFER and before != HandoverState.OPENED and after == HandoverState.OPENED


def responsible(opener: str, passings: Iterable[Passing], *, at: datetime) -> str:
    """Name the address that is responsible at a moment: the last that opened a transfer, else the opener."""
    opened = [
        (passing.opened_at, passing.to)
        for passing in passings
        if passing.kind == HandoverKind.TRANSFER and passing.opened_at is not None and passing.opened_at <= at
    ]
    return max(opened)[1] if opened else opener
