"""One organisation with something of everything, its partner, and an organisation with no business there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from people.actor import Actor
from people.models import Kind
from people.roles import Role
from referral.cases.opening import open_case
from referral.cases.participating import add_organisation, assign
from referral.consent.giving import give_consent
from referral.flows import stages
from referral.flows.models import OPEN, StepTask
from referral.handover import reading
from referral.htcds import importing
from referral.models import Case, Consent, Document, Handover, ImportBatch
from referral.record import documents
from referral.record.revising import revise
from referral.record.uploading import SealingUpload
from referral.rules.access import SEES_CASES
from referral.vocabulary import AgeStatus, Category, Citizenship, ConsentManner, NeedCode, Purpose, Stage
from tests.factories.handovers import NAME, PHONE, SERVICES, SHARED, Parties, carry, offered
from tests.factories.people import AT, Found, found
from tests.spreadsheets import form


LETTER = b"a letter that only its case's people read"
FILE_NAME = "scrisoare-inventata.txt"
ROW_NAME = "Exemplu-din-tabel"
SECRETS = (NAME, PHONE, LETTER.decode(), FILE_NAME, ROW_NAME)
"""What no page may show to who has no business with it."""


@dataclass(frozen=True)
class WholeNode:
    """Everything an address can name."""

    ours: Found
    partner: Found
    strangers: Found
    guests: Found
    case: Case
    consent: Consent
    document: Document
    sent: Handover
    received: Handover
    batch: ImportBatch
    step: StepTask

    @property
    def worker(self) -> Actor:
        """Who opened, imported and sent all of it."""
        return self.ours[Role.CASEWORKER]


def whole_node(at: datetime = AT) -> WholeNode:
    """Build it by the acts of the product, so that every row, key and file is as in service."""
    ours = found(*Role, at=at, services=SERVICES)
    partner = found(
        Role.CASEWORKER, at=at, kind=Kind.NGO, country="IT", services=SERVICES, languages=["it", "ro"]
    )
    strangers = found(Role.CASEWORKER, Role.SUPERVISOR, at=at)
    guests = found(Role.SUPERVISOR, at=at, kind=Kind.SOCIAL_SERVICE)
    sent = _case_with_consent(ours, partner, at=at)
    for role in SEES_CASES:
        assign(case=sent.case, membership=ours.members[role], by=sent.worker, at=at)
    _let_take_part(guests, sent, at=at)
    received = _case_with_consent(partner, ours, at=at)
    offered(sent, at=at)
    offered(received, at=at)
    carry(at=at)
    arrived = Handover.objects.get(organisation=ours.organisation, direction="incoming")
    reading.read_offer(handover=arrived, by=ours[Role.CASEWORKER], at=at)
    return WholeNode(
        ours=ours,
        partner=partner,
        strangers=strangers,
        guests=guests,
        case=sent.case,
        consent=sent.consent,
        document=_document(sent.case, by=sent.worker, at=at),
        sent=Handover.objects.get(organisation=ours.organisation, direction="outgoing"),
        received=arrived,
        batch=importing.preview(
            data=form([{"prs_FirstName": ROW_NAME, "prs_SecondName": "Unu", "prs_Citizenship": "RO"}]),
            by=sent.worker,
            at=at,
            today=at.date(),
        ),
        step=StepTask.objects.filter(case=sent.case, status__in=OPEN, flow_task_type="HUMAN").earliest("pk"),
    )


def nowhere(name: str) -> object:
    """The identifier of something that is not there, in the shape that its address asks for."""
    return {"pk": 999_999_999, "reference": "RO-26-22222B"}.get(name, UUID(int=7, version=4))


def _case_with_consent(sender: Found, receiver: Found, *, at: datetime) -> Parties:
    worker = sender[Role.CASEWORKER]
    case = open_case(
        by=worker,
        at=at,
        stage=Stage.IDENTIFICATION,
        age_status=AgeStatus.ADULT,
        citizenship=Citizenship.NATIONAL,
        begin=stages.begin,
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
        categories=SHARED,
        purpose=Purpose.ASSISTANCE,
        language="ro",
        manner=ConsentManner.WRITTEN,
        given_at=at,
        until=at + timedelta(days=90),
        by=worker,
        at=at,
    )
    return Parties(sender, receiver, case, consent)


def _let_take_part(guests: Found, who: Parties, *, at: datetime) -> None:
    """A social service of this node works the case too."""
    consent = give_consent(
        case=who.case,
        receiver=guests.organisation.address,
        categories=[Category.NEEDS],
        purpose=Purpose.ASSISTANCE,
        language="ro",
        manner=ConsentManner.WRITTEN,
        given_at=at,
        until=at + timedelta(days=30),
        by=who.worker,
        at=at,
    )
    add_organisation(
        case=who.case,
        organisation=guests.organisation,
        consent=consent,
        categories=[Category.NEEDS],
        by=who.worker,
        at=at,
        reconsider=stages.situation_changed,
    )


def _document(case: Case, *, by: Actor, at: datetime) -> Document:
    upload = SealingUpload(case=case)
    upload.begin(FILE_NAME, "text/plain")
    upload.write(LETTER)
    return documents.add(case=case, file=upload.complete(), by=by, at=at)
