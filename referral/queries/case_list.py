"""The cases a person works, newest first; found by assignment, paged, a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from people.actor import Actor
from referral import labels
from referral.cases.standing import who
from referral.flows.models import HUMAN, OPEN, StepTask
from referral.models import Case, Handover
from referral.queries.names import organisation_name
from referral.rules.access import Act, On, may
from referral.vocabulary import AgeStatus, Citizenship, Direction, Stage


PAGE = 25


def case_list(*, by: Actor, at: datetime, stage: str = "", start: int = 0) -> dict[str, Any]:
    """The context of the page; an unknown stage finds nothing."""
    cases = Case.objects.assigned_to(by.membership)
    if stage:
        cases = cases.filter(stage=stage)
    return _page(cases, by=by, at=at, start=start, stage=stage)


def cases_found(*, parts: Collection[str], by: Actor, at: datetime) -> dict[str, Any]:
    """The same page with the newest cases in whose reference one of these parts stands.

    It has no further pages, since their addresses would say what was searched for.
    """
    fitting = reduce(or_, (Q(reference__contains=part) for part in parts))
    context = _page(Case.objects.assigned_to(by.membership).filter(fitting), by=by, at=at)
    more = context["next"] and _("These are the newest. Type more of the reference to see others.")
    return context | {"next": "", "of": more}


def _page(
    cases: QuerySet[Case], *, by: Actor, at: datetime, start: int = 0, stage: str = ""
) -> dict[str, Any]:
    cases = cases.select_related("responsible")
    page = list(cases.order_by("-opened_at", "-pk")[start : start + PAGE + 1])
    me = who(by, at=at)
    return {
        "cases": _rows(page[:PAGE], by=by),
        "stages": [{"value": "", "label": _("All stages"), "chosen": not stage}]
        + [
            {"value": value, "label": name, "chosen": value == stage} for value, name in labels.choices(Stage)
        ],
        "previous": _address(stage, start - PAGE) if start else "",
        "next": _address(stage, start + PAGE) if len(page) > PAGE else "",
        "of": "",
        "may_open": bool(may(me, Act.OPEN_CASE, On())),
        "may_import": bool(may(me, Act.IMPORT_CASES, On())),
    }


def _address(stage: str, start: int) -> str:
    said = {"stage": stage, "start": str(max(start, 0))}
    return "?" + urlencode({name: value for name, value in said.items() if value})


def _rows(cases: list[Case], *, by: Actor) -> list[dict[str, Any]]:
    waiting = _next_steps(cases)
    came = {
        row.case_id: organisation_name(row.counterpart)
        for row in Handover.objects.filter(
            case__in=cases, organisation=by.organisation, direction=Direction.INCOMING.value
        )
    }
    return [
        {
            "reference": case.reference,
            "url": reverse("case", args=[case.reference]),
            "stage": labels.named(Stage, case.stage),
            "age": labels.named(AgeStatus, case.age_status),
            "citizenship": labels.named(Citizenship, case.citizenship),
            "next_step": waiting[case.pk].says.title if case.pk in waiting and waiting[case.pk].says else "",
            "due": waiting[case.pk].due if case.pk in waiting else None,
            "responsible": _responsible(case, by=by),
            "received_from": came.get(case.pk, ""),
        }
        for case in cases
    ]


def _responsible(case: Case, *, by: Actor) -> str:
    """Who is responsible, when it is not us."""
    address = case.responsible_address
    return "" if address == by.organisation.address else organisation_name(address)


def _next_steps(cases: list[Case]) -> dict[int, StepTask]:
    """The soonest open step of each case that is worked here, in one query."""
    ours = [case for case in cases if not case.passed_to and case.closed_at is None]
    tasks = StepTask.objects.filter(case__in=ours, status__in=OPEN, flow_task_type=HUMAN)
    soonest: dict[int, StepTask] = {}
    for task in tasks.order_by(F("due").asc(nulls_last=True), "created", "pk"):
        soonest.setdefault(task.case_id, task)
    return soonest
