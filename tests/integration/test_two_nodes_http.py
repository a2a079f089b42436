"""Two nodes, each a process with its own database, files and keys, speaking to each other over HTTP only."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.ports import free_port


pytestmark = [pytest.mark.service, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024

BEGIN = """
import base64, django, io, json, sys, uuid
django.setup()
from datetime import timedelta
from django.conf import settings
from django.utils.timezone import now
from secure_exchange import directory, inbox, node_keys, outbox, testing
from secure_exchange.ledger import entries
from secure_exchange.manifest import Manifest
from secure_exchange.models import Incoming, Outgoing, StoredReceipt
from secure_exchange.signing import SigningKeys
from secure_exchange import dsse, keysets
said = json.loads(sys.stdin.read())
secret = settings.CONNECT.KEYS / "test-signing-keys"
address = f"help@{settings.CONNECT.NODE_HOST}"
def me():
    signer = SigningKeys.from_bytes(secret.read_bytes())
    return testing.Member(directory.trusted(address, at=now()), signer, {})
"""

FOUND = """
mine = testing.acquaint(testing.member(address, at=now()), at=now())
node_keys.signing_keys()
secret.write_bytes(mine.signer.to_bytes())
chains = {one: directory.chain(one) for one in (address, node_keys.address())}
print(json.dumps({one: [line.decode() for line in chain] for one, chain in chains.items()}))
"""

MEET = """
for one, chain in said.items():
    keys = directory.learn(one, [line.encode() for line in chain], at=now())
    directory.trust(one, keys.fingerprint, by="tests", at=now())
"""

SEND = """
to = directory.trusted(said["to"], at=now())
letter = testing.Letter(
    sender=me(), receivers=[testing.Member(to, None, {})], at=now(), thread=uuid.UUID(said["thread"]),
    content=bytes(said["size"]), ledger=entries.head(), kind="record", part="default",
    previous=outbox.previous(uuid.UUID(said["thread"]), address))
envelope, body = letter.seal()
print(outbox.queue(envelope=envelope, body_name=body, to=said["to"], at=now()).pk)
"""

DELIVER = """
state = outbox.deliver(said["row"], at=now() + timedelta(hours=said.get("hours", 0)))
row = Outgoing.objects.get(pk=said["row"])
print(json.dumps([row.state, row.last_fault]))
"""

OPENED = """
got = Incoming.objects.get(thread=uuid.UUID(said["thread"]))
manifest = Manifest.from_bytes(dsse.read(bytes(got.statement)).payload)
receipt = testing.signed_receipt("opened", manifest, me(), at=now())
print(outbox.queue_receipt(statement=receipt, to=got.sender, at=now()).pk)
"""


@dataclass
class Node:
    """One node and its process, when it runs."""

    host: str
    port: int
    folder: Path
    peers: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None)

    def environment(self):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CONNECT_", "DATABASE_"))
        }
        return kept | {
            "DJANGO_SETTINGS_MODULE": "connect.settings",
            "PYTHONPATH": str(ROOT),
            "CONNECT_DATA": str(self.folder),
            "CONNECT_NODE_HOST": self.host,
            "CONNECT_PEERS": self.peers,
            "CONNECT_DEMO": "1",
            "CONNECT_SECURE": "0",
        }

    def run(self, code, **said):
        done = subprocess.run(
            [sys.executable, "-c", BEGIN + code],
            input=json.dumps(said),
            capture_output=True,
            text=True,
            env=self.environment(),
            cwd=ROOT,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout) if done.stdout.strip() else None

    def manage(self, *words):
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            capture_output=True,
            text=True,
            env=self.environment(),
            cwd=ROOT,
            check=False,
        )

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "node", "--bind", f"127.0.0.1:{self.port}"],
            env=self.environment(),
            cwd=ROOT,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)
        raise AssertionError(f"{self.host} did not start")

    def kill(self):
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    """Romania and Italy: migrated, with an organisation each, known to each other; not started."""
    romania, italy = (
        Node(f"{key}.connect.test", free_port(), tmp_path_factory.mktemp(key)) for key in ("ro", "it")
    )
    both = (romania, italy)
    for node, other in ((romania, italy), (italy, romania)):
        node.peers = f"{other.host}=http://127.0.0.1:{other.port}"
        migrated = node.manage("migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr[-3000:]
    published = [node.run(FOUND) for node in both]
    romania.run(MEET, **published[1])
    italy.run(MEET, **published[0])
    yield romania, italy
    for node in both:
        node.kill()


def test_an_envelope_and_its_receipts_cross_and_survive_a_node_that_is_killed(nodes):
    romania, italy = nodes
    thread = str(uuid.uuid4())
    row = romania.run(SEND, to="help@it.connect.test", thread=thread, size=9 * MEGABYTE)
    for node in nodes:
        node.kill()
    # Italy is not there.
    assert romania.run(DELIVER, row=row) == ["pending", "no-answer"]
    # It comes, and is killed while the body is on its way.
    italy.start()
    sending = subprocess.Popen(
        [sys.executable, "-c", BEGIN + DELIVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=romania.environment(),
        cwd=ROOT,
    )
    sending.stdin.write(json.dumps({"row": row, "hours": 1}))
    sending.stdin.close()
    quarantine = italy.folder / "files" / "sealed"
    while sending.poll() is None and not any(
        one.stat().st_size for one in quarantine.rglob("*") if one.is_file()
    ):
        time.sleep(0.002)
    italy.kill()
    sending.wait()
    sending.stdout.close()
    italy.start()
    # The next try goes on, or finds that all had come; either way it is there once.
    assert romania.run(DELIVER, row=row, hours=9)[0] == "delivered"
    assert italy.run("print(Incoming.objects.filter(thread=said['thread']).count())", thread=thread) == 1
    # The receipt of its opening comes back.
    romania.start()
    back = italy.run(OPENED, thread=thread)
    assert italy.run(DELIVER, row=back)[0] == "delivered"
    assert (
        romania.run("print(StoredReceipt.objects.filter(kind='opened', direction='received').count())") == 1
    )
    for node in nodes:
        checked = node.manage("verify_handover", thread)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "Every signature, hash and receipt holds." in checked.stdout
        assert node.manage("verify_ledger").returncode == 0


def test_what_is_sent_while_nobody_looks_is_delivered_by_the_sweep(nodes):
    romania, italy = nodes
    for node in nodes:
        if node.process is None:
            node.start()
    before = italy.run("print(Incoming.objects.count())")
    row = romania.run(SEND, to="help@it.connect.test", thread=str(uuid.uuid4()), size=1000)
    for _ in range(60):
        if (
            romania.run("print(json.dumps(Outgoing.objects.get(pk=said['row']).state))", row=row)
            == "delivered"
        ):
            break
        time.sleep(1)
    assert italy.run("print(Incoming.objects.count())") == before + 1
