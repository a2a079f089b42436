"""Found an organisation: its clearances, its recovery key, what it signs with and what it publishes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from people.keys.clearances import make_clearances
from people.keys.organisation_keys import SIGNING_SCOPE, keep_signing_keys, make_published_keys
from people.models import Kind, Organisation
from people.roles import Role, opened_by
from secure_exchange import directory, keysets, profile
from secure_exchange.age import Identity
from secure_exchange.ledger import entries
from secure_exchange.node_keys import address as node_address
from secure_exchange.signing import SigningKeys


CODE_LISTS: Mapping[str, str] = {"htcds": "2.0"}
"""The code lists that records are written in, with their versions."""


@dataclass(frozen=True, kw_only=True)
class Founded:
    """A new organisation with everything open, once: whoever founds gives the clearances to the first people.

    `recovery` is shown, printed and forgotten; it is stored nowhere.
    """

    organisation: Organisation
    signing: SigningKeys = field(repr=False)
    clearances: Mapping[str, Identity] = field(repr=False)
    recovery: Identity = field(repr=False)


@transaction.atomic
def found_organisation(  # noqa: PLR0913 - everything an organisation says of itself
    *,
    slug: str,
    name: str,
    country: str,
    kind: Kind | str,
    roles: Collection[Role],
    focal_point: bool = False,
    services: Sequence[str] = (),
    languages: Sequence[str] = (),
    categories: Sequence[str] | None = None,
    usual_answer_hours: int = 48,
    at: datetime,
) -> Founded:
    """Found an organisation on this node, with keys, a first published key set and a signed profile.

    `services` and `categories` are codes it accepts, `languages` BCP 47 tags, `country` ISO 3166 alpha-2.
    `roles` are those of the people who join now: a part of a record whose key none of them holds would be
    accepted, sent and opened by nobody, so it takes what they can open, or the `categories` among that.

    Raises:
        ValidationError: the slug or another field is not well formed, the slug is taken, or nobody in these
            roles holds the key to a category.
        Refused: the directory does not take the key set or the profile.
    """
    taken = _that_somebody_opens(categories, roles)
    organisation = Organisation(
        slug=slug,
        name=name,
        country=country,
        kind=Kind(kind).value,
        focal_point=focal_point,
        services=list(services),
        languages=list(languages),
        founded_at=at,
    )
    organisation.full_clean()
    organisation.save()
    recovery = Identity.generate()
    clearances = make_clearances(organisation=organisation, recovery=recovery.recipient, at=at)
    signing = _sign_from_now_on(organisation, clearances, at)
    accepted = _profile(organisation, categories=taken, usual_answer_hours=usual_answer_hours, at=at)
    directory.learn_profile(organisation.address, profile.publish(accepted, signing), at=at)
    entries.append(act="organisation.founded", actor=node_address(), object=organisation.address, at=at)
    return Founded(organisation=organisation, signing=signing, clearances=clearances, recovery=recovery)


def _that_somebody_opens(categories: Sequence[str] | None, roles: Collection[Role]) -> tuple[str, ...]:
    held = opened_by(roles)
    shut = [category for category in categories or () if category not in held]
    if shut:
        raise ValidationError(f"Nobody who joins would hold the key to {', '.join(shut)}.")
    return held if categories is None else tuple(categories)


def _profile(
    organisation: Organisation, *, categories: tuple[str, ...], usual_answer_hours: int, at: datetime
) -> profile.Profile:
    return profile.Profile(
        address=organisation.address,
        services=tuple(organisation.services),
        languages=tuple(organisation.languages),
        categories=categories,
        code_lists=CODE_LISTS,
        usual_answer_hours=usual_answer_hours,
        issued=at,
        name=organisation.name,
        country=organisation.country,
    )


def _sign_from_now_on(
    organisation: Organisation,
    clearances: Mapping[str, Identity],
    at: datetime,
) -> SigningKeys:
    """Make signing keys and a first key set, publish the one and keep the other sealed."""
    signing = SigningKeys.generate()
    guards = {scope: identity.recipient for scope, identity in clearances.items()}
    keys = make_published_keys(organisation=organisation, signing=signing, guards=guards, at=at)
    keep_signing_keys(
        organisation=organisation,
        signing=signing,
        fingerprint=keys.fingerprint,
        guard=guards[SIGNING_SCOPE],
        at=at,
    )
    directory.learn(organisation.address, [keysets.publish(keys, signing)], at=at, own=True)
    return signing
