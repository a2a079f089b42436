"""Two processes that end the two branches of a flow at the same time: exactly one of them goes on."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta

import pytest
from django.db import connection, connections

from referral.flows import performing, timers
from referral.flows.models import OPEN, StageProcess, StepTask
from referral.vocabulary import Citizenship, Stage
from tests.factories.flow_cases import AT, FlowCase, flow_case


ROUNDS = 20

pytestmark = [
    pytest.mark.service,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer in all"),
]


def both(act, arguments):
    """Call `act` in two processes of their own, each let go at the same moment."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(2)
    answers = context.Queue()

    def run(argument):
        barrier.wait(timeout=30)
        try:
            answers.put((argument, act(argument)))
        except Exception as error:  # noqa: BLE001 - told to the test
            answers.put((argument, type(error).__name__))
        connections.close_all()

    processes = [context.Process(target=run, args=(argument,)) for argument in arguments]
    for process in processes:
        process.start()
    told = [answers.get(timeout=50) for _ in processes]
    for process in processes:
        process.join(timeout=30)
    return [answer for _argument, answer in sorted(told, key=lambda pair: repr(pair[0]))]


def taken(made: FlowCase, *names: str) -> list[StepTask]:
    """Take these steps and give them back in order."""
    tasks = [next(task for task in made.open_steps() if task.flow_task.name == name) for name in names]
    for task in tasks:
        performing.take(step=task.pk, by=made.whose(task), at=AT)
    return tasks


def test_branches_that_end_together_meet_and_go_on_once():
    for _round in range(ROUNDS):
        made = flow_case("RO")
        made.begin()
        made.do("safety")
        made.do("signs")
        tasks = taken(made, "notify", "choose")

        def finish(pk, made=made):
            performing.perform(step=pk, answers={"outcome": "done"}, by=made.mine, at=AT)
            return "done"

        assert both(finish, [task.pk for task in tasks]) == ["done", "done"]
        assert made.names() == {"own_view"}
        assert len(made.open_steps()) == 1
        made.walk(lambda outcomes: outcomes[0])
        assert not StageProcess.objects.filter(case=made.case).exclude(status="DONE").exists()


def test_one_step_finished_by_two_processes_is_done_once():
    made = flow_case("RO")
    made.begin()
    (task,) = taken(made, "safety")

    def finish(_number):
        performing.perform(step=task.pk, answers={"outcome": "done"}, by=made.mine, at=AT)
        return "done"

    assert sorted(both(finish, [1, 2])) == ["StepOver", "done"]
    assert made.names() == {"signs"}


def test_two_sweeps_at_once_raise_each_passed_limit_once():
    for _number in range(5):
        made = flow_case("RO", citizenship=Citizenship.THIRD_COUNTRY)
        made.begin(Stage.PROTECTION)
    late = AT + timedelta(days=800)
    due = StepTask.objects.filter(due__lte=late, status__in=OPEN).count()
    # A sweep leaves what the other holds to the next round, so that rounds go on until nothing is due.
    raised = sum(both(lambda _number: timers.fire_due_timers(late), [1, 2])) + timers.fire_due_timers(late)
    assert raised == due > 0
    assert StepTask.objects.exclude(about=None).count() == due


def test_a_sweep_and_the_person_who_finishes_the_step_do_not_wait_for_each_other_for_ever():
    for _round in range(ROUNDS // 2):
        made = flow_case("RO", citizenship=Citizenship.THIRD_COUNTRY)
        made.begin(Stage.PROTECTION)
        (task,) = taken(made, "reflection")
        StepTask.objects.filter(pk=task.pk).update(due=AT)

        def act(what, task=task, made=made):
            if what == "finish":
                performing.perform(step=task.pk, answers={"outcome": "done"}, by=made.mine, at=AT)
                return "done"
            return timers.fire_due_timers(AT)

        finished, swept = both(act, ["finish", "sweep"])
        assert finished == "done"
        assert isinstance(swept, int)
        raised = StepTask.objects.filter(about=task)
        assert all(step.status == "CANCELED" for step in raised)
