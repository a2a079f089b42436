"""Taking an agreement back: what has not been delivered stops, who worked by it no longer can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from people.actor import Actor
from people.models import Membership
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
        ended = end_consent(
            consent=consent, actor=by.pseudonym, by=by.membership, at=at, reconsider=reconsider
        )
        if not ended:
            raise IllegalStep
        stop(consent, by, at)
    return consent


def end_consent(
    *, consent: Consent, actor: str, by: Membership | None, at: datetime, reconsider: Reconsider
) -> bool:
    """End an agreement and what was granted on it, in the caller's transaction; says whether that is news.

    For acts that have decided already that this may be; `by` is None where the word came from another
    organisation and a machine does it.
    """
    locked = Consent.objects.select_for_update(no_key=True, of=("self",)).get(pk=consent.pk)
    if locked.withdrawn_at is not None:
        return False
    consent.withdrawn_at, consent.withdrawn_by = at, by
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    end_grants(consent=consent, actor=actor, by=by, at=at, reconsider=reconsider)
    entries.append(
        act="consent-withdrawn",
        actor=actor,
        object=consent.case.reference,
        reason=str(consent.uuid),
        at=at,
    )
    return True
