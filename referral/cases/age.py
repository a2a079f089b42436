"""Changing whether the rules for children hold; a doubt is enough (Directive 2011/36/EU art. 13(2))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from people.actor import Actor
from referral.cases.standing import refusals_recorded, require
from referral.models import Case
from referral.rules.access import Act
from referral.rules.refusals import GroundNeeded
from referral.vocabulary import AgeGround, AgeStatus
from secure_exchange.ledger import entries


OnChild = Callable[[Case, datetime], object]
"""What brings the flows in line with a changed age: `referral.flows.stages.age_changed`."""


def change_age_status(
    *,
    case: Case,
    age_status: AgeStatus,
    by: Actor,
    at: datetime,
    on_child: OnChild,
    ground: AgeGround | None = None,
) -> Case:
    """Say that a person is, may be, or is not a child; the flows follow in the same transaction.

    Everybody who works the case may say that the person is or may be a child. That a person is an adult after
    all takes protection away: it is for the responsible organisation, on an open case, with its `ground`.
    `on_child` is called for every change, since the way back to an adult's track changes the steps as well.

    Raises:
        NotInYourRole, NotThere, IllegalStep: as `standing.require`.
        GroundNeeded: an adult, and no ground.
    """
    status = AgeStatus(age_status)
    with (
        refusals_recorded(act="age-status-changed", by=by, about=case.reference, at=at),
        transaction.atomic(),
    ):
        require(Act.CHANGE_AGE, case=case, by=by, at=at)
        if case.age_status == status:
            return case
        if status is AgeStatus.ADULT:
            require(Act.SAY_ADULT, case=case, by=by, at=at)
            if ground is None:
                raise GroundNeeded
        case.age_status = status.value
        # Locks are taken in one order everywhere: a case's processes, its row, the head of the ledger.
        on_child(case, at)
        case.save(update_fields=["age_status"])
        entries.append(
            act="age-status-changed",
            actor=by.pseudonym,
            object=case.reference,
            reason=_reason(status, ground),
            at=at,
        )
    return case


def _reason(status: AgeStatus, ground: AgeGround | None) -> str:
    return f"{status} {AgeGround(ground)}" if ground and status is AgeStatus.ADULT else status.value
