"""A whole thread checked from what is stored, and the first byte that was changed is found."""

from __future__ import annotations

import io
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from secure_exchange import bodies, directory, dsse, inbox, outbox, receipts, transcript
from secure_exchange.ledger import entries
from secure_exchange.manifest import Manifest
from secure_exchange.models import Entry, Incoming, Outgoing, PublishedKeySet, StoredReceipt
from secure_exchange.testing import Letter, MemoryCarrier, rewriting, signed_receipt
from tests.factories.exchange import AT


pytestmark = pytest.mark.django_db


def minute(number):
    return AT + timedelta(minutes=number)


def send(known, thread, number, *, held=False, to=None, **letter):
    envelope, name = Letter(
        sender=known.ours,
        receivers=[to or known.italy],
        at=minute(number),
        thread=thread,
        previous=outbox.previous(thread, known.ours.address),
        ledger=entries.head(),
        **letter,
    ).seal()
    row = outbox.queue(
        envelope=envelope, body_name=name, to=(to or known.italy).address, at=minute(number), held=held
    )
    return envelope.manifest, row


def receive(known, thread, number, previous):
    envelope, name = Letter(
        sender=known.italy,
        receivers=[known.ours],
        at=minute(number),
        thread=thread,
        kind="reply",
        part="accepted",
        previous=previous,
    ).seal()
    place = inbox.announce(envelope.statement, at=minute(number)).place
    with bodies.open_body(name) as body:
        inbox.append(place, 0, body, envelope.manifest.payload.size, at=minute(number))
    inbox.commit(place, at=minute(number))
    bodies.delete_body(name)


@pytest.fixture
def thread(known):
    """A handover from offer to opening, with one part that was destroyed and one that expired."""
    thread = uuid.uuid4()
    carrier = MemoryCarrier(known.italy_node)
    offer, _ = send(known, thread, 0)
    outbox.deliver_due(at=minute(1), carrier_for=lambda _: carrier)
    record, _ = send(known, thread, 2, held=True, kind="record", part="health")
    receive(known, thread, 3, offer.digest)
    outbox.release(thread=thread, at=minute(4))
    outbox.deliver_due(at=minute(4), carrier_for=lambda _: carrier)
    inbox.receive_receipt(signed_receipt("opened", record, known.italy, at=minute(5)), at=minute(6))
    send(known, thread, 7, held=True, kind="record", part="health", content=b"more")
    outbox.destroy_held(thread=thread, at=minute(8))
    _, late = send(known, thread, 9, kind="reply", part="note", lifetime=timedelta(minutes=2))
    outbox.deliver(late.pk, at=minute(12), carrier_for=lambda _: carrier)
    return thread


def test_a_thread_that_nobody_touched_holds(thread):
    found = transcript.read(thread)
    assert found.first_fault == ""
    assert found.ledger.holds
    assert [line.at for line in found.lines] == sorted(line.at for line in found.lines)
    whats = [line.what for line in found.lines]
    assert whats[0] == "offer to casa-aperta@it.connect.test, delivered"
    assert "reply accepted from casa-aperta@it.connect.test, received" in whats
    assert "receipt: opened by casa-aperta@it.connect.test, received" in whats
    assert "receipt: destroyed by node@ro.connect.test, issued" in whats
    assert len(found.lines) == 5 + 5


def test_a_thread_between_two_of_our_own_holds(known):
    thread = uuid.uuid4()
    send(known, thread, 0, to=known.neighbour)
    outbox.deliver_due(at=minute(1))
    send(known, thread, 2, to=known.neighbour, held=True, kind="record", part="default")
    outbox.destroy_held(thread=thread, at=minute(3))
    outbox.deliver_due(at=minute(4))
    found = transcript.read(thread)
    assert found.first_fault == ""
    assert len(found.lines) == 2 + 1 + 4


@contextmanager
def undone():
    """Whatever is changed inside is not."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def flipped(data, position, bit):
    changed = bytearray(data)
    changed[position % len(changed)] ^= 1 << bit
    return bytes(changed)


def overwrite(model, row, **columns):
    """Write into a table past every guard."""
    quoted = ", ".join(f'"{column}" = %s' for column in columns)
    with rewriting(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET {quoted} WHERE "{model._meta.pk.column}" = %s',
            [*columns.values(), row.pk],
        )


@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_one_byte_changed_in_any_statement_or_receipt_is_named(thread, data):
    tables = [
        *Outgoing.objects.filter(thread=thread).exclude(kind="receipt"),
        *Incoming.objects.filter(thread=thread),
        *StoredReceipt.objects.filter(thread=thread),
    ]
    row = data.draw(st.sampled_from(tables))
    statement = flipped(bytes(row.statement), data.draw(st.integers(0, 20_000)), data.draw(st.integers(0, 7)))
    with undone():
        overwrite(type(row), row, statement=statement)
        found = transcript.read(thread)
        kind = "receipt" if isinstance(row, StoredReceipt) else row.kind
        assert found.first_fault.startswith(kind)
        assert str(row.envelope) in found.first_fault
    assert transcript.read(thread).first_fault == ""


@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_one_byte_changed_in_any_body_is_named(thread, data):
    rows = [*Outgoing.objects.filter(thread=thread).exclude(body=""), *Incoming.objects.filter(thread=thread)]
    row = data.draw(st.sampled_from([row for row in rows if row.state not in {"expired", "destroyed"}]))
    with bodies.open_body(row.body) as file:
        whole = file.read()
    changed = flipped(whole, data.draw(st.integers(0, 20_000)), data.draw(st.integers(0, 7)))
    try:
        write(row.body, changed)
        fault = transcript.read(thread).first_fault
        assert "altered" in fault
        assert str(row.envelope) in fault
    finally:
        write(row.body, whole)
    assert transcript.read(thread).first_fault == ""


def write(name, content):
    with bodies.writing(name) as file:
        file.truncate(0)
        file.write(content)


@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_one_character_changed_in_any_row_of_the_ledger_is_named(thread, data):
    entry = data.draw(st.sampled_from(list(Entry.objects.all())))
    column = data.draw(st.sampled_from(["act", "actor", "object", "reason", "category", "previous", "hash"]))
    text = getattr(entry, column)
    place = data.draw(st.integers(0, max(len(text) - 1, 0)))
    changed = text[:place] + data.draw(st.sampled_from("abcdef0123456789")) + text[place + 1 :]
    if changed == text:
        return
    with undone():
        overwrite(Entry, entry, **{column: changed})
        assert transcript.read(thread).first_fault.startswith(f"ledger entry {entry.sequence}")


def test_a_missing_piece_is_named(thread):
    with undone():
        Incoming.objects.filter(thread=thread).delete()
        assert "the envelope it is about is missing" in transcript.read(thread).first_fault
    with undone():
        Outgoing.objects.filter(thread=thread, kind="offer").delete()
        assert transcript.read(thread).first_fault
    for kept in StoredReceipt.objects.filter(thread=thread).exclude(kind="opened"):
        with undone():
            with rewriting(), connection.cursor() as cursor:
                cursor.execute("DELETE FROM secure_exchange_storedreceipt WHERE id = %s", [kept.pk])
            assert "receipt is missing" in transcript.read(thread).first_fault
    body = Incoming.objects.get(thread=thread).body
    bodies.delete_body(body)
    assert "the body is missing" in transcript.read(thread).first_fault


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (Outgoing, {"sender": "other@ro.connect.test"}),
        (Outgoing, {"part": "identity"}),
        (Outgoing, {"digest": "0" * 64}),
        (Incoming, {"part": "declined"}),
        (Incoming, {"previous": ""}),
        (StoredReceipt, {"kind": "failed"}),
        (StoredReceipt, {"digest": "0" * 64}),
        (StoredReceipt, {"by": "node@pt.connect.test"}),
    ],
)
def test_a_row_that_says_other_than_what_was_signed_is_named(thread, model, columns):
    for row in model.objects.filter(thread=thread).exclude(kind="receipt"):
        with undone():
            overwrite(model, row, **columns)
            if all(getattr(row, name) == value for name, value in columns.items()):
                continue
            assert str(row.envelope) in transcript.read(thread).first_fault


def destroyed(thread):
    return Outgoing.objects.get(thread=thread, state="destroyed")


def arrived(thread):
    return Incoming.objects.get(thread=thread)


def received(kind, row, by, at):
    """Keep a receipt that the inbox would have refused, as the owner of a database could."""
    manifest = Manifest.from_bytes(dsse.read(bytes(row.statement)).payload)
    statement = signed_receipt(kind, manifest, by, at=at)
    inbox.keep_receipt(
        receipts.read(statement, directory.Directory()), statement, StoredReceipt.Direction.RECEIVED, at=at
    )


@pytest.mark.parametrize("kind", ["delivered", "opened"])
def test_what_was_destroyed_cannot_have_been_delivered_or_opened(thread, known, kind):
    row = destroyed(thread)
    with undone():
        received(kind, row, known.italy_node if kind == "delivered" else known.italy, minute(9))
        fault = transcript.read(thread).first_fault
        assert f"it was {kind} although it is said to be destroyed" in fault
        assert str(row.envelope) in fault


@pytest.mark.parametrize("state", ["opened", "failed"])
def test_a_state_without_its_receipt_is_named(thread, known, state):
    row = arrived(thread)
    with undone():
        Incoming.objects.filter(pk=row.pk).update(state=state, settled_at=minute(20))
        assert f"our {state} receipt is missing" in transcript.read(thread).first_fault
        manifest = Manifest.from_bytes(dsse.read(bytes(row.statement)).payload)
        outbox.queue_receipt(
            statement=signed_receipt(state, manifest, known.ours, at=minute(20)), to=row.sender, at=minute(20)
        )
        assert transcript.read(thread).first_fault == ""


def test_what_a_machine_set_aside_has_an_entry_instead_of_a_receipt(thread):
    row = arrived(thread)
    with undone():
        Incoming.objects.filter(pk=row.pk).update(state="failed", settled_at=minute(20))
        entries.append(act="envelope.quarantined", actor="node", object=str(row.envelope), at=minute(20))
        assert transcript.read(thread).first_fault == ""


@pytest.mark.parametrize("state", ["opened", "withdrawn"])
def test_the_body_of_what_is_over_may_be_gone_and_if_it_is_there_it_is_checked(thread, known, state):
    row = arrived(thread)
    with undone():
        Incoming.objects.filter(pk=row.pk).update(state=state, settled_at=minute(20))
        manifest = Manifest.from_bytes(dsse.read(bytes(row.statement)).payload)
        if state == "opened":
            statement = signed_receipt("opened", manifest, known.ours, at=minute(20))
            outbox.queue_receipt(statement=statement, to=row.sender, at=minute(20))
        assert transcript.read(thread).first_fault == ""
        with bodies.open_body(row.body) as file:
            whole = file.read()
        write(row.body, b"x")
        assert "altered" in transcript.read(thread).first_fault
        bodies.delete_body(row.body)
        found = transcript.read(thread)
        assert found.first_fault == ""
        assert "no body any more" in {line.note for line in found.lines if line.what.startswith("reply")}
        Incoming.objects.filter(pk=row.pk).update(body="")
        assert transcript.read(thread).first_fault == ""
    with (settings.CONNECT.FILES / "sealed" / row.body[:2] / row.body).open("wb") as file:
        file.write(whole)


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Outgoing, "created"),
        (Outgoing, "queued_at"),
        (Outgoing, "envelope"),
        (Incoming, "received_at"),
        (Incoming, "envelope"),
        (StoredReceipt, "at"),
        (StoredReceipt, "stored_at"),
        (StoredReceipt, "envelope"),
    ],
)
def test_a_column_that_cannot_be_read_is_a_named_fault(thread, model, column):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps what is no moment out of the column")
    row = model.objects.filter(thread=thread).exclude(kind="receipt").first()
    with undone():
        overwrite(model, row, **{column: "2026-99-99 99:99:99"})
        found = transcript.read(thread)
        assert "it cannot be read" in found.first_fault
        [broken] = [line for line in found.lines if line.fault == "it cannot be read"]
        assert broken.subject == f"row {row.pk}"
        assert row.kind in broken.what


def test_changed_keys_are_found_by_what_they_signed(thread, known):
    row = PublishedKeySet.objects.get(peer__address=known.italy.address)
    with undone():
        overwrite(PublishedKeySet, row, statement=flipped(bytes(row.statement), 200, 0))
        assert transcript.read(thread).first_fault


def test_a_cut_ledger_contradicts_the_heads_that_were_signed(thread):
    with undone():
        with rewriting(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM secure_exchange_entry")
            cursor.execute("UPDATE secure_exchange_head SET sequence = 0, hash = %s", ["0" * 64])
        assert "a head that was signed is not in the ledger" in transcript.read(thread).first_fault


def test_a_threads_own_entries_are_checked_without_walking_the_whole_ledger(thread):
    entries.append(act="elsewhere", actor="a", object="another", at=minute(20))
    about = Entry.objects.exclude(act__in=["elsewhere", "keys.learnt", "keys.trusted"])
    found = transcript.read(thread, whole_ledger=False)
    assert found.first_fault == ""
    assert about.count() <= found.ledger.entries < Entry.objects.count()
    with undone():
        overwrite(Entry, Entry.objects.get(act="elsewhere"), reason="forged")
        assert transcript.read(thread, whole_ledger=False).first_fault == ""
        assert "it was changed" in transcript.read(thread).first_fault
    for entry in about:
        with undone():
            overwrite(Entry, entry, reason="forged")
            assert f"ledger entry {entry.sequence}" in transcript.read(thread, whole_ledger=False).first_fault


def test_the_command_prints_every_piece_and_says_that_it_holds(thread):
    out = io.StringIO()
    call_command("verify_handover", str(thread), stdout=out)
    printed = out.getvalue()
    assert printed.count(" holds") >= 11
    assert "Every signature, hash and receipt holds." in printed
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)
    assert f"All {Entry.objects.count()} entries of the ledger hold." in out.getvalue()


def test_the_command_names_the_first_fault_and_fails(thread):
    offer = Outgoing.objects.get(thread=thread, kind="offer")
    reply = Incoming.objects.get(thread=thread)
    for row in (offer, reply):
        write(row.body, b"x")
    out = io.StringIO()
    with pytest.raises(CommandError, match=f"First fault: offer .*{offer.envelope}.*altered") as failed:
        call_command("verify_handover", str(thread), stdout=out)
    assert failed.value.returncode == 1
    assert out.getvalue().count("FAULT") == 2
    overwrite(Entry, Entry.objects.get(sequence=2), reason="forged")
    with pytest.raises(CommandError, match="Ledger entry 2: it was changed"):
        call_command("verify_ledger")


def test_a_thread_nobody_knows_is_no_success(db):
    with pytest.raises(CommandError, match="Nothing is stored"):
        call_command("verify_handover", str(uuid.uuid4()))
