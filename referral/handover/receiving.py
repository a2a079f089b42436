"""What an arrived envelope does, by a machine that can open none of it: only its signed manifest is read.

Each arrived envelope is handled once, in one transaction, and what it does depends on what has come, not on
the order in which it came: an envelope that is earlier than its offer waits for it, and one that finds no
way on from the present state changes nothing and stays in the transcript. What is unknown is never mapped
to something known: it becomes a dead letter that people see.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from people.models import Organisation
from referral.cases.granting import Reconsider
from referral.consent.withdrawing import end_consent
from referral.handover import messages, releasing, stepping, waiting
from referral.handover.messages import Letter
from referral.models import Handover
from referral.vocabulary import (
    Category,
    Direction,
    HandoverAct,
    HandoverState,
    MessageKind,
    Side,
)
from secure_exchange import inbox, node_keys, outbox
from secure_exchange.ledger import entries
from secure_exchange.models import Incoming


_UNKNOWN_PART: Final = "unknown-part"
_NOT_YOURS: Final = "not-of-this-handover"
_ANSWERS: Final = {
    "accepted": (Side.RECEIVER, MessageKind.ACCEPTED),
    "declined": (Side.RECEIVER, MessageKind.DECLINED),
    "question": (Side.RECEIVER, MessageKind.QUESTION),
    "answer": (Side.SENDER, MessageKind.ANSWER),
    "note": (None, MessageKind.NOTE),
}


class _DeadLetter(Exception):  # noqa: N818 - an answer inside this module
    """It is not understood or not theirs to send; the reason is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def handle(*, incoming_id: int, at: datetime, reconsider: Reconsider) -> None:
    """Do what an arrived envelope asks for, once; again does nothing.

    `reconsider` brings the flows in line where somebody works a case no more.
    """
    with transaction.atomic():
        incoming = Incoming.objects.select_for_update().filter(pk=incoming_id, handled_at=None).first()
        if incoming is None:
            return
        try:
            taken = _take(incoming, at=at, reconsider=reconsider)
        except _DeadLetter as fault:
            _quarantine(incoming, fault.reason, at=at)
            taken = True
        if taken:
            inbox.handled(incoming.pk, at=at)
    if taken and incoming.kind == "offer":
        _handle_what_waited(incoming, at=at, reconsider=reconsider)


def due(*, at: datetime) -> QuerySet[Incoming]:
    """What can be handled now, oldest first; a letter without its offer is left out while it may wait.

    Else somebody known who writes to threads that do not exist would fill every sweep.
    """
    receiver = Concat("organisation__slug", Value(f"@{settings.CONNECT.NODE_HOST}"))
    ours = Handover.objects.annotate(receiver=receiver).filter(
        thread=OuterRef("thread"), receiver=OuterRef("receiver")
    )
    return inbox.unhandled().filter(Q(kind="offer") | Q(expires__lte=at) | Exists(ours))


def _take(incoming: Incoming, *, at: datetime, reconsider: Reconsider) -> bool:
    """Handle it; False leaves it waiting for its offer."""
    organisation = _organisation(incoming)
    if incoming.kind == "offer":
        return _offer(incoming, organisation, at=at)
    handover = Handover.objects.filter(thread=incoming.thread, organisation=organisation).first()
    if handover is None:
        if at < incoming.expires:
            return False
        raise _DeadLetter(_NOT_YOURS)
    if handover.counterpart != incoming.sender:
        raise _DeadLetter(_NOT_YOURS)
    takes: dict[str, Callable[[Incoming, Handover, datetime], None]] = {
        "record": _record,
        "reply": _reply,
        "withdrawal": partial(_withdrawal, reconsider=reconsider),
    }
    if incoming.kind not in takes:
        raise _DeadLetter(_UNKNOWN_PART)
    takes[incoming.kind](incoming, handover, at)
    return True


def _organisation(incoming: Incoming) -> Organisation:
    slug, _, _ = incoming.receiver.partition("@")
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None or organisation.address != incoming.receiver:
        raise _DeadLetter(_NOT_YOURS)
    return organisation


def _offer(incoming: Incoming, organisation: Organisation, *, at: datetime) -> bool:
    handover, made = Handover.objects.get_or_create(
        thread=incoming.thread,
        organisation=organisation,
        defaults={
            "direction": Direction.INCOMING.value,
            "counterpart": incoming.sender,
            "state": HandoverState.OFFERED.value,
            "respond_by": waiting.respond_by(created=incoming.created, expires=incoming.expires),
            "expires_at": incoming.expires,
            "created_at": at,
            "offered_at": incoming.created,
        },
    )
    if not made:
        # A thread has one offer: a second could put other words under an answer already given.
        raise _DeadLetter(_NOT_YOURS)
    _keep(incoming, handover, MessageKind.OFFER, at=at)
    _record_act("handover.offered", incoming, at=at)
    return True


def _handle_what_waited(offer: Incoming, *, at: datetime, reconsider: Reconsider) -> None:
    """What came before its offer is handled now."""
    earlier = Incoming.objects.filter(thread=offer.thread, receiver=offer.receiver, handled_at=None)
    for incoming_id in earlier.order_by("received_at", "pk").values_list("pk", flat=True):
        handle(incoming_id=incoming_id, at=at, reconsider=reconsider)


def _record(incoming: Incoming, handover: Handover, at: datetime) -> None:
    if handover.direction != Direction.INCOMING:
        raise _DeadLetter(_NOT_YOURS)
    if incoming.part not in set(Category):
        raise _DeadLetter(_UNKNOWN_PART)
    _keep(incoming, handover, MessageKind.RECORD, at=at, category=incoming.part)
    if handover.messages.filter(kind=MessageKind.WITHDRAWAL.value).exists():
        # It was on its way when the sender, or the person, took it back.
        inbox.settle(incoming.pk, Incoming.State.WITHDRAWN, at=at)
        return
    released = stepping.follow(handover, Side.SENDER, HandoverAct.RELEASE, at=at, expires_at=incoming.expires)
    if released is not None:
        _record_act("handover.released", incoming, at=at)


def _reply(incoming: Incoming, handover: Handover, at: datetime) -> None:
    known = _ANSWERS.get(incoming.part)
    if known is None:
        raise _DeadLetter(_UNKNOWN_PART)
    theirs = Side.RECEIVER if handover.direction == Direction.OUTGOING else Side.SENDER
    side, kind = known
    if side not in (None, theirs):
        raise _DeadLetter(_NOT_YOURS)
    _keep(incoming, handover, kind, at=at)
    if kind == MessageKind.ACCEPTED:
        _accepted(incoming, handover, at=at)
    elif kind == MessageKind.DECLINED:
        _declined(incoming, handover, at=at)


def _accepted(incoming: Incoming, handover: Handover, *, at: datetime) -> None:
    releasing.hold_consent(handover)
    if stepping.follow(handover, Side.RECEIVER, HandoverAct.ACCEPT, at=incoming.created) is None:
        return
    _record_act("handover.accepted", incoming, at=at)
    handover.refresh_from_db()
    releasing.release(handover, at=at)


def _declined(incoming: Incoming, handover: Handover, *, at: datetime) -> None:
    if stepping.follow(handover, Side.RECEIVER, HandoverAct.DECLINE, at=incoming.created) is None:
        return
    outbox.destroy_held(thread=handover.thread, at=at)
    _record_act("handover.declined", incoming, at=at)


def _withdrawal(incoming: Incoming, handover: Handover, at: datetime, *, reconsider: Reconsider) -> None:
    if handover.direction != Direction.INCOMING:
        raise _DeadLetter(_NOT_YOURS)
    _keep(incoming, handover, MessageKind.WITHDRAWAL, at=at)
    if stepping.follow(handover, Side.SENDER, HandoverAct.WITHDRAW, at=incoming.created) is None:
        _withdrawn_after_opening(incoming, handover, at=at, reconsider=reconsider)
    # Also where a part was opened already: what still lies here sealed is opened by nobody any more.
    stop_unopened(handover, at=at)
    _record_act("handover.withdrawn", incoming, at=at)


def _withdrawn_after_opening(
    incoming: Incoming, handover: Handover, *, at: datetime, reconsider: Reconsider
) -> None:
    """What was opened stays opened on both sides; who read it by the agreement that came with it no more can.

    Why it was taken back lies inside the seal, for a person to read. A machine takes it for what protects the
    person: their agreement is over.
    """
    opened = Handover.objects.filter(
        pk=handover.pk, state=HandoverState.OPENED.value, withdrawn_at__isnull=True
    )
    if not opened.update(withdrawn_at=incoming.created):
        return
    handover.refresh_from_db()
    if handover.consent is not None:
        end_consent(
            consent=handover.consent, actor=node_keys.address(), by=None, at=at, reconsider=reconsider
        )


def stop_unopened(handover: Handover, *, at: datetime) -> None:
    """Record parts that came and were not opened are not opened any more."""
    for part in arrived_parts(handover).filter(state=Incoming.State.RECEIVED):
        inbox.settle(part.pk, Incoming.State.WITHDRAWN, at=at)


def arrived_parts(handover: Handover) -> QuerySet[Incoming]:
    """Parts of the record that came, opened or not, in the order of their coming."""
    return Incoming.objects.filter(
        thread=handover.thread,
        kind="record",
        sender=handover.counterpart,
        receiver=handover.organisation.address,
        handled_at__isnull=False,
        part__in=[category.value for category in Category],
    ).order_by("received_at", "pk")


def offer_ends(handover: Handover) -> datetime:
    """When the offer that came was over unless somebody had answered."""
    offer = Incoming.objects.filter(
        thread=handover.thread,
        kind="offer",
        sender=handover.counterpart,
        receiver=handover.organisation.address,
        handled_at__isnull=False,
    ).exclude(state=Incoming.State.FAILED)
    return offer.values_list("expires", flat=True).first() or handover.expires_at


def unopened_parts(handover: Handover) -> QuerySet[Incoming]:
    """Parts of the record that lie here sealed and may be opened; none once the sender took it back."""
    parts = arrived_parts(handover).filter(state__in=[Incoming.State.RECEIVED, Incoming.State.FAILED])
    return parts.none() if handover.withdrawn_at is not None else parts


def _keep(
    incoming: Incoming, handover: Handover, kind: MessageKind, *, at: datetime, category: str = ""
) -> None:
    letter = Letter(
        envelope=incoming.envelope, kind=kind, direction=Direction.INCOMING, at=at, category=category
    )
    messages.keep(handover, letter)


def _record_act(act: str, incoming: Incoming, *, at: datetime) -> None:
    entries.append(act=act, actor=incoming.sender, object=str(incoming.thread), at=at)


def _quarantine(incoming: Incoming, reason: str, *, at: datetime) -> None:
    """Leave it sealed where people see it; nothing is done that it asked for."""
    inbox.settle(incoming.pk, Incoming.State.FAILED, at=at)
    entries.append(
        act="envelope.quarantined",
        actor=node_keys.address(),
        object=str(incoming.envelope),
        reason=reason,
        at=at,
    )
