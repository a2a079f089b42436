"""Giving and taking both walls: object permissions and keys change here and nowhere else, in one transaction.

These are the parts of acts that have asked the rules already; `by` is the membership that acts.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import Permission
from django.db import transaction

from people.models import Membership
from people.roles import Role
from referral.cases import keys
from referral.cases.standing import granted_categories
from referral.models import Assignment, CaseUserObjectPermission, CategoryGrant, Consent, Participation
from referral.rules.access import permissions
from referral.vocabulary import Category


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


def take_off_case(assignment: Assignment, *, by: Membership, at: datetime) -> None:
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


def end_grants(*, consent: Consent, at: datetime) -> None:
    """End what a consent granted, when it is withdrawn: the grants, the permissions and the keys."""
    grants = CategoryGrant.objects.filter(consent=consent, revoked_at=None)
    touched = list(
        Participation.objects.filter(grants__in=grants).select_related("case", "organisation").distinct()
    )
    grants.update(revoked_at=at)
    for participation in touched:
        _drop_what_ended(participation, at=at)


def drop_ended_grants(*, at: datetime) -> int:
    """Take away keys and permissions whose grants ran out; returns how many participations that touched.

    For the periodic sweep: taking away needs no key.
    """
    with transaction.atomic():
        over = CategoryGrant.objects.filter(revoked_at=None, until__lte=at)
        touched = list(
            Participation.objects.filter(grants__in=over).select_related("case", "organisation").distinct()
        )
        over.update(revoked_at=at)
        for participation in touched:
            _drop_what_ended(participation, at=at)
    return len(touched)


def assign_supervisors(participation: Participation, *, by: Membership, at: datetime) -> None:
    supervisors = Membership.objects.active(at.date()).filter(
        organisation=participation.organisation, role=Role.SUPERVISOR.value
    )
    for member in supervisors:
        put_on_case(participation, membership=member, by=by, at=at)


def refresh_permissions(participation: Participation, *, at: datetime) -> None:
    for assignment in participation.assignments.filter(ended_at=None).select_related("membership__user"):
        _set_permissions(participation, membership=assignment.membership, at=at)


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
