"""The same signed request in several processes at the same moment: one takes it, on either database."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql


pytestmark = [pytest.mark.service, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
SERVER = "127.0.0.1:5432"
PROCESSES = 4
NONCES = 40

TAKE = f"""
import django, sys
django.setup()
from datetime import timedelta
from django.utils.timezone import now
from secure_exchange import nonces
from secure_exchange.errors import NotSigned
at = now()
print("ready", flush=True)
sys.stdin.readline()
for number in range({NONCES}):
    try:
        nonces.remember("node@it.connect.test", str(number), expires=at + timedelta(minutes=6), at=at)
        print(number)
    except NotSigned:
        pass
"""


@contextlib.contextmanager
def database(vendor, folder):
    """The address of an empty database, which is gone afterwards."""
    if vendor == "sqlite":
        yield f"sqlite:///{folder / 'node.sqlite3'}"
        return
    name = f"connect_nonces_{secrets.token_hex(4)}"
    with psycopg.connect(f"postgresql://postgres@{SERVER}/postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"postgres://postgres@{SERVER}/{name}"
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize(
    "vendor",
    [
        "sqlite",
        pytest.param(
            "postgresql",
            marks=pytest.mark.skipif(connection.vendor != "postgresql", reason="CI has PostgreSQL here"),
        ),
    ],
)
def test_of_several_processes_one_takes_a_request(vendor, tmp_path):
    with database(vendor, tmp_path) as url:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "connect.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "CONNECT_DATA": str(tmp_path / "data"),
            "DATABASE_URL": url,
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            env=environment,
            cwd=ROOT,
            check=True,
        )
        takers = [
            subprocess.Popen(
                [sys.executable, "-c", TAKE],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(PROCESSES)
        ]
        for taker in takers:
            assert taker.stdout.readline() == "ready\n"
        for taker in takers:
            taker.stdin.write("go\n")
            taker.stdin.flush()
        taken = Counter(number for taker in takers for number in taker.communicate(timeout=60)[0].split())
    assert [taker.returncode for taker in takers] == [0] * PROCESSES
    assert taken == Counter(str(number) for number in range(NONCES))
