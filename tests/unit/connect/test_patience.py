"""A connection gathers a request before a thread reads it, and a thread waits within a budget."""

from __future__ import annotations

import socket

import pytest

from connect import patience
from connect.patience import WHOLE_BYTES, PatientSocket, length_of


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"


@pytest.fixture
def wire():
    """Our patient end of a connection, and the other side's."""
    ours, theirs = socket.socketpair()
    with PatientSocket(ours) as patient, theirs:
        patient.setblocking(False)
        yield patient, theirs


@pytest.mark.parametrize(
    ("begun", "length"),
    [
        (b"", 0),
        (GET[:-1], 0),
        (GET, len(GET)),
        (GET + b"GET", len(GET)),
        (POST, len(POST) + 5),
        (POST.lower(), len(POST) + 5),
        (POST.replace(b": 5", b":\t5 "), len(POST) + 6),
        (POST.replace(b"Content-Length: 5", b"Transfer-Encoding: chunked"), None),
        (POST.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"), None),
        (b"GET /?a=\r\ncontent-length: 7 HTTP/1.1", 0),
        (POST.replace(b"5", b"9" * 16), len(POST) + 15),
    ],
)
def test_the_length_of_a_request_is_known_once_its_headers_are(begun, length):
    assert length_of(begun) == length


@pytest.mark.parametrize("request_", [GET, POST + b"hello"])
def test_a_request_is_handed_on_whole_and_no_further(wire, request_):
    ours, theirs = wire
    for byte in request_[:-1]:
        theirs.send(bytes([byte]))
        assert not ours.gather(more=True)
    theirs.send(request_[-1:] + GET)
    assert ours.gather(more=True)
    assert (ours.large, ours.goes_on) == (False, True)
    assert b"".join(iter(lambda: ours.recv(7) if ours.ahead and ours._request else b"", b"")) == request_
    assert ours.ahead
    assert ours.gather(more=False)
    assert ours.recv(8192) == GET
    assert not ours.ahead


def test_a_large_request_is_read_by_a_thread_and_no_further_either(wire):
    ours, theirs = wire
    body = b"x" * WHOLE_BYTES
    theirs.send(POST.replace(b": 5", b": %d" % len(body)))
    assert ours.gather(more=True)
    assert ours.large
    ours.setblocking(True)
    whole = ours.recv(8192)
    theirs.settimeout(5)
    while len(whole) < length_of(whole):
        theirs.send(body[:8000] if length_of(whole) - len(whole) > 8000 else body[:8000] + GET)
        whole += ours.recv(8192)
    assert len(whole) == length_of(whole)


def test_headers_without_an_end_are_read_by_a_thread(wire):
    ours, theirs = wire
    theirs.setblocking(False)
    ready = False
    for _ in range(100):
        theirs.send(b"a" * 1000)
        ready = ours.gather(more=True)
        if ready:
            break
    assert ready
    assert ours.large


def test_who_hung_up_gets_no_thread(wire):
    ours, theirs = wire
    theirs.send(GET[:5])
    assert not ours.gather(more=True)
    theirs.close()
    with pytest.raises(ConnectionError):
        ours.gather(more=True)


def test_nothing_to_take_in_is_waited_for_by_nobody(wire):
    with pytest.raises(BlockingIOError):
        wire[0].gather(more=True)


@pytest.mark.parametrize("limit", ["silence", "budget"])
def test_a_thread_waits_within_a_budget(wire, monkeypatch, limit):
    ours, theirs = wire
    if limit == "silence":
        monkeypatch.setattr(patience, "SILENCE_SECONDS", 0.01)
    else:
        ours.allow(0.01)
    with pytest.raises(TimeoutError):
        ours.recv(1)
    ours.allow(5)
    theirs.send(b"a")
    assert ours.recv(1) == b"a"
    # An answer has a time of its own.
    assert ours.gettimeout() == patience.SENDING_SECONDS


def test_bytes_that_come_refill_the_budget_to_its_beginning_and_no_further(wire):
    ours, theirs = wire
    ours.allow(1)
    theirs.send(b"x" * patience.BYTES_A_SECOND)
    ours.recv(patience.BYTES_A_SECOND)
    assert 1.5 < ours._left <= 2
    ours.allow(patience.BUDGET_SECONDS)
    theirs.send(b"x" * patience.BYTES_A_SECOND)
    ours.recv(patience.BYTES_A_SECOND)
    assert ours._left == patience.BUDGET_SECONDS


def test_a_closed_connection_stays_closed(wire):
    wire[0].close()
    wire[0].setblocking(True)
