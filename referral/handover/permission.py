"""Who may work a handover: asked by every act in it, on the object itself, not on where its page stands."""

from __future__ import annotations

from datetime import datetime

from people.actor import Actor
from referral.cases.standing import decide, who
from referral.models import Handover
from referral.rules.access import HANDS_OVER, Act, On, may
from referral.rules.decision import Decision, Reason, refused
from referral.rules.refusals import denial
from referral.vocabulary import Direction


def may_work(handover: Handover, *, by: Actor, at: datetime) -> Decision:
    """Whether a person may read, answer and write in a handover.

    What came is answered by whoever hands over in the organisation it is addressed to; what was sent is
    followed by those of them who work the case.
    """
    ours = handover.organisation_id == by.organisation.pk
    if handover.direction == Direction.INCOMING or not ours or handover.case is None:
        return may(who(by, at=at), Act.ANSWER_OFFER, On(addressed=ours))
    if by.role not in HANDS_OVER:
        return refused(Reason.NOT_IN_YOUR_ROLE)
    return decide(Act.SEE_CASE, case=handover.case, by=by, at=at)


def check_may_work(handover: Handover, *, by: Actor, at: datetime) -> None:
    """Raises `NotThere` for what is not ours to know of, `NotInYourRole` for another's work."""
    decision = may_work(handover, by=by, at=at)
    if not decision:
        raise denial(decision)
