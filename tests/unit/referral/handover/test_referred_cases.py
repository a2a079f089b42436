"""A case that came by a referral: worked here, while its sender stays responsible for the person."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.handover import answering, offering, opening, reading
from referral.models import Case, Handover
from referral.rules.refusals import NotInYourRole
from referral.vocabulary import Category, HandoverKind
from secure_exchange.models import Entry
from tests.factories.handovers import SERVICES, Parties, begin_nothing, carry, contents, offered, parties
from tests.factories.people import AT, found
from tests.factories.referral import ConsentFactory
from tests.unit.referral.handover.test_handover_pages import SAID


pytestmark = pytest.mark.django_db
IDENTITY = (Category.IDENTITY,)


def received(who: Parties, kind: HandoverKind) -> Case:
    """The case that the receiver opens after a handover of this kind."""
    offered(who, kind=kind)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    carry()
    return case


@pytest.fixture
def who(at) -> Parties:
    return parties()


@pytest.fixture
def referred(who) -> Case:
    return received(who, HandoverKind.REFERRAL)


@pytest.fixture
def third(at):
    return found(Role.CASEWORKER, services=SERVICES, languages=["ro"])


@pytest.fixture
def theirs(who, signed_in) -> Client:
    return signed_in(Client(), who.receiver.members[Role.CASEWORKER])


def shown(client: Client, name: str, *args: str) -> str:
    return " ".join(client.get(reverse(name, args=args)).content.decode().split())


@pytest.mark.parametrize("kind", HandoverKind)
def test_both_sides_know_the_same_one_as_responsible(who, kind):
    case = received(who, kind)
    who.case.refresh_from_db()
    responsible = who.receiver if kind is HandoverKind.TRANSFER else who.sender
    assert case.responsible_address == who.case.responsible_address == responsible.organisation.address


def test_pages_on_both_sides_name_the_sender_as_responsible(who, referred, theirs, signed_in):
    ours = signed_in(Client(), who.sender.members[Role.CASEWORKER])
    responsible = f"Responsible: <strong>{who.sender.organisation.name}</strong>"
    assert responsible in shown(ours, "case", who.case.reference)
    assert responsible in shown(theirs, "case", referred.reference)
    assert f"Also working here: {who.receiver.organisation.name}" in shown(theirs, "case", referred.reference)
    assert f"responsible: {who.sender.organisation.name}" in shown(theirs, "cases")
    assert "responsible:" not in shown(ours, "cases")


def test_a_referred_case_is_referred_further_and_never_transferred(who, referred, third):
    address = third.organisation.address
    consent = ConsentFactory.create(case=referred, by=who.colleague, receiver=address, categories=IDENTITY)

    def offer(kind: HandoverKind) -> Handover:
        said = contents(kind=kind, categories=IDENTITY)
        return offering.offer(
            case=referred, to=address, contents=said, consent=consent, by=who.colleague, at=AT
        )

    with pytest.raises(NotInYourRole):
        offer(HandoverKind.TRANSFER)
    assert Entry.objects.get(act="handover.offer-refused").reason == "not_responsible"
    assert offer(HandoverKind.REFERRAL).kind == HandoverKind.REFERRAL


def test_the_pages_of_handing_over_offer_no_transfer_of_a_referred_case(who, referred, third, theirs):
    address, reference = third.organisation.address, referred.reference
    ConsentFactory.create(case=referred, by=who.colleague, receiver=address, categories=IDENTITY)
    theirs.post(reverse("hand-over", args=[reference]), {"receiver": address})
    asked = shown(theirs, "hand-over-what", reference)
    assert 'value="referral"' in asked
    assert 'value="transfer"' not in asked
    what = reverse("hand-over-what", args=[reference])
    said = {**SAID, "categories": ["identity"]}
    assert theirs.post(what, said).status_code == 422
    assert theirs.post(what, {**said, "kind": "referral"}).status_code == 302
    assert f"{who.sender.organisation.name} stays responsible." in shown(theirs, "hand-over-check", reference)


def test_a_case_that_was_referred_before_this_was_kept_gets_its_sender(who, referred):
    Case.objects.update(stays_with="")
    migration = importlib.import_module("referral.migrations.0005_who_stays_responsible")
    migration.name_who_referred(apps, connection.schema_editor())
    kept = dict(Case.objects.values_list("pk", "stays_with"))
    assert kept == {who.case.pk: "", referred.pk: who.sender.organisation.address}
