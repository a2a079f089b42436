"""A case with something written in it, an organisation to hand it to, and the post between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from people.actor import Actor
from people.models import Kind
from people.roles import CATEGORIES, Role
from referral import tasks
from referral.cases.opening import open_case
from referral.consent.giving import give_consent
from referral.flows import stages
from referral.handover import offering
from referral.models import Case, Consent, Handover
from referral.record.revising import revise
from referral.rules.offer_contents import OfferContents
from referral.vocabulary import (
    AgeBand,
    AgeStatus,
    Category,
    Citizenship,
    ConsentManner,
    HandoverKind,
    Mobility,
    NeedCode,
    Purpose,
    SexBand,
    Stage,
    Urgency,
)
from secure_exchange import outbox
from tests.factories.people import AT, Found, found


NAME = "Zamfira Inventata-Nimeni"
PHONE = "+40700000123"
SHARED = (Category.IDENTITY, Category.CONTACT, Category.NEEDS)
SERVICES = [NeedCode.SAFE_ACCOMMODATION.value, NeedCode.PSYCHOLOGICAL.value]
ROLES = (Role.CASEWORKER, Role.SUPERVISOR, Role.SOCIAL_WORKER, Role.POLICE_LIAISON)


def begin_nothing(case: Case, stage: Stage, by: Actor, at: datetime) -> None:
    """A country without steps."""


@dataclass(frozen=True)
class Parties:
    """Who hands over, to whom, and what about."""

    sender: Found
    receiver: Found
    case: Case
    consent: Consent

    @property
    def worker(self) -> Actor:
        return self.sender[Role.CASEWORKER]

    @property
    def colleague(self) -> Actor:
        return self.receiver[Role.CASEWORKER]

    def ours(self) -> Handover:
        return Handover.objects.get(organisation=self.sender.organisation)

    def theirs(self) -> Handover:
        return Handover.objects.get(organisation=self.receiver.organisation)


def parties(
    *,
    categories: Sequence[Category] = SHARED,
    takes: Sequence[str] = CATEGORIES,
    at: datetime = AT,
    until: timedelta = timedelta(days=90),
) -> Parties:
    """Two organisations of one node, a case with a name and a phone number, and a consent."""
    sender = found(*ROLES, at=at)
    receiver = found(
        *ROLES,
        at=at,
        kind=Kind.NGO,
        country="IT",
        services=SERVICES,
        languages=["it", "ro", "en"],
        categories=takes,
    )
    worker = sender[Role.CASEWORKER]
    case = open_case(
        by=worker,
        at=at,
        stage=Stage.IDENTIFICATION,
        age_status=AgeStatus.ADULT,
        citizenship=Citizenship.NATIONAL,
        begin=begin_nothing,
    )
    for category, fields in {
        Category.IDENTITY: {"prs_FirstName": NAME},
        Category.CONTACT: {"prs_MobilePhone": PHONE},
        Category.NEEDS: {"needs": [NeedCode.SAFE_ACCOMMODATION.value]},
    }.items():
        revise(
            case=case,
            category=category,
            fields=fields,
            based_on=0,
            by=worker,
            at=at,
            on_child=stages.age_changed,
        )
    consent = give_consent(
        case=case,
        receiver=receiver.organisation.address,
        categories=categories,
        purpose=Purpose.ASSISTANCE,
        language="ro",
        manner=ConsentManner.WRITTEN,
        given_at=at,
        until=at + until,
        by=worker,
        at=at,
    )
    return Parties(sender, receiver, case, consent)


def contents(**changes: object) -> OfferContents:
    """What the offer of that case says."""
    said: dict[str, object] = {
        "kind": HandoverKind.TRANSFER,
        "stage": Stage.PROTECTION,
        "urgency": Urgency.SOON,
        "needs": (NeedCode.SAFE_ACCOMMODATION,),
        "sex": SexBand.FEMALE,
        "age": AgeBand.FROM_25_TO_34,
        "languages": ("ro",),
        "citizenship": Citizenship.NATIONAL,
        "mobility": Mobility.NO_LIMITS,
        "children": 0,
        "categories": SHARED,
    }
    return OfferContents(**{**said, **changes})  # type: ignore[arg-type]


def offered(who: Parties, *, at: datetime = AT, **changes: object) -> Handover:
    """The offer is made."""
    return offering.offer(
        case=who.case,
        to=who.receiver.organisation.address,
        contents=contents(**changes),
        consent=who.consent,
        by=who.worker,
        at=at,
    )


def carry(*, at: datetime = AT) -> None:
    """Deliver whatever is due and handle whatever came, until nothing moves."""
    for _ in range(6):
        moved = outbox.deliver_due(at=at)
        tasks.handle_everything(at=at)
        if not moved:
            return
