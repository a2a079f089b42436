"""A record that was let go and is stopped: not sent on, destroyed once nobody can have it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from secure_exchange import bodies, outbox, testing
from secure_exchange.carriers import Answered, LocalCarrier, Step, Unanswered
from secure_exchange.models import Entry, Outgoing, StoredReceipt
from secure_exchange.testing import FaultyCarrier, MemoryCarrier, Trouble
from secure_exchange.transcript import read as read_transcript
from tests.factories.exchange import AT, DAY, SECOND, acts, italy, queue


pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def record(known):
    """A record that the receiver accepted."""
    row = queue(known, held=True, thread=uuid.uuid4(), kind="record", part="health")
    outbox.release(thread=row.thread, at=AT)
    return row


class WithdrawnMeanwhile(MemoryCarrier):
    """While it delivers, consent is withdrawn."""

    def __init__(self, node, then):
        super().__init__(node)
        self.then = then

    def deliver(self, parcel, *, at, pulse=lambda: None):
        [row] = Outgoing.objects.filter(statement=parcel.statement)
        outbox.destroy_held(thread=row.thread, at=at, pending=True)
        if isinstance(self.then, Exception):
            raise self.then
        self.then(pulse)
        return super().deliver(parcel, at=at)


def withdrawn_meanwhile(known, then):
    carrier = WithdrawnMeanwhile(known.italy_node, then)
    return lambda _: carrier


def state(row):
    return Outgoing.objects.get(pk=row.pk).state


def destroyed_receipts():
    return StoredReceipt.objects.filter(kind="destroyed").count()


def test_a_record_withdrawn_while_its_try_fails_is_destroyed_and_never_tried_again(
    known, record, rung, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver(
            record.pk, at=AT, carrier_for=withdrawn_meanwhile(known, Unanswered("no-answer"))
        ) == ("destroyed")
    assert (record.pk, 2) not in rung
    assert outbox.due(at=AT + DAY) == []
    assert outbox.deliver(record.pk, at=AT + DAY, carrier_for=italy(known)) is None
    assert destroyed_receipts() == 1
    assert acts() == ["envelope.stopped", "envelope.destroyed"]
    with pytest.raises(bodies.BodyMissing):
        bodies.size(record.body)


def test_a_record_that_arrived_while_consent_was_withdrawn_stays_delivered(known, record):
    arrives = withdrawn_meanwhile(known, lambda pulse: None)
    assert outbox.deliver(record.pk, at=AT, carrier_for=arrives) == "delivered"
    assert destroyed_receipts() == 0
    assert outbox.destroy_held(thread=record.thread, at=AT, pending=True) == 0


def test_an_upload_that_is_stopped_sends_no_further_piece(known, record):
    carrier = WithdrawnMeanwhile(known.italy_node, lambda pulse: pulse())
    assert outbox.deliver(record.pk, at=AT, carrier_for=lambda _: carrier) == "destroyed"
    assert carrier.parcels == []


def test_an_upload_between_neighbours_stops_before_it_is_taken(known):
    row = queue(known, to=known.neighbour, held=True, kind="record", part="default")
    outbox.release(thread=row.thread, at=AT)

    class Withdrawn(LocalCarrier):
        def deliver(self, parcel, *, at, pulse=lambda: None):
            def withdraw_and_pulse():
                outbox.destroy_held(thread=row.thread, at=at, pending=True)
                pulse()

            pulse()
            return super().deliver(parcel, at=at, pulse=once(withdraw_and_pulse, after=2))

    assert outbox.deliver(row.pk, at=AT, carrier_for=lambda _: Withdrawn()) == "destroyed"


def once(call, *, after):
    """What does nothing until it was called so often."""
    left = [after]

    def pulse():
        left[0] -= 1
        if left[0] == 0:
            call()

    return pulse


def test_where_the_answer_was_lost_the_receiver_is_asked_before_anything_is_signed(known, record):
    carrier = FaultyCarrier(MemoryCarrier(known.italy_node), [Trouble.ANSWER_LOST])
    assert outbox.deliver(record.pk, at=AT, carrier_for=lambda _: carrier) == "pending"
    assert outbox.destroy_held(thread=record.thread, at=AT + SECOND, pending=True) == 0
    assert destroyed_receipts() == 0
    assert outbox.deliver(record.pk, at=AT + SECOND, carrier_for=lambda _: carrier) == "delivered"
    assert read_transcript(record.thread).first_fault == ""


def test_where_the_receiver_says_that_it_has_it_not_it_is_destroyed(
    known, record, django_capture_on_commit_callbacks
):
    lost = italy(known)

    def killed(address):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(record.pk, at=AT, carrier_for=killed)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.destroy_held(thread=record.thread, at=AT + 2 * MINUTE, pending=True) == 0
    # Nothing can be sent any more, whatever the receiver will say.
    with pytest.raises(bodies.BodyMissing):
        bodies.size(record.body)
    assert read_transcript(record.thread).first_fault == ""
    assert outbox.deliver(record.pk, at=AT + 2 * MINUTE, carrier_for=lost) == "destroyed"
    assert destroyed_receipts() == 1
    assert read_transcript(record.thread).first_fault == ""


def test_a_worker_that_was_thought_dead_does_not_make_a_signed_lie(known, record):
    """A lease that ran out without a pulse says nothing about what the worker did."""

    class Slow(MemoryCarrier):
        def deliver(self, parcel, *, at, pulse=lambda: None):
            receipt = super().deliver(parcel, at=at)
            assert outbox.destroy_held(thread=record.thread, at=AT + 5 * MINUTE, pending=True) == 0
            return receipt

    assert outbox.deliver(record.pk, at=AT, carrier_for=lambda _: Slow(known.italy_node)) == "delivered"
    assert destroyed_receipts() == 0


def test_a_stopped_record_whose_receiver_never_says_anything_ends_aloud(
    known, record, heard, django_capture_on_commit_callbacks
):
    outbox.deliver(record.pk, at=AT, carrier_for=italy(known, Trouble.ANSWER_LOST))
    outbox.destroy_held(thread=record.thread, at=AT + SECOND, pending=True)
    silent = italy(known, *[Trouble.LOST] * 100)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver(record.pk, at=AT + SECOND, carrier_for=silent) == "pending"
        assert outbox.deliver(record.pk, at=AT + 8 * DAY, carrier_for=silent) == "expired"
    assert heard == [("undeliverable", record.pk)]
    assert destroyed_receipts() == 0


def test_what_was_given_up_is_destroyed_by_a_withdrawal_and_cannot_be_tried_again(known, record):
    assert outbox.deliver(record.pk, at=AT, carrier_for=italy(known, Trouble.REFUSED, status=413)) == "dead"
    assert outbox.destroy_held(thread=record.thread, at=AT + SECOND, pending=True) == 1
    assert state(record) == "destroyed"
    assert not outbox.try_again(record.pk, by="somebody", at=AT + SECOND)


def test_what_was_given_up_and_may_have_arrived_is_stopped_by_a_withdrawal(known, record):
    Outgoing.objects.filter(pk=record.pk).update(state="dead", ended_at=AT, unsure=True)
    assert outbox.destroy_held(thread=record.thread, at=AT + SECOND, pending=True) == 0
    assert not outbox.try_again(record.pk, by="somebody", at=AT + SECOND)
    assert outbox.deliver(record.pk, at=AT + SECOND, carrier_for=italy(known)) == "destroyed"


def test_a_second_withdrawal_changes_nothing(known, record):
    outbox.deliver(record.pk, at=AT, carrier_for=italy(known, Trouble.ANSWER_LOST))
    for _ in range(2):
        assert outbox.destroy_held(thread=record.thread, at=AT + SECOND, pending=True) == 0
    assert acts() == ["envelope.stopped"]


def test_a_refusal_by_what_stands_between_does_not_say_that_the_receiver_has_it_not(known, record):
    carrier = FaultyCarrier(MemoryCarrier(known.italy_node), [Trouble.ANSWER_LOST, Trouble.REFUSED])
    outbox.deliver(record.pk, at=AT, carrier_for=lambda _: carrier)
    outbox.destroy_held(thread=record.thread, at=AT + SECOND, pending=True)
    assert outbox.deliver(record.pk, at=AT + SECOND, carrier_for=lambda _: carrier) == "pending"
    assert destroyed_receipts() == 0
    assert outbox.deliver(record.pk, at=AT + DAY, carrier_for=lambda _: carrier) == "delivered"


def test_a_refusal_to_take_it_says_that_the_receiver_has_it_not(known, record):
    refused = Answered("status-422", 422, step=Step.COMMIT)
    outcome = outbox.deliver(record.pk, at=AT, carrier_for=withdrawn_meanwhile(known, refused))
    assert outcome == "destroyed"


def test_a_stopped_record_for_a_neighbour_who_left_is_destroyed(known):
    gone = testing.member("nobody@ro.connect.test", at=AT)
    row = queue(known, to=gone, held=True, kind="record", part="default")
    outbox.release(thread=row.thread, at=AT)
    Outgoing.objects.update(unsure=True)
    assert outbox.destroy_held(thread=row.thread, at=AT, pending=True) == 0
    assert outbox.deliver(row.pk, at=AT) == "destroyed"


def test_an_unanswered_announcement_leaves_no_doubt(known, record):
    outbox.deliver(record.pk, at=AT, carrier_for=italy(known, Trouble.LOST))
    assert outbox.destroy_held(thread=record.thread, at=AT + SECOND, pending=True) == 1
    assert acts() == ["envelope.destroyed"]


def test_a_receipt_that_came_after_its_envelope_was_destroyed_is_kept_and_recorded(known, record):
    class Late(MemoryCarrier):
        def deliver(self, parcel, *, at, pulse=lambda: None):
            Outgoing.objects.update(lease_until=None, lease_owner="", takes=0)
            assert outbox.destroy_held(thread=record.thread, at=at, pending=True) == 1
            return super().deliver(parcel, at=at)

    assert outbox.deliver(record.pk, at=AT, carrier_for=lambda _: Late(known.italy_node)) == "destroyed"
    assert Entry.objects.get(act="envelope.delivered").reason == "destroyed-before"
    assert StoredReceipt.objects.filter(kind="delivered").count() == 1


def test_a_stop_that_is_undone_with_its_act_stops_nothing(known, record):
    outbox.deliver(record.pk, at=AT, carrier_for=italy(known, Trouble.ANSWER_LOST))
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.destroy_held(thread=record.thread, at=AT, pending=True)
        raise RuntimeError
    assert outbox.deliver(record.pk, at=AT + 2 * SECOND, carrier_for=italy(known)) == "delivered"


@pytest.mark.parametrize("step", [Step.ANNOUNCE, Step.UPLOAD, Step.COMMIT])
def test_only_a_request_to_take_it_can_have_been_heard(known, record, step):
    fault = Unanswered("no-answer", step=step)
    outcome = outbox.deliver(record.pk, at=AT, carrier_for=withdrawn_meanwhile(known, fault))
    assert outcome == ("pending" if step is Step.COMMIT else "destroyed")
