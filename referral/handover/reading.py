"""A person opens what came in a thread: the offer, and replies, questions, notes and withdrawals.

What is opened for the first time is re-sealed to our own handover clearance and a signed `opened` receipt
goes back; what cannot be opened is told to the sender by a signed `failed` receipt, since nobody else can
see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from people.actor import Actor, NoKey
from referral.handover import envelopes, messages, payloads, waiting
from referral.handover.payloads import WithdrawalReason
from referral.handover.permission import check_may_work
from referral.models import Handover, HandoverMessage
from referral.rules import offer_contents
from referral.rules.offer_contents import OfferContents
from referral.rules.refusals import Denied, IllegalStep, OfferRefused
from referral.vocabulary import Direction, MessageKind
from secure_exchange import inbox, receipts
from secure_exchange.errors import Altered, CannotOpen, Malformed, Refused, VersionUnknown, WrongContents
from secure_exchange.keysets import DEFAULT
from secure_exchange.ledger import entries
from secure_exchange.models import Incoming


UNREADABLE = (Altered, CannotOpen, Malformed, VersionUnknown, WrongContents, OfferRefused)
"""Faults of what lies inside a seal; the sender cannot know of them unless it is told."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """One message with what it says; `reply` is None for a kind without words, or where it cannot be read."""

    message: HandoverMessage
    reply: payloads.Reply | None
    readable: bool = True


def read_offer(*, handover: Handover, by: Actor, at: datetime) -> OfferContents:
    """Read what an offer says; the first reading makes its words known here and is told to the sender.

    Raises:
        NotThere: it is not addressed to this person's organisation.
        NoKey: the person's role does not open offers.
        Refused: it is expired, damaged or not what it says it is; the sender is told.
        OfferRefused: it says something outside the closed list; the sender is told.
    """
    check_may_work(handover, by=by, at=at)
    message = handover.messages.filter(kind=MessageKind.OFFER.value).first()
    if message is None:
        raise IllegalStep
    contents = offer_contents.parse(_contents(message, by=by, at=at))
    if handover.direction == Direction.INCOMING and not handover.kind:
        _learn(handover, contents)
    return contents


def _learn(handover: Handover, contents: OfferContents) -> None:
    """Write down in our row what the offer is about; machines could not know."""
    respond_by = handover.offered_at and handover.offered_at + waiting.ANSWER_WITHIN[contents.urgency]
    Handover.objects.filter(pk=handover.pk, kind="").update(
        kind=contents.kind.value,
        stage=contents.stage.value,
        urgency=contents.urgency.value,
        categories=[category.value for category in contents.categories],
        respond_by=min(respond_by or handover.respond_by, handover.expires_at),
    )
    handover.refresh_from_db()


def read_messages(*, handover: Handover, by: Actor, at: datetime) -> list[Read]:
    """Read every reply and withdrawal of the thread, oldest first; raises `NotThere` and `NoKey`."""
    check_may_work(handover, by=by, at=at)
    with_words = handover.messages.exclude(kind__in=[MessageKind.OFFER.value, MessageKind.RECORD.value])
    return [_read(message, by=by, at=at) for message in with_words.select_related("by__user")]


def why_withdrawn(*, handover: Handover, by: Actor, at: datetime) -> WithdrawalReason | None:
    """Read why the sender took it back, the gravest of its reasons; None where this person cannot read it.

    Raises `NotThere` as `read_messages`.
    """
    check_may_work(handover, by=by, at=at)
    read: set[WithdrawalReason] = set()
    for message in handover.messages.filter(kind=MessageKind.WITHDRAWAL.value):
        try:
            read.add(payloads.Withdrawal.from_bytes(_contents(message, by=by, at=at)).reason)
        except (Refused, Denied, NoKey):
            continue
    return next((reason for reason in WithdrawalReason if reason in read), None)


def _read(message: HandoverMessage, *, by: Actor, at: datetime) -> Read:
    try:
        data = _contents(message, by=by, at=at)
        if message.kind == MessageKind.WITHDRAWAL:
            payloads.Withdrawal.from_bytes(data)
            return Read(message=message, reply=None)
        return Read(message=message, reply=payloads.Reply.from_bytes(data))
    except Refused:
        return Read(message=message, reply=None, readable=False)


def _contents(message: HandoverMessage, *, by: Actor, at: datetime) -> bytes:
    if message.sealed:
        return messages.contents_of(message, by=by)
    incoming = Incoming.objects.get(
        envelope=message.envelope,
        sender=message.handover.counterpart,
        receiver=message.handover.organisation.address,
    )
    try:
        data = envelopes.open_small(incoming, by=by, scope=DEFAULT, at=at)
        _check_form(MessageKind(message.kind), data)
    except UNREADABLE:
        tell_failed(incoming, by=by, at=at)
        raise
    _keep_opened(message, incoming, data, by=by, at=at)
    return data


def _check_form(kind: MessageKind, data: bytes) -> None:
    """Nothing counts as opened whose words we do not know."""
    if kind == MessageKind.OFFER:
        offer_contents.parse(data)
    elif kind == MessageKind.WITHDRAWAL:
        payloads.Withdrawal.from_bytes(data)
    else:
        payloads.Reply.from_bytes(data)


def _keep_opened(
    message: HandoverMessage, incoming: Incoming, data: bytes, *, by: Actor, at: datetime
) -> None:
    pen = envelopes.pen(by=by, at=at)
    with transaction.atomic():
        messages.reseal(message, data)
        if inbox.settle(incoming.pk, Incoming.State.OPENED, at=at):
            entries.append(
                act=f"{message.kind}.opened", actor=by.pseudonym, object=str(incoming.thread), at=at
            )
            envelopes.tell(pen, incoming, receipts.OPENED)


def tell_failed(incoming: Incoming, *, by: Actor, at: datetime) -> None:
    """Say, signed, that we could not open it; once."""
    pen = envelopes.pen(by=by, at=at)
    with transaction.atomic():
        if inbox.settle(incoming.pk, Incoming.State.FAILED, at=at):
            entries.append(
                act="envelope.unreadable", actor=by.pseudonym, object=str(incoming.envelope), at=at
            )
            envelopes.tell(pen, incoming, receipts.FAILED)
