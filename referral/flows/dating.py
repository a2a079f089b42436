"""Counting the time limits of open steps anew, when somebody told from which day they run."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from viewflow.workflow.status import STATUS

from referral.flows import country
from referral.flows.limits import TimeLimit
from referral.flows.models import HUMAN, OPEN, StepTask


def date_anew(task: StepTask, at: datetime) -> None:
    """Count an open step's time limit from what is known now.

    Where it had passed and has not after all, nobody needs to decide about it any more.
    """
    due = task.flow_task.due(task, at)
    if due == task.due:
        return
    passed = task.limit_passed_at if due is not None and due <= at else None
    if passed is None:
        settle_raised(task, at)
    if StepTask.objects.filter(pk=task.pk, status__in=OPEN).update(due=due, limit_passed_at=passed):
        task.due, task.limit_passed_at = due, passed


def date_what_follows(task: StepTask, at: datetime) -> None:
    """Count the open steps anew whose time limit begins with this step of the same case."""
    name = task.flow_task.name
    if name not in _named_as_starts(task.flow_task.flow_class.country):
        return
    others = StepTask.objects.filter(case=task.case_id, flow_task_type=HUMAN, status__in=OPEN)
    for other in others.exclude(pk=task.pk).select_related("process"):
        if any(start.step == name for start in getattr(other.limit, "since", ())):
            other.process.case = task.case
            date_anew(other, at)


def settle_raised(task: StepTask, at: datetime) -> None:
    """End what was raised about a step's limit: nobody needs to decide about it any more."""
    raised = StepTask.objects.filter(about=task, status__in=OPEN)
    raised.update(status=STATUS.CANCELED, finished=at)


@cache
def _named_as_starts(code: str) -> frozenset[str]:
    """The steps of a country that some time limit of it is counted from."""
    flows = [flow for serving in country.get(code).stages.values() for _since, flow in serving]
    limits = [step.limit for flow in flows for step in flow.steps()]
    return frozenset(
        start.step for limit in limits if isinstance(limit, TimeLimit) for start in limit.since if start.step
    )
