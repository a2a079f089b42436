"""Since when the time limit of a step runs: what the limit names, looked up in the answers of the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from referral.flows.calendar import local_date, start_of_day
from referral.flows.forms import NOT_NEEDED
from referral.flows.limits import STAGE_BEGUN, Start, TimeLimit
from referral.flows.models import HUMAN, StepTask, named


def started_at(task: StepTask, limit: TimeLimit, *, at: datetime, zone: str) -> datetime | None:
    """When a limit began for a step, as far as it is known at a moment; None where it is not.

    Of several starts the earliest that is known counts, so that nobody relies on a day that is too late. A
    day that has not come yet is none.
    """
    return min(_known(task, limit.since, at=at, zone=zone), default=None) if limit.since else task.created


def _known(task: StepTask, since: tuple[Start, ...], *, at: datetime, zone: str) -> Iterator[datetime]:
    told = list(_told(task, since))
    for start in since:
        if start == STAGE_BEGUN:
            yield task.process.created
        for name, answers, finished in told:
            counts = not start.outcomes or answers.get("outcome") in start.outcomes
            if name != start.step or not counts:
                continue
            if not start.answer:
                if finished and answers.get("outcome") != NOT_NEEDED:
                    yield finished
            elif (day := _day(answers.get(start.answer))) and day <= local_date(at, zone=zone):
                yield start_of_day(day, zone=zone)


def _told(
    task: StepTask, since: tuple[Start, ...]
) -> Iterator[tuple[str, Mapping[str, Any], datetime | None]]:
    """The named steps of the case with their answers; those of the step itself may not be saved yet."""
    yield task.flow_task.name, task.answers, task.finished
    names = {start.step for start in since if start.step}
    if names:
        rows = StepTask.objects.filter(named(names), case_id=task.process.case_id, flow_task_type=HUMAN)
        for node, answers, finished in rows.exclude(pk=task.pk).values_list(
            "flow_task", "answers", "finished"
        ):
            yield node.name, answers, finished


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
