"""One writer a process: a row lock that waits on PostgreSQL; SQLite has one writer in all.

How long PostgreSQL waits is `lock_timeout` in the settings; SQLite takes its write lock at BEGIN IMMEDIATE.
Tried: without a lock two parallel branches that end together each wait for the other for ever.

The order is always process first, then its steps. Whoever locks a step first meets the foreign key of a new
step on the process's row and the two wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from referral.flows.models import StageProcess, StepTask


class ProcessLock:
    """What viewflow asks for as `lock_impl`."""

    @contextmanager
    def __call__(self, flow_class: type[Any], process_pk: int) -> Iterator[None]:
        """Hold the process's row until the transaction ends."""
        with transaction.atomic():
            list(StageProcess.objects.select_for_update(no_key=True).filter(pk=process_pk).values_list("pk"))
            yield


process_lock = ProcessLock()


def step_under_lock(pk: int, *, skip_locked: bool = False) -> StepTask | None:
    """A step, its process and its case in one read, with the process locked.

    The step itself may be as old as the beginning of the wait, because only the process is locked. Whoever
    changes it therefore changes it by `StepTask.objects.filter(pk=…, status=…)` and looks at the count.
    Must be called in a transaction.
    """
    tasks = StepTask.objects.select_related("process", "case", "case__responsible")
    locked = tasks.select_for_update(of=("process",), no_key=True, skip_locked=skip_locked)
    task: StepTask | None = locked.filter(pk=pk).first()
    if task is not None:
        task.process.case = task.case
    return task
