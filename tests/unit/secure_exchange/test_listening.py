"""Who sends slowly, or by half, is cut; and all other nodes together leave room for people."""

from __future__ import annotations

import contextlib
import socket
import threading
import uuid

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import include, path

from secure_exchange import bodies, inbox, listening, views
from secure_exchange.models import Announcement, Entry
from secure_exchange.testing import Letter
from tests.factories.exchange import AT


urlpatterns = [path("exchange/", include("secure_exchange.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
ENVELOPE = "application/vnd.connect.envelope+json"
RECEIPT = "application/vnd.connect.receipt+json"
BODY = "application/octet-stream"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(views, "now", lambda: AT)


@pytest.fixture
def wire():
    """A connection: our end, and the other side's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


class Reader:
    """Reads from the connection as a web server does: all that was asked for, or up to its end."""

    def __init__(self, channel):
        self.channel = channel

    def read(self, size):
        data = b""
        while len(data) < size and (piece := self.channel.recv(size - len(data))):
            data += piece
        return data


def over(wire, method, address, media_type, length):
    """A request whose body comes over the connection."""
    request = getattr(RequestFactory(), method)(address)
    request.META |= {
        "CONTENT_TYPE": media_type,
        "CONTENT_LENGTH": str(length),
        listening.CHANNEL: wire[0],
    }
    request._stream = Reader(wire[0])
    return request


def announced(wire, length=1000):
    return views.announce(over(wire, "post", "/exchange/envelopes", ENVELOPE, length))


@pytest.mark.parametrize(
    ("view", "media_type"),
    [(views.announce, ENVELOPE), (views.receipt, RECEIPT)],
    ids=["announce", "receipt"],
)
@pytest.mark.parametrize("limit", ["SILENCE_SECONDS", "READING_SECONDS"])
def test_half_a_statement_is_not_waited_for_and_no_entry(wire, monkeypatch, view, media_type, limit):
    monkeypatch.setattr(listening, limit, 0.05)
    wire[1].send(b"{")
    answer = view(over(wire, "post", "/", media_type, 1000))
    assert answer.status_code == 408
    assert not Entry.objects.exists()
    # The server, which throws away what is left, finds an end.
    wire[0].settimeout(5)
    assert wire[0].recv(1) == b""


def test_a_connection_that_ends_early_is_a_400_and_no_entry(wire):
    wire[1].send(b"{")
    wire[1].close()
    assert announced(wire).status_code == 400
    assert not Entry.objects.exists()


def test_a_whole_statement_is_heard_and_the_connection_goes_on(wire, known):
    envelope, _ = Letter(sender=known.italy, receivers=[known.ours], at=AT).seal()
    wire[0].settimeout(7)
    wire[1].send(envelope.statement + b"next")
    assert announced(wire, len(envelope.statement)).status_code == 201
    assert wire[0].gettimeout() == 7
    assert wire[0].recv(4) == b"next"
    assert threading.active_count() == 1 or not [
        one for one in threading.enumerate() if isinstance(one, threading.Timer) and not one.finished.is_set()
    ]


def test_a_piece_of_a_body_that_stops_keeps_what_came(wire, known, monkeypatch):
    envelope, name = Letter(sender=known.italy, receivers=[known.ours], at=AT).seal()
    with bodies.open_body(name) as body:
        content = body.read()
    place = inbox.announce(envelope.statement, at=AT).place
    monkeypatch.setattr(listening, "READING_SECONDS", 0)
    monkeypatch.setattr(listening, "BYTES_A_SECOND", len(content) * 20)
    wire[1].send(content[:100])
    request = over(wire, "put", "/?offset=0", BODY, len(content))
    assert views.body(request, place).status_code == 408
    assert bodies.size(Announcement.objects.get().body) == 100
    assert inbox.announce(envelope.statement, at=AT).offset == 100


def test_a_refusal_does_not_wait_for_what_it_does_not_read(wire):
    for media_type, expected in ((BODY, 404), ("text/plain", 415)):
        answer = views.body(over(wire, "put", "/?offset=0", media_type, 1000), uuid.uuid4())
        assert answer.status_code == expected
    wire[0].settimeout(5)
    assert wire[0].recv(1) == b""


def test_no_more_are_heard_at_once_than_there_are_seats():
    listening._seats.cache_clear()
    client = Client()
    with contextlib.ExitStack() as taken:
        for _ in range(settings.CONNECT.EXCHANGE_REQUESTS):
            assert client.get("/exchange/keys/nobody").status_code == 404
            assert taken.enter_context(listening.seat())
        for answer in (
            client.get("/exchange/keys/nobody"),
            client.post("/exchange/envelopes", data=b"{}", content_type=ENVELOPE),
        ):
            assert answer.status_code == 503
            assert int(answer["Retry-After"]) > 0
            assert answer["Content-Type"] == "application/problem+json"
    assert client.get("/exchange/keys/nobody").status_code == 404
    assert not Entry.objects.exists()
