"""Consent withdrawn while the record is on its way, and what an act does before it holds the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from referral import tasks
from referral.consent.withdrawing import withdraw_consent
from referral.flows.stages import situation_changed
from referral.handover import answering, reading, withdrawing
from referral.vocabulary import HandoverState
from secure_exchange import bodies, outbox, transcript
from secure_exchange.carriers import LocalCarrier, Unanswered
from secure_exchange.models import Incoming, Outgoing, StoredReceipt
from tests.factories.handovers import SHARED, carry, offered, parties
from tests.factories.people import AT


pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def released(at):
    """A record that was let go and has not left."""
    who = parties()
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.accept(handover=who.theirs(), by=who.colleague, at=AT)
    [reply] = Outgoing.objects.filter(kind="reply")
    outbox.deliver(reply.pk, at=AT)
    tasks.handle_everything(at=AT)
    assert who.ours().state == HandoverState.RELEASED
    return who


class Withdrawing(LocalCarrier):
    """Consent is withdrawn while it delivers; then the network fails, or nothing does."""

    def __init__(self, who, *, fails):
        self.who, self.fails = who, fails

    def deliver(self, parcel, *, at, pulse=lambda: None):
        if self.who.ours().state == HandoverState.RELEASED:
            withdraw_consent(
                consent=self.who.consent,
                by=self.who.worker,
                at=at,
                stop=withdrawing.stop,
                reconsider=situation_changed,
            )
        if self.fails:
            raise Unanswered("no-answer")
        return super().deliver(parcel, at=at, pulse=pulse)


def records():
    return Outgoing.objects.filter(kind="record")


@pytest.mark.parametrize("fails", [True, False])
def test_no_part_of_a_record_leaves_after_consent_was_withdrawn(released, fails):
    first, *_ = records().order_by("pk")
    carrier = Withdrawing(released, fails=fails)
    assert outbox.deliver(first.pk, at=AT + HOUR, carrier_for=lambda _: carrier) == "destroyed"
    for days in range(20):
        carry(at=AT + HOUR + timedelta(days=days))
    assert {row.state for row in records()} == {"destroyed"}
    assert not Incoming.objects.filter(kind="record").exists()
    assert released.theirs().state == HandoverState.WITHDRAWN
    receipts = StoredReceipt.objects.filter(kind="destroyed")
    assert receipts.filter(direction="issued").count() == len(SHARED)
    assert receipts.filter(direction="received").count() == len(SHARED)
    assert transcript.read(released.ours().thread).first_fault == ""


def test_nobody_waits_for_the_disk_while_an_act_holds_the_ledger(at, monkeypatch):
    settle, inside = bodies.settle, []

    def settling(name):
        inside.append(bool(connection.savepoint_ids))
        return settle(name)

    monkeypatch.setattr(bodies, "settle", settling)
    who = parties()
    offered(who)
    carry()
    reading.read_offer(handover=who.theirs(), by=who.colleague, at=AT)
    answering.ask(handover=who.theirs(), text="?", by=who.colleague, at=AT)
    withdrawing.withdraw(handover=who.ours(), by=who.worker, at=AT)
    assert inside == [False] * len(inside)
    assert len(inside) >= len(SHARED) + 3
