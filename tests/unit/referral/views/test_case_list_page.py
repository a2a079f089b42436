"""The list of cases: what is offered there, and how a case is found without a word in an address."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from tests.factories.people import found


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
