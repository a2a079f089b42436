"""What each envelope of a thread said, kept sealed to our own organisation's handover clearance.

What was sent to us under a short-lived published key is re-sealed when a person opens it, so that it can
still be read when that key is destroyed. Inside the seal stands first which message this is, and reading
compares: age binds a file to who may open it, not to what it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from people.actor import Actor
from people.models import Clearance, Membership, Organisation
from people.roles import HANDOVER
from referral.models import Handover, HandoverMessage
from referral.rules.refusals import Altered
from referral.vocabulary import Direction, MessageKind
from secure_exchange.age import AgeError, Recipient, decrypt_bytes, encrypt_bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One envelope that passed: which, by whom, when."""

    envelope: UUID
    kind: MessageKind
    direction: Direction
    at: datetime
    category: str = ""
    by: Membership | None = None


def keep(handover: Handover, letter: Letter, *, contents: bytes | None = None) -> HandoverMessage:
    """Note an envelope of the thread once; `contents` is what it said, None while that is still sealed."""
    sealed = (
        b""
        if contents is None
        else _seal(_line(handover, letter.envelope, letter.kind), contents, handover.organisation)
    )
    message, _ = HandoverMessage.objects.get_or_create(
        handover=handover,
        envelope=letter.envelope,
        defaults={
            "kind": letter.kind.value,
            "direction": letter.direction.value,
            "category": letter.category,
            "sealed": sealed,
            "at": letter.at,
            "by": letter.by,
        },
    )
    return message


def reseal(message: HandoverMessage, contents: bytes) -> None:
    """Keep what a person has just opened; what is kept already stays."""
    line = _line(message.handover, message.envelope, MessageKind(message.kind))
    sealed = _seal(line, contents, message.handover.organisation)
    HandoverMessage.objects.filter(pk=message.pk, sealed=b"").update(sealed=sealed)


def contents_of(message: HandoverMessage, *, by: Actor) -> bytes:
    """Open what a kept message said.

    Raises:
        NoKey: the person does not hold the handover clearance.
        Altered: what lies there is damaged or another message.
    """
    identity = by.keys.clearance(message.handover.organisation, HANDOVER)
    try:
        opened = decrypt_bytes(bytes(message.sealed), [identity])
    except AgeError as fault:
        raise Altered from fault
    line, _, contents = opened.partition(b"\n")
    if line != _line(message.handover, message.envelope, MessageKind(message.kind)):
        raise Altered
    return contents


def _seal(line: bytes, contents: bytes, organisation: Organisation) -> bytes:
    return encrypt_bytes(line + b"\n" + contents, [_recipient(organisation)])


def _line(handover: Handover, envelope: UUID, kind: MessageKind) -> bytes:
    members = {"thread": str(handover.thread), "envelope": str(envelope), "kind": kind.value}
    return json.dumps(members, sort_keys=True).encode("ascii")


def _recipient(organisation: Organisation) -> Recipient:
    clearance = Clearance.objects.get(organisation=organisation, scope=HANDOVER)
    return Recipient.parse(clearance.recipient)
