"""Ports for the nodes of a test: nobody else's, also while several test processes run side by side."""

from __future__ import annotations

import os
import socket


_FIRST, _EACH = 20_000, 1_000
_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens on, from a range of this test process alone, and never the same twice."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _FIRST + worker * _EACH + os.getpid() % (_EACH // 2)
    for port in range(first, first + _EACH // 2):
        with socket.socket() as probe:
            if port not in _given and probe.connect_ex(("127.0.0.1", port)) != 0:
                _given.add(port)
                return port
    raise OSError("no free port")
