"""What withdrawing a consent stops, and what the receiver already has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from referral.models import CategoryGrant, Consent, Handover, Participation
from referral.queries.case_page import consent_in_words
from referral.vocabulary import HandoverState


HELD = {HandoverState.OFFERED.value, HandoverState.ACCEPTED.value}
GONE = {HandoverState.RELEASED.value, HandoverState.OPENED.value}


def withdrawal_page(consent: Consent, *, at: datetime) -> dict[str, Any]:
    """The context of the page."""
    states = set(Handover.objects.filter(consent=consent).values_list("state", flat=True))
    stops = [_("Nothing new can be sealed on this agreement."), *_parts(consent, at=at)]
    if states & HELD:
        stops.append(
            _("The offer is withdrawn, and the record that is held here for it is destroyed unsent.")
        )
    already = []
    if states & GONE:
        already.append(
            _(
                "The record was released. The receiver is told, and asked to delete it; "
                "that they do is theirs to confirm."
            )
        )
    return {
        "case": {"reference": consent.case.reference},
        "consent": consent_in_words(consent),
        "stops": stops,
        "already": already,
    }


def _parts(consent: Consent, *, at: datetime) -> list[str]:
    """What becomes of the organisation of this node that takes part by this agreement, if one does."""
    resting = Participation.objects.filter(
        left_at=None, grants__consent=consent, grants__revoked_at=None
    ).select_related("organisation")
    return [_part(each, consent, at=at) for each in resting.distinct()]


def _part(part: Participation, consent: Consent, *, at: datetime) -> str:
    others = CategoryGrant.objects.filter(participation=part, revoked_at=None)
    others = others.exclude(consent=consent).exclude(consent=None).select_related("consent__case")
    words = (
        _("%(name)s goes on working this case by another agreement, without what only this one opened.")
        if any(grant.in_force(at) for grant in others)
        else _(
            "%(name)s no longer works this case. "
            "Its open steps go to whoever does them otherwise, or are set aside."
        )
    )
    return words % {"name": part.organisation.name}
