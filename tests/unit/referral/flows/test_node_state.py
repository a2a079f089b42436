"""Two countries' flows share no node state, and a failing node tells nothing."""

from __future__ import annotations

import itertools

import pytest
from viewflow.workflow.context import Context

from referral.flows import country
from referral.flows.base import NationalFlow
from referral.flows.forms import Explanation, StepForm
from referral.flows.gateways import Begin, End
from referral.flows.identification import NO_LIMIT_READ
from referral.flows.limits import Confidence
from referral.flows.models import StepTask
from referral.flows.situation import BY_RESPONSIBLE
from referral.flows.step import Step, this
from referral.vocabulary import Stage
from tests.factories.flow_cases import AT, flow_case


FLOWS = [
    flow
    for place in country.all_countries().values()
    for serving in place.stages.values()
    for _since, flow in serving
]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(FLOWS, 2)), ids=str)
def test_no_node_and_no_list_of_a_node_belongs_to_two_flows(one, other):
    for name in set(one._nodes_by_name) & set(other._nodes_by_name):
        mine, theirs = one._nodes_by_name[name], other._nodes_by_name[name]
        assert mine is not theirs
        assert mine.flow_class is one
        assert theirs.flow_class is other
        for attribute, value in vars(mine).items():
            if isinstance(value, (list, dict)):
                assert value is not vars(theirs).get(attribute), f"{name}.{attribute} is shared"


@pytest.mark.parametrize("flow", FLOWS, ids=str)
def test_every_edge_stays_in_its_flow(flow):
    for node in flow.instance.nodes():
        for edge in [*node._outgoing(), *node._incoming()]:
            assert edge.dst is flow._nodes_by_name[edge.dst.name]
            assert edge.src is flow._nodes_by_name[edge.src.name]


class SharedSteps:
    start = Begin().Next(this.ask)
    ask = Step(
        StepForm,
        BY_RESPONSIBLE,
        says=Explanation(title="Ask", why="why", basis="b", source="s", confidence=Confidence.READ),
        limit=NO_LIMIT_READ,
    ).Next(this.end)
    end = End()


def test_two_flows_from_one_mixin_keep_edges_of_their_own():
    first = type(
        "First", (SharedSteps, NationalFlow), {"__module__": "referral.flows.x", "stage": Stage.RETURN}
    )
    second = type(
        "Second", (SharedSteps, NationalFlow), {"__module__": "referral.flows.x", "stage": Stage.RETURN}
    )
    assert first.ask is not second.ask is not SharedSteps.ask
    assert first.start._next is first.ask
    assert second.start._next is second.ask
    first.ask._boundary_events.append("armed")
    assert second.ask._boundary_events == SharedSteps.ask._boundary_events == []


@pytest.mark.django_db
def test_a_failing_node_leaves_its_errors_name_and_nothing_it_knew():
    made = flow_case()
    made.begin()
    (task,) = made.open_steps()
    task.process.moment = AT
    activation = task.flow_task.activation_class(task)

    def fail():
        secret = "Maria Exemplu, +40 700 000 000"  # noqa: F841, S105 - what must not be kept
        raise ValueError("Maria Exemplu")

    with Context(propagate_exception=False), activation.exception_guard():
        fail()
    row = StepTask.objects.filter(pk=task.pk).values().get()
    assert row["status"] == "ERROR"
    assert row["failure"] == "ValueError"
    assert "Exemplu" not in repr(row)
    assert "+40" not in repr(row)
