"""System checks referral.E001...: words of two packages that must agree, or a rule decides about nothing.

E001  the categories of a record and those of the access matrix differ
E002  an act has no roles
"""

from __future__ import annotations

from django.core.checks import CheckMessage, Error, register

from people.roles import CATEGORIES
from referral.rules.access import ROLES_OF_ACT, Act
from referral.vocabulary import Category


@register()
def words_agree(**_: object) -> list[CheckMessage]:
    """E001, E002: every category has a level for every role, and every act its roles."""
    found: list[CheckMessage] = []
    if set(CATEGORIES) != set(Category):
        found.append(
            Error(
                "The categories of people.roles are not those of referral.vocabulary.",
                hint="A new category needs a level for every role in people.roles.",
                id="referral.E001",
            )
        )
    if set(ROLES_OF_ACT) != set(Act):
        found.append(
            Error("An act has no roles.", hint="Add it to referral.rules.access.", id="referral.E002")
        )
    return found
