"""What waits for one person today: steps by date, offers, questions, records to open."""

from __future__ import annotations

from collections.abc import Mapping
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
from referral.flows.waiting import steps_waiting, steps_without_anybody
from referral.models import Handover
from referral.queries.case_handovers import withdrawn_at_the_sender
from referral.queries.names import organisation_names
from referral.queries.news import Told, news, questions
from referral.rules.access import Act, On, may
from referral.vocabulary import Direction, HandoverKind, HandoverState


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
    return {
        "steps": [step_row(task) for task in steps[:PAGE]],
        "next": f"?start={start + PAGE}" if len(steps) > PAGE else "",
        "may_open": bool(may(me, Act.OPEN_CASE, On())),
        "unattended": [_unattended(task) for task in steps_without_anybody(by, at=at)[:PAGE]],
        "withdrawals": withdrawn_at_the_sender(by=by),
        **_handovers(by, at=at, sees=bool(may(me, Act.SEE_OFFERS, On()))),
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


def _unattended(task: StepTask) -> dict[str, Any]:
    """A step that nobody on its case can do, with the way to assign somebody."""
    return {
        "title": str(task.says.title) if task.says else _("A step of an earlier version"),
        "reference": task.case.reference,
        "url": reverse("case-team", args=[task.case.reference]),
    }


def _handovers(by: Actor, *, at: datetime, sees: bool) -> dict[str, list[dict[str, Any]]]:
    """Offers and records that came, and what the other side asks or did about what was sent."""
    offers = _incoming(by, HandoverState.OFFERED) if sees else []
    openings = _incoming(by, HandoverState.RELEASED) if sees else []
    asked = questions(by) if sees else []
    told = news(by, at=at) if sees else []
    shown: list[Handover | Told] = [*offers, *openings, *asked, *told]
    names = organisation_names(one.counterpart for one in shown)
    return {
        "offers": [_offer(one, names) for one in offers],
        "openings": [{**_row("offer", one, names), "at": one.released_at} for one in openings],
        "questions": [_sent(one, names) for one in asked],
        "news": [_sent(one, names) for one in told],
    }


def _incoming(by: Actor, state: HandoverState) -> list[Handover]:
    rows = Handover.objects.filter(
        organisation=by.organisation, direction=Direction.INCOMING.value, state=state.value
    )
    return list(rows.order_by("respond_by")[:PAGE])


def _row(page: str, handover: Handover | Told, names: Mapping[str, str]) -> dict[str, Any]:
    return {"url": reverse(page, args=[handover.thread]), "counterpart": names[handover.counterpart]}


def _offer(offer: Handover, names: Mapping[str, str]) -> dict[str, Any]:
    unread = _("New offer, not read yet")
    return _row("offer", offer, names) | {
        "summary": str(labels.named(HandoverKind, offer.kind)) if offer.kind else unread,
        "respond_by": offer.respond_by,
    }


def _sent(told: Told, names: Mapping[str, str]) -> dict[str, Any]:
    return _row("handover", told, names) | {"about": told.reference, "at": told.at, "what": told.what}
