"""Who may send a row and say what became of it: workers that are killed, that come late, that never end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from secure_exchange import outbox, retry
from secure_exchange.carriers import Answered, Step, Unanswered
from secure_exchange.carriers.base import REQUEST_SECONDS
from secure_exchange.models import Outgoing, StoredReceipt
from secure_exchange.outbox import failing
from secure_exchange.testing import MemoryCarrier, Trouble
from tests.factories.exchange import AT, DAY, SECOND, acts, italy, queue


pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Saying(MemoryCarrier):
    """Does something first, then says this."""

    def __init__(self, node, fault=None, first=lambda: None):
        super().__init__(node)
        self.fault, self.first = fault, first

    def deliver(self, parcel, *, at, pulse=lambda: None):
        self.first()
        if self.fault is not None:
            raise self.fault
        return super().deliver(parcel, at=at)


def saying(known, fault=None, first=lambda: None):
    carrier = Saying(known.italy_node, fault, first)
    return lambda _: carrier


def killed(address):
    """A worker that is gone before it can say anything."""
    raise KeyboardInterrupt


def take_and_die(row, at):
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(row.pk, at=at, carrier_for=killed)
    row.refresh_from_db()


def test_a_pulse_lets_the_lease_outlive_the_longest_request(known):
    row = queue(known)

    class Pulsing(MemoryCarrier):
        def deliver(self, parcel, *, at, pulse=lambda: None):
            pulse()
            assert Outgoing.objects.get().lease_until >= AT + timedelta(seconds=REQUEST_SECONDS + 60)
            return super().deliver(parcel, at=at)

    assert outbox.deliver(row.pk, at=AT, carrier_for=lambda _: Pulsing(known.italy_node)) == "delivered"


def test_a_worker_that_comes_late_does_not_overwrite_what_the_next_one_holds(known):
    row = queue(known)
    newer = {}

    def taken_over():
        def look():
            newer.update(Outgoing.objects.values("lease_owner", "attempts").get())

        outbox.deliver(row.pk, at=AT + MINUTE, carrier_for=saying(known, Unanswered("no-answer"), look))

    late = saying(known, Answered("status-413", 413), taken_over)
    assert outbox.deliver(row.pk, at=AT, carrier_for=late) == "pending"
    row.refresh_from_db()
    assert (row.refusals, row.last_fault, row.lease_owner) == (0, "no-answer", "")
    assert newer["attempts"] == 2
    assert acts() == []


def test_a_worker_that_lost_its_lease_sends_nothing_more(known):
    row = queue(known)

    class Late(MemoryCarrier):
        def deliver(self, parcel, *, at, pulse=lambda: None):
            Outgoing.objects.update(lease_owner="another", lease_until=AT + DAY)
            return super().deliver(parcel, at=at, pulse=pulse)

    assert outbox.deliver(row.pk, at=AT, carrier_for=lambda _: Late(known.italy_node)) == "pending"
    row.refresh_from_db()
    assert row.lease_owner == "another"


@pytest.mark.parametrize("ended", ["dead", "expired", "pending"])
def test_a_delivered_receipt_wins_whoever_brings_it(known, ended, heard, django_capture_on_commit_callbacks):
    row = queue(known)

    def ends():
        over = {} if ended == "pending" else {"ended_at": AT}
        Outgoing.objects.update(state=ended, lease_owner="", lease_until=None, **over)

    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver(row.pk, at=AT, carrier_for=saying(known, first=ends)) == "delivered"
    assert Outgoing.objects.get().state == "delivered"
    assert heard == [("delivered", row.pk)]
    assert StoredReceipt.objects.filter(kind="delivered").count() == 1


def test_the_word_of_a_delivery_comes_too_late_for_its_body_only(known, django_capture_on_commit_callbacks):
    row = queue(known)

    def expires():
        Outgoing.objects.update(state="expired", lease_owner="", lease_until=None, ended_at=AT)
        outbox.sweep(at=AT)

    assert outbox.deliver(row.pk, at=AT, carrier_for=saying(known, first=expires)) == "delivered"
    assert Outgoing.objects.get().body == ""


def test_a_row_that_ends_its_workers_is_left_alone_for_longer_each_time(known):
    row, at, waits = queue(known, lifetime=timedelta(days=20)), AT, []
    for _ in range(retry.MAX_TAKES):
        take_and_die(row, at)
        waits.append(row.next_at - at)
        at = max(row.next_at, row.lease_until)
    assert waits == [MINUTE * 2**number for number in range(retry.MAX_TAKES)]


def test_a_row_that_ends_its_workers_does_not_stand_before_the_others(known):
    poison, good = queue(known), queue(known)
    take_and_die(poison, AT)
    take_and_die(poison, AT + MINUTE)
    assert outbox.due(at=AT + 2 * MINUTE) == [good.pk]


def test_a_row_that_ends_its_workers_is_set_aside_and_its_people_are_told(
    known, heard, django_capture_on_commit_callbacks
):
    row, at = queue(known, lifetime=timedelta(days=20)), AT
    for _ in range(retry.MAX_TAKES):
        take_and_die(row, at)
        at = max(row.next_at, row.lease_until)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver(row.pk, at=at, carrier_for=killed) == "dead"
    assert heard == [("undeliverable", row.pk)]
    assert acts() == ["envelope.undeliverable"]
    assert list(outbox.dead(sender=known.ours.address, at=at)) == [row]
    assert outbox.try_again(row.pk, by="somebody", at=at)
    assert outbox.deliver(row.pk, at=at, carrier_for=italy(known)) == "delivered"


def test_a_word_of_any_kind_says_that_a_worker_survived(known):
    row, at = queue(known, lifetime=timedelta(days=20)), AT
    for _ in range(retry.MAX_TAKES):
        take_and_die(row, at)
        at = max(row.next_at, row.lease_until)
        assert outbox.deliver(row.pk, at=at, carrier_for=italy(known, Trouble.LOST)) == "pending"
        row.refresh_from_db()
        at = row.next_at
    assert row.takes == 0


def test_what_an_unexpected_fault_keeps_from_its_turn_is_only_its_own_row(known):
    first, second = queue(known), queue(known)

    faults = [ValueError("made up")]

    def some(address):
        if faults:
            raise faults.pop()
        return MemoryCarrier(known.italy_node)

    assert outbox.deliver_due(at=AT, carrier_for=some) == 1
    assert [Outgoing.objects.get(pk=row.pk).state for row in (first, second)] == ["pending", "delivered"]


# How far a body came


def cut(confirmed):
    return Unanswered("no-answer", step=Step.UPLOAD, confirmed=confirmed)


def test_a_try_that_moved_bytes_does_not_count_for_the_waiting(
    known, rung, django_capture_on_commit_callbacks
):
    row, at = queue(known), AT
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(1, 12):
            forward = saying(known, cut(number * failing.MOVED))
            assert outbox.deliver(row.pk, at=at, carrier_for=forward) == "pending"
            row.refresh_from_db()
            assert row.next_at - at == 2 * SECOND
            assert row.last_fault == ""
            at = row.next_at
    assert rung == [(row.pk, 2)] * 11


def test_a_receiver_that_tells_the_same_number_for_ever_is_not_asked_for_ever(known):
    row, at = queue(known), AT
    for _ in range(6):
        outbox.deliver(row.pk, at=at, carrier_for=saying(known, cut(failing.MOVED)))
        row.refresh_from_db()
        wait, at = row.next_at - at, row.next_at
    assert wait >= MINUTE
    assert row.last_fault == "no-answer"


def test_what_was_confirmed_before_is_no_news_after_the_receiver_lost_it(known):
    row = queue(known)
    for number, confirmed in enumerate((3, 0, 3, 1, 3)):
        at = AT + number * DAY
        outbox.deliver(row.pk, at=at, carrier_for=saying(known, cut(confirmed * failing.MOVED)))
    row.refresh_from_db()
    assert (row.attempts, row.confirmed) == (4, 3 * failing.MOVED)


# A limit of what stands between


def test_too_large_is_final_for_what_was_announced_and_not_for_a_piece(known):
    whole, piece = queue(known), queue(known)
    about_the_whole = saying(known, Answered("status-413", 413))
    about_a_piece = saying(known, Answered("status-413", 413, step=Step.UPLOAD))
    assert outbox.deliver(whole.pk, at=AT, carrier_for=about_the_whole) == "dead"
    assert outbox.deliver(piece.pk, at=AT, carrier_for=about_a_piece) == "pending"
    assert outbox.deliver(piece.pk, at=AT + DAY, carrier_for=italy(known)) == "delivered"


def test_a_piece_that_is_always_too_large_is_given_up_aloud_in_the_end(known):
    row, at = queue(known, lifetime=timedelta(days=20)), AT
    for _ in range(retry.MAX_REFUSALS):
        state = outbox.deliver(
            row.pk, at=at, carrier_for=saying(known, Answered("status-413", 413, step=Step.UPLOAD))
        )
        row.refresh_from_db()
        at = row.next_at
    assert state == "dead"
