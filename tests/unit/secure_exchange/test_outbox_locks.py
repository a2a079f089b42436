"""The outbox and the ledger are locked in one order, whoever comes first (PostgreSQL)."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection, transaction

from secure_exchange import outbox
from secure_exchange.ledger import entries
from secure_exchange.models import Outgoing
from secure_exchange.outbox import delivering
from tests.factories.exchange import AT, DAY, italy, queue


pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]
PATIENCE_SECONDS = 10


@pytest.fixture(autouse=True)
def _on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("the database in memory has one writer")


class Beside:
    """Something done at the same time; raises what it raised."""

    def __init__(self, work):
        self.fault, self._work = None, work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        try:
            self._work()
        except Exception as fault:  # noqa: BLE001 - raised again in the test
            self.fault = fault
        finally:
            connection.close()

    def result(self):
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()
        if self.fault is not None:
            raise self.fault


def test_a_delivery_and_a_withdrawal_do_not_wait_for_each_other(known, monkeypatch):
    """The one holds a neighbour's row and wants the ledger, which the other holds until its commit."""
    thread = uuid.uuid4()
    sent = queue(known)
    waiting = queue(known, thread=thread, kind="record", part="health")
    Outgoing.objects.filter(pk=waiting.pk).update(next_at=AT + DAY)
    rows_held, ledger_held = threading.Event(), threading.Event()
    append = entries.append

    def append_in_turn(**entry):
        if entry["act"] == "envelope.destroyed":
            rows_held.set()
            ledger_held.wait(1)
        made = append(**entry)
        if entry["act"] == "envelope.delivered":
            ledger_held.set()
        return made

    monkeypatch.setattr(entries, "append", append_in_turn)
    withdrawal = Beside(lambda: outbox.destroy_held(thread=thread, at=AT, pending=True))
    assert rows_held.wait(PATIENCE_SECONDS)
    delivery = Beside(lambda: outbox.deliver(sent.pk, at=AT, carrier_for=italy(known)))
    delivery.result()
    withdrawal.result()
    assert Outgoing.objects.get(pk=sent.pk).state == "delivered"
    assert Outgoing.objects.get(pk=waiting.pk).state == "destroyed"


def test_an_act_that_holds_the_ledger_can_stop_a_record_whose_delivery_is_being_recorded(known, monkeypatch):
    """Consent is withdrawn: an entry first, then the rows, one of which a worker records as delivered."""
    row = queue(known, kind="record", part="health")
    row_held, ledger_held = threading.Event(), threading.Event()
    keep_receipt = delivering.keep_receipt

    def keep_in_turn(*what, **when):
        row_held.set()
        ledger_held.wait(1)
        return keep_receipt(*what, **when)

    def withdraw():
        with transaction.atomic():
            entries.append(act="consent-withdrawn", actor="somebody", object="made up", at=AT)
            ledger_held.set()
            outbox.destroy_held(thread=row.thread, at=AT, pending=True)

    monkeypatch.setattr(delivering, "keep_receipt", keep_in_turn)
    delivery = Beside(lambda: outbox.deliver(row.pk, at=AT, carrier_for=italy(known)))
    assert row_held.wait(PATIENCE_SECONDS)
    withdrawal = Beside(withdraw)
    withdrawal.result()
    delivery.result()
    assert Outgoing.objects.get(pk=row.pk).state == "delivered"


def test_withdrawals_and_deliveries_of_the_same_rows_all_come_to_an_end(known):
    threads = [uuid.uuid4() for _ in range(6)]
    rows = [queue(known, thread=one, kind="record", part="health").pk for one in threads for _ in range(3)]
    work = [
        Beside(lambda one=one: outbox.destroy_held(thread=one, at=AT, pending=True)) for one in threads[:4]
    ]
    work += [Beside(lambda: outbox.deliver_due(at=AT, carrier_for=italy(known))) for _ in range(3)]
    work.append(Beside(lambda: outbox.sweep(at=AT)))
    for one in work:
        one.result()
    outbox.deliver_due(at=AT + DAY, carrier_for=italy(known))
    states = set(Outgoing.objects.filter(pk__in=rows).values_list("state", flat=True))
    assert states <= {"delivered", "destroyed"}


def test_a_withdrawal_waits_for_no_worker_that_is_sending(known):
    """Nothing is locked while a worker talks to another node: the withdrawal comes through, and stops it."""
    row = queue(known, kind="record", part="health")
    sending, withdrawn = threading.Event(), threading.Event()

    class Long:
        def deliver(self, parcel, *, at, pulse):
            sending.set()
            assert withdrawn.wait(PATIENCE_SECONDS)
            pulse()

    delivery = Beside(lambda: outbox.deliver(row.pk, at=AT, carrier_for=lambda _: Long()))
    assert sending.wait(PATIENCE_SECONDS)
    with transaction.atomic():
        assert outbox.destroy_held(thread=row.thread, at=AT, pending=True) == 0
    withdrawn.set()
    delivery.result()
    assert Outgoing.objects.get(pk=row.pk).state == "destroyed"
