"""What people say to each other in a thread: the receiver reads, accepts, declines and asks; both note.

Each is one reply envelope, sealed to the other side's default recipient and signed with the organisation's
key. The word of an answer stands in the clear signed part, because machines release or destroy the held
record on it; reasons and texts are sealed. Twice, too late or by the wrong side is refused with 409 and
changes nothing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from people.actor import Actor
from referral.handover import envelopes, messages, stepping, waiting
from referral.handover.envelopes import LETTER_LIVES, Bodies, removed_on_failure
from referral.handover.messages import Letter
from referral.handover.payloads import REPLY_TYPE, Reply
from referral.handover.permission import check_may_work
from referral.models import Handover
from referral.rules.decision import Reason
from referral.rules.refusals import IllegalStep
from referral.vocabulary import DeclineReason, Direction, HandoverAct, MessageKind, Side
from secure_exchange.ledger import entries


_WORDS = {
    HandoverAct.ACCEPT: MessageKind.ACCEPTED,
    HandoverAct.DECLINE: MessageKind.DECLINED,
    HandoverAct.ASK: MessageKind.QUESTION,
    HandoverAct.ANSWER: MessageKind.ANSWER,
    HandoverAct.NOTE: MessageKind.NOTE,
}


def accept(*, handover: Handover, by: Actor, at: datetime) -> None:
    """Accept an offer that was read; the sender's node then releases the record.

    Raises:
        NotThere: the offer is not ours to answer.
        IllegalStep: nobody here has read it, or it was answered, withdrawn or expired (409).
        Refused: the sender's keys or ours are not valid now.
    """
    _check_read(handover)
    _say(HandoverAct.ACCEPT, Reply(), handover=handover, by=by, at=at)


def decline(*, handover: Handover, reason: DeclineReason, text: str = "", by: Actor, at: datetime) -> None:
    """Decline an offer that was read; the sender's node destroys the held record. Raises as `accept` does."""
    _check_read(handover)
    _say(HandoverAct.DECLINE, Reply(reason=reason, text=text), handover=handover, by=by, at=at)


def ask(*, handover: Handover, text: str, by: Actor, at: datetime) -> None:
    """Ask the sender something, sealed. Raises as `accept` does."""
    _say(HandoverAct.ASK, Reply(text=text), handover=handover, by=by, at=at)


def answer(*, handover: Handover, text: str, by: Actor, at: datetime) -> None:
    """Answer the receiver, sealed. Raises as `accept` does."""
    _say(HandoverAct.ANSWER, Reply(text=text), handover=handover, by=by, at=at)


def note(*, handover: Handover, text: str, by: Actor, at: datetime) -> None:
    """Tell the other side how it goes on, sealed. Raises as `accept` does."""
    _say(HandoverAct.NOTE, Reply(text=text), handover=handover, by=by, at=at)


def _check_read(handover: Handover) -> None:
    if handover.direction == Direction.INCOMING and not handover.kind:
        raise IllegalStep(Reason.HANDOVER_STATE)


def _say(act: HandoverAct, reply: Reply, *, handover: Handover, by: Actor, at: datetime) -> None:
    check_may_work(handover, by=by, at=at)
    side = stepping.side_of(handover)
    stepping.check(handover, side, act)
    with removed_on_failure() as bodies:
        _send(act, reply, bodies, handover=handover, side=side, by=by, at=at)


def _send(  # noqa: PLR0913 - one act, its words, who and when
    act: HandoverAct, reply: Reply, bodies: Bodies, *, handover: Handover, side: Side, by: Actor, at: datetime
) -> None:
    kind = _WORDS[act]
    desk = envelopes.desk(thread=handover.thread, counterpart=handover.counterpart, by=by, at=at)
    draft = desk.draft("reply", part=kind.value, media_type=REPLY_TYPE, expires=at + LETTER_LIVES)
    payload = reply.to_bytes()
    sealed = envelopes.write(desk, draft, payload, into=bodies)
    lives = {"expires_at": waiting.record_may_come_until(handover)} if act is HandoverAct.ACCEPT else {}
    with transaction.atomic():
        stepping.step(handover, side, act, at=at, by=by, **lives)
        entries.append(act=f"handover.{kind.value}", actor=by.pseudonym, object=str(handover.thread), at=at)
        envelopes.queue(sealed, to=handover.counterpart, at=at)
        letter = Letter(
            envelope=sealed.envelope.manifest.id,
            kind=kind,
            direction=Direction.OUTGOING,
            at=at,
            by=by.membership,
        )
        messages.keep(handover, letter, contents=payload)
