"""What the other side's signed receipts change here: it opened, could not open, or destroyed an envelope.

A receipt is a fact and not a request: a record that was opened was opened, also where we withdrew it in the
same moment, and from then on the receiver of a transfer is responsible. Each receipt can be taken any
number of times.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from referral.cases.passing import pass_responsibility
from referral.handover import receiving, stepping
from referral.models import Case, Handover, HandoverMessage
from referral.rules import responsibility
from referral.rules.refusals import IllegalStep
from referral.vocabulary import Direction, HandoverAct, HandoverState, MessageKind, Side
from secure_exchange import node_keys, receipts
from secure_exchange.ledger import entries
from secure_exchange.models import StoredReceipt


RECEIVED: Final = StoredReceipt.Direction.RECEIVED
_UNTIL_OPENED: Final = [
    state.value
    for state in (
        HandoverState.ACCEPTED,
        HandoverState.RELEASED,
        HandoverState.FAILED,
        HandoverState.WITHDRAWN,
        HandoverState.EXPIRED,
    )
]


def take(*, receipt_id: int, at: datetime) -> None:
    """Do what a received receipt says; again does nothing."""
    receipt = StoredReceipt.objects.filter(pk=receipt_id, direction=RECEIVED).first()
    if receipt is None:
        return
    for handover in Handover.objects.filter(thread=receipt.thread).select_related("organisation", "case"):
        with transaction.atomic():
            _take(receipt, handover, at=at)


def missed() -> QuerySet[StoredReceipt]:
    """Receipts whose handover does not show yet what they say: what no signal announced."""
    sent = HandoverMessage.objects.filter(
        envelope=OuterRef("envelope"),
        kind=MessageKind.RECORD.value,
        direction=Direction.OUTGOING.value,
        handover__thread=OuterRef("thread"),
        handover__counterpart=OuterRef("by"),
    )
    coming = Handover.objects.filter(
        thread=OuterRef("thread"),
        counterpart__endswith=Substr(OuterRef("by"), len(node_keys.NAME) + 1),
        direction=Direction.INCOMING.value,
        state__in=[HandoverState.OFFERED.value, *_UNTIL_OPENED[:3]],
    )
    opened = Q(kind=receipts.OPENED) & Exists(sent.filter(handover__state__in=_UNTIL_OPENED))
    failed = Q(kind=receipts.FAILED) & Exists(sent.filter(handover__state=HandoverState.RELEASED.value))
    destroyed = Q(kind=receipts.DESTROYED) & Exists(coming)
    return StoredReceipt.objects.filter(opened | failed | destroyed, direction=RECEIVED)


def _take(receipt: StoredReceipt, handover: Handover, *, at: datetime) -> None:
    if handover.direction == Direction.OUTGOING:
        ours = handover.messages.filter(
            envelope=receipt.envelope, kind=MessageKind.RECORD.value, direction=Direction.OUTGOING.value
        )
        if receipt.by == handover.counterpart and ours.exists():
            _about_our_record(receipt, handover, at=at)
    elif receipt.kind == receipts.DESTROYED and receipt.by == _node_of(handover.counterpart):
        _destroyed_unsent(receipt, handover, at=at)


def _node_of(address: str) -> str:
    """Who alone can have destroyed what this address was to send: its own node."""
    return node_keys.address_of(node_keys.host_of(address))


def _about_our_record(receipt: StoredReceipt, handover: Handover, *, at: datetime) -> None:
    if receipt.kind == receipts.FAILED:
        stepping.follow(handover, Side.RECEIVER, HandoverAct.FAIL, at=at)
    elif receipt.kind == receipts.OPENED:
        _opened(receipt, handover, at=at)


def _opened(receipt: StoredReceipt, handover: Handover, *, at: datetime) -> None:
    changed = Handover.objects.filter(pk=handover.pk, state__in=_UNTIL_OPENED).update(
        state=HandoverState.OPENED.value, opened_at=receipt.at, opened_by=None
    )
    if not changed:
        return
    entries.append(act="handover.opened", actor=receipt.by, object=str(handover.thread), at=at)
    if responsibility.passes(handover.kind) and handover.case is not None:
        _pass(handover.case, receipt, at=at)


def _pass(case: Case, receipt: StoredReceipt, *, at: datetime) -> None:
    """Pass responsibility to who opened; where another did so before, it stays there, on record.

    Somebody whose offer was withdrawn may keep the receipt back until another has opened the case.
    """
    try:
        pass_responsibility(case=case, to=receipt.by, actor=receipt.by, at=at)
    except IllegalStep:
        entries.append(
            act="responsibility-contested", actor=receipt.by, object=case.reference, reason=receipt.by, at=at
        )


def _destroyed_unsent(receipt: StoredReceipt, handover: Handover, *, at: datetime) -> None:
    """The sender's node destroyed a part before sending it: what has not been opened is not coming whole.

    From the end of the offer on it did so because time ran out there, and here we say the same.
    """
    if receipt.at >= receiving.offer_ends(handover):
        after = stepping.follow(
            handover, Side.SENDER, HandoverAct.EXPIRE, at=receipt.at, expired_at=receipt.at
        )
    else:
        after = stepping.follow(handover, Side.SENDER, HandoverAct.WITHDRAW, at=receipt.at)
    receiving.stop_unopened(handover, at=at)
    if after is None:
        return
    entries.append(act=f"handover.{after}", actor=receipt.by, object=str(handover.thread), at=at)
