"""Offers that came: the list, soonest deadline first, and one offer from reading to opening."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from people.actor import Actor, NoKey
from referral import labels
from referral.cases.standing import decide, who
from referral.handover import messages, permission, reading, receiving
from referral.models import Case, Handover
from referral.queries import case_handovers
from referral.queries.handing_over import country_name
from referral.queries.names import member_name, organisation_name
from referral.queries.offer_in_words import lines, parts, responsible_afterwards, title
from referral.rules import handover_states, offer_contents
from referral.rules.access import Act, On, may
from referral.rules.offer_contents import OfferContents
from referral.rules.refusals import NotThere, denial
from referral.vocabulary import Category, Direction, HandoverKind, HandoverState, MessageKind, Stage, Urgency
from secure_exchange import directory
from secure_exchange.models import Incoming


WAITING = {HandoverState.OFFERED.value}
UNDER_WAY = {HandoverState.ACCEPTED.value, HandoverState.RELEASED.value, HandoverState.FAILED.value}
LAST = 25


def incoming_page(*, by: Actor, at: datetime) -> dict[str, Any]:
    """The context of the list; raises `NotInYourRole` for who does not answer offers.

    What was opened is listed for those who work its case; that a part of it is still sealed, for whoever
    holds the key of that part.
    """
    allowed = may(who(by, at=at), Act.SEE_OFFERS, On())
    if not allowed:
        raise denial(allowed)
    rows = Handover.objects.filter(organisation=by.organisation, direction=Direction.INCOMING.value)
    waiting = rows.filter(state__in=WAITING).order_by("respond_by")[:100]
    under_way = rows.filter(state__in=UNDER_WAY).order_by("-answered_at")[:LAST]
    own_cases = Case.objects.assigned_to(by.membership)
    seen = rows.filter(Q(case=None) | Q(case__in=own_cases))
    over = seen.exclude(state__in=WAITING | UNDER_WAY).order_by("-created_at")[:LAST]
    return {
        "waiting": [_row(row, by=by) for row in waiting],
        "accepted": [_row(row, by=by) for row in under_way],
        "sealed": [
            {
                "url": reverse("offer", args=[row.thread]),
                "counterpart": organisation_name(row.counterpart),
                "at": row.opened_at,
            }
            for row in _with_sealed_parts(rows, by=by)[:LAST]
        ],
        "answered": [_row(row, by=by) for row in over],
        "unreadable": dead_letters(by),
        "may_answer": True,
    }


def _with_sealed_parts(rows: QuerySet[Handover], *, by: Actor) -> QuerySet[Handover]:
    """Opened records of which a part that this person's role opens has come and was not taken over."""
    parts = Incoming.objects.filter(
        thread=OuterRef("thread"),
        sender=OuterRef("counterpart"),
        receiver=by.organisation.address,
        kind="record",
        state=Incoming.State.RECEIVED,
        handled_at__isnull=False,
        part__in=permission.opened_by(by),
    )
    return rows.filter(Exists(parts), state=HandoverState.OPENED.value, withdrawn_at__isnull=True).order_by(
        "-opened_at"
    )


def dead_letters(by: Actor) -> list[dict[str, Any]]:
    """What arrived and was not understood: it stays sealed here, and people see it while it can matter."""
    over = Handover.objects.filter(
        organisation=by.organisation, state__in=[state.value for state in handover_states.FINAL]
    )
    failed = Incoming.objects.filter(receiver=by.organisation.address, state=Incoming.State.FAILED).exclude(
        kind="record", thread__in=over.values("thread")
    )
    return [
        {"counterpart": organisation_name(row.sender), "at": row.received_at, "envelope": row.envelope}
        for row in failed.order_by("-received_at")[:LAST]
    ]


def _row(handover: Handover, *, by: Actor) -> dict[str, Any]:
    asked = handover.messages.filter(kind__in=[MessageKind.QUESTION.value, MessageKind.ANSWER.value])
    last = asked.order_by("-at", "-pk").first()
    profile = directory.profile_of(handover.counterpart)
    return {
        "url": reverse("offer", args=[handover.thread]),
        "summary": _summary(handover, by=by),
        "counterpart": organisation_name(handover.counterpart),
        "country": country_name(profile.country) if profile else "",
        "respond_by": handover.respond_by,
        "urgency": labels.named(Urgency, handover.urgency) if handover.urgency else _("not read yet"),
        "urgent": handover.urgency == Urgency.IMMEDIATE,
        "asked": last is not None and last.kind == MessageKind.QUESTION,
        "at": handover.opened_at or handover.answered_at or handover.created_at,
        "ready": handover.state in {HandoverState.RELEASED, HandoverState.FAILED},
        "failed": handover.state == HandoverState.FAILED,
        "state_label": labels.named(HandoverState, handover.state),
    }


def _summary(handover: Handover, *, by: Actor) -> str:
    """What the offer is about, for who may open it; nothing is opened here for the first time."""
    message = handover.messages.filter(kind=MessageKind.OFFER.value).exclude(sealed=b"").first()
    if message is None:
        return _("New offer, not read yet")
    try:
        return title(offer_contents.parse(messages.contents_of(message, by=by)))
    except NoKey:
        return _("Offer")


def find_incoming(thread: UUID, *, by: Actor) -> Handover:
    """The handover of that thread that came to this person's organisation; raises `NotThere`."""
    rows = Handover.objects.select_related("organisation", "case")
    found = rows.filter(
        thread=thread, organisation=by.organisation, direction=Direction.INCOMING.value
    ).first()
    if found is None:
        raise NotThere
    return found


def offer_page(handover: Handover, contents: OfferContents, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The context of one offer, without its forms."""
    profile = directory.profile_of(handover.counterpart)
    case = handover.case
    seen = case is not None and decide(Act.SEE_CASE, case=case, by=by, at=at)
    not_here = case_handovers.parts_not_here(handover)
    return {
        "handover": {
            "counterpart": organisation_name(handover.counterpart),
            "country": country_name(profile.country) if profile else "",
            "kind_note": responsible_afterwards(handover.kind or HandoverKind.REFERRAL, ours=True),
            "stage": labels.named(Stage, handover.stage) if handover.stage else "",
            "urgency": labels.named(Urgency, handover.urgency) if handover.urgency else "",
            "state": handover.state,
            "state_label": labels.named(HandoverState, handover.state),
            "respond_by": handover.respond_by,
            "expires_at": handover.expires_at,
            "sent_at": handover.offered_at,
            "transcript_url": reverse("transcript", args=[handover.thread]),
            "case_url": reverse("case", args=[case.reference]) if case and seen else "",
            "case_reference": case.reference if case and seen else "",
        },
        "title": title(contents),
        "summary": lines(contents),
        "parts": parts(contents),
        "messages_list": messages_in_words(handover, by=by, at=at),
        "ready": handover.state in {HandoverState.RELEASED, HandoverState.FAILED},
        "waiting": handover.state == HandoverState.ACCEPTED,
        "take_over": handover.state == HandoverState.OPENED,
        "left": receiving.unopened_parts(handover).exists(),
        "on_their_way": _names(not_here, case_handovers.COMING),
        "failed": _names(not_here, case_handovers.FAILED),
        "withdrawn": case_handovers.withdrawn_after_opening(handover, by=by, at=at),
    }


def _names(parts: dict[str, str], where: str) -> list[str]:
    return [str(labels.name(category)) for category in Category if parts.get(category.value) == where]


def parts_page(handover: Handover, *, by: Actor) -> dict[str, Any]:
    """The context for a colleague who does not work the case and opens a part of it that is still sealed.

    Raises:
        NotThere: there is no such part.
    """
    opens = permission.opened_by(by)
    left = receiving.unopened_parts(handover).values_list("part", flat=True)
    mine = [category for category in Category if category.value in opens and category.value in set(left)]
    if handover.state != HandoverState.OPENED or not mine:
        raise NotThere
    return {
        "counterpart": organisation_name(handover.counterpart),
        "parts": [str(labels.name(category)) for category in mine],
        "at": handover.opened_at,
    }


def messages_in_words(handover: Handover, *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Every reply of the thread as it reads, oldest first."""
    return [
        _message(read, handover, by=by) for read in reading.read_messages(handover=handover, by=by, at=at)
    ]


def _message(read: reading.Read, handover: Handover, *, by: Actor) -> dict[str, Any]:
    message, reply = read.message, read.reply
    ours = message.direction == Direction.OUTGOING
    said = [str(labels.name(reply.reason))] if reply and reply.reason else []
    said += [reply.text] if reply and reply.text else []
    if not read.readable:
        said = [_("This could not be opened. Ask them to write it again.")]
    return {
        "ours": ours,
        "title": labels.named(MessageKind, message.kind),
        "text": "\n".join(said),
        "at": message.at,
        "by": member_name(message.by, me=by.membership) if ours else organisation_name(handover.counterpart),
    }
