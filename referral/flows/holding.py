"""Whether whoever took a step can still do it, and whether anybody on the case can: asked by columns."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from people.models import Membership
from referral.flows.models import StepTask


def held(at: datetime) -> Exists:
    """That a step's owner still works the case in the step's role; who does not has it in hand no more."""
    return Exists(_working(at).filter(user=OuterRef("owner")))


def attended(at: datetime) -> Exists:
    """That somebody works the case in the step's organisation and role."""
    return Exists(_working(at))


def is_held(task: StepTask, at: datetime) -> bool:
    """Whether somebody who can do the step has it in hand."""
    return task.owner_id is not None and StepTask.objects.filter(held(at), pk=task.pk).exists()


def is_attended(task: StepTask, at: datetime) -> bool:
    """Whether anybody on the case can do the step."""
    return StepTask.objects.filter(attended(at), pk=task.pk).exists()


def _working(at: datetime) -> QuerySet[Membership]:
    return Membership.objects.active(at.date()).filter(
        organisation=OuterRef("organisation"),
        role=OuterRef("role"),
        assignments__case=OuterRef("case"),
        assignments__ended_at=None,
        assignments__participation__left_at=None,
    )
