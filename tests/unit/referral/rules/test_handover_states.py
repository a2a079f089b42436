"""Handover states: every state, side and act has a way or a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.rules.handover_states import FINAL, WAYS, acts, decide, next_state
from referral.rules.refusals import IllegalStep
from referral.vocabulary import HandoverAct, HandoverState, Side


STATES, SIDES, ACTS = st.sampled_from(HandoverState), st.sampled_from(Side), st.sampled_from(HandoverAct)
TALK = {HandoverAct.ASK, HandoverAct.ANSWER, HandoverAct.NOTE}
STORY = [
    (Side.SENDER, HandoverAct.OFFER, HandoverState.OFFERED),
    (Side.RECEIVER, HandoverAct.ASK, HandoverState.OFFERED),
    (Side.SENDER, HandoverAct.ANSWER, HandoverState.OFFERED),
    (Side.RECEIVER, HandoverAct.ACCEPT, HandoverState.ACCEPTED),
    (Side.SENDER, HandoverAct.RELEASE, HandoverState.RELEASED),
    (Side.RECEIVER, HandoverAct.FAIL, HandoverState.FAILED),
    (Side.SENDER, HandoverAct.RELEASE, HandoverState.RELEASED),
    (Side.RECEIVER, HandoverAct.OPEN, HandoverState.OPENED),
    (Side.RECEIVER, HandoverAct.NOTE, HandoverState.OPENED),
    (Side.SENDER, HandoverAct.REQUEST_ERASURE, HandoverState.OPENED),
]


def test_a_handover_goes_its_whole_way():
    state = HandoverState.DRAFT
    for side, act, after in STORY:
        state = next_state(state, side, act)
        assert state is after


@given(STATES, SIDES, ACTS)
def test_every_act_has_a_way_or_is_refused_with_409(state, side, act):
    if decide(state, side, act):
        assert act in acts(state, side)
        assert next_state(state, side, act) in HandoverState
    else:
        assert act not in acts(state, side)
        with pytest.raises(IllegalStep) as refusal:
            next_state(state, side, act)
        assert refusal.value.status == 409
        assert refusal.value.reason in {"handover_state", "handover_side"}


@given(STATES, SIDES, st.sampled_from(sorted(TALK)))
def test_talking_never_changes_the_state(state, side, act):
    if decide(state, side, act):
        assert next_state(state, side, act) is state


@given(SIDES, ACTS, st.sampled_from(sorted(FINAL)))
def test_nothing_leaves_a_final_state(side, act, state):
    assert not decide(state, side, act)


@given(st.lists(st.tuples(SIDES, ACTS), max_size=12))
def test_a_record_is_released_only_after_the_receiver_accepted(walk):
    state, accepted = HandoverState.DRAFT, False
    for side, act in walk:
        if not decide(state, side, act):
            continue
        accepted = accepted or (side, act) == (Side.RECEIVER, HandoverAct.ACCEPT)
        state = next_state(state, side, act)
        assert accepted or state not in {HandoverState.RELEASED, HandoverState.OPENED, HandoverState.FAILED}


@pytest.mark.parametrize(
    "state", [s for s in HandoverState if s not in FINAL and s is not HandoverState.OPENED]
)
def test_a_sender_can_take_back_whatever_was_not_opened(state):
    assert next_state(state, Side.SENDER, HandoverAct.WITHDRAW) is HandoverState.WITHDRAWN


def test_only_the_receiver_answers_an_offer():
    receivers = {HandoverAct.ACCEPT, HandoverAct.DECLINE, HandoverAct.OPEN, HandoverAct.FAIL, HandoverAct.ASK}
    senders = {HandoverAct.OFFER, HandoverAct.RELEASE, HandoverAct.WITHDRAW, HandoverAct.REQUEST_ERASURE}
    for _, side, act in WAYS:
        assert act not in receivers or side is Side.RECEIVER
        assert act not in senders or side is Side.SENDER
