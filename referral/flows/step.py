"""Step: what a person does in a flow.

Countries take `Step`, `Begin`, `End`, `Split`, `Join` and `this` from here and never see viewflow. A step
differs from viewflow's: it writes only the columns that change and only if nobody changed them since, it
puts organisation, role and due date on the task, and it is passed over when it is not for this person.

A time limit needs no row of its own. It is `due` on the step, and the sweep in `timers` raises a step when it
passes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, cast

from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge
from viewflow.workflow.status import STATUS

from referral.flows import country
from referral.flows.forms import NOT_NEEDED, Explanation, StepForm
from referral.flows.gateways import Begin, End, Join, Ours, Split
from referral.flows.limits import Limit, TimeLimit
from referral.flows.models import HUMAN, OPEN, StepTask, named
from referral.flows.situation import Condition, Performer, everyone
from referral.flows.starts import started_at


__all__ = ["Begin", "End", "Explanation", "Join", "Split", "Step", "StepChanged", "this"]


class StepChanged(Exception):  # noqa: N818 - says what happened
    """Somebody else took, finished or ended the step in between."""


class StepActivation(Ours, nodes.ViewActivation):
    """Moves one step: taken, put back, done, passed over."""

    flow_task: Step

    @classmethod
    def create(
        cls, flow_task: Any, prev_activation: Any, token: Any, *_unused: Any, **_unused_too: Any
    ) -> StepActivation:
        """Make the step for the organisation and role whose it is, with the day its time limit ends."""
        task = flow_task.new_task(prev_activation.process)
        task.token = token
        task.save()
        task.previous.add(prev_activation.task)
        return cls(task)

    @Activation.status.super()
    def assign(self, user: Any) -> None:
        """The user takes the step."""
        self._change(from_status=STATUS.NEW, owner=user, assigned=self.moment)

    @Activation.status.super()
    def unassign(self) -> None:
        """The step goes back to everyone in the role."""
        self._change(from_status=STATUS.ASSIGNED, owner=None, assigned=None)

    def keep(self) -> None:
        """Write the answers so far; the step stays with whoever has it."""
        self._change(from_status=STATUS.ASSIGNED, answers=self.task.answers)

    @Activation.status.super()
    def start(self) -> None:
        """Note the beginning; written together with the end."""
        self.task.started = self.moment

    @Activation.status.super()
    def complete(self) -> None:
        """Write the answers and the end of the step in one update."""
        task = self.task
        self._change(
            from_status=STATUS.ASSIGNED, started=task.started, finished=self.moment, answers=task.answers
        )

    @Activation.status.super()
    def create_next(self) -> Iterator[Any]:
        """Go the way of the outcome; a raised step stands beside the flow and leads to its like only."""
        following = self.flow_task.after(self.task.answers.get("outcome", ""))
        if self.task.raised:
            raise_first([following], self.process)
        elif following is not None:
            yield following._create(self, self.task.token)  # noqa: SLF001 - viewflow's call

    def pass_over(self) -> None:
        """End an open step that is no longer for this person, and go on behind it."""
        self.task.answers = {**self.task.answers, "outcome": NOT_NEEDED}
        before = self.task.status
        self.task.status = STATUS.DONE
        self._change(from_status=before, finished=self.moment, answers=self.task.answers)
        self.activate_next()

    def _change(self, *, from_status: str, **columns: Any) -> None:
        """Write the columns if nobody changed the step since it was read."""
        unchanged = StepTask.objects.filter(pk=self.task.pk, status=from_status, owner=self.task.owner_id)
        for name, value in columns.items():
            setattr(self.task, name, value)
        if not unchanged.update(status=self.task.status, **columns):
            raise StepChanged


class Step(nodes.View):
    """A human task: its form, who does it, what it says, its time limit, and for whom it is.

    `limit` is a `TimeLimit` or, said aloud, a `NoLimit`. `only_for` decides whether the case has this step at
    all; it is asked when the step would begin and again when the case's situation changes.
    """

    activation_class = StepActivation
    flow_class: Any
    task_title: Any
    _next: Any

    def __init__(
        self,
        form: type[StepForm],
        by: Performer,
        *,
        says: Explanation,
        limit: Limit,
        only_for: Condition = everyone,
    ) -> None:
        super().__init__(None)
        self.form, self.by, self.says, self.limit, self.only_for = form, by, says, limit, only_for
        self.task_title = says.title
        self.at_once = self.also_later = False
        self.routes: dict[str, Any] = {}

    def On(self, outcome: str, node: Any) -> Step:  # noqa: N802 - viewflow names what chains this way
        """Go to another node than the next one when the step ends with this outcome."""
        self.routes[outcome] = node
        return self

    def AtOnce(self) -> Step:  # noqa: N802 - viewflow names what chains this way
        """Raise this step beside the flow the moment the case's situation asks for it, once in a case."""
        self.at_once = True
        return self

    def AlsoLater(self) -> Step:  # noqa: N802 - viewflow names what chains this way
        """Raise this step beside the flow when it is for this person after the flow has gone past it."""
        self.also_later = True
        return self

    def after(self, outcome: str) -> Any:
        """The node that follows an outcome."""
        return self.routes.get(outcome, self._next)

    def can_execute(self, user: Any, task: StepTask | None = None) -> bool:
        """Refuse viewflow's own pages: a step is done through `performing`, which asks the access rules."""
        return False

    def can_assign(self, user: Any, task: StepTask | None = None) -> bool:
        """Refuse viewflow's own pages."""
        return False

    can_unassign = can_assign

    def new_task(self, process: Any) -> StepTask:
        """An unsaved task of this step, placed and dated."""
        organisation, role = self.by.place(process.situation)
        task = StepTask(
            process=process,
            flow_task=cast(Any, self),
            organisation_id=organisation,
            role=role.value,
            limit_key=self.limit.key,
            created=process.moment,
        )
        task.due = self.due(task, process.moment)
        return task

    def started(self, task: StepTask, at: datetime) -> datetime | None:
        """When the time limit of a task of this step began; None without a limit or where it is not known."""
        if not isinstance(self.limit, TimeLimit) or not self.limit.applies_to(task.process.situation):
            return None
        return started_at(task, self.limit, at=at, zone=country.get(self.flow_class.country).zone)

    def due(self, task: StepTask, at: datetime) -> datetime | None:
        """When the time limit of a task of this step is over, as far as its beginning is known."""
        return self._end(task, at, TimeLimit.due)

    def earliest(self, task: StepTask, at: datetime) -> datetime | None:
        """When the least length of its span is over, for a limit that has one."""
        return self._end(task, at, TimeLimit.earliest)

    def _end(self, task: StepTask, at: datetime, counted: Callable[..., datetime | None]) -> datetime | None:
        start = self.started(task, at)
        if start is None:
            return None
        place = country.get(self.flow_class.country)
        return counted(self.limit, start, zone=place.zone, country=place.code)

    def _create(self, prev_activation: Any, token: Any, *_unused: Any, **_unused_too: Any) -> Any:
        if self.only_for(prev_activation.process.situation):
            return self.activation_class.create(self, prev_activation, token)
        return self._next._create(prev_activation, token)  # noqa: SLF001 - viewflow's call

    def raise_in(self, process: Any, *, about: StepTask | None = None) -> StepTask:
        """Put this step beside the running flow, with nothing behind it."""
        task = self.new_task(process)
        task.raised, task.about = True, about
        task.save()
        return task

    def _outgoing(self) -> Iterator[Edge]:
        yield from super()._outgoing()
        for outcome, node in self.routes.items():
            yield Edge(src=cast(Any, self), dst=node, edge_class="cond_true", label=outcome)

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self.routes = {outcome: this.resolve(instance, node) for outcome, node in self.routes.items()}


def steps_had(case_id: int, steps: Collection[Step]) -> set[str]:
    """Which of these steps a case has, or had and did, in any stage; what was set aside does not count."""
    if not steps:
        return set()
    tasks = StepTask.objects.filter(named(step.name for step in steps), case_id=case_id)
    rows = tasks.filter(flow_task_type=HUMAN).exclude(status=STATUS.CANCELED)
    return {
        node.name
        for node, answers in rows.values_list("flow_task", "answers")
        if node and answers.get("outcome") != NOT_NEEDED
    }


def raise_first(nodes: Iterable[Any], process: Any) -> int:
    """From each node on, raise the first step that is for this person, if that may also come later."""
    ahead = [found for node in nodes if (found := _first(node, process))]
    missing = {step.name: step for step in ahead if step.name not in steps_had(process.case_id, ahead)}
    for step in missing.values():
        step.raise_in(process)
    return len(missing)


def _first(node: Any, process: Any) -> Step | None:
    while isinstance(node, Step):
        if node.only_for(process.situation):
            return node if node.also_later else None
        node = node.after(NOT_NEEDED)
    return None


def open_steps(process: Any) -> Iterator[StepTask]:
    """The steps of a process that somebody still has to do."""
    for task in StepTask.objects.filter(process=process, status__in=OPEN, flow_task_type=Step.task_type):
        if isinstance(task.flow_task, Step):  # a later version of the flow may have it no more
            task.process = process
            yield task
