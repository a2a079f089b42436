"""Lists of steps: what waits for somebody, and all steps of a case; found by columns, not permissions."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from people.actor import Actor
from referral.flows.models import HUMAN, OPEN, StepTask
from referral.models import Case


def steps_waiting(by: Actor) -> QuerySet[StepTask]:
    """The open steps of this person's role and organisation in their cases, soonest limit first.

    A step that a colleague has taken is left out. Page it by slicing; one query with case and owner.
    """
    mine = Q(owner=None) | Q(owner=by.user)
    steps = StepTask.objects.filter(
        mine,
        organisation=by.organisation,
        role=by.role.value,
        status__in=OPEN,
        flow_task_type=HUMAN,
        case__closed_at=None,
        case__assignments__membership=by.membership,
        case__assignments__ended_at=None,
    )
    return steps.select_related("case", "owner").order_by(F("due").asc(nulls_last=True), "created", "pk")


def steps_of(case: Case) -> QuerySet[StepTask]:
    """All human steps of a case, open ones first, then the latest; who may see the case may see these."""
    steps = StepTask.objects.filter(case=case, flow_task_type=HUMAN)
    return steps.select_related("organisation", "owner", "process").order_by(
        F("finished").desc(nulls_first=True), F("due").asc(nulls_last=True), "created", "pk"
    )
