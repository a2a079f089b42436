"""The seven roles, and how far each sees into each category of a record: the access matrix as data.

Source: the access matrix of the domain dossier (role by category, least knowledge). A level says what the
role may do in a case it works on; every look also needs the object permission, a ground and the key.
Nothing here may import Django, a model or a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person does in an organisation, from a date to a date."""

    CASEWORKER = "caseworker"
    POLICE_LIAISON = "police_liaison"
    SOCIAL_WORKER = "social_worker"
    SUPERVISOR = "supervisor"
    FOCAL_POINT = "focal_point"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    ADMINISTRATOR = "administrator"


class Level(StrEnum):
    """How far a role sees into a category."""

    FULL = "F"
    """Reads and writes, in the cases the person works on."""
    READ = "R"
    """Reads, in the cases the person works on."""
    STATUS = "S"
    """Sees that there is something, never what it is."""
    DISCLOSED = "C"
    """Reads what was disclosed expressly, on record and for a time."""
    LAWFUL = "L"
    """Only by lawful order or duty, on record and with a second signature."""
    NEVER = "-"


CATEGORIES = (
    "identity",
    "contact",
    "family",
    "exploitation",
    "health",
    "legal",
    "immigration",
    "needs",
    "risk",
    "documents",
)
"""The categories of a record, in the order in which people read them."""

HANDOVER = "handover"
"""The scope of those who may hand over and answer: it opens the signing keys and the offers."""

SCOPES = (*CATEGORIES, HANDOVER)
"""Everything an organisation has a clearance for."""

_ROWS = {
    #                             identity, contact, family, exploitation, health, legal, immigration, needs,
    #                             risk, documents
    Role.CASEWORKER: "F F F F R R F F F F",
    # Help and prosecution stay apart: no place, no health, no plan; the rest by disclosure.
    Role.POLICE_LIAISON: "C - - C - R - S C -",
    Role.SOCIAL_WORKER: "C C C - C - C R C C",
    # Quality and four eyes do not need to know where the person lives, nor what a doctor wrote.
    Role.SUPERVISOR: "R C R R S R R R R C",
    Role.FOCAL_POINT: "C - - S - S S S S -",
    Role.DATA_PROTECTION_OFFICER: "- - - - - - - - - -",
    Role.ADMINISTRATOR: "- - - - - - - - - -",
}

LEVELS: Mapping[Role, Mapping[str, Level]] = MappingProxyType(
    {
        role: MappingProxyType(dict(zip(CATEGORIES, map(Level, row.split()), strict=True)))
        for role, row in _ROWS.items()
    },
)
"""The level of every role in every category."""

OWN_ROLE: Mapping[str, Role] = MappingProxyType(
    {
        "ngo": Role.CASEWORKER,
        "shelter": Role.CASEWORKER,
        "social_service": Role.SOCIAL_WORKER,
        "police": Role.POLICE_LIAISON,
        "authority": Role.FOCAL_POINT,
    },
)
"""The role that does the work of each kind of organisation."""

_HOLDS_THE_KEY = frozenset({Level.FULL, Level.READ, Level.DISCLOSED})
_HANDS_OVER = frozenset(
    {Role.CASEWORKER, Role.POLICE_LIAISON, Role.SOCIAL_WORKER, Role.SUPERVISOR, Role.FOCAL_POINT},
)


def clearances(role: Role | str) -> frozenset[str]:
    """Return the scopes whose key a person in this role holds.

    A key alone shows nothing: a category that is open by disclosure only (`Level.DISCLOSED`) still needs the
    disclosure. Whoever holds no key cannot be shown the category at all, whatever the permissions say.

    Raises:
        ValueError: there is no such role.
    """
    role = Role(role)
    held = {category for category, level in LEVELS[role].items() if level in _HOLDS_THE_KEY}
    if role in _HANDS_OVER:
        held.add(HANDOVER)
    return frozenset(held)


def opened_by(roles: Iterable[Role | str]) -> tuple[str, ...]:
    """Return the categories whose key somebody in one of these roles holds, in the order of a record."""
    held = {scope for role in roles for scope in clearances(role)}
    return tuple(category for category in CATEGORIES if category in held)
