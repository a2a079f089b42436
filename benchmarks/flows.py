"""The same small flow twice: in plain viewflow and in ours. Two human steps, each with a time limit."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from viewflow import this
from viewflow.workflow import flow

from referral.flows.base import NationalFlow
from referral.flows.forms import Explanation, StepForm
from referral.flows.gateways import Begin, End
from referral.flows.limits import Confidence, TimeLimit, Unit
from referral.flows.situation import BY_RESPONSIBLE
from referral.flows.step import Step
from referral.vocabulary import Stage


# viewflow finds a stored flow again by the app that holds its module, and benchmarks are no app.
IN_AN_APP = "connect.flows_of_the_benchmark"
sys.modules[IN_AN_APP] = sys.modules[__name__]

THIRTY_DAYS = TimeLimit(
    key="thirty_days",
    amount=30,
    unit=Unit.DAYS,
    basis="none",
    source="none",
    confidence=Confidence.DEFAULT,
    checked=date(2026, 11, 1),
    starts="the step before",
)
SAYS = Explanation(title="Ask", why="To measure.", basis="none", source="none", confidence=Confidence.DEFAULT)


def nothing(request: Any, **kwargs: Any) -> None:
    """The view of a step that nobody opens."""


class PlainFlow(flow.Flow):
    """As viewflow's documentation writes it."""

    __module__ = IN_AN_APP

    start = flow.StartHandle().Next(this.ask)
    ask = flow.View(nothing).OnTimeout(timedelta(days=30), this.late, interrupting=False).Next(this.again)
    again = flow.View(nothing).OnTimeout(timedelta(days=30), this.late, interrupting=False).Next(this.end)
    late = flow.View(nothing).Next(this.end)
    end = flow.End()


class OurFlow(NationalFlow):
    """The same in our words."""

    __module__ = IN_AN_APP

    country = "IT"
    stage = Stage.IDENTIFICATION

    start = Begin().Next(this.ask)
    ask = Step(StepForm, BY_RESPONSIBLE, says=SAYS, limit=THIRTY_DAYS).Next(this.again)
    again = Step(StepForm, BY_RESPONSIBLE, says=SAYS, limit=THIRTY_DAYS).Next(this.end)
    end = End()


def request_of(user: AbstractBaseUser) -> Any:
    """As much of a request as viewflow looks at."""
    return SimpleNamespace(user=user)
