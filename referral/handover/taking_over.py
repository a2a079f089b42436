"""Seal under the case what was opened: categories and documents, now or when a colleague comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from people.actor import Actor, NoKey
from referral.handover import arrived_parts, envelopes, reading, receiving
from referral.handover.arrived_parts import Part
from referral.handover.envelopes import Pen
from referral.handover.payloads import DocumentHeader
from referral.handover.permission import check_may_work
from referral.models import Case, Handover
from referral.record import documents, revising
from referral.record.fields import NotAccepted
from referral.record.uploading import SealingUpload
from referral.rules.refusals import IllegalStep
from referral.vocabulary import Category, HandoverState
from secure_exchange import inbox, receipts
from secure_exchange.ledger import entries
from secure_exchange.models import Incoming


def take_over_parts(*, handover: Handover, by: Actor, at: datetime) -> list[Category]:
    """Take into the case what is still sealed and this person's role opens; gives which categories.

    Raises:
        NotThere: it is not addressed to this person's organisation.
        IllegalStep: nobody has opened the record yet (409).
        NotCovered: the consent is over.
    """
    check_may_work(handover, by=by, at=at)
    if handover.state != HandoverState.OPENED or handover.case is None:
        raise IllegalStep
    waiting = list(receiving.unopened_parts(handover))
    return [
        Category(incoming.part)
        for incoming in waiting
        if _take_over(incoming, handover, handover.case, by=by, at=at)
    ]


def _take_over(incoming: Incoming, handover: Handover, case: Case, *, by: Actor, at: datetime) -> bool:
    upload = SealingUpload(case=case)

    def passed_on(header: DocumentHeader) -> Callable[[bytes], object]:
        upload.begin(header.name, header.media_type)
        return upload.write

    try:
        part = arrived_parts.open_part(incoming, handover, by=by, at=at, passed_on=passed_on)
        _keep(case, part, upload, by=by, at=at)
    except NoKey:
        return False
    except (*reading.UNREADABLE, NotAccepted):
        reading.tell_failed(incoming, by=by, at=at)
        return False
    finally:
        upload.discard()
    return True


def _keep(case: Case, part: Part, upload: SealingUpload, *, by: Actor, at: datetime) -> None:
    pen = envelopes.pen(by=by, at=at)
    if part.document is None:
        with transaction.atomic():
            keep_fields(case, part, pen, by=by, at=at)
        return
    with upload.complete() as file, transaction.atomic():
        documents.receive_sealed(case=case, file=file, by=by, at=at)
        settle(part.incoming, pen, by=by, at=at)


def keep_fields(case: Case, part: Part, pen: Pen, *, by: Actor, at: datetime) -> None:
    """Seal one category as the first revision of the case, in the caller's transaction."""
    if part.record is None:
        raise IllegalStep
    revising.receive_category(case=case, category=part.category, fields=part.record.fields, by=by, at=at)
    settle(part.incoming, pen, by=by, at=at)


def settle(incoming: Incoming, pen: Pen, *, by: Actor, at: datetime) -> None:
    """Say, once and signed, that a person opened it; raises `IllegalStep` if somebody else was first."""
    if not inbox.settle(incoming.pk, Incoming.State.OPENED, at=at):
        raise IllegalStep
    entries.append(
        act="record.opened",
        actor=by.pseudonym,
        object=str(incoming.thread),
        category=incoming.part,
        at=at,
    )
    envelopes.tell(pen, incoming, receipts.OPENED)
