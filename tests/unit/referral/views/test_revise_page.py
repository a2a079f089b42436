"""Two colleagues write in one part at the same time: nobody's words are lost, nobody's are written over."""

from __future__ import annotations

import pytest
from django.urls import reverse

from people.roles import Role
from referral.cases.opening import open_case
from referral.flows import stages
from referral.models import Case
from referral.record.reading import open_category
from referral.record.revising import revise
from referral.vocabulary import AgeStatus, Category, Citizenship, Stage
from tests.factories.people import AT, found


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]

FIRST, SECOND, CALLED = "prs_FirstName", "prs_SecondName", "known_as"


@pytest.fixture
def office():
    return found(Role.CASEWORKER)


@pytest.fixture
def case(office) -> Case:
    by = office[Role.CASEWORKER]
    case = open_case(
        stage=Stage.IDENTIFICATION,
        age_status=AgeStatus.ADULT,
        citizenship=Citizenship.NATIONAL,
        by=by,
        at=AT,
        begin=stages.begin,
    )
    write(case, office, 0, {FIRST: "Exemplu", SECOND: "Unu"})
    return case


@pytest.fixture
def send(client, office, case, signed_in):
    """Send what was typed on top of the first revision."""
    inside = signed_in(client, office.members[Role.CASEWORKER])
    address = reverse("revise", args=[case.reference, Category.IDENTITY.value])
    return lambda based_on="1", **typed: inside.post(address, {"based_on": based_on, **typed})


def write(case, office, based_on, fields):
    revise(
        case=case,
        category=Category.IDENTITY,
        fields=fields,
        based_on=based_on,
        by=office[Role.CASEWORKER],
        at=AT,
        on_child=stages.age_changed,
    )


def test_what_two_changed_in_different_questions_stands_together_and_can_be_sealed(case, office, send):
    write(case, office, 1, {FIRST: "Exemplu", SECOND: "Doi"})
    answer = send(**{FIRST: "Exemplu", SECOND: "Unu", CALLED: "Exi"})
    assert answer.status_code == 409
    form = answer.context["form"]
    assert (form[SECOND].value(), form[CALLED].value(), form["based_on"].value()) == ("Doi", "Exi", 2)
    assert answer.context["both"] == []
    assert send("2", **{FIRST: "Exemplu", SECOND: "Doi", CALLED: "Exi"}).status_code == 302
    opened = open_category(case=case, category=Category.IDENTITY, by=office[Role.CASEWORKER], at=AT)
    assert opened.fields == {FIRST: "Exemplu", SECOND: "Doi", CALLED: "Exi"}


def test_a_question_that_both_answered_is_named_and_what_was_typed_stays(case, office, send):
    write(case, office, 1, {FIRST: "Altul", SECOND: "Unu"})
    answer = send(**{FIRST: "Altcineva", SECOND: "Unu"})
    assert answer.status_code == 409
    assert answer.context["form"][FIRST].value() == "Altcineva"
    assert answer.context["both"] == ["First name"]
    assert "First name" in answer.content.decode()


def test_two_first_entries_at_once_lose_neither(case, office, send):
    answer = send("0", **{FIRST: "Exemplu", SECOND: "Unu", CALLED: "Exi"})
    assert answer.status_code == 409
    assert answer.context["form"][CALLED].value() == "Exi"


def test_a_number_that_no_revision_has_is_refused(send):
    assert send("7", **{FIRST: "Altcineva"}).status_code == 409
