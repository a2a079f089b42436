"""Walk the ledger from its first entry and name the first row that is wrong; or check some entries only.

Checked: (1) places follow each other from 1, (2) each row names the hash before it, (3) each hash covers its
row, (4) the head is in its place, (5) heads this node signed into manifests and receipts are in the ledger,
so that a cut and rebuilt end is found too. Not checked yet: what peers witnessed of it.

The ledger grows while it is read. So the head is read first, then what was signed, and the entries last: they
hold all that the head and the signatures speak of, and what came later need only follow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from secure_exchange.ledger.entries import digest
from secure_exchange.models import GENESIS, Entry, Head


UNREADABLE = "it cannot be read"
_LOST_HEAD = "a head that was signed is not in the ledger any more"
_AT_ONCE = 500


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
    last = Head.objects.first()
    wanted = _signed(signed_heads)
    previous, count = GENESIS, 0
    try:
        for entry in Entry.objects.order_by("sequence").iterator(chunk_size=2000):
            fault = fault_of(entry, previous, count + 1) or _fault_of_head(last, entry)
            if fault:
                return Verdict(entries=count, sequence=count + 1, fault=fault)
            previous, count = entry.hash, count + 1
            wanted.discard(previous)
    except (ValueError, TypeError):
        return Verdict(entries=count, sequence=count + 1, fault=UNREADABLE)
    if last is None or last.sequence > count:
        return Verdict(entries=count, sequence=count + 1, fault="the ledger ends before its head")
    if wanted:
        return Verdict(entries=count, sequence=count, fault=_LOST_HEAD)
    return Verdict(entries=count)


def verify_about(objects: Collection[str], signed_heads: Iterable[str] = ()) -> Verdict:
    """Check the entries about these objects and those whose hashes were signed, with their neighbours.

    Each is as it was written, names the entry before it, and is named by the one after it or by the head. It
    costs as much as there are such entries, however long the ledger is.
    """
    last = Head.objects.first()
    wanted = _signed(signed_heads)
    try:
        chosen = _about(objects) | {
            entry.sequence: entry for entry in Entry.objects.in_bulk(wanted, field_name="hash").values()
        }
        beside = {place for sequence in chosen for place in (sequence - 1, sequence + 1)}
        around = Entry.objects.in_bulk(beside - chosen.keys()) | chosen
    except (ValueError, TypeError):
        return verify(wanted)  # which names the row
    for count, sequence in enumerate(sorted(chosen)):
        fault = _fault_among(around, sequence, last)
        if fault:
            return Verdict(entries=count, sequence=sequence, fault=fault)
    if wanted - {entry.hash for entry in chosen.values()}:
        return Verdict(entries=len(chosen), sequence=last.sequence if last else 0, fault=_LOST_HEAD)
    return Verdict(entries=len(chosen))


def _signed(heads: Iterable[str]) -> set[str]:
    return {signed for signed in heads if signed and signed != GENESIS}


def _about(objects: Collection[str]) -> dict[int, Entry]:
    named = sorted(set(objects))
    parts = [named[start : start + _AT_ONCE] for start in range(0, len(named), _AT_ONCE)]
    return {entry.sequence: entry for part in parts for entry in Entry.objects.filter(object__in=part)}


def _fault_of_head(last: Head | None, entry: Entry) -> str:
    """Why the head that was read before the entries cannot be this one, or ""."""
    if last is not None and last.sequence == entry.sequence and last.hash != entry.hash:
        return "the head is another one"
    return ""


def _fault_among(around: dict[int, Entry], sequence: int, last: Head | None) -> str:
    entry, before, after = around[sequence], around.get(sequence - 1), around.get(sequence + 1)
    if before is None and sequence > 1:
        return "the entry before it is missing"
    fault = fault_of(entry, before.hash if before else GENESIS, sequence) or _fault_of_head(last, entry)
    if fault:
        return fault
    if after is not None:
        return "" if after.previous == entry.hash else "the entry after it does not name it"
    if last is None or sequence < last.sequence:
        return "the entry after it is missing"
    return ""
