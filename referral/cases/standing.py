"""How a person stands to a case: the facts from the database that the rules decide by, and their refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from people.actor import Actor
from referral.models import Assignment, Case, CaseUserObjectPermission, CategoryGrant, Participation
from referral.rules import references
from referral.rules.access import Act, On, Who, may
from referral.rules.decision import Decision
from referral.rules.refusals import Denied, NotThere, denial
from referral.vocabulary import Category
from secure_exchange.ledger import entries


def who(by: Actor, *, at: datetime) -> Who:
    """Give the facts about a person; a membership holds by the day, in UTC."""
    return Who(role=by.role, active=by.membership.active(at.date()))


def standing(case: Case, *, by: Actor, at: datetime) -> On:
    """Give the facts about a person and a case: taking part, object permissions, granted categories."""
    taking_part = Participation.objects.filter(case=case, organisation=by.organisation, left_at=None).first()
    granted, disclosed = granted_categories(taking_part, at=at)
    return On(
        participates=taking_part is not None,
        responsible=case.responsible_id == by.organisation.pk and not case.passed_to,
        keeps=case.responsible_id == by.organisation.pk,
        closed=case.closed_at is not None,
        passed=bool(case.passed_to),
        permitted=permitted(case, by=by),
        granted=granted,
        disclosed=disclosed,
    )


def granted_categories(
    participation: Participation | None, *, at: datetime
) -> tuple[frozenset[Category], frozenset[Category]]:
    """Give the categories granted in force at a moment, and those of them that were disclosed on purpose."""
    if participation is None:
        return frozenset(), frozenset()
    grants = CategoryGrant.objects.filter(participation=participation, revoked_at=None)
    holding = [grant for grant in grants.select_related("consent__case") if grant.in_force(at)]
    return (
        frozenset(Category(grant.category) for grant in holding),
        frozenset(Category(grant.category) for grant in holding if grant.explicit),
    )


def permitted(case: Case, *, by: Actor) -> frozenset[str]:
    """Give this member's object permissions on the case; those of an earlier membership count for nothing."""
    assigned = Assignment.objects.filter(case=case, membership=by.membership, ended_at=None)
    rows = CaseUserObjectPermission.objects.filter(
        Exists(assigned.filter(case=OuterRef("content_object"))), user=by.user, content_object=case
    )
    return frozenset(rows.values_list("permission__codename", flat=True))


def decide(
    act: Act,
    *,
    case: Case,
    by: Actor,
    at: datetime,
    category: Category | None = None,
    categories: frozenset[Category] = frozenset(),
) -> Decision:
    """Ask the rules about one act on one case, for a page that shows only what is possible."""
    on = replace(standing(case, by=by, at=at), category=category, categories=categories)
    return may(who(by, at=at), act, on)


def require(
    act: Act,
    *,
    case: Case,
    by: Actor,
    at: datetime,
    category: Category | None = None,
    categories: frozenset[Category] = frozenset(),
) -> None:
    """Let an act go on only if the rules allow it.

    Raises:
        NotThere: the person may not know that the case exists (HTTP 404).
        NotInYourRole: the case is visible and this is not for the person (403).
        IllegalStep: the case is closed (409).
    """
    decision = decide(act, case=case, by=by, at=at, category=category, categories=categories)
    if not decision:
        raise denial(decision)


@contextmanager
def refusals_recorded(*, act: str, by: Actor, about: str, category: str = "", at: datetime) -> Iterator[None]:
    """Put a refusal into the ledger after its transaction was rolled back, and let it go on to the person.

    Inside the transaction of another act nothing is written, since it would be undone: that act records it.
    """
    try:
        yield
    except Denied as refusal:
        if not refusal.recorded and not _inside_another_act():
            entries.append(
                act=f"{act}-refused",
                actor=by.pseudonym,
                object=about,
                category=category,
                reason=refusal.reason or refusal.code,
                at=at,
            )
            refusal.recorded = True
        raise


def find_case(reference: str, *, by: Actor, at: datetime) -> Case:
    """Find a case by its reference as typed or linked, if this person may see it.

    Raises:
        BadReference: it is mistyped.
        NotThere: there is none, or not for this person: the two look the same and are recorded the same.
    """
    written = references.read(reference)
    with refusals_recorded(act="case-seen", by=by, about=written, at=at):
        case = Case.objects.select_related("responsible").filter(reference=written).first()
        if case is None:
            raise NotThere
        require(Act.SEE_CASE, case=case, by=by, at=at)
    return case


def _inside_another_act() -> bool:
    # The transaction that a test wraps around itself is not an act; Django marks it so for its own checks.
    blocks = transaction.get_connection().atomic_blocks
    return any(not getattr(block, "_from_testcase", False) for block in blocks)
