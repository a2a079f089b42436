"""The pages that change what stands in clear about a person: age and citizenship."""

from __future__ import annotations

import pytest
from django.urls import reverse

from people.roles import Role
from referral.cases.opening import open_case
from referral.cases.participating import assign
from referral.flows import stages
from referral.flows.models import OPEN, StepTask
from referral.vocabulary import AgeGround, AgeStatus, Citizenship, Stage
from secure_exchange.models import Entry
from tests.factories.people import AT, found


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def office():
    return found(Role.CASEWORKER, Role.SUPERVISOR, Role.SOCIAL_WORKER)


@pytest.fixture
def case(office):
    made = open_case(
        by=office[Role.CASEWORKER],
        at=AT,
        stage=Stage.IDENTIFICATION,
        age_status=AgeStatus.PRESUMED_CHILD,
        citizenship=Citizenship.EU_CITIZEN,
        begin=stages.begin,
    )
    assign(case=made, membership=office.members[Role.SOCIAL_WORKER], by=office[Role.SUPERVISOR], at=AT)
    return made


@pytest.fixture
def inside(client, office, signed_in):
    return lambda role: signed_in(client, office.members[role])


def open_names(case):
    return {task.flow_task.name for task in StepTask.objects.filter(case=case, status__in=OPEN)}


def test_an_adult_after_all_needs_a_ground_on_the_page_and_it_goes_to_the_ledger(inside, case):
    page, client = reverse("case-age", args=[case.reference]), inside(Role.CASEWORKER)
    shown = client.get(page)
    assert "A document with the date of birth was seen" in shown.text
    asked = client.post(page, {"age_status": "adult"})
    assert asked.status_code == 422
    assert "Say how it is known that the person is an adult." in asked.text
    done = client.post(page, {"age_status": "adult", "ground": AgeGround.AGE_ASSESSED.value})
    assert done.status_code == 302
    case.refresh_from_db()
    assert case.age_status == AgeStatus.ADULT
    assert Entry.objects.latest("sequence").reason == "adult age_assessed"
    assert open_names(case) == {"safety"}


def test_another_role_is_offered_child_and_doubt_only(inside, case):
    page, client = reverse("case-age", args=[case.reference]), inside(Role.SOCIAL_WORKER)
    form = client.get(page).context["form"]
    assert [value for value, _ in form.fields["age_status"].choices] == ["child", "presumed_child"]
    assert "ground" not in form.fields
    assert client.post(page, {"age_status": "adult", "ground": "document_seen"}).status_code == 422
    assert client.post(page, {"age_status": "child"}).status_code == 302
    case.refresh_from_db()
    assert case.age_status == AgeStatus.CHILD


def test_a_doubt_about_an_adult_asks_for_no_ground(inside, case):
    type(case).objects.update(age_status=AgeStatus.ADULT.value)
    page, client = reverse("case-age", args=[case.reference]), inside(Role.CASEWORKER)
    assert "ground" not in client.get(page).context["form"].fields
    assert client.post(page, {"age_status": "presumed_child"}).status_code == 302
    case.refresh_from_db()
    assert case.is_child


def test_the_citizenship_is_corrected_from_the_case_and_the_steps_follow(inside, case, office):
    stages.begin(case, Stage.PROTECTION, office[Role.CASEWORKER], AT)
    page, client = reverse("case-citizenship", args=[case.reference]), inside(Role.CASEWORKER)
    assert page in client.get(reverse("case", args=[case.reference])).text
    shown = client.get(page)
    assert "they have no steps about a reflection period or a permit" in shown.text
    assert shown.context["form"]["citizenship"].value() == "eu_citizen"
    assert "reflection" not in open_names(case)
    assert client.post(page, {"citizenship": "elsewhere"}).status_code == 422
    assert client.post(page, {"citizenship": "third_country"}).status_code == 302
    case.refresh_from_db()
    assert case.citizenship == Citizenship.THIRD_COUNTRY
    assert "reflection" in open_names(case)
