"""The parts of a record that came: opened with this person's published identities, and no further.

A part whose category the person's role does not open stays sealed for a colleague. What cannot be read is
told to the sender by a signed `failed` receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final, cast

from people.actor import Actor, NoKey
from referral.handover import envelopes, reading
from referral.handover.payloads import MAX_RECORD_BYTES, CaseFacts, DocumentHeader, RecordPart
from referral.handover.refusals import AgreementOver, PartNotUnderstood
from referral.models import Handover
from referral.record.fields import NotAccepted, clean_all
from referral.rules.coverage import ConsentFacts, covers
from referral.vocabulary import AgeStatus, Category
from secure_exchange.errors import Malformed, WrongContents
from secure_exchange.models import Incoming


NOT_OPENED: Final = (*reading.UNREADABLE, PartNotUnderstood, AgreementOver)
"""Why a part stays sealed although this role opens it; the sender cannot know of it unless it is told."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One opened part: its case, and its fields, or the header of a document."""

    incoming: Incoming
    case: CaseFacts
    record: RecordPart | None = None
    document: DocumentHeader | None = None

    @property
    def category(self) -> Category:
        """Which category it belongs to."""
        return Category(self.incoming.part)


class _Splitter:
    """Takes what comes out of a seal: fields are kept, a document is passed on behind its header line."""

    def __init__(self, passed_on: Callable[[DocumentHeader], Callable[[bytes], object]]) -> None:
        self._passed_on = passed_on
        self._write: Callable[[bytes], object] | None = None
        self._start = bytearray()
        self.header: DocumentHeader | None = None

    def write(self, data: memoryview) -> int:
        if self._write is not None:
            self._write(bytes(data))
            return len(data)
        self._start += data
        line, newline, rest = bytes(self._start).partition(b"\n")
        if newline:
            self.header = DocumentHeader.from_bytes(line)
            self._write = self._passed_on(self.header)
            self._write(rest)
        elif len(self._start) > MAX_RECORD_BYTES:
            raise Malformed("a part without an end")
        return len(data)

    def fields(self) -> RecordPart:
        return RecordPart.from_bytes(bytes(self._start))


def _thrown_away(_header: DocumentHeader) -> Callable[[bytes], object]:
    return len


def open_part(
    incoming: Incoming,
    handover: Handover,
    *,
    by: Actor,
    at: datetime,
    passed_on: Callable[[DocumentHeader], Callable[[bytes], object]] = _thrown_away,
) -> Part:
    """Open one part; a document's bytes go to what `passed_on` gives, to be discarded when this raises.

    Raises:
        NoKey: the part is for another role.
        AgreementOver: the consent that travels with it does not cover us, this category, or today.
        PartNotUnderstood: it says something that we do not know.
        Refused: it is damaged or not what it says. The caller tells the sender of these (`NOT_OPENED`).
    """
    splitter = _Splitter(passed_on)
    envelopes.open_into(incoming, cast(BinaryIO, splitter), by=by, scope=incoming.part, at=at)
    if splitter.header is not None:
        part = Part(incoming=incoming, case=splitter.header.case, document=splitter.header)
    else:
        fields = splitter.fields()
        part = Part(incoming=incoming, case=fields.case, record=fields)
    _check(part, handover, at=at)
    return part


def _check(part: Part, handover: Handover, *, at: datetime) -> None:
    """1. of the category it was sent as, 2. of the handover that was offered, 3. in our words, 4. covered."""
    # 1
    if part.record is not None and part.record.category != part.category:
        raise WrongContents("another category")
    if part.document is not None and part.category != Category.DOCUMENTS:
        raise WrongContents("a document in another category")
    # 2
    if handover.kind and (part.case.kind, part.case.stage) != (handover.kind, handover.stage):
        raise WrongContents("not what was offered")
    # 3
    if part.record is not None:
        _check_words(part.category, part.record)
    # 4
    consent = part.case.consent
    facts = ConsentFacts(
        receiver=consent.receiver,
        categories=frozenset(consent.categories),
        given_at=consent.given_at,
        until=consent.until,
        child=part.case.age_status != AgeStatus.ADULT,
        by_guardian=consent.by_guardian,
    )
    covered = covers(
        facts,
        receiver=handover.organisation.address,
        categories=[part.category],
        at=at,
    )
    if not covered:
        raise AgreementOver(covered.reason)


def _check_words(category: Category, record: RecordPart) -> None:
    """A field of a newer release or another list of values is found here, before anything is changed."""
    try:
        clean_all(category, record.fields)
    except NotAccepted as fault:
        raise PartNotUnderstood from fault


def open_what_one_can(
    waiting: list[Incoming], handover: Handover, *, by: Actor, at: datetime
) -> tuple[list[Part], list[Exception]]:
    """Open each of these parts but those for other roles; faults are told to the sender, and given."""
    opened: list[Part] = []
    faults: list[Exception] = []
    for incoming in waiting:
        try:
            opened.append(open_part(incoming, handover, by=by, at=at))
        except NoKey:
            continue
        except NOT_OPENED as fault:
            reading.tell_failed(incoming, by=by, at=at)
            faults.append(fault)
    return opened, faults
