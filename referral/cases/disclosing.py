"""Disclosing a category for a time to the roles that read only what was disclosed to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from people.actor import Actor
from referral.cases.granting import disclose_to
from referral.cases.standing import refusals_recorded, require
from referral.models import Case, Participation
from referral.rules.access import Act
from referral.rules.refusals import IllegalStep
from referral.vocabulary import Category
from secure_exchange.ledger import entries


LONGEST = timedelta(days=30)
"""A disclosure inside one's organisation is asked for again after a month (a rule of this project)."""


def disclose(*, case: Case, category: Category, until: datetime, by: Actor, at: datetime) -> None:
    """Let one's own organisation's roles of level C read a category until a moment, each time with a reason.

    For the responsible organisation: what another may open was disclosed to it by the person's consent.

    Raises:
        IllegalStep: the end has passed or lies more than a month ahead.
        NotInYourRole, NotThere: as `standing.require`; nobody discloses what they may not read themselves.
    """
    category = Category(category)
    with (
        refusals_recorded(act="category-disclosed", by=by, about=case.reference, category=category, at=at),
        transaction.atomic(),
    ):
        require(Act.DISCLOSE, case=case, by=by, at=at, categories=frozenset({category}))
        if not at < until <= at + LONGEST:
            raise IllegalStep
        participation = Participation.objects.get(case=case, organisation=by.organisation, left_at=None)
        disclose_to(participation, categories=[category], until=until, by=by.membership, at=at)
        entries.append(
            act="category-disclosed", actor=by.pseudonym, object=case.reference, category=category, at=at
        )
