"""Whatever was late, crossed on its way or was never answered: in the end both sides tell one story."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from referral import tasks
from referral.handover import answering, opening, reading, waiting, withdrawing
from referral.models import Handover
from referral.rules import handover_states
from referral.rules.handover_states import FINAL
from referral.rules.refusals import Denied
from referral.vocabulary import DeclineReason, Direction, HandoverAct, HandoverState, Side, Urgency
from secure_exchange import outbox
from secure_exchange.errors import Refused
from tests.factories.handovers import begin_nothing, carry, offered, parties
from tests.factories.people import AT


pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
END = AT + 3 * DAY
"""When the offer of these tests ends unless it is answered."""


@pytest.fixture
def who(at):
    return parties()


@pytest.fixture
def read(who):
    offered(who, urgency=Urgency.IMMEDIATE)
    carry()
    assert who.theirs().expires_at == END
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT + HOUR)
    carry(at=AT + HOUR)
    return who


def states(who):
    return who.ours().state, who.theirs().state


def sweep(who, side, *, at, monkeypatch):
    """The clock of one of the two nodes: here both rows lie on one."""
    with monkeypatch.context() as patch:
        rows = Handover.objects.filter(direction=side.value)
        patch.setattr(Handover, "objects", rows)
        return waiting.expire_due(at=at)


def accept(who, *, at):
    answering.accept(handover=who.theirs(), by=who.colleague, at=at)


def open_it(who, *, at):
    return opening.open_record(handover=who.theirs(), by=who.colleague, at=at, begin=begin_nothing)


def test_accepted_in_the_last_hour_the_record_that_comes_can_be_opened(read):
    accept(read, at=END - HOUR)
    outbox.deliver_due(at=END - HOUR)
    tasks.handle_everything(at=END - HOUR)
    assert states(read) == (HandoverState.RELEASED, HandoverState.ACCEPTED)
    assert waiting.expire_due(at=END) == 0, "the record is on its way"
    carry(at=END + HOUR)
    assert states(read) == (HandoverState.RELEASED, HandoverState.RELEASED)
    open_it(read, at=END + 2 * HOUR)
    carry(at=END + 2 * HOUR)
    assert states(read) == (HandoverState.OPENED, HandoverState.OPENED)


def test_an_acceptance_that_comes_too_late_ends_on_both_sides_because_time_ran_out(read, monkeypatch):
    accept(read, at=END - HOUR)
    assert sweep(read, Direction.OUTGOING, at=END, monkeypatch=monkeypatch) == 1
    assert sweep(read, Direction.INCOMING, at=END, monkeypatch=monkeypatch) == 0
    carry(at=END + HOUR)
    assert states(read) == (HandoverState.EXPIRED, HandoverState.EXPIRED)
    assert read.theirs().expired_at == END
    assert read.theirs().withdrawn_at is None


def test_an_accepted_record_that_nobody_opens_ends_on_both_sides_at_one_moment(read):
    accept(read, at=END - HOUR)
    carry(at=END - HOUR)
    ends = {read.ours().expires_at, read.theirs().expires_at}
    assert ends == {AT + waiting.RECORD_LIVES}
    assert waiting.expire_due(at=AT + waiting.RECORD_LIVES) == 2
    assert states(read) == (HandoverState.EXPIRED, HandoverState.EXPIRED)


def test_an_acceptance_whose_record_never_comes_ends_when_it_cannot_come_any_more(read):
    accept(read, at=AT + HOUR)
    assert read.theirs().expires_at == AT + waiting.RECORD_LIVES
    assert waiting.expire_due(at=AT + waiting.RECORD_LIVES) == 2
    assert states(read) == (HandoverState.EXPIRED, HandoverState.EXPIRED)


ANSWERS = {
    "accepts": accept,
    "declines": lambda who, *, at: answering.decline(
        handover=who.theirs(), reason=DeclineReason.NO_PLACE, by=who.colleague, at=at
    ),
    "says nothing": lambda who, *, at: None,
}
MEANWHILE = {
    "waits": lambda who, *, at: None,
    "takes it back": lambda who, *, at: withdrawing.withdraw(handover=who.ours(), by=who.worker, at=at),
}
CLOCKS = {
    "the post is quicker": ("post", "sender", "receiver"),
    "the sender's clock is first": ("sender", "post", "receiver"),
    "the receiver's clock is first": ("receiver", "sender", "post"),
    "both clocks are first": ("sender", "receiver", "post"),
}
TABLE = list(itertools.product(ANSWERS, MEANWHILE, CLOCKS))


@pytest.mark.parametrize(("answer", "sender", "clocks"), TABLE, ids=[", ".join(row) for row in TABLE])
def test_at_the_end_both_opened_it_or_it_is_over_on_both(read, monkeypatch, answer, sender, clocks):
    ANSWERS[answer](read, at=END - HOUR)
    MEANWHILE[sender](read, at=END - HOUR)
    steps = {
        "post": lambda: carry(at=END),
        "sender": lambda: sweep(read, Direction.OUTGOING, at=END, monkeypatch=monkeypatch),
        "receiver": lambda: sweep(read, Direction.INCOMING, at=END, monkeypatch=monkeypatch),
    }
    for step in CLOCKS[clocks]:
        steps[step]()
    carry(at=END + HOUR)
    try:
        open_it(read, at=END + HOUR)
    except (Denied, Refused):
        assert HandoverState(read.theirs().state) in FINAL
    carry(at=END + 2 * HOUR)
    ours, theirs = (HandoverState(state) for state in states(read))
    assert (ours is HandoverState.OPENED) == (theirs is HandoverState.OPENED)
    assert ours is HandoverState.OPENED or (ours in FINAL and theirs in FINAL)
    if sender == "waits" and answer != "declines":
        assert ours is theirs


@pytest.mark.parametrize("state", [state for state in HandoverState if state is not HandoverState.DRAFT])
def test_a_clock_or_the_sender_ends_whatever_was_not_opened_on_either_side(state):
    unopened = state not in FINAL and state is not HandoverState.OPENED
    for side in Side:
        assert bool(handover_states.decide(state, side, HandoverAct.EXPIRE)) is unopened
    assert bool(handover_states.decide(state, Side.SENDER, HandoverAct.WITHDRAW)) is unopened
