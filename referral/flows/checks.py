"""System checks of what countries bring: a step without a way out, a limit without a basis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from people.roles import Role
from referral.flows import country
from referral.flows.base import NationalFlow
from referral.flows.forms import OnDate, uncoded
from referral.flows.limits import STAGE_BEGUN, Confidence, TimeLimit
from referral.flows.lock import process_lock
from referral.flows.step import Step


@register()
def check_countries(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - the signature of checks
    **kwargs: Any,  # noqa: ARG001 - as above
) -> list[CheckMessage]:
    """Check every flow of every installed country."""
    faults: list[CheckMessage] = []
    for place in country.all_countries().values():
        flows = [flow for serving in place.stages.values() for _since, flow in serving]
        for flow in flows:
            faults += faults_of(flow)
        faults += faults_of_starts([step for flow in flows for step in flow.steps()])
    return faults


def faults_of(flow: type[NationalFlow]) -> Iterator[CheckMessage]:
    """What is wrong with a flow class."""
    for name in sorted(set(flow._nodes_by_name) - flow.reachable()):  # noqa: SLF001 - its only list of nodes
        yield Error(f"{flow}: nothing leads to {name}.", hint="Remove it or link it.", id="flows.E001")
    if flow.lock_impl is not process_lock:
        yield Error(f"{flow}: parallel branches need our lock.", id="flows.E002")
    for step in flow.steps():
        yield from _faults_of_step(flow, step)


def faults_of_starts(steps: Sequence[Step]) -> Iterator[CheckMessage]:
    """What the time limits of these steps are counted from, and none of them tells."""
    named = {step.name: step for step in steps}
    for step in steps:
        for start in step.limit.since if isinstance(step.limit, TimeLimit) else ():
            told = named.get(start.step)
            codes = {code for code, _label in told.form.outcomes} if told else set()
            dates = (
                {name for name, field in told.form.base_fields.items() if isinstance(field, OnDate)}
                if told
                else set()
            )
            if start != STAGE_BEGUN and (
                told is None or start.outcomes - codes or {start.answer} - dates - {""}
            ):
                yield Error(
                    f"{step.limit.key}: no step tells when it starts.", hint=repr(start), id="flows.E008"
                )


def _faults_of_step(flow: type[NationalFlow], step: Step) -> Iterator[CheckMessage]:
    place = f"{flow}.{step.name}"
    if step.by.role not in set(Role):
        yield Error(f"{place}: no such role.", id="flows.E003")
    if step.limit.confidence is not Confidence.DEFAULT and not step.limit.basis:
        yield Error(f"{place}: a limit needs its basis.", id="flows.E004")
    if not step.form.exits():
        yield Error(
            f"{place}: every outcome is a yes.", hint="Add an outcome of forms.EXITS.", id="flows.E005"
        )
    for name in uncoded(step.form):
        hint = "What is told in words belongs in the sealed record."
        yield Error(f"{place}: {name} could hold free text.", hint=hint, id="flows.E006")
    unknown = set(step.routes) - {code for code, _label in step.form.outcomes}
    if unknown:
        yield Error(f"{place}: no such outcome: {', '.join(sorted(unknown))}.", id="flows.E007")
