"""What a machine does with what arrives: in any order, from anybody, known or not."""

from __future__ import annotations

import itertools
import tracemalloc
import uuid
from datetime import timedelta

import pytest

from referral.flows.stages import situation_changed
from referral.handover import (
    answering,
    envelopes,
    opening,
    reading,
    receiving,
    taking_over,
    waiting,
    withdrawing,
)
from referral.handover.envelopes import removed_on_failure
from referral.handover.payloads import REPLY_TYPE, Reply
from referral.models import Handover
from referral.queries.incoming import dead_letters
from referral.rules.refusals import OfferRefused
from referral.vocabulary import Category, HandoverState
from secure_exchange import outbox
from secure_exchange.errors import Expired
from secure_exchange.inbox import taking
from secure_exchange.models import Entry, Incoming, Outgoing, StoredReceipt
from tests.factories.handovers import SHARED, begin_nothing, carry, offered, parties
from tests.factories.people import AT, found


pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def who(at):
    return parties()


def write(by, to, kind, *, thread, payload=b"{}", part="", at=AT):
    """An envelope as only somebody with the organisation's keys can write it."""
    with removed_on_failure() as written:
        desk = envelopes.desk(thread=thread, counterpart=to, by=by, at=at)
        draft = desk.draft(kind, part=part, media_type=REPLY_TYPE, expires=at + 24 * HOUR)
        sealed = envelopes.write(desk, draft, payload, into=written)
        return envelopes.queue(sealed, to=to, at=at)


def deliver(at=AT):
    outbox.deliver_due(at=at)


def test_an_unknown_part_of_a_record_is_a_dead_letter_that_people_see(who):
    offered(who)
    carry()
    thread = who.ours().thread
    theirs = who.receiver.organisation.address
    desk = envelopes.desk(thread=thread, counterpart=theirs, by=who.worker, at=AT)
    assert "shoe_size" not in desk.their.recipients
    with removed_on_failure() as written, written.new() as (name, body):
        draft = desk.draft("record", part="shoe_size", media_type=REPLY_TYPE, expires=AT + HOUR)
        with envelopes.envelope.sealing(
            body, draft, 2, desk.pen.signer, [desk.their.recipients["default"]]
        ) as sealing:
            sealing.write(b"{}")
        envelopes.queue(envelopes.Written(envelope=sealing.envelope, body=name), to=theirs, at=AT)
    carry()
    assert who.theirs().state == HandoverState.OFFERED
    [letter] = dead_letters(who.colleague)
    assert letter["counterpart"] == who.sender.organisation.name
    assert Entry.objects.filter(act="envelope.quarantined", reason="unknown-part").count() == 1


def test_an_unknown_decision_is_quarantined_and_never_becomes_an_acceptance(who):
    offered(who)
    carry()
    accepted = write(
        who.colleague,
        who.sender.organisation.address,
        "reply",
        thread=who.ours().thread,
        part="accepted",
        payload=Reply().to_bytes(),
    )
    deliver()
    Incoming.objects.filter(envelope=accepted.envelope).update(part="maybe")
    carry()
    assert who.ours().state == HandoverState.OFFERED
    assert Outgoing.objects.filter(kind="record", state="held").count() == len(SHARED)
    assert Incoming.objects.get(envelope=accepted.envelope).state == "failed"


def test_a_reply_that_cannot_be_shown_is_told_to_its_sender_and_leaves_the_page_readable(who):
    offered(who)
    carry()
    note = write(
        who.colleague,
        who.sender.organisation.address,
        "reply",
        thread=who.ours().thread,
        part="note",
        payload=b'{"reason":"","text":"\\ud800","version":1}',
    )
    carry()
    [read] = [
        one
        for one in reading.read_messages(handover=who.ours(), by=who.worker, at=AT)
        if one.message.envelope == note.envelope
    ]
    assert not read.readable
    assert StoredReceipt.objects.filter(envelope=note.envelope, kind="failed", direction="issued").exists()


def test_a_letter_without_an_end_is_not_read_into_memory(who, monkeypatch):
    monkeypatch.setattr(taking, "MAX_LETTER_BYTES", 2**30)
    offered(who)
    carry()
    note = write(
        who.colleague,
        who.sender.organisation.address,
        "reply",
        thread=who.ours().thread,
        part="note",
        payload=b" " * 2**24,
    )
    carry()
    tracemalloc.start()
    try:
        read = reading.read_messages(handover=who.ours(), by=who.worker, at=AT)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [one.readable for one in read if one.message.envelope == note.envelope] == [False]
    assert peak < 2**23
    assert StoredReceipt.objects.filter(envelope=note.envelope, kind="failed", direction="issued").exists()


def test_a_stranger_to_the_thread_cannot_accept_for_the_receiver(who):
    offered(who)
    carry()
    third = found()
    [actor] = third.actors.values()
    write(
        actor,
        who.sender.organisation.address,
        "reply",
        thread=who.ours().thread,
        part="accepted",
        payload=Reply().to_bytes(),
    )
    carry()
    assert who.ours().state == HandoverState.OFFERED
    assert Outgoing.objects.filter(kind="record", state="held").count() == len(SHARED)
    assert len(dead_letters(who.worker)) == 1


def test_the_sender_cannot_answer_its_own_offer(who):
    offered(who)
    carry()
    write(
        who.worker,
        who.receiver.organisation.address,
        "reply",
        thread=who.ours().thread,
        part="accepted",
        payload=Reply().to_bytes(),
    )
    carry()
    assert who.theirs().state == HandoverState.OFFERED
    assert len(dead_letters(who.colleague)) == 1


def test_a_second_offer_in_the_same_thread_does_not_replace_the_first(who):
    offered(who)
    carry()
    contents = reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    write(who.worker, who.receiver.organisation.address, "offer", thread=who.ours().thread)
    carry()
    assert reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT) == contents
    assert len(dead_letters(who.colleague)) == 1


def test_an_offer_outside_the_closed_list_is_not_shown_and_the_sender_is_told(who):
    write(
        who.worker,
        who.receiver.organisation.address,
        "offer",
        thread=uuid.uuid4(),
        payload=b'{"version":1,"name":"Zamfira"}',
    )
    carry()
    with pytest.raises(OfferRefused):
        reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    assert StoredReceipt.objects.filter(kind="failed", direction="received").count() == 1
    assert who.theirs().kind == ""


def test_a_message_that_comes_before_its_offer_waits_for_it(who):
    thread = uuid.uuid4()
    theirs = who.receiver.organisation.address
    offer = write(who.worker, theirs, "offer", thread=thread)
    write(who.worker, theirs, "withdrawal", thread=thread)
    deliver()
    early = Incoming.objects.get(kind="withdrawal")
    receiving.handle(incoming_id=early.pk, at=AT, reconsider=situation_changed)
    early.refresh_from_db()
    assert early.handled_at is None
    receiving.handle(
        incoming_id=Incoming.objects.get(envelope=offer.envelope).pk, at=AT, reconsider=situation_changed
    )
    early.refresh_from_db()
    assert early.handled_at is not None
    assert who.theirs().state == HandoverState.WITHDRAWN


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_parts_of_the_record_may_come_in_any_order_and_twice(who, order):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry_reply_only()
    deliver()
    parts = list(Incoming.objects.filter(kind="record").order_by("pk"))
    assert len(parts) == 3
    for place in (*order, *order):
        receiving.handle(incoming_id=parts[place].pk, at=AT, reconsider=situation_changed)
    assert who.theirs().state == HandoverState.RELEASED
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    assert case.revisions.count() == 3


def carry_reply_only():
    deliver()
    for reply in Incoming.objects.filter(kind="reply"):
        receiving.handle(incoming_id=reply.pk, at=AT, reconsider=situation_changed)


def test_a_part_that_comes_after_opening_is_taken_over_later(who):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry_reply_only()
    deliver()
    first, *others = Incoming.objects.filter(kind="record").order_by("pk")
    receiving.handle(incoming_id=first.pk, at=AT, reconsider=situation_changed)
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    assert case.revisions.count() == 1
    for late in others:
        receiving.handle(incoming_id=late.pk, at=AT, reconsider=situation_changed)
    assert who.theirs().state == HandoverState.OPENED
    taken = taking_over.take_over_parts(handover=who.theirs(), by=who.colleague, at=AT)
    assert set(taken) == {Category(late.part) for late in others}
    assert case.revisions.count() == 3


def test_a_withdrawal_that_crossed_the_opening_leaves_the_case_and_is_a_message(who):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()
    opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    withdrawing.withdraw(handover=who.ours(), by=who.worker, at=AT)
    assert who.ours().state == HandoverState.WITHDRAWN
    carry()
    assert who.theirs().state == HandoverState.OPENED
    assert who.ours().state == HandoverState.OPENED, "what was opened was opened"
    who.case.refresh_from_db()
    assert who.case.passed_to == who.receiver.organisation.address
    assert who.theirs().messages.filter(kind="withdrawal").count() == 1


def test_an_offer_nobody_answers_ends_on_both_sides_and_the_record_is_destroyed(who):
    offered(who)
    carry()
    end = who.ours().expires_at
    waiting.mark_late(at=AT + 40 * HOUR)
    assert who.theirs().reminded_at == AT + 40 * HOUR
    assert who.theirs().escalated_at is None
    waiting.mark_late(at=AT + 73 * HOUR)
    assert who.theirs().escalated_at == AT + 73 * HOUR
    assert waiting.expire_due(at=end - HOUR) == 0
    assert waiting.expire_due(at=end) == 2
    assert waiting.expire_due(at=end) == 0
    assert {who.ours().state, who.theirs().state} == {HandoverState.EXPIRED}
    assert not Outgoing.objects.filter(kind="record").exclude(state="destroyed").exists()
    with pytest.raises(Expired):
        reading.read_offer(handover=who.theirs(), by=who.colleague, at=end)


def test_nothing_stays_on_disk_when_an_offer_cannot_be_queued(who, monkeypatch, node_folder):
    before = sorted(node_folder.rglob("sealed/*/*"))

    def full(**_):
        raise OSError("disk full")

    monkeypatch.setattr(outbox, "queue", full)
    with pytest.raises(OSError, match="disk full"):
        offered(who)
    assert sorted(node_folder.rglob("sealed/*/*")) == before
    assert not Handover.objects.exists()
    assert not Entry.objects.filter(act="handover.offered").exists()
