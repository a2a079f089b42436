"""Where the data lives: SQLite in one file by default, PostgreSQL by DATABASE_URL."""

from __future__ import annotations

import contextlib
from pathlib import Path

import environ

from connect.settings.environment import DATABASE_URL


_database = environ.Env.db_url_config(DATABASE_URL)
if _database["ENGINE"].endswith("sqlite3"):
    # Immediate transactions take the write lock first: with deferred ones two writers that both began by
    # reading fail instead of waiting.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    with contextlib.suppress(FileNotFoundError, PermissionError):
        Path(_database["NAME"]).chmod(0o600)
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    # Who waits for a row waits as long as SQLite's writers do, and is then told to try again.
    _database.setdefault("OPTIONS", {}).setdefault("options", "-c lock_timeout=20s")

DATABASES = {"default": _database}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
