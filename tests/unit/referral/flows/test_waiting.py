"""No step is stuck with somebody who is gone, on nobody's list, or goes on where the case is no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from people.roles import Role
from referral.cases.passing import pass_responsibility
from referral.flows import performing, stages, timers, waiting
from referral.flows.models import StepTask
from referral.models import Assignment
from referral.queries.my_work import my_work
from referral.rules.refusals import IllegalStep, NotInYourRole
from referral.vocabulary import AgeStatus, Stage
from secure_exchange.models import Entry
from tests.factories.flow_cases import AT, flow_case
from tests.factories.people import MembershipFactory


pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=9)


@pytest.fixture
def made():
    made = flow_case("RO")
    made.begin()
    return made


@pytest.fixture
def supervisor(made):
    return made.colleague(Role.SUPERVISOR)


def the_step(made):
    (task,) = made.open_steps()
    return task


def taken(made):
    return performing.take(step=the_step(made).pk, by=made.mine, at=AT)


def unassigned(by):
    Assignment.objects.filter(membership=by.membership).update(ended_at=AT, ended_by=by.membership)


def left_the_organisation(by):
    by.membership.ends_on = AT.date()
    by.membership.save()


def account_shut(by):
    by.user.is_active = False
    by.user.save()


def in_another_role(by):
    left_the_organisation(by)
    MembershipFactory.create(
        user=by.user,
        organisation=by.organisation,
        role=Role.FOCAL_POINT.value,
        starts_on=AT.date() + timedelta(days=1),
    )


GONE = [unassigned, left_the_organisation, account_shut, in_another_role]


def listed(by, at=LATER):
    return [task.flow_task.name for task in waiting.steps_waiting(by, at=at)]


# a step in the hands of somebody who is gone


@pytest.mark.parametrize("gone", GONE)
def test_a_step_of_somebody_who_is_gone_is_on_the_colleagues_list_and_can_be_taken(made, gone):
    task = taken(made)
    colleague = made.colleague(Role.CASEWORKER)
    assert listed(colleague) == []
    gone(made.mine)
    assert listed(colleague) == ["safety"]
    performing.take(step=task.pk, by=colleague, at=LATER)
    performing.perform(step=task.pk, answers={"outcome": "done"}, by=colleague, at=LATER)
    assert StepTask.objects.get(pk=task.pk).owner == colleague.user
    assert made.names() == {"signs"}


def test_a_step_of_a_colleague_who_is_there_stays_the_colleagues(made):
    task = taken(made)
    colleague = made.colleague(Role.CASEWORKER)
    with pytest.raises(performing.StepTaken):
        performing.take(step=task.pk, by=colleague, at=LATER)
    with pytest.raises(performing.StepTaken):
        performing.put_back(step=task.pk, by=colleague, at=LATER)


def test_what_was_kept_of_a_step_is_there_for_who_takes_it_over(made):
    task = taken(made)
    performing.keep(step=task.pk, answers={"safe_now": "yes"}, by=made.mine, at=AT)
    colleague = made.colleague(Role.CASEWORKER)
    unassigned(made.mine)
    performing.take(step=task.pk, by=colleague, at=LATER)
    assert StepTask.objects.get(pk=task.pk).answers == {"safe_now": "yes"}


def test_a_supervisor_puts_a_colleagues_step_back_and_it_is_recorded(made, supervisor):
    task = taken(made)
    colleague = made.colleague(Role.CASEWORKER)
    performing.put_back(step=task.pk, by=supervisor, at=LATER)
    row = StepTask.objects.get(pk=task.pk)
    assert (row.status, row.owner) == ("NEW", None)
    assert listed(colleague) == ["safety"]
    entry = Entry.objects.latest("sequence")
    assert (entry.act, entry.actor, entry.reason) == (
        "step-put-back",
        supervisor.pseudonym,
        f"step-{task.pk}",
    )


def test_a_supervisor_does_not_do_or_take_the_step_and_puts_nothing_back_that_nobody_has(made, supervisor):
    task = the_step(made)
    assert performing.see(step=task.pk, by=supervisor, at=AT) == task
    for act in (performing.put_back, performing.take):
        with pytest.raises(NotInYourRole):
            act(step=task.pk, by=supervisor, at=AT)
    taken(made)
    for act in (performing.perform, performing.keep):
        with pytest.raises(NotInYourRole):
            act(step=task.pk, answers={"outcome": "done"}, by=supervisor, at=AT)


def test_a_supervisor_of_another_organisation_puts_nothing_back(made):
    task = taken(made)
    there = made.join("police", roles=(Role.SUPERVISOR,))
    theirs = made.actors[there.pk, Role.SUPERVISOR.value]
    for act in (performing.see, performing.put_back):
        with pytest.raises(NotInYourRole):
            act(step=task.pk, by=theirs, at=AT)
    assert StepTask.objects.get(pk=task.pk).owner == made.mine.user


# steps that nobody on the case does


def without_anybody(by, at=LATER):
    return [(task.case.reference, task.flow_task.name) for task in waiting.steps_without_anybody(by, at=at)]


@pytest.mark.parametrize("gone", GONE)
def test_a_step_whose_role_nobody_on_the_case_has_is_on_the_supervisors_list(made, supervisor, gone):
    assert without_anybody(supervisor) == []
    gone(made.mine)
    assert without_anybody(supervisor) == [(made.case.reference, "safety")]
    [shown] = my_work(by=supervisor, at=LATER)["unattended"]
    assert shown["url"] == reverse("case-team", args=[made.case.reference])
    made.colleague(Role.CASEWORKER)
    assert without_anybody(supervisor) == []


def test_a_list_of_steps_that_nobody_does_is_one_query(made, supervisor, django_assert_num_queries):
    unassigned(made.mine)
    with django_assert_num_queries(1):
        assert without_anybody(supervisor) == [(made.case.reference, "safety")]


def test_steps_of_other_organisations_closed_cases_and_cases_of_others_are_not_on_it(made, supervisor):
    there = made.join("police", roles=(Role.SUPERVISOR,))
    unassigned(made.mine)
    assert without_anybody(made.actors[there.pk, Role.SUPERVISOR.value]) == []
    newcomer = made.colleague(Role.SUPERVISOR)
    unassigned(newcomer)
    assert without_anybody(newcomer) == [], "a case that somebody does not work looks as if it were not there"
    made.case.closed_at, made.case.closed_by = AT, supervisor.membership
    made.case.save()
    assert without_anybody(supervisor) == []


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.POLICE_LIAISON, Role.FOCAL_POINT])
def test_a_role_that_assigns_nobody_gets_no_such_list(made, role):
    other = made.colleague(role)
    unassigned(made.mine)
    assert without_anybody(other) == []


# steps of a case that was passed on


@pytest.fixture
def passed(made):
    task = the_step(made)
    StepTask.objects.filter(pk=task.pk).update(due=AT)
    performing.take(step=task.pk, by=made.mine, at=AT)
    pass_responsibility(case=made.case, to="casa@it.connect.test", actor="node@ro.connect.test", at=AT)
    return task


def test_steps_end_where_a_case_was_passed_on(made, supervisor, passed):
    assert listed(made.mine) == []
    unassigned(made.mine)
    assert without_anybody(supervisor) == []


def test_nobody_does_a_step_of_a_case_that_was_passed_on(made, supervisor, passed):
    for act, by in (
        (performing.perform, made.mine),
        (performing.keep, made.mine),
        (performing.put_back, supervisor),
    ):
        said = {} if act is performing.put_back else {"answers": {"outcome": "done"}}
        with pytest.raises(IllegalStep):
            act(step=passed.pk, by=by, at=LATER, **said)
    entry = Entry.objects.latest("sequence")
    assert (entry.act, entry.reason) == ("step-put-back-refused", "case_passed")


def test_no_limit_passes_in_a_case_that_was_passed_on(made, passed):
    assert timers.fire_due_timers(LATER) == 0
    assert StepTask.objects.get(pk=passed.pk).limit_passed_at is None


def test_a_changed_situation_raises_nothing_in_a_case_that_was_passed_on(made, passed):
    made.case.age_status = AgeStatus.CHILD.value
    assert stages.age_changed(made.case, LATER) == 0
    assert made.names() == {"safety"}


def test_closed_and_passed_cases_do_not_stand_in_the_way_of_other_limits(made, passed):
    other = flow_case("RO")
    other.begin(Stage.PROTECTION)
    assert timers.fire_due_timers(LATER, batch=1) == 1
    assert StepTask.objects.filter(case=other.case, about__isnull=False).count() == 1
