"""The access matrix: every role, category and situation, from the table in people.roles."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.roles import LEVELS, Role, clearances
from referral.rules.access import SEES_CASES, Act, On, Who, may, needs_reason, permissions
from referral.rules.decision import UNSEEN, Reason
from referral.vocabulary import Category


ALL = frozenset(Category)
ROLES, CATEGORIES, ACTS = st.sampled_from(Role), st.sampled_from(Category), st.sampled_from(Act)
SETS = st.frozensets(CATEGORIES)
PERMISSIONS = st.frozensets(
    st.sampled_from(
        [
            "work_case",
            "hand_over_case",
            *(f"{verb}_{category}" for verb in ("read", "write") for category in ALL),
        ]
    )
)
SITUATIONS = st.builds(
    On,
    participates=st.booleans(),
    responsible=st.booleans(),
    keeps=st.booleans(),
    closed=st.booleans(),
    passed=st.booleans(),
    permitted=PERMISSIONS,
    granted=SETS,
    disclosed=SETS,
    category=CATEGORIES,
    categories=SETS,
    step_role=st.none() | ROLES,
    step_is_ours=st.booleans(),
    addressed=st.booleans(),
)
PEOPLE = st.builds(Who, role=ROLES, active=st.booleans())


def everything(role: Role, **other: object) -> On:
    facts = {
        "participates": True,
        "responsible": True,
        "permitted": permissions(role, ALL),
        "granted": ALL,
        "disclosed": ALL,
        "addressed": True,
        "step_role": role,
        "step_is_ours": True,
        **other,
    }
    return On(**facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "category", "assigned", "granted", "disclosed"),
    [case for case in product(Role, Category, *[(True, False)] * 3) if case[3] or not case[4]],
)
def test_reading_and_writing_follow_the_matrix(role, category, assigned, granted, disclosed):
    level = LEVELS[role][category]
    on = On(
        participates=True,
        permitted=permissions(role, ALL) if assigned else frozenset(),
        granted=frozenset({category}) if granted else frozenset(),
        disclosed=frozenset({category}) if disclosed else frozenset(),
        category=category,
    )
    reads = assigned and granted and (level in {"F", "R"} or (level == "C" and disclosed))
    assert may(Who(role, active=True), Act.READ, on).allowed is reads
    assert may(Who(role, active=True), Act.WRITE, on).allowed is (reads and level == "F")


@given(PEOPLE, ACTS, SITUATIONS)
def test_nobody_does_anything_without_an_active_membership(who, act, on):
    if not who.active:
        assert may(who, act, on).reason is Reason.MEMBERSHIP_ENDED


@given(
    PEOPLE,
    st.sampled_from(
        [act for act in Act if act.value not in {"open_case", "import_cases", "see_offers", "answer_offer"}]
    ),
    SITUATIONS,
)
def test_nothing_on_a_case_without_taking_part_and_being_assigned(who, act, on):
    decision = may(who, act, on)
    if decision:
        assert on.participates
        assert "work_case" in on.permitted
        assert who.role in SEES_CASES
    if not on.participates or "work_case" not in on.permitted:
        assert decision.reason in UNSEEN


@given(PEOPLE, SITUATIONS)
def test_whoever_reads_also_holds_the_clearance_of_the_category(who, on):
    if may(who, Act.READ, on):
        assert on.category in clearances(who.role)
        assert on.category in on.granted
        assert f"read_{on.category}" in on.permitted


@given(PEOPLE, SITUATIONS)
def test_whoever_writes_may_read(who, on):
    if may(who, Act.WRITE, on):
        assert may(who, Act.READ, on)
        assert not on.closed


@given(PEOPLE, SITUATIONS)
def test_nobody_hands_over_what_is_not_theirs_to_read(who, on):
    if may(who, Act.HAND_OVER, on):
        assert on.responsible
        assert not on.closed
        assert "hand_over_case" in on.permitted
        assert all(LEVELS[who.role][category] in {"F", "R", "C"} for category in on.categories)
        assert on.categories <= on.granted


@given(PEOPLE, SITUATIONS)
def test_a_step_is_worked_by_its_own_role_and_organisation(who, on):
    if may(who, Act.WORK_STEP, on):
        assert on.step_is_ours
        assert on.step_role == who.role


@given(PEOPLE, st.sampled_from([Act.WORK_STEP, Act.PUT_STEP_BACK]), SITUATIONS)
def test_nobody_touches_a_step_of_another_organisation_or_of_a_case_that_is_closed_or_passed_on(who, act, on):
    if may(who, act, on):
        assert on.step_is_ours
        assert not on.closed
        assert not on.passed


@given(PEOPLE, SITUATIONS)
def test_a_step_that_somebody_has_in_hand_is_put_back_by_a_supervisor_only(who, on):
    if may(who, Act.PUT_STEP_BACK, on):
        assert who.role is Role.SUPERVISOR


@given(PEOPLE, SITUATIONS)
def test_only_the_responsible_organisation_says_adult_and_on_an_open_case(who, on):
    if may(who, Act.SAY_ADULT, on):
        assert who.role in {Role.CASEWORKER, Role.SUPERVISOR}
        assert on.responsible
        assert not on.closed


@given(PEOPLE, SITUATIONS)
def test_only_the_responsible_organisation_changes_the_citizenship_and_on_an_open_case(who, on):
    if may(who, Act.CHANGE_CITIZENSHIP, on):
        assert on.responsible
        assert not on.closed


@pytest.mark.parametrize("role", sorted(SEES_CASES))
def test_a_child_may_be_said_by_everyone_on_the_case_always(role):
    for responsible, closed, passed in product((True, False), repeat=3):
        on = everything(role, responsible=responsible, closed=closed, passed=passed, granted=frozenset())
        assert may(Who(role, active=True), Act.CHANGE_AGE, on)


@pytest.mark.parametrize("role", sorted(SEES_CASES))
def test_withdrawing_consent_is_open_to_everyone_on_the_case_always(role):
    for responsible, closed in product((True, False), repeat=2):
        on = everything(role, responsible=responsible, closed=closed, granted=frozenset())
        assert may(Who(role, active=True), Act.WITHDRAW_CONSENT, on)


@given(PEOPLE, SITUATIONS)
def test_who_works_a_case_is_changed_by_who_is_responsible_and_taken_back_by_who_keeps_it(who, on):
    if may(who, Act.ADD_ORGANISATION, on) or may(who, Act.DISCLOSE, on):
        assert on.responsible
        assert not on.closed
        assert on.categories <= on.granted
    if may(who, Act.REMOVE_ORGANISATION, on):
        assert on.keeps


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.SUPERVISOR])
def test_ending_somebody_s_part_is_possible_in_a_case_that_is_closed_or_was_passed_on(role):
    on = everything(role, responsible=False, keeps=True, closed=True)
    assert may(Who(role, active=True), Act.REMOVE_ORGANISATION, on)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
@pytest.mark.parametrize("act", Act)
def test_who_keeps_the_system_sees_no_case_and_answers_no_offer(role, act):
    assert not may(Who(role, active=True), act, everything(role, permitted=permissions(Role.CASEWORKER, ALL)))


def test_the_police_never_read_where_the_person_is_nor_health_nor_documents():
    who = Who(Role.POLICE_LIAISON, active=True)
    for category in (Category.CONTACT, Category.HEALTH, Category.FAMILY, Category.DOCUMENTS):
        on = everything(Role.POLICE_LIAISON, category=category, permitted=permissions(Role.CASEWORKER, ALL))
        assert not may(who, Act.READ, on)


def test_a_closed_case_takes_no_writing_handover_or_step_but_can_be_read():
    who = Who(Role.CASEWORKER, active=True)
    on = everything(Role.CASEWORKER, closed=True, category=Category.IDENTITY)
    for act in (Act.WRITE, Act.HAND_OVER, Act.WORK_STEP, Act.GIVE_CONSENT, Act.ADD_ORGANISATION):
        assert may(who, act, on).reason is Reason.CASE_CLOSED
    assert may(who, Act.READ, on)


@pytest.mark.parametrize(("role", "category"), list(product(Role, Category)))
def test_a_reason_is_asked_for_exactly_what_is_only_disclosed(role, category):
    assert needs_reason(role, category) is (LEVELS[role][category] == "C")


@pytest.mark.parametrize("role", Role)
def test_permissions_follow_the_matrix_and_the_grants(role):
    assert permissions(role, frozenset()) <= {"work_case", "hand_over_case"}
    for category in Category:
        given_ = permissions(role, frozenset({category}))
        level = LEVELS[role][category]
        assert (f"read_{category}" in given_) is (level in {"F", "R", "C"})
        assert (f"write_{category}" in given_) is (level == "F")


def test_an_offer_is_answered_by_its_receiver_only():
    who = Who(Role.CASEWORKER, active=True)
    assert may(who, Act.ANSWER_OFFER, On(addressed=True))
    assert may(who, Act.ANSWER_OFFER, On(addressed=False)).reason is Reason.NOT_ADDRESSED


@pytest.mark.parametrize("role", Role)
def test_who_writes_no_part_of_a_record_opens_no_case(role):
    writes = any(level == "F" for level in LEVELS[role].values())
    assert bool(may(Who(role, active=True), Act.OPEN_CASE, On())) is writes
