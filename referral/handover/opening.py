"""Open the record of an accepted handover: the case begins here, and for a transfer responsibility moves now.

1. every part this person's role opens is opened and checked, before anything changes
2. in one transaction: the handover is OPENED, a case is made with its consent register, the parts are
   sealed under it, signed receipts are queued, and the first step of the stage that the handover names
   begins
3. documents follow one by one, and parts for other roles when a colleague comes; both can be repeated

What was sent under short-lived published keys is from then on sealed under the case, so that a stolen
identity opens weeks and not years.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from people.actor import Actor
from referral.cases.opening import Begin, open_case
from referral.cases.standing import refusals_recorded
from referral.handover import arrived_parts, envelopes, reading, receiving, stepping, taking_over
from referral.handover.arrived_parts import Part
from referral.handover.payloads import CaseFacts
from referral.handover.permission import check_may_work
from referral.handover.refusals import NothingToOpen
from referral.models import Case, Consent, Handover
from referral.record.age_said import more_protected, said_of_age
from referral.rules import responsibility
from referral.rules.refusals import IllegalStep
from referral.vocabulary import AgeStatus, Category, Citizenship, HandoverAct, Side
from secure_exchange.errors import WrongContents
from secure_exchange.ledger import entries


def open_record(*, handover: Handover, by: Actor, at: datetime, begin: Begin) -> Case:
    """Open the record and begin its case in the stage the handover names.

    Raises:
        NotThere: it is not addressed to this person's organisation.
        IllegalStep: it is not here yet, was opened, withdrawn or has expired (409).
        NothingToOpen: no part of it is for this person's role.
        AgreementOver, PartNotUnderstood, Refused: no part of it can be opened; the sender has been told.
    """
    with refusals_recorded(act="handover.open", by=by, about=str(handover.thread), at=at):
        check_may_work(handover, by=by, at=at)
        stepping.check(handover, Side.RECEIVER, HandoverAct.OPEN)
        parts = _opened(handover, by=by, at=at)
        case = _begin(handover, parts, by=by, at=at, begin=begin)
    taking_over.take_each(handover, case, by=by, at=at)
    return case


def _opened(handover: Handover, *, by: Actor, at: datetime) -> list[Part]:
    """What this person opens of it: the categories, or a document's header where there is nothing else."""
    here = list(receiving.unopened_parts(handover))
    if not here:
        raise IllegalStep
    small = [incoming for incoming in here if incoming.part != Category.DOCUMENTS]
    parts, faults = arrived_parts.open_what_one_can(small, handover, by=by, at=at)
    if not parts:
        others = [incoming for incoming in here if incoming.part == Category.DOCUMENTS]
        parts, more = arrived_parts.open_what_one_can(others, handover, by=by, at=at)
        faults += more
    if len({part.case for part in parts}) > 1:
        faults.append(_of_different_cases(parts, by=by, at=at))
        parts = []
    if parts:
        return parts
    if not faults:
        raise NothingToOpen
    with transaction.atomic():
        stepping.follow(handover, Side.RECEIVER, HandoverAct.FAIL, at=at)
    raise faults[0]


def _of_different_cases(parts: list[Part], *, by: Actor, at: datetime) -> WrongContents:
    for part in parts:
        reading.tell_failed(part.incoming, by=by, at=at)
    return WrongContents("parts of different cases")


def _begin(handover: Handover, parts: list[Part], *, by: Actor, at: datetime, begin: Begin) -> Case:
    facts = parts[0].case
    pen = envelopes.pen(by=by, at=at)
    with transaction.atomic():
        # Two colleagues who press the button at once are one opening, and a withdrawal is before it or after.
        stepping.hold(handover)
        stepping.check(handover, Side.RECEIVER, HandoverAct.OPEN)
        consent = _consent_that_came(facts, by=by, at=at)
        case = open_case(
            by=by,
            at=at,
            stage=facts.stage,
            age_status=_age_here(facts, parts, at),
            citizenship=_citizenship_here(facts, by.organisation.country),
            begin=begin,
            received_in=handover.thread,
            stays_with="" if responsibility.passes(facts.kind) else handover.counterpart,
            agreement=consent,
        )
        stepping.step(handover, Side.RECEIVER, HandoverAct.OPEN, at=at, by=by, case=case, consent=consent)
        for part in parts:
            if part.record is not None:
                taking_over.keep_fields(case, part, pen, by=by, at=at)
        entries.append(
            act="handover.opened",
            actor=by.pseudonym,
            object=str(handover.thread),
            reason=case.reference,
            at=at,
        )
    return case


def _age_here(facts: CaseFacts, parts: list[Part], at: datetime) -> AgeStatus:
    """What the sender says of age, or what the record that came says, where that protects more."""
    records = (part.record for part in parts if part.category == Category.IDENTITY)
    fields = next((record.fields for record in records if record is not None), {})
    return more_protected(facts.age_status, said_of_age(fields, today=at.date()))


def _citizenship_here(facts: CaseFacts, country: str) -> Citizenship:
    """What a citizenship is to this country: a national of another one of the Union is one of its citizens.

    Somebody the sender knows as a citizen of the Union may be a national here; that is for a person to say.
    """
    if facts.citizenship == Citizenship.NATIONAL and facts.country != country:
        return Citizenship.EU_CITIZEN
    return facts.citizenship


def _consent_that_came(facts: CaseFacts, *, by: Actor, at: datetime) -> Consent:
    """The consent register that came along: what we hold this for, and until when. Not saved yet."""
    return Consent(
        receiver=facts.consent.receiver,
        categories=[category.value for category in facts.consent.categories],
        purpose=facts.consent.purpose.value,
        language=facts.consent.language,
        manner=facts.consent.manner.value,
        by_guardian=facts.consent.by_guardian,
        given_at=facts.consent.given_at,
        recorded_at=at,
        recorded_by=by.membership,
        until=facts.consent.until,
    )
