"""Offer a case to another organisation: consent and rules first, then offer and record are sealed in one go.

The record is sealed and signed at once and held back; the offer, which cannot say who the person is, goes
out. So an acceptance needs no person and no key on this side, and what will be released is what the consent
covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from people.actor import Actor
from referral.cases.standing import refusals_recorded, require
from referral.handover import envelopes, messages, record_parts, seeing, waiting
from referral.handover.envelopes import Bodies, Desk, Written, removed_on_failure
from referral.handover.messages import Letter
from referral.handover.refusals import NoLanguageInCommon
from referral.models import Case, Consent, Handover
from referral.rules import offer_contents, responsibility
from referral.rules.access import Act
from referral.rules.coverage import covers
from referral.rules.decision import Reason
from referral.rules.offer_contents import OfferContents
from referral.rules.refusals import IllegalStep, NotCovered, denial
from referral.vocabulary import Category, Direction, HandoverState, MessageKind
from secure_exchange import directory
from secure_exchange.errors import Misdirected, UnknownReceiver
from secure_exchange.ledger import entries


OFFER_TYPE: Final = "application/vnd.connect.offer+json"
UNDER_WAY: Final = (
    HandoverState.OFFERED,
    HandoverState.ACCEPTED,
    HandoverState.RELEASED,
    HandoverState.FAILED,
)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a person asks to be offered, to whom and on what ground."""

    case: Case
    to: str
    contents: OfferContents
    consent: Consent
    by: Actor
    at: datetime

    @property
    def categories(self) -> frozenset[Category]:
        return frozenset(self.contents.categories)


@dataclass(frozen=True, kw_only=True)
class _Sealed:
    """Everything of one offer, sealed and not queued."""

    offer: Written
    payload: bytes
    parts: list[Written]


def offer(
    *, case: Case, to: str, contents: OfferContents, consent: Consent, by: Actor, at: datetime
) -> Handover:
    """Offer a case to the organisation at the address `to`; the record is sealed, held and not sent.

    Raises:
        NotInYourRole, NotThere, IllegalStep: as `standing.require`; nobody passes on what they may not read,
            and nobody transfers what another is responsible for.
        NotCovered: the consent does not cover this receiver and these categories at this moment.
        IllegalStep: this case is being offered there, or transferred, already (409).
        Refused: the receiver is unknown or not trusted, its keys are not valid, or it does not take a service
            or a category; the detail names the code.
        NoLanguageInCommon, NothingToSend, NoKey.
    """
    asked = _Asked(case=case, to=to, contents=contents, consent=consent, by=by, at=at)
    with refusals_recorded(act="handover.offer", by=by, about=case.reference, at=at):
        _require(asked, case)
        check_covered(case=case, to=to, categories=asked.categories, consent=consent, at=at)
        desk = envelopes.desk(thread=uuid4(), counterpart=to, by=by, at=at)
        check_accepted(to=to, contents=contents, own=by.organisation.address)
        _check_free(asked)  # before the record is read for nothing; again under the lock that decides
        with removed_on_failure() as bodies:
            sealed = _seal(desk, bodies, asked)
            with transaction.atomic():
                handover = _keep(desk.thread, asked)
                seeing.see(handover=handover, by=by)
                _queue(sealed, handover, asked)
    return handover


def _require(asked: _Asked, case: Case) -> None:
    """Asked before anything is opened, and again on the locked case: it may have passed to another since."""
    require(Act.HAND_OVER, case=case, by=asked.by, at=asked.at, categories=asked.categories)
    own, answers = asked.by.organisation.address, case.responsible_address
    offered = responsibility.may_offer(asked.contents.kind, own=own, responsible=answers)
    if not offered:
        raise denial(offered)


def check_covered(
    *, case: Case, to: str, categories: frozenset[Category], consent: Consent, at: datetime
) -> None:
    """Raises `NotCovered` unless this consent of this case covers receiver and categories now."""
    if consent.case_id != case.pk:
        raise NotCovered(Reason.NO_CONSENT)
    covered = covers(consent.facts(), receiver=to, categories=categories, at=at)
    if not covered:
        raise denial(covered)


def check_accepted(*, to: str, contents: OfferContents, own: str) -> None:
    """Raises a refusal that names the code which the receiver's signed profile does not list."""
    if to == own:
        raise Misdirected("to ourselves")
    profile = directory.profile_of(to)
    if profile is None:
        raise UnknownReceiver("no profile")
    profile.check(services=contents.needs, categories=contents.categories)
    if profile.languages and not set(profile.languages) & set(contents.languages):
        raise NoLanguageInCommon


def _seal(desk: Desk, bodies: Bodies, asked: _Asked) -> _Sealed:
    contents = asked.contents
    payload = offer_contents.serialise(contents)
    expires = waiting.offer_expires(contents.urgency, created=asked.at)
    draft = desk.draft("offer", media_type=OFFER_TYPE, expires=expires)
    offered = envelopes.write(desk, draft, payload, into=bodies)
    writing = record_parts.Writing(
        desk=desk,
        bodies=bodies,
        case=asked.case,
        facts=record_parts.facts_of(case=asked.case, contents=contents, consent=asked.consent),
        by=asked.by,
        at=asked.at,
    )
    parts = record_parts.write_all(writing, contents.categories, after=offered)
    return _Sealed(offer=offered, payload=payload, parts=parts)


def _keep(thread: UUID, asked: _Asked) -> Handover:
    """Our row, made only if the case is still ours to hand over, free, and the consent still holds."""
    # First the consent, as whoever withdraws it does: it holds until this is committed, or it is seen to be
    # over. Then the row of the case: two presses of a button are one offer.
    consent = Consent.objects.select_for_update(no_key=True, of=("self",)).get(pk=asked.consent.pk)
    locked = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("responsible")
    _require(asked, locked.get(pk=asked.case.pk))
    _check_free(asked)
    check_covered(case=asked.case, to=asked.to, categories=asked.categories, consent=consent, at=asked.at)
    expires = waiting.offer_expires(asked.contents.urgency, created=asked.at)
    return Handover.objects.create(
        thread=thread,
        direction=Direction.OUTGOING.value,
        organisation=asked.by.organisation,
        counterpart=asked.to,
        kind=asked.contents.kind.value,
        state=HandoverState.OFFERED.value,
        stage=asked.contents.stage.value,
        urgency=asked.contents.urgency.value,
        categories=[category.value for category in asked.contents.categories],
        respond_by=waiting.respond_by(created=asked.at, expires=expires),
        expires_at=expires,
        case=asked.case,
        consent=asked.consent,
        created_at=asked.at,
        offered_at=asked.at,
        offered_by=asked.by.membership,
    )


def _check_free(asked: _Asked) -> None:
    """Raises `IllegalStep` while this case is on offer there, or is being transferred anywhere."""
    under_way = Handover.objects.filter(
        case=asked.case, direction=Direction.OUTGOING.value, state__in=[state.value for state in UNDER_WAY]
    )
    kind = asked.contents.kind
    transferring = responsibility.passes(kind) and under_way.filter(kind=kind.value).exists()
    if transferring or under_way.filter(counterpart=asked.to).exists():
        raise IllegalStep(Reason.HANDOVER_STATE)


def _queue(sealed: _Sealed, handover: Handover, asked: _Asked) -> None:
    entries.append(
        act="handover.offered",
        actor=asked.by.pseudonym,
        object=str(handover.thread),
        reason=asked.case.reference,
        at=asked.at,
    )
    envelopes.queue(sealed.offer, to=asked.to, at=asked.at)
    messages.keep(handover, _letter(sealed.offer, MessageKind.OFFER, asked), contents=sealed.payload)
    for part in sealed.parts:
        envelopes.queue(part, to=asked.to, at=asked.at, held=True)
        messages.keep(handover, _letter(part, MessageKind.RECORD, asked))


def _letter(written: Written, kind: MessageKind, asked: _Asked) -> Letter:
    manifest = written.envelope.manifest
    return Letter(
        envelope=manifest.id,
        kind=kind,
        direction=Direction.OUTGOING,
        category=manifest.part,
        at=asked.at,
        by=asked.by.membership,
    )
