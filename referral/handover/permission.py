"""Who may work a handover: asked by every act in it, on the object itself, not on where its page stands."""

from __future__ import annotations

from datetime import datetime

from people.actor import Actor
from people.roles import clearances
from referral.cases.standing import decide, who
from referral.models import Handover
from referral.rules.access import HANDS_OVER, Act, On, may
from referral.rules.decision import Decision, Reason, refused
from referral.rules.refusals import denial
from referral.vocabulary import Direction


def may_work(handover: Handover, *, by: Actor, at: datetime) -> Decision:
    """Whether a person may read, answer and write in a handover.

    An offer that came is answered by whoever hands over in the organisation it is addressed to. Once it has a
    case here, sent or received, it is followed by those of them who work the case.
    """
    ours = handover.organisation_id == by.organisation.pk
    if handover.case is None or not ours:
        return may(who(by, at=at), Act.ANSWER_OFFER, On(addressed=ours))
    if by.role not in HANDS_OVER:
        return refused(Reason.NOT_IN_YOUR_ROLE)
    return decide(Act.SEE_CASE, case=handover.case, by=by, at=at)


def may_take_over(handover: Handover, *, by: Actor, at: datetime) -> Decision:
    """Whether a person may take over parts of a record that came: whoever hands over where it was sent.

    Those who work the case may not hold the keys of all its parts. Who takes one over reads nothing by that.
    """
    ours = handover.organisation_id == by.organisation.pk and handover.direction == Direction.INCOMING
    return may(who(by, at=at), Act.ANSWER_OFFER, On(addressed=ours))


def opened_by(by: Actor) -> frozenset[str]:
    """List the categories whose sealed parts this person's role opens."""
    return clearances(by.role)


def check_may_work(handover: Handover, *, by: Actor, at: datetime) -> None:
    """Raises `NotThere` for what is not ours to know of, `NotInYourRole` for another's work."""
    _check(may_work(handover, by=by, at=at))


def check_may_take_over(handover: Handover, *, by: Actor, at: datetime) -> None:
    """Raises as `check_may_work` does."""
    _check(may_take_over(handover, by=by, at=at))


def _check(decision: Decision) -> None:
    if not decision:
        raise denial(decision)
