"""What the other side said or did about handovers that were sent: questions to answer, and news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from people.actor import Actor
from referral import labels
from referral.models import HandoverMessage
from referral.queries.handovers import followed
from referral.rules import handover_states
from referral.vocabulary import Direction, HandoverAct, HandoverState, MessageKind, Side


AT_ONCE: Final = 25
RECENT: Final = timedelta(days=14)
"""How long one is told of a handover one never looked at; who sent or looked is told until the next look."""
_HAPPENED: Final = ("answered_at", "released_at", "opened_at", "withdrawn_at", "expired_at")
_ANSWERABLE: Final = [
    state.value for state in HandoverState if handover_states.decide(state, Side.SENDER, HandoverAct.ANSWER)
]
_TALK: Final = [MessageKind.QUESTION.value, MessageKind.ANSWER.value]


@dataclass(frozen=True, kw_only=True)
class Told:
    """One handover that was sent, and about when the other side was heard of."""

    thread: UUID
    counterpart: str
    reference: str
    at: datetime
    what: str = ""


def questions(by: Actor) -> list[Told]:
    """Handovers in which a question is the last word, and can still be answered."""
    talk = HandoverMessage.objects.filter(handover=OuterRef("pk"), kind__in=_TALK).order_by("-at", "-pk")
    asked = (
        followed(by)
        .filter(state__in=_ANSWERABLE)
        .annotate(last_word=Subquery(talk.values("kind")[:1]), asked_at=Subquery(talk.values("at")[:1]))
        .filter(last_word=MessageKind.QUESTION.value)
        .order_by("-asked_at", "-pk")
        .values_list("thread", "counterpart", "case__reference", "asked_at")
    )
    return [
        Told(thread=thread, counterpart=counterpart, reference=reference, at=asked_at)
        for thread, counterpart, reference, asked_at in asked[:AT_ONCE]
    ]


def news(by: Actor, *, at: datetime) -> list[Told]:
    """Handovers of which this person has not seen the state or a note.

    Somebody who works the case and never looked is told what is recent.
    """
    notes = HandoverMessage.objects.filter(
        handover=OuterRef("pk"), direction=Direction.INCOMING.value, kind=MessageKind.NOTE.value
    ).order_by("-pk")
    moments = [Coalesce(F(name), F("created_at")) for name in _HAPPENED]
    unseen = (
        followed(by)
        .annotate(
            seen=FilteredRelation("seen_by", condition=Q(seen_by__membership=by.membership)),
            seen_state=Coalesce(F("seen__state"), Value(HandoverState.OFFERED.value)),
            seen_note=Coalesce(F("seen__note"), Value(0)),
            last_note=Coalesce(Subquery(notes.values("pk")[:1]), Value(0)),
            changed_at=Greatest(*moments, Coalesce(Subquery(notes.values("at")[:1]), F("created_at"))),
        )
        .filter(~Q(state=F("seen_state")) | Q(last_note__gt=F("seen_note")))
        .filter(Q(seen__isnull=False) | Q(changed_at__gt=at - RECENT))
        .order_by("-changed_at", "-pk")
        .values_list(
            *("thread", "counterpart", "case__reference", "changed_at"),
            *("state", "seen_state", "last_note", "seen_note"),
        )
    )
    return [
        Told(
            thread=thread,
            counterpart=counterpart,
            reference=reference,
            at=changed_at,
            what=_in_words(state if state != seen_state else "", noted=last_note > seen_note),
        )
        for thread, counterpart, reference, changed_at, state, seen_state, last_note, seen_note in unseen[
            :AT_ONCE
        ]
    ]


def _in_words(state: str, *, noted: bool) -> str:
    # The record is released in the moment of the acceptance, which is what one waited for.
    known = HandoverState.ACCEPTED.value if state == HandoverState.RELEASED else state
    said = [labels.named(HandoverState, known)] if known else []
    said += [labels.named(MessageKind, MessageKind.NOTE.value)] if noted else []
    return ", ".join(map(str, said))
