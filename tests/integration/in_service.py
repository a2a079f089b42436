"""Nodes as they run in service: gunicorn, worker and beat as processes of their own, PostgreSQL, a broker."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from connect.demo.organisations import DemoNode
from connect.demo.processes import answers, environment


ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SERVER = "postgres://postgres@127.0.0.1:5432"
PATIENCE_SECONDS = 60
BROKERS = {"rabbitmq": "amqp://guest:guest@127.0.0.1:5672//", "redis": "redis://127.0.0.1:6379/0"}


@contextlib.contextmanager
def databases(nodes: list[DemoNode]) -> Iterator[dict[str, str]]:
    """A database of its own for each node, dropped at the end; gives their addresses by the node's key."""
    names = {node.key: f"connect_{node.key}_{secrets.token_hex(4)}" for node in nodes}
    with psycopg.connect(
        f"{SERVER.replace('postgres://', 'postgresql://')}/postgres", autocommit=True
    ) as admin:
        for name in names.values():
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield {key: f"{SERVER}/{name}" for key, name in names.items()}
        finally:
            for name in names.values():
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class InService:
    """Demo nodes, seeded as the demo seeds them, run as docs/administrators.md says."""

    def __init__(self, nodes: list[DemoNode], folder: Path, urls: Mapping[str, str], broker: str) -> None:
        self.nodes, self.folder = nodes, folder
        self.seen = {
            node.key: environment(node, nodes, folder)
            | {"DATABASE_URL": urls[node.key], "BROKER_URL": broker}
            for node in nodes
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def prepare(self) -> None:
        """Databases, organisations, people and cases; each knows the other."""
        for node in self.nodes:
            (self.folder / node.key).mkdir(parents=True, mode=0o700)
        self._seed()
        self._seed("--peers", *(str(self.folder / node.key / "published.json") for node in self.nodes))

    def _seed(self, *words: str) -> None:
        seeding = [
            subprocess.Popen(
                [sys.executable, "manage.py", "seed_demo", node.key, *words],
                env=self.seen[node.key],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
            for node in self.nodes
        ]
        assert [process.wait() for process in seeding] == [0 for _ in seeding]

    def start(self) -> None:
        """Start every process of every node."""
        worker = ["--worker-class", "connect.patience.PatientWorker", "--threads", "8"]
        pages = ["--workers", "2", *worker, "--log-level", "error"]
        for node in self.nodes:
            schedule = str(self.folder / node.key / "beat")
            for words in (
                [str(BIN / "gunicorn"), "connect.wsgi", "--bind", f"127.0.0.1:{node.port}", *pages],
                [str(BIN / "celery"), "-A", "connect", "worker", "--concurrency", "2", "--loglevel", "ERROR"],
                [str(BIN / "celery"), "-A", "connect", "beat", "--schedule", schedule, "--loglevel", "ERROR"],
            ):
                with (self.folder / node.key / "node.log").open("ab") as log:
                    self.processes.append(
                        subprocess.Popen(
                            words,
                            env=self.seen[node.key],
                            cwd=ROOT,
                            stdout=log,
                            stderr=log,
                            start_new_session=True,
                        )
                    )

    def logs(self) -> str:
        """What the nodes said, for who has to find out why a test failed."""
        return "\n".join((self.folder / node.key / "node.log").read_text() for node in self.nodes)

    def stop(self) -> None:
        """End all of them, and what they started."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def running(nodes: list[DemoNode], folder: Path, broker: str) -> Iterator[InService]:
    """The nodes, seeded and answering, until the end of the block."""
    with databases(nodes) as urls:
        service = InService(nodes, folder, urls, BROKERS[broker])
        service.prepare()
        service.start()
        try:
            until = time.monotonic() + PATIENCE_SECONDS
            while not all(answers(node) for node in nodes):
                assert time.monotonic() < until, service.logs()
                time.sleep(0.1)
            yield service
        finally:
            service.stop()
