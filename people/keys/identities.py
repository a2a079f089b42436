"""A person's identity: made on joining, opened with the password, wrapped anew when that changes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from people.keys import derive
from people.keys.errors import NoIdentity
from people.keys.pepper import mark, pepper
from people.keys.wrap import Wrapped, unwrap, wrap
from people.models import PersonIdentity, User
from secure_exchange.age import Identity


def make_identity(*, user: User, password: str, at: datetime) -> Identity:
    """Make a person's identity, store it wrapped under the password, and return it open."""
    identity = Identity.generate()
    PersonIdentity.objects.create(
        user=user,
        recipient=str(identity.recipient),
        made_at=at,
        **_columns(identity, user=user, password=password, at=at),
    )
    return identity


def open_with(*, user: User, password: str) -> Identity:
    """Open a person's identity.

    Raises:
        WrongPassword: the identity does not open with it.
        NoIdentity: the person has none.
    """
    row = PersonIdentity.objects.filter(user=user).first()
    if row is None:
        raise NoIdentity
    wrapped = Wrapped(
        sealed=bytes(row.wrapped),
        salt=bytes(row.salt),
        cost=derive.Cost.from_dict(row.params),
    )
    return unwrap(wrapped, label=_label(user), password=password, pepper=pepper())


@transaction.atomic
def change_password(*, user: User, old: str, new: str, at: datetime) -> None:
    """Wrap the person's identity under the new password, and refuse the old one from now on.

    The identity stays, so that everything sealed to it still opens. Every other session of the person ends,
    because a session is bound to the password it began with; the caller renews its own.

    Raises:
        WrongPassword: `old` does not open the identity; nothing is changed.
        NoIdentity: the person has none; nothing is changed.
    """
    identity = open_with(user=user, password=old)
    PersonIdentity.objects.filter(user=user).update(**_columns(identity, user=user, password=new, at=at))
    user.set_password(new)
    user.save(update_fields=["password"])


def _label(user: User) -> str:
    return f"connect identity {user.uuid}"


def _columns(identity: Identity, *, user: User, password: str, at: datetime) -> dict[str, object]:
    secret = pepper()
    wrapped = wrap(identity, label=_label(user), password=password, pepper=secret, cost=derive.COST)
    return {
        "wrapped": wrapped.sealed,
        "salt": wrapped.salt,
        "params": wrapped.cost.to_dict() | {"pepper": mark(secret)},
        "wrapped_at": at,
    }
