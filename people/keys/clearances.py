"""An organisation's clearances: one key a scope, sealed to whose role reads it, and to recovery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from people import roles
from people.actor import NoKey
from people.keys.labelled import Mislabelled, open_identity, seal_identity
from people.models import Clearance, ClearanceWrap, Membership, Organisation, RecoveryWrap, User
from secure_exchange.age import AgeError, Identity, Recipient


def make_clearances(*, organisation: Organisation, recovery: Recipient, at: datetime) -> dict[str, Identity]:
    """Make the organisation's clearance for every scope, seal each to the recovery key, return them open."""
    made = {}
    for scope in roles.SCOPES:
        identity = made[scope] = Identity.generate()
        clearance = Clearance.objects.create(
            organisation=organisation,
            scope=scope,
            recipient=str(identity.recipient),
            made_at=at,
        )
        sealed = seal_identity(identity, label=label(clearance), recipients=[recovery])
        RecoveryWrap.objects.create(clearance=clearance, sealed=sealed, made_at=at)
    return made


def give_clearances(*, membership: Membership, open_clearances: Mapping[str, Identity], at: datetime) -> None:
    """Seal to a person exactly the clearances that the role reads.

    Raises:
        NoKey: one that the role reads is not among the open ones.
    """
    scopes = roles.clearances(membership.role)
    if not scopes <= open_clearances.keys():
        raise NoKey
    recipient = Recipient.parse(membership.user.identity.recipient)
    rows = Clearance.objects.filter(organisation=membership.organisation, scope__in=scopes)
    ClearanceWrap.objects.bulk_create(
        ClearanceWrap(
            clearance=clearance,
            user=membership.user,
            sealed=seal_identity(
                open_clearances[clearance.scope],
                label=label(clearance),
                recipients=[recipient],
            ),
            made_at=at,
        )
        for clearance in rows.select_related("organisation")
    )


def open_clearance(*, user: User, identity: Identity, organisation: Organisation, scope: str) -> Identity:
    """Open the organisation's clearance for a scope with a person's identity.

    Raises:
        NoKey: there is no wrap for this person, or it does not open, or it is not what it says.
    """
    wrap = (
        ClearanceWrap.objects.filter(user=user, clearance__organisation=organisation, clearance__scope=scope)
        .select_related("clearance__organisation")
        .first()
    )
    if wrap is None:
        raise NoKey
    try:
        return open_identity(bytes(wrap.sealed), label=label(wrap.clearance), identities=[identity])
    except (AgeError, Mislabelled) as fault:
        raise NoKey from fault


def label(clearance: Clearance) -> str:
    """Return what stands inside the seal of a clearance."""
    return f"connect clearance {clearance.organisation.uuid} {clearance.scope}"
