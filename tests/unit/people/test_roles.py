"""The access matrix, listed by hand: whoever changes a level changes this table too, and is seen doing it."""

from __future__ import annotations

import pytest

from people.labels import DESCRIPTIONS, KINDS, ROLES
from people.models import Kind
from people.roles import CATEGORIES, HANDOVER, LEVELS, SCOPES, Level, Role, clearances


BY_HAND = {
    "caseworker": {
        "identity": "F", "contact": "F", "family": "F", "exploitation": "F", "health": "R", "legal": "R",
        "immigration": "F", "needs": "F", "risk": "F", "documents": "F",
    },
    "police_liaison": {
        "identity": "C", "contact": "-", "family": "-", "exploitation": "C", "health": "-", "legal": "R",
        "immigration": "-", "needs": "S", "risk": "C", "documents": "-",
    },
    "social_worker": {
        "identity": "C", "contact": "C", "family": "C", "exploitation": "-", "health": "C", "legal": "-",
        "immigration": "C", "needs": "R", "risk": "C", "documents": "C",
    },
    "supervisor": {
        "identity": "R", "contact": "C", "family": "R", "exploitation": "R", "health": "S", "legal": "R",
        "immigration": "R", "needs": "R", "risk": "R", "documents": "C",
    },
    "focal_point": {
        "identity": "C", "contact": "-", "family": "-", "exploitation": "S", "health": "-", "legal": "S",
        "immigration": "S", "needs": "S", "risk": "S", "documents": "-",
    },
    "data_protection_officer": dict.fromkeys(CATEGORIES, "-"),
    "administrator": dict.fromkeys(CATEGORIES, "-"),
}  # fmt: skip

HOLDS = {
    "caseworker": {*CATEGORIES, "handover"},
    "police_liaison": {"identity", "exploitation", "legal", "risk", "handover"},
    "social_worker": {
        "identity", "contact", "family", "health", "immigration", "needs", "risk", "documents", "handover",
    },
    "supervisor": {
        "identity", "contact", "family", "exploitation", "legal", "immigration", "needs", "risk", "documents",
        "handover",
    },
    "focal_point": {"identity", "handover"},
    "data_protection_officer": set(),
    "administrator": set(),
}  # fmt: skip


def test_the_matrix_is_the_one_listed_by_hand():
    assert {str(role): dict(levels) for role, levels in LEVELS.items()} == BY_HAND


@pytest.mark.parametrize("role", Role)
def test_a_role_holds_the_keys_listed_by_hand(role):
    assert clearances(role) == HOLDS[role]


def test_nobody_in_the_police_learns_where_a_person_is():
    assert LEVELS[Role.POLICE_LIAISON]["contact"] is Level.NEVER
    assert "contact" not in clearances(Role.POLICE_LIAISON)


def test_every_scope_is_held_by_some_role():
    assert set(SCOPES) == {scope for role in Role for scope in clearances(role)}
    assert SCOPES[-1] == HANDOVER


def test_a_role_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="detective"):
        clearances("detective")


def test_every_role_and_kind_has_its_words():
    assert set(ROLES) == set(DESCRIPTIONS) == set(Role)
    assert set(KINDS) == set(Kind)
