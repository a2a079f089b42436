"""Organisations and colleagues on a case: permissions and keys come and go together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from guardian.shortcuts import get_perms

from people.models import Kind
from people.roles import Role
from referral.cases.age import change_age_status
from referral.cases.disclosing import disclose
from referral.cases.granting import drop_ended_grants
from referral.cases.keys import open_key
from referral.cases.participating import add_organisation, assign, remove_organisation, unassign
from referral.cases.passing import pass_responsibility
from referral.cases.standing import decide, find_case
from referral.models import Assignment, Case, CaseUserObjectPermission, CategoryKeyWrap, Participation
from referral.rules.access import Act
from referral.rules.refusals import IllegalStep, NoKey, NotCovered, NotInYourRole, NotThere
from referral.vocabulary import AgeStatus, Category, Purpose
from secure_exchange.ledger import entries
from secure_exchange.models import Entry
from tests.factories.people import AT, actor_of, found
from tests.factories.people import joined as joins
from tests.factories.referral import CaseFactory, ConsentFactory, joined, nothing_begins, team


pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


@pytest.fixture
def place():
    return team()


@pytest.fixture
def case(place):
    return CaseFactory.create(by=place[Role.CASEWORKER])


def wraps(case: Case, organisation) -> set[str]:
    return set(
        CategoryKeyWrap.objects.filter(
            category_key__case=case, clearance__organisation=organisation
        ).values_list("category_key__category", flat=True)
    )


def test_an_organisation_joins_with_the_agreed_categories_and_no_more(place, case):
    police = found(Role.POLICE_LIAISON, Role.SUPERVISOR, kind=Kind.POLICE)
    joined(
        case, police.organisation, by=place[Role.CASEWORKER], categories=[Category.IDENTITY, Category.LEGAL]
    )
    assert wraps(case, police.organisation) == {"identity", "legal"}
    chief = police[Role.SUPERVISOR]
    assert find_case(case.reference, by=chief, at=AT) == case
    assert set(get_perms(chief.user, case)) == {"work_case", "hand_over_case", "read_identity", "read_legal"}
    with pytest.raises(NotThere):
        find_case(case.reference, by=police[Role.POLICE_LIAISON], at=AT)
    with pytest.raises(NoKey):
        open_key(case=case, category=Category.CONTACT, by=chief)


def test_its_supervisor_assigns_a_colleague_who_gets_what_the_role_may(place, case):
    police = found(Role.POLICE_LIAISON, Role.SUPERVISOR, kind=Kind.POLICE)
    joined(case, police.organisation, by=place[Role.CASEWORKER], categories=[Category.IDENTITY])
    liaison = police[Role.POLICE_LIAISON]
    assign(case=case, membership=liaison.membership, by=police[Role.SUPERVISOR], at=AT)
    assert set(get_perms(liaison.user, case)) == {"work_case", "hand_over_case", "read_identity"}
    assert not decide(Act.READ, case=case, by=liaison, at=AT, category=Category.CONTACT)
    assert decide(Act.READ, case=case, by=liaison, at=AT, category=Category.IDENTITY)


@pytest.mark.parametrize(
    "gap",
    [
        {"receiver": "altcineva@ro.connect.test"},
        {"categories": [Category.IDENTITY]},
        {"until": AT + timedelta(seconds=1)},
    ],
)
def test_without_a_covering_consent_nobody_joins(place, case, gap):
    police = found(Role.SUPERVISOR)
    said = {"receiver": police.organisation.address, "categories": [Category.IDENTITY, Category.LEGAL], **gap}
    consent = ConsentFactory.create(case=case, by=place[Role.CASEWORKER], **said)
    with pytest.raises(NotCovered):
        add_organisation(
            case=case,
            organisation=police.organisation,
            consent=consent,
            categories=[Category.IDENTITY, Category.LEGAL],
            by=place[Role.CASEWORKER],
            at=AT + timedelta(minutes=1),
            reconsider=nothing_begins,
        )
    assert not wraps(case, police.organisation)
    assert Participation.objects.filter(case=case).count() == 1
    assert Entry.objects.get(act="organisation-added-refused").reason.startswith("consent_")


def test_the_consent_of_another_case_does_not_count(place, case):
    police = found(Role.SUPERVISOR)
    other = CaseFactory.create(by=place[Role.CASEWORKER])
    consent = ConsentFactory.create(
        case=other, by=place[Role.CASEWORKER], receiver=police.organisation.address
    )
    with pytest.raises(NotCovered):
        add_organisation(
            case=case,
            organisation=police.organisation,
            consent=consent,
            categories=[Category.IDENTITY],
            by=place[Role.CASEWORKER],
            at=AT,
            reconsider=nothing_begins,
        )


def test_an_organisation_that_leaves_loses_permissions_and_keys_at_once(place, case):
    police = found(Role.SUPERVISOR)
    joined(case, police.organisation, by=place[Role.CASEWORKER], categories=[Category.IDENTITY])
    remove_organisation(
        case=case,
        organisation=police.organisation,
        by=place[Role.CASEWORKER],
        at=AT,
        reconsider=nothing_begins,
    )
    assert not wraps(case, police.organisation)
    assert not get_perms(police[Role.SUPERVISOR].user, case)
    assert not Case.objects.of(police.organisation).exists()
    with pytest.raises(NotThere):
        find_case(case.reference, by=police[Role.SUPERVISOR], at=AT)


def test_the_responsible_organisation_cannot_be_removed(place, case):
    with pytest.raises(IllegalStep):
        remove_organisation(
            case=case,
            organisation=place.organisation,
            by=place[Role.CASEWORKER],
            at=AT,
            reconsider=nothing_begins,
        )


def test_an_organisation_that_is_not_responsible_adds_nobody(place, case):
    police, third = found(Role.CASEWORKER, Role.SUPERVISOR), found(Role.SUPERVISOR)
    joined(case, police.organisation, by=place[Role.CASEWORKER], categories=[Category.IDENTITY])
    assert not decide(Act.ADD_ORGANISATION, case=case, by=police[Role.SUPERVISOR], at=AT)
    assert third.organisation not in [row.organisation for row in case.participations.all()]


def test_a_grant_ends_with_its_consent_and_the_sweep_takes_the_keys(place, case):
    police = found(Role.SUPERVISOR)
    joined(case, police.organisation, by=place[Role.CASEWORKER], categories=[Category.IDENTITY])
    later = AT + timedelta(days=365)
    assert not decide(Act.READ, case=case, by=police[Role.SUPERVISOR], at=later, category=Category.IDENTITY)
    assert drop_ended_grants(at=later, reconsider=nothing_begins) == 1
    assert not wraps(case, police.organisation)
    assert "read_identity" not in get_perms(police[Role.SUPERVISOR].user, case)
    assert drop_ended_grants(at=later, reconsider=nothing_begins) == 0
    assert wraps(case, place.organisation) == set(Category)


def test_a_colleague_is_assigned_and_taken_off_again(place, case):
    colleague = actor_of(joins(place.founded, Role.CASEWORKER))
    assign(case=case, membership=colleague.membership, by=place[Role.SUPERVISOR], at=AT)
    assert decide(Act.WRITE, case=case, by=colleague, at=AT, category=Category.NEEDS)
    unassign(
        case=case,
        membership=colleague.membership,
        by=place[Role.SUPERVISOR],
        at=AT,
        reconsider=nothing_begins,
    )
    assert not get_perms(colleague.user, case)
    assert not decide(Act.SEE_CASE, case=case, by=colleague, at=AT)
    with pytest.raises(IllegalStep):
        unassign(
            case=case,
            membership=colleague.membership,
            by=place[Role.SUPERVISOR],
            at=AT,
            reconsider=nothing_begins,
        )


def test_lists_by_assignment_agree_with_the_object_permissions(place, case):
    colleague = actor_of(joins(place.founded, Role.CASEWORKER))
    CaseFactory.create(by=colleague)
    for actor in (place[Role.CASEWORKER], place[Role.SUPERVISOR], colleague):
        listed = set(Case.objects.assigned_to(actor.membership))
        permitted = {row for row in Case.objects.all() if actor.user.has_perm("referral.work_case", row)}
        assert listed == permitted


def test_somebody_else_s_colleague_and_roles_without_cases_are_not_assigned(place, case):
    stranger = team()
    clerk = joins(place.founded, Role.ADMINISTRATOR)
    for membership in (stranger.members[Role.CASEWORKER], clerk):
        with pytest.raises(NotInYourRole):
            assign(case=case, membership=membership, by=place[Role.SUPERVISOR], at=AT)
    assert Assignment.objects.filter(case=case).count() == 2


def test_permissions_of_an_earlier_membership_count_for_nothing(place, case):
    member = place.members[Role.CASEWORKER]
    Assignment.objects.filter(membership=member).update(ended_at=AT, ended_by=member)
    assert CaseUserObjectPermission.objects.filter(user=member.user).exists()
    assert not decide(Act.SEE_CASE, case=case, by=place[Role.CASEWORKER], at=AT)


def test_when_the_ledger_fails_nobody_has_joined(place, case, monkeypatch):
    police = found(Role.SUPERVISOR)
    consent = ConsentFactory.create(
        case=case, by=place[Role.CASEWORKER], receiver=police.organisation.address
    )

    def fails(**_: object) -> None:
        raise RuntimeError("ledger")

    monkeypatch.setattr(entries, "append", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        add_organisation(
            case=case,
            organisation=police.organisation,
            consent=consent,
            categories=[Category.IDENTITY],
            by=place[Role.CASEWORKER],
            at=AT,
            reconsider=nothing_begins,
        )
    assert not wraps(case, police.organisation)
    assert not get_perms(police[Role.SUPERVISOR].user, case)


def test_flows_reconsider_a_case_whose_organisations_changed(place, case):
    police = found(Role.SUPERVISOR)
    consent = ConsentFactory.create(
        case=case,
        by=place[Role.CASEWORKER],
        receiver=police.organisation.address,
        purpose=Purpose.IDENTIFICATION,
    )
    told = []
    add_organisation(
        case=case,
        organisation=police.organisation,
        consent=consent,
        categories=[Category.NEEDS],
        by=place[Role.CASEWORKER],
        at=AT,
        reconsider=lambda *what: told.append(what),
    )
    assert told == [(case, AT)]


def test_a_supervisor_reads_the_contact_only_while_it_is_disclosed(place, case):
    chief = place[Role.SUPERVISOR]
    assert not decide(Act.READ, case=case, by=chief, at=AT, category=Category.CONTACT)
    disclose(case=case, category=Category.CONTACT, until=AT + MONTH, by=place[Role.CASEWORKER], at=AT)
    assert decide(Act.READ, case=case, by=chief, at=AT, category=Category.CONTACT)
    assert not decide(Act.READ, case=case, by=chief, at=AT + MONTH, category=Category.CONTACT)
    drop_ended_grants(at=AT + MONTH, reconsider=nothing_begins)
    assert decide(Act.READ, case=case, by=place[Role.CASEWORKER], at=AT + MONTH, category=Category.CONTACT)
    with pytest.raises(IllegalStep):
        disclose(
            case=case,
            category=Category.CONTACT,
            until=AT + MONTH + timedelta(seconds=1),
            by=place[Role.CASEWORKER],
            at=AT,
        )
    with pytest.raises(NotInYourRole):
        disclose(case=case, category=Category.HEALTH, until=AT + MONTH, by=chief, at=AT)


def test_a_doubt_about_age_changes_the_case_and_its_flows_at_once(place, case):
    told = []
    change_age_status(
        case=case,
        age_status=AgeStatus.PRESUMED_CHILD,
        by=place[Role.CASEWORKER],
        at=AT,
        on_child=lambda *what: told.append(what),
    )
    case.refresh_from_db()
    assert case.is_child
    assert told == [(case, AT)]
    assert Entry.objects.get(act="age-status-changed").reason == "presumed_child"


def test_an_age_status_that_does_not_change_is_no_act(place, case):
    change_age_status(
        case=case, age_status=AgeStatus.ADULT, by=place[Role.CASEWORKER], at=AT, on_child=pytest.fail
    )
    assert not Entry.objects.filter(act="age-status-changed").exists()


def test_responsibility_passes_once(place, case):
    pass_responsibility(case=case, to="casa-aperta@it.connect.test", actor="node@ro.connect.test", at=AT)
    pass_responsibility(case=case, to="casa-aperta@it.connect.test", actor="node@ro.connect.test", at=AT)
    case.refresh_from_db()
    assert case.responsible_address == "casa-aperta@it.connect.test"
    assert Entry.objects.filter(act="responsibility-passed").count() == 1
    assert not decide(Act.HAND_OVER, case=case, by=place[Role.CASEWORKER], at=AT)
    with pytest.raises(IllegalStep):
        pass_responsibility(case=case, to="porto-seguro@pt.connect.test", actor="node@ro.connect.test", at=AT)
