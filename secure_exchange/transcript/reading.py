"""Check a whole thread from what is stored, offline, and name the first fault.

Every envelope and receipt (checking), and the ledger (ledger.verify) with every head this node signed in the
thread. Not checked: the ledgers of other nodes.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from django.db.models import QuerySet

from secure_exchange import bodies, dsse, strict_json
from secure_exchange.errors import Refused
from secure_exchange.ledger import verify as ledger_verify
from secure_exchange.ledger.verify import UNREADABLE, Verdict
from secure_exchange.models import Incoming, Outgoing, StoredReceipt
from secure_exchange.transcript.checking import ISSUED, Fault, Thread, check_got, check_kept, check_sent


_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

Row = TypeVar("Row", Outgoing, Incoming, StoredReceipt)


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


def read(thread: uuid.UUID, *, whole_ledger: bool = True) -> Transcript:
    """Check everything that is stored of this thread; nothing is changed and nobody is asked.

    Without `whole_ledger` only the entries about this thread are checked, with their neighbours.
    """
    broken: list[Line] = []
    stored = Thread(
        outgoing=_rows(Outgoing.objects.filter(thread=thread).exclude(kind="receipt"), broken),
        incoming=_rows(Incoming.objects.filter(thread=thread), broken),
        kept=_rows(StoredReceipt.objects.filter(thread=thread), broken),
    )
    lines = sorted([*broken, *_lines(stored)], key=lambda line: line.at)
    heads = signed_heads(thread)
    objects = {str(thread), *(line.subject for line in lines)}
    ledger = ledger_verify.verify(heads) if whole_ledger else ledger_verify.verify_about(objects, heads)
    return Transcript(thread=thread, lines=tuple(lines), ledger=ledger)


def _rows(found: QuerySet[Row], broken: list[Line]) -> list[Row]:
    """The rows; one that cannot be read becomes a line instead of hiding the others."""
    try:
        return list(found)
    except (ValueError, TypeError):
        rows: list[Row] = []
    for pk, kind in list(found.values_list("pk", "kind")):
        try:
            rows.append(found.get(pk=pk))
        except (ValueError, TypeError):
            what = f"{kind} in {found.model._meta.db_table}"  # noqa: SLF001 - Django's public name for it
            broken.append(Line(at=_LONG_AGO, what=what, subject=f"row {pk}", fault=UNREADABLE))
    return rows


def _lines(stored: Thread) -> Iterator[Line]:
    for sent in stored.outgoing:
        what = f"{sent.kind} {sent.part}".strip() + f" to {sent.receiver}, {sent.state}"
        yield _line(sent.queued_at, what, sent.envelope, check=partial(check_sent, sent, stored))
    for got in stored.incoming:
        what = f"{got.kind} {got.part}".strip() + f" from {got.sender}, {got.state}"
        yield _line(got.received_at, what, got.envelope, check=partial(check_got, got, stored))
    for kept in stored.kept:
        what = f"receipt: {kept.kind} by {kept.by}, {kept.direction}"
        yield _line(kept.stored_at, what, kept.envelope, check=partial(check_kept, kept, stored))


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
