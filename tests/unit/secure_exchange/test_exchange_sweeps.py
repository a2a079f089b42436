"""What the sweeps find, each row and each part by itself, and the letters that were given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from secure_exchange import bodies, carriers, inbox, outbox, tasks
from secure_exchange.models import Outgoing
from secure_exchange.outbox import sweeping
from secure_exchange.testing import Trouble
from tests.factories.exchange import AT, DAY, SECOND, acts, italy, queue


pytestmark = pytest.mark.django_db


def dead_letter(known, **letter):
    row = queue(known, **letter)
    assert outbox.deliver(row.pk, at=AT, carrier_for=italy(known, Trouble.REFUSED, status=413)) == "dead"
    return row


def test_a_sender_sees_what_was_given_up_and_nobody_elses(known):
    row = dead_letter(known)
    queue(known)
    assert list(outbox.dead(sender=known.ours.address, at=AT)) == [row]
    assert list(outbox.dead(sender=known.neighbour.address, at=AT)) == []
    assert list(outbox.dead(sender=known.ours.address, at=AT + 8 * DAY)) == []


def test_who_tries_again_is_recorded(known):
    row = dead_letter(known)
    assert outbox.try_again(row.pk, by="somebody", at=AT)
    assert acts()[-1] == "envelope.tried_again"
    assert list(outbox.dead(sender=known.ours.address, at=AT)) == []


def test_what_expired_is_not_tried_again(known):
    row = dead_letter(known)
    assert not outbox.try_again(row.pk, by="somebody", at=AT + 8 * DAY)
    assert "envelope.tried_again" not in acts()


def test_a_dead_letter_that_expired_ends_aloud_and_without_its_body(
    known, heard, django_capture_on_commit_callbacks
):
    row = dead_letter(known)
    body = row.body
    with django_capture_on_commit_callbacks(execute=True):
        outbox.sweep(at=AT + DAY)
        assert Outgoing.objects.get(pk=row.pk).state == "dead"
        outbox.sweep(at=AT + 8 * DAY)
    row.refresh_from_db()
    assert (row.state, row.body) == ("expired", "")
    assert heard == [("undeliverable", row.pk)]
    with pytest.raises(bodies.BodyMissing):
        bodies.size(body)


def test_a_row_that_cannot_be_ended_keeps_no_other_from_its_end(known, monkeypatch):
    first, second = (queue(known, held=True, kind="record", part="health") for _ in range(2))
    destroy = sweeping.destroy

    def faulty(row, *, at):
        if row.pk == first.pk:
            raise ValueError("the name of a person")
        destroy(row, at=at)

    monkeypatch.setattr(sweeping, "destroy", faulty)
    due = queue(known, at=AT + 7 * DAY)
    with capture_logs() as said:
        assert outbox.sweep(at=AT + 8 * DAY) == 1
    assert [Outgoing.objects.get(pk=row.pk).state for row in (first, second, due)] == [
        "held",
        "destroyed",
        "pending",
    ]
    assert [(one["fault"], one["row"]) for one in said] == [("ValueError", first.pk)]
    assert "person" not in repr(said)


def test_one_part_of_the_sweep_that_fails_keeps_no_other_from_its_turn(known, monkeypatch):
    cleared = []
    monkeypatch.setattr(tasks, "now", lambda: AT)
    monkeypatch.setattr(outbox, "sweep", lambda *, at: 1 / 0)
    monkeypatch.setattr(inbox, "clear_quarantine", lambda *, at: cleared.append(at))
    with capture_logs() as said:
        tasks.sweep()
    assert cleared == [AT]
    assert [one["fault"] for one in said] == ["ZeroDivisionError"]


def test_the_sweep_waits_for_no_other_node(known, monkeypatch):
    monkeypatch.setattr(carriers, "look_again", lambda *, at: 1 / 0)
    monkeypatch.setattr(tasks, "now", lambda: AT + DAY)
    with capture_logs() as said:
        tasks.sweep()
    assert said == []


def test_a_bell_that_nobody_heard_is_forgotten_and_rung_again(
    known, rung, django_capture_on_commit_callbacks
):
    row = queue(known)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.sweep(at=AT + SECOND)
        outbox.sweep(at=AT + timedelta(minutes=1))
    assert rung == [(row.pk, 0)] * 2
