"""Members the tests of the exchange know."""

from __future__ import annotations

import pytest

from tests.factories import exchange


@pytest.fixture(scope="session")
def members():
    """All of them, in nobody's directory."""
    return exchange.members()


@pytest.fixture
def known(members, db):
    """The same, with everybody but the stranger in this node's directory."""
    exchange.acquaint(members)
    return members
