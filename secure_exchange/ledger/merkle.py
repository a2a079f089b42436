"""The ledger as a Merkle tree: RFC 6962, section 2, with SHA-256.

A root commits to every entry and to their order. An inclusion proof shows that an entry is under a root, a
consistency proof that a later tree only added to an earlier one. Proofs are made of the hashes of complete
subtrees, each stored when its last entry was appended: a proof about n entries reads at most 2 log2 n + 1 of
them, in one call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple, Protocol, Self

from secure_exchange.errors import Malformed, Refused


HASH_BYTES: Final = 32
MAX_SIZE: Final = 2**63 - 1
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


class Unproven(Refused):
    """A proof does not lead to its root: the log was rewritten, or the proof was damaged or made up."""

    code = "unproven"


class TreeHead(NamedTuple):
    """How many entries a tree has, and its root."""

    size: int
    root: bytes


class Subtree(NamedTuple):
    """A complete subtree: of those with 2**level entries each, the one with this number, from 0."""

    level: int
    number: int

    @property
    def completed_by(self) -> int:
        """The place, from 1, of the entry with which it became complete."""
        return (self.number + 1) << self.level


class Subtrees(Protocol):
    """Who stores the hashes of complete subtrees."""

    def read(self, wanted: Sequence[Subtree]) -> Sequence[bytes]:
        """One hash for each wanted subtree, in the order of asking."""
        ...


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + entry).digest()


def parent_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring subtrees; the prefix keeps it from ever being that of an entry."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over the hashes of entries."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf).frontier
    return frontier.root


def _joined(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees that follow each other, largest first."""
    *rest, root = hashes
    for left in reversed(rest):
        root = parent_hash(left, root)
    return root


@dataclass(frozen=True)
class Frontier:
    """The right-hand edge of a tree: the complete subtrees that make it up, largest first, one a bit of size.

    It is all that appending needs: an entry costs one hash on average and log2 n at most, the root log2 n.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuses hashes that cannot be those of a tree of this size."""
        if not 0 <= self.size <= MAX_SIZE or len(self.hashes) != self.size.bit_count():
            raise Malformed("a frontier has one hash for each bit of its size")
        _check_lengths(self.hashes)

    @property
    def root(self) -> bytes:
        """The root at this size."""
        return _joined(self.hashes) if self.hashes else EMPTY_ROOT

    @property
    def head(self) -> TreeHead:
        """Size and root."""
        return TreeHead(self.size, self.root)

    def append(self, leaf: bytes) -> Appended:
        """The frontier with one entry more."""
        left = list(self.hashes)
        completed = [leaf]
        for _ in range(trailing_zeros(self.size + 1)):
            completed.append(parent_hash(left.pop(), completed[-1]))
        return Appended(Frontier(self.size + 1, (*left, completed[-1])), tuple(completed))

    def to_bytes(self) -> bytes:
        """The hashes, one after another; the size is kept beside them."""
        return b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Self:
        """The frontier of what `to_bytes` gave at this size; raises `Malformed`."""
        return cls(size, split_hashes(data))


class Appended(NamedTuple):
    """What one more entry makes.

    `completed` are the subtrees of which it is the last entry, by level: itself, the pair it closes, and so
    on. They are stored with it; no later entry changes them.
    """

    frontier: Frontier
    completed: tuple[bytes, ...]


def trailing_zeros(place: int) -> int:
    """How many subtrees of two and more entries the entry at this place, from 1, completes."""
    return (place & -place).bit_length() - 1


def split_hashes(data: bytes) -> tuple[bytes, ...]:
    """Hashes that were written one after another; raises `Malformed`."""
    if len(data) % HASH_BYTES:
        raise Malformed("not a whole number of hashes")
    return tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))


def _check_lengths(hashes: Iterable[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise Malformed("a hash has 32 bytes")


class _Sibling(NamedTuple):
    """The subtree beside a path, of the entries from `start` to before `end`; `left` of it or right."""

    start: int
    end: int
    left: bool


@dataclass
class _Path:
    """The way down from the root of `end` entries; what it has reached is from `start` to before `end`."""

    end: int
    start: int = 0
    siblings: list[_Sibling] = field(default_factory=list)

    def descend(self, place: int) -> None:
        """Go into the half that holds the entry at this place, from 1."""
        middle = self.start + (1 << ((self.end - self.start - 1).bit_length() - 1))
        if place <= middle:
            self.siblings.append(_Sibling(middle, self.end, left=False))
            self.end = middle
        else:
            self.siblings.append(_Sibling(self.start, middle, left=True))
            self.start = middle

    @classmethod
    def to_entry(cls, index: int, size: int) -> Self:
        """Down to one entry; raises `Malformed` where there is no such entry."""
        if not 0 <= index < size <= MAX_SIZE:
            raise Malformed("no such entry in a tree of this size")
        path = cls(size)
        while path.end - path.start > 1:
            path.descend(index + 1)
        return path

    @classmethod
    def to_last_common(cls, old: int, size: int) -> Self:
        """Down to the largest subtree that ends with the entry at place `old`: the tree before had it too."""
        if not 0 < old <= size <= MAX_SIZE:
            raise Malformed("the older tree is not within the newer one")
        path = cls(size)
        while path.end > old:
            path.descend(old)
        return path

    def upwards(self) -> list[_Sibling]:
        """The siblings in the order of a proof."""
        return self.siblings[::-1]


def _covering(start: int, end: int) -> list[Subtree]:
    """The complete subtrees that make up a half of a tree, or what there is of it; largest first."""
    covering = []
    while start < end:
        level = (end - start).bit_length() - 1
        covering.append(Subtree(level, start >> level))
        start += 1 << level
    return covering


def _roots(ranges: Iterable[tuple[int, int]], stored: Subtrees) -> list[bytes]:
    """The roots over ranges, by one reading."""
    coverings = [_covering(start, end) for start, end in ranges]
    wanted = [subtree for covering in coverings for subtree in covering]
    found = stored.read(wanted)
    if len(found) != len(wanted):
        raise Malformed("a stored hash is missing")
    hashes = iter(found)
    return [_joined(list(islice(hashes, len(covering)))) for covering in coverings]


def frontier_at(size: int, stored: Subtrees) -> Frontier:
    """The frontier that the tree had at an earlier size, and with it the root; raises `Malformed`."""
    if not 0 <= size <= MAX_SIZE:
        raise Malformed("no tree has this size")
    return Frontier(size, tuple(stored.read(_covering(0, size))))


def inclusion_proof(index: int, size: int, stored: Subtrees) -> list[bytes]:
    """The audit path of an entry, counted from 0, in the tree of that size (2.1.1); raises `Malformed`."""
    siblings = _Path.to_entry(index, size).upwards()
    return _roots([(each.start, each.end) for each in siblings], stored)


def consistency_proof(old: int, size: int, stored: Subtrees) -> list[bytes]:
    """That the tree of that size begins with the first `old` entries (2.1.2); raises `Malformed`.

    It is empty where there is nothing to show: from the empty tree, and from a tree to itself.
    """
    if 0 == old <= size <= MAX_SIZE:
        return []
    path = _Path.to_last_common(old, size)
    ranges = [(each.start, each.end) for each in path.upwards()]
    return _roots([(path.start, path.end), *ranges] if path.start else ranges, stored)


def check_inclusion(proof: Sequence[bytes], *, leaf: bytes, index: int, head: TreeHead) -> None:
    """Raises `Malformed` or `Unproven` unless the entry with this hash is at that place under this root."""
    _check_lengths([*proof, leaf, head.root])
    siblings = _Path.to_entry(index, head.size).upwards()
    if len(proof) != len(siblings):
        raise Unproven("an inclusion proof of another length")
    root = leaf
    for sibling, each in zip(siblings, proof, strict=True):
        root = parent_hash(each, root) if sibling.left else parent_hash(root, each)
    if root != head.root:
        raise Unproven("an inclusion proof does not lead to the root")


def check_consistency(proof: Sequence[bytes], *, old: TreeHead, new: TreeHead) -> None:
    """Raises `Malformed` or `Unproven` unless the newer tree begins with all entries of the older one."""
    _check_lengths([*proof, old.root, new.root])
    if _roots_shown(proof, old, new) != (old.root, new.root):
        raise Unproven("a consistency proof does not lead to both roots")


def _roots_shown(proof: Sequence[bytes], old: TreeHead, new: TreeHead) -> tuple[bytes, bytes]:
    """The roots of both trees that follow from a proof."""
    if 0 == old.size <= new.size <= MAX_SIZE:
        if proof:
            raise Unproven("the empty tree needs no proof")
        return EMPTY_ROOT, new.root if new.size else EMPTY_ROOT
    path = _Path.to_last_common(old.size, new.size)
    known: tuple[bytes, ...] = () if path.start else (old.root,)
    if len(known) + len(proof) != 1 + len(path.siblings):
        raise Unproven("a consistency proof of another length")
    common, *hashes = *known, *proof
    older = newer = common
    for sibling, each in zip(path.upwards(), hashes, strict=True):
        if sibling.left:
            older = parent_hash(each, older)
        newer = parent_hash(each, newer) if sibling.left else parent_hash(newer, each)
    return older, newer
