"""State of people: who works where, in which role, and their wrapped keys."""

from __future__ import annotations

from people.models.keys import (
    Clearance,
    ClearanceWrap,
    PersonIdentity,
    PublishedIdentity,
    RecoveryWrap,
    SigningIdentity,
)
from people.models.membership import Membership
from people.models.organisation import Kind, Organisation
from people.models.user import User


__all__ = [
    "Clearance",
    "ClearanceWrap",
    "Kind",
    "Membership",
    "Organisation",
    "PersonIdentity",
    "PublishedIdentity",
    "RecoveryWrap",
    "SigningIdentity",
    "User",
]
