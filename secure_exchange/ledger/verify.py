"""Walk the ledger from its first entry and name the first row that is wrong.

Checked: (1) places follow each other from 1, (2) each row names the hash before it, (3) each hash covers its
row, (4) the head is the last row, (5) heads this node signed into manifests and receipts are in the ledger,
so that a cut and rebuilt end is found too. Not checked yet: what peers witnessed of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from secure_exchange.ledger.entries import digest
from secure_exchange.models import GENESIS, Entry, Head


UNREADABLE = "it cannot be read"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How many entries hold, and the first that does not: its place and why."""

    entries: int
    sequence: int | None = None
    fault: str = ""

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return not self.fault


def fault_of(entry: Entry, previous: str, sequence: int) -> str:
    """Why this row cannot stand at this place after that hash, or ""."""
    if entry.sequence != sequence:
        return "the entry at this place is missing"
    if entry.previous != previous:
        return "it does not name the entry before it"
    try:
        return "" if digest(entry) == entry.hash else "it was changed after it was written"
    except (ValueError, AttributeError):
        return UNREADABLE


def verify(signed_heads: Iterable[str] = ()) -> Verdict:
    """Check the whole ledger; `signed_heads` are the hashes this node signed elsewhere."""
    previous, count = GENESIS, 0
    wanted = {signed for signed in signed_heads if signed and signed != GENESIS}
    try:
        for entry in Entry.objects.order_by("sequence").iterator(chunk_size=2000):
            fault = fault_of(entry, previous, count + 1)
            if fault:
                return Verdict(entries=count, sequence=count + 1, fault=fault)
            previous, count = entry.hash, count + 1
            wanted.discard(previous)
    except (ValueError, TypeError):
        return Verdict(entries=count, sequence=count + 1, fault=UNREADABLE)
    last = Head.objects.first()
    if last is None or (last.sequence, last.hash) != (count, previous):
        return Verdict(entries=count, sequence=count + 1, fault="the ledger ends before its head")
    if wanted:
        return Verdict(
            entries=count, sequence=count, fault="a head that was signed is not in the ledger any more"
        )
    return Verdict(entries=count)
