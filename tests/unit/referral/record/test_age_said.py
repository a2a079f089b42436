"""What the identity part of the record says of age moves the case towards protection, never away from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from people.roles import Role
from referral.flows import stages
from referral.flows.models import OPEN, StepTask
from referral.handover import answering, opening, reading
from referral.models import Case, Revision
from referral.record.revising import revise
from referral.rules.refusals import Overtaken
from referral.vocabulary import AgeStatus, Category
from secure_exchange.models import Entry
from tests.factories.handovers import NAME, begin_nothing, carry, offered, parties
from tests.factories.people import AT
from tests.factories.referral import CaseFactory, team


pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ADULT, CHILD, PRESUMED = AgeStatus.ADULT, AgeStatus.CHILD, AgeStatus.PRESUMED_CHILD
DOUBT, BORN = "age_in_doubt", "prs_Birthdate"
UNDER_18, OVER_18, EIGHTEEN_TODAY = "2008-11-24", "1990-01-01", "2008-11-23"
OF_A_CHILD = {"child_authority", "guardian", "best_interests"}


@pytest.fixture
def office():
    return team()


@pytest.fixture
def case(office):
    return CaseFactory.create(by=office[Role.CASEWORKER], begin=stages.begin)


def write(case, office, fields, category=Category.IDENTITY):
    based_on = Revision.objects.filter(case=case, category=category).count()
    revise(
        case=case,
        category=category,
        fields=fields,
        based_on=based_on,
        by=office[Role.CASEWORKER],
        at=AT,
        on_child=stages.age_changed,
    )
    case.refresh_from_db()


def open_names(case):
    return {task.flow_task.name for task in StepTask.objects.filter(case=case, status__in=OPEN)}


@pytest.mark.parametrize(
    ("before", "fields", "after"),
    [
        (ADULT, {DOUBT: "yes"}, PRESUMED),
        (ADULT, {DOUBT: "unknown"}, PRESUMED),
        (ADULT, {DOUBT: "said:do_not_know"}, PRESUMED),
        (ADULT, {DOUBT: "said:not_said"}, PRESUMED),
        (ADULT, {DOUBT: "yes", BORN: OVER_18}, PRESUMED),
        (ADULT, {BORN: UNDER_18}, CHILD),
        (ADULT, {BORN: UNDER_18, DOUBT: "no"}, CHILD),
        (ADULT, {DOUBT: "no"}, ADULT),
        (ADULT, {DOUBT: "said:ask_later"}, ADULT),
        (ADULT, {BORN: EIGHTEEN_TODAY}, ADULT),
        (ADULT, {BORN: "said:do_not_know"}, ADULT),
        (ADULT, {"prs_FirstName": "Inventata"}, ADULT),
        (PRESUMED, {BORN: UNDER_18}, CHILD),
        (PRESUMED, {BORN: OVER_18, DOUBT: "no"}, PRESUMED),
        (CHILD, {DOUBT: "yes"}, CHILD),
        (CHILD, {BORN: OVER_18, DOUBT: "no"}, CHILD),
    ],
)
def test_a_revision_moves_the_case_towards_protection_only(case, office, before, fields, after):
    Case.objects.update(age_status=before.value)
    case.refresh_from_db()
    write(case, office, fields)
    assert case.age_status == after
    changes = list(Entry.objects.filter(act="age-status-changed").values_list("reason", flat=True))
    assert changes == ([after.value] if after is not before else [])


def test_the_childs_steps_come_with_the_revision(case, office):
    assert open_names(case) == {"safety"}
    write(case, office, {DOUBT: "yes"})
    assert open_names(case) == {"safety", *OF_A_CHILD}


def test_another_part_of_the_record_says_nothing_of_age(case, office):
    write(case, office, {"guardian": "yes"}, Category.FAMILY)
    assert case.age_status == ADULT


def test_a_revision_that_is_refused_changes_no_age(case, office):
    with pytest.raises(Overtaken):
        revise(
            case=case,
            category=Category.IDENTITY,
            fields={DOUBT: "yes"},
            based_on=7,
            by=office[Role.CASEWORKER],
            at=AT,
            on_child=stages.age_changed,
        )
    case.refresh_from_db()
    assert case.age_status == ADULT
    assert open_names(case) == {"safety"}


def test_the_page_of_the_record_changes_the_steps_and_says_so(case, office, client, signed_in, at):
    inside = signed_in(client, office.members[Role.CASEWORKER])
    page = reverse("revise", args=[case.reference, Category.IDENTITY.value])
    answer = inside.post(page, {"based_on": "0", DOUBT: "yes"}, follow=True)
    assert "the person is or may be a child" in answer.text
    case.refresh_from_db()
    assert case.age_status == PRESUMED
    assert open_names(case) >= OF_A_CHILD


@pytest.mark.parametrize(("fields", "expected"), [({DOUBT: "yes"}, PRESUMED), ({BORN: UNDER_18}, CHILD)])
def test_a_record_that_comes_from_elsewhere_protects_even_where_its_sender_says_adult(at, fields, expected):
    who = parties()
    revise(
        case=who.case,
        category=Category.IDENTITY,
        fields={"prs_FirstName": NAME, **fields},
        based_on=1,
        by=who.worker,
        at=AT,
        on_child=stages.age_changed,
    )
    Case.objects.update(age_status=ADULT.value)
    who.case.refresh_from_db()
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT + HOUR)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT + HOUR)
    carry(at=AT + HOUR)
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT + 2 * HOUR, begin=begin_nothing)
    assert case.age_status == expected
