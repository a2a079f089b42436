"""Who works a case: organisations by consent with granted categories, and the people they assign.

Permissions and keys are given and taken away together, by `granting`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from people.actor import Actor
from people.models import Membership, Organisation
from people.roles import Role
from referral.cases import keys
from referral.cases.granting import (
    Reconsider,
    disclose_to,
    end_participation,
    first_people,
    lock_participations,
    put_on_case,
    refresh_permissions,
    take_off_case,
    works,
)
from referral.cases.standing import refusals_recorded, require
from referral.models import Assignment, Case, Consent, Participation
from referral.rules.access import SEES_CASES, Act, may_be_given
from referral.rules.coverage import covers
from referral.rules.refusals import IllegalStep, LastOne, NobodyThere, NotInYourRole, denial
from referral.vocabulary import Category
from secure_exchange.ledger import entries


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
    """Let another organisation of this node work the case, with categories that the consent covers.

    Its supervisors are put on the case and assign their colleagues (`first_people` where it has none). Grants
    end with the consent. An organisation that takes part already is given what is new in this consent.

    Raises:
        NotInYourRole, NotThere, IllegalStep: as `standing.require`; nobody shares what they may not read.
        IllegalStep: it is the responsible one, or has all of this by this consent already.
        NotForTheirWork: the work of such an organisation never opens one of these categories.
        NotCovered: the consent is of another case, or does not cover this organisation or a category now.
        NobodyThere: nobody in that organisation could work the case.
        NoKey: the actor cannot open a category, and so cannot share it.
    """
    wanted = frozenset(Category(category) for category in categories)
    with (
        refusals_recorded(act="organisation-added", by=by, about=case.reference, at=at),
        transaction.atomic(),
    ):
        agreed = _locked(consent)
        lock_participations(case)
        require(Act.ADD_ORGANISATION, case=case, by=by, at=at, categories=wanted)
        if organisation.pk == case.responsible_id:
            raise IllegalStep
        _check_covered(agreed, case=case, organisation=organisation, categories=wanted, at=at)
        participation = _taking_part(case, organisation, by=by, at=at)
        new = wanted - _given_by(agreed, participation)
        if not new:
            raise IllegalStep
        _share(participation, consent=agreed, categories=new, by=by, at=at)
        reconsider(case, at)
        entries.append(
            act="organisation-added",
            actor=by.pseudonym,
            object=case.reference,
            reason=" ".join([str(agreed.uuid), *sorted(new)]),
            at=at,
        )
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
        lock_participations(case)
        require(Act.REMOVE_ORGANISATION, case=case, by=by, at=at)
        participation = Participation.objects.filter(
            case=case, organisation=organisation, left_at=None
        ).first()
        if participation is None or organisation.pk == case.responsible_id:
            raise IllegalStep
        end_participation(participation, by=by.membership, at=at)
        reconsider(case, at)
        entries.append(
            act="organisation-removed",
            actor=by.pseudonym,
            object=case.reference,
            reason=organisation.address,
            at=at,
        )


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
        lock_participations(case)
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


def unassign(*, case: Case, membership: Membership, by: Actor, at: datetime, reconsider: Reconsider) -> None:
    """End a colleague's work on a case; the permissions go with it, and steps in hand go back to the role.

    Raises:
        IllegalStep: the colleague is not assigned.
        LastOne: nobody else of the organisation is on the case.
        NotInYourRole, NotThere: as `standing.require`.
    """
    with (
        refusals_recorded(act="colleague-unassigned", by=by, about=case.reference, at=at),
        transaction.atomic(),
    ):
        lock_participations(case)
        require(Act.ASSIGN, case=case, by=by, at=at)
        working = Assignment.objects.filter(
            case=case, participation__organisation=by.organisation, ended_at=None
        ).select_related("membership__user")
        assignment = working.filter(membership=membership).first()
        if assignment is None:
            raise IllegalStep
        if not any(works(each.membership, at=at) for each in working if each != assignment):
            raise LastOne
        take_off_case(assignment, by=by.membership, at=at)
        reconsider(case, at)
        entries.append(
            act="colleague-unassigned",
            actor=by.pseudonym,
            object=case.reference,
            reason=str(membership.user.uuid),
            at=at,
        )


def _locked(consent: Consent) -> Consent:
    """Hold a consent as whoever withdraws it does: it holds until we commit, or it is seen to be over."""
    rows = Consent.objects.select_for_update(no_key=True, of=("self",)).select_related("case")
    return rows.get(pk=consent.pk)


def _check_covered(
    consent: Consent, *, case: Case, organisation: Organisation, categories: frozenset[Category], at: datetime
) -> None:
    theirs = may_be_given(organisation.kind, categories)
    if not theirs:
        raise denial(theirs)
    covered = covers(
        consent.facts() if consent.case_id == case.pk else None,
        receiver=organisation.address,
        categories=categories,
        at=at,
    )
    if not covered:
        raise denial(covered)


def _given_by(consent: Consent, participation: Participation) -> frozenset[Category]:
    given = participation.grants.filter(consent=consent, revoked_at=None)
    return frozenset(Category(category) for category in given.values_list("category", flat=True))


def _taking_part(case: Case, organisation: Organisation, *, by: Actor, at: datetime) -> Participation:
    participation, _ = Participation.objects.get_or_create(
        case=case,
        organisation=organisation,
        left_at=None,
        defaults={"joined_at": at, "joined_by": by.membership},
    )
    return participation


def _share(
    participation: Participation,
    *,
    consent: Consent,
    categories: frozenset[Category],
    by: Actor,
    at: datetime,
) -> None:
    disclose_to(
        participation,
        categories=categories,
        until=consent.until,
        consent=consent,
        by=by.membership,
        at=at,
    )
    keys.share_keys(
        case=participation.case,
        categories=categories,
        organisation=participation.organisation,
        by=by,
        at=at,
    )
    _put_somebody_on(participation, by=by, at=at)
    refresh_permissions(participation, at=at)


def _put_somebody_on(participation: Participation, *, by: Actor, at: datetime) -> None:
    """Put the organisation's first people on the case unless somebody of it works there already."""
    working = participation.assignments.filter(ended_at=None).select_related("membership__user")
    if any(works(each.membership, at=at) for each in working):
        return
    people = first_people(participation.organisation, at=at)
    if not people:
        raise NobodyThere
    for member in people:
        put_on_case(participation, membership=member, by=by.membership, at=at)
