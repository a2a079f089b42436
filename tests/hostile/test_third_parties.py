"""Somebody known and trusted who is no party of a handover, or who plays its receipts and letters badly."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from referral import tasks
from referral.cases.passing import pass_responsibility
from referral.consent.withdrawing import withdraw_consent
from referral.flows.stages import situation_changed
from referral.handover import (
    answering,
    envelopes,
    opening,
    reading,
    receipts_taken,
    receiving,
    taking_over,
    waiting,
    withdrawing,
)
from referral.handover.envelopes import removed_on_failure
from referral.handover.payloads import REPLY_TYPE, Reply
from referral.models import Consent, Handover
from referral.vocabulary import HandoverState
from secure_exchange import inbox, outbox
from secure_exchange.models import Entry, Incoming, Outgoing, StoredReceipt
from tests.factories.handovers import begin_nothing, carry, offered, parties
from tests.factories.people import AT, found
from tests.factories.referral import nothing_begins


pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def who(at):
    return parties()


def agreed(who):
    """The offer was made, read and accepted, and the record is here."""
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    carry()


def destroyed(thread, *, by):
    """A receipt that the inbox has kept: something of this thread was destroyed unsent."""
    return StoredReceipt.objects.create(
        direction="received",
        kind="destroyed",
        envelope=uuid.uuid4(),
        thread=thread,
        manifest=uuid.uuid4().hex * 2,
        by=by,
        at=AT,
        stored_at=AT,
        digest=uuid.uuid4().hex * 2,
        statement=b"",
    )


def test_only_the_senders_node_says_that_the_record_was_destroyed(who):
    offered(who)
    carry()
    thread = who.theirs().thread
    receipts_taken.take(receipt_id=destroyed(thread, by="node@pt.connect.test").pk, at=AT)
    assert who.theirs().state == HandoverState.OFFERED
    assert not receipts_taken.missed().exists()
    receipts_taken.take(receipt_id=destroyed(thread, by="node@ro.connect.test").pk, at=AT)
    assert who.theirs().state == HandoverState.WITHDRAWN


def test_two_receivers_who_both_opened_stop_no_sweep_and_leave_somebody_responsible(who):
    agreed(who)
    opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    pass_responsibility(case=who.case, to="earlier@pt.connect.test", actor="earlier@pt.connect.test", at=AT)
    outbox.deliver_due(at=AT)
    tasks.handle_everything(at=AT)
    assert who.ours().state == HandoverState.OPENED
    who.case.refresh_from_db()
    assert who.case.passed_to == "earlier@pt.connect.test"
    assert Entry.objects.filter(act="responsibility-contested", object=who.case.reference).count() == 1


def test_one_envelope_that_cannot_be_handled_does_not_keep_the_others_waiting(who, monkeypatch):
    offered(who)
    outbox.deliver_due(at=AT)
    poison = Incoming.objects.get().pk
    offered(parties())
    outbox.deliver_due(at=AT)
    handle = receiving.handle

    def fail(*, incoming_id, **said):
        if incoming_id == poison:
            raise RuntimeError("whatever it is")
        handle(incoming_id=incoming_id, **said)

    monkeypatch.setattr(receiving, "handle", fail)
    ended = []
    monkeypatch.setattr(waiting, "expire_due", lambda *, at: ended.append(at))
    tasks.sweep()
    assert list(inbox.unhandled().values_list("pk", flat=True)) == [poison]
    assert ended


def test_letters_to_threads_nobody_knows_do_not_fill_the_sweep(who, monkeypatch):
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    [third] = found().actors.values()
    theirs = who.receiver.organisation.address
    for _ in range(3):
        with removed_on_failure() as written:
            desk = envelopes.desk(thread=uuid.uuid4(), counterpart=theirs, by=third, at=AT)
            draft = desk.draft("reply", part="note", media_type=REPLY_TYPE, expires=AT + 24 * HOUR)
            envelopes.queue(
                envelopes.write(desk, draft, Reply(text="x").to_bytes(), into=written), to=theirs, at=AT
            )
    outbox.deliver_due(at=AT)
    offered(who)
    outbox.deliver_due(at=AT)
    tasks.handle_everything(at=AT)
    assert who.theirs().state == HandoverState.OFFERED
    assert inbox.unhandled().count() == 3
    for _ in range(2):
        tasks.handle_everything(at=AT + 25 * HOUR)
    assert not inbox.unhandled().exists()


def test_once_consent_is_withdrawn_no_colleague_opens_what_still_lay_sealed(who):
    agreed(who)
    parts = list(Incoming.objects.filter(kind="record").order_by("pk"))
    late = parts[1:]
    Incoming.objects.filter(pk__in=[part.pk for part in late]).update(handled_at=None)
    case = opening.open_record(handover=who.theirs(), by=who.colleague, at=AT, begin=begin_nothing)
    receiving.handle(incoming_id=late[0].pk, at=AT, reconsider=situation_changed)
    withdraw_consent(
        consent=who.consent, by=who.worker, at=AT, stop=withdrawing.stop, reconsider=nothing_begins
    )
    outbox.deliver_due(at=AT)
    letter = Incoming.objects.get(kind="withdrawal")
    receiving.handle(incoming_id=letter.pk, at=AT, reconsider=situation_changed)
    receiving.handle(incoming_id=late[1].pk, at=AT, reconsider=situation_changed)
    assert taking_over.take_over_parts(handover=who.theirs(), by=who.colleague, at=AT) == []
    assert case.revisions.count() == 1
    assert set(
        Incoming.objects.filter(pk__in=[part.pk for part in late]).values_list("state", flat=True)
    ) == {"withdrawn"}
    assert Handover.objects.get(case=case).state == HandoverState.OPENED


def test_an_acceptance_that_comes_while_consent_is_withdrawn_stops_no_withdrawal(who, monkeypatch):
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    outbox.deliver_due(at=AT)
    accepted = Incoming.objects.get(kind="reply").pk
    write = withdrawing._write

    def meanwhile(*args, **kwargs):
        Consent.objects.filter(pk=who.consent.pk).update(withdrawn_at=None, withdrawn_by=None)
        receiving.handle(incoming_id=accepted, at=AT, reconsider=situation_changed)
        assert who.ours().state == HandoverState.RELEASED
        return write(*args, **kwargs)

    monkeypatch.setattr(withdrawing, "_write", meanwhile)
    withdraw_consent(
        consent=who.consent, by=who.worker, at=AT, stop=withdrawing.stop, reconsider=nothing_begins
    )
    assert who.ours().state == HandoverState.WITHDRAWN
    assert not Outgoing.objects.filter(kind="record").exclude(state="destroyed").exists()
