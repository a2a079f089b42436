"""Taking a step, putting it back, keeping what is known, doing it: the only ways a person moves a flow.

Each act asks the access rules anew, because after a handover or a change of assignment the answer may be
another one than when the step was taken; changes under the lock of its process; and makes one ledger entry,
also for a refusal. Whatever fails leaves nothing half-done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from viewflow.workflow.status import PROCESS

from people.actor import Actor
from people.roles import Role
from referral.cases.age import change_age_status
from referral.cases.standing import refusals_recorded, standing, who
from referral.flows import stages
from referral.flows.dating import date_anew, date_what_follows, settle_raised
from referral.flows.forms import DO_NOT_KNOW, NOT_SAID
from referral.flows.holding import is_held
from referral.flows.limits import gettext_noop
from referral.flows.lock import step_under_lock
from referral.flows.models import HUMAN, OPEN, StepTask
from referral.flows.step import Step, StepActivation, StepChanged
from referral.rules.access import Act, may
from referral.rules.decision import Decision
from referral.rules.refusals import Denied, IllegalStep, NotThere, denial
from referral.vocabulary import AgeStatus
from secure_exchange.ledger import entries


MAY_BE_A_CHILD = "may_be_a_child"
DOUBT = frozenset({"yes", DO_NOT_KNOW, NOT_SAID})
"""Whoever asked and did not hear that the person is 18 is in doubt, and who is told to claim to be older
often stays silent. “Ask later” says that nobody asked yet: what was said at the opening holds on."""


TO_SEE = (Act.WORK_STEP, Act.PUT_STEP_BACK)


class StepOver(IllegalStep):
    """The step was done already, or is no longer needed."""

    code = "step-over"
    sentence = gettext_noop(
        "This step is already done or no longer needed. Nothing was changed: "
        "open the case to see what is next."
    )


class StepTaken(IllegalStep):
    """A colleague has the step in hand."""

    code = "step-taken"
    sentence = gettext_noop(
        "A colleague has taken this step. Nothing was changed: "
        "ask the colleague to put it back, or leave it there."
    )


class StepNotTaken(IllegalStep):
    """Somebody wants to finish a step that nobody has started."""

    code = "step-not-taken"
    sentence = gettext_noop("Start this step first. Nothing was changed.")


class StepBusy(IllegalStep):
    """Somebody else held the case's process for longer than we wait."""

    code = "step-busy"
    sentence = gettext_noop("Somebody is changing this case at this moment. Nothing was changed: try again.")


class StepUnanswered(Denied):
    """The outcome is none of the step's."""

    code = "step-unanswered"
    sentence = gettext_noop("Say how this step ended. Nothing was changed.")
    status = 422


def see(*, step: int, by: Actor, at: datetime) -> StepTask:
    """A step for the person who may do it, or may put it back.

    Raises:
        NotThere: there is none, or not for this person (404).
        NotInYourRole: it is another role's or another organisation's (403).
        IllegalStep: the case is closed, or was passed on (409).
    """
    task = (
        StepTask.objects.select_related("process", "case", "case__responsible", "owner")
        .filter(pk=step)
        .first()
    )
    checked = _checked(task, by, at, acts=TO_SEE)
    checked.process.case = checked.case
    return checked


def allowed(task: StepTask, act: Act, *, by: Actor, at: datetime) -> bool:
    """Whether the rules let this person do something with a step, for a page that shows what is possible."""
    return bool(_decide(task, act, by=by, at=at))


def take(*, step: int, by: Actor, at: datetime) -> StepTask:
    """Start a step: it is now this person's. Whoever had it and can do it no more has it no longer."""

    def change(task: StepTask, activation: StepActivation) -> None:
        if task.owner_id is not None:
            if task.owner_id == by.user.pk or is_held(task, at):
                raise StepTaken
            activation.unassign()
        activation.assign(by.user)

    return _act("step-taken", change, step=step, by=by, at=at)


def put_back(*, step: int, by: Actor, at: datetime) -> StepTask:
    """Give a started step back to everyone in the role; a supervisor gives back what a colleague has."""

    def change(task: StepTask, activation: StepActivation) -> None:
        if task.owner_id is None:
            _checked(task, by, at, acts=(Act.WORK_STEP,))  # a supervisor has nothing to put back
        if not allowed(task, Act.PUT_STEP_BACK, by=by, at=at):
            _own(task, by)
        activation.unassign()

    return _act("step-put-back", change, step=step, by=by, at=at, acts=TO_SEE)


def perform(*, step: int, answers: Mapping[str, Any], by: Actor, at: datetime) -> StepTask:
    """Finish a step with its coded answers, and let the flow go on, into the next stage if this was the last.

    When the answers say that the person may be a child, the rules for children hold from this moment.
    """

    def change(task: StepTask, activation: StepActivation) -> None:
        _own(task, by)
        node: Step = task.flow_task
        if answers.get("outcome") not in {code for code, _label in node.form.outcomes}:
            raise StepUnanswered
        _answer(task, answers, by=by, at=at)
        activation.start()
        activation.execute()
        if task.due is not None:  # not limit_passed_at: it may be as old as our wait for the lock
            settle_raised(task, at)
        date_what_follows(task, at)
        stages.go_on(task.process, at)

    return _act("step-done", change, step=step, by=by, at=at)


def keep(*, step: int, answers: Mapping[str, Any], by: Actor, at: datetime) -> StepTask:
    """Keep what is known of a step so far; it stays open, and its time limit is counted anew from that."""

    def change(task: StepTask, activation: StepActivation) -> None:
        _own(task, by)
        _answer(task, {name: said for name, said in answers.items() if name != "outcome"}, by=by, at=at)
        activation.keep()
        date_anew(task, at)
        date_what_follows(task, at)

    return _act("step-kept", change, step=step, by=by, at=at)


def _answer(task: StepTask, answers: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Take the answers, beside those to questions that are not asked of this person any more."""
    if answers.get(MAY_BE_A_CHILD) in DOUBT and task.case.age_status == AgeStatus.ADULT:
        change_age_status(
            case=task.case, age_status=AgeStatus.PRESUMED_CHILD, by=by, at=at, on_child=stages.age_changed
        )
    asked = task.flow_task.form.base_fields
    hidden = {
        name: said
        for name, said in task.answers.items()
        if name in asked and not asked[name].only_for(task.process.situation)
    }
    task.answers = {**hidden, **answers}


def _act(
    name: str,
    change: Callable[[StepTask, StepActivation], None],
    *,
    step: int,
    by: Actor,
    at: datetime,
    acts: tuple[Act, ...] = (Act.WORK_STEP,),
) -> StepTask:
    with refusals_recorded(act=name, by=by, about=f"step-{step}", at=at), transaction.atomic():
        task = _checked(_locked(step), by, at, acts=acts)
        if task.status not in OPEN or task.process.status == PROCESS.CANCELED:
            raise StepOver
        task.process.moment = at
        try:
            change(task, task.flow_task.activation_class(task))
        except StepChanged:
            raise StepOver from None
        entries.append(act=name, actor=by.pseudonym, object=task.case.reference, reason=f"step-{step}", at=at)
        return task


def _locked(step: int) -> StepTask | None:
    try:
        return step_under_lock(step)
    except OperationalError as error:
        raise StepBusy from error


def _checked(task: StepTask | None, by: Actor, at: datetime, *, acts: tuple[Act, ...]) -> StepTask:
    """The step if there is one and the rules let this person do one of these acts."""
    if task is None or task.flow_task_type != HUMAN or not isinstance(task.flow_task, Step):
        raise NotThere
    first = _decide(task, acts[0], by=by, at=at)
    if not (first or any(_decide(task, act, by=by, at=at) for act in acts[1:])):
        raise denial(first)
    return task


def _decide(task: StepTask, act: Act, *, by: Actor, at: datetime) -> Decision:
    facts = replace(
        standing(task.case, by=by, at=at),
        step_role=Role(task.role),
        step_is_ours=task.organisation_id == by.organisation.pk,
    )
    return may(who(by, at=at), act, facts)


def _own(task: StepTask, by: Actor) -> None:
    if task.owner_id is None:
        raise StepNotTaken
    if task.owner_id != by.user.pk:
        raise StepTaken
