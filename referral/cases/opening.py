"""Opening a case: a reference, a key for every category, the first people, the first stage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from people.actor import Actor
from people.models import Membership
from people.roles import Role
from referral.cases import keys
from referral.cases.granting import disclose_to, put_on_case
from referral.cases.standing import refusals_recorded, who
from referral.models import Case, CategoryGrant, Consent, Participation
from referral.rules import references
from referral.rules.access import Act, On, may
from referral.rules.refusals import denial
from referral.vocabulary import AgeStatus, Category, Citizenship, Stage
from secure_exchange.ledger import entries


Begin = Callable[[Case, Stage, Actor, datetime], object]
"""What puts a case into a stage: `referral.flows.stages.begin`."""


def open_case(  # noqa: PLR0913 - the facts of a case
    *,
    by: Actor,
    at: datetime,
    stage: Stage,
    age_status: AgeStatus,
    citizenship: Citizenship,
    begin: Begin,
    received_in: UUID | None = None,
    stays_with: str = "",
    agreement: Consent | None = None,
) -> Case:
    """Open a case in the actor's organisation and begin its first stage, all or nothing.

    `received_in` is the thread of the handover the case came by; whoever may answer offers may then open it.
    `stays_with` is the address that stays responsible after a referral. `agreement` is the consent that came
    with it, not saved yet: what it covers, roles that read only what was disclosed may open for as long as it
    holds.

    Raises:
        NotInYourRole: this role opens no cases.
        NotThere: the membership has ended.
    """
    thread = str(received_in or "")
    with refusals_recorded(act="case-opened", by=by, about=thread, at=at), transaction.atomic():
        _require(Act.ANSWER_OFFER if received_in else Act.OPEN_CASE, by=by, at=at)
        case = Case.objects.create(
            reference=_new_reference(by.organisation.country, at),
            stage=Stage(stage).value,
            age_status=AgeStatus(age_status).value,
            citizenship=Citizenship(citizenship).value,
            responsible=by.organisation,
            opened_at=at,
            opened_by=by.membership,
            received_in=received_in,
            stays_with=stays_with,
        )
        keys.make_keys(case=case, organisation=by.organisation, at=at)
        participation = _first_people(case, by=by, at=at)
        if agreement is not None:
            _disclose(participation, agreement, by=by, at=at)
        _record(case, by=by, at=at)
        begin(case, Stage(stage), by, at)
    return case


def _record(case: Case, *, by: Actor, at: datetime) -> None:
    entries.append(
        act="case-opened",
        actor=by.pseudonym,
        object=case.reference,
        category=case.stage,
        reason=str(case.received_in or ""),
        at=at,
    )


def _require(act: Act, *, by: Actor, at: datetime) -> None:
    decision = may(who(by, at=at), act, On(addressed=True))
    if not decision:
        raise denial(decision)


def _new_reference(country: str, at: datetime) -> str:
    # Of twenty million references a country and year some are taken; the unique column has the last word.
    minted = references.mint(country=country, year=at.year)
    while Case.objects.filter(reference=minted).exists():
        minted = references.mint(country=country, year=at.year)
    return minted


def _disclose(participation: Participation, agreement: Consent, *, by: Actor, at: datetime) -> None:
    agreement.case = participation.case
    agreement.save(force_insert=True)
    disclose_to(
        participation,
        categories=[Category(category) for category in agreement.categories],
        until=agreement.until,
        consent=agreement,
        by=by.membership,
        at=at,
    )


def _first_people(case: Case, *, by: Actor, at: datetime) -> Participation:
    participation = Participation.objects.create(
        case=case, organisation=by.organisation, joined_at=at, joined_by=by.membership
    )
    CategoryGrant.objects.bulk_create(
        CategoryGrant(
            participation=participation, category=category.value, granted_at=at, granted_by=by.membership
        )
        for category in Category
    )
    supervisors = Membership.objects.active(at.date()).filter(
        organisation=by.organisation, role=Role.SUPERVISOR.value
    )
    members = {by.membership.pk: by.membership, **{member.pk: member for member in supervisors}}
    for member in members.values():
        put_on_case(participation, membership=member, by=by.membership, at=at)
    return participation
