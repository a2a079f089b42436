"""Taking an agreement back: what has not been delivered stops, who worked by it no longer can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from people.actor import Actor
from referral.cases.granting import Reconsider, end_grants
from referral.cases.standing import refusals_recorded, require
from referral.models import Consent
from referral.rules.access import Act
from referral.rules.refusals import IllegalStep
from secure_exchange.ledger import entries


Stop = Callable[[Consent, Actor, datetime], object]
"""What stops the handovers that rest on a consent and tells their receivers; from referral.handover."""


def withdraw_consent(
    *, consent: Consent, by: Actor, at: datetime, stop: Stop, reconsider: Reconsider
) -> Consent:
    """Withdraw an agreement, in one transaction with everything that rested on it. It is never undone.

    An organisation that took part by this agreement alone takes part no more, and `reconsider` is told.

    Anyone assigned to the case in a role that hands over may do this, also when the case is closed.

    Raises:
        IllegalStep: it was withdrawn already.
        NotInYourRole, NotThere: as `standing.require`.
    """
    about = consent.case.reference
    with refusals_recorded(act="consent-withdrawn", by=by, about=about, at=at), transaction.atomic():
        require(Act.WITHDRAW_CONSENT, case=consent.case, by=by, at=at)
        locked = Consent.objects.select_for_update(no_key=True, of=("self",)).get(pk=consent.pk)
        if locked.withdrawn_at is not None:
            raise IllegalStep
        consent.withdrawn_at, consent.withdrawn_by = at, by.membership
        consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
        end_grants(consent=consent, actor=by.pseudonym, by=by.membership, at=at, reconsider=reconsider)
        entries.append(
            act="consent-withdrawn", actor=by.pseudonym, object=about, reason=str(consent.uuid), at=at
        )
        stop(consent, by, at)
    return consent
