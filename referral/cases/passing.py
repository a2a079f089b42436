"""Passing responsibility on, when a transfer was opened by its receiver, so that exactly one side has it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from referral.models import Case
from referral.rules.refusals import IllegalStep
from secure_exchange.ledger import entries


def pass_responsibility(*, case: Case, to: str, actor: str, at: datetime) -> Case:
    """Note that another organisation is responsible now, in a case of its own.

    `actor` is a pseudonym or the node's address: the receiver's signed receipt does this, nobody here.

    Raises:
        IllegalStep: it was passed to somebody else already.
    """
    with transaction.atomic():
        locked = Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)
        if locked.passed_to not in {"", to}:
            raise IllegalStep
        if not locked.passed_to:
            entries.append(
                act="responsibility-passed", actor=actor, object=locked.reference, reason=to, at=at
            )
        case.passed_to = locked.passed_to = to
        locked.save(update_fields=["passed_to"])
    return case
