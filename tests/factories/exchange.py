"""Who the tests of the exchange know: two organisations of this node, Italy and its node, and a stranger."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

from secure_exchange import testing


AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def members() -> SimpleNamespace:
    """All of them, in nobody's directory yet."""
    return SimpleNamespace(
        ours=testing.member("pro-prietenia@ro.connect.test", at=AT, categories=("default", "health")),
        neighbour=testing.member("politia@ro.connect.test", at=AT),
        italy=testing.member("casa-aperta@it.connect.test", at=AT, categories=("default", "health")),
        italy_node=testing.member("node@it.connect.test", at=AT, categories=()),
        stranger=testing.member("estranho@pt.connect.test", at=AT),
    )


def acquaint(everybody: SimpleNamespace) -> None:
    """Put all but the stranger into this node's directory."""
    for one in (everybody.ours, everybody.neighbour, everybody.italy, everybody.italy_node):
        testing.acquaint(one, at=AT)
