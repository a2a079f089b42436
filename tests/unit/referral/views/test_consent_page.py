"""The page on which an agreement is recorded: what was typed stays, and what is refused says so."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.cases.passing import pass_responsibility
from referral.models import Case, Consent
from secure_exchange.models import Entry
from tests.before_and_after import nothing_but_an_entry
from tests.factories.handovers import Parties, parties
from tests.factories.people import AT


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


def passed_on(who: Parties) -> None:
    pass_responsibility(case=who.case, to="casa-aperta@it.connect.test", actor="node@it.connect.test", at=AT)


def closed(who: Parties) -> None:
    Case.objects.filter(pk=who.case.pk).update(closed_at=AT, closed_by=who.worker.membership)


@pytest.mark.parametrize("meanwhile", [passed_on, closed], ids=lambda what: what.__name__)
@pytest.mark.parametrize("until", ["2027-06-01", ""], ids=["complete", "incomplete"])
def test_an_agreement_that_comes_too_late_is_refused_with_everything_still_in_the_form(
    who, ours, meanwhile, until
):
    meanwhile(who)
    with nothing_but_an_entry():
        answer = post(ours, who, until=until)
    assert answer.status_code == 409
    assert Entry.objects.latest("sequence").act == "consent-given-refused"
    shown = answer.content.decode()
    because = {
        passed_on: "Another organisation is responsible for this case.",
        closed: "This case is closed.",
    }
    assert because[meanwhile] in shown
    for said in ('value="needs"', f'value="{who.receiver.organisation.address}"', 'value="spoken"'):
        assert re.search(rf"{said}[^>]*(checked|selected)", shown), said
    assert not until or f'value="{until}"' in shown
    assert "Record the consent</button>" not in shown


def test_who_may_not_record_sees_the_agreements_without_a_form(who, ours):
    assert "Record the consent</button>" in page(ours, who)
    passed_on(who)
    assert "Record the consent</button>" not in page(ours, who)


def page(client: Client, who: Parties) -> str:
    return client.get(reverse("consent", args=[who.case.reference])).content.decode()
