"""Other nodes' keys are fetched again; a node that is silent or lies is asked ever more rarely."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from secure_exchange import testing
from secure_exchange.carriers import Unanswered, introductions, look_again
from secure_exchange.errors import KeysChanged
from secure_exchange.models import Entry, Peer
from tests.factories.exchange import AT, DAY


pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LATER = AT + DAY


@pytest.fixture
def asked(monkeypatch):
    """Who was asked for keys, and when; `asked.faults` says who answers with what fault."""

    class Asked(list):
        faults = {}

        def introduce(self, address, *, at):
            self.append((address, at))
            if address in self.faults:
                raise self.faults[address]
            Peer.objects.filter(address=address).update(checked_at=at)

    calls = Asked()
    monkeypatch.setattr(introductions, "introduce", calls.introduce)
    return calls


def addresses(asked):
    return [address for address, _ in asked]


def test_a_silent_node_is_asked_once_for_all_its_organisations_and_then_ever_more_rarely(known, asked):
    asked.faults = dict.fromkeys((known.italy.address, known.italy_node.address), Unanswered("no-answer"))
    at = LATER
    while at < LATER + DAY:
        assert look_again(at=at) == 0
        at += 5 * MINUTE
    moments = [at for _, at in asked]
    waits = [later - earlier for earlier, later in pairwise(moments)]
    # It had been due, and silent as far as we know, for half a day when it was asked first.
    assert waits == [timedelta(hours=6)] * 3


def test_a_silence_that_has_just_begun_is_looked_into_soon(known, asked):
    asked.faults = dict.fromkeys((known.italy.address, known.italy_node.address), Unanswered("no-answer"))
    first = AT + introductions.LOOK_AGAIN + MINUTE
    at = first
    while at < first + timedelta(hours=4):
        look_again(at=at)
        at += 5 * MINUTE
    moments = [at - first for _, at in asked]
    assert moments[:4] == [0 * MINUTE, 15 * MINUTE, 35 * MINUTE, 75 * MINUTE]


def test_a_node_that_answers_again_is_looked_at_as_before(known, asked):
    asked.faults = {known.italy.address: Unanswered("no-answer")}
    look_again(at=LATER)
    asked.faults = {}
    assert look_again(at=LATER + 6 * timedelta(hours=1)) == 2
    assert look_again(at=LATER + 7 * timedelta(hours=1)) == 0


def test_the_moment_is_stored_before_the_node_is_called(known, asked, monkeypatch):
    """A call that never returns, or ends its worker, is not the first thing to be done again."""

    def killed(address, *, at):
        asked.append((address, at))
        raise KeyboardInterrupt

    monkeypatch.setattr(introductions, "introduce", killed)
    with pytest.raises(KeyboardInterrupt):
        look_again(at=LATER)
    assert Peer.objects.get(address=asked[0][0]).looked_at == LATER
    with pytest.raises(KeyboardInterrupt):
        look_again(at=LATER + MINUTE)
    assert len(set(addresses(asked))) == 2


def test_an_answer_that_is_refused_is_not_fetched_with_every_sweep(known, asked):
    asked.faults = {known.italy.address: KeysChanged("made up")}
    assert look_again(at=LATER) == 1
    assert look_again(at=LATER + 5 * MINUTE) == 0
    assert len(asked) == 2


def test_a_fault_nobody_thought_of_keeps_no_other_peer_from_its_turn(known, asked):
    asked.faults = {known.italy.address: ValueError("what the node said")}
    with capture_logs() as said:
        assert look_again(at=LATER) == 1
    assert [one["fault"] for one in said] == ["ValueError"]
    assert "node said" not in repr(said)


def test_two_workers_do_not_ask_the_same_node(known, asked, monkeypatch):
    introduce = introductions.introduce

    def meanwhile(address, *, at):
        monkeypatch.setattr(introductions, "introduce", introduce)
        look_again(at=at)
        introduce(address, at=at)

    monkeypatch.setattr(introductions, "introduce", meanwhile)
    look_again(at=LATER)
    assert sorted(addresses(asked)) == sorted((known.italy.address, known.italy_node.address))


def test_one_look_ends_in_time_and_the_next_goes_on(known, asked, monkeypatch):
    for host in ("pt", "es", "fr"):
        testing.acquaint(testing.member(f"node@{host}.connect.test", at=AT, categories=()), at=AT)
    ticks = iter(range(0, 100_000, introductions.TURN_SECONDS // 2))
    monkeypatch.setattr(introductions, "monotonic", lambda: next(ticks))
    for _ in range(3):
        look_again(at=LATER)
    assert len(asked) == len(set(addresses(asked))) == 5
    assert not Entry.objects.filter(act="keys.alarm").exists()
