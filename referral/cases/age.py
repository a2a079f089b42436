"""Changing whether the rules for children hold; a doubt is enough (Directive 2011/36/EU art. 13(2))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from people.actor import Actor
from referral.cases.standing import refusals_recorded, require
from referral.models import Case
from referral.rules.access import Act
from referral.vocabulary import AgeStatus
from secure_exchange.ledger import entries


def change_age_status(
    *,
    case: Case,
    age_status: AgeStatus,
    by: Actor,
    at: datetime,
    on_child: Callable[[Case, datetime], object],
) -> Case:
    """Say that a person is, may be, or is not a child; the flows follow in the same transaction.

    `on_child` (`referral.flows.stages.age_changed`) is called for every change, since the way back to an
    adult's track changes the steps as well.

    Raises:
        NotInYourRole, NotThere: as `standing.require`.
    """
    status = AgeStatus(age_status)
    with (
        refusals_recorded(act="age-status-changed", by=by, about=case.reference, at=at),
        transaction.atomic(),
    ):
        require(Act.CHANGE_AGE, case=case, by=by, at=at)
        if case.age_status == status:
            return case
        case.age_status = status.value
        case.save(update_fields=["age_status"])
        entries.append(
            act="age-status-changed", actor=by.pseudonym, object=case.reference, reason=status.value, at=at
        )
        on_child(case, at)
    return case
