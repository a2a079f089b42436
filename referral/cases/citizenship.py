"""Correcting which group a person's citizenship is in: it decides whether there are steps about residence."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from people.actor import Actor
from referral.cases.granting import Reconsider
from referral.cases.standing import refusals_recorded, require
from referral.models import Case
from referral.rules.access import Act
from referral.vocabulary import Citizenship
from secure_exchange.ledger import entries


def change_citizenship(
    *, case: Case, citizenship: Citizenship, by: Actor, at: datetime, reconsider: Reconsider
) -> Case:
    """Say which group it is; steps about residence come or go in the same transaction.

    Raises:
        NotInYourRole, NotThere, IllegalStep: as `standing.require`.
    """
    group = Citizenship(citizenship)
    with (
        refusals_recorded(act="citizenship-changed", by=by, about=case.reference, at=at),
        transaction.atomic(),
    ):
        require(Act.CHANGE_CITIZENSHIP, case=case, by=by, at=at)
        if case.citizenship == group:
            return case
        case.citizenship = group.value
        # Locks are taken in one order everywhere: a case's processes, its row, the head of the ledger.
        reconsider(case, at)
        case.save(update_fields=["citizenship"])
        entries.append(
            act="citizenship-changed", actor=by.pseudonym, object=case.reference, reason=group.value, at=at
        )
    return case
