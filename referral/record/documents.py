"""Documents of any size: sealed as they stream in, opened as they stream out, never in clear on a disk.

Name, type and length are sealed beside the row; the file's first line inside the seal names its place, and is
compared before anything is shown.
"""

from __future__ import annotations

import json
import mimetypes
import re
import uuid as uuids
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, TypeVar

from django.db import transaction

from people.actor import Actor
from people.models import Membership
from referral.cases import keys
from referral.cases.standing import refusals_recorded, require
from referral.models import Case, Document
from referral.record.sealing import document_line, open_sealed, seal
from referral.record.uploading import SealedFile, SealingUpload
from referral.rules.access import Act, needs_reason
from referral.rules.refusals import Altered, NotThere, ReasonNeeded
from referral.vocabulary import Category, ReadingReason
from secure_exchange import bodies
from secure_exchange.age import AgeError, Identity, opening
from secure_exchange.ledger import entries


_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
_UNKNOWN_TYPE = "application/octet-stream"

Taken = TypeVar("Taken")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A document's name and type, opened."""

    uuid: uuids.UUID
    name: str = field(repr=False)
    media_type: str
    size: int
    added_at: datetime
    added_by: Membership


@dataclass(frozen=True, kw_only=True)
class Download:
    """A document on its way out; with `size` as Content-Length a response cut by damage shows as broken."""

    file_name: str
    media_type: str
    size: int
    chunks: Iterator[bytes] = field(repr=False)


def add(*, case: Case, file: SealedFile, by: Actor, at: datetime) -> Document:
    """Keep a document that was sealed for this case while uploading; on a refusal its file is deleted.

    Raises:
        NotInYourRole, NotThere, IllegalStep: as `standing.require`.
        Altered: it was sealed for another case.
    """
    with (
        file,
        refusals_recorded(
            act="document-added", by=by, about=case.reference, category=Category.DOCUMENTS, at=at
        ),
        transaction.atomic(),
    ):
        require(Act.WRITE, case=case, by=by, at=at, category=Category.DOCUMENTS)
        keys.open_key(case=case, category=Category.DOCUMENTS, by=by)
        return _keep(case=case, file=file, by=by, at=at)


def receive(
    *, case: Case, name: str, media_type: str, chunks: Iterable[bytes], by: Actor, at: datetime
) -> Document:
    """Seal a document that a handover brought, from its opened stream, whatever the opener's role writes.

    For the act that opens a received record, which has decided already that this may be.
    """
    upload = SealingUpload(case=case)
    upload.begin(name, media_type)
    try:
        for chunk in chunks:
            upload.write(chunk)
        file = upload.complete()
    except BaseException:
        upload.discard()
        raise
    return receive_sealed(case=case, file=file, by=by, at=at)


def receive_sealed(*, case: Case, file: SealedFile, by: Actor, at: datetime) -> Document:
    """Keep a document of a received record that was sealed for this case while it was being opened.

    For the act that opens a received record, which has decided already that this may be.
    """
    with file, transaction.atomic():
        return _keep(case=case, file=file, by=by, at=at)


def listed(*, case: Case, by: Actor, at: datetime, reason: ReadingReason | None = None) -> list[Listed]:
    """Open the names of a case's documents, newest first; one ledger entry for the list.

    Raises:
        As `reading.open_category`.
    """

    def take(identity: Identity) -> list[Listed]:
        rows = case.documents.select_related("added_by__user", "added_by__organisation")
        return [_listed(row, identity=identity) for row in rows.order_by("-added_at")]

    return _entering("documents-listed", take, case=case, about="", by=by, at=at, reason=reason)


def read(
    *, case: Case, document: uuids.UUID, by: Actor, at: datetime, reason: ReadingReason | None = None
) -> Download:
    """Open one document for a download under a neutral name.

    The beginning is opened and compared here, so that a misplaced file is a refusal; damage further on ends
    the stream with an exception.

    Raises:
        NotThere: the case has no such document. Others as `reading.open_category`.
    """

    def take(identity: Identity) -> Download:
        row = Document.objects.filter(case=case, uuid=document).select_related("added_by").first()
        if row is None:
            raise NotThere
        facts = _listed(row, identity=identity)
        ending = mimetypes.guess_extension(facts.media_type) or ".bin"
        return Download(
            file_name=f"document-{row.uuid.hex[:8]}{ending}",
            media_type=facts.media_type,
            size=facts.size,
            chunks=_chunks(row, identity=identity),
        )

    return _entering("document-read", take, case=case, about=document.hex, by=by, at=at, reason=reason)


def _entering(  # noqa: PLR0913 - who, what, why
    act: str,
    take: Callable[[Identity], Taken],
    *,
    case: Case,
    about: str,
    by: Actor,
    at: datetime,
    reason: ReadingReason | None,
) -> Taken:
    category = Category.DOCUMENTS
    with (
        refusals_recorded(act=act, by=by, about=case.reference, category=category, at=at),
        transaction.atomic(),
    ):
        require(Act.READ, case=case, by=by, at=at, category=category)
        if reason is None and needs_reason(by.role, category):
            raise ReasonNeeded
        taken = take(keys.open_key(case=case, category=category, by=by))
        why = ReadingReason(reason).value if reason else ""
        entries.append(
            act=act,
            actor=by.pseudonym,
            object=case.reference,
            category=category.value,
            reason=" ".join(part for part in (about, why) if part),
            at=at,
        )
    return taken


def _keep(*, case: Case, file: SealedFile, by: Actor, at: datetime) -> Document:
    if file.case != case.uuid:
        raise Altered
    meta = {"name": file.name, "media_type": _media_type(file.media_type), "size": file.size}
    bodies.settle(file.body)
    document = Document.objects.create(
        uuid=file.document,
        case=case,
        body=file.body,
        sealed_meta=seal(
            json.dumps(meta).encode("ascii"),
            line=document_line(case=case, document=str(file.document), part="meta"),
            recipient=keys.recipient(case=case, category=Category.DOCUMENTS),
        ),
        sealed_size=bodies.size(file.body),
        added_at=at,
        added_by=by.membership,
    )
    entries.append(
        act="document-added",
        actor=by.pseudonym,
        object=case.reference,
        category=Category.DOCUMENTS.value,
        reason=document.uuid.hex,
        at=at,
    )
    file.keep()
    return document


def _listed(row: Document, *, identity: Identity) -> Listed:
    line = document_line(case=row.case, document=str(row.uuid), part="meta")
    try:
        meta = json.loads(open_sealed(bytes(row.sealed_meta), line=line, identity=identity))
        name, media_type, size = str(meta["name"]), _media_type(meta["media_type"]), int(meta["size"])
    except (ValueError, KeyError, TypeError) as error:
        raise Altered from error
    return Listed(
        uuid=row.uuid,
        name=name,
        media_type=media_type,
        size=size,
        added_at=row.added_at,
        added_by=row.added_by,
    )


def _chunks(row: Document, *, identity: Identity) -> Iterator[bytes]:
    line = document_line(case=row.case, document=str(row.uuid), part="body")
    try:
        source = bodies.open_body(row.body)
    except bodies.BodyMissing as error:
        raise Altered from error
    try:
        blocks = opening(source, [identity])
        # A copy, because the block's memory is used again for the next one.
        first = bytes(next(blocks, b""))
    except AgeError as error:
        source.close()
        raise Altered from error
    if not first.startswith(line):
        source.close()
        raise Altered
    return _flow(source, first[len(line) :], blocks)


def _flow(source: BinaryIO, first: bytes, blocks: Iterator[memoryview]) -> Iterator[bytes]:
    with source:
        if first:
            yield first
        for block in blocks:
            yield bytes(block)


def _media_type(text: str) -> str:
    return text if _MEDIA_TYPE.fullmatch(text) else _UNKNOWN_TYPE
