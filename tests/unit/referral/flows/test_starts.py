"""A time limit is counted from what it names; where that is not known there is no day, until one is added."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from people.roles import Role
from referral.flows import performing, stages, timers
from referral.flows.calendar import end_of_day
from referral.flows.models import StepTask
from referral.flows.performing import StepNotTaken, StepTaken
from referral.models import Case
from referral.vocabulary import AgeStatus, Citizenship, Stage
from secure_exchange.models import Entry
from tests.factories.flow_cases import AT, flow_case


pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LISBON, BUCHAREST, ROME = "Europe/Lisbon", "Europe/Bucharest", "Europe/Rome"


def waiting(made, name) -> StepTask:
    (task,) = [task for task in made.open_steps() if task.flow_task.name == name]
    return task


def foreigner(code, **said):
    return flow_case(code, citizenship=Citizenship.THIRD_COUNTRY, **said)


def in_portugal(*, at=AT, **flagged):
    """A foreigner in Portugal in front of the reflection period, flagged with these answers."""
    made = foreigner("PT")
    made.begin()
    for name in ("safety", "signs"):
        made.do(name)
    made.do("flag_by_others", **flagged)
    for name in ("first_line", "choose", "own_view"):
        made.do(name, at=at)
    made.do("rights", at=at)
    return made


def in_romania(outcome="presumed", *, at=AT, police=False, **decided):
    made = foreigner("RO", with_kinds=("police",) if police else ())
    made.begin()
    for name in ("safety", "signs", "notify", "choose"):
        made.do(name)
    made.do("formal" if police else "own_view", outcome, at=at, **decided)
    return made


def kept(made, name, at=AT, **answers):
    task = waiting(made, name)
    by = made.whose(task)
    if task.owner_id is None:
        performing.take(step=task.pk, by=by, at=at)
    performing.keep(step=task.pk, answers=answers, by=by, at=at)
    return waiting(made, name)


def test_sixty_days_in_portugal_run_from_the_flagging_however_long_identification_took():
    made = in_portugal(at=AT + 20 * DAY, sent_on="2026-11-20")
    reflection = waiting(made, "reflection")
    assert reflection.due == end_of_day(date(2027, 1, 19), zone=LISBON)
    node = reflection.flow_task
    assert node.started(reflection, AT + 20 * DAY).date() == date(2026, 11, 20)
    assert not reflection.start_unknown


def test_without_the_day_there_is_no_date_rather_than_a_wrong_one():
    reflection = waiting(in_portugal(), "reflection")
    assert reflection.due is None
    assert reflection.start_unknown
    assert timers.fire_due_timers(AT + 900 * DAY) >= 0
    assert not StepTask.objects.filter(about=reflection).exists()


def test_the_day_can_be_added_while_the_step_is_open():
    made = in_portugal()
    reflection = kept(made, "reflection", started_by="person", started_on="2026-11-10")
    assert reflection.due == end_of_day(date(2027, 1, 9), zone=LISBON)
    assert reflection.status == "ASSIGNED"
    assert reflection.answers == {"started_by": "person", "started_on": "2026-11-10"}
    assert Entry.objects.latest("sequence").act == "step-kept"
    assert kept(made, "reflection", started_by="person").due is None


def test_whichever_comes_first_counts():
    made = in_portugal(sent_on="2026-11-20")
    assert kept(made, "reflection", started_on="2026-11-22").due == end_of_day(date(2027, 1, 19), zone=LISBON)
    assert kept(made, "reflection", started_on="2026-11-02").due == end_of_day(date(2027, 1, 1), zone=LISBON)


@pytest.mark.parametrize("day", ["2026-11-24", "2062-11-20"])
def test_a_day_that_has_not_come_yet_is_no_start(day):
    assert kept(in_portugal(), "reflection", started_on=day).due is None


def test_ninety_days_in_romania_run_from_the_serious_reasons_and_not_from_the_step():
    made = in_romania(at=AT + DAY)
    due = end_of_day(date(2027, 2, 22), zone=BUCHAREST)
    assert waiting(made, "reflection").due == due
    made.case.citizenship = Citizenship.EU_CITIZEN.value
    stages.situation_changed(made.case, AT + 3 * DAY)
    made.case.citizenship = Citizenship.THIRD_COUNTRY.value
    stages.situation_changed(made.case, AT + 9 * DAY)
    assert waiting(made, "reflection").due == due, "whenever the step itself came to be"


def test_a_formal_identification_counts_from_the_day_of_its_decision():
    made = in_romania("identified", police=True, decided_on="2026-11-03")
    assert waiting(made, "reflection").due == end_of_day(date(2027, 2, 1), zone=BUCHAREST)
    assert waiting(in_romania("identified", police=True), "reflection").due is None


@pytest.mark.parametrize("outcome", ["later", "at_risk"])
def test_without_serious_reasons_in_this_case_the_day_of_the_grant_counts(outcome):
    made = in_romania(outcome)
    assert waiting(made, "reflection").due is None
    assert kept(made, "reflection", granted_on="2026-11-12").due == end_of_day(
        date(2027, 2, 10), zone=BUCHAREST
    )


def test_a_case_that_came_in_protection_knows_no_start_until_somebody_adds_it():
    made = foreigner("RO")
    made.begin(Stage.PROTECTION)
    assert waiting(made, "reflection").start_unknown
    assert kept(made, "reflection", granted_on="2026-11-12").due is not None


def test_three_months_in_italy_run_from_joining_the_programme():
    made = flow_case("IT")
    made.begin(Stage.PROTECTION)
    made.do("first", at=AT + DAY)
    for name in ("recovery", "risk_and_needs"):
        made.do(name, at=AT + 30 * DAY)
    assert waiting(made, "first_assistance").due == end_of_day(date(2027, 2, 24), zone=ROME)


def test_who_has_not_joined_yet_has_no_three_months_running():
    made = flow_case("IT")
    made.begin(Stage.PROTECTION)
    made.do("first", "later")
    for name in ("recovery", "risk_and_needs"):
        made.do(name)
    assert waiting(made, "first_assistance").start_unknown
    began = kept(made, "first_assistance", began_on="2026-11-20")
    assert began.due == end_of_day(date(2027, 2, 20), zone=ROME)


def test_reminders_of_protection_run_from_its_beginning():
    made = flow_case("IT")
    made.begin(Stage.PROTECTION)
    made.do("first", at=AT + 5 * DAY)
    assert waiting(made, "risk_and_needs").due == AT + timedelta(hours=72)
    assert waiting(made, "recovery").due == end_of_day(date(2026, 12, 23), zone=ROME)


def test_an_open_step_is_dated_anew_when_another_one_tells_an_earlier_start():
    made = foreigner("RO", with_kinds=("police",))
    made.begin(Stage.PROTECTION)
    assert waiting(made, "reflection").due is None
    made.begin(Stage.IDENTIFICATION)
    for name in ("safety", "signs", "notify", "choose"):
        made.do(name)
    made.do("formal", "identified", decided_on="2026-11-03")
    assert made.case.stage_processes.filter(stage=Stage.PROTECTION).count() == 1
    assert waiting(made, "reflection").due == end_of_day(date(2027, 2, 1), zone=BUCHAREST)


def test_a_limit_that_had_not_passed_after_all_asks_nobody_to_decide():
    made = in_portugal()
    reflection = kept(made, "reflection", started_on="2026-08-01")
    assert reflection.due < AT
    assert timers.fire_due_timers(AT) >= 1
    assert "limit_passed" in made.names()
    reflection = kept(made, "reflection", started_on="2026-11-01")
    assert reflection.limit_passed_at is None
    assert "limit_passed" not in made.names()
    timers.fire_due_timers(reflection.due)
    assert StepTask.objects.filter(about=reflection, status="NEW").exists()


def test_only_who_has_the_step_in_hand_adds_to_it():
    made = in_portugal()
    task = waiting(made, "reflection")
    with pytest.raises(StepNotTaken):
        performing.keep(step=task.pk, answers={}, by=made.mine, at=AT)
    performing.take(step=task.pk, by=made.mine, at=AT)
    with pytest.raises(StepTaken):
        performing.keep(step=task.pk, answers={}, by=made.colleague(Role.CASEWORKER), at=AT)


def test_a_doubt_about_age_counts_from_the_moment_it_is_kept():
    made = flow_case("PT")
    made.begin()
    kept(made, "safety", may_be_a_child="yes")
    assert Case.objects.get(pk=made.case.pk).age_status == AgeStatus.PRESUMED_CHILD
    made.do("safety", safe_now="yes")
    done = StepTask.objects.get(case=made.case, flow_task__endswith=".safety")
    assert done.answers == {"outcome": "done", "safe_now": "yes", "may_be_a_child": "yes"}
