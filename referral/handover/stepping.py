"""Move our row of a handover from one state to the next, once, whoever asks at the same moment.

The rules say which ways there are (rules.handover_states); the conditional update says who was first. A
person's step that comes too late is refused with 409; a machine's, which only tells what the other side did,
leaves everything as it was and is kept in the transcript.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from people.actor import Actor
from referral.models import Handover
from referral.rules import handover_states
from referral.rules.decision import Reason
from referral.rules.refusals import IllegalStep
from referral.vocabulary import Direction, HandoverAct, HandoverState, Side


_COLUMNS: Final = {
    HandoverAct.OFFER: "offered",
    HandoverAct.ACCEPT: "answered",
    HandoverAct.DECLINE: "answered",
    HandoverAct.RELEASE: "released",
    HandoverAct.OPEN: "opened",
    HandoverAct.WITHDRAW: "withdrawn",
}


def side_of(handover: Handover) -> Side:
    """Which side of the handover our row is."""
    return Side.SENDER if handover.direction == Direction.OUTGOING else Side.RECEIVER


def check(handover: Handover, side: Side, act: HandoverAct) -> HandoverState:
    """The state after an act; raises `IllegalStep` (409) where there is no such way."""
    return handover_states.next_state(HandoverState(handover.state), side, act)


def hold(handover: Handover) -> None:
    """Lock our row in the caller's transaction and read it again: who comes second sees what was done."""
    handover.refresh_from_db(from_queryset=Handover.objects.select_for_update(no_key=True, of=("self",)))


def step(
    handover: Handover,
    side: Side,
    act: HandoverAct,
    *,
    at: datetime,
    by: Actor | None = None,
    **more: object,
) -> HandoverState:
    """Take the step in the caller's transaction; raises `IllegalStep` if the state allows it no more."""
    after = check(handover, side, act)
    changes: dict[str, object] = {"state": after.value, **more}
    if act in _COLUMNS:
        changes[f"{_COLUMNS[act]}_at"] = at
        changes[f"{_COLUMNS[act]}_by"] = by.membership if by else None
    if not Handover.objects.filter(pk=handover.pk, state=handover.state).update(**changes):
        raise IllegalStep(Reason.HANDOVER_STATE)
    handover.refresh_from_db()
    return after


def follow(
    handover: Handover, side: Side, act: HandoverAct, *, at: datetime, **more: datetime
) -> HandoverState | None:
    """Take the step that the other side told of; None where it finds no way on from here."""
    current = Handover.objects.select_for_update(no_key=True, of=("self",)).get(pk=handover.pk)
    if not handover_states.decide(HandoverState(current.state), side, act):
        return None
    return step(current, side, act, at=at, by=None, **more)
