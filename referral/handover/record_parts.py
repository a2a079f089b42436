"""The parts of a record on their way out: one envelope a category, and one a document, opened by the person.

Each part is opened through the person's own rights and keys, with an entry in the ledger, and sealed to the
receiver's recipient for that category; documents pass as streams, never in clear on a disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from people.actor import Actor
from referral.handover import envelopes
from referral.handover.envelopes import Bodies, Desk, Written
from referral.handover.payloads import (
    DOCUMENT_TYPE,
    RECORD_TYPE,
    CaseFacts,
    ConsentSummary,
    DocumentHeader,
    RecordPart,
)
from referral.handover.refusals import NothingToSend
from referral.handover.waiting import RECORD_LIVES
from referral.models import Case, Consent
from referral.record import documents
from referral.record.documents import Listed
from referral.record.reading import open_category
from referral.rules.offer_contents import OfferContents
from referral.vocabulary import AgeStatus, Category, Citizenship, ConsentManner, Purpose, ReadingReason
from secure_exchange import bodies, envelope
from secure_exchange.manifest import RECORD


@dataclass(frozen=True, kw_only=True)
class Writing:
    """What all parts of one record have in common."""

    desk: Desk
    bodies: Bodies
    case: Case
    facts: CaseFacts
    by: Actor
    at: datetime


def facts_of(*, case: Case, contents: OfferContents, consent: Consent) -> CaseFacts:
    """What every part says of its case, the consent it rests on among it."""
    return CaseFacts(
        reference=case.reference,
        country=case.responsible.country,
        kind=contents.kind,
        stage=contents.stage,
        age_status=AgeStatus(case.age_status),
        citizenship=Citizenship(case.citizenship),
        consent=ConsentSummary(
            receiver=consent.receiver,
            categories=tuple(sorted(Category(category) for category in consent.categories)),
            purpose=Purpose(consent.purpose),
            language=consent.language,
            manner=ConsentManner(consent.manner),
            by_guardian=consent.by_guardian,
            given_at=consent.given_at,
            until=consent.until,
        ),
    )


def write_all(writing: Writing, categories: tuple[Category, ...], *, after: Written) -> list[Written]:
    """Seal every part, each following the one before; raises as opening and sealing, or `NothingToSend`."""
    written: list[Written] = []
    for category in categories:
        written.extend(_written(writing, category, after=written[-1] if written else after))
    return written


def _written(writing: Writing, category: Category, *, after: Written) -> list[Written]:
    opened = open_category(
        case=writing.case,
        category=category,
        by=writing.by,
        at=writing.at,
        reason=ReadingReason.PREPARE_HANDOVER,
    )
    made: list[Written] = []
    if opened.number:
        part = RecordPart(category=category, case=writing.facts, fields=opened.fields)
        made.append(_write_fields(writing, part, after=after))
    if category == Category.DOCUMENTS:
        for document in _documents(writing):
            made.append(_write_document(writing, document, after=made[-1] if made else after))
    if not made:
        raise NothingToSend(category.value)
    return made


def _write_fields(writing: Writing, part: RecordPart, *, after: Written) -> Written:
    draft = writing.desk.draft(
        RECORD,
        part=part.category.value,
        media_type=RECORD_TYPE,
        expires=writing.at + RECORD_LIVES,
        after=after,
    )
    return envelopes.write(writing.desk, draft, part.to_bytes(), into=writing.bodies)


def _documents(writing: Writing) -> Iterator[Listed]:
    if writing.case.documents.exists():
        reason = ReadingReason.PREPARE_HANDOVER
        yield from documents.listed(case=writing.case, by=writing.by, at=writing.at, reason=reason)


def _write_document(writing: Writing, document: Listed, *, after: Written) -> Written:
    """Seal one document as it streams out of the record."""
    draft = writing.desk.draft(
        RECORD,
        part=Category.DOCUMENTS.value,
        media_type=DOCUMENT_TYPE,
        expires=writing.at + RECORD_LIVES,
        after=after,
    )
    header = DocumentHeader(case=writing.facts, name=document.name, media_type=document.media_type)
    line = header.to_bytes()
    download = documents.read(
        case=writing.case,
        document=document.uuid,
        by=writing.by,
        at=writing.at,
        reason=ReadingReason.PREPARE_HANDOVER,
    )
    recipient = writing.desk.their.recipient_for(Category.DOCUMENTS.value)
    with (
        writing.bodies.new() as (name, body),
        envelope.sealing(
            body, draft, len(line) + download.size, writing.desk.pen.signer, [recipient]
        ) as sealing,
    ):
        sealing.write(line)
        for chunk in download.chunks:
            sealing.write(chunk)
    return Written(envelope=sealing.envelope, body=bodies.settle(name))
