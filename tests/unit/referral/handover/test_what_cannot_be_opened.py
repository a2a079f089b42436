"""A record that cannot be opened: both sides see it, nothing is lost, and the sender has a way on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.consent.giving import give_consent
from referral.handover import answering, arrived_parts, opening, reading, record_parts, taking_over
from referral.handover.refusals import AgreementOver, PartNotUnderstood
from referral.models import Case, Handover, Revision
from referral.record import fields as record_fields
from referral.record.reading import open_category
from referral.rules.refusals import IllegalStep, NotCovered
from referral.vocabulary import Category, ConsentManner, HandoverState, Purpose
from secure_exchange.errors import WrongContents
from secure_exchange.models import Entry, StoredReceipt
from tests.factories.handovers import NAME, PHONE, SHARED, begin_nothing, carry, contents, offered, parties
from tests.factories.people import AT


pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NEWER = {
    "a field of a newer release": (Category.CONTACT, {"prs_ShoeSize": "38"}),
    "a code of another list": (Category.CONTACT, {"prs_MobilePhone": PHONE, "prs_MailingCountry": "XX"}),
    "a list inside a list": (Category.NEEDS, {"needs": [["SAFE_ACCOMMODATION"]]}),
    "an object inside a list": (Category.NEEDS, {"needs": [{"code": "SAFE_ACCOMMODATION"}]}),
}


@pytest.fixture
def who(at):
    return parties()


@pytest.fixture
def ours(who, signed_in):
    return signed_in(Client(), who.sender.members[Role.CASEWORKER])


@pytest.fixture
def theirs(who, signed_in):
    return signed_in(Client(), who.receiver.members[Role.CASEWORKER])


def released(who, at=AT):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=at)
    answering.accept(handover=who.theirs(), by=who.colleague, at=at)
    carry(at=at)


def says(monkeypatch, changed):
    """The sender's node has newer words: it writes these fields into the parts it seals."""
    write = record_parts._write_fields

    def newer(writing, part, *, after):
        said = changed(part)
        part = record_parts.RecordPart(category=part.category, case=part.case, fields=said)
        return write(writing, part, after=after)

    monkeypatch.setattr(record_parts, "_write_fields", newer)


def states(who):
    return who.ours().state, who.theirs().state


def open_it(who, *, by=None, at=AT):
    return opening.open_record(handover=who.theirs(), by=by or who.colleague, at=at, begin=begin_nothing)


def text(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize(("category", "said"), NEWER.values(), ids=NEWER)
def test_one_part_in_unknown_words_leaves_the_rest_to_be_opened_and_is_told(who, monkeypatch, category, said):
    says(monkeypatch, lambda part: said if part.category == category else part.fields)
    released(who)
    case = open_it(who)
    assert set(case.revisions.values_list("category", flat=True)) == set(SHARED) - {category}
    with pytest.raises(PartNotUnderstood):
        taking_over.take_over_parts(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    assert states(who) == (HandoverState.OPENED, HandoverState.OPENED)
    assert StoredReceipt.objects.filter(kind="failed", direction="received").count() == 1


def test_both_pages_say_which_part_could_not_be_opened(who, monkeypatch, ours, theirs):
    newer = {"prs_ShoeSize": "38"}
    says(monkeypatch, lambda part: newer if part.category == Category.CONTACT else part.fields)
    released(who)
    case = open_it(who)
    carry()
    assert "Could not be opened: Contact" in text(theirs, "offer", who.theirs().thread)
    assert "came, could not be opened" in text(theirs, "case", case.reference)
    assert "they could not open: Contact" in text(ours, "handover", who.ours().thread)


def test_a_record_in_unknown_words_fails_on_both_sides_and_opens_once_they_are_known(
    who, monkeypatch, theirs
):
    says(monkeypatch, lambda part: {**part.fields, "prs_ShoeSize": "38"})
    released(who)
    with pytest.raises(PartNotUnderstood):
        open_it(who)
    carry()
    assert states(who) == (HandoverState.FAILED, HandoverState.FAILED)
    assert Case.objects.count() == 1
    assert StoredReceipt.objects.filter(kind="failed", direction="received").count() == len(SHARED)
    assert Entry.objects.filter(act="handover.open-refused", reason="part-not-understood").count() == 1
    thread = who.theirs().thread
    answer = theirs.post(reverse("offer", args=[thread]), {"act": "open"})
    assert answer.status_code == 422
    assert "newer" in answer.content.decode()
    shown = text(theirs, "offer", thread)
    assert "It could not be opened here, and the sender knows" in shown
    assert "Could not be opened" in text(theirs, "incoming")

    def knows_shoes(category, values):
        return record_fields.clean_all(category, {k: v for k, v in values.items() if k != "prs_ShoeSize"})

    monkeypatch.setattr(arrived_parts, "clean_all", knows_shoes)
    monkeypatch.setattr("referral.record.revising.clean_all", knows_shoes)
    case = open_it(who)
    carry()
    assert states(who) == (HandoverState.OPENED, HandoverState.OPENED)
    opened = open_category(case=case, category=Category.IDENTITY, by=who.colleague, at=AT)
    assert opened.fields == {"prs_FirstName": NAME}


def test_parts_of_different_cases_fail_on_both_sides(who, monkeypatch):
    write = record_parts._write_fields

    def other(writing, part, *, after):
        facts = part.case
        if part.category == Category.NEEDS:
            facts = record_parts.CaseFacts(**{**vars(part.case), "reference": "RO-26-OTHER"})
        changed = record_parts.RecordPart(category=part.category, case=facts, fields=part.fields)
        return write(writing, changed, after=after)

    monkeypatch.setattr(record_parts, "_write_fields", other)
    released(who)
    with pytest.raises(WrongContents):
        open_it(who)
    carry()
    assert states(who) == (HandoverState.FAILED, HandoverState.FAILED)
    assert Case.objects.count() == 1


def test_consent_that_ended_between_release_and_opening_is_seen_on_both_sides(at):
    who = parties(until=2 * HOUR)
    released(who)
    with pytest.raises(NotCovered) as refusal:
        open_it(who, at=AT + 3 * HOUR)
    assert isinstance(refusal.value, AgreementOver)
    assert refusal.value.status == 422
    carry(at=AT + 3 * HOUR)
    assert states(who) == (HandoverState.FAILED, HandoverState.FAILED)
    assert StoredReceipt.objects.filter(kind="failed", direction="received").count() == len(SHARED)
    assert Case.objects.count() == 1
    assert not Revision.objects.exclude(case=who.case).exists()


def test_from_what_could_not_be_opened_the_sender_takes_it_back_and_offers_it_again(at, signed_in):
    who = parties(until=2 * HOUR)
    released(who)
    with pytest.raises(NotCovered):
        open_it(who, at=AT + 3 * HOUR)
    carry(at=AT + 3 * HOUR)
    failed = who.ours()
    ours = signed_in(Client(), who.sender.members[Role.CASEWORKER])
    shown = text(ours, "handover", failed.thread)
    assert "or take it back here and offer it again" in shown
    assert "You can then offer it again" in shown
    with pytest.raises(IllegalStep):
        offered(who, at=AT + HOUR)
    assert ours.post(reverse("handover-withdraw", args=[failed.thread])).status_code == 302
    carry(at=AT + 3 * HOUR)
    assert states(who) == (HandoverState.WITHDRAWN, HandoverState.WITHDRAWN)
    with pytest.raises(IllegalStep):
        open_it(who, at=AT + HOUR)
    later = AT + 4 * HOUR
    consent = give_consent(
        case=who.case,
        receiver=who.receiver.organisation.address,
        categories=SHARED,
        purpose=Purpose.ASSISTANCE,
        language="ro",
        manner=ConsentManner.WRITTEN,
        given_at=later,
        until=later + timedelta(days=90),
        by=who.worker,
        at=later,
    )
    again = opening_offer(who, consent, at=later)
    carry(at=later)
    theirs = Handover.objects.get(organisation=who.receiver.organisation, thread=again.thread)
    reading.read_offer(handover=theirs, by=who.colleague, at=later)
    answering.accept(handover=theirs, by=who.colleague, at=later)
    carry(at=later)
    theirs.refresh_from_db()
    opening.open_record(handover=theirs, by=who.colleague, at=later, begin=begin_nothing)
    carry(at=later)
    again.refresh_from_db()
    assert again.state == HandoverState.OPENED


def opening_offer(who, consent, *, at):
    from referral.handover.offering import offer  # noqa: PLC0415 - the factory knows one consent only

    return offer(
        case=who.case,
        to=who.receiver.organisation.address,
        contents=contents(),
        consent=consent,
        by=who.worker,
        at=at,
    )


def test_what_was_taken_back_is_not_listed_as_not_understood(who, monkeypatch, theirs, ours):
    says(monkeypatch, lambda part: {**part.fields, "prs_ShoeSize": "38"})
    released(who)
    with pytest.raises(PartNotUnderstood):
        open_it(who)
    carry()
    assert "Not understood" in text(theirs, "incoming")
    ours.post(reverse("handover-withdraw", args=[who.ours().thread]))
    carry(at=AT + HOUR)
    assert "Not understood" not in text(theirs, "incoming")
