"""What waits for one person today: steps by date, offers, questions, records to open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.actor import Actor
from referral import labels
from referral.cases.standing import who
from referral.flows.models import StepTask
from referral.flows.saying import LimitShown, shown
from referral.flows.waiting import steps_waiting
from referral.models import Handover, HandoverMessage
from referral.queries.names import organisation_name
from referral.rules.access import Act, On, may
from referral.vocabulary import Direction, HandoverKind, HandoverState, MessageKind


PAGE = 25


@dataclass(frozen=True)
class StepRow:
    """One step to do."""

    title: str
    reference: str
    case_url: str
    url: str
    due: datetime | None
    limit: LimitShown | None
    act: str
    late_note: str


def my_work(*, by: Actor, at: datetime, start: int = 0) -> dict[str, Any]:
    """The context of the page."""
    steps = list(steps_waiting(by, at=at)[start : start + PAGE + 1])
    me = who(by, at=at)
    sees_offers = bool(may(me, Act.SEE_OFFERS, On()))
    return {
        "steps": [step_row(task) for task in steps[:PAGE]],
        "next": f"?start={start + PAGE}" if len(steps) > PAGE else "",
        "may_open": bool(may(me, Act.OPEN_CASE, On())),
        "offers": _offers(by) if sees_offers else [],
        "openings": _openings(by) if sees_offers else [],
        "questions": _questions(by) if sees_offers else [],
    }


def step_row(task: StepTask) -> StepRow:
    """One step as a list shows it."""
    says = task.says
    return StepRow(
        title=str(says.title) if says else _("A step of an earlier version"),
        reference=task.case.reference,
        case_url=reverse("case", args=[task.case.reference]),
        url=reverse("step", args=[task.pk]),
        due=task.due,
        limit=shown(task.limit) if task.limit else None,
        act=_("Go on") if task.owner_id else _("Start"),
        late_note=_("a time limit has passed; help goes on") if task.raised and task.about_id else "",
    )


def _incoming(by: Actor, state: HandoverState) -> list[Handover]:
    rows = Handover.objects.filter(
        organisation=by.organisation, direction=Direction.INCOMING.value, state=state.value
    )
    return list(rows.order_by("respond_by")[:PAGE])


def _offers(by: Actor) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("offer", args=[offer.thread]),
            "summary": str(labels.named(HandoverKind, offer.kind))
            if offer.kind
            else _("New offer, not read yet"),
            "counterpart": organisation_name(offer.counterpart),
            "respond_by": offer.respond_by,
        }
        for offer in _incoming(by, HandoverState.OFFERED)
    ]


def _openings(by: Actor) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("offer", args=[handover.thread]),
            "counterpart": organisation_name(handover.counterpart),
            "at": handover.released_at,
        }
        for handover in _incoming(by, HandoverState.RELEASED)
    ]


def _questions(by: Actor) -> list[dict[str, Any]]:
    """Messages from the other side that are the last word of an outgoing handover."""
    asked = HandoverMessage.objects.filter(
        handover__organisation=by.organisation,
        direction=Direction.INCOMING.value,
        kind=MessageKind.QUESTION.value,
    ).select_related("handover__case")
    answered = set(
        HandoverMessage.objects.filter(
            handover__organisation=by.organisation,
            direction=Direction.OUTGOING.value,
            kind=MessageKind.ANSWER.value,
        ).values_list("handover_id", flat=True)
    )
    return [
        {
            "url": reverse("handover", args=[message.handover.thread]),
            "counterpart": organisation_name(message.handover.counterpart),
            "about": message.handover.case.reference if message.handover.case else "",
            "at": message.at,
        }
        for message in asked.order_by("-at")[:PAGE]
        if message.handover_id not in answered
    ]
