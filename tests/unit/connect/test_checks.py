"""A node that would be unsafe says so before it starts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from connect import checks
from connect.checks import node_has_its_own_name, node_is_safe


@pytest.fixture(autouse=True)
def safe_node(settings, tmp_path, monkeypatch):
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["node.example.test"]
    said = {"KEYS": keys, "DEMO": False, "SECURE": True, "NODE_HOST": "ro.example.org"}
    for name, value in said.items():
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


@pytest.mark.parametrize("name", ["DATA", "FILES"])
def test_a_folder_of_data_that_others_can_enter_is_refused(settings, name):
    folder = getattr(settings.CONNECT, name)
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    assert found() == ["connect.E004"]
    folder.chmod(0o700)
    assert found() == []


def test_a_database_that_others_can_read_is_refused(settings, tmp_path, monkeypatch):
    file = tmp_path / "connect.sqlite3"
    file.touch()
    for name, value in {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}.items():
        monkeypatch.setitem(settings.DATABASES["default"], name, value)
    file.chmod(0o644)
    assert found() == ["connect.E004"]
    file.chmod(0o600)
    assert found() == []


@pytest.mark.parametrize(
    ("host", "demo", "expected"),
    [
        ("ro.example.org", False, []),
        ("ro.connect.test", True, []),
        ("ro.connect.test", False, ["connect.E006"]),
        ("contest", False, []),
    ],
)
def test_a_name_for_tests_is_no_node_in_service(settings, monkeypatch, host, demo, expected):
    monkeypatch.setattr(settings.CONNECT, "NODE_HOST", host)
    monkeypatch.setattr(settings.CONNECT, "DEMO", demo)
    assert [message.id for message in node_has_its_own_name(app_configs=None)] == expected


@pytest.mark.django_db
def test_a_web_server_does_not_serve_an_unsafe_node(settings, monkeypatch):
    checks.refuse_unsafe()
    monkeypatch.setattr(settings.CONNECT, "DEMO", True)
    with pytest.raises(ImproperlyConfigured, match=r"connect\.E002"):
        checks.refuse_unsafe()
    monkeypatch.setattr(settings.CONNECT, "DEMO", False)
    monkeypatch.setattr(settings.CONNECT, "NODE_HOST", "ro.connect.test")
    with pytest.raises(ImproperlyConfigured, match=r"connect\.E006"):
        checks.refuse_unsafe()


@pytest.mark.django_db
def test_a_web_server_does_not_serve_a_node_whose_ledger_can_be_changed():
    table = ' ON "secure_exchange_entry"' if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "secure_exchange_entry_no_update"{table}')
        with pytest.raises(ImproperlyConfigured, match=r"secure_exchange\.E004"):
            checks.refuse_unsafe()
        transaction.set_rollback(True)


@pytest.mark.parametrize("broker", ["memory://localhost//", "memory://"])
def test_pages_alone_are_not_served_with_a_broker_in_memory(settings, broker):
    settings.CELERY_BROKER_URL = broker
    with pytest.raises(ImproperlyConfigured, match="BROKER_URL"):
        checks.refuse_deaf()
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:6379/0"
    checks.refuse_deaf()


def python(program, folder, **said):
    """Run a program with a node in this folder, under the usual mask of an account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONNECT_", "BROKER_"))}
    seen = kept | {
        "CONNECT_DATA": str(folder),
        "SECRET_KEY": "",
        "DJANGO_SETTINGS_MODULE": "connect.settings",
    }
    seen.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-c", f"import os; os.umask(0o022); {program}"],
        env=seen | said,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_wsgi_entry_refuses_the_default_broker(tmp_path):
    done = python("import connect.wsgi", tmp_path, CONNECT_NODE_HOST="ro.example.org")
    assert done.returncode != 0
    assert "BROKER_URL" in done.stderr
    done = python(
        "import connect.wsgi", tmp_path, CONNECT_NODE_HOST="ro.example.org", BROKER_URL="redis://127.0.0.1"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("secret", ["", "given"])
@pytest.mark.parametrize("there", [True, False])
def test_nobody_else_on_the_machine_reads_the_folder_of_a_node(tmp_path, secret, there):
    folder = tmp_path / "made" / "on first use"
    if there:
        for one in (folder, folder / "files"):
            one.mkdir(parents=True)
            one.chmod(0o755)
        (folder / "connect.sqlite3").touch()
        (folder / "connect.sqlite3").chmod(0o644)
    make = "from django.db import connection; connection.cursor().execute('CREATE TABLE IF NOT EXISTS a (b)')"
    done = python(make, folder, SECRET_KEY=secret)
    assert done.returncode == 0, done.stderr
    for one in (folder, folder / "files", folder / "keys"):
        assert one.stat().st_mode & 0o777 == 0o700, one
    assert (folder / "connect.sqlite3").stat().st_mode & 0o777 == 0o600


def test_a_crash_while_the_secret_key_is_written_leaves_no_empty_one(tmp_path):
    crash = "fsync = os.fsync; os.fsync = lambda _: os._exit(9); import connect.settings"
    assert python(crash, tmp_path).returncode == 9
    assert not (tmp_path / "keys" / "secret-key").exists()
    done = python("from connect.settings import SECRET_KEY; print(len(SECRET_KEY))", tmp_path)
    assert int(done.stdout) > 50
    assert (tmp_path / "keys" / "secret-key").stat().st_mode & 0o777 == 0o600
