"""A whole node that stands for all tests of a module: import the three fixtures by name.

It is made once, inside a transaction that is undone at the end; what a test does to it is undone after the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from tests.factories.people import AT
from tests.factories.whole_node import WholeNode, whole_node


__all__ = ["folder", "node", "node_folder"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where its files and keys are."""
    return tmp_path_factory.mktemp("standing-node")


@pytest.fixture(scope="module")
def node(folder: Path, django_db_setup: None, django_db_blocker) -> Iterator[WholeNode]:
    """The node."""
    outermost = transaction.atomic()
    outermost._from_testcase = True  # type: ignore[attr-defined]  # nothing here is inside an act
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        _look_into(folder, patch)
        with outermost:
            with time_machine.travel(AT):
                built = whole_node()
            yield built
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def node_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Instead of a folder for each test; no rate limit is left over."""
    cache.clear()
    _look_into(folder, monkeypatch)
    return folder


def _look_into(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settings.CONNECT, "FILES", folder / "files")
    patch.setattr(settings.CONNECT, "KEYS", folder / "keys")
