"""What withdrawing a consent stops, and what the receiver already has."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from referral.models import Consent, Handover
from referral.queries.case_page import consent_in_words
from referral.vocabulary import HandoverState


HELD = {HandoverState.OFFERED.value, HandoverState.ACCEPTED.value}
GONE = {HandoverState.RELEASED.value, HandoverState.OPENED.value}


def withdrawal_page(consent: Consent) -> dict[str, Any]:
    """The context of the page."""
    states = set(Handover.objects.filter(consent=consent).values_list("state", flat=True))
    stops = [_("Nothing new can be sealed on this agreement.")]
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
