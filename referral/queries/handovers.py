"""All handovers of an organisation, and how far one that was sent has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from people.actor import Actor
from referral import labels
from referral.cases.standing import decide, who
from referral.handover import stepping
from referral.models import Case, Handover
from referral.queries.incoming import messages_in_words
from referral.queries.names import organisation_name
from referral.rules import handover_states
from referral.rules.access import Act, On, may
from referral.rules.refusals import denial
from referral.vocabulary import Category, Direction, HandoverAct, HandoverState, Side
from secure_exchange import receipts
from secure_exchange.models import Outgoing, StoredReceipt


PAGE: Final = 25
CHIPS: Final[Mapping[str, str]] = {
    HandoverState.OPENED.value: "ok",
    HandoverState.FAILED.value: "late",
    HandoverState.DECLINED.value: "quiet",
    HandoverState.EXPIRED.value: "quiet",
    HandoverState.WITHDRAWN.value: "quiet",
}
MOVING: Final = frozenset({HandoverState.OFFERED, HandoverState.ACCEPTED, HandoverState.RELEASED})


def followed(by: Actor) -> QuerySet[Handover]:
    """What was sent of the cases this person works; others here do not know of it."""
    return Handover.objects.filter(
        organisation=by.organisation,
        direction=Direction.OUTGOING.value,
        case__in=Case.objects.assigned_to(by.membership),
    )


def handovers_page(*, by: Actor, at: datetime, direction: str = "", start: int = 0) -> dict[str, Any]:
    """The context of the list: what came and has no case yet, and what is of this person's cases."""
    allowed = may(who(by, at=at), Act.SEE_OFFERS, On())
    if not allowed:
        raise denial(allowed)
    rows = Handover.objects.filter(organisation=by.organisation).select_related("case")
    own_cases = Case.objects.assigned_to(by.membership)
    rows = rows.filter(Q(direction=Direction.INCOMING.value, case=None) | Q(case__in=own_cases))
    if direction in set(Direction):
        rows = rows.filter(direction=direction)
    found = list(rows.order_by("-created_at", "-pk")[start : start + PAGE + 1])
    query = f"direction={direction}&start=" if direction in set(Direction) else "start="
    return {
        "handovers": [_row(row, by=by, at=at) for row in found[:PAGE]],
        "directions": [
            {"value": "", "label": _("Both ways"), "chosen": not direction},
            *(
                {"value": code, "label": label, "chosen": code == direction}
                for code, label in labels.choices(Direction)
            ),
        ],
        "previous": f"?{query}{max(0, start - PAGE)}" if start else "",
        "next": f"?{query}{start + PAGE}" if len(found) > PAGE else "",
        "of": "",
    }


def _row(handover: Handover, *, by: Actor, at: datetime) -> dict[str, Any]:
    incoming = handover.direction == Direction.INCOMING
    waiting = handover.state == HandoverState.OFFERED
    case = handover.case
    seen = case is not None and bool(decide(Act.SEE_CASE, case=case, by=by, at=at))
    return {
        "url": reverse("offer" if incoming else "handover", args=[handover.thread]),
        "counterpart": organisation_name(handover.counterpart),
        "direction": handover.direction,
        "state_label": labels.named(HandoverState, handover.state),
        "kind": CHIPS.get(handover.state, "info"),
        "reference": case.reference if case and seen else "",
        "case_url": reverse("case", args=[case.reference]) if case and seen else "",
        "at": handover.created_at,
        "due": handover.respond_by if waiting else None,
        "categories": ", ".join(
            str(labels.name(category)) for category in Category if category.value in handover.categories
        ),
    }


def head(handover: Handover, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What stands on top of a handover's pages."""
    row = _row(handover, by=by, at=at)
    side, state = stepping.side_of(handover), HandoverState(handover.state)
    able = side == Side.SENDER and handover_states.decide(state, side, HandoverAct.WITHDRAW)
    return {
        **row,
        "state": handover.state,
        "respond_by": handover.respond_by,
        "back_url": row["url"],
        "transcript_url": reverse("transcript", args=[handover.thread]),
        "withdraw_url": reverse("handover-withdraw", args=[handover.thread]) if able else "",
    }


def progress_page(handover: Handover, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The context of the page of a handover that was sent."""
    state = HandoverState(handover.state)
    return {
        "case": {"reference": handover.case.reference if handover.case else ""},
        "handover": head(handover, by=by, at=at),
        "progress": _progress(handover),
        "moving": state in MOVING,
        "withdraw_note": _withdraw_note(state),
        "messages_list": messages_in_words(handover, by=by, at=at),
    }


def _withdraw_note(state: HandoverState) -> str:
    if state in {HandoverState.RELEASED, HandoverState.FAILED}:
        return _(
            "The handover ends at once: what has not left is destroyed, and what has arrived there is opened "
            "by nobody any more. Both sides keep a trace of that. You can then offer it again."
        )
    return _(
        "The offer ends at once, and the record that is held here is destroyed. "
        "Both sides keep a trace of that."
    )


def _progress(handover: Handover) -> list[dict[str, Any]]:
    """What happened and what comes next, in order; it ends where the handover ended."""
    ending = {
        HandoverState.DECLINED: (_("Declined"), handover.answered_at),
        HandoverState.WITHDRAWN: (_("Withdrawn"), handover.withdrawn_at),
        HandoverState.EXPIRED: (_("Time ran out"), handover.expired_at),
    }.get(HandoverState(handover.state))
    happened = [
        (_("Sealed and signed"), handover.offered_at, ""),
        (_("Offer delivered"), _delivered_at(handover, "offer"), _fault(handover, "offer")),
        (_("Offer read"), _receipt_at(handover, "offer", receipts.OPENED), ""),
        (_("Accepted"), handover.answered_at, ""),
        (_("Record released"), handover.released_at, _("consent was checked again")),
        (_("Record delivered"), _delivered_at(handover, "record"), _fault(handover, "record")),
        (_("Record opened"), handover.opened_at, _could_not(handover)),
    ]
    if ending is not None:
        done = [one for one in happened if one[1] and one[1] != ending[1]]
        note = _("what was held here is destroyed unsent")
        return [_item(*one, state="done") for one in [*done, (*ending, note)]]
    items, seen_next = [], False
    for title, when, note in happened:
        state = "done" if when else ("next" if seen_next else "now")
        seen_next = seen_next or not when
        items.append(_item(title, when, note, state=state))
    return items


def _item(title: str, at: datetime | None, note: str, *, state: str) -> dict[str, Any]:
    return {"title": title, "at": at, "note": note if state != "next" else "", "state": state}


def _sent(handover: Handover, kind: str) -> list[Outgoing]:
    own = handover.organisation.address
    return list(Outgoing.objects.filter(thread=handover.thread, sender=own, kind=kind))


def _delivered_at(handover: Handover, kind: str) -> datetime | None:
    """When the last envelope of the kind was delivered; None until all of them are."""
    ended = [row.ended_at for row in _sent(handover, kind) if row.state == Outgoing.State.DELIVERED]
    whole = len(ended) == len(_sent(handover, kind)) and bool(ended)
    return max(moment for moment in ended if moment) if whole else None


def _fault(handover: Handover, kind: str) -> str:
    if any(row.state in {Outgoing.State.DEAD, Outgoing.State.EXPIRED} for row in _sent(handover, kind)):
        return _("it could not be delivered: please tell your administrator")
    if any(row.last_fault and row.state == Outgoing.State.PENDING for row in _sent(handover, kind)):
        return _("the other side does not answer; it is tried again by itself")
    return ""


def _receipt_at(handover: Handover, kind: str, receipt: str) -> datetime | None:
    envelopes = [row.envelope for row in _sent(handover, kind)]
    found = StoredReceipt.objects.filter(
        envelope__in=envelopes, kind=receipt, direction=StoredReceipt.Direction.RECEIVED
    )
    return found.order_by("at").values_list("at", flat=True).first()


def _could_not(handover: Handover) -> str:
    if handover.state == HandoverState.FAILED:
        return _("they could not open it: ask them why, or take it back here and offer it again")
    if handover.state == HandoverState.OPENED and (parts := _parts_not_opened(handover)):
        return _("they could not open: %(parts)s. Ask them why") % {"parts": ", ".join(parts)}
    return ""


def _parts_not_opened(handover: Handover) -> list[str]:
    """Parts of an opened record that the receiver said it could not open, and has not opened since."""
    sent = {row.envelope: row.part for row in _sent(handover, "record")}
    told = StoredReceipt.objects.filter(
        envelope__in=sent,
        by=handover.counterpart,
        direction=StoredReceipt.Direction.RECEIVED,
        kind__in=[receipts.FAILED, receipts.OPENED],
    ).values_list("envelope", "kind")
    opened = {envelope for envelope, kind in told if kind == receipts.OPENED}
    failed = {sent[envelope] for envelope, _kind in told if envelope not in opened}
    return [str(labels.name(category)) for category in Category if category.value in failed]
