"""What came in parts: each is taken over by itself, beside what was written here first, and none is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.flows.stages import age_changed, situation_changed
from referral.handover import answering, opening, reading, receiving, record_parts, taking_over
from referral.handover.payloads import RecordPart
from referral.models import Case, Revision
from referral.record import documents
from referral.record.reading import open_category
from referral.record.revising import revise
from referral.rules.refusals import NotCovered, TooLarge
from referral.vocabulary import Category, HandoverState
from secure_exchange import outbox
from secure_exchange.models import Incoming, StoredReceipt
from tests.factories.handovers import PHONE, SHARED, begin_nothing, carry, offered, parties
from tests.factories.people import AT


pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TYPED = {"prs_Email": "scrie@exemplu.test", "prs_MobilePhone": "+40700000999"}


@pytest.fixture
def who(at):
    return parties()


def agreed(who, **said):
    """The offer is accepted and released, and every part is here."""
    offered(who, **said)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()


def opened_without(who, *late):
    """The record is opened while these parts are still on their way; gives the case and the late ones."""
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    outbox.deliver_due(at=AT)
    receiving.handle(incoming_id=Incoming.objects.get(kind="reply").pk, at=AT, reconsider=situation_changed)
    outbox.deliver_due(at=AT)
    parts = Incoming.objects.filter(kind="record").order_by("pk")
    for part in parts.exclude(part__in=late):
        receiving.handle(incoming_id=part.pk, at=AT, reconsider=situation_changed)
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    return case, list(parts.filter(part__in=late))


def write_contact(case, who, fields):
    revise(
        case=case,
        category=Category.CONTACT,
        fields=fields,
        based_on=0,
        by=who.colleague,
        at=AT,
        on_child=age_changed,
    )


def arrive(parts):
    for part in parts:
        receiving.handle(incoming_id=part.pk, at=AT, reconsider=situation_changed)


def take_over(who, *, by=None, at=AT):
    return taking_over.take_over_parts(handover=who.theirs(), by=by or who.colleague, at=at)


def fields(case, category, *, by, number=None):
    return open_category(case=case, category=category, by=by, at=AT, number=number).fields


def failed_receipts():
    return StoredReceipt.objects.filter(kind="failed", direction="received").count()


def test_a_part_that_comes_after_somebody_wrote_here_is_kept_beside_what_was_written(who):
    case, late = opened_without(who, Category.CONTACT, Category.NEEDS)
    write_contact(case, who, TYPED)
    arrive(late)
    assert set(take_over(who)) == {Category.CONTACT, Category.NEEDS}
    assert not Incoming.objects.filter(kind="record").exclude(state="opened").exists()
    assert fields(case, Category.CONTACT, by=who.colleague) == TYPED, "what people here wrote stands"
    assert fields(case, Category.CONTACT, by=who.colleague, number=1) == TYPED
    assert fields(case, Category.CONTACT, by=who.colleague, number=2) == {"prs_MobilePhone": PHONE}
    assert fields(case, Category.NEEDS, by=who.colleague)
    carry()
    assert StoredReceipt.objects.filter(kind="opened", direction="received").count() == 1 + len(SHARED)
    assert failed_receipts() == 0


def test_what_came_fills_what_nobody_here_had_written(who):
    case, late = opened_without(who, Category.CONTACT)
    typed = {"prs_Email": "scrie@exemplu.test"}
    write_contact(case, who, typed)
    arrive(late)
    assert take_over(who) == [Category.CONTACT]
    assert fields(case, Category.CONTACT, by=who.colleague) == {**typed, "prs_MobilePhone": PHONE}
    assert fields(case, Category.CONTACT, by=who.colleague, number=2) == {"prs_MobilePhone": PHONE}


def test_what_came_and_was_written_here_word_for_word_makes_no_new_revision(who):
    case, late = opened_without(who, Category.CONTACT)
    typed = {"prs_MobilePhone": PHONE, "prs_Email": "scrie@exemplu.test"}
    write_contact(case, who, typed)
    arrive(late)
    assert take_over(who) == [Category.CONTACT]
    assert Revision.objects.filter(case=case, category="contact").count() == 1
    assert fields(case, Category.CONTACT, by=who.colleague) == typed


def test_whoever_was_writing_when_a_part_was_taken_over_writes_over_nothing(who, signed_in):
    case, late = opened_without(who, Category.CONTACT)
    client = signed_in(Client(), who.receiver.members[Role.CASEWORKER])
    arrive(late)
    take_over(who)
    address = reverse("revise", args=[case.reference, "contact"])
    answer = client.post(address, {"based_on": "0", "prs_Email": "scrie@exemplu.test"})
    assert answer.status_code == 409
    assert PHONE in answer.content.decode()
    assert Revision.objects.filter(case=case, category="contact").count() == 1


def test_two_parts_of_one_category_are_both_kept(who, monkeypatch):
    write_all = record_parts.write_all

    def twice(writing, categories, *, after):
        parts = write_all(writing, categories, after=after)
        more = RecordPart(
            category=Category.CONTACT, case=writing.facts, fields={"prs_Email": "alta@exemplu.test"}
        )
        return [*parts, record_parts._write_fields(writing, more, after=parts[-1])]

    monkeypatch.setattr(record_parts, "write_all", twice)
    agreed(who)
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    assert fields(case, Category.CONTACT, by=who.colleague) == {
        "prs_MobilePhone": PHONE,
        "prs_Email": "alta@exemplu.test",
    }
    assert who.theirs().state == HandoverState.OPENED


def test_a_document_too_large_for_this_node_keeps_nothing_else_waiting_and_the_sender_is_told(at, settings):
    shared = (*SHARED, Category.DOCUMENTS)
    who = parties(categories=shared)
    for name, size in (("mare.pdf", 5000), ("mica.pdf", 10)):
        documents.receive(
            case=who.case,
            name=name,
            media_type="application/pdf",
            chunks=[b"x" * size],
            by=who.worker,
            at=AT,
        )
    agreed(who, categories=shared)
    settings.CONNECT.MAX_DOCUMENT_BYTES, before = 1000, settings.CONNECT.MAX_DOCUMENT_BYTES
    try:
        case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
        with pytest.raises(TooLarge):
            take_over(who)
    finally:
        settings.CONNECT.MAX_DOCUMENT_BYTES = before
    assert [one.name for one in documents.listed(case=case, by=who.colleague, at=AT)] == ["mica.pdf"]
    carry()
    assert failed_receipts() == 1
    assert {who.ours().state, who.theirs().state} == {HandoverState.OPENED}
    assert take_over(who) == [Category.DOCUMENTS], "with room for it, it is taken after all"
    assert case.documents.count() == 2


def test_a_part_whose_agreement_has_ended_stays_sealed_and_the_sender_is_told(at):
    who = parties(until=2 * HOUR)
    case, late = opened_without(who, Category.CONTACT, Category.NEEDS)
    arrive(late)
    with pytest.raises(NotCovered):
        take_over(who, at=AT + 3 * HOUR)
    carry(at=AT + 3 * HOUR)
    assert failed_receipts() == len(late)
    assert case.revisions.count() == 1
    assert who.theirs().state == HandoverState.OPENED


def test_the_case_says_that_a_part_has_come_and_is_still_sealed(who, signed_in):
    case, late = opened_without(who, Category.CONTACT)
    client = signed_in(Client(), who.receiver.members[Role.CASEWORKER])
    page = reverse("case", args=[case.reference])
    assert "on its way from the sender" in client.get(page).content.decode()
    arrive(late)
    shown = client.get(page).content.decode()
    assert "arrived, still sealed" in shown
    assert reverse("offer", args=[who.theirs().thread]) in shown
    take_over(who)
    shown = client.get(page).content.decode()
    assert "arrived, still sealed" not in shown
    assert "on its way from the sender" not in shown


def test_a_part_written_here_first_is_still_announced_as_sealed(who, signed_in):
    case, late = opened_without(who, Category.CONTACT)
    write_contact(case, who, TYPED)
    arrive(late)
    client = signed_in(Client(), who.receiver.members[Role.CASEWORKER])
    assert "arrived, still sealed" in client.get(reverse("case", args=[case.reference])).content.decode()


def test_a_case_opened_here_says_nothing_of_parts_that_come(who, signed_in):
    client = signed_in(Client(), who.sender.members[Role.CASEWORKER])
    agreed(who)
    shown = client.get(reverse("case", args=[who.case.reference])).content.decode()
    assert "nothing written yet" in shown
    assert "still sealed" not in shown
    assert Case.objects.count() == 1
