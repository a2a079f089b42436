"""The nodes of a flow that no person does: begin, end, parallel branches; and what all our nodes share.

What they do otherwise than viewflow's: a failing node leaves the name of the error and not its frame's
variables, which would be personal data in clear; they take the moment from the act instead of the wall clock.
"""

from __future__ import annotations

from contextlib import ContextDecorator
from datetime import datetime
from typing import Any, Self

from viewflow.workflow import nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.context import context
from viewflow.workflow.nodes.end import EndActivation as EndActivationOfViewflow
from viewflow.workflow.nodes.join import JoinActivation as JoinActivationOfViewflow
from viewflow.workflow.nodes.split import SplitActivation as SplitActivationOfViewflow
from viewflow.workflow.nodes.start import StartHandleActivation
from viewflow.workflow.status import PROCESS, STATUS

from referral.flows.models import StageProcess, StepTask
from referral.models import Case


__all__ = ["Begin", "End", "Join", "Ours", "Split"]


class _Silent(ContextDecorator):
    """Marks a failed task without a word of what it worked on: frames hold names."""

    def __init__(self, activation: Any) -> None:
        self.activation = activation

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if kind is None or context.propagate_exception:
            return False
        task = self.activation.task
        task.failure = kind.__name__[:100]
        task.finished = self.activation.moment
        task.status = STATUS.ERROR
        task.save(update_fields=["failure", "finished", "status"])
        return True


class Ours:
    """Mixed into every activation: the moment of the act, silence about failures, small writes."""

    task: StepTask
    process: Any

    @property
    def moment(self) -> datetime:
        """When the act that moves the process happens."""
        moment: datetime = self.process.moment
        return moment

    def exception_guard(self) -> ContextDecorator:
        """Replace viewflow's guard, which writes the failing frame's variables into the database."""
        return _Silent(self)

    def prepare_revived_task(self, task: StepTask) -> None:
        """Keep what decides who may do a step; viewflow drops it when a task is revived."""
        for name in ("organisation_id", "role", "due", "limit_key", "raised", "about_id"):
            setattr(task, name, getattr(self.task, name))


class BeginActivation(Ours, StartHandleActivation):
    """Starts a process for a case."""


class Begin(nodes.StartHandle):
    """Where a stage begins; started by `NationalFlow.begin`."""

    activation_class = BeginActivation

    def __init__(self) -> None:
        super().__init__(_tie_to_case)


def _tie_to_case(activation: Any, *, case: Case, at: datetime) -> StageProcess:
    process: StageProcess = activation.process
    process.case, process.stage = case, activation.flow_class.stage.value
    process.moment = process.created = at
    return process


class EndActivation(Ours, EndActivationOfViewflow):
    """Ends the process when no step of the flow is open; raised steps do not hold it up."""

    @Activation.status.super()
    def activate(self) -> None:
        """Close the process with the outcome of this end."""
        others = StepTask.objects.filter(process=self.process, finished=None, raised=False)
        if not others.exclude(pk=self.task.pk).exists():
            self.process.status = PROCESS.DONE
            self.process.finished = self.moment
            self.process.outcome = self.flow_task.outcome
            self.process.save(update_fields=["status", "finished", "outcome"])


class End(nodes.End):
    """Where a stage ends. Only an end with the outcome "continue" leads to the next stage."""

    activation_class = EndActivation

    def __init__(self, outcome: str = "continue") -> None:
        super().__init__()
        self.outcome = outcome


class SplitActivation(Ours, SplitActivationOfViewflow):
    """Opens parallel branches."""


class Split(nodes.Split):
    """Branches that go on beside each other until a `Join`."""

    activation_class = SplitActivation


class JoinActivation(Ours, JoinActivationOfViewflow):
    """Waits for all branches."""

    @classmethod
    def create(cls, flow_task: Any, *args: Any, **kwargs: Any) -> JoinActivation:
        """Find the join that other branches came to, and let it share this act's process and moment."""
        activation: JoinActivation = super().create(flow_task, *args, **kwargs)
        previous = kwargs["prev_activation"] if "prev_activation" in kwargs else args[0]
        activation.task.process = activation.process = previous.process
        return activation


class Join(nodes.Join):
    """Where the branches of a `Split` meet."""

    activation_class = JoinActivation
