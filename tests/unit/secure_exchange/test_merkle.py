"""The ledger's tree: its roots, what is stored, and proofs that hold for what is true and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secure_exchange.errors import Malformed
from secure_exchange.ledger.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    Frontier,
    Subtree,
    TreeHead,
    Unproven,
    check_consistency,
    check_inclusion,
    consistency_proof,
    frontier_at,
    inclusion_proof,
    leaf_hash,
    parent_hash,
    root_of,
    split_hashes,
)
from tests.factories import second_opinion


VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "tlog" / "merkle.json").read_text())
LONGEST = 300


@dataclass
class Log:
    """A log in memory, which keeps what appending completes, as the database will."""

    frontiers: list[Frontier] = field(default_factory=lambda: [Frontier()])
    stored: dict[Subtree, bytes] = field(default_factory=dict)
    reads: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Sequence[bytes]) -> Log:
        log = cls()
        for entry in entries:
            frontier, completed = log.frontiers[-1].append(leaf_hash(entry))
            log.frontiers.append(frontier)
            for level, each in enumerate(completed):
                log.stored[Subtree(level, (frontier.size >> level) - 1)] = each
        return log

    def read(self, wanted: Sequence[Subtree]) -> list[bytes]:
        self.reads.append(len(wanted))
        return [self.stored[each] for each in wanted]

    def head(self, size: int) -> TreeHead:
        return self.frontiers[size].head


class Alike:
    """A log of any length whose entries are all the same, so that a subtree's hash follows from its level."""

    def __init__(self) -> None:
        self.by_level = [leaf_hash(b"")]
        for _ in range(63):
            self.by_level.append(parent_hash(self.by_level[-1], self.by_level[-1]))
        self.asked: list[Subtree] = []

    def read(self, wanted: Sequence[Subtree]) -> list[bytes]:
        self.asked += wanted
        return [self.by_level[each.level] for each in wanted]


ENTRIES = [b"entry %d" % number for number in range(LONGEST)]
LOG = Log.of(ENTRIES)
SIZES = st.integers(0, LONGEST)


def holds(proof: Sequence[bytes], leaf: bytes, index: int, head: TreeHead) -> bool:
    try:
        check_inclusion(proof, leaf=leaf, index=index, head=head)
    except Unproven:
        return False
    return True


def follows(proof: Sequence[bytes], old: TreeHead, new: TreeHead) -> bool:
    try:
        check_consistency(proof, old=old, new=new)
    except Unproven:
        return False
    return True


def damaged(proof: Sequence[bytes]) -> list[list[bytes]]:
    """The proof with each hash altered, removed or doubled, one added anywhere, or any two swapped."""
    found = []
    for place, each in enumerate(proof):
        before, after = list(proof[:place]), list(proof[place + 1 :])
        found += [[*before, bytes([each[0] ^ 1]) + each[1:], *after], [*before, *after]]
        found += [[*before, each, each, *after], [*before, EMPTY_ROOT, each, *after]]
    for one, other in combinations(range(len(proof)), 2):
        swapped = list(proof)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        found.append(swapped)
    return [*found, [*proof, EMPTY_ROOT]]


def test_the_reference_tree_has_its_published_roots_and_proofs() -> None:
    entries = [bytes.fromhex(text) for text in VECTORS["leaves"]]
    log = Log.of(entries)
    assert [frontier.root.hex() for frontier in log.frontiers] == VECTORS["roots"]
    for vector in VECTORS["inclusion"]:
        made = inclusion_proof(vector["index"], vector["size"], log)
        assert [each.hex() for each in made] == vector["proof"]
    for vector in VECTORS["consistency"]:
        made = consistency_proof(vector["old"], vector["new"], log)
        assert [each.hex() for each in made] == vector["proof"]


def test_the_root_at_every_size_is_the_one_of_the_definition() -> None:
    for size in range(LONGEST + 1):
        assert LOG.head(size) == (size, second_opinion.tree(ENTRIES[:size]))
    assert root_of(map(leaf_hash, ENTRIES)) == LOG.head(LONGEST).root
    assert root_of([]) == EMPTY_ROOT


def test_a_frontier_comes_back_from_its_bytes_at_every_size() -> None:
    for frontier in LOG.frontiers:
        assert Frontier.from_bytes(frontier.size, frontier.to_bytes()) == frontier
        assert frontier_at(frontier.size, LOG) == frontier


@pytest.mark.parametrize("size", [0, 1, 7, 8, LONGEST])
def test_bytes_that_do_not_fit_the_size_are_no_frontier(size: int) -> None:
    data = LOG.frontiers[size].to_bytes()
    for other in (data + b"\0", data + EMPTY_ROOT, data[:-1], data[32:]):
        if other != data:
            with pytest.raises(Malformed):
                Frontier.from_bytes(size, other)
    for other_size in (-1, 1023, MAX_SIZE + 1):
        with pytest.raises(Malformed):
            Frontier.from_bytes(other_size, data)


def test_hashes_of_another_length_are_none() -> None:
    with pytest.raises(Malformed):
        Frontier(1, (b"short",))
    with pytest.raises(Malformed):
        split_hashes(bytes(33))
    assert split_hashes(bytes(64)) == (bytes(32), bytes(32))


def test_what_an_entry_completes_is_stored_with_it_and_never_changes() -> None:
    for subtree, stored in LOG.stored.items():
        first = subtree.number << subtree.level
        assert subtree.completed_by == first + (1 << subtree.level)
        assert stored == second_opinion.tree(ENTRIES[first : subtree.completed_by])
    assert len(LOG.stored) < 2 * LONGEST


def test_every_entry_is_proven_at_every_size() -> None:
    for size in range(1, LONGEST + 1):
        head = LOG.head(size)
        for index in range(size):
            proof = inclusion_proof(index, size, LOG)
            leaf = leaf_hash(ENTRIES[index])
            assert holds(proof, leaf, index, head)
            assert second_opinion.included(leaf, index, size, proof, head.root)


def test_every_size_is_proven_to_follow_from_every_smaller_one() -> None:
    for new in range(LONGEST + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, LOG)
            assert follows(proof, LOG.head(old), LOG.head(new))
            assert second_opinion.consistent(old, new, proof, LOG.head(old).root, LOG.head(new).root)


@given(size=SIZES.filter(bool), data=st.data())
def test_proofs_are_those_of_the_definition(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    assert inclusion_proof(index, size, LOG) == second_opinion.path(index, ENTRIES[:size])
    assert consistency_proof(index + 1, size, LOG) == second_opinion.subproof(index + 1, ENTRIES[:size])


@given(size=SIZES.filter(bool), data=st.data())
def test_a_damaged_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    head, leaf = LOG.head(size), leaf_hash(ENTRIES[index])
    for other in damaged(inclusion_proof(index, size, LOG)):
        assert not holds(other, leaf, index, head)


@given(new=SIZES, data=st.data())
def test_a_damaged_consistency_proof_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    for other in damaged(consistency_proof(old, new, LOG)):
        assert not follows(other, LOG.head(old), LOG.head(new))


@given(size=SIZES.filter(lambda size: size > 1), data=st.data())
def test_a_proof_holds_for_its_entry_its_place_and_its_root_only(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.permutations(range(size)))[:2]
    proof, leaf = inclusion_proof(index, size, LOG), leaf_hash(ENTRIES[index])
    assert not holds(proof, leaf_hash(ENTRIES[other]), index, LOG.head(size))
    assert not holds(proof, leaf, other, LOG.head(size))
    assert not holds(proof, leaf, index, TreeHead(size, LOG.head(size - 1).root))
    assert not holds(proof, leaf_hash(ENTRIES[index] + b"\0"), index, LOG.head(size))


@given(new=SIZES.filter(bool), data=st.data())
def test_a_consistency_proof_holds_for_its_two_roots_only(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    proof = consistency_proof(old, new, LOG)
    before, after = LOG.head(old), LOG.head(new)
    assert not follows(proof, TreeHead(old, leaf_hash(b"other")), after)
    if old:
        assert not follows(proof, before, TreeHead(new, leaf_hash(b"other")))


def changed(entries: list[bytes], place: int) -> list[bytes]:
    return [*entries[:place], b"forged", *entries[place + 1 :]]


def removed(entries: list[bytes], place: int) -> list[bytes]:
    return [*entries[:place], *entries[place + 1 :], b"later"]


def inserted(entries: list[bytes], place: int) -> list[bytes]:
    return [*entries[:place], b"forged", *entries[place:]]


@pytest.mark.parametrize("rewritten", [changed, removed, inserted])
@given(old=st.integers(1, 60), more=st.integers(0, 40), data=st.data())
def test_a_rewritten_log_proves_nothing_to_who_saw_an_earlier_head(
    rewritten, old: int, more: int, data: st.DataObject
) -> None:
    forged = Log.of(rewritten(ENTRIES[: old + more], data.draw(st.integers(0, old - 1))))
    new = len(forged.frontiers) - 1
    assert not follows(consistency_proof(old, new, forged), LOG.head(old), forged.head(new))
    if more:
        honest = consistency_proof(old, old + more, LOG)
        assert not follows(honest, LOG.head(old), TreeHead(old + more, forged.head(old + more).root))


@given(size=st.integers(1, MAX_SIZE), data=st.data())
@example(size=MAX_SIZE, data=None)
@example(size=2**62, data=None)
def test_a_proof_reads_few_hashes_however_long_the_log(size: int, data: st.DataObject | None) -> None:
    log = Alike()
    index = data.draw(st.integers(0, size - 1)) if data else size // 3
    head = frontier_at(size, log).head
    log.asked.clear()
    check_inclusion(inclusion_proof(index, size, log), leaf=log.by_level[0], index=index, head=head)
    assert len(log.asked) <= 2 * size.bit_length()
    log.asked.clear()
    before = frontier_at(index + 1, Alike()).head
    check_consistency(consistency_proof(index + 1, size, log), old=before, new=head)
    assert len(log.asked) <= 2 * size.bit_length() + 1


def test_a_proof_asks_once() -> None:
    LOG.reads.clear()
    inclusion_proof(100, LONGEST, LOG)
    consistency_proof(100, LONGEST, LOG)
    assert len(LOG.reads) == 2


def test_the_empty_log_precedes_every_other_and_has_one_root() -> None:
    assert follows([], LOG.head(0), LOG.head(9))
    assert not follows([], TreeHead(0, LOG.head(1).root), LOG.head(9))
    assert not follows([], LOG.head(0), TreeHead(0, LOG.head(1).root))


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, -1), (0, MAX_SIZE + 1)])
def test_there_is_no_proof_of_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(Malformed):
        inclusion_proof(index, size, LOG)
    with pytest.raises(Malformed):
        check_inclusion([], leaf=EMPTY_ROOT, index=index, head=TreeHead(size, EMPTY_ROOT))


@pytest.mark.parametrize(("old", "new"), [(4, 3), (-1, 3), (0, -1), (1, MAX_SIZE + 1), (0, MAX_SIZE + 1)])
def test_there_is_no_proof_backwards(old: int, new: int) -> None:
    with pytest.raises(Malformed):
        consistency_proof(old, new, LOG)
    with pytest.raises(Malformed):
        check_consistency([], old=TreeHead(old, EMPTY_ROOT), new=TreeHead(new, EMPTY_ROOT))


@pytest.mark.parametrize("size", [-1, MAX_SIZE + 1])
def test_there_is_no_frontier_of_an_impossible_size(size: int) -> None:
    with pytest.raises(Malformed):
        frontier_at(size, LOG)


def test_a_store_that_lost_a_hash_is_noticed() -> None:
    class Forgetful:
        def read(self, wanted: Sequence[Subtree]) -> list[bytes]:
            return LOG.read(wanted)[1:]

    for make in (
        lambda: inclusion_proof(5, 9, Forgetful()),
        lambda: consistency_proof(5, 9, Forgetful()),
        lambda: frontier_at(9, Forgetful()),
    ):
        with pytest.raises(Malformed):
            make()


def test_two_hashes_that_share_their_bytes_differently_are_refused() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    head = TreeHead(2, parent_hash(left, right))
    shifted = left + right[:1], right[1:]
    with pytest.raises(Malformed):
        check_inclusion([shifted[1]], leaf=shifted[0], index=0, head=head)
    with pytest.raises(Malformed):
        check_consistency([shifted[1]], old=TreeHead(1, shifted[0]), new=head)


HASHES = st.binary(min_size=32, max_size=32) | st.binary(max_size=40)
ANY_SIZE = st.integers(-2, 2**65) | st.integers(0, 20)


@given(st.lists(HASHES, max_size=70), HASHES, HASHES, ANY_SIZE, ANY_SIZE)
def test_whatever_is_checked_the_answer_is_yes_or_a_refusal(proof, one, other, index, size) -> None:
    for check in (
        lambda: check_inclusion(proof, leaf=one, index=index, head=TreeHead(size, other)),
        lambda: check_consistency(proof, old=TreeHead(index, one), new=TreeHead(size, other)),
        lambda: Frontier.from_bytes(size, b"".join(proof)),
        lambda: frontier_at(size, Alike()),
    ):
        with suppress(Malformed, Unproven):
            check()
