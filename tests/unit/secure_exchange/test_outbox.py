"""What goes out: with the act that made it, until it is there or given up aloud."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from secure_exchange import bodies, carriers, directory, dsse, outbox, receipts, tasks, testing
from secure_exchange.carriers import Unanswered
from secure_exchange.errors import Misdirected
from secure_exchange.ledger import entries
from secure_exchange.manifest import Manifest
from secure_exchange.models import Entry, Incoming, Outgoing, StoredReceipt
from secure_exchange.outbox import leasing, queueing
from secure_exchange.testing import Letter, MemoryCarrier, Trouble, signed_receipt
from tests.factories.exchange import AT, DAY, SECOND, acts, italy, queue


pytestmark = pytest.mark.django_db


def test_nothing_leaves_before_the_act_is_committed(known, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = queue(known)
        queue(known, held=True)
        assert rung == []
    assert rung == [(row.pk, 0)]


def test_an_undone_act_sends_nothing(known, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError), transaction.atomic():
        queue(known)
        raise RuntimeError
    assert rung == []
    assert not Outgoing.objects.exists()


def test_an_envelope_goes_only_to_those_its_manifest_names(known):
    envelope, name = Letter(sender=known.ours, receivers=[known.italy], at=AT).seal()
    with pytest.raises(Misdirected):
        outbox.queue(envelope=envelope, body_name=name, to=known.neighbour.address, at=AT)


def test_a_delivered_envelope_has_its_receipt_its_entry_and_its_signal(
    known, heard, django_capture_on_commit_callbacks
):
    row = queue(known)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver(row.pk, at=AT, carrier_for=italy(known)) == "delivered"
    row.refresh_from_db()
    assert (row.state, row.ended_at, row.attempts, row.lease_owner) == ("delivered", AT, 1, "")
    kept = StoredReceipt.objects.get()
    assert (kept.direction, kept.kind, kept.by, kept.manifest) == (
        "received",
        "delivered",
        "node@it.connect.test",
        row.digest,
    )
    assert acts() == ["envelope.delivered"]
    assert heard == [("delivered", row.pk)]
    assert outbox.deliver(row.pk, at=AT, carrier_for=italy(known)) is None


def test_a_silent_network_is_tried_again_quickly_at_first_then_rarely_and_never_given_up(known):
    row = queue(known, lifetime=timedelta(days=30))
    lost = italy(known, *[Trouble.LOST] * 1000)
    at, waits = AT, []
    for _ in range(40):
        assert outbox.deliver(row.pk, at=at, carrier_for=lost) == "pending"
        row.refresh_from_db()
        waits.append(row.next_at - at)
        at = row.next_at
    assert [wait.total_seconds() for wait in waits[:3]] == [2, 5, 15]
    assert all(timedelta(minutes=1) <= wait <= timedelta(hours=6) for wait in waits[3:])
    assert max(waits) > timedelta(hours=1)
    assert acts() == []
    assert outbox.deliver(row.pk, at=at, carrier_for=italy(known)) == "delivered"


def test_a_row_that_is_not_due_is_left_alone(known):
    row = queue(known)
    outbox.deliver(row.pk, at=AT, carrier_for=italy(known, Trouble.LOST))
    assert outbox.deliver(row.pk, at=AT + SECOND, carrier_for=italy(known)) is None
    assert outbox.deliver(row.pk, at=AT + 2 * SECOND, carrier_for=italy(known)) == "delivered"


def test_an_answer_that_was_lost_and_a_repeat_change_nothing(known):
    row = queue(known)
    carrier = italy(known, Trouble.ANSWER_LOST, Trouble.TWICE)
    assert outbox.deliver(row.pk, at=AT, carrier_for=carrier) == "pending"
    assert outbox.deliver(row.pk, at=AT + 2 * SECOND, carrier_for=carrier) == "delivered"
    assert StoredReceipt.objects.count() == 1


def test_after_twenty_refusals_the_senders_people_are_told(known, heard, django_capture_on_commit_callbacks):
    row = queue(known, lifetime=timedelta(days=30))
    refusing = italy(known, *[Trouble.REFUSED] * 20)
    at = AT
    with django_capture_on_commit_callbacks(execute=True):
        for attempt in range(20):
            state = outbox.deliver(row.pk, at=at, carrier_for=refusing)
            assert state == ("pending" if attempt < 19 else "dead")
            row.refresh_from_db()
            at = row.next_at
    assert (row.refusals, row.last_fault) == (20, "status-403")
    assert heard == [("undeliverable", row.pk)]
    assert acts() == ["delivery.refused"] * 20 + ["envelope.undeliverable"]
    assert bodies.size(row.body)


def test_a_dead_letter_can_be_brought_back(known):
    row = queue(known)
    assert outbox.deliver(row.pk, at=AT, carrier_for=italy(known, Trouble.REFUSED, status=413)) == "dead"
    assert outbox.try_again(row.pk, by="somebody", at=AT + DAY)
    assert not outbox.try_again(row.pk, by="somebody", at=AT + DAY)
    assert outbox.deliver(row.pk, at=AT + DAY, carrier_for=italy(known)) == "delivered"


def test_an_expired_envelope_is_given_up_aloud_and_its_body_deleted(
    known, heard, django_capture_on_commit_callbacks
):
    row = queue(known)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver(row.pk, at=AT + 8 * DAY, carrier_for=italy(known)) == "expired"
    assert heard == [("undeliverable", row.pk)]
    assert acts() == ["envelope.undeliverable"]
    with pytest.raises(bodies.BodyMissing):
        bodies.size(row.body)


def test_what_expires_while_its_node_is_silent_is_due_at_that_moment(known):
    row = queue(known, lifetime=timedelta(minutes=1))
    outbox.deliver(row.pk, at=AT, carrier_for=italy(known, Trouble.LOST))
    row.refresh_from_db()
    for _ in range(5):
        outbox.deliver(row.pk, at=row.next_at, carrier_for=italy(known, Trouble.LOST))
        row.refresh_from_db()
    assert row.state == "expired"


@pytest.mark.parametrize("kind", ["opened", "destroyed"])
def test_a_receipt_for_something_else_delivers_nothing(known, kind):
    row = queue(known)

    class Liar(MemoryCarrier):
        def deliver(self, parcel, *, at, pulse=lambda: None):
            other, _ = Letter(sender=known.ours, receivers=[known.italy], at=AT).seal()
            return signed_receipt("delivered" if kind == "opened" else kind, other.manifest, self.node, at=at)

    assert outbox.deliver(row.pk, at=AT, carrier_for=lambda _: Liar(known.italy_node)) == "pending"
    assert acts() == ["receipt.refused"]
    assert not StoredReceipt.objects.exists()


def test_a_receipt_by_a_node_we_do_not_know_delivers_nothing(known):
    row = queue(known)
    other = testing.member("node@it.connect.test", at=AT, categories=())
    assert outbox.deliver(row.pk, at=AT, carrier_for=lambda _: MemoryCarrier(other)) == "pending"
    row.refresh_from_db()
    assert row.last_fault == "receipt-unknown-sender"


def test_two_workers_do_not_send_the_same_row_and_a_killed_one_leaves_it_to_the_next(known):
    row = queue(known)

    class Killed(MemoryCarrier):
        def deliver(self, parcel, *, at, pulse=lambda: None):
            assert outbox.deliver(row.pk, at=AT + SECOND, carrier_for=italy(known)) is None
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(row.pk, at=AT, carrier_for=lambda _: Killed(known.italy_node))
    assert outbox.due(at=AT + SECOND) == []
    assert outbox.due(at=AT + 60 * SECOND) == [row.pk]
    assert outbox.deliver(row.pk, at=AT + 60 * SECOND, carrier_for=italy(known)) == "delivered"


def test_a_long_upload_keeps_its_lease(known, monkeypatch):
    row = queue(known)
    ticks = iter(range(0, 1000, 20))
    monkeypatch.setattr(leasing, "monotonic", lambda: next(ticks))

    class Slow(MemoryCarrier):
        def deliver(self, parcel, *, at, pulse=lambda: None):
            for _ in range(5):
                pulse()
            assert Outgoing.objects.get().lease_until > AT + 120 * SECOND
            return super().deliver(parcel, at=at)

    assert outbox.deliver(row.pk, at=AT, carrier_for=lambda _: Slow(known.italy_node)) == "delivered"


def test_a_node_that_answers_again_gets_at_once_what_waited_for_it(
    known, rung, django_capture_on_commit_callbacks
):
    waiting, poison, now = queue(known), queue(known), queue(known)
    Outgoing.objects.filter(pk__in=[waiting.pk, poison.pk]).update(next_at=AT + DAY)
    Outgoing.objects.filter(pk=poison.pk).update(refusals=1)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.deliver(now.pk, at=AT, carrier_for=italy(known))
    assert (waiting.pk, 0) in rung
    assert outbox.due(at=AT) == [waiting.pk]


def test_a_poison_envelope_does_not_hold_up_the_others(known):
    good, poison, more = queue(known), queue(known), queue(known)
    carrier = italy(known, Trouble.NONE, Trouble.REFUSED, Trouble.NONE, status=413)
    assert outbox.deliver_due(at=AT, carrier_for=carrier) == 3
    assert [Outgoing.objects.get(pk=row.pk).state for row in (good, poison, more)] == [
        "delivered",
        "dead",
        "delivered",
    ]


# Held records


def test_a_held_record_waits_for_its_release(known, rung, django_capture_on_commit_callbacks):
    thread = uuid.uuid4()
    row = queue(known, held=True, thread=thread, kind="record", part="health")
    assert outbox.due(at=AT) == []
    assert outbox.deliver(row.pk, at=AT, carrier_for=italy(known)) is None
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.release(thread=thread, at=AT + SECOND) == 1
        assert outbox.release(thread=thread, at=AT + SECOND) == 0
    assert rung == [(row.pk, 0)]
    assert outbox.deliver(row.pk, at=AT + SECOND, carrier_for=italy(known)) == "delivered"


def test_a_destroyed_record_leaves_a_signed_trace_on_both_sides_and_no_body(
    known, django_capture_on_commit_callbacks
):
    thread = uuid.uuid4()
    offer = queue(known, thread=thread)
    carrier = MemoryCarrier(known.italy_node)
    outbox.deliver(offer.pk, at=AT, carrier_for=lambda _: carrier)
    row = queue(known, held=True, thread=thread, kind="record", part="health")
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.destroy_held(thread=thread, at=AT + SECOND) == 1
        assert outbox.destroy_held(thread=thread, at=AT + SECOND) == 0
    with pytest.raises(bodies.BodyMissing):
        bodies.size(row.body)
    row.refresh_from_db()
    assert (row.state, row.body, row.ended_at) == ("destroyed", "", AT + SECOND)
    kept = StoredReceipt.objects.get(direction="issued")
    receipt = receipts.read(bytes(kept.statement), directory.Directory())
    assert (receipt.kind, receipt.by.address, receipt.manifest) == (
        "destroyed",
        "node@ro.connect.test",
        row.digest,
    )
    assert receipt.ledger == Entry.objects.get(act="envelope.destroyed").hash
    outbox.deliver_due(at=AT + SECOND, carrier_for=lambda _: carrier)
    assert carrier.receipts == [bytes(kept.statement)]
    assert outbox.release(thread=thread, at=AT + SECOND) == 0


def test_a_receiver_that_never_heard_of_the_thread_gets_no_trace(known):
    thread = uuid.uuid4()
    queue(known, held=True, thread=thread, kind="record", part="health")
    outbox.destroy_held(thread=thread, at=AT)
    assert StoredReceipt.objects.get().kind == "destroyed"
    assert not Outgoing.objects.filter(kind="receipt").exists()


def test_what_was_released_but_has_not_left_can_still_be_stopped(known):
    thread = uuid.uuid4()
    row = queue(known, held=True, thread=thread, kind="record", part="health")
    outbox.release(thread=thread, at=AT)
    assert outbox.destroy_held(thread=thread, at=AT) == 0
    Outgoing.objects.filter(pk=row.pk).update(lease_owner="x", lease_until=AT + SECOND)
    assert outbox.destroy_held(thread=thread, at=AT, pending=True) == 0
    assert outbox.destroy_held(thread=thread, at=AT + 2 * SECOND, pending=True) == 1


def test_two_held_for_the_same_envelope_share_a_body_and_a_receipt(known, django_capture_on_commit_callbacks):
    envelope, name = Letter(
        sender=known.ours, receivers=[known.italy, known.neighbour], at=AT, kind="record", part="default"
    ).seal()
    for to in (known.italy, known.neighbour):
        outbox.queue(envelope=envelope, body_name=name, to=to.address, at=AT, held=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.destroy_held(thread=envelope.manifest.thread, at=AT) == 2
    assert StoredReceipt.objects.count() == 1
    with pytest.raises(bodies.BodyMissing):
        bodies.size(name)


def test_the_sweep_destroys_holds_that_expired_and_rings_for_what_is_due(
    known, rung, django_capture_on_commit_callbacks
):
    held = queue(known, held=True, kind="record", part="health")
    waiting = queue(known)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.sweep(at=AT + SECOND) == 1
    assert rung == [(waiting.pk, 0)]
    with django_capture_on_commit_callbacks(execute=True):
        outbox.sweep(at=AT + 8 * DAY)
    held.refresh_from_db()
    assert held.state == "destroyed"


def test_a_body_left_by_a_crash_after_the_commit_is_deleted_by_the_sweep(known):
    row = queue(known, held=True, kind="record", part="health")
    outbox.destroy_held(thread=row.thread, at=AT)
    assert bodies.size(row.body)
    outbox.sweep(at=AT)
    with pytest.raises(bodies.BodyMissing):
        bodies.size(row.body)


# Between two organisations of this node


def test_neighbours_go_through_the_same_three_steps(known, heard, django_capture_on_commit_callbacks):
    row = queue(known, to=known.neighbour)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver(row.pk, at=AT) == "delivered"
    incoming = Incoming.objects.get()
    assert heard == [("arrived", incoming.pk), ("delivered", row.pk)]
    assert {(kept.direction, kept.kind) for kept in StoredReceipt.objects.all()} == {
        ("issued", "delivered"),
        ("received", "delivered"),
    }
    opened = signed_receipt("opened", dsse_manifest(row), known.neighbour, at=AT)
    back = outbox.queue_receipt(statement=opened, to=known.ours.address, at=AT)
    assert outbox.queue_receipt(statement=opened, to=known.ours.address, at=AT) == back
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver(back.pk, at=AT) == "delivered"
    received = StoredReceipt.objects.get(direction="received", kind="opened")
    assert bytes(received.statement) == opened
    assert ("receipt_arrived", received.pk) in heard


def dsse_manifest(row):
    return Manifest.from_bytes(dsse.read(bytes(row.statement)).payload)


def test_a_refusal_between_neighbours_is_one_entry(known):
    gone = testing.member("nobody@ro.connect.test", at=AT)
    row = queue(known, to=gone)
    assert outbox.deliver(row.pk, at=AT) == "pending"
    assert acts() == ["envelope.refused"]
    row.refresh_from_db()
    assert (row.refusals, row.last_fault) == (1, "not-here")


def test_a_body_that_vanished_does_not_crash_the_worker(known):
    row = queue(known, to=known.neighbour)
    bodies.delete_body(row.body)
    assert outbox.deliver(row.pk, at=AT) == "pending"
    row.refresh_from_db()
    assert row.last_fault == "body-missing"


def test_what_follows_on_names_the_last_thing_seen(known):
    thread = uuid.uuid4()
    assert outbox.previous(thread, known.ours.address) == ""
    row = queue(known, thread=thread, at=AT, ledger=entries.head())
    assert outbox.previous(thread, known.ours.address) == row.digest
    outbox.deliver(row.pk, at=AT + SECOND, carrier_for=italy(known))
    receipt = receipts.read(bytes(StoredReceipt.objects.get().statement), directory.Directory())
    assert outbox.previous(thread, known.ours.address) == receipt.digest
    assert outbox.previous(thread, known.neighbour.address) == ""


def test_an_address_is_reached_by_the_carrier_of_its_node(known):
    assert isinstance(carriers.for_address(known.neighbour.address), carriers.LocalCarrier)
    assert isinstance(carriers.for_address(known.italy.address), carriers.HttpsCarrier)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "held", "ended_at": AT},
        {"state": "delivered"},
        {"state": "lost", "ended_at": AT},
        {"body": ""},
        {"lease_owner": "x"},
        {"state": "delivered", "ended_at": AT, "lease_owner": "x", "lease_until": AT},
        {"kind": "receipt"},
    ],
)
def test_the_database_refuses_a_state_that_cannot_be(known, change):
    queue(known)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outgoing.objects.update(**change)


def test_the_tasks_call_what_they_are_named_after(known, monkeypatch):
    row = queue(known, to=known.neighbour)
    monkeypatch.setattr(tasks, "now", lambda: AT)
    tasks.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == "delivered"
    tasks.sweep()


def test_a_broker_that_is_away_harms_nothing(known, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(queueing, "signature", away)
    with django_capture_on_commit_callbacks(execute=True):
        row = queue(known)
    assert outbox.due(at=AT) == [row.pk]


@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_each_row_once(known):
    if connection.vendor != "postgresql":
        pytest.skip("the database in memory has one writer")
    rows = [queue(known).pk for _ in range(10)]
    carrier = MemoryCarrier(known.italy_node)

    def work():
        try:
            outbox.deliver_due(at=AT, carrier_for=lambda _: carrier)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(carrier.parcels) == len(rows)
    assert Outgoing.objects.filter(state="delivered").count() == len(rows)


def test_an_unsafe_way_out_is_no_way(known, settings):
    row = queue(known)
    assert outbox.deliver(row.pk, at=AT) == "pending"
    row.refresh_from_db()
    assert row.last_fault == "not-on-the-list"
    with pytest.raises(Unanswered):
        carriers.HttpsCarrier().deliver_receipt(b"", "x@pt.connect.test", at=AT)
