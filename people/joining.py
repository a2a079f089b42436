"""Join an organisation: a person, a role, an identity under the password, and the keys the role reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from people.keys.clearances import give_clearances
from people.keys.identities import make_identity
from people.models import Membership, Organisation, User
from people.roles import Role
from secure_exchange.age import Identity
from secure_exchange.ledger import entries
from secure_exchange.node_keys import address as node_address


@transaction.atomic
def join(  # noqa: PLR0913 - everything a person brings along
    *,
    organisation: Organisation,
    email: str,
    name: str,
    role: Role | str,
    password: str,
    clearances: Mapping[str, Identity],
    at: datetime,
    language: str = settings.LANGUAGE_CODE,
    by: str = "",
) -> Membership:
    """Make a person and the membership, and seal to her exactly the clearances that the role reads.

    `clearances` are open ones by scope, as the founder or a colleague holds them; `by` is the pseudonym of
    who takes the person in, the node itself if empty. A person who joins can sign in at once.

    Raises:
        ValidationError: the e-mail address is taken or malformed, or the password is weak.
        NoKey: a clearance the role reads is not among `clearances`; nothing is changed.
    """
    user = User(email=email, name=name, language=language)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    make_identity(user=user, password=password, at=at)
    membership = Membership(user=user, organisation=organisation, role=Role(role).value, starts_on=at.date())
    membership.full_clean()
    membership.save()
    give_clearances(membership=membership, open_clearances=clearances, at=at)
    entries.append(
        act="person.joined",
        actor=by or node_address(),
        object=f"{organisation.address}/{user.uuid}",
        reason=membership.role,
        at=at,
    )
    return membership
