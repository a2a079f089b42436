"""Lists of steps: what waits for somebody, for nobody, all of a case; by columns, not by permissions."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet

from people.actor import Actor
from referral.flows.holding import attended, held
from referral.flows.models import HUMAN, OPEN, StepTask
from referral.models import Case
from referral.rules.access import ROLES_OF_ACT, Act


def steps_waiting(by: Actor, *, at: datetime) -> QuerySet[StepTask]:
    """The open steps of this person's role and organisation in their cases, soonest limit first.

    A step that a colleague has in hand is left out; one whose owner can do it no more is there for all. Page
    it by slicing; one query with case and owner.
    """
    free = Q(owner=None) | Q(owner=by.user) | ~Q(held(at))
    return _soonest_first(_open(by).filter(free, role=by.role.value))


def steps_without_anybody(by: Actor, *, at: datetime) -> QuerySet[StepTask]:
    """The open steps of this person's organisation that nobody can do, in cases that this person works.

    For whoever may assign a colleague, a supervisor first of all; none for others. A step is among them when
    no active member is assigned to the case in its role. One query with case and owner.
    """
    if by.role not in ROLES_OF_ACT[Act.ASSIGN]:
        return StepTask.objects.none()
    return _soonest_first(_open(by).filter(~Q(attended(at))))


def steps_of(case: Case, *, at: datetime) -> QuerySet[StepTask]:
    """All human steps of a case, open ones first, then the latest; who may see the case may see these.

    Each says whether it is `held` by somebody who can do it, and `attended` by anybody at all.
    """
    steps: QuerySet[StepTask] = StepTask.objects.annotate(  # type: ignore[no-redef]  # named in the model
        held=held(at), attended=attended(at)
    )
    steps = steps.filter(case=case, flow_task_type=HUMAN).select_related("organisation", "owner", "process")
    return steps.order_by(
        F("finished").desc(nulls_first=True), F("due").asc(nulls_last=True), "created", "pk"
    )


def _open(by: Actor) -> QuerySet[StepTask]:
    """The open steps of this person's organisation in their open cases that were not passed on."""
    return StepTask.objects.filter(
        organisation=by.organisation,
        status__in=OPEN,
        flow_task_type=HUMAN,
        case__closed_at=None,
        case__passed_to="",
        case__assignments__membership=by.membership,
        case__assignments__ended_at=None,
    )


def _soonest_first(steps: QuerySet[StepTask]) -> QuerySet[StepTask]:
    return steps.select_related("case", "owner").order_by(F("due").asc(nulls_last=True), "created", "pk")
