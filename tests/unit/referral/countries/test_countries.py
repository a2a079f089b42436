"""What every country brings: its limits as the law table has them, forms that render, steps that end."""

from __future__ import annotations

import copy
import inspect
from dataclasses import replace

import pytest
from django.utils import translation

from people.roles import Role
from referral.flows import country, situation
from referral.flows.base import NationalFlow
from referral.flows.checks import check_countries, faults_of_starts
from referral.flows.forms import uncoded
from referral.flows.limits import Confidence, NoLimit, Start, TimeLimit, Unit
from referral.flows.situation import Party, Situation
from referral.vocabulary import AgeStatus, Citizenship, Stage


ALL = country.all_countries()
FLOWS = [flow for place in ALL.values() for serving in place.stages.values() for _since, flow in serving]
STEPS = [(flow, step) for flow in FLOWS for step in flow.steps()]
HERE = Party(1, "ngo")

READ, MEMORY = Confidence.READ, Confidence.MEMORY
LAW = [
    # country, key, amount, unit, least, basis contains, confidence
    ("RO", "ro_reflection", 90, Unit.DAYS, None, "39¹(1)", READ),
    ("RO", "ro_compensation", 1, Unit.YEARS, None, "211/2004", READ),
    ("IT", "it_first_assistance", 3, Unit.MONTHS, None, "228/2003 art. 13", READ),
    ("IT", "it_first_assistance_extended", 3, Unit.MONTHS, None, "237/2005", MEMORY),
    ("IT", "it_permit_art_18", 6, Unit.MONTHS, None, "18(4)", MEMORY),
    ("IT", "it_permit_art_18_ter", 6, Unit.MONTHS, None, "18-ter(3)", READ),
    ("IT", "it_compensation", 5, Unit.YEARS, None, "2-quater", READ),
    ("IT", "it_compensation_unknown_offender", 1, Unit.YEARS, None, "2-quinquies", READ),
    ("IT", "it_fund_answer", 60, Unit.DAYS, None, "2-sexies", READ),
    ("PT", "pt_reflection", 60, Unit.DAYS, 30, "111", READ),
    ("PT", "pt_permit", 1, Unit.YEARS, None, "109.º(5)", READ),
    ("PT", "pt_compensation", 1, Unit.YEARS, None, "104/2009", MEMORY),
]
NONE = [
    ("RO", "ro_recovery_of_citizens", "38¹", READ),
    ("IT", "it_age_doubt", "234/2016", READ),
    ("PT", "pt_confirmation", "368/2007", READ),
    ("PT", "pt_shelter", "CAP", READ),
]


@pytest.mark.parametrize(("code", "key", "amount", "unit", "least", "basis", "confidence"), LAW)
def test_a_time_limit_is_the_one_of_the_law_table(code, key, amount, unit, least, basis, confidence):
    limit = ALL[code].limit(key)
    assert isinstance(limit, TimeLimit)
    assert (limit.amount, limit.unit, limit.minimum, limit.confidence) == (amount, unit, least, confidence)
    assert basis in limit.basis
    assert limit.source


@pytest.mark.parametrize(("code", "key", "basis", "confidence"), NONE)
def test_what_has_no_time_limit_says_so_with_its_basis(code, key, basis, confidence):
    limit = ALL[code].limit(key)
    assert isinstance(limit, NoLimit)
    assert basis in limit.basis
    assert limit.confidence == confidence


@pytest.mark.parametrize("place", ALL.values(), ids=list(ALL))
def test_every_limit_has_a_key_of_its_own_and_a_basis_and_a_day_of_checking(place):
    assert len({limit.key for limit in place.limits}) == len(place.limits)
    for limit in place.limits:
        assert limit.basis
        assert limit.checked
        if limit.confidence is READ:
            assert limit.source


def test_the_system_checks_find_no_fault_in_any_country():
    assert check_countries(None) == []


@pytest.mark.parametrize(
    "wrong",
    [
        Start(step="nowhere"),
        Start(step="own_view", outcomes=frozenset({"confirmed"})),
        Start(step="formal", answer="outcome"),
        Start(step="formal", answer="told_on"),
    ],
    ids=repr,
)
def test_a_limit_that_counts_from_what_no_step_tells_is_a_fault(wrong):
    steps = [step for flow, step in STEPS if flow.country == "RO"]
    assert not list(faults_of_starts(steps))
    limit = replace(ALL["RO"].limit("ro_reflection"), since=(wrong,))
    reflection = copy.copy(next(step for step in steps if step.name == "reflection"))
    reflection.limit = limit
    (fault,) = faults_of_starts([*(step for step in steps if step.name != "reflection"), reflection])
    assert fault.id == "flows.E008"


@pytest.mark.parametrize("flow", FLOWS, ids=str)
def test_every_node_can_be_reached(flow):
    assert set(flow._nodes_by_name) == flow.reachable()


@pytest.mark.parametrize(("flow", "step"), STEPS, ids=[f"{flow}.{step.name}" for flow, step in STEPS])
def test_every_step_says_who_does_it_why_and_has_a_way_out(flow, step):
    assert step.by.role in set(Role)
    assert str(step.says.title)
    assert str(step.says.why)
    assert step.form.exits(), "a yes is the only answer"
    assert not list(uncoded(step.form)), "a field could hold free text"
    assert isinstance(step.limit, (TimeLimit, NoLimit))


@pytest.mark.parametrize("language", ["en", "it", "pt", "ro"])
@pytest.mark.parametrize(("flow", "step"), STEPS, ids=[f"{flow}.{step.name}" for flow, step in STEPS])
def test_every_form_renders_and_every_question_may_stay_open(flow, step, language):
    for age_status in AgeStatus:
        seen = Situation(age_status.value, Citizenship.UNKNOWN.value, HERE, (HERE,))
        with translation.override(language):
            assert str(step.form(situation=seen))
            only_outcome = step.form({"outcome": step.form.outcomes[0][0]}, situation=seen)
            assert only_outcome.is_valid(), only_outcome.errors
            assert only_outcome.answers() == {"outcome": step.form.outcomes[0][0]}
            assert not step.form({}, situation=seen).is_valid()


@pytest.mark.parametrize(("flow", "step"), STEPS, ids=[f"{flow}.{step.name}" for flow, step in STEPS])
def test_a_child_is_not_asked_about_means(flow, step):
    for age_status in (AgeStatus.CHILD, AgeStatus.PRESUMED_CHILD):
        seen = Situation(age_status.value, Citizenship.NATIONAL.value, HERE, (HERE,))
        assert not {"means", "may_be_a_child"} & set(step.form(situation=seen).fields)


@pytest.mark.parametrize("code", ALL)
def test_each_country_names_its_child_authority_and_raises_the_childs_steps_at_once(code):
    names = {"RO": "DGASPC", "IT": "Tribunale per i minorenni", "PT": "CPCJ"}
    for serving in ALL[code].stages.values():
        for _since, flow in serving:
            raised = {step.name: step for step in flow.steps() if step.at_once}
            assert set(raised) == {"child_authority", "guardian", "best_interests"}
            assert names[code] in str(raised["child_authority"].says.title)
            assert all(step.only_for is situation.child for step in raised.values())


@pytest.mark.parametrize("code", ALL)
@pytest.mark.parametrize("citizenship", [Citizenship.NATIONAL, Citizenship.EU_CITIZEN])
def test_whoever_may_stay_sees_no_permit_step(code, citizenship):
    seen = Situation(AgeStatus.ADULT.value, citizenship.value, HERE, (HERE,))
    (_since, flow), *_ = ALL[code].stages[Stage.PROTECTION]
    shown = {step.name for step in flow.steps() if step.only_for(seen)}
    assert not {"permit_way", "permit_request", "reflection"} & shown


def test_no_condition_can_look_at_cooperation():
    assert set(Situation.__dataclass_fields__) == {"age_status", "citizenship", "responsible", "parties"}
    for _flow, step in STEPS:
        assert list(inspect.signature(step.only_for).parameters) == ["situation"]


def test_a_flow_is_not_shared_by_subclassing_it():
    (_since, flow), *_ = ALL["RO"].stages[Stage.PROTECTION]
    with pytest.raises(TypeError, match="mixins"):
        type("Protection2027", (flow,), {"__module__": NationalFlow.__module__})


def test_an_unknown_country_is_named_as_such():
    with pytest.raises(country.UnknownCountry):
        country.get("XX")
