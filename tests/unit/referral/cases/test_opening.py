"""Opening a case: everything or nothing, with keys, people and a ledger entry."""

from __future__ import annotations

import pytest
from django.db import transaction

from people.models import Organisation
from people.roles import Role
from referral.cases.keys import open_key
from referral.cases.opening import open_case
from referral.cases.standing import decide, find_case
from referral.models import Assignment, Case, CategoryKeyWrap, Participation
from referral.rules import references
from referral.rules.access import Act
from referral.rules.refusals import BadReference, NoKey, NotInYourRole, NotThere
from referral.vocabulary import AgeStatus, Category, Citizenship, Stage
from secure_exchange.ledger import entries
from secure_exchange.models import Entry
from tests.factories.people import AT, actor_of, found
from tests.factories.people import joined as joins
from tests.factories.referral import CaseFactory, nothing_begins, team


pytestmark = pytest.mark.django_db
FACTS = {
    "stage": Stage.IDENTIFICATION,
    "age_status": AgeStatus.ADULT,
    "citizenship": Citizenship.NATIONAL,
    "begin": nothing_begins,
}


def test_an_opened_case_is_known_by_a_reference_and_four_facts():
    place = team()
    case = CaseFactory.create(by=place[Role.CASEWORKER], child=True)
    assert references.read(case.reference) == case.reference
    assert case.reference.startswith("RO-26-")
    assert (case.stage, case.age_status, case.citizenship) == ("identification", "child", "eu_citizen")
    assert case.responsible == place.organisation
    assert case.responsible_address == place.organisation.address
    assert case.is_child


def test_every_category_gets_its_own_key_for_the_opening_organisation():
    place = team()
    case = CaseFactory.create(by=place[Role.CASEWORKER])
    opened = {open_key(case=case, category=category, by=place[Role.CASEWORKER]) for category in Category}
    assert len(opened) == len(Category)


def test_the_opener_and_the_supervisors_are_assigned():
    place = team()
    other = joins(place.founded, Role.CASEWORKER)
    case = CaseFactory.create(by=place[Role.CASEWORKER])
    assigned = set(Assignment.objects.filter(case=case).values_list("membership", flat=True))
    assert assigned == {member.pk for member in place.members.values()}
    assert other.pk not in assigned
    assert list(Case.objects.of(place.organisation)) == [case]
    assert list(Case.objects.assigned_to(place.members[Role.SUPERVISOR])) == [case]
    assert not Case.objects.assigned_to(other).exists()


def test_the_first_stage_begins_inside_the_same_act():
    place = team()
    began = []
    case = open_case(by=place[Role.CASEWORKER], at=AT, **{**FACTS, "begin": lambda *told: began.append(told)})
    assert began == [(case, Stage.IDENTIFICATION, place[Role.CASEWORKER], AT)]
    entry = Entry.objects.get(act="case-opened")
    assert (entry.actor, entry.object) == (place[Role.CASEWORKER].pseudonym, case.reference)


def test_a_flow_that_fails_to_begin_leaves_no_case():
    place = team()

    def fails(*_: object) -> None:
        raise RuntimeError("no such flow")

    with pytest.raises(RuntimeError), transaction.atomic():
        open_case(by=place[Role.CASEWORKER], at=AT, **{**FACTS, "begin": fails})
    assert not Case.objects.exists()
    assert not Entry.objects.filter(act="case-opened").exists()


def test_a_ledger_that_fails_leaves_no_case(monkeypatch):
    place = team()

    def fails(**_: object) -> None:
        raise RuntimeError("ledger")

    monkeypatch.setattr(entries, "append", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        open_case(by=place[Role.CASEWORKER], at=AT, **FACTS)
    assert not Case.objects.exists()
    assert not CategoryKeyWrap.objects.exists()
    assert not Participation.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CASEWORKER}))
def test_a_role_that_opens_no_cases_is_refused_and_the_ledger_says_so(role):
    place = found(role)
    with pytest.raises(NotInYourRole):
        CaseFactory.create(by=place[role])
    assert not Case.objects.exists()
    assert Entry.objects.get(act="case-opened-refused").reason == "not_in_your_role"


def test_a_taken_reference_is_not_given_twice(monkeypatch):
    place = team()
    first = CaseFactory.create(by=place[Role.CASEWORKER])
    minted = iter([first.reference, first.reference, "RO-26-222222"])
    monkeypatch.setattr(references, "mint", lambda **_: next(minted))
    assert CaseFactory.create(by=place[Role.CASEWORKER]).reference == "RO-26-222222"


def test_a_case_is_found_as_typed_by_who_may_see_it():
    place = team()
    case = CaseFactory.create(by=place[Role.CASEWORKER])
    typed = case.reference.lower().replace("-", " ")
    assert find_case(typed, by=place[Role.SUPERVISOR], at=AT) == case


def test_no_access_and_not_existing_look_the_same_and_are_recorded():
    place, other = team(), team()
    case = CaseFactory.create(by=place[Role.CASEWORKER])
    missing = references.mint(country="RO", year=2026)
    for reference in (case.reference, missing):
        with pytest.raises(NotThere) as refusal:
            find_case(reference, by=other[Role.CASEWORKER], at=AT)
        assert (refusal.value.status, refusal.value.code) == (404, "not-there")
    assert Entry.objects.filter(act="case-seen-refused").count() == 2
    with pytest.raises(BadReference):
        find_case(
            "RO-26-AAAAAA" if references.check_character("RO26AAAAA") != "A" else "RO-26-AAAAAB",
            by=other[Role.CASEWORKER],
            at=AT,
        )


def test_a_colleague_who_is_not_assigned_does_not_see_the_case():
    place = team()
    other = actor_of(joins(place.founded, Role.CASEWORKER))
    case = CaseFactory.create(by=place[Role.CASEWORKER])
    with pytest.raises(NotThere):
        find_case(case.reference, by=other, at=AT)


def test_a_membership_that_ended_opens_nothing():
    place = team()
    case = CaseFactory.create(by=place[Role.CASEWORKER])
    member = place.members[Role.CASEWORKER]
    member.ends_on = AT.date()
    member.save()
    later = AT.replace(day=24)
    assert not decide(Act.SEE_CASE, case=case, by=place[Role.CASEWORKER], at=later)


def test_the_key_of_one_organisation_is_not_the_key_of_another():
    place, other = team(), team()
    case = CaseFactory.create(by=place[Role.CASEWORKER])
    with pytest.raises(NoKey):
        open_key(case=case, category=Category.IDENTITY, by=other[Role.CASEWORKER])
    assert Organisation.objects.count() == 2
