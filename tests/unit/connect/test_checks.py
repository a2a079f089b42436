"""A node that would be unsafe says so before it starts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from connect import checks
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


def test_a_web_server_does_not_serve_an_unsafe_node(settings, monkeypatch):
    checks.refuse_unsafe()
    monkeypatch.setattr(settings.CONNECT, "DEMO", True)
    with pytest.raises(ImproperlyConfigured, match=r"connect\.E002"):
        checks.refuse_unsafe()


def test_nobody_else_on_the_machine_reads_the_folder_of_a_new_node(tmp_path):
    folder = tmp_path / "made" / "on first use"
    program = "import os; os.umask(0o022); import connect.settings"
    said = {**os.environ, "CONNECT_DATA": str(folder), "SECRET_KEY": ""}
    for name in ("CONNECT_KEYS", "CONNECT_FILES", "DATABASE_URL"):
        said.pop(name, None)
    subprocess.run([sys.executable, "-c", program], env=said, check=True)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "keys").stat().st_mode & 0o777 == 0o700
