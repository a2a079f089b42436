"""Giving and taking both walls: object permissions and keys change here and nowhere else, in one transaction.

These are the parts of acts that have asked the rules already; `by` is the membership that acts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import structlog
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import QuerySet

from people.models import Membership, Organisation
from people.roles import OWN_ROLE, Role
from referral.cases import keys
from referral.cases.standing import granted_categories
from referral.models import (
    Assignment,
    Case,
    CaseUserObjectPermission,
    CategoryGrant,
    Consent,
    Participation,
)
from referral.rules.access import permissions
from referral.vocabulary import Category
from secure_exchange import node_keys
from secure_exchange.ledger import entries


log = structlog.get_logger(__name__)

Reconsider = Callable[[Case, datetime], object]
"""What brings the flows in line with a changed case: `referral.flows.stages.situation_changed`."""


def lock_participations(case: Case) -> None:
    """Hold who works a case until the transaction ends: every act that changes it takes this lock first.

    Locks are taken in one order: the row of a consent, these, the case's processes, its row, the head of the
    ledger. So it is not the row of the case, which whoever finishes a step writes while holding the process.
    """
    parts = Participation.objects.select_for_update(no_key=True).filter(case=case, left_at=None)
    list(parts.order_by("pk").values_list("pk"))


def put_on_case(
    participation: Participation, *, membership: Membership, by: Membership, at: datetime
) -> Assignment:
    """Assign and give the permissions of the role; for acts that have decided already that this may be."""
    assignment, _ = Assignment.objects.get_or_create(
        case=participation.case,
        membership=membership,
        ended_at=None,
        defaults={"participation": participation, "assigned_at": at, "assigned_by": by},
    )
    _set_permissions(participation, membership=membership, at=at)
    return assignment


def take_off_case(assignment: Assignment, *, by: Membership | None, at: datetime) -> None:
    assignment.ended_at, assignment.ended_by = at, by
    assignment.save(update_fields=["ended_at", "ended_by"])
    CaseUserObjectPermission.objects.filter(
        user_id=assignment.membership.user_id, content_object=assignment.case_id
    ).delete()


def disclose_to(
    participation: Participation,
    *,
    categories: Collection[Category],
    until: datetime,
    consent: Consent | None = None,
    by: Membership,
    at: datetime,
) -> None:
    """Grant categories until a moment; for acts that have decided already that this may be."""
    CategoryGrant.objects.bulk_create(
        CategoryGrant(
            participation=participation,
            category=category.value,
            consent=consent,
            until=until,
            granted_at=at,
            granted_by=by,
        )
        for category in sorted(set(categories))
    )


def end_grants(
    *, consent: Consent, actor: str, by: Membership | None, at: datetime, reconsider: Reconsider
) -> None:
    """End what a consent granted, when it is withdrawn: the grants, the permissions and the keys.

    An organisation that takes part by no other consent takes part no more. `actor` is who the ledger names.
    """
    lock_participations(consent.case)
    grants = CategoryGrant.objects.filter(consent=consent, revoked_at=None)
    touched = list(_current().filter(grants__in=grants).distinct())
    grants.update(revoked_at=at)
    for participation in touched:
        _settle(participation, actor=actor, by=by, at=at, reconsider=reconsider)


def drop_ended_grants(*, at: datetime, reconsider: Reconsider) -> int:
    """Take away what was granted until now, and the part of whoever took part by that; returns in how many.

    For the periodic sweep: taking away needs no key. One that fails is tried again at the next round and does
    not hold up the others; the rules refuse what has ended, whether it was taken away or not.
    """
    over = CategoryGrant.objects.filter(revoked_at=None, until__lte=at)
    touched = list(over.order_by("participation").values_list("participation", flat=True).distinct())
    return sum(_drop(pk, at=at, reconsider=reconsider) for pk in touched)


def end_participation(participation: Participation, *, by: Membership | None, at: datetime) -> None:
    """End an organisation's part in a case: its people's permissions and its keys go with it.

    `by` is None where nobody ended it: the consent it rested on ran out.
    """
    for assignment in participation.assignments.filter(ended_at=None).select_related("membership"):
        take_off_case(assignment, by=by, at=at)
    participation.grants.filter(revoked_at=None).update(revoked_at=at)
    keys.unshare_keys(case=participation.case, categories=Category, organisation=participation.organisation)
    participation.left_at, participation.left_by = at, by
    participation.save(update_fields=["left_at", "left_by"])


def first_people(organisation: Organisation, *, at: datetime) -> list[Membership]:
    """List who is put on a case that an organisation joins: its supervisors, who assign the others.

    Where nobody supervises, nobody would assign: there it is everybody in the role that does its work.
    """
    members = Membership.objects.active(at.date()).filter(organisation=organisation)
    supervisors = list(members.filter(role=Role.SUPERVISOR.value))
    return supervisors or list(members.filter(role=OWN_ROLE[organisation.kind].value))


def works(member: Membership, *, at: datetime) -> bool:
    """Say whether a member is still here and signs in; one who is not counts as nobody on a case."""
    return member.user.is_active and member.active(at.date())


def refresh_permissions(participation: Participation, *, at: datetime) -> None:
    for assignment in participation.assignments.filter(ended_at=None).select_related("membership__user"):
        _set_permissions(participation, membership=assignment.membership, at=at)


def _current() -> QuerySet[Participation]:
    return Participation.objects.filter(left_at=None).select_related("case__responsible", "organisation")


def _drop(pk: int, *, at: datetime, reconsider: Reconsider) -> bool:
    try:
        with transaction.atomic():
            participation = _current().filter(pk=pk).first()
            if participation is None:
                return False
            lock_participations(participation.case)
            if not participation.grants.filter(revoked_at=None, until__lte=at).update(revoked_at=at):
                return False
            _settle(participation, actor=node_keys.address(), by=None, at=at, reconsider=reconsider)
    except Exception as fault:  # noqa: BLE001 - one broken flow must not keep the others' keys in place
        log.error("grants_not_dropped", participation=pk, fault=type(fault).__name__)  # noqa: TRY400 - no frames in logs
        return False
    return True


def _settle(
    participation: Participation, *, actor: str, by: Membership | None, at: datetime, reconsider: Reconsider
) -> None:
    """Take away what has just ended, and with the last consent the part of who took part by consent."""
    case = participation.case
    agreed = (
        participation.grants.filter(revoked_at=None).exclude(consent=None).select_related("consent__case")
    )
    if participation.organisation_id == case.responsible_id or any(grant.in_force(at) for grant in agreed):
        _drop_what_ended(participation, at=at)
        return
    end_participation(participation, by=by, at=at)
    reconsider(case, at)
    entries.append(
        act="organisation-removed",
        actor=actor,
        object=case.reference,
        reason=participation.organisation.address,
        at=at,
    )


def _drop_what_ended(participation: Participation, *, at: datetime) -> None:
    granted, _ = granted_categories(participation, at=at)
    keys.unshare_keys(
        case=participation.case, categories=set(Category) - granted, organisation=participation.organisation
    )
    refresh_permissions(participation, at=at)


def _set_permissions(participation: Participation, *, membership: Membership, at: datetime) -> None:
    granted, _ = granted_categories(participation, at=at)
    wanted = permissions(Role(membership.role), granted)
    held = CaseUserObjectPermission.objects.filter(
        user_id=membership.user_id, content_object=participation.case_id
    )
    held.exclude(permission__codename__in=wanted).delete()
    missing = wanted - set(held.values_list("permission__codename", flat=True))
    CaseUserObjectPermission.objects.bulk_create(
        CaseUserObjectPermission(
            user_id=membership.user_id, permission=permission, content_object_id=participation.case_id
        )
        for permission in Permission.objects.filter(
            content_type__app_label="referral", content_type__model="case", codename__in=missing
        )
    )
