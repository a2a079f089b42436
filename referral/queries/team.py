"""Who works a case: its organisations with what each may open, and the colleagues who are on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from people.actor import Actor
from people.labels import KINDS, ROLES
from people.models import Kind, Membership
from people.roles import Role
from referral import labels
from referral.cases.granting import works
from referral.cases.standing import decide
from referral.flows.models import HUMAN, OPEN, StepTask
from referral.models import Assignment, Case, CategoryGrant, Participation
from referral.queries.names import organisation_name
from referral.queries.who_helps import participations_seen
from referral.rules.access import Act
from referral.rules.refusals import NotThere
from referral.vocabulary import Category, Purpose


def team_page(case: Case, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The context of the page, without its form."""
    may_end = bool(decide(Act.REMOVE_ORGANISATION, case=case, by=by, at=at))
    seen = _in_full(participations_seen(case, by=by))
    participations = sorted(
        seen, key=lambda participation: participation.organisation_id != case.responsible_id
    )
    return {
        "case": {"reference": case.reference},
        "passed_to": organisation_name(case.passed_to) if case.passed_to else "",
        "organisations": [
            _organisation(participation, case=case, by=by, at=at, may_end=may_end)
            for participation in participations
        ],
        "colleagues": colleagues(case, by=by, at=at),
        "may_add": bool(decide(Act.ADD_ORGANISATION, case=case, by=by, at=at)),
    }


def colleagues(case: Case, *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Our own people on the case; the only one who could work it is not taken off."""
    working = _ours(case, by=by)
    present = {each.pk for each in working if works(each.membership, at=at)}
    return [
        {
            "name": each.membership.user.name,
            "role": ROLES[Role(each.membership.role)],
            "you": each.membership_id == by.membership.pk,
            "left": each.pk not in present,
            "take_off_url": reverse("take-off", args=[case.reference, each.membership.user.uuid])
            if present - {each.pk}
            else "",
        }
        for each in working
    ]


def colleague(case: Case, uuid: UUID, *, by: Actor) -> Membership:
    """Find a colleague on the case; raises `NotThere` for anybody else."""
    found = next((each.membership for each in _ours(case, by=by) if each.membership.user.uuid == uuid), None)
    if found is None:
        raise NotThere
    return found


def participation_of(case: Case, uuid: UUID) -> Participation:
    """Find the part of an organisation that takes part by consent; raises `NotThere` for any other."""
    participations = Participation.objects.filter(case=case, left_at=None, organisation__uuid=uuid)
    found = _in_full(participations.exclude(organisation=case.responsible_id)).first()
    if found is None:
        raise NotThere
    return found


def end_participation_page(participation: Participation, *, at: datetime) -> dict[str, Any]:
    """What ends with an organisation's part: sight of the case, keys, steps."""
    waiting = StepTask.objects.filter(
        case=participation.case,
        organisation=participation.organisation,
        status__in=OPEN,
        flow_task_type=HUMAN,
    )
    return {
        "case": {"reference": participation.case.reference},
        "organisation": {"name": participation.organisation.name},
        "categories": names(grant.category for grant in participation.grants.all() if grant.in_force(at)),
        "people": by_role(each.membership for each in participation.assignments.all()),
        "steps": [task.says.title for task in waiting.order_by("created", "pk") if task.says],
    }


def by_role(members: Iterable[Membership]) -> list[str]:
    """People of another organisation as pages call them: roles, with how many, and no name."""
    counted = Counter(Role(member.role) for member in members)
    return [
        _("%(role)s (%(count)d)") % {"role": ROLES[role], "count": number} if number > 1 else str(ROLES[role])
        for role, number in counted.items()
    ]


def names(categories: Iterable[str]) -> str:
    """Categories by name, in the order in which people read them."""
    held = set(categories)
    return ", ".join(str(labels.name(category)) for category in Category if category.value in held)


def _ours(case: Case, *, by: Actor) -> list[Assignment]:
    rows = Assignment.objects.filter(case=case, ended_at=None, membership__organisation=by.organisation)
    return list(rows.select_related("membership__user").order_by("assigned_at", "pk"))


def _in_full(participations: QuerySet[Participation]) -> QuerySet[Participation]:
    grants = CategoryGrant.objects.filter(revoked_at=None).select_related("consent__case")
    working = Assignment.objects.filter(ended_at=None).select_related("membership__user")
    return (
        participations.select_related("organisation", "case")
        .prefetch_related(Prefetch("grants", grants), Prefetch("assignments", working))
        .order_by("joined_at", "pk")
    )


def _organisation(
    participation: Participation, *, case: Case, by: Actor, at: datetime, may_end: bool
) -> dict[str, Any]:
    keeps = participation.organisation_id == case.responsible_id
    ours = participation.organisation_id == by.organisation.pk
    people = [each.membership for each in participation.assignments.all() if works(each.membership, at=at)]
    return {
        "name": participation.organisation.name,
        "kind": KINDS[Kind(participation.organisation.kind)],
        "keeps": keeps,
        "responsible": keeps and not case.passed_to,
        "ours": ours,
        "opens": [] if keeps else _opens(participation, at=at),
        "people": by_role(people),
        "end_url": reverse("end-part", args=[case.reference, participation.organisation.uuid])
        if may_end and not keeps
        else "",
    }


def _opens(participation: Participation, *, at: datetime) -> list[dict[str, Any]]:
    """What an organisation may open now, by the agreements it rests on."""
    grants = [grant for grant in participation.grants.all() if grant.in_force(at)]
    agreed = {grant.consent.pk: grant.consent for grant in grants if grant.consent is not None}
    return [
        {
            "categories": names(grant.category for grant in grants if grant.consent_id == pk),
            "purpose": labels.named(Purpose, consent.purpose),
            "until": consent.until,
            "given_at": consent.given_at,
        }
        for pk, consent in agreed.items()
    ]
