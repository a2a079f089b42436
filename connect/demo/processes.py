"""The demo's nodes as child processes: prepared side by side, started, watched and stopped together."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

from connect.demo.organisations import PASSWORD, DemoNode


SEEDED = "seeded"
READY_SECONDS = 60
OURS = ("CONNECT_", "DATABASE_", "BROKER_", "SECRET_", "ALLOWED_")


class DemoError(Exception):
    """Something a person can mend; its text says what."""


def environment(node: DemoNode, nodes: Iterable[DemoNode], folder: Path) -> dict[str, str]:
    """What the processes of this node see; nothing of the surrounding installation leaks in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | {
        "CONNECT_DATA": str(folder / node.key),
        "CONNECT_NODE_HOST": node.host,
        "CONNECT_NODE_COUNTRY": node.country,
        "CONNECT_PEERS": ",".join(f"{other.host}={other.url}" for other in nodes if other != node),
        "CONNECT_DEMO": "1",
        "CONNECT_DEMO_PASSWORD": PASSWORD,
        "CONNECT_SECURE": "0",
        "CONNECT_PUBLISHED_KEYS_DAYS": "90",
        "PYTHONUNBUFFERED": "1",
    }


def require_free_ports(nodes: Iterable[DemoNode]) -> None:
    """Raise DemoError naming the first port somebody else listens on."""
    for node in nodes:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", node.port))
            except OSError as error:
                raise DemoError(
                    f"Port {node.port} is taken by another program, and the {node.country} node needs it. "
                    "Stop that program (or another ./run demo) and try again."
                ) from error


def prepare(nodes: list[DemoNode], folder: Path, say: Callable[[str], None]) -> None:
    """Make each node's database, organisations and people, let them know each other, bring in the cases.

    Does nothing where it was done before; a preparation cut short begins again from nothing.
    """
    new = [node for node in nodes if not (folder / node.key / SEEDED).exists()]
    if not new:
        return
    for node in nodes:
        shutil.rmtree(folder / node.key, ignore_errors=True)
        (folder / node.key).mkdir(parents=True, mode=0o700)
    say("Making three nodes: databases, organisations, keys and people …")
    _side_by_side(nodes, folder, lambda node: ["seed_demo", node.key])
    published = [str(folder / node.key / "published.json") for node in nodes]
    say("Letting the organisations know each other, and bringing in the made-up cases …")
    _side_by_side(nodes, folder, lambda node: ["seed_demo", node.key, "--peers", *published])
    for node in nodes:
        (folder / node.key / SEEDED).write_text(json.dumps({"node": node.key}) + "\n")


def _side_by_side(nodes: list[DemoNode], folder: Path, words: Callable[[DemoNode], list[str]]) -> None:
    started = [(node, _start(words(node), environment(node, nodes, folder))) for node in nodes]
    failed = [node.country for node, process in started if process.wait() != 0]
    if failed:
        raise DemoError(
            f"Preparing {', '.join(failed)} failed; the lines above say why. Try ./run demo-reset."
        )


def _start(words: list[str], seen: dict[str, str], log: Path | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", *words]
    if log is None:
        return subprocess.Popen(command, env=seen, start_new_session=True)  # noqa: S603
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603
            command, env=seen, stdout=output, stderr=output, start_new_session=True
        )


class Running:
    """The started nodes; use as a context so that none is left behind."""

    def __init__(self, nodes: list[DemoNode], folder: Path) -> None:
        """Start every node at once; each writes to its own log."""
        self.folder = folder
        self.processes = [
            (
                node,
                _start(
                    ["node", "--bind", f"127.0.0.1:{node.port}"],
                    environment(node, nodes, folder),
                    self._log(node),
                ),
            )
            for node in nodes
        ]

    def _log(self, node: DemoNode) -> Path:
        return self.folder / node.key / "node.log"

    def __enter__(self) -> Self:
        """The nodes, perhaps not yet answering."""
        return self

    def __exit__(self, *error: object) -> None:
        """Ask every node to stop, and insist after five seconds."""
        for _, process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for _, process in self.processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def wait_until_ready(self) -> None:
        """Return when every node answers; DemoError when one ended or takes too long."""
        for node, process in self.processes:
            deadline = time.monotonic() + READY_SECONDS
            while not answers(node):
                if process.poll() is not None:
                    raise DemoError(
                        f"The {node.country} node stopped while starting; {self._log(node)} ends so:\n"
                        + self._log(node).read_text(errors="replace")[-2000:]
                    )
                if time.monotonic() > deadline:
                    raise DemoError(f"The {node.country} node did not answer within {READY_SECONDS} seconds.")
                time.sleep(0.1)

    def wait(self) -> None:
        """Return when a node has ended by itself."""
        while all(process.poll() is None for _, process in self.processes):
            time.sleep(0.5)
        ended = [node.country for node, process in self.processes if process.poll() is not None]
        raise DemoError(f"The {', '.join(ended)} node stopped by itself; stopping the others.")


def answers(node: DemoNode) -> bool:
    """Whether the node says that it is well."""
    try:
        with urllib.request.urlopen(f"{node.url}/health", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
