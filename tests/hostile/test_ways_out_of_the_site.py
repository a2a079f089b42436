"""Links that look like ours and lead away, where a stranger asks for the password once more."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from people.access import own_path
from people.roles import Role
from tests.factories.people import PASSWORD, found


AWAY = [
    "http://testserver//evil.example/",
    "http://testserver///evil.example/",
    "http://testserver//\\evil.example/",
    "http://testserver/\\evil.example/",
    "http://testserver/\t/evil.example/",
    "//evil.example/",
    "https://evil.example/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("address", AWAY)
def test_no_address_leads_to_another_host(address):
    path = own_path(RequestFactory().get("/"), address)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\", "/\t"))


def test_a_page_of_ours_is_come_back_to():
    assert own_path(RequestFactory().get("/"), "http://testserver/cases/?q=RO") == "/cases/?q=RO"


@pytest.mark.django_db
@pytest.mark.parametrize("address", AWAY)
def test_unlocking_and_the_language_never_lead_away(address, at, signed_in):
    client = signed_in(Client(), found(Role.CASEWORKER).members[Role.CASEWORKER])
    client.post(reverse("lock"))
    answer = client.post(reverse("unlock"), {"password": PASSWORD, "next": address})
    assert answer.status_code == 303
    assert "evil.example" not in answer["Location"].removeprefix("/evil.example")
    assert not answer["Location"].startswith(("//", "/\\", "http"))
    answer = client.post(reverse("language"), {"language": "ro", "next": address})
    assert not answer["Location"].startswith(("//", "/\\", "http"))


@pytest.mark.django_db
def test_the_back_button_of_a_refusal_leads_to_no_other_host(at, signed_in):
    client = signed_in(Client(), found(Role.DATA_PROTECTION_OFFICER).members[Role.DATA_PROTECTION_OFFICER])
    answer = client.get(reverse("case-open"), headers={"Referer": "http://testserver//evil.example/"})
    assert answer.status_code == 403
    assert b'href="//evil.example' not in answer.content
