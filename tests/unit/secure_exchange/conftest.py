"""Members the tests of the exchange know."""

from __future__ import annotations

import http.server
import threading

import pytest
from django.conf import settings

from secure_exchange import bodies, signals
from secure_exchange.carriers import Parcel
from secure_exchange.outbox import queueing
from tests.factories import exchange
from tests.factories.peers import Answering


@pytest.fixture(scope="session")
def members():
    """All of them, in nobody's directory."""
    return exchange.members()


@pytest.fixture
def known(members, db):
    """The same, with everybody but the stranger in this node's directory."""
    exchange.acquaint(members)
    return members


@pytest.fixture
def rung(monkeypatch):
    """Which rows a worker was told to look at, and how much later."""
    calls = []

    class Bell:
        def __init__(self, name, args):
            assert name == "secure_exchange.deliver"
            self.args = args

        def apply_async(self, countdown, expires, retry):
            assert retry is False
            assert expires > countdown
            calls.append((*self.args, countdown))

    monkeypatch.setattr(queueing, "signature", Bell)
    return calls


@pytest.fixture
def heard():
    """The signals that were sent."""
    calls = []

    def listener(name):
        def listen(**what):
            what.pop("signal")
            what.pop("sender")
            calls.append((name, *what.values()))

        return listen

    wired = {name: listener(name) for name in ("arrived", "delivered", "undeliverable", "receipt_arrived")}
    for name, listen in wired.items():
        getattr(signals, name).connect(listen)
    yield calls
    for name, listen in wired.items():
        getattr(signals, name).disconnect(listen)


@pytest.fixture
def peers(monkeypatch):
    """Where other nodes are, in a demonstration."""
    known = {}
    monkeypatch.setattr(settings.CONNECT, "PEERS", known)
    monkeypatch.setattr(settings.CONNECT, "DEMO", True)
    return known


@pytest.fixture
def peer(peers):
    """A node in Italy that says what it is told to."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.asked, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    peers["it.connect.test"] = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def parcel():
    """Ten bytes for Italy."""
    name, file = bodies.new()
    with file:
        file.write(b"0123456789")
    return Parcel(statement=b"{}", body=name, size=10, receiver="casa-aperta@it.connect.test")
