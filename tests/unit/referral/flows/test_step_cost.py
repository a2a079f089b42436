"""A human step with a time limit costs at most eight queries where plain viewflow takes more than twelve."""

from __future__ import annotations

import pytest

from benchmarks import steps


@pytest.mark.django_db
def test_a_step_with_a_time_limit_costs_at_most_eight_queries():
    assert steps.queries(steps.ours) <= steps.GOAL
    assert steps.queries(steps.plain) >= 13
