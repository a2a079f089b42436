"""The handovers of a case, each as the few events a person wants to know, and what of one is not here yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from people.actor import Actor
from referral.handover import reading, receiving
from referral.handover.payloads import WithdrawalReason
from referral.models import Case, Handover, HandoverMessage
from referral.queries.names import organisation_name
from referral.vocabulary import Category, Direction, HandoverState, MessageKind
from secure_exchange.models import Incoming


COMING: Final = "coming"
SEALED: Final = "sealed"
FAILED: Final = "failed"
"""Where a part of a received record is that is not in the case: on its way, here, or here and unreadable."""

LAST: Final = 25


def handovers_of(case: Case, *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Newest first; only those of this person's own organisation."""
    rows = Handover.objects.filter(case=case, organisation=by.organisation).order_by("-created_at")
    return [_shown(row, by=by, at=at) for row in rows.select_related("organisation", "case")]


def _shown(row: Handover, *, by: Actor, at: datetime) -> dict[str, Any]:
    withdrawn = withdrawn_after_opening(row, by=by, at=at)
    return {
        "counterpart": organisation_name(row.counterpart),
        "url": reverse("transcript", args=[row.thread]),
        "thread_url": reverse("offer", args=[row.thread]) if row.direction == Direction.INCOMING else "",
        "direction": row.direction,
        "events": events(row, withdrawn),
        "withdrawn": withdrawn,
        "parts": parts_not_here(row),
    }


def events(handover: Handover, withdrawn: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What happened, newest first; what has not happened yet is left out."""
    answer = {
        HandoverState.DECLINED.value: _("Declined"),
    }.get(handover.state, _("Accepted"))
    happened = [
        (handover.offered_at, _("Offer sent, without identity"), ""),
        (handover.answered_at, answer, ""),
        (handover.released_at, _("Record released"), _("consent was checked again")),
        (handover.opened_at, _("Record opened"), _("signed receipt")),
        (handover.withdrawn_at, *_withdrawal(handover, withdrawn)),
        (handover.expired_at, _("Expired"), _("what was held is destroyed")),
    ]
    done = [{"title": title, "at": at, "note": note, "kind": ""} for at, title, note in happened if at]
    return sorted(done, key=lambda event: event["at"], reverse=True)


def _withdrawal(handover: Handover, withdrawn: dict[str, Any] | None) -> tuple[str, str]:
    """How a withdrawal is told: before the opening it destroyed what was held, afterwards it only asks."""
    if withdrawn:
        return withdrawn["title"], withdrawn["asked"]
    if handover.state == HandoverState.OPENED:
        return _("Withdrawn"), _("it had been opened before this reached them")
    return _("Withdrawn"), _("what was held is destroyed")


def withdrawn_after_opening(handover: Handover, *, by: Actor, at: datetime) -> dict[str, Any] | None:
    """What to say of a record that the sender took back when it was open here; None for any other handover.

    Why stands in the sealed withdrawal, which is read here; the first reading is told to the sender.
    """
    incoming = handover.direction == Direction.INCOMING and handover.state == HandoverState.OPENED
    if not incoming or handover.withdrawn_at is None:
        return None
    why = reading.why_withdrawn(handover=handover, by=by, at=at)
    by_person = why is WithdrawalReason.CONSENT_WITHDRAWN
    return {
        "by_person": by_person,
        "title": _("The person withdrew the agreement") if by_person else _("Taken back by the sender"),
        "asked": _("you are asked to erase what came; help goes on")
        if by_person
        else _("it was open here already; help goes on"),
        "at": handover.withdrawn_at,
        "counterpart": organisation_name(handover.counterpart),
        "url": reverse("offer", args=[handover.thread]),
    }


def parts_not_here(handover: Handover) -> dict[str, str]:
    """Categories of a received record that are not in the case yet, each with where it is.

    Documents on their way are left out: how many there are, if any, only their envelopes tell.
    """
    released = {HandoverState.RELEASED, HandoverState.FAILED, HandoverState.OPENED}
    gone = handover.withdrawn_at is not None or handover.direction != Direction.INCOMING
    if gone or handover.state not in released:
        return {}
    came = list(receiving.arrived_parts(handover).values_list("part", "state"))
    named = set(handover.categories) - {Category.DOCUMENTS.value} - {part for part, _state in came}
    return (
        dict.fromkeys(sorted(named), COMING)
        | {part: FAILED for part, state in came if state == Incoming.State.FAILED}
        | {part: SEALED for part, state in came if state == Incoming.State.RECEIVED}
    )


def withdrawn_at_the_sender(*, by: Actor) -> list[dict[str, Any]]:
    """Cases this person works whose record was taken back after it was opened here, until somebody answers.

    Nothing is opened for it; a note to the sender, written since, is the answer.
    """
    own_cases = Case.objects.assigned_to(by.membership)
    answered = HandoverMessage.objects.filter(
        handover=OuterRef("pk"),
        direction=Direction.OUTGOING.value,
        kind=MessageKind.NOTE.value,
        at__gte=OuterRef("withdrawn_at"),
    )
    rows = Handover.objects.filter(
        ~Exists(answered),
        organisation=by.organisation,
        direction=Direction.INCOMING.value,
        state=HandoverState.OPENED.value,
        withdrawn_at__isnull=False,
        case__in=own_cases,
    ).annotate(reference=F("case__reference"))
    return [
        {
            "url": reverse("case", args=[row.reference]),
            "reference": row.reference,
            "counterpart": organisation_name(row.counterpart),
            "at": row.withdrawn_at,
        }
        for row in rows.order_by("-withdrawn_at")[:LAST]
    ]
