"""Seal under the case what was opened: categories and documents, now or when a colleague comes.

Each part is taken by itself: one that cannot be taken keeps none of the others waiting. Where somebody here
wrote its category first, what came is kept beside what was written (record.revising).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from people.actor import Actor, NoKey
from referral.cases.standing import refusals_recorded
from referral.handover import arrived_parts, envelopes, reading, receiving, stepping
from referral.handover.arrived_parts import Part
from referral.handover.envelopes import Pen
from referral.handover.payloads import DocumentHeader
from referral.handover.permission import check_may_take_over
from referral.models import Case, Handover
from referral.record import documents, revising
from referral.record.uploading import SealingUpload
from referral.rules.refusals import Denied, IllegalStep, TooLarge
from referral.vocabulary import Category, HandoverState
from secure_exchange import inbox, receipts
from secure_exchange.errors import Expired, Refused
from secure_exchange.ledger import entries
from secure_exchange.models import Incoming


_NOT_TAKEN: Final = (*arrived_parts.NOT_OPENED, TooLarge, Expired)
"""Why a part cannot be taken although this role opens it: the sender is told."""


def take_over_parts(*, handover: Handover, by: Actor, at: datetime) -> list[Category]:
    """Take into the case what is still sealed and this person's role opens; gives which categories.

    Raises:
        NotThere: it is not addressed to this person's organisation.
        IllegalStep: nobody has opened the record yet (409).
        AgreementOver, PartNotUnderstood, TooLarge, Refused: nothing could be taken, and this is why first.
    """
    with refusals_recorded(act="handover.take_over", by=by, about=str(handover.thread), at=at):
        check_may_take_over(handover, by=by, at=at)
        if handover.state != HandoverState.OPENED or handover.case is None:
            raise IllegalStep
        taken, faults = take_each(handover, handover.case, by=by, at=at)
        if faults and not taken:
            raise faults[0]
    return taken


def take_each(
    handover: Handover, case: Case, *, by: Actor, at: datetime
) -> tuple[list[Category], list[Exception]]:
    """Take each part that this role opens, for an act that has decided that this may be; faults are given.

    What cannot be taken is told to the sender, and may be tried again: a node learns words and gets room.
    """
    taken: list[Category] = []
    faults: list[Exception] = []
    for incoming in list(receiving.unopened_parts(handover)):
        try:
            _take_over(incoming, handover, case, by=by, at=at)
        except NoKey:
            continue
        except _NOT_TAKEN as fault:
            reading.tell_failed(incoming, by=by, at=at)
            faults.append(fault)
        except (Denied, Refused) as fault:
            faults.append(fault)
        else:
            taken.append(Category(incoming.part))
    return taken, faults


def _take_over(incoming: Incoming, handover: Handover, case: Case, *, by: Actor, at: datetime) -> None:
    upload = SealingUpload(case=case)

    def passed_on(header: DocumentHeader) -> Callable[[bytes], object]:
        upload.begin(header.name, header.media_type)
        return upload.write

    try:
        part = arrived_parts.open_part(incoming, handover, by=by, at=at, passed_on=passed_on)
        _keep(case, part, upload, handover=handover, by=by, at=at)
    finally:
        upload.discard()


def _keep(
    case: Case, part: Part, upload: SealingUpload, *, handover: Handover, by: Actor, at: datetime
) -> None:
    pen = envelopes.pen(by=by, at=at)
    if part.document is None:
        with transaction.atomic():
            _hold(handover)
            keep_fields(case, part, pen, by=by, at=at)
        return
    with upload.complete() as file, transaction.atomic():
        _hold(handover)
        documents.receive_sealed(case=case, file=file, by=by, at=at)
        settle(part.incoming, pen, by=by, at=at)


def _hold(handover: Handover) -> None:
    """Raises `IllegalStep` if the sender took it back while the part was being opened."""
    stepping.hold(handover)
    if handover.withdrawn_at is not None:
        raise IllegalStep


def keep_fields(case: Case, part: Part, pen: Pen, *, by: Actor, at: datetime) -> None:
    """Seal one category under the case, in the caller's transaction."""
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
