"""What every rule answers: allowed or not, and why, as a code that labels.py puts into words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a rule allowed or refused something."""

    ALLOWED = "allowed"
    MEMBERSHIP_ENDED = "membership_ended"
    NOT_PARTICIPATING = "not_participating"
    NOT_ASSIGNED = "not_assigned"
    NOT_IN_YOUR_ROLE = "not_in_your_role"
    STATUS_ONLY = "status_only"
    READ_ONLY = "read_only"
    LAWFUL_ORDER_ONLY = "lawful_order_only"
    NOT_FOR_THEIR_WORK = "not_for_their_work"
    CATEGORY_NOT_GRANTED = "category_not_granted"
    NEEDS_DISCLOSURE = "needs_disclosure"
    NOT_RESPONSIBLE = "not_responsible"
    STEP_OF_ANOTHER_ROLE = "step_of_another_role"
    STEP_OF_ANOTHER_ORGANISATION = "step_of_another_organisation"
    CASE_CLOSED = "case_closed"
    CASE_PASSED = "case_passed"
    NOT_ADDRESSED = "not_addressed"
    NO_CONSENT = "no_consent"
    CONSENT_OTHER_RECEIVER = "consent_other_receiver"
    CONSENT_OTHER_CATEGORY = "consent_other_category"
    CONSENT_NOT_YET = "consent_not_yet"
    CONSENT_OVER = "consent_over"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_NEEDS_GUARDIAN = "consent_needs_guardian"
    CONSENT_TOO_LONG = "consent_too_long"
    CONSENT_NOTHING = "consent_nothing"
    HANDOVER_STATE = "handover_state"
    HANDOVER_SIDE = "handover_side"


UNSEEN = frozenset(
    {Reason.MEMBERSHIP_ENDED, Reason.NOT_PARTICIPATING, Reason.NOT_ASSIGNED, Reason.NOT_ADDRESSED}
)
"""Refusals that must look as if the case did not exist."""


@dataclass(frozen=True)
class Decision:
    """An answer of a rule; true when allowed."""

    allowed: bool
    reason: Reason

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(allowed=True, reason=Reason.ALLOWED)


def refused(reason: Reason) -> Decision:
    """Say no, and why."""
    return Decision(allowed=False, reason=reason)
