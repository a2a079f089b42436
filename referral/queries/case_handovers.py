"""The handovers of a case, each as the few events a person wants to know."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.actor import Actor
from referral.models import Case, Handover
from referral.queries.names import organisation_name
from referral.vocabulary import HandoverState


def handovers_of(case: Case, *, by: Actor) -> list[dict[str, Any]]:
    """Newest first; only those of this person's own organisation."""
    rows = Handover.objects.filter(case=case, organisation=by.organisation).order_by("-created_at")
    return [
        {
            "counterpart": organisation_name(row.counterpart),
            "url": reverse("transcript", args=[row.thread]),
            "direction": row.direction,
            "events": events(row),
        }
        for row in rows
    ]


def events(handover: Handover) -> list[dict[str, Any]]:
    """What happened, newest first; what has not happened yet is left out."""
    answer = {
        HandoverState.DECLINED.value: _("Declined"),
    }.get(handover.state, _("Accepted"))
    happened = [
        (handover.offered_at, _("Offer sent, without identity"), ""),
        (handover.answered_at, answer, ""),
        (handover.released_at, _("Record released"), _("consent was checked again")),
        (handover.opened_at, _("Record opened"), _("signed receipt")),
        (handover.withdrawn_at, _("Withdrawn"), _("what was held is destroyed")),
        (handover.expired_at, _("Expired"), _("what was held is destroyed")),
    ]
    done = [{"title": title, "at": at, "note": note, "kind": ""} for at, title, note in happened if at]
    return sorted(done, key=lambda event: event["at"], reverse=True)
