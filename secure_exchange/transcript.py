"""Check a whole thread from what is stored, offline, and name the first fault.

For every envelope, sent or got:

1. its statement reads, is the one that was stored, and its row says the same as its manifest
2. the sender's keys are known and signed it, and it was valid when it was sent or came (envelope.verify)
3. its body has the signed size and hash; where it was destroyed, stopped or expired there is no body
4. what it names as `previous` is in this thread; for what others sent, only noted where it is not here
5. what was delivered has the receiver's node's receipt, what came has ours, what was destroyed has our
   receipt

For every receipt:

6. its statement is the one that was stored, verifies (receipts.read), and its row says the same
7. the envelope it is about is here, with that manifest

And the ledger (ledger.verify), with every head this node signed in the thread.
Not checked: the ledgers of other nodes.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from secure_exchange import bodies, dsse, envelope, node_keys, receipts, strict_json
from secure_exchange.directory import Directory
from secure_exchange.errors import Refused
from secure_exchange.ledger import verify as ledger_verify
from secure_exchange.ledger.verify import UNREADABLE, Verdict
from secure_exchange.manifest import Manifest
from secure_exchange.models import Incoming, Outgoing, StoredReceipt


ISSUED = StoredReceipt.Direction.ISSUED
RECEIVED = StoredReceipt.Direction.RECEIVED
_NO_BODY = frozenset({Outgoing.State.DESTROYED, Outgoing.State.EXPIRED})


class Fault(Exception):  # noqa: N818 - a finding
    """What does not hold, in words for an operator."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One envelope or receipt of the thread: when it was sent or came, what it is, and what is wrong."""

    at: datetime
    what: str
    subject: str
    fault: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """All of a thread in the order of time, and the ledger beside it."""

    thread: uuid.UUID
    lines: tuple[Line, ...]
    ledger: Verdict

    @property
    def first_fault(self) -> str:
        """The first thing that does not hold, or "" when all of it does."""
        for line in self.lines:
            if line.fault:
                return f"{line.what} ({line.subject}): {line.fault}"
        if not self.ledger.holds:
            return f"ledger entry {self.ledger.sequence}: {self.ledger.fault}"
        return ""


@dataclass(frozen=True)
class _Thread:
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


def read(thread: uuid.UUID) -> Transcript:
    """Check everything that is stored of this thread; nothing is changed and nobody is asked."""
    stored = _Thread(
        outgoing=list(Outgoing.objects.filter(thread=thread).exclude(kind="receipt")),
        incoming=list(Incoming.objects.filter(thread=thread)),
        kept=list(StoredReceipt.objects.filter(thread=thread)),
    )
    lines = sorted(_lines(stored), key=lambda line: line.at)
    return Transcript(thread=thread, lines=tuple(lines), ledger=ledger_verify.verify(signed_heads(thread)))


def _lines(stored: _Thread) -> Iterator[Line]:
    for sent in stored.outgoing:
        what = f"{sent.kind} {sent.part}".strip() + f" to {sent.receiver}, {sent.state}"
        yield _line(sent.queued_at, what, sent.envelope, check=partial(_check_sent, sent, stored))
    for got in stored.incoming:
        what = f"{got.kind} {got.part}".strip() + f" from {got.sender}, {got.state}"
        yield _line(got.received_at, what, got.envelope, check=partial(_check_got, got, stored))
    for kept in stored.kept:
        what = f"receipt: {kept.kind} by {kept.by}, {kept.direction}"
        yield _line(kept.stored_at, what, kept.envelope, check=partial(_check_kept, kept, stored))


def _line(at: datetime, what: str, subject: uuid.UUID, *, check: Callable[[], str]) -> Line:
    try:
        return Line(at=at, what=what, subject=str(subject), note=check())
    except Fault as fault:
        return Line(at=at, what=what, subject=str(subject), fault=str(fault))
    except Refused as refused:
        return Line(at=at, what=what, subject=str(subject), fault=f"{refused.code} ({refused.detail})")
    except bodies.BodyMissing:
        return Line(at=at, what=what, subject=str(subject), fault="the body is missing")
    except ValueError:
        return Line(at=at, what=what, subject=str(subject), fault=UNREADABLE)


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


def _check_sent(row: Outgoing, stored: _Thread) -> str:
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
    return "" if has_body else "no body any more"


def _gone_before_it_ended(row: Outgoing) -> bool:
    """It was stopped, or the word of its delivery came after it had been given up."""
    return not row.body and (row.stop_at is not None or row.state == Outgoing.State.DELIVERED)


def _check_got(row: Incoming, stored: _Thread) -> str:
    manifest = _check_manifest(row, row.received_at, body=True)
    signed = (manifest.payload.sha256, manifest.payload.media_type, manifest.previous, manifest.ledger)
    if signed != (row.sha256, row.media_type, row.previous, row.ledger):
        raise Fault("its row says something other than what was signed")
    # 5
    if not stored.has_receipt(ISSUED, receipts.DELIVERED, manifest=row.digest, by=node_keys.address()):
        raise Fault("our delivered receipt is missing")
    # 4
    return "follows on something that is not here" if manifest.previous not in {"", *stored.digests()} else ""


def _check_kept(kept: StoredReceipt, stored: _Thread) -> str:
    # 6
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
    # 7
    about_sent = (kept.direction == RECEIVED) != (kept.kind == receipts.DESTROYED)
    if kept.kind == receipts.DESTROYED and not about_sent:
        if any(got.digest == kept.manifest for got in stored.incoming):
            raise Fault("the envelope came although it is said to be destroyed")
        return ""
    rows: list[Outgoing] | list[Incoming] = stored.outgoing if about_sent else stored.incoming
    if not any(row.digest == kept.manifest and row.envelope == kept.envelope for row in rows):
        raise Fault("the envelope it is about is missing")
    return ""


def signed_heads(thread: uuid.UUID | None = None) -> Iterator[str]:
    """The heads of our ledger that this node and its organisations signed, in one thread or in all."""
    sent = Outgoing.objects.exclude(kind="receipt")
    kept = StoredReceipt.objects.filter(direction=ISSUED)
    if thread is not None:
        sent, kept = sent.filter(thread=thread), kept.filter(thread=thread)
    for statement in sent.values_list("statement", flat=True).iterator():
        yield from _head_in(bytes(statement))
    for statement in kept.values_list("statement", flat=True).iterator():
        yield from _head_in(bytes(statement))


def _head_in(statement: bytes) -> Iterator[str]:
    try:
        members = strict_json.parse(dsse.read(statement).payload, limit=dsse.MAX_STATEMENT_BYTES)
    except Refused:
        return
    head = members.get("ledger") if isinstance(members, dict) else None
    if isinstance(head, str):
        yield head
