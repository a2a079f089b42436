"""A node that would be unsafe says so before it starts."""

from __future__ import annotations

import pytest

from connect.checks import node_is_safe


@pytest.fixture(autouse=True)
def safe_node(settings, tmp_path, monkeypatch):
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["node.example.test"]
    for name, value in {"KEYS": keys, "DEMO": False, "SECURE": True}.items():
        monkeypatch.setattr(settings.CONNECT, name, value)


def found():
    return [message.id for message in node_is_safe(app_configs=None)]


def test_a_safe_node_has_nothing_to_say():
    assert found() == []


def test_debug_pages_are_refused(settings):
    settings.DEBUG = True
    assert found() == ["connect.E001"]


def test_a_demonstration_stays_on_this_machine(settings, monkeypatch):
    monkeypatch.setattr(settings.CONNECT, "DEMO", True)
    assert found() == ["connect.E002"]
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert found() == []


def test_plain_http_stays_on_this_machine(settings, monkeypatch):
    monkeypatch.setattr(settings.CONNECT, "SECURE", False)
    assert found() == ["connect.E003"]


def test_keys_that_others_can_read_are_refused(settings):
    settings.CONNECT.KEYS.chmod(0o750)
    assert found() == ["connect.E004"]


def test_a_loose_content_security_policy_is_refused(settings):
    directives = {
        **settings.CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "script-src": ["'self'", "'unsafe-inline'"],
    }
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    assert found() == ["connect.E005"]
