"""What an organisation that takes part is told of the others: agreements and parts, as the rules say."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from people.actor import Actor
from referral.models import Case, Consent, Participation
from referral.rules.access import sees_who_helps


def consents_seen(case: Case, *, by: Actor) -> list[Consent]:
    """Every agreement of the case, newest first; for who is not told of others, those with itself."""
    given = case.consents.select_related("case").order_by("-given_at")
    return list(given if _told(case, by=by) else given.filter(receiver=by.organisation.address))


def participations_seen(case: Case, *, by: Actor) -> QuerySet[Participation]:
    """The organisations on the case; for who is not told of others, its own and the one that keeps it."""
    parts = Participation.objects.filter(case=case, left_at=None).select_related("organisation", "case")
    known = Q(organisation=by.organisation) | Q(organisation=case.responsible_id)
    return parts if _told(case, by=by) else parts.filter(known)


def _told(case: Case, *, by: Actor) -> bool:
    return sees_who_helps(by.organisation.kind, keeps=case.responsible_id == by.organisation.pk)
