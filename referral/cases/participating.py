"""Who works a case: organisations by consent with granted categories, and the people they assign.

Permissions and keys are given and taken away together, by `granting`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction

from people.actor import Actor
from people.models import Membership, Organisation
from people.roles import Role
from referral.cases import keys
from referral.cases.granting import (
    assign_supervisors,
    disclose_to,
    put_on_case,
    refresh_permissions,
    take_off_case,
)
from referral.cases.standing import refusals_recorded, require
from referral.models import (
    Assignment,
    Case,
    Consent,
    Participation,
)
from referral.rules.access import SEES_CASES, Act
from referral.rules.coverage import covers
from referral.rules.refusals import IllegalStep, NotInYourRole, denial
from referral.vocabulary import Category
from secure_exchange.ledger import entries


Reconsider = Callable[[Case, datetime], object]
"""What brings the flows in line with a changed case: `referral.flows.stages.situation_changed`."""


def add_organisation(  # noqa: PLR0913 - who, which parts, on what ground
    *,
    case: Case,
    organisation: Organisation,
    consent: Consent,
    categories: Collection[Category],
    by: Actor,
    at: datetime,
    reconsider: Reconsider,
) -> Participation:
    """Let another organisation of this node work the case, with the categories that the consent covers.

    Its supervisors are assigned, who assign their colleagues. Grants end with the consent.

    Raises:
        NotInYourRole, NotThere, IllegalStep: as `standing.require`.
        NotCovered: the consent is of another case, or does not cover this organisation or a category now.
        NoKey: the actor cannot open a category, and so cannot share it.
    """
    wanted = frozenset(Category(category) for category in categories)
    with (
        refusals_recorded(act="organisation-added", by=by, about=case.reference, at=at),
        transaction.atomic(),
    ):
        require(Act.ADD_ORGANISATION, case=case, by=by, at=at, categories=wanted)
        _require_consent(consent, case=case, organisation=organisation, categories=wanted, at=at)
        participation, joined = Participation.objects.get_or_create(
            case=case,
            organisation=organisation,
            left_at=None,
            defaults={"joined_at": at, "joined_by": by.membership},
        )
        disclose_to(
            participation, categories=wanted, until=consent.until, consent=consent, by=by.membership, at=at
        )
        keys.share_keys(case=case, categories=wanted, organisation=organisation, by=by, at=at)
        if joined:
            assign_supervisors(participation, by=by.membership, at=at)
        refresh_permissions(participation, at=at)
        entries.append(
            act="organisation-added",
            actor=by.pseudonym,
            object=case.reference,
            reason=" ".join([str(consent.uuid), *sorted(wanted)]),
            at=at,
        )
        reconsider(case, at)
    return participation


def remove_organisation(
    *, case: Case, organisation: Organisation, by: Actor, at: datetime, reconsider: Reconsider
) -> None:
    """End an organisation's part in a case: its people's permissions and its keys go with it.

    Raises:
        IllegalStep: it is the responsible one, or takes no part.
        NotInYourRole, NotThere: as `standing.require`.
    """
    with (
        refusals_recorded(act="organisation-removed", by=by, about=case.reference, at=at),
        transaction.atomic(),
    ):
        require(Act.ADD_ORGANISATION, case=case, by=by, at=at)
        participation = Participation.objects.filter(
            case=case, organisation=organisation, left_at=None
        ).first()
        if participation is None or organisation == case.responsible:
            raise IllegalStep
        for assignment in participation.assignments.filter(ended_at=None).select_related("membership"):
            take_off_case(assignment, by=by.membership, at=at)
        participation.grants.filter(revoked_at=None).update(revoked_at=at)
        keys.unshare_keys(case=case, categories=Category, organisation=organisation)
        participation.left_at, participation.left_by = at, by.membership
        participation.save(update_fields=["left_at", "left_by"])
        entries.append(
            act="organisation-removed",
            actor=by.pseudonym,
            object=case.reference,
            reason=organisation.address,
            at=at,
        )
        reconsider(case, at)


def assign(*, case: Case, membership: Membership, by: Actor, at: datetime) -> Assignment:
    """Let a colleague of one's own organisation work a case.

    Raises:
        NotInYourRole: this role does not assign, or the colleague is of another organisation, has left or has
            a role that works no case.
        NotThere, IllegalStep: as `standing.require`.
    """
    with (
        refusals_recorded(act="colleague-assigned", by=by, about=case.reference, at=at),
        transaction.atomic(),
    ):
        require(Act.ASSIGN, case=case, by=by, at=at)
        colleague = membership.organisation_id == by.organisation.pk and membership.active(at.date())
        if not colleague or Role(membership.role) not in SEES_CASES:
            raise NotInYourRole
        participation = Participation.objects.get(case=case, organisation=by.organisation, left_at=None)
        assignment = put_on_case(participation, membership=membership, by=by.membership, at=at)
        entries.append(
            act="colleague-assigned",
            actor=by.pseudonym,
            object=case.reference,
            reason=str(membership.user.uuid),
            at=at,
        )
    return assignment


def unassign(*, case: Case, membership: Membership, by: Actor, at: datetime) -> None:
    """End a colleague's work on a case; the permissions go with it.

    Raises:
        IllegalStep: the colleague is not assigned, or is the last one of the organisation.
        NotInYourRole, NotThere: as `standing.require`.
    """
    with (
        refusals_recorded(act="colleague-unassigned", by=by, about=case.reference, at=at),
        transaction.atomic(),
    ):
        require(Act.ASSIGN, case=case, by=by, at=at)
        current = Assignment.objects.filter(
            case=case, participation__organisation=by.organisation, ended_at=None
        ).select_related("membership")
        assignment = current.filter(membership=membership).first()
        if assignment is None or current.count() == 1:
            raise IllegalStep
        take_off_case(assignment, by=by.membership, at=at)
        entries.append(
            act="colleague-unassigned",
            actor=by.pseudonym,
            object=case.reference,
            reason=str(membership.user.uuid),
            at=at,
        )


def _require_consent(
    consent: Consent, *, case: Case, organisation: Organisation, categories: frozenset[Category], at: datetime
) -> None:
    decision = covers(
        consent.facts() if consent.case_id == case.pk else None,
        receiver=organisation.address,
        categories=categories,
        at=at,
    )
    if not decision:
        raise denial(decision)
