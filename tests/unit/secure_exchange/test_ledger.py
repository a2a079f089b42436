"""The ledger: its chain, its triggers, and who finds a change."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from secure_exchange.ledger import entries
from secure_exchange.ledger import verify as verifying
from secure_exchange.ledger.verify import verify, verify_about
from secure_exchange.models import GENESIS, Entry, Head
from secure_exchange.models.append_only import AppendOnlyError
from secure_exchange.testing import rewriting


pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def write(count=3):
    return [
        entries.append(act="case.read", actor="org@ro/1", object=f"RO-{n}", reason="r", at=AT)
        for n in range(count)
    ]


def test_each_entry_names_the_one_before_and_the_head_is_the_last():
    first, second, third = write()
    assert (first.previous, second.previous, third.previous) == (GENESIS, first.hash, second.hash)
    assert entries.head() == third.hash
    assert [entry.sequence for entry in Entry.objects.order_by("sequence")] == [1, 2, 3]
    assert verify().holds
    assert verify().entries == 3


def test_an_empty_ledger_holds_and_its_head_is_zeros():
    assert entries.head() == GENESIS
    assert verify().holds


def test_appending_costs_two_queries():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        entries.append(act="a", actor="b", object="c", at=AT)
    assert len(queries) == 2


def test_an_undone_act_leaves_no_entry():
    write(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        entries.append(act="a", actor="b", object="c", at=AT)
        raise RuntimeError
    assert verify().entries == 1
    assert write(1)[0].sequence == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE secure_exchange_entry SET reason = 'other' WHERE sequence = 1",
        "DELETE FROM secure_exchange_entry WHERE sequence = 2",
        "DELETE FROM secure_exchange_entry",
        (
            "INSERT INTO secure_exchange_entry SELECT 9, at, act, actor, object, category, reason, previous, "
            "'x' FROM secure_exchange_entry WHERE sequence = 1"
        ),
    ],
)
def test_the_database_refuses_to_change_the_ledger(change):
    write()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert verify().entries == 3


def test_the_database_refuses_to_empty_or_replace():
    write()
    if connection.vendor == "postgresql":
        changes = ["TRUNCATE secure_exchange_entry", "TRUNCATE secure_exchange_storedreceipt CASCADE"]
    else:
        changes = [
            (
                "INSERT OR REPLACE INTO secure_exchange_entry "
                "SELECT * FROM secure_exchange_entry WHERE sequence = 1"
            )
        ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert verify().entries == 3


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: Entry.objects.update(reason="x"),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.filter(sequence=1).bulk_update([], ["reason"]),
        lambda: Entry.objects.update_or_create(sequence=1),
        lambda: Entry.objects.get(sequence=1).save(),
        lambda: Entry.objects.get(sequence=1).delete(),
    ],
)
def test_python_refuses_to_change_the_ledger(attempt):
    write()
    with pytest.raises(AppendOnlyError):
        attempt()


@pytest.mark.parametrize("column", ["at", "act", "actor", "object", "category", "reason"])
@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_changed_row_is_named(column, row):
    write()
    value = "2026-11-24 09:30:00+00:00" if column == "at" else "forged"
    with rewriting(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE secure_exchange_entry SET {column} = %s WHERE sequence = %s", [value, row])
    verdict = verify()
    assert (verdict.sequence, verdict.fault) == (row, "it was changed after it was written")


@pytest.mark.parametrize(("row", "fault"), [(1, "missing"), (2, "missing"), (3, "ends before its head")])
def test_a_removed_row_is_named(row, fault):
    write()
    with rewriting(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM secure_exchange_entry WHERE sequence = %s", [row])
    verdict = verify()
    assert verdict.sequence == row
    assert fault in verdict.fault


def test_a_rebuilt_chain_is_found_by_the_row_after_it():
    write()
    with rewriting(), connection.cursor() as cursor:
        second = Entry.objects.get(sequence=2)
        second.reason = "forged"
        cursor.execute(
            "UPDATE secure_exchange_entry SET reason = 'forged', hash = %s WHERE sequence = 2",
            [entries.digest(second)],
        )
    assert verify().sequence == 3
    assert "does not name" in verify().fault


def test_a_cut_and_rebuilt_end_contradicts_the_head_that_was_signed():
    last = write()[-1]
    with rewriting(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM secure_exchange_entry WHERE sequence = 3")
    Head.objects.update(sequence=2, hash=Entry.objects.get(sequence=2).hash)
    assert verify().holds
    assert not verify([last.hash]).holds


def test_what_is_written_while_the_ledger_is_read_is_no_fault():
    write()
    fault_of = verifying.fault_of

    def meanwhile(entry, previous, sequence):
        write(1)
        return fault_of(entry, previous, sequence)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifying, "fault_of", meanwhile)
        assert verify().fault == ""

    def signed_meanwhile():
        yield write(2)[-1].hash

    assert verify(signed_meanwhile()).fault == ""
    assert verify_about(["RO-0"], signed_meanwhile()).fault == ""


def test_the_entries_about_something_are_checked_with_their_neighbours_and_no_others():
    write(7)
    assert (verify_about(["RO-1", "RO-4"]).entries, verify_about(["RO-1", "RO-4"]).fault) == (2, "")
    assert verify_about(["RO-6"]).holds
    assert verify_about(["RO-0"]).holds
    assert verify_about(["nothing"]) == verify_about([])
    with CaptureQueriesContext(connection) as queries:
        verify_about(["RO-1", "RO-4"], [Entry.objects.get(sequence=3).hash])
    assert len(queries) <= 5


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE secure_exchange_entry SET reason = 'x' WHERE sequence = 3", "it was changed"),
        ("UPDATE secure_exchange_entry SET previous = 'x' WHERE sequence = 3", "it does not name"),
        ("UPDATE secure_exchange_entry SET previous = 'x' WHERE sequence = 4", "the entry after it does not"),
        ("UPDATE secure_exchange_entry SET hash = 'x' WHERE sequence = 2", "it does not name"),
        ("DELETE FROM secure_exchange_entry WHERE sequence = 2", "the entry before it is missing"),
        ("DELETE FROM secure_exchange_entry WHERE sequence = 4", "the entry after it is missing"),
        ("DELETE FROM secure_exchange_entry WHERE sequence > 3", "the entry after it is missing"),
    ],
)
def test_a_change_of_an_entry_or_beside_it_is_named(change, fault):
    write(5)
    with rewriting(), connection.cursor() as cursor:
        cursor.execute(change)
    verdict = verify_about(["RO-2"])
    assert verdict.sequence == 3
    assert verdict.fault.startswith(fault)


def test_a_head_that_was_signed_is_looked_for_among_all_entries():
    signed = write(4)[2].hash
    assert verify_about(["RO-0"], [signed, GENESIS, ""]).entries == 2
    with rewriting(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM secure_exchange_entry WHERE sequence > 2")
    Head.objects.update(sequence=2, hash=Entry.objects.get(sequence=2).hash)
    assert verify_about(["RO-0"]).holds
    assert "signed" in verify_about(["RO-0"], [signed]).fault


def test_another_head_in_the_place_of_an_entry_is_named():
    write(3)
    Head.objects.update(hash="0" * 63 + "1")
    assert verify().fault == verify_about(["RO-2"]).fault == "the head is another one"


@pytest.mark.django_db(transaction=True)
def test_a_verifier_is_quiet_while_others_write():
    if connection.vendor != "postgresql":
        pytest.skip("the database in memory has one writer")
    done = threading.Event()

    def write_on():
        try:
            while not done.is_set():
                entries.append(act="a", actor="b", object="c", at=AT)
        finally:
            connection.close()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        verdicts = [verify().fault for _ in range(40)] + [verify_about(["c"]).fault for _ in range(20)]
    finally:
        done.set()
        writer.join()
    assert set(verdicts) == {""}


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain():
    if connection.vendor != "postgresql":
        pytest.skip("the database in memory has one writer")

    def write_some():
        try:
            for _ in range(20):
                entries.append(act="a", actor="b", object="c", at=AT)
        finally:
            connection.close()

    writers = [threading.Thread(target=write_some) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert verify().holds
    assert verify().entries == 80
