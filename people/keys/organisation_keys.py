"""What an organisation publishes and signs with, sealed to its clearances.

Each published identity is sealed to the clearance of its category, so that a caseworker opens exactly the
parts of a received record that the role reads. Sealing needs public halves only; opening needs a person.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings

from people import roles
from people.actor import NoKey
from people.keys.labelled import Mislabelled, open_identity, open_text, seal_identity, seal_text
from people.models import Organisation, PublishedIdentity, SigningIdentity
from secure_exchange.age import AgeError, Identity, Recipient
from secure_exchange.errors import Malformed
from secure_exchange.keysets import DEFAULT, PublishedKeys
from secure_exchange.signing import SigningKeys


SIGNING_SCOPE = roles.HANDOVER
LONGEST_JOURNEY = timedelta(days=30)
"""The longest life of an envelope; until then something sealed to an old key set may still arrive."""


def guarding_scope(scope: str) -> str:
    """Return the clearance that opens a published identity: its category's, or handing over for "default"."""
    return roles.HANDOVER if scope == DEFAULT else scope


def make_published_keys(
    *,
    organisation: Organisation,
    signing: SigningKeys,
    guards: Mapping[str, Recipient],
    at: datetime,
) -> PublishedKeys:
    """Make a fresh recipient for every category and a default; keep their identities sealed.

    `guards` are the organisation's clearances by scope. The set is valid from `at` for PUBLISHED_KEYS_DAYS;
    the identities are kept until no envelope can be on its way.
    """
    identities = {scope: Identity.generate() for scope in (DEFAULT, *roles.CATEGORIES)}
    keys = PublishedKeys(
        address=organisation.address,
        valid_from=at,
        valid_to=at + timedelta(days=settings.CONNECT.PUBLISHED_KEYS_DAYS),
        recipients={scope: identity.recipient for scope, identity in identities.items()},
        verifying=signing.verifying,
    )
    PublishedIdentity.objects.bulk_create(
        PublishedIdentity(
            organisation=organisation,
            fingerprint=keys.fingerprint,
            scope=scope,
            recipient=str(identity.recipient),
            sealed=seal_identity(
                identity,
                label=_published_label(organisation, keys.fingerprint, scope),
                recipients=[guards[guarding_scope(scope)]],
            ),
            valid_to=keys.valid_to,
            destroy_after=keys.valid_to + LONGEST_JOURNEY,
        )
        for scope, identity in identities.items()
    )
    return keys


def open_published(
    *,
    organisation: Organisation,
    fingerprint: str,
    scope: str,
    clearance: Identity,
) -> list[Identity]:
    """Open what a published key set holds for a category or "default".

    Raises:
        NoKey: there is none (any more), or the clearance does not open it.
    """
    rows = PublishedIdentity.objects.filter(organisation=organisation, fingerprint=fingerprint, scope=scope)
    label = _published_label(organisation, fingerprint, scope)
    try:
        found = [open_identity(bytes(row.sealed), label=label, identities=[clearance]) for row in rows]
    except (AgeError, Mislabelled) as fault:
        raise NoKey from fault
    if not found:
        raise NoKey
    return found


def keep_signing_keys(
    *,
    organisation: Organisation,
    signing: SigningKeys,
    fingerprint: str,
    guard: Recipient,
    at: datetime,
) -> None:
    """Seal the organisation's signing keys to `guard`, the clearance of those who hand over and answer."""
    SigningIdentity.objects.create(
        organisation=organisation,
        fingerprint=fingerprint,
        sealed=seal_text(
            base64.b64encode(signing.to_bytes()).decode(),
            label=_signing_label(organisation, fingerprint),
            recipients=[guard],
        ),
        made_at=at,
    )


def open_signing(*, organisation: Organisation, clearance: Identity) -> SigningKeys:
    """Open the organisation's newest signing keys.

    Raises:
        NoKey: there are none, or the clearance does not open them.
    """
    row = SigningIdentity.objects.filter(organisation=organisation).order_by("-made_at").first()
    if row is None:
        raise NoKey
    label = _signing_label(organisation, row.fingerprint)
    try:
        text = open_text(bytes(row.sealed), label=label, identities=[clearance])
        return SigningKeys.from_bytes(base64.b64decode(text, validate=True))
    except (AgeError, Mislabelled, Malformed, ValueError) as fault:
        raise NoKey from fault


def _published_label(organisation: Organisation, fingerprint: str, scope: str) -> str:
    return f"connect published {organisation.uuid} {fingerprint} {scope}"


def _signing_label(organisation: Organisation, fingerprint: str) -> str:
    return f"connect signing {organisation.uuid} {fingerprint}"
