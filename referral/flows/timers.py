"""The sweep: when a step's time limit has passed, a step is raised for whoever is responsible. Nothing ends.

Safe to run from several workers: a process that somebody works on is skipped until the next round, and the
mark on the step is set by one update that only one of them wins.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from viewflow.workflow.status import PROCESS

from referral.flows.base import LIMIT_PASSED
from referral.flows.lock import step_under_lock
from referral.flows.models import OPEN, StepTask
from referral.models import Case


log = structlog.get_logger(__name__)
BATCH = 200


def fire_due_timers(at: datetime, *, batch: int = BATCH) -> int:
    """Raise a step for every open step whose time limit has passed by now; returns how many were raised.

    A closed case and one that was passed on have none here. At most `batch` in one call, the oldest first.
    One that fails is logged by its number and the class of the error, and does not hold up the others.
    """
    due = StepTask.objects.filter(
        due__lte=at,
        limit_passed_at=None,
        status__in=OPEN,
        case__closed_at=None,
        case__passed_to="",
    ).order_by("due")
    raised = 0
    for pk in list(due.values_list("pk", flat=True)[:batch]):
        try:
            raised += _fire(pk, at)
        except Exception as error:  # noqa: BLE001 - one broken flow must not stop the others' limits
            log.error("step_limit_failed", step=pk, error=type(error).__name__)  # noqa: TRY400 - no frames in logs
    return raised


def _over_here(case: Case) -> bool:
    return case.closed_at is not None or bool(case.passed_to)


def _fire(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        task = step_under_lock(pk, skip_locked=True)
        if task is None or task.process.status == PROCESS.CANCELED or _over_here(task.case):
            return False
        unmarked = StepTask.objects.filter(pk=pk, limit_passed_at=None, status__in=OPEN)
        if not unmarked.update(limit_passed_at=at):
            return False
        task.process.moment = at
        getattr(task.process.flow_class, LIMIT_PASSED).raise_in(task.process, about=task)
        return True
