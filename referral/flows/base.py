"""NationalFlow: what the flow classes of all countries have in common.

A flow class is a country's and a stage's. Steps are shared by plain mixin classes, never by subclassing a
flow: viewflow copies nodes shallowly, so that two flows from one mixin would share lists of edges, and a flow
under a flow would keep edges to its parent's nodes. Here every class gets deep copies of its own.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from viewflow.workflow.base import Flow, Node

from referral.flows.forms import Explanation, LimitPassed
from referral.flows.limits import Confidence, NoLimit
from referral.flows.lock import process_lock
from referral.flows.models import StageProcess, StepTask
from referral.flows.situation import BY_RESPONSIBLE
from referral.flows.step import Begin, Step
from referral.models import Case
from referral.vocabulary import Stage


LIMIT_PASSED = "limit_passed"
_NO_LIMIT = NoLimit(
    key="limit_passed",
    why=gettext_noop("This step waits until somebody has decided."),
    basis="",
    source="",
    confidence=Confidence.DEFAULT,
    checked=date(2026, 11, 1),
)


class NationalFlow(Flow):
    """A country's way through one stage; `country` and `stage` say which.

    Stock pages, stock permissions and stock locks of viewflow are closed: `has_*_permission` is always no,
    and no URL of it is mounted.
    """

    process_class = StageProcess
    task_class = StepTask
    lock_impl = process_lock

    instance: Any
    _nodes_by_name: ClassVar[dict[str, Any]]

    country: str = ""
    stage: Stage

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give the class nodes of its own, and the step that is raised when a time limit passes."""
        for base in cls.__mro__[1:]:
            if base is not NationalFlow and issubclass(base, NationalFlow):
                raise TypeError(
                    f"{cls.__name__}: share steps by plain mixins, not by the flow {base.__name__}"
                )
        for name in dir(cls):
            if not name.startswith("_") and name != "instance" and isinstance(getattr(cls, name), Node):
                setattr(cls, name, copy.deepcopy(getattr(cls, name)))
        setattr(cls, LIMIT_PASSED, _limit_passed_step())
        super().__init_subclass__(**kwargs)

    def has_view_permission(self, user: Any, obj: Any = None) -> bool:
        """Refuse: viewflow's pages show cases of others."""
        return False

    def has_manage_permission(self, user: Any, obj: Any = None) -> bool:
        """Refuse: cancelling and reviving is done by acts of ours."""
        return False

    @classmethod
    def begin(cls, *, case: Case, at: datetime) -> StageProcess:
        """Start a process of this flow for a case and stop at its first steps; a transaction must be open."""
        process: StageProcess = _start_node(cls).run(case=case, at=at)
        return process

    @classmethod
    def steps(cls) -> Iterator[Step]:
        """The human steps, in the order in which the class names them."""
        return (node for node in cls.instance.nodes() if isinstance(node, Step))

    @classmethod
    def reachable(cls) -> set[str]:
        """The names of all nodes a process can come to."""
        found: set[str] = set()
        ahead: list[Any] = [_start_node(cls), *(step for step in cls.steps() if step.at_once)]
        ahead.append(getattr(cls, LIMIT_PASSED))
        while ahead:
            node = ahead.pop()
            if node is not None and node.name not in found:
                found.add(node.name)
                ahead.extend(edge.dst for edge in node._outgoing())  # noqa: SLF001 - its only list of edges
        return found


def _start_node(flow: type[NationalFlow]) -> Begin:
    return next(node for node in flow.instance.nodes() if isinstance(node, Begin))


def _limit_passed_step() -> Step:
    return Step(
        LimitPassed,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("A time limit has passed"),
            why=_("Nothing ends because a date has passed. Look at the step and say what happens now."),
            basis="CETS 197 art. 12",
            source="S9",
            confidence=Confidence.DEFAULT,
        ),
        limit=_NO_LIMIT,
    )
