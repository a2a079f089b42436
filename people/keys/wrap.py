"""Wrap a person's identity under the password, and open it again.

    password, salt, pepper ──Argon2id──▶ seed ──▶ age identity ──opens──▶ the person's identity

The wrapped identity is an age file like everything else, labelled inside with whose it is.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from people.keys.derive import SALT_BYTES, Cost, derive
from people.keys.errors import WrongPassword
from people.keys.labelled import Mislabelled, open_identity, seal_identity
from secure_exchange.age import AgeError, Identity


PURPOSE = "connect identity"


@dataclass(frozen=True, kw_only=True)
class Wrapped:
    """An identity at rest: the age file, and what is needed besides password and pepper to open it."""

    sealed: bytes
    salt: bytes
    cost: Cost


def wrap(identity: Identity, *, label: str, password: str, pepper: bytes, cost: Cost) -> Wrapped:
    """Seal an identity so that only this password with this pepper opens it; the salt is fresh each time."""
    salt = secrets.token_bytes(SALT_BYTES)
    door = Identity.from_seed(derive(password, salt=salt, pepper=pepper, cost=cost, purpose=PURPOSE))
    return Wrapped(
        sealed=seal_identity(identity, label=label, recipients=[door.recipient]), salt=salt, cost=cost
    )


def unwrap(wrapped: Wrapped, *, label: str, password: str, pepper: bytes) -> Identity:
    """Open a wrapped identity.

    Raises:
        WrongPassword: another password or pepper, another person's wrap, or altered bytes.
    """
    seed = derive(password, salt=wrapped.salt, pepper=pepper, cost=wrapped.cost, purpose=PURPOSE)
    try:
        return open_identity(wrapped.sealed, label=label, identities=[Identity.from_seed(seed)])
    except (AgeError, Mislabelled) as fault:
        raise WrongPassword from fault
