"""Which flow serves a stage today, starting it, and what happens when a case's situation changes.

A case runs one process a stage. A process that ends with "continue" starts the next stage's flow in the same
transaction; any other end leaves the case open where it is, and the door open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from viewflow.workflow.status import PROCESS, STATUS

from people.actor import Actor
from referral.flows import country
from referral.flows.base import NationalFlow
from referral.flows.calendar import local_date
from referral.flows.forms import NOT_NEEDED
from referral.flows.models import StageProcess, StepTask
from referral.flows.step import Step, open_steps, raise_first, steps_had
from referral.models import Assignment, Case
from referral.vocabulary import Stage
from secure_exchange.ledger import entries


AFTER = {
    Stage.IDENTIFICATION: Stage.PROTECTION,
    Stage.PROTECTION: Stage.ASSISTANCE,
    Stage.ASSISTANCE: Stage.RETURN,
}
CONTINUE = "continue"


def flow_of(case: Case, stage: Stage, at: datetime) -> type[NationalFlow] | None:
    """The flow that serves the stage today where the responsible organisation is; None if none does."""
    place = country.get(case.responsible.country)
    return place.flow(stage, local_date(at, zone=place.zone))


def begin(  # noqa: PLR0917 - handed to acts as one function of these four
    case: Case, stage: Stage, by: Actor, at: datetime
) -> StageProcess | None:
    """Put the case into a stage and start the flow that serves it there.

    None where the country has no flow for the stage: the case then stands in the stage without steps. A stage
    that is running already is not started again; its process is returned.
    """
    with transaction.atomic():
        # The case's row is the lock against two starts at once.
        Case.objects.select_for_update(no_key=True).filter(pk=case.pk).values_list("pk").first()
        running = _running(case, stage)
        if running is not None:
            return running
        process = _start(case, stage, at)
        entries.append(
            act="stage-begun", actor=by.pseudonym, object=case.reference, category=stage.value, at=at
        )
        return process


def go_on(process: StageProcess, at: datetime) -> StageProcess | None:
    """Start the next stage if the process has just ended with "continue"; a transaction must be open."""
    if process.status != PROCESS.DONE or process.outcome != CONTINUE:
        return None
    following = AFTER.get(Stage(process.stage))
    # A case that moved on by hand in between stays where it was put.
    if following is None or process.case.stage != process.stage:
        return None
    return _start(process.case, following, at)


def situation_changed(case: Case, at: datetime) -> int:
    """Bring the flows of a case in line with its age status, citizenship and organisations.

    Open steps that are no longer for this person are passed over, the others go to whoever does them now, and
    the steps that the situation asks for at once are raised. A finished stage counts too: what was raised in
    it may be open still, and a case in a stage without steps has no other flow. The steps of a case that was
    passed on have ended here. Returns how many steps were passed over or raised. Call it in the transaction
    of the act that changed the case.
    """
    if case.passed_to:
        return 0
    changed = 0
    with transaction.atomic():
        locked = StageProcess.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
        processes = list(locked.filter(case=case).exclude(status=PROCESS.CANCELED))
        running = [process for process in processes if process.status == PROCESS.NEW]
        for process in processes:
            process.case, process.moment = case, at
            changed += _pass_over(process)
            _place_again(process)
        finished = [process for process in processes if process not in running]
        for process in (*reversed(running), *reversed(finished)):
            changed += _raise_at_once(process) + _raise_passed_by(process)
        for process in running:
            go_on(process, at)
    return changed


def age_changed(case: Case, at: datetime) -> int:
    """Change the track at once when a person may be a child (Directive 2011/36/EU art. 13(2))."""
    return situation_changed(case, at)


def _running(case: Case, stage: Stage) -> StageProcess | None:
    return StageProcess.objects.filter(case=case, stage=stage.value, status=PROCESS.NEW).first()


def _start(case: Case, stage: Stage, at: datetime) -> StageProcess | None:
    if case.stage != stage.value:
        case.stage = stage.value
        case.save(update_fields=["stage"])
    running = _running(case, stage)
    if running is not None:
        return running
    flow = flow_of(case, stage, at)
    if flow is None:
        return None
    process = flow.begin(case=case, at=at)
    _raise_at_once(process)
    return process


def _pass_over(process: StageProcess) -> int:
    passed = 0
    for task in open_steps(process):
        step: Step = task.flow_task
        if not step.only_for(process.situation):
            step.activation_class(task).pass_over()
            passed += 1
    return passed


def _raise_at_once(process: StageProcess) -> int:
    due = [step for step in process.flow_class.steps() if step.at_once and step.only_for(process.situation)]
    there = steps_had(process.case_id, due)
    missing = [step for step in due if step.name not in there]
    for step in missing:
        step.raise_in(process)
    return len(missing)


def _raise_passed_by(process: StageProcess) -> int:
    """Raise what the flow went past while it was not for this person; what was done or declined is had."""
    if not any(step.also_later for step in process.flow_class.steps()):
        return 0
    tasks = StepTask.objects.filter(process=process, status=STATUS.DONE)
    ways: list[Any] = []
    for node, answers in tasks.values_list("flow_task", "answers"):
        outcome = answers.get("outcome", "")
        if not isinstance(node, Step):
            ways.extend(edge.dst for edge in node._outgoing())  # noqa: SLF001 - its only list of edges
        elif outcome != NOT_NEEDED:
            ways.append(node.after(outcome))
    return raise_first(ways, process)


def _place_again(process: StageProcess) -> None:
    working = set(
        Assignment.objects.filter(case=process.case, ended_at=None).values_list(
            "membership__user", "membership__organisation"
        )
    )
    for task in open_steps(process):
        if (task.owner_id, task.organisation_id) in working:
            continue  # somebody who is still in the case has it in hand
        organisation, role = task.flow_task.by.place(process.situation)
        if task.owner_id is None and (task.organisation_id, task.role) == (organisation, role.value):
            continue
        task.organisation_id, task.role = organisation, role.value
        task.owner, task.assigned, task.status = None, None, STATUS.NEW.value
        task.save(update_fields=["organisation", "role", "owner", "assigned", "status"])
