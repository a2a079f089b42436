"""Saying that a person is or may be a child is open to all who work the case; the way back needs a ground."""

from __future__ import annotations

import pytest

from people.models import Kind
from people.roles import Role
from referral.cases.age import change_age_status
from referral.cases.participating import assign
from referral.cases.passing import pass_responsibility
from referral.flows import stages
from referral.flows.models import OPEN, StepTask
from referral.rules.refusals import Denied, GroundNeeded, IllegalStep, NotInYourRole
from referral.vocabulary import AgeGround, AgeStatus, Category
from secure_exchange.models import Entry
from tests.factories.people import AT, found
from tests.factories.referral import CaseFactory, joined


pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return found(Role.CASEWORKER, Role.SUPERVISOR, Role.SOCIAL_WORKER, Role.FOCAL_POINT)


@pytest.fixture
def police():
    return found(Role.SUPERVISOR, Role.POLICE_LIAISON, Role.CASEWORKER, kind=Kind.POLICE)


@pytest.fixture
def case(place, police):
    made = CaseFactory.create(by=place[Role.CASEWORKER], begin=stages.begin)
    joined(made, police.organisation, by=place[Role.CASEWORKER], categories=[Category.EXPLOITATION])
    for there, roles in (
        (place, (Role.SOCIAL_WORKER, Role.FOCAL_POINT)),
        (police, (Role.POLICE_LIAISON, Role.CASEWORKER)),
    ):
        for role in roles:
            assign(case=made, membership=there.members[role], by=there[Role.SUPERVISOR], at=AT)
    said(made, place[Role.CASEWORKER], AgeStatus.CHILD)
    return made


def said(case, by, age_status=AgeStatus.ADULT, ground: AgeGround | None = AgeGround.DOCUMENT_SEEN):
    change_age_status(
        case=case, age_status=age_status, ground=ground, by=by, at=AT, on_child=stages.age_changed
    )
    case.refresh_from_db()
    return case.age_status


def last_entry():
    return Entry.objects.latest("sequence")


def close(case, by):
    case.closed_at, case.closed_by = AT, by.membership
    case.save()


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.SUPERVISOR])
@pytest.mark.parametrize("ground", AgeGround)
def test_the_responsible_organisation_says_adult_and_the_ledger_knows_the_ground(place, case, role, ground):
    assert said(case, place[role], ground=ground) == AgeStatus.ADULT
    assert (last_entry().act, last_entry().reason) == ("age-status-changed", f"adult {ground}")
    open_names = {task.flow_task.name for task in StepTask.objects.filter(case=case, status__in=OPEN)}
    assert open_names == {"safety"}


def test_an_adult_without_a_ground_is_refused_and_recorded(place, case):
    with pytest.raises(GroundNeeded) as refusal:
        said(case, place[Role.CASEWORKER], ground=None)
    assert refusal.value.status == 422
    case.refresh_from_db()
    assert case.is_child
    assert (last_entry().act, last_entry().reason) == ("age-status-changed-refused", "ground-needed")


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.FOCAL_POINT])
def test_another_role_does_not_say_adult(place, case, role):
    with pytest.raises(NotInYourRole):
        said(case, place[role])
    assert (last_entry().act, last_entry().reason) == ("age-status-changed-refused", "not_in_your_role")


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.SUPERVISOR, Role.POLICE_LIAISON])
def test_an_organisation_that_only_takes_part_does_not_say_adult(police, case, role):
    with pytest.raises(NotInYourRole):
        said(case, police[role])
    case.refresh_from_db()
    assert case.is_child


def test_nobody_says_adult_on_a_closed_case_or_one_that_was_passed_on(place, case):
    close(case, place[Role.CASEWORKER])
    with pytest.raises(IllegalStep):
        said(case, place[Role.SUPERVISOR])
    case.closed_at = case.closed_by = None
    case.save()
    pass_responsibility(case=case, to="casa@it.connect.test", actor="node@ro.connect.test", at=AT)
    with pytest.raises(Denied):
        said(case, place[Role.SUPERVISOR])
    case.refresh_from_db()
    assert case.is_child


@pytest.mark.parametrize("age_status", [AgeStatus.CHILD, AgeStatus.PRESUMED_CHILD])
def test_everybody_who_works_the_case_may_say_that_the_person_is_or_may_be_a_child(
    place, case, police, age_status
):
    for by in (*place.actors.values(), police[Role.POLICE_LIAISON]):
        said(case, place[Role.CASEWORKER])
        assert said(case, by, age_status, ground=None) == age_status
        assert last_entry().reason == age_status.value


def test_a_doubt_is_recorded_on_a_closed_case_too(place, case):
    said(case, place[Role.CASEWORKER])
    close(case, place[Role.CASEWORKER])
    assert said(case, place[Role.SOCIAL_WORKER], AgeStatus.PRESUMED_CHILD, None) == AgeStatus.PRESUMED_CHILD


def test_an_adult_who_is_one_already_needs_no_ground(place):
    case = CaseFactory.create(by=place[Role.CASEWORKER])
    before = Entry.objects.count()
    assert said(case, place[Role.CASEWORKER], ground=None) == AgeStatus.ADULT
    assert Entry.objects.count() == before
