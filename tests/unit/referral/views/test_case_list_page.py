"""The list of cases: what is offered there, and how a case is found without a word in an address."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.models import Case
from tests.before_and_after import nothing_but_an_entry
from tests.factories.people import found
from tests.factories.referral import CaseFactory


pytestmark = pytest.mark.django_db


@pytest.fixture
def place(at):
    return found(Role.CASEWORKER, Role.POLICE_LIAISON, Role.SOCIAL_WORKER)


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.POLICE_LIAISON, Role.SOCIAL_WORKER])
def test_only_who_could_write_in_it_is_offered_to_open_a_case(place, signed_in, role):
    client = signed_in(Client(), place.members[role])
    for name in ("my-work", "cases"):
        shown = client.get(reverse(name)).content.decode()
        offered = reverse("case-open") in shown or "Open one" in shown
        assert offered is (role is Role.CASEWORKER), name
    asked = client.get(reverse("case-open")).status_code
    assert asked == (200 if role is Role.CASEWORKER else 403)


@pytest.fixture
def worker(place):
    return place[Role.CASEWORKER]


@pytest.fixture
def ours(place, signed_in):
    return signed_in(Client(), place.members[Role.CASEWORKER])


def named(worker, *references: str) -> None:
    """Cases with these references."""
    for reference in references:
        case = CaseFactory.create(by=worker)
        Case.objects.filter(pk=case.pk).update(reference=reference)


def find(client: Client, typed: str):
    return client.post(reverse("cases"), {"q": typed})


def test_a_case_is_found_by_a_part_of_its_reference_and_opened(ours, worker):
    named(worker, "RO-26-7KQ4M9", "RO-26-222222")
    for typed in ("RO-26-7KQ4M9", "ro 26 7kq4m9", "7kq", "26-7KQ"):
        answer = find(ours, typed)
        assert (answer.status_code, answer.url) == (302, reverse("case", args=["RO-26-7KQ4M9"])), typed


def test_several_cases_that_fit_are_listed(ours, worker):
    named(worker, "RO-26-7KQ4M9", "RO-26-7KQ222", "RO-26-222222")
    answer = find(ours, "7kq")
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert ["RO-26-7KQ4M9" in shown, "RO-26-7KQ222" in shown, "RO-26-222222" in shown] == [True, True, False]


def test_a_reference_of_nobody_s_and_of_others_finds_nothing(ours, worker):
    named(found(Role.CASEWORKER)[Role.CASEWORKER], "RO-26-7KQ4M9")
    for typed in ("RO-26-7KQ4M9", "ZZZZ"):
        answer = find(ours, typed)
        assert answer.status_code == 200
        assert "No case of yours has this reference" in answer.content.decode()
        assert "RO-26-7KQ4M9" not in answer.content.decode().replace(f'value="{typed}"', "")


@pytest.mark.parametrize("typed", ["Zamfira Inventata-Nimeni", "Maria", "", "x" * 5000])
def test_a_name_typed_there_comes_back_nowhere_and_one_is_told(ours, worker, typed):
    named(worker, "RO-26-7KQ4M9")
    with nothing_but_an_entry(entries=0):
        answer = find(ours, typed)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This cannot be part of a reference" in shown
    assert not typed or typed not in shown
    assert "RO-26-7KQ4M9" in shown, "the list stays"


def test_no_address_of_the_list_holds_what_was_searched_for(ours, worker):
    named(worker, "RO-26-7KQ4M9", "RO-26-7KQ222")
    shown = find(ours, "7KQ").content.decode()
    assert "q=" not in shown.replace("RO-26", "")
    form = re.search(r'<form[^>]*role="search"[^>]*>', shown)[0]
    assert 'method="post"' in form
    listed = ours.get(reverse("cases"), {"q": "7KQ4"}).content.decode()
    assert "RO-26-7KQ222" in listed, "an address that says so finds nothing"


def test_the_list_is_still_narrowed_to_a_stage_and_paged(ours, worker):
    for _ in range(26):
        CaseFactory.create(by=worker)
    shown = ours.get(reverse("cases"), {"stage": "identification"}).content.decode()
    assert "?stage=identification&amp;start=25" in shown
    assert "No cases here yet" in ours.get(reverse("cases"), {"stage": "return"}).content.decode()
