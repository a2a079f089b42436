"""Stop a handover: the sender takes it back, or the person withdraws the consent it rests on.

What is held or has not left is destroyed, whatever else goes wrong; then the receiver is told by a sealed
withdrawal, which it acknowledges. Telling never stands in the way of stopping: where the receiver's keys
cannot be used, the node's signed traces of the destruction tell it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from people.actor import Actor, NoKey
from referral.handover import envelopes, messages, stepping
from referral.handover.envelopes import LETTER_LIVES, Bodies, Written, removed_on_failure
from referral.handover.messages import Letter
from referral.handover.payloads import WITHDRAWAL_TYPE, Withdrawal, WithdrawalReason
from referral.handover.permission import check_may_work
from referral.models import Consent, Handover
from referral.rules import handover_states
from referral.vocabulary import Direction, HandoverAct, HandoverState, MessageKind, Side
from secure_exchange import outbox
from secure_exchange.errors import Refused
from secure_exchange.ledger import entries


def withdraw(*, handover: Handover, by: Actor, at: datetime) -> None:
    """Take an offer back while nobody has opened the record.

    Raises:
        NotThere: it is not of this person's organisation.
        IllegalStep: it was opened, declined, has expired or is withdrawn already (409).
    """
    check_may_work(handover, by=by, at=at)
    side = stepping.side_of(handover)
    stepping.check(handover, side, HandoverAct.WITHDRAW)
    with removed_on_failure() as bodies:
        letter = _write(handover, WithdrawalReason.OFFER_WITHDRAWN, bodies, by=by, at=at)
        with transaction.atomic():
            stepping.step(handover, side, HandoverAct.WITHDRAW, at=at, by=by)
            _stop(handover, letter, WithdrawalReason.OFFER_WITHDRAWN, by=by, at=at)


def stop(consent: Consent, by: Actor, at: datetime) -> None:
    """Stop every handover that rests on a consent; for `consent.withdrawing`, in its transaction.

    What was opened cannot be called back: its receiver is told, and asked to erase it.
    """
    resting = Handover.objects.filter(consent=consent, direction=Direction.OUTGOING.value)
    over = [state.value for state in handover_states.FINAL]
    with removed_on_failure() as bodies:
        for handover in resting.exclude(state__in=over).select_related("organisation", "case"):
            _stop_one(handover, bodies, by=by, at=at)


def _stop_one(handover: Handover, bodies: Bodies, *, by: Actor, at: datetime) -> None:
    reason = WithdrawalReason.CONSENT_WITHDRAWN
    letter = _write(handover, reason, bodies, by=by, at=at)
    # It may have moved on since it was listed, and a withdrawal of consent is never refused for that.
    handover = Handover.objects.select_for_update(no_key=True, of=("self",)).get(pk=handover.pk)
    if handover_states.decide(HandoverState(handover.state), Side.SENDER, HandoverAct.WITHDRAW):
        stepping.step(handover, Side.SENDER, HandoverAct.WITHDRAW, at=at, by=by)
    _stop(handover, letter, reason, by=by, at=at)


def _write(
    handover: Handover, reason: WithdrawalReason, bodies: Bodies, *, by: Actor, at: datetime
) -> Written | None:
    """The sealed withdrawal; None where it cannot be sealed now, which must stop nothing."""
    try:
        desk = envelopes.desk(thread=handover.thread, counterpart=handover.counterpart, by=by, at=at)
    except (Refused, NoKey):
        return None
    draft = desk.draft("withdrawal", media_type=WITHDRAWAL_TYPE, expires=at + LETTER_LIVES)
    return envelopes.write(desk, draft, Withdrawal(reason=reason).to_bytes(), into=bodies)


def _stop(
    handover: Handover, letter: Written | None, reason: WithdrawalReason, *, by: Actor, at: datetime
) -> None:
    outbox.destroy_held(thread=handover.thread, at=at, pending=True)
    told = "" if letter else " not-told"
    entries.append(
        act="handover.withdrawn",
        actor=by.pseudonym,
        object=str(handover.thread),
        reason=reason.value + told,
        at=at,
    )
    if letter is None:
        return
    envelopes.queue(letter, to=handover.counterpart, at=at)
    noted = Letter(
        envelope=letter.envelope.manifest.id,
        kind=MessageKind.WITHDRAWAL,
        direction=Direction.OUTGOING,
        at=at,
        by=by.membership,
    )
    messages.keep(handover, noted, contents=Withdrawal(reason=reason).to_bytes())
