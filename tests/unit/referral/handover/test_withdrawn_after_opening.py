"""The person changes their mind when the record is open elsewhere already: it reaches the people there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.consent.withdrawing import withdraw_consent
from referral.flows.stages import situation_changed
from referral.handover import answering, opening, reading, receiving, taking_over, withdrawing
from referral.models import CategoryGrant, Consent
from referral.queries.case_handovers import withdrawn_at_the_sender
from referral.record.reading import open_category
from referral.rules.refusals import IllegalStep, NotInYourRole
from referral.vocabulary import Category, HandoverState, ReadingReason
from secure_exchange import node_keys, outbox
from secure_exchange.models import Entry, Incoming, StoredReceipt
from tests.factories.handovers import NAME, SHARED, begin_nothing, carry, offered, parties
from tests.factories.people import AT


pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def who(at):
    return parties()


@pytest.fixture
def social(who):
    """A colleague at the receiver who reads only what was disclosed."""
    return who.receiver[Role.SOCIAL_WORKER]


def opened(who, *, by=None):
    offered(who)
    carry()
    by = by or who.colleague
    reading.read_offer(handover=who.theirs(), by=by, at=AT)
    answering.accept(handover=who.theirs(), by=by, at=AT)
    carry()
    case = opening.open_record(handover=who.theirs(), by=by, at=AT, begin=begin_nothing)
    carry()
    return case


def reads(case, by, at=AT):
    return open_category(
        case=case, category=Category.IDENTITY, by=by, at=at, reason=ReadingReason.GIVE_SERVICE
    ).fields


def withdrawn(who, at=AT + HOUR):
    withdraw_consent(
        consent=who.consent, by=who.worker, at=at, stop=withdrawing.stop, reconsider=situation_changed
    )
    carry(at=at)


def page(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def test_what_was_disclosed_by_the_agreement_that_came_ends_when_it_is_withdrawn_here(who, social):
    case = opened(who, by=social)
    assert reads(case, social) == {"prs_FirstName": NAME}
    consent = case.consents.get()
    disclosed = CategoryGrant.objects.filter(participation__case=case, consent=consent)
    assert set(disclosed.values_list("category", "until")) == {(each, consent.until) for each in SHARED}
    withdraw_consent(
        consent=consent, by=social, at=AT + HOUR, stop=withdrawing.stop, reconsider=situation_changed
    )
    with pytest.raises(NotInYourRole):
        reads(case, social, at=AT + HOUR)


def test_what_was_disclosed_by_the_agreement_that_came_ends_with_it(at):
    who = parties(until=2 * HOUR)
    social = who.receiver[Role.SOCIAL_WORKER]
    case = opened(who, by=social)
    assert reads(case, social, at=AT + HOUR) == {"prs_FirstName": NAME}
    with pytest.raises(NotInYourRole):
        reads(case, social, at=AT + 2 * HOUR)


def test_a_consent_withdrawn_at_the_sender_ends_what_was_granted_on_it_at_the_receiver(who, social):
    case = opened(who, by=social)
    withdrawn(who)
    theirs = who.theirs()
    assert theirs.state == HandoverState.OPENED, "what was opened was opened"
    assert theirs.withdrawn_at == AT + HOUR
    assert theirs.withdrawn_by is None
    consent = case.consents.get()
    assert (consent.withdrawn_at, consent.withdrawn_by) == (AT + HOUR, None)
    with pytest.raises(NotInYourRole):
        reads(case, social, at=AT + HOUR)
    entry = Entry.objects.get(act="consent-withdrawn", object=case.reference)
    assert (entry.actor, entry.reason) == (node_keys.address(), str(consent.uuid))
    assert who.ours().state == HandoverState.OPENED


def test_help_goes_on_when_a_consent_is_withdrawn_at_the_sender(who):
    case = opened(who)
    withdrawn(who)
    assert reads(case, who.colleague, at=AT + HOUR) == {"prs_FirstName": NAME}
    case.refresh_from_db()
    assert case.closed_at is None


def test_the_case_says_that_the_person_withdrew_and_what_is_asked(who, signed_in):
    case = opened(who)
    client = signed_in(Client(), who.receiver.members[Role.CASEWORKER])
    shown = page(client, "case", case.reference)
    assert "Share <strong>" in shown
    assert withdrawn_at_the_sender(by=who.colleague) == []
    withdrawn(who, at=AT)
    [waiting] = withdrawn_at_the_sender(by=who.colleague)
    assert waiting["reference"] == case.reference
    assert waiting["counterpart"] == who.sender.organisation.name
    shown = page(client, "my-work")
    assert "Consent withdrawn" in shown
    assert case.reference in shown
    shown = page(client, "case", case.reference)
    assert "The person withdrew the agreement" in shown
    assert "you are asked to erase what came" in shown
    assert "Help goes on" in shown
    assert "Share <strong>" not in shown
    assert "has not agreed to share anything yet" not in shown
    assert "The person withdrew the agreement" in page(client, "offer", who.theirs().thread)
    carry(at=AT)
    letter = Incoming.objects.get(kind="withdrawal")
    assert StoredReceipt.objects.filter(kind="opened", envelope=letter.envelope).exists(), "acknowledged"


def test_a_withdrawal_waits_for_whoever_works_the_case_until_they_write_back(who):
    opened(who)
    withdrawn(who)
    assert withdrawn_at_the_sender(by=who.receiver[Role.SUPERVISOR])
    assert withdrawn_at_the_sender(by=who.receiver[Role.SOCIAL_WORKER]) == []
    answering.note(handover=who.theirs(), text="Șters.", by=who.colleague, at=AT + 2 * HOUR)
    assert withdrawn_at_the_sender(by=who.colleague) == []


def test_an_offer_taken_back_in_the_moment_it_was_opened_is_not_called_the_person_s_word(who, signed_in):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    withdrawing.withdraw(handover=who.ours(), by=who.worker, at=AT)
    carry()
    assert (who.ours().state, who.theirs().state) == (HandoverState.OPENED, HandoverState.OPENED)
    client = signed_in(Client(), who.receiver.members[Role.CASEWORKER])
    shown = page(client, "case", case.reference)
    assert "Taken back by the sender" in shown
    assert "The person withdrew" not in shown
    assert "asked to erase" not in shown
    ours = signed_in(Client(), who.sender.members[Role.CASEWORKER])
    assert "it had been opened before this reached them" in page(ours, "case", who.case.reference)


def test_the_same_withdrawal_twice_ends_the_agreement_once(who):
    case = opened(who)
    withdrawn(who)
    letter = Incoming.objects.get(kind="withdrawal")
    Incoming.objects.filter(pk=letter.pk).update(handled_at=None)
    receiving.handle(incoming_id=letter.pk, at=AT + 2 * HOUR, reconsider=situation_changed)
    assert Entry.objects.filter(act="consent-withdrawn", object=case.reference).count() == 1
    assert case.consents.get().withdrawn_at == AT + HOUR


def test_a_consent_withdrawn_here_first_stays_as_it_was_said_here(who):
    case = opened(who)
    consent = case.consents.get()
    withdraw_consent(
        consent=consent, by=who.colleague, at=AT, stop=withdrawing.stop, reconsider=situation_changed
    )
    withdrawn(who)
    consent.refresh_from_db()
    assert (consent.withdrawn_at, consent.withdrawn_by) == (AT, who.colleague.membership)
    assert who.theirs().withdrawn_at == AT + HOUR


def test_a_part_being_taken_over_when_the_withdrawal_comes_is_not_kept(who, monkeypatch):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    late = Incoming.objects.get(kind="record", part="contact")
    Incoming.objects.filter(pk=late.pk).update(handled_at=None)
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    receiving.handle(incoming_id=late.pk, at=AT, reconsider=situation_changed)
    open_part = taking_over.arrived_parts.open_part

    def meanwhile(*args, **kwargs):
        part = open_part(*args, **kwargs)
        withdraw_consent(
            consent=who.consent, by=who.worker, at=AT, stop=withdrawing.stop, reconsider=situation_changed
        )
        outbox.deliver_due(at=AT)
        receiving.handle(
            incoming_id=Incoming.objects.get(kind="withdrawal").pk, at=AT, reconsider=situation_changed
        )
        return part

    monkeypatch.setattr(taking_over.arrived_parts, "open_part", meanwhile)
    with pytest.raises(IllegalStep):
        taking_over.take_over_parts(handover=who.theirs(), by=who.colleague, at=AT)
    assert not case.revisions.filter(category="contact").exists()
    assert Incoming.objects.get(pk=late.pk).state == "withdrawn"
    assert Consent.objects.get(case=case).withdrawn_at == AT
