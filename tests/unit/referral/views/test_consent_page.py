"""The page on which an agreement is recorded: what was typed stays, and what is refused says so."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.models import Consent
from tests.factories.handovers import Parties, parties


pytestmark = pytest.mark.django_db


@pytest.fixture
def who(at) -> Parties:
    return parties()


@pytest.fixture
def ours(who, signed_in) -> Client:
    return signed_in(Client(), who.sender.members[Role.CASEWORKER])


def agreed(who: Parties, **other: object) -> dict[str, object]:
    return {
        "receiver": who.receiver.organisation.address,
        "categories": ["needs"],
        "purpose": "assistance",
        "language": "ro",
        "manner": "spoken",
        "until": "2027-06-01",
        **other,
    }


def post(client: Client, who: Parties, **said: object):
    return client.post(reverse("consent", args=[who.case.reference]), agreed(who, **said))


def test_an_agreement_may_end_on_the_day_two_years_ahead_and_not_on_the_next(who, ours):
    assert post(ours, who, until="2028-11-24").status_code == 422
    assert post(ours, who, until="2028-11-23").status_code == 302
    assert Consent.objects.latest("pk").until.date() == date(2028, 11, 23)
