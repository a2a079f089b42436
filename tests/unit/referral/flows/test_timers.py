"""A passed limit raises one step, once, and ends nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from referral.flows import tasks, timers
from referral.flows.models import StepTask
from referral.vocabulary import Citizenship, Stage
from tests.factories.flow_cases import AT, flow_case


pytestmark = pytest.mark.django_db


@pytest.fixture
def reflecting():
    made = flow_case("RO", citizenship=Citizenship.THIRD_COUNTRY)
    made.begin()
    for name in ("safety", "signs", "notify", "choose", "own_view", "risk_and_needs"):
        made.do(name)
    made.do("safe_place")
    (task,) = made.open_steps()
    assert task.flow_task.name == "reflection"
    return made, task


def test_nothing_is_raised_a_moment_before_and_one_step_at_the_moment(reflecting):
    made, task = reflecting
    assert timers.fire_due_timers(task.due - timedelta(seconds=1)) == 0
    assert timers.fire_due_timers(task.due) == 1
    raised = StepTask.objects.get(about=task)
    assert raised.flow_task.name == "limit_passed"
    assert (raised.organisation_id, raised.case_id) == (made.case.responsible_id, made.case.pk)
    task.refresh_from_db()
    assert task.limit_passed_at == task.due
    assert task.status == "NEW", "the step itself stays open"


def test_a_limit_fires_exactly_once_however_often_the_sweep_runs(reflecting):
    _made, task = reflecting
    late = task.due + timedelta(days=730)
    assert [timers.fire_due_timers(late + timedelta(minutes=n)) for n in range(4)] == [1, 0, 0, 0]


def test_a_late_step_can_still_be_done_and_then_nobody_has_to_decide_about_it(reflecting):
    made, task = reflecting
    timers.fire_due_timers(task.due)
    assert made.names() == {"reflection", "limit_passed"}
    made.do("reflection", at=task.due + timedelta(days=3))
    assert made.names() == {"plan"}
    assert StepTask.objects.get(about=task).status == "CANCELED"


def test_deciding_about_a_passed_limit_leaves_the_step_open(reflecting):
    made, task = reflecting
    timers.fire_due_timers(task.due)
    made.do("limit_passed", "goes_on")
    assert made.names() == {"reflection"}
    made.walk(lambda outcomes: outcomes[0])
    assert made.case.stage_processes.get(stage=Stage.PROTECTION).status == "DONE"


def test_the_limit_ends_with_the_local_day_ninety_days_later(reflecting):
    _made, task = reflecting
    assert task.due.isoformat() == "2027-02-21T21:59:59+00:00"
    assert task.limit_key == "ro_reflection"


def test_a_closed_case_is_left_alone(reflecting):
    made, task = reflecting
    made.case.closed_at, made.case.closed_by = AT, made.mine.membership
    made.case.save()
    assert timers.fire_due_timers(task.due) == 0


def test_one_that_fails_does_not_hold_up_the_others_and_is_logged_without_content(reflecting, monkeypatch):
    _made, task = reflecting
    other = flow_case("RO", citizenship=Citizenship.THIRD_COUNTRY)
    other.begin(Stage.PROTECTION)
    fire, seen = timers._fire, []
    logged = []

    def flaky(pk, at):
        seen.append(pk)
        if pk == task.pk:
            raise RuntimeError("Maria Exemplu")
        return fire(pk, at)

    monkeypatch.setattr(timers, "_fire", flaky)
    monkeypatch.setattr(timers.log, "error", lambda event, **said: logged.append((event, said)))
    raised = timers.fire_due_timers(task.due + timedelta(days=1))
    assert raised == len(seen) - 1 > 0
    assert logged == [("step_limit_failed", {"step": task.pk, "error": "RuntimeError"})]


def test_the_background_task_runs_the_sweep(reflecting, at):
    tasks.fire_due_timers()
    assert not StepTask.objects.exclude(about=None).exists()
