"""Who acts: a signed-in person in a role, with the keys this session has unlocked.

An act takes its `by=` from here. What the keys can do is a protocol, so that whoever only names an actor
(a background task among them) does not import the code that opens keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organisation, User
from people.roles import Role
from secure_exchange.age import Identity
from secure_exchange.signing import SigningKeys


class NoKey(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """This person holds no key for what was asked; a colleague whose role reads it does."""

    sentence = _(
        "You do not hold the key for this part of the record. Nothing was changed. "
        "Ask a colleague whose role reads it.",
    )


class Keys(Protocol):
    """What an unlocked session can open."""

    def clearance(self, organisation: Organisation, scope: str) -> Identity:
        """Open the organisation's clearance for a scope of `people.roles.SCOPES`; raises NoKey."""

    def published(self, organisation: Organisation, fingerprint: str, scope: str) -> list[Identity]:
        """Open what a published key set holds for a category or "default"; raises NoKey."""

    def signing(self, organisation: Organisation) -> SigningKeys:
        """Open the organisation's current signing keys; raises NoKey."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person in a role, with keys."""

    membership: Membership
    keys: Keys

    @property
    def user(self) -> User:
        """The person."""
        return self.membership.user

    @property
    def organisation(self) -> Organisation:
        """Where the person works."""
        return self.membership.organisation

    @property
    def role(self) -> Role:
        """What the person does there."""
        return Role(self.membership.role)

    @property
    def pseudonym(self) -> str:
        """How the ledger and receipts call this person: address and uuid, never a name."""
        return f"{self.organisation.address}/{self.user.uuid}"
