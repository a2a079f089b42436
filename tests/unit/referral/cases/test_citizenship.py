"""A citizenship that was entered wrongly is corrected, and the steps about residence come or go with it."""

from __future__ import annotations

import pytest

from people.roles import Role
from referral.cases.citizenship import change_citizenship
from referral.flows import stages
from referral.flows.models import StageProcess, StepTask
from referral.models import Participation
from referral.rules.refusals import IllegalStep, NotInYourRole, NotThere
from referral.vocabulary import Citizenship, Stage
from secure_exchange.models import Entry
from tests.factories.flow_cases import AT, actor, flow_case
from tests.factories.people import MembershipFactory


pytestmark = pytest.mark.django_db
EU, THIRD = Citizenship.EU_CITIZEN, Citizenship.THIRD_COUNTRY


def change(made, citizenship, by=None):
    changed = change_citizenship(
        case=made.case,
        citizenship=citizenship,
        by=by or made.mine,
        at=AT,
        reconsider=stages.situation_changed,
    )
    made.case.refresh_from_db()
    return changed


def protected(code, citizenship, *done):
    made = flow_case(code, citizenship=citizenship)
    made.begin(Stage.PROTECTION)
    for name in done:
        made.do(name)
    return made


def last_entry():
    return Entry.objects.latest("sequence")


def test_a_citizen_of_the_union_opened_as_a_foreigner_loses_the_permit_steps():
    made = protected("IT", THIRD, "first")
    assert "permit_way" in made.names()
    change(made, EU)
    assert made.case.citizenship == EU
    assert made.names() == {"recovery", "risk_and_needs"}
    assert (last_entry().act, last_entry().object) == ("citizenship-changed", made.case.reference)
    assert last_entry().reason == "eu_citizen"


@pytest.mark.parametrize(
    ("code", "done", "residence"),
    [
        ("RO", (), {"reflection"}),
        ("RO", ("recovery",), {"reflection"}),
        ("RO", ("safe_place", "recovery", "risk_and_needs"), {"reflection"}),
        ("IT", ("first",), {"permit_way"}),
        ("IT", ("first", "recovery", "risk_and_needs"), {"permit_way"}),
        ("PT", ("rights",), {"reflection", "permit_way"}),
        ("PT", ("shelter", "rights", "recovery", "risk_and_needs"), {"reflection", "permit_way"}),
    ],
)
def test_a_foreigner_opened_as_a_citizen_gets_the_steps_the_flow_went_past(code, done, residence):
    made = protected(code, EU, *done)
    before = made.names()
    change(made, THIRD)
    assert made.names() == (before - {"recovery"} if code != "IT" else before) | residence
    made.walk(lambda outcomes: outcomes[0])
    made.case.refresh_from_db()
    assert made.case.stage == Stage.ASSISTANCE
    names = [task.flow_task.name for task in StepTask.objects.filter(case=made.case, flow_task_type="HUMAN")]
    assert all(names.count(name) == 1 for name in residence)
    if code != "RO":
        assert names.count("permit_request") == 1, "the step behind a step that was caught up on comes too"


def test_a_step_that_is_still_ahead_is_not_raised_beside_the_flow():
    made = protected("PT", EU)
    change(made, THIRD)
    assert "reflection" not in made.names()
    made.do("rights")
    assert "reflection" in made.names()
    assert not StepTask.objects.filter(flow_task__endswith=".reflection", raised=True).exists()


def test_a_mis_click_takes_no_permit_step_away_for_good():
    made = protected("RO", THIRD)
    for citizenship in (EU, THIRD):
        change(made, citizenship)
    assert "reflection" in made.names()


def test_what_the_person_declined_is_not_asked_again():
    made = protected("IT", THIRD, "first")
    made.do("permit_way", "declined")
    for citizenship in (EU, THIRD):
        change(made, citizenship)
    assert not {"permit_way", "permit_request"} & made.names()


def test_a_reflection_period_that_was_had_is_not_offered_again():
    made = protected("RO", THIRD, "reflection")
    for citizenship in (EU, THIRD):
        change(made, citizenship)
    assert "reflection" not in made.names()


def test_a_foreigner_is_caught_up_with_after_protection_too():
    made = protected("RO", EU)
    made.walk(lambda outcomes: outcomes[0])
    assert not StageProcess.objects.exclude(status="DONE").exists()
    change(made, THIRD)
    assert made.names() == {"reflection"}
    made.do("reflection")
    assert not made.names()


def test_a_citizenship_that_does_not_change_is_no_act():
    made = protected("RO", EU)
    before = Entry.objects.count()
    change(made, EU)
    assert Entry.objects.count() == before


def test_who_is_not_responsible_or_not_there_changes_nothing_and_it_is_recorded():
    made = protected("IT", EU)
    made.join("police")
    police = next(by for (_org, role), by in made.actors.items() if role == Role.POLICE_LIAISON)
    for by, refusal, reason in (
        (police, NotInYourRole, "not_responsible"),
        (actor(MembershipFactory.create()), NotThere, "not_participating"),
    ):
        with pytest.raises(refusal):
            change(made, THIRD, by)
        assert (last_entry().act, last_entry().reason) == ("citizenship-changed-refused", reason)
    made.case.refresh_from_db()
    assert made.case.citizenship == EU


def test_a_closed_case_and_one_that_was_left_keep_their_citizenship():
    made = protected("IT", EU)
    made.case.closed_at, made.case.closed_by = AT, made.mine.membership
    made.case.save()
    with pytest.raises(IllegalStep):
        change(made, THIRD)
    Participation.objects.update(left_at=AT, left_by=made.mine.membership)
    with pytest.raises(NotThere):
        change(made, THIRD)
