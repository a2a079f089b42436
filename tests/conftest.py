"""What every test stands on: one clock, folders of its own, cheap passwords, really signed-in clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import settings as hypothesis_settings

from people.keys import derive


if TYPE_CHECKING:
    from tests.factories.whole_node import WholeNode

# How fast an example runs depends on what else the machine does; speed is measured in benchmarks/.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

REAL_COST = derive.COST
CHEAP_COST = replace(REAL_COST, memory_kib=8, passes=1, lanes=1)


def pytest_configure(config: pytest.Config) -> None:
    """Speak plain http to the test client and serve no static files; the rest stays as in service."""
    django_settings.SECURE_SSL_REDIRECT = False
    django_settings.MIDDLEWARE = [name for name in django_settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Argon2id at its least, with a pepper that lives as long as the run: only the tests of its cost care."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derive, "COST", CHEAP_COST)
        patch.setattr(django_settings.CONNECT, "PEPPER", tmp_path_factory.mktemp("pepper") / "pepper")
        yield


@pytest.fixture(scope="session", autouse=True)
def _emptied_between() -> None:
    """Let tests that commit be emptied, although the ledger and the records refuse deletion."""
    from secure_exchange.testing import let_tests_flush  # noqa: PLC0415 - models load only after Django is set up

    let_tests_flush()


@pytest.fixture(scope="session")
def real_cost() -> derive.Cost:
    """What a password costs in service."""
    return REAL_COST


@pytest.fixture(autouse=True)
def node_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's node keeps its files and keys; empty caches, so that no rate limit is left over."""
    _keep_in(tmp_path, monkeypatch)
    cache.clear()
    return tmp_path


@pytest.fixture(scope="module")
def standing_node(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker
) -> Iterator[tuple[WholeNode, Path]]:
    """A whole node made once for the tests of a module, in a transaction that is undone at the end."""
    from tests.factories.people import AT  # noqa: PLC0415 - models load only after Django is set up
    from tests.factories.whole_node import whole_node  # noqa: PLC0415 - as above

    folder = tmp_path_factory.mktemp("standing-node")
    outermost = transaction.atomic()
    outermost._from_testcase = True  # type: ignore[attr-defined]  # nothing here is inside an act
    with django_db_blocker.unblock(), outermost:
        with time_machine.travel(AT), pytest.MonkeyPatch.context() as patch:
            _keep_in(folder, patch)
            built = whole_node()
        yield built, folder
        transaction.set_rollback(True)


@pytest.fixture
def node(db: None, standing_node: tuple[WholeNode, Path], monkeypatch: pytest.MonkeyPatch) -> WholeNode:
    """The module's whole node with its files and keys; what a test changes in its tables is undone."""
    built, folder = standing_node
    _keep_in(folder, monkeypatch)
    return built


def _keep_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "FILES", "KEYS"):
        patch.setattr(django_settings.CONNECT, name, folder / name.lower())


@pytest.fixture
def at() -> Iterator[datetime]:
    """The moment of the test; views and tasks read the same one from the clock, which goes on from there."""
    from tests.factories.people import AT  # noqa: PLC0415 - models load only after Django is set up

    with time_machine.travel(AT, tick=True):
        yield AT


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """Sign a member in through the real form: `signed_in(client, membership)` gives the client, unlocked."""

    def sign_in(client: Client, membership, password: str = "") -> Client:
        from tests.factories.people import PASSWORD  # noqa: PLC0415 - as above

        answer = client.post(
            reverse("account_login"),
            {"login": membership.user.email, "password": password or PASSWORD},
        )
        assert answer.status_code == 302, "the sign-in was refused"
        assert django_settings.KEY_COOKIE_NAME in client.cookies, "the keys are not unlocked"
        return client

    return sign_in
