"""What must hold of each envelope and receipt of a thread; the first thing that does not is a `Fault`.

For every envelope, sent or got:

1. its statement reads, is the one that was stored, and its row says the same as its manifest
2. the sender's keys are known and signed it, and it was valid when it was sent or came (envelope.verify)
3. its body has the signed size and hash; what was destroyed, stopped or expired has no body, and what was
   opened or withdrawn need not have one any more
4. what it names as `previous` is in this thread; for what others sent, only noted where it is not here
5. what was delivered has the receiver's node's receipt, what came has ours; what was opened, could not be
   opened, or was destroyed has our receipt, or the entry by which a machine set it aside
6. what was destroyed was neither delivered nor opened

For every receipt:

7. its statement is the one that was stored, verifies (receipts.read), and its row says the same
8. the envelope it is about is here, with that manifest
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from secure_exchange import bodies, dsse, envelope, node_keys, receipts
from secure_exchange.directory import Directory
from secure_exchange.errors import Refused
from secure_exchange.manifest import Manifest
from secure_exchange.models import Entry, Incoming, Outgoing, StoredReceipt


ISSUED = StoredReceipt.Direction.ISSUED
RECEIVED = StoredReceipt.Direction.RECEIVED
_NO_BODY = frozenset({Outgoing.State.DESTROYED, Outgoing.State.EXPIRED})
_OVER = frozenset({Incoming.State.OPENED, Incoming.State.WITHDRAWN})


class Fault(Exception):  # noqa: N818 - a finding
    """What does not hold, in words for an operator."""


@dataclass(frozen=True)
class Thread:
    """What is stored of one thread."""

    outgoing: list[Outgoing]
    incoming: list[Incoming]
    kept: list[StoredReceipt]

    def digests(self) -> set[str]:
        """Everything a manifest may name as `previous`."""
        rows = {row.digest for row in [*self.outgoing, *self.incoming]} | {
            kept.manifest for kept in self.kept
        }
        return rows | {_payload_digest(bytes(kept.statement)) for kept in self.kept}

    def has_receipt(self, direction: StoredReceipt.Direction, kind: str, *, manifest: str, by: str) -> bool:
        """Whether this receipt is here."""
        wanted = (direction, kind, manifest, by)
        return any((kept.direction, kept.kind, kept.manifest, kept.by) == wanted for kept in self.kept)


def _payload_digest(statement: bytes) -> str:
    try:
        return hashlib.sha256(dsse.read(statement).payload).hexdigest()
    except Refused:
        return ""


def _check_manifest(row: Outgoing | Incoming, at: datetime, *, body: bool) -> Manifest:
    """Checks 1, 2 and 3."""
    with ExitStack() as stack:
        file = stack.enter_context(bodies.open_body(row.body)) if body else None
        manifest = envelope.verify(bytes(row.statement), file, Directory(), at=at, receiver=row.receiver)
    signed = (
        manifest.id,
        manifest.thread,
        manifest.kind,
        manifest.part,
        manifest.sender.address,
        manifest.digest,
        manifest.payload.size,
        manifest.created,
        manifest.expires,
    )
    told = (
        row.envelope,
        row.thread,
        row.kind,
        row.part,
        row.sender,
        row.digest,
        row.size,
        row.created,
        row.expires,
    )
    if signed != told:
        raise Fault("its row says something other than what was signed")
    return manifest


def check_sent(row: Outgoing, stored: Thread) -> str:
    """Hold what this node sent, or was to send, against its row; gives a note."""
    has_body = row.state not in _NO_BODY and not _gone_before_it_ended(row)
    manifest = _check_manifest(row, row.queued_at, body=has_body)
    # 4
    if manifest.previous and manifest.previous not in stored.digests():
        raise Fault("what it follows on is missing")
    # 5
    node = node_keys.address_of(node_keys.host_of(row.receiver))
    if row.state == Outgoing.State.DELIVERED and not stored.has_receipt(
        RECEIVED, receipts.DELIVERED, manifest=row.digest, by=node
    ):
        raise Fault("its delivered receipt is missing")
    if row.state == Outgoing.State.DESTROYED and not stored.has_receipt(
        ISSUED, receipts.DESTROYED, manifest=row.digest, by=node_keys.address()
    ):
        raise Fault("its destroyed receipt is missing")
    # 6
    if row.state == Outgoing.State.DESTROYED:
        _check_never_arrived(row, stored, node)
    return "" if has_body else "no body any more"


def _gone_before_it_ended(row: Outgoing) -> bool:
    """It was stopped, or the word of its delivery came after it had been given up."""
    return not row.body and (row.stop_at is not None or row.state == Outgoing.State.DELIVERED)


def _check_never_arrived(row: Outgoing, stored: Thread, node: str) -> None:
    """An envelope to two receivers may have been delivered to the other one, which their node says too."""
    beside = any(
        other.digest == row.digest
        and other.state == Outgoing.State.DELIVERED
        and node_keys.host_of(other.receiver) == node_keys.host_of(row.receiver)
        for other in stored.outgoing
    )
    for kind, by in ((receipts.DELIVERED, node), (receipts.OPENED, row.receiver)):
        told = stored.has_receipt(RECEIVED, kind, manifest=row.digest, by=by)
        if told and not (beside and kind == receipts.DELIVERED):
            raise Fault(f"it was {kind} although it is said to be destroyed")


def check_got(row: Incoming, stored: Thread) -> str:
    """Hold what came against its row; gives a note."""
    # 3
    gone = not row.body or not bodies.exists(row.body)
    over = row.state in _OVER or (row.state == Incoming.State.FAILED and not row.body)
    manifest = _check_manifest(row, row.received_at, body=not (over and gone))
    signed = (manifest.payload.sha256, manifest.payload.media_type, manifest.previous, manifest.ledger)
    if signed != (row.sha256, row.media_type, row.previous, row.ledger):
        raise Fault("its row says something other than what was signed")
    # 5
    if not stored.has_receipt(ISSUED, receipts.DELIVERED, manifest=row.digest, by=node_keys.address()):
        raise Fault("our delivered receipt is missing")
    _check_settled(row, stored)
    notes = ["no body any more"] if over and gone else []
    # 4
    if manifest.previous not in {"", *stored.digests()}:
        notes.append("follows on something that is not here")
    return ", ".join(notes)


def _check_settled(row: Incoming, stored: Thread) -> None:
    if row.state not in {Incoming.State.OPENED, Incoming.State.FAILED}:
        return
    if stored.has_receipt(ISSUED, row.state, manifest=row.digest, by=row.receiver):
        return
    set_aside = Entry.objects.filter(act="envelope.quarantined", object=str(row.envelope))
    if row.state == Incoming.State.OPENED or not set_aside.exists():
        raise Fault(f"our {row.state} receipt is missing")


def check_kept(kept: StoredReceipt, stored: Thread) -> str:
    """Hold a receipt against its row, and find its envelope; gives a note."""
    # 7
    statement = bytes(kept.statement)
    receipt = receipts.read(statement, Directory())
    signed = (
        receipt.kind,
        receipt.envelope,
        receipt.thread,
        receipt.manifest,
        receipt.by.address,
        receipt.at,
    )
    told = (kept.kind, kept.envelope, kept.thread, kept.manifest, kept.by, kept.at)
    if signed != told or hashlib.sha256(statement).hexdigest() != kept.digest:
        raise Fault("its row says something other than what was signed")
    # 8
    about_sent = (kept.direction == RECEIVED) != (kept.kind == receipts.DESTROYED)
    if kept.kind == receipts.DESTROYED and not about_sent:
        if any(got.digest == kept.manifest for got in stored.incoming):
            raise Fault("the envelope came although it is said to be destroyed")
        return ""
    rows: list[Outgoing] | list[Incoming] = stored.outgoing if about_sent else stored.incoming
    if not any(row.digest == kept.manifest and row.envelope == kept.envelope for row in rows):
        raise Fault("the envelope it is about is missing")
    return ""
