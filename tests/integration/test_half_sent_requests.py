"""Whoever sends half a request, or slowly, or nothing, does not keep a node from its people."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.integration.test_two_nodes_http import ROOT, Node
from tests.ports import free_port


pytestmark = [pytest.mark.service, pytest.mark.timeout(180)]
BIN = Path(sys.executable).parent
MANY = 20
"""More than a node has threads."""

HEADERS = b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %b\r\nContent-Length: 1000\r\n\r\n"
STATEMENT = HEADERS % (b"/exchange/envelopes", b"application/vnd.connect.envelope+json")
TOKEN = b"a" * 32
FORM = HEADERS.replace(b"\r\n\r\n", b"\r\nCookie: ro-csrf=" + TOKEN + b"\r\n\r\n") % (
    b"/account/login/",
    b"application/x-www-form-urlencoded",
)
FIELDS = b"csrfmiddlewaretoken=" + TOKEN + b"&login=a%40example.org&password="
LARGE = FORM.replace(b"1000", b"10000000")
UNREAD = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
HALVES = {
    "a statement": STATEMENT + b"{",
    "a receipt": HEADERS % (b"/exchange/receipts", b"application/vnd.connect.receipt+json") + b"{",
    "a body nobody announced": HEADERS.replace(b"POST", b"PUT")
    % (
        b"/exchange/envelopes/6f9c2f0e-6a53-4f5b-9f0b-0d3a5a3f0c11/body?offset=0",
        b"application/octet-stream",
    )
    + b"x",
    "a form": FORM + b"a",
    "a large form": LARGE + b"a",
    "a form in chunks": FORM.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked") + b"5\r\na",
    "the next one": b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /hea",
    "headers": b"GET /health HTTP/1.1\r\nHost: 12",
    "nothing": b"",
    "a body nobody reads": UNREAD % b"/exchange/keys/node",
    "a body nobody reads for people": UNREAD % b"/health",
}
IN_ANY_SERVER = ("a statement", "a receipt", "a body nobody announced")


class Apart(Node):
    """The pages alone, in gunicorn's own worker with threads."""

    def environment(self):
        return super().environment() | {"BROKER_URL": "redis://127.0.0.1:6379/0"}

    def start(self):
        words = [str(BIN / "gunicorn"), "connect.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            [*words, "--workers", "1", "--worker-class", "gthread", "--threads", "4", "--log-level", "error"],
            env=self.environment(),
            cwd=ROOT,
            start_new_session=True,
        )


@pytest.fixture(scope="module", params=[Node, Apart], ids=["node", "gunicorn"])
def node(request, tmp_path_factory):
    one = request.param("ro.connect.test", free_port(), tmp_path_factory.mktemp("ro"))
    migrated = one.manage("migrate", "--verbosity", "0")
    assert migrated.returncode == 0, migrated.stderr[-3000:]
    one.start()
    until = time.monotonic() + 60
    while not healthy(one):
        assert time.monotonic() < until
        time.sleep(0.1)
    yield one
    one.kill()


def healthy(node, patience=5):
    """Whether it says within this many seconds that it is well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{node.port}/health", timeout=patience) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def many(node, said, times=MANY):
    """So many connections on which this was said and no more."""
    with contextlib.ExitStack() as open_ones:
        connections = [
            open_ones.enter_context(socket.create_connection(("127.0.0.1", node.port), 10))
            for _ in range(times)
        ]
        for connection in connections:
            connection.sendall(said)
        yield connections


def answer(connection, seconds):
    """What the other side says until it hangs up or so much time has passed."""
    said = b""
    connection.settimeout(seconds)
    with contextlib.suppress(OSError):
        while piece := connection.recv(65536):
            said += piece
    return said


@pytest.mark.parametrize("half", HALVES)
def test_half_a_request_from_many_does_not_keep_the_node(node, half):
    if isinstance(node, Apart) and half not in IN_ANY_SERVER:
        pytest.skip("that much is the proxy's, and the node's own worker's")
    for _ in range(3):
        with many(node, HALVES[half]):
            for _ in range(3):
                assert healthy(node)


def entries(node):
    return node.run("from secure_exchange.models import Entry; print(Entry.objects.count())")


def test_only_so_many_statements_are_heard_at_once_and_each_for_a_time(node):
    if not isinstance(node, Apart):
        pytest.skip("the node's own worker gathers a statement before anybody hears it")
    with many(node, STATEMENT + b"{", times=6) as connections:
        answers = sorted(answer(connection, 15).split(b"\r\n")[0] for connection in connections)
        assert answers == [b"HTTP/1.1 408 Request Timeout"] * 3 + [b"HTTP/1.1 503 Service Unavailable"] * 3
        assert healthy(node)


def test_one_byte_at_a_time_is_cut_too(node):
    before = entries(node)
    began = time.monotonic()
    with many(node, STATEMENT, times=1) as (connection,):
        connection.settimeout(0.5)
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < began + 60:
                connection.sendall(b"x")
                with contextlib.suppress(TimeoutError):
                    assert connection.recv(65536)[:12] in {b"HTTP/1.1 408", b""}
                    break
    assert time.monotonic() - began < 30
    assert entries(node) == before


@pytest.mark.parametrize("size", [20_000, 200_000])
def test_a_form_in_a_slow_but_steady_hand_is_read_to_its_end(node, size):
    body = FIELDS + b"x" * size
    with socket.create_connection(("127.0.0.1", node.port), 10) as connection:
        connection.sendall(FORM.replace(b"1000", str(len(body)).encode()))
        for start in range(0, len(body), size // 8):
            connection.sendall(body[start : start + size // 8])
            time.sleep(0.3)
        assert answer(connection, 5)[:12] == b"HTTP/1.1 200"


def test_requests_on_one_connection_are_answered_in_their_order_however_they_are_cut(node):
    health = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    form = FORM.replace(b"1000", str(len(FIELDS)).encode()) + FIELDS
    last = health.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    said = health + form + health + STATEMENT + b"x" * 1000 + last
    expected = [b"200", b"200", b"200", b"422", b"200"]
    for size in (len(said), 7, 100, 1000):
        with socket.create_connection(("127.0.0.1", node.port), 10) as connection:
            for start in range(0, len(said), size):
                connection.sendall(said[start : start + size])
            answers = re.findall(rb"HTTP/1\.1 (\d{3})", answer(connection, 5))
        # After a refusal of another node's statement the connection may end.
        assert answers in (expected, expected[:4])


def test_a_form_in_chunks_and_one_that_asks_first_are_read(node):
    chunked = FORM.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked")
    asking = FORM.replace(b"1000\r\n", b"%d\r\nExpect: 100-continue\r\n" % len(FIELDS))
    in_chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(FIELDS), FIELDS)
    # Django takes no form without a length, and answers so.
    for said, status in ((chunked + in_chunks, b"403"), (asking + FIELDS, b"200")):
        with socket.create_connection(("127.0.0.1", node.port), 10) as connection:
            connection.sendall(said)
            assert re.findall(rb"HTTP/1\.1 ([2-5]\d\d)", answer(connection, 5)) == [status]
