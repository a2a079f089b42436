"""The states of a handover, and who may move it from one to the next.

A sender drafts an offer and sends it: OFFERED. The receiver declines it, and it is over, or accepts it:
ACCEPTED. The sender's node then releases the sealed record: RELEASED. A person at the receiver opens it:
OPENED; one who cannot says so: FAILED, and the sender may release it again. Until it is opened the sender may
withdraw it and its time may run out; afterwards the sender can only ask for erasure, which the receiver
answers in words. Questions, answers and notes pass while both sides talk, and change nothing.

Both sides keep a row each and run the same machine: an act of the other side is applied when its envelope
arrives. Where two acts crossed on the way, the one that finds no way on from the present state is refused
here and kept in the transcript.
"""

from __future__ import annotations

from referral.rules.decision import ALLOWED, Decision, Reason, refused
from referral.rules.refusals import IllegalStep
from referral.vocabulary import HandoverAct as Act
from referral.vocabulary import HandoverState as State
from referral.vocabulary import Side


_S, _R = Side.SENDER, Side.RECEIVER
_BOTH = frozenset(Side)
_UNOPENED = (State.OFFERED, State.ACCEPTED, State.RELEASED, State.FAILED)
_AGREED = (State.ACCEPTED, State.RELEASED, State.FAILED, State.OPENED)

WAYS: dict[tuple[State, Side, Act], State] = {
    (State.DRAFT, _S, Act.OFFER): State.OFFERED,
    (State.DRAFT, _S, Act.WITHDRAW): State.WITHDRAWN,
    (State.OFFERED, _R, Act.ACCEPT): State.ACCEPTED,
    (State.OFFERED, _R, Act.DECLINE): State.DECLINED,
    (State.ACCEPTED, _S, Act.RELEASE): State.RELEASED,
    (State.FAILED, _S, Act.RELEASE): State.RELEASED,
    (State.RELEASED, _R, Act.OPEN): State.OPENED,
    (State.FAILED, _R, Act.OPEN): State.OPENED,
    (State.RELEASED, _R, Act.FAIL): State.FAILED,
    (State.OPENED, _S, Act.REQUEST_ERASURE): State.OPENED,
    **{(state, _S, Act.WITHDRAW): State.WITHDRAWN for state in _UNOPENED},
    **{(state, side, Act.EXPIRE): State.EXPIRED for state in _UNOPENED for side in _BOTH},
    **{(state, _R, Act.ASK): state for state in (State.OFFERED, *_AGREED)},
    **{(state, _S, Act.ANSWER): state for state in (State.OFFERED, *_AGREED)},
    **{(state, side, Act.NOTE): state for state in _AGREED for side in _BOTH},
}
"""Every way there is; what is not listed is illegal. Either side's clock may end an unopened handover."""

FINAL = frozenset({State.DECLINED, State.EXPIRED, State.WITHDRAWN})
"""States that nothing leaves, and in which a held record has been destroyed unsent."""


def decide(state: State, side: Side, act: Act) -> Decision:
    """Say whether a side may do something now; if not, whether the side or the state forbids it."""
    if (state, side, act) in WAYS:
        return ALLOWED
    others = (other for other in Side if other != side)
    if any((state, other, act) in WAYS for other in others):
        return refused(Reason.HANDOVER_SIDE)
    return refused(Reason.HANDOVER_STATE)


def next_state(state: State, side: Side, act: Act) -> State:
    """Give the state after an act.

    Raises:
        IllegalStep: that side cannot do that in this state (HTTP 409).
    """
    decision = decide(state, side, act)
    if not decision:
        raise IllegalStep(decision.reason)
    return WAYS[(state, side, act)]


def acts(state: State, side: Side) -> frozenset[Act]:
    """List what a side can do now, for its buttons."""
    return frozenset(act for (at, who, act) in WAYS if at == state and who == side)
