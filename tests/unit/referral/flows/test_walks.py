"""Every flow of every country can be walked to its end, whatever people answer."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from referral.flows import country
from referral.flows.models import StageProcess, StepTask
from referral.vocabulary import AgeStatus, Citizenship, Stage
from tests.factories.flow_cases import AT, flow_case


pytestmark = pytest.mark.django_db
COUNTRIES = sorted(country.all_countries())
STAGES = [Stage.IDENTIFICATION, Stage.PROTECTION]


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking a walk takes minutes and tells little
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("code", COUNTRIES)
def test_no_walk_through_a_flow_ever_sticks(code, stage, data):
    made = flow_case(
        code,
        kind=data.draw(st.sampled_from(["ngo", "shelter", "police", "social_service", "authority"])),
        age_status=data.draw(st.sampled_from(list(AgeStatus))),
        citizenship=data.draw(st.sampled_from(list(Citizenship))),
        with_kinds=tuple(data.draw(st.sets(st.sampled_from(["shelter", "police", "social_service"])))),
    )
    made.begin(stage)
    done = made.walk(lambda outcomes: data.draw(st.sampled_from(outcomes)))
    assert len(done) < 60
    assert not StageProcess.objects.filter(case=made.case).exclude(status="DONE").exists()
    assert not StepTask.objects.filter(case=made.case, finished=None).exists()
    assert not StepTask.objects.filter(case=made.case).exclude(failure="").exists()


@pytest.mark.parametrize("code", COUNTRIES)
def test_identification_that_goes_on_leads_to_protection_and_then_to_assistance(code):
    made = flow_case(code)
    made.begin()
    made.walk(lambda outcomes: outcomes[0])
    made.case.refresh_from_db()
    assert made.case.stage == Stage.ASSISTANCE
    assert [process.stage for process in StageProcess.objects.filter(case=made.case).order_by("pk")] == [
        Stage.IDENTIFICATION,
        Stage.PROTECTION,
    ]


@pytest.mark.parametrize("code", COUNTRIES)
def test_who_shows_no_signs_is_shown_other_help_and_the_case_stays_open(code):
    made = flow_case(code)
    made.begin()
    made.do("safety")
    made.do("signs", "no_signs")
    made.do("other_help")
    made.case.refresh_from_db()
    assert made.case.closed_at is None
    assert made.case.stage == Stage.IDENTIFICATION
    assert made.begin().status == "NEW", "the door is open: the stage can begin again"


@pytest.mark.parametrize("code", COUNTRIES)
def test_a_stage_that_runs_is_not_begun_a_second_time(code):
    made = flow_case(code)
    assert made.begin() == made.begin(at=AT)
