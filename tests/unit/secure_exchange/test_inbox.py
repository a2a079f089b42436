"""What comes in: three steps, each of which refuses what it should, once and recorded."""

from __future__ import annotations

import io
import json
import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from secure_exchange import (
    bodies,
    directory,
    dsse,
    inbox,
    node_keys,
    outbox,
    receipts,
    signals,
    signing,
    testing,
)
from secure_exchange.errors import (
    Altered,
    BadSignature,
    Busy,
    Destroyed,
    Expired,
    FromTheFuture,
    KeysExpired,
    Malformed,
    NotHere,
    Refused,
    Replayed,
    TooLarge,
    UnknownSender,
    UntrustedSender,
    WrongContents,
    WrongOffset,
)
from secure_exchange.ledger.verify import verify
from secure_exchange.manifest import Manifest
from secure_exchange.models import (
    Announcement,
    Entry,
    Incoming,
    Outgoing,
    StoredReceipt,
    StrangersRefused,
)
from secure_exchange.models.append_only import AppendOnlyError
from secure_exchange.testing import Letter, signed_receipt
from tests.factories.exchange import AT


pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def letter(known):
    """An offer from Italy to us: the envelope and its sealed bytes."""
    return sealed(Letter(sender=known.italy, receivers=[known.ours], at=AT))


def sealed(letter):
    envelope, name = letter.seal()
    with bodies.open_body(name) as body:
        content = body.read()
    bodies.delete_body(name)
    return envelope, content


def hand_in(envelope, content, *, at=AT):
    """All three steps; gives the receipt."""
    announced = inbox.announce(envelope.statement, at=at)
    if announced.receipt is not None:
        return announced.receipt
    inbox.append(
        announced.place, announced.offset, io.BytesIO(content), len(content) - announced.offset, at=at
    )
    return inbox.commit(announced.place, at=at)


def refusals():
    return list(
        Entry.objects.filter(act__endswith=".refused")
        .order_by("sequence")
        .values_list("actor", "object", "reason")
    )


def files():
    return [path for path in settings.CONNECT.FILES.rglob("*") if path.is_file()]


def test_an_envelope_taken_in_is_a_row_a_ledger_entry_a_receipt_and_a_signal(
    letter, known, django_capture_on_commit_callbacks
):
    envelope, content = letter
    heard = []

    def listen(*, incoming_id, **_):
        heard.append(incoming_id)

    signals.arrived.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            statement = hand_in(envelope, content)
            assert heard == []
    finally:
        signals.arrived.disconnect(listen)
    incoming = Incoming.objects.get()
    assert heard == [incoming.pk]
    assert (incoming.sender, incoming.receiver, incoming.kind) == (
        known.italy.address,
        known.ours.address,
        "offer",
    )
    assert (incoming.digest, incoming.state, incoming.handled_at) == (
        envelope.manifest.digest,
        "received",
        None,
    )
    receipt = receipts.read(statement, directory.Directory())
    assert (receipt.kind, receipt.by.address, receipt.manifest) == (
        "delivered",
        "node@ro.connect.test",
        incoming.digest,
    )
    entry = Entry.objects.get(act="envelope.received")
    assert receipt.ledger == entry.hash
    assert (entry.actor, entry.object) == (known.italy.address, str(envelope.manifest.id))
    with bodies.open_body(incoming.body) as body:
        assert body.read() == content
    assert not Announcement.objects.exists()
    assert verify([receipt.ledger]).holds


def test_the_same_envelope_again_gives_the_same_receipt_byte_for_byte(letter):
    envelope, content = letter
    first = hand_in(envelope, content)
    assert inbox.announce(envelope.statement, at=AT + SECOND).receipt == first
    # Even when it has expired meanwhile: the sender only lost our answer.
    assert inbox.announce(envelope.statement, at=AT + timedelta(days=20)).receipt == first
    assert Incoming.objects.count() == 1
    assert StoredReceipt.objects.count() == 1
    assert refusals() == []


def test_a_commit_whose_answer_was_lost_can_be_asked_again(letter):
    envelope, content = letter
    announced = inbox.announce(envelope.statement, at=AT)
    inbox.append(announced.place, 0, io.BytesIO(content), len(content), at=AT)
    assert inbox.commit(announced.place, at=AT) == inbox.commit(announced.place, at=AT + SECOND)
    assert Incoming.objects.count() == 1


def test_an_upload_goes_on_where_it_was_cut(letter):
    envelope, content = letter
    place = inbox.announce(envelope.statement, at=AT).place
    assert inbox.append(place, 0, io.BytesIO(content[:100]), len(content), at=AT) == 100
    again = inbox.announce(envelope.statement, at=AT)
    assert (again.place, again.offset) == (place, 100)
    for wrong in (0, 99, 101, len(content)):
        with pytest.raises(WrongOffset) as refused:
            inbox.append(place, wrong, io.BytesIO(b"x"), 1, at=AT)
        assert refused.value.offset == 100
    with pytest.raises(WrongOffset):
        inbox.commit(place, at=AT)
    inbox.append(place, 100, io.BytesIO(content[100:]), len(content) - 100, at=AT)
    assert receipts.read(inbox.commit(place, at=AT), directory.Directory())
    assert refusals() == []


def test_a_second_writer_is_asked_to_wait(letter):
    envelope, content = letter
    place = inbox.announce(envelope.statement, at=AT).place
    with bodies.writing(Announcement.objects.get().body):
        with pytest.raises(Busy):
            inbox.append(place, 0, io.BytesIO(content), len(content), at=AT)
        with pytest.raises(Busy):
            inbox.commit(place, at=AT)


def test_more_than_announced_is_refused_before_it_is_read(letter):
    envelope, content = letter
    place = inbox.announce(envelope.statement, at=AT).place

    class Untouched:
        def read(self, size, /):
            raise AssertionError

    with pytest.raises(TooLarge):
        inbox.append(place, 0, Untouched(), len(content) + 1, at=AT)
    assert [reason for _, _, reason in refusals()] == ["too-large"]


@pytest.mark.parametrize("at_byte", [0, 20, -1])
def test_a_body_changed_on_the_way_is_refused_and_not_kept(letter, known, at_byte):
    envelope, content = letter
    changed = bytearray(content)
    changed[at_byte] ^= 1
    with pytest.raises(Altered):
        hand_in(envelope, bytes(changed))
    assert refusals() == [(known.italy.address, str(envelope.manifest.id), "altered")]
    assert not Announcement.objects.exists()
    assert files() == []
    # The sender begins again, and it is taken.
    hand_in(envelope, content)
    assert Incoming.objects.count() == 1


def test_a_stranger_leaves_no_name_no_file_and_one_entry(known):
    envelope, _ = sealed(Letter(sender=known.stranger, receivers=[known.ours], at=AT))
    with pytest.raises(UnknownSender) as refused:
        inbox.announce(envelope.statement, at=AT)
    assert refused.value.status == 403
    assert refusals() == [("unknown", str(envelope.manifest.id), "unknown-sender")]
    assert files() == []


def test_a_sender_nobody_confirmed_is_refused(known):
    testing.acquaint(known.stranger, at=AT, trusted=False)
    envelope, _ = sealed(Letter(sender=known.stranger, receivers=[known.ours], at=AT))
    with pytest.raises(UntrustedSender):
        inbox.announce(envelope.statement, at=AT)


def test_a_forger_cannot_speak_for_a_known_sender(known):
    forger = testing.Member(known.italy.keys, known.stranger.signer, {})
    envelope, _ = sealed(Letter(sender=forger, receivers=[known.ours], at=AT))
    with pytest.raises(BadSignature):
        inbox.announce(envelope.statement, at=AT)


def test_an_unknown_receiver_here_and_one_elsewhere_are_not_here(known):
    for receiver in (testing.member("nobody@ro.connect.test", at=AT), known.stranger):
        envelope, _ = sealed(Letter(sender=known.italy, receivers=[receiver], at=AT))
        with pytest.raises(NotHere) as refused:
            inbox.announce(envelope.statement, at=AT)
        assert refused.value.status == 404
    with pytest.raises(NotHere):
        inbox.append(uuid.uuid4(), 0, io.BytesIO(b""), 0, at=AT)
    with pytest.raises(NotHere):
        inbox.commit(uuid.uuid4(), at=AT)


def test_an_expired_envelope_is_gone(letter):
    envelope, content = letter
    with pytest.raises(Expired) as refused:
        inbox.announce(envelope.statement, at=AT + timedelta(days=8))
    assert refused.value.status == 410
    place = inbox.announce(envelope.statement, at=AT).place
    inbox.append(place, 0, io.BytesIO(content), len(content), at=AT)
    with pytest.raises(Expired):
        inbox.commit(place, at=AT + timedelta(days=8))
    assert files() == []


def test_a_body_too_large_for_this_node_is_refused_at_the_announcement(letter, monkeypatch):
    envelope, content = letter
    monkeypatch.setattr(settings.CONNECT, "MAX_ENVELOPE_BYTES", len(content) - 1)
    with pytest.raises(TooLarge) as refused:
        inbox.announce(envelope.statement, at=AT)
    assert refused.value.status == 413
    assert files() == []


@pytest.mark.parametrize(
    ("kind", "part"), [("offer", ""), ("reply", "note"), ("reply", "accepted"), ("withdrawal", "")]
)
def test_a_letter_is_never_large(known, kind, part):
    letter = Letter(
        sender=known.italy, receivers=[known.ours], at=AT, kind=kind, part=part, content=bytes(1024 * 1024)
    )
    envelope, _ = sealed(letter)
    with pytest.raises(TooLarge):
        inbox.announce(envelope.statement, at=AT)
    assert files() == []
    small, content = sealed(replace(letter, content=bytes(64 * 1024)))
    hand_in(small, content)


def test_a_part_of_a_record_may_be_large(known):
    letter = Letter(
        sender=known.italy, receivers=[known.ours], at=AT, kind="record", part="health", content=bytes(2**21)
    )
    hand_in(*sealed(letter))
    assert Incoming.objects.get().size > 2**21


@pytest.mark.parametrize(
    ("begins", "ends"),
    [(-timedelta(days=9), -timedelta(days=2)), (timedelta(days=1), timedelta(days=9))],
    ids=["over", "not yet"],
)
def test_what_is_sealed_to_keys_of_ours_that_did_not_hold_then_gets_no_receipt(known, begins, ends):
    keys = replace(known.ours.keys, valid_from=AT + begins, valid_to=AT + ends)
    third = testing.Member(
        replace(keys, address="terzo@ro.connect.test"), known.ours.signer, known.ours.identities
    )
    testing.acquaint(third, at=AT)
    statement = announced_to(known, third)
    with pytest.raises(KeysExpired) as refused:
        inbox.announce(statement, at=AT)
    assert refused.value.status == 409
    assert refusals() == [(known.italy.address, str(id_in(statement)), "keys-expired")]
    assert not Announcement.objects.exists()


def test_what_is_sealed_to_keys_we_never_published_gets_no_receipt(known):
    forgotten = testing.member(known.ours.address, at=AT)
    for receivers in ([forgotten], [known.neighbour, forgotten]):
        envelope, _ = sealed(Letter(sender=known.italy, receivers=receivers, at=AT))
        with pytest.raises(KeysExpired):
            inbox.announce(envelope.statement, at=AT)
    assert not Announcement.objects.exists()


def announced_to(known, receiver):
    """A rightly signed manifest whose receiver is named with a key set that sealing would refuse."""
    envelope, _ = sealed(Letter(sender=known.italy, receivers=[known.ours], at=AT))
    members = json.loads(envelope.manifest.to_bytes())
    members["recipients"] = [receiver.keys.party.to_dict()]
    payload = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return signing.sign(signing.ENVELOPE, payload, known.italy.signer)


def id_in(statement):
    return Manifest.from_bytes(dsse.read(statement).payload).id


def with_id_of(first, second_letter):
    """A second envelope, rightly signed, under the first one's id."""
    second, _ = sealed(second_letter)
    members = json.loads(second.manifest.to_bytes())
    members["id"] = str(first.manifest.id)
    payload = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return signing.sign(signing.ENVELOPE, payload, second_letter.sender.signer)


@pytest.mark.parametrize("taken", [True, False])
def test_the_same_id_with_other_bytes_is_an_alarm_and_the_first_stays(letter, known, taken):
    envelope, content = letter
    if taken:
        hand_in(envelope, content)
    else:
        inbox.announce(envelope.statement, at=AT)
    other = with_id_of(envelope, Letter(sender=known.italy, receivers=[known.ours], at=AT, content=b"other"))
    with pytest.raises(Replayed) as refused:
        inbox.announce(other, at=AT)
    assert refused.value.status == 409
    assert refusals() == [(known.italy.address, str(envelope.manifest.id), "replayed")]
    hand_in(envelope, content)
    assert Incoming.objects.get().digest == envelope.manifest.digest


def test_another_sender_cannot_take_an_id_away(letter, known):
    envelope, content = letter
    other = with_id_of(envelope, Letter(sender=known.neighbour, receivers=[known.ours], at=AT))
    assert inbox.announce(other, at=AT).place != inbox.announce(envelope.statement, at=AT).place
    hand_in(envelope, content)
    assert Incoming.objects.get().sender == known.italy.address


@pytest.mark.parametrize(
    "statement", [b"", b"{}", b"\xff", b"[" * 60_000, b'{"payload":"","payloadType":"x","signatures":[]}']
)
def test_what_is_no_statement_is_malformed_and_one_entry(known, statement):
    with pytest.raises(Malformed):
        inbox.announce(statement, at=AT)
    assert refusals() == [("unknown", "", "malformed")]


def refused(statement, at):
    with pytest.raises(Refused):
        inbox.announce(statement, at=at)


def counts():
    return sorted(StrangersRefused.objects.values_list("actor", "reason", "count"))


def test_strangers_fill_neither_the_ledger_nor_the_disk(known):
    stranger, _ = sealed(Letter(sender=known.stranger, receivers=[known.ours], at=AT))
    forger = testing.Member(known.italy.keys, known.stranger.signer, {})
    forged, _ = sealed(Letter(sender=forger, receivers=[known.ours], at=AT))
    for second in range(5):
        for statement in (b"any byte", stranger.statement, forged.statement):
            refused(statement, AT + second * SECOND)
    claimed = known.italy.address
    assert sorted((actor, reason) for actor, _, reason in refusals()) == [
        (claimed, "bad-signature"),
        ("unknown", "malformed"),
        ("unknown", "unknown-sender"),
    ]
    assert counts() == [
        (claimed, "bad-signature", 5),
        ("unknown", "malformed", 5),
        ("unknown", "unknown-sender", 5),
    ]
    refused(b"any byte", AT + timedelta(minutes=1))
    assert len(refusals()) == 4


@pytest.mark.django_db(transaction=True)
def test_processes_that_refuse_at_once_count_together():
    if connection.vendor != "postgresql":
        pytest.skip("the database in memory has one writer")

    def post():
        try:
            for _ in range(10):
                refused(b"any byte", AT)
        finally:
            connection.close()

    posting = [threading.Thread(target=post) for _ in range(4)]
    for one in posting:
        one.start()
    for one in posting:
        one.join()
    assert counts() == [("unknown", "malformed", 40)]
    assert len(refusals()) == 1


def test_receipts_of_strangers_are_counted_too(known, sent):
    for _ in range(3):
        for statement in (b"", signed_receipt("opened", sent, known.stranger, at=AT)):
            with pytest.raises(Refused):
                inbox.receive_receipt(statement, at=AT)
    assert counts() == [("unknown", "malformed", 3), ("unknown", "unknown-sender", 3)]
    assert len(refusals()) == 2


def test_each_refusal_of_what_a_trusted_sender_signed_is_an_entry(known, letter):
    envelope, _ = letter
    for _ in range(3):
        refused(envelope.statement, AT + timedelta(days=8))
    assert refusals() == [(known.italy.address, str(envelope.manifest.id), "expired")] * 3
    assert counts() == []


def test_two_receivers_on_one_node_get_one_row_each_and_one_receipt(known):
    envelope, content = sealed(Letter(sender=known.italy, receivers=[known.ours, known.neighbour], at=AT))
    hand_in(envelope, content)
    assert set(Incoming.objects.values_list("receiver", flat=True)) == {
        known.ours.address,
        known.neighbour.address,
    }
    assert StoredReceipt.objects.count() == 1


def test_an_unfinished_body_is_thrown_away_after_a_day(letter):
    envelope, content = letter
    place = inbox.announce(envelope.statement, at=AT).place
    inbox.append(place, 0, io.BytesIO(content[:10]), 10, at=AT)
    assert inbox.clear_quarantine(at=AT + timedelta(hours=23)) == 0
    assert inbox.clear_quarantine(at=AT + timedelta(hours=25)) == 1
    assert files() == []


def test_a_slow_upload_that_goes_on_is_kept(letter):
    envelope, content = letter
    place = inbox.announce(envelope.statement, at=AT).place
    hours = [timedelta(hours=20 * n) for n in range(5)]
    inbox.append(place, 0, io.BytesIO(content[:10]), 10, at=AT + hours[1])
    assert inbox.clear_quarantine(at=AT + hours[2]) == 0
    assert inbox.announce(envelope.statement, at=AT + hours[2]).place == place
    assert inbox.clear_quarantine(at=AT + hours[3]) == 0
    inbox.append(place, 10, io.BytesIO(content[10:]), len(content) - 10, at=AT + hours[3])
    assert inbox.commit(place, at=AT + hours[4])


def test_what_became_of_an_envelope_is_said_once(letter):
    hand_in(*letter)
    incoming = Incoming.objects.get()
    assert [one.pk for one in inbox.unhandled()] == [incoming.pk]
    inbox.handled(incoming.pk, at=AT)
    assert not inbox.unhandled().exists()
    assert inbox.settle(incoming.pk, Incoming.State.FAILED, at=AT)
    assert inbox.settle(incoming.pk, Incoming.State.OPENED, at=AT)
    assert not inbox.settle(incoming.pk, Incoming.State.OPENED, at=AT)
    assert not inbox.settle(incoming.pk, Incoming.State.FAILED, at=AT)


# Receipts that come back


@pytest.fixture
def sent(known):
    """An envelope of ours to Italy that has left."""
    envelope, name = Letter(sender=known.ours, receivers=[known.italy], at=AT).seal()
    return outgoing(envelope, name, known)


def outgoing(envelope, name, known, state="delivered"):
    manifest = envelope.manifest
    Outgoing.objects.create(
        envelope=manifest.id,
        thread=manifest.thread,
        kind=manifest.kind,
        part=manifest.part,
        sender=manifest.sender.address,
        receiver=known.italy.address,
        digest=manifest.digest,
        statement=envelope.statement,
        body=name,
        size=manifest.payload.size,
        created=manifest.created,
        expires=manifest.expires,
        state=state,
        queued_at=AT,
        next_at=AT,
        ended_at=None if state in {"held", "pending"} else AT,
    )
    return manifest


@pytest.mark.parametrize("kind", ["opened", "failed"])
def test_a_receipt_by_the_receiver_is_kept_once(sent, known, kind, django_capture_on_commit_callbacks):
    statement = signed_receipt(kind, sent, known.italy, at=AT)
    heard = []

    def listen(*, receipt_id, **_):
        heard.append(receipt_id)

    signals.receipt_arrived.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            first = inbox.receive_receipt(statement, at=AT)
            assert inbox.receive_receipt(statement, at=AT + SECOND) == first
    finally:
        signals.receipt_arrived.disconnect(listen)
    assert heard == [first.pk]
    assert bytes(StoredReceipt.objects.get().statement) == statement
    assert Entry.objects.filter(act=f"receipt.{kind}").count() == 1


def test_a_second_different_receipt_is_refused_and_the_first_stays(sent, known):
    first = signed_receipt("opened", sent, known.italy, at=AT)
    inbox.receive_receipt(first, at=AT)
    with pytest.raises(Replayed):
        inbox.receive_receipt(signed_receipt("opened", sent, known.italy, at=AT + SECOND), at=AT + SECOND)
    assert bytes(StoredReceipt.objects.get().statement) == first
    assert [reason for _, _, reason in refusals()] == ["replayed"]


def test_a_receipt_by_anybody_else_is_refused(sent, known):
    for kind, by in (
        ("opened", known.neighbour),
        ("opened", known.italy_node),
        ("delivered", known.italy),
        ("destroyed", known.italy_node),
        ("opened", known.stranger),
    ):
        with pytest.raises(Refused):
            inbox.receive_receipt(signed_receipt(kind, sent, by, at=AT), at=AT)
    assert not StoredReceipt.objects.exists()
    assert len(refusals()) == 5


def test_a_receipt_for_what_was_never_sent_is_refused(known):
    envelope, name = Letter(sender=known.ours, receivers=[known.italy], at=AT).seal()
    outgoing(envelope, name, known, state="held")
    with pytest.raises(NotHere):
        inbox.receive_receipt(signed_receipt("opened", envelope.manifest, known.italy, at=AT), at=AT)


def test_the_trace_of_a_destroyed_record_is_taken_from_the_senders_node_alone(known):
    thread = uuid.uuid4()
    offer = sealed(Letter(sender=known.italy, receivers=[known.ours], at=AT, thread=thread))
    record, _name = Letter(
        sender=known.italy, receivers=[known.ours], at=AT, thread=thread, kind="record", part="health"
    ).seal()
    trace = signed_receipt("destroyed", record.manifest, known.italy_node, at=AT)
    with pytest.raises(NotHere):
        inbox.receive_receipt(trace, at=AT)
    hand_in(*offer)
    with pytest.raises(NotHere):
        inbox.receive_receipt(signed_receipt("destroyed", record.manifest, known.italy, at=AT), at=AT)
    assert inbox.receive_receipt(trace, at=AT).kind == "destroyed"
    with pytest.raises(WrongContents):
        inbox.receive_receipt(signed_receipt("destroyed", offer[0].manifest, known.italy_node, at=AT), at=AT)


def destroyed_part(known):
    """A record's part that Italy's node says it destroyed, in a thread that we have an offer of."""
    thread = uuid.uuid4()
    hand_in(*sealed(Letter(sender=known.italy, receivers=[known.ours], at=AT, thread=thread)))
    return sealed(
        Letter(sender=known.italy, receivers=[known.ours], at=AT, thread=thread, kind="record", part="health")
    )


def test_what_its_senders_node_destroyed_is_not_taken_any_more(known):
    envelope, _ = destroyed_part(known)
    inbox.receive_receipt(signed_receipt("destroyed", envelope.manifest, known.italy_node, at=AT), at=AT)
    with pytest.raises(Destroyed) as refused:
        inbox.announce(envelope.statement, at=AT)
    assert refused.value.status == 409
    assert Incoming.objects.count() == 1


def test_what_was_destroyed_while_it_came_is_not_taken_either(known):
    envelope, content = destroyed_part(known)
    place = inbox.announce(envelope.statement, at=AT).place
    inbox.append(place, 0, io.BytesIO(content), len(content), at=AT)
    inbox.receive_receipt(signed_receipt("destroyed", envelope.manifest, known.italy_node, at=AT), at=AT)
    before = set(files())
    with pytest.raises(Destroyed):
        inbox.commit(place, at=AT)
    assert not Announcement.objects.exists()
    assert len(before - set(files())) == 1
    assert not Incoming.objects.filter(envelope=envelope.manifest.id).exists()


@pytest.mark.parametrize(
    ("moment", "refusal"),
    [
        (AT - timedelta(days=300), WrongContents),
        (AT - timedelta(seconds=301), WrongContents),
        (AT + timedelta(days=1, seconds=301), FromTheFuture),
    ],
)
@pytest.mark.parametrize("kind", ["opened", "failed"])
def test_a_receipt_from_before_its_envelope_or_from_the_future_is_refused(sent, known, kind, moment, refusal):
    late = AT + timedelta(days=1)
    with pytest.raises(refusal):
        inbox.receive_receipt(signed_receipt(kind, sent, known.italy, at=moment), at=late)
    assert not StoredReceipt.objects.exists()
    for within in (AT - timedelta(seconds=300), late + timedelta(seconds=300)):
        with transaction.atomic():
            inbox.receive_receipt(signed_receipt(kind, sent, known.italy, at=within), at=late)
            transaction.set_rollback(True)


class Backdating:
    """A carrier whose receiver's node signs another moment than the one of the delivery."""

    def __init__(self, known, moment):
        self.known, self.moment = known, moment

    def deliver(self, parcel, *, at, pulse):
        manifest = Manifest.from_bytes(dsse.read(parcel.statement).payload)
        return signed_receipt("delivered", manifest, self.known.italy_node, at=self.moment)


@pytest.mark.parametrize("moment", [AT - timedelta(days=300), AT + timedelta(days=300)])
def test_a_delivered_receipt_of_another_moment_ends_no_sending(known, moment):
    envelope, name = Letter(sender=known.ours, receivers=[known.italy], at=AT).seal()
    row = outbox.queue(envelope=envelope, body_name=name, to=known.italy.address, at=AT)
    assert outbox.deliver(row.pk, at=AT, carrier_for=lambda _: Backdating(known, moment)) == "pending"
    assert not StoredReceipt.objects.exists()
    assert len(refusals()) == 1


def test_a_part_cannot_have_been_destroyed_before_its_thread_began(known):
    envelope, _ = destroyed_part(known)
    for moment in (AT - timedelta(seconds=301), AT + timedelta(seconds=301)):
        receipt = signed_receipt("destroyed", envelope.manifest, known.italy_node, at=moment)
        with pytest.raises((WrongContents, FromTheFuture)):
            inbox.receive_receipt(receipt, at=AT)
    assert not StoredReceipt.objects.filter(kind="destroyed").exists()


def test_receipts_are_never_changed(sent, known):
    inbox.receive_receipt(signed_receipt("opened", sent, known.italy, at=AT), at=AT)
    kept = StoredReceipt.objects.get()
    for attempt in (kept.save, kept.delete, StoredReceipt.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            attempt()


def test_a_state_without_its_moment_is_refused_by_the_database(letter):
    hand_in(*letter)
    for change in ({"state": "opened"}, {"settled_at": AT}, {"state": "lost", "settled_at": AT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Incoming.objects.update(**change)


def test_the_manifest_in_the_row_is_the_one_that_was_signed(letter):
    hand_in(*letter)
    incoming = Incoming.objects.get()
    manifest = Manifest.from_bytes(dsse.read(bytes(incoming.statement)).payload)
    assert (manifest.payload.sha256, manifest.payload.size) == (incoming.sha256, incoming.size)
    assert node_keys.address() == "node@ro.connect.test"
