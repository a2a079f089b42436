"""What would make the exchange unsafe is told before the node starts."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection, transaction

from secure_exchange import checks, node_keys
from secure_exchange.signing import SigningKeys


@pytest.mark.parametrize(
    ("host", "wrong"), [("ro.connect.test", False), ("", True), ("RO.test", True), ("a b", True)]
)
def test_a_node_needs_an_address(monkeypatch, host, wrong):
    monkeypatch.setattr(settings.CONNECT, "NODE_HOST", host)
    assert [one.id for one in checks.node_has_an_address(None)] == ["secure_exchange.E001"] * wrong


@pytest.mark.parametrize(
    ("url", "demo", "wrong"),
    [
        ("https://it.example.test", False, False),
        ("http://it.example.test", True, True),
        ("http://127.0.0.1:8402", True, False),
        ("http://127.0.0.1:8402", False, True),
    ],
)
def test_peers_are_called_over_tls(monkeypatch, url, demo, wrong):
    monkeypatch.setattr(settings.CONNECT, "PEERS", {"it.connect.test": url})
    monkeypatch.setattr(settings.CONNECT, "DEMO", demo)
    assert [one.id for one in checks.peers_are_called_safely(None)] == ["secure_exchange.E002"] * wrong


@pytest.mark.django_db
def test_signing_keys_others_can_read_are_an_error():
    assert checks.node_keys_are_private(None) == []
    node_keys.signing_keys()
    assert checks.node_keys_are_private(None) == []
    (settings.CONNECT.KEYS / node_keys.FILE).chmod(0o640)
    assert [one.id for one in checks.node_keys_are_private(None)] == ["secure_exchange.E003"]


def found_about_keys(databases=("default",)):
    return [one.id for one in checks.node_keys_are_the_published_ones(None, databases=databases)]


@pytest.mark.django_db
@pytest.mark.parametrize("loss", ["gone", "others", "damaged", "another name"])
def test_signing_keys_that_are_not_the_published_ones_are_an_error(monkeypatch, loss):
    assert found_about_keys() == []
    node_keys.signing_keys()
    assert found_about_keys() == []
    file = settings.CONNECT.KEYS / node_keys.FILE
    if loss == "gone":
        file.unlink()
    elif loss == "another name":
        monkeypatch.setattr(settings.CONNECT, "NODE_HOST", "other.connect.test")
    else:
        file.write_bytes(SigningKeys.generate().to_bytes() if loss == "others" else b"x")
    assert found_about_keys() == ["secure_exchange.E005"]
    assert found_about_keys(databases=None) == []


@pytest.mark.django_db
def test_a_trigger_that_is_gone_is_an_error():
    assert checks.append_only_holds(None, databases=["default"]) == []
    table = ' ON "secure_exchange_entry"' if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "secure_exchange_entry_no_update"{table}')
        assert [one.id for one in checks.append_only_holds(None, databases=["default"])] == [
            "secure_exchange.E004"
        ]
        transaction.set_rollback(True)
