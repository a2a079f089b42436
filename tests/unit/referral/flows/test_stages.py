"""What happens to running and finished flows when what is known of the person changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from referral.flows import stages
from referral.flows.models import StageProcess, StepTask
from referral.vocabulary import AgeStatus, Citizenship, Stage
from tests.factories.flow_cases import AT, flow_case


pytestmark = pytest.mark.django_db
OF_A_CHILD = {"child_authority", "guardian", "best_interests"}
LATER = AT + timedelta(hours=1)


def become(made, age_status: AgeStatus) -> int:
    made.case.age_status = age_status.value
    made.case.save()
    return stages.age_changed(made.case, LATER)


def test_a_child_gets_the_childs_steps_back_after_somebody_said_adult_by_mistake():
    made = flow_case()
    made.begin()
    for age_status in (AgeStatus.PRESUMED_CHILD, AgeStatus.ADULT, AgeStatus.CHILD):
        become(made, age_status)
    assert made.names() == {"safety", *OF_A_CHILD}


def test_what_was_done_for_the_child_is_not_asked_a_second_time():
    made = flow_case()
    made.begin()
    become(made, AgeStatus.CHILD)
    made.do("guardian")
    become(made, AgeStatus.ADULT)
    become(made, AgeStatus.CHILD)
    assert made.names() == {"safety", "child_authority", "best_interests"}


def test_the_childs_steps_of_a_finished_stage_are_set_aside_when_the_person_is_an_adult():
    made = flow_case(age_status=AgeStatus.CHILD)
    made.begin()
    for name in ("safety", "signs", "notify", "choose", "own_view"):
        made.do(name)
    assert StageProcess.objects.get(case=made.case, stage=Stage.IDENTIFICATION).status == "DONE"
    assert made.names() >= OF_A_CHILD
    assert become(made, AgeStatus.ADULT) == 3
    assert not made.names() & OF_A_CHILD


def test_a_doubt_after_the_last_stage_with_steps_still_brings_the_childs_steps():
    made = flow_case()
    made.begin()
    made.walk(lambda outcomes: outcomes[0])
    made.case.refresh_from_db()
    assert made.case.stage == Stage.ASSISTANCE
    assert become(made, AgeStatus.PRESUMED_CHILD) == 3
    assert made.names() == OF_A_CHILD
    made.walk(lambda outcomes: outcomes[0])
    assert not StepTask.objects.filter(case=made.case, finished=None).exists()
    assert not StageProcess.objects.exclude(status="DONE").exists()


def test_a_raised_step_of_a_finished_stage_goes_to_who_does_it_now():
    made = flow_case(age_status=AgeStatus.CHILD)
    made.begin()
    for name in ("safety", "signs", "notify", "choose", "own_view"):
        made.do(name)
    joined = made.join("social_service")
    stages.situation_changed(made.case, LATER)
    (guardian,) = [task for task in made.open_steps() if task.flow_task.name == "guardian"]
    assert (guardian.organisation_id, guardian.role) == (joined.pk, "social_worker")


def test_a_permit_in_portugal_is_asked_for_while_the_reflection_period_runs():
    made = flow_case("PT", citizenship=Citizenship.THIRD_COUNTRY)
    made.begin(Stage.PROTECTION)
    made.do("rights")
    assert made.names() >= {"reflection", "permit_way"}
    made.do("permit_way")
    made.do("permit_request")
    assert "reflection" in made.names()
    made.do("reflection")
    assert made.names() == {"shelter", "risk_and_needs"}


def test_a_citizen_of_the_union_in_portugal_recovers_without_a_permit_step():
    made = flow_case("PT", citizenship=Citizenship.EU_CITIZEN)
    made.begin(Stage.PROTECTION)
    made.do("rights")
    assert made.names() == {"shelter", "risk_and_needs", "recovery"}


def test_a_step_that_a_later_version_of_the_flow_has_no_more_stands_in_the_way_of_nothing():
    made = flow_case("PT", citizenship=Citizenship.EU_CITIZEN, age_status=AgeStatus.CHILD)
    made.begin(Stage.PROTECTION)
    made.do("shelter")
    with connection.cursor() as cursor:
        for name in ("shelter", "risk_and_needs"):
            cursor.execute(
                "UPDATE flows_steptask SET flow_task = replace(flow_task, %s, %s)", [f".{name}", ".gone"]
            )
    assert become(made, AgeStatus.ADULT) == 3
