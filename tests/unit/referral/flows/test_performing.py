"""Steps are taken, put back and done by whom the rules allow, once, and on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from people.roles import Role
from referral.flows import performing, stages, waiting
from referral.flows.models import StepTask
from referral.models import Assignment, Participation
from referral.rules.refusals import Denied, IllegalStep, NotInYourRole, NotThere
from referral.vocabulary import AgeStatus, Citizenship, Stage
from secure_exchange.models import Entry
from tests.factories.flow_cases import AT, actor, flow_case
from tests.factories.people import MembershipFactory


pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    made = flow_case("RO", with_kinds=("police",))
    made.begin()
    return made


def entries():
    return list(Entry.objects.order_by("sequence").values_list("act", "reason"))


def test_a_step_is_taken_and_done_with_one_ledger_entry_each(made):
    before = len(entries())
    done = made.do("safety", safe_now="yes", at=AT + timedelta(hours=1))
    assert [act for act, _ in entries()[before:]] == ["step-taken", "step-done"]
    row = StepTask.objects.get(pk=done.pk)
    assert row.answers == {"outcome": "done", "safe_now": "yes"}
    assert row.finished == row.started == AT + timedelta(hours=1)
    assert row.owner == made.mine.user
    assert made.names() == {"signs"}


def test_a_step_done_twice_is_refused_and_nothing_happens_twice(made):
    task = made.do("safety")
    steps = StepTask.objects.count()
    with pytest.raises(IllegalStep) as refusal:
        performing.perform(step=task.pk, answers={"outcome": "done"}, by=made.mine, at=AT)
    assert refusal.value.status == 409
    assert refusal.value.code == "step-over"
    assert StepTask.objects.count() == steps
    assert entries()[-1][0] == "step-done-refused"


def test_a_step_is_not_done_before_it_is_taken(made):
    (task,) = made.open_steps()
    with pytest.raises(performing.StepNotTaken):
        performing.perform(step=task.pk, answers={"outcome": "done"}, by=made.mine, at=AT)
    assert StepTask.objects.get(pk=task.pk).status == "NEW"


def test_two_who_want_the_same_step_get_one_and_a_sentence(made):
    (task,) = made.open_steps()
    colleague = MembershipFactory.create(organisation=made.case.responsible, role=Role.CASEWORKER.value)
    other = _assigned(made, colleague)
    performing.take(step=task.pk, by=made.mine, at=AT)
    with pytest.raises(performing.StepTaken):
        performing.take(step=task.pk, by=other, at=AT)
    with pytest.raises(performing.StepTaken):
        performing.perform(step=task.pk, answers={"outcome": "done"}, by=other, at=AT)
    performing.put_back(step=task.pk, by=made.mine, at=AT)
    performing.take(step=task.pk, by=other, at=AT)
    assert StepTask.objects.get(pk=task.pk).owner == other.user


def test_another_role_another_organisation_and_a_stranger_are_refused_before_anything_changes(made):
    (task,) = made.open_steps()
    supervisor = _assigned(
        made, MembershipFactory.create(organisation=made.case.responsible, role=Role.SUPERVISOR.value)
    )
    police = next(by for (_org, role), by in made.actors.items() if role == Role.POLICE_LIAISON)
    stranger = actor(MembershipFactory.create())
    for by, refusal in ((supervisor, NotInYourRole), (police, NotInYourRole), (stranger, NotThere)):
        for act in (performing.take, performing.put_back):
            with pytest.raises(refusal):
                act(step=task.pk, by=by, at=AT)
        if by is not supervisor:
            with pytest.raises(refusal):
                performing.see(step=task.pk, by=by, at=AT)
    with pytest.raises(NotThere):
        performing.see(step=task.pk + 999, by=made.mine, at=AT)
    assert StepTask.objects.get(pk=task.pk).status == "NEW"


def test_access_is_asked_again_when_the_step_is_done(made):
    (task,) = made.open_steps()
    performing.take(step=task.pk, by=made.mine, at=AT)
    Participation.objects.filter(organisation=made.case.responsible).update(
        left_at=AT, left_by=made.mine.membership
    )
    with pytest.raises(NotThere):
        performing.perform(step=task.pk, answers={"outcome": "done"}, by=made.mine, at=AT)


def test_an_outcome_that_is_none_of_the_steps_leaves_nothing_half_done(made):
    (task,) = made.open_steps()
    performing.take(step=task.pk, by=made.mine, at=AT)
    with pytest.raises(performing.StepUnanswered) as refusal:
        performing.perform(step=task.pk, answers={"outcome": "cooperates"}, by=made.mine, at=AT)
    assert refusal.value.status == 422
    row = StepTask.objects.get(pk=task.pk)
    assert (row.status, row.answers) == ("ASSIGNED", {})


def test_a_doubtful_age_changes_the_track_in_the_middle_of_a_running_flow(made):
    made.do("safety", may_be_a_child="yes")
    made.case.refresh_from_db()
    assert made.case.age_status == AgeStatus.PRESUMED_CHILD
    assert made.names() == {"signs", "child_authority", "guardian", "best_interests"}
    made.walk(lambda outcomes: outcomes[0])
    names = list(StepTask.objects.filter(flow_task_type="HUMAN").values_list("flow_task", flat=True))
    assert sum(node.name == "guardian" for node in names) == 1, "asked once in a case"


@pytest.mark.parametrize("answer", ["do_not_know", "not_said"])
def test_no_answer_to_whether_the_person_could_be_a_child_is_doubt(made, answer):
    made.do("safety", may_be_a_child=answer)
    made.case.refresh_from_db()
    assert made.case.age_status == AgeStatus.PRESUMED_CHILD
    assert ("age-status-changed", "presumed_child") in entries()
    assert made.names() == {"signs", "child_authority", "guardian", "best_interests"}


@pytest.mark.parametrize("answers", [{"may_be_a_child": "no"}, {"may_be_a_child": "later"}, {}])
def test_a_question_that_was_not_asked_yet_leaves_what_was_said_when_the_case_was_opened(made, answers):
    made.do("safety", **answers)
    made.case.refresh_from_db()
    assert made.case.age_status == AgeStatus.ADULT
    assert made.names() == {"signs"}


def test_the_childs_steps_fall_away_when_the_doubt_is_over_and_the_flow_goes_on(made):
    made.case.age_status = AgeStatus.PRESUMED_CHILD.value
    made.case.save()
    assert stages.age_changed(made.case, AT) == 3
    made.case.age_status = AgeStatus.ADULT.value
    made.case.save()
    assert stages.age_changed(made.case, AT) == 3
    assert made.names() == {"safety"}
    outcomes = {task.answers.get("outcome") for task in StepTask.objects.filter(raised=True)}
    assert outcomes == {"not_needed"}


def test_a_permit_step_is_passed_over_when_the_person_turns_out_to_be_an_eu_citizen():
    made = flow_case("IT", citizenship=Citizenship.UNKNOWN)
    made.begin(Stage.PROTECTION)
    made.do("first")
    assert "permit_way" in made.names()
    made.case.citizenship = Citizenship.EU_CITIZEN.value
    made.case.save()
    assert stages.situation_changed(made.case, AT) == 1
    assert made.names() == {"recovery", "risk_and_needs"}
    made.walk(lambda outcomes: outcomes[0])
    assert made.case.stage_processes.filter(stage=Stage.PROTECTION, status="DONE").exists()


def test_police_steps_appear_only_where_police_take_part_and_their_no_ends_nothing(made):
    for name in ("safety", "signs", "notify", "choose"):
        made.do(name)
    assert made.names() == {"formal"}
    (formal,) = made.open_steps()
    assert formal.role == Role.POLICE_LIAISON
    made.do("formal", "not_confirmed")
    assert made.names() == {"own_view"}
    alone = flow_case("RO")
    alone.begin()
    for name in ("safety", "signs", "notify", "choose"):
        alone.do(name)
    assert alone.names() == {"own_view"}


def test_a_step_of_an_organisation_that_takes_no_part_falls_back_to_the_responsible_one():
    made = flow_case("PT", kind="social_service", age_status=AgeStatus.CHILD)
    made.begin()
    assert {(task.organisation_id, task.role) for task in made.open_steps()} == {
        (made.case.responsible_id, Role.SOCIAL_WORKER.value)
    }
    joined = made.join("ngo")
    stages.situation_changed(made.case, AT)
    made.do("safety")
    made.do("signs")
    made.do("flag_by_others")
    (first_line,) = [task for task in made.open_steps() if task.flow_task.name == "first_line"]
    assert (first_line.organisation_id, first_line.role) == (joined.pk, Role.CASEWORKER.value)


def test_a_revived_step_keeps_whose_it_is_and_nobody_else_can_take_it(made):
    (task,) = made.open_steps()
    task.process.moment = AT
    activation = task.flow_task.activation_class(task)
    activation.cancel()
    revived = activation.revive()
    assert (revived.organisation_id, revived.role, revived.case_id) == (
        task.organisation_id,
        task.role,
        task.case_id,
    )
    with pytest.raises(Denied):
        performing.take(step=revived.pk, by=actor(MembershipFactory.create()), at=AT)
    flow = task.process.flow_class
    assert not flow.instance.has_manage_permission(made.mine.user)
    assert not task.flow_task.can_assign(made.mine.user, revived)
    assert not task.flow_task.can_execute(made.mine.user, revived)


def test_my_work_lists_my_roles_open_steps_in_my_cases_in_one_query(made, django_assert_num_queries):
    other = flow_case("RO")
    other.begin()
    with django_assert_num_queries(1):
        mine = [
            (task.case.reference, task.flow_task.name) for task in waiting.steps_waiting(made.mine, at=AT)
        ]
    assert mine == [(made.case.reference, "safety")]
    Assignment.objects.filter(membership=made.mine.membership).update(
        ended_at=AT, ended_by=made.mine.membership
    )
    assert not waiting.steps_waiting(made.mine, at=AT).exists()
    assert [task.flow_task.name for task in waiting.steps_of(made.case, at=AT)] == ["safety"]


def _assigned(made, member):
    organisation = member.organisation
    by = made.mine.membership
    taking_part = Participation.objects.get(case=made.case, organisation=organisation)
    Assignment.objects.create(
        case=made.case, participation=taking_part, membership=member, assigned_at=AT, assigned_by=by
    )
    made.case.user_permissions.create(
        user=member.user, permission=made.case.user_permissions.first().permission
    )
    return actor(member)
