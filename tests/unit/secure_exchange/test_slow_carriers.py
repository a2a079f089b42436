"""Slow ways out, slow answers, and small requests: what is slow arrives, and what never ends is ended."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import re
import socket
import ssl
import threading
import time
import uuid

import pytest
import requests.adapters
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from secure_exchange import bodies, inbox
from secure_exchange.carriers import (
    Answered,
    HttpsCarrier,
    LocalCarrier,
    Parcel,
    Step,
    Unanswered,
    calls,
    deadlines,
    https,
    local,
)
from secure_exchange.models import Announcement, Incoming
from secure_exchange.testing import Letter
from tests.factories.exchange import AT
from tests.factories.peers import says


PLACE = uuid.uuid4()
HERE = (201, {"place": str(PLACE), "offset": 0})


def body_of(size, receiver="casa-aperta@it.connect.test"):
    name, file = bodies.new()
    with file:
        file.write(bytes(size))
    return Parcel(statement=b"{}", body=name, size=size, receiver=receiver)


@contextlib.contextmanager
def listening(serve, *, receive_buffer=0, context=None):
    """A node that treats each connection as `serve` says; gives its port."""
    with socket.socket() as listener:
        if receive_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def accept():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with context.wrap_socket(connection, server_side=True) if context else connection as one:
                    serve(one)

        thread = threading.Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def read_slowly(connection):
    """Take a request of which four kibibytes at a time go through, then answer it."""
    came = b""
    while b"\r\n\r\n" not in came:
        came += connection.recv(4096)
    head, _, rest = came.partition(b"\r\n\r\n")
    left = int(re.search(rb"(?i)content-length: (\d+)", head)[1]) - len(rest)
    while left:
        time.sleep(0.006)
        piece = connection.recv(min(4096, left))
        if not piece:
            return head
        left -= len(piece)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")
    return head


def test_a_way_out_slower_than_the_time_out_is_no_silent_peer(peers, monkeypatch):
    """Half a mebibyte takes 0.8 seconds, and no block may take longer than 0.3."""
    monkeypatch.setattr(calls, "TIMEOUT", (0.3, 10))
    monkeypatch.setattr(deadlines, "UNSENT_BYTES", 4096)
    heads = []
    with listening(lambda one: heads.append(read_slowly(one)), receive_buffer=4096) as port:
        peers["it.connect.test"] = f"http://127.0.0.1:{port}"
        with calls.calling("it.connect.test") as call:
            assert call.put("/somewhere", bytes(512 * 1024), https.BODY) == (200, b"here")
    assert b"chunked" not in heads[0].lower()


def test_a_peer_that_takes_nothing_any_more_is_left(peers, monkeypatch):
    monkeypatch.setattr(calls, "TIMEOUT", (0.1, 0.1))
    monkeypatch.setattr(deadlines, "UNSENT_BYTES", 4096)
    done = threading.Event()
    with listening(lambda one: done.wait(5), receive_buffer=4096) as port:
        peers["it.connect.test"] = f"http://127.0.0.1:{port}"
        with calls.calling("it.connect.test") as call, pytest.raises(Unanswered):
            call.put("/somewhere", bytes(512 * 1024), https.BODY)
        done.set()


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """TLS for this machine, which requests then trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "made up")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2090, 1, 1, tzinfo=dt.UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, secret = tmp_path / "certificate", tmp_path / "key"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(public))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, secret)
    return context


def drip(beginning, piece, end):
    """Answer, a piece now and then for 0.9 seconds, or as long as somebody listens."""

    def serve(connection):
        connection.recv(4096)
        with contextlib.suppress(OSError):
            connection.sendall(beginning)
            for _ in range(30):
                time.sleep(0.03)
                connection.sendall(piece)
            connection.sendall(end)

    return serve


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        drip(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", b"content-length: 4\r\n\r\nhere"),
        drip(b"HTTP/1.1 200 OK\r\n", b"x", b": y\r\ncontent-length: 4\r\n\r\nhere"),
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x", b""),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"),
    ],
    ids=["headers", "one header", "content", "interim answers"],
)
def test_an_answer_that_drips_ends_with_the_request(peers, monkeypatch, certificate, answer, tls):
    monkeypatch.setattr(calls, "REQUEST_SECONDS", 0.2)
    with listening(answer, context=certificate if tls else None) as port:
        peers["it.connect.test"] = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        with calls.calling("it.connect.test") as call, pytest.raises(Unanswered):
            call.get("/somewhere", 1000)


def test_an_answer_over_tls_that_comes_in_time_is_taken(peers, certificate):
    def answer(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")

    with listening(answer, context=certificate) as port:
        peers["it.connect.test"] = f"https://127.0.0.1:{port}"
        with calls.calling("it.connect.test") as call:
            assert call.get("/somewhere", 1000) == b"here"


def test_the_end_of_one_request_does_not_shorten_the_next(peer, monkeypatch):
    monkeypatch.setattr(calls, "REQUEST_SECONDS", 0.2)
    says(peer, (200, b"one"), (200, b"two"))
    with calls.calling("it.connect.test") as call:
        assert call.get("/one", 10) == b"one"
        assert call.get("/two", 10) == b"two"


# Pieces


def sizes(peer):
    return [len(content) for method, _, content, _ in peer.asked if method == "PUT"]


def test_pieces_grow_where_they_pass_quickly(peer, monkeypatch):
    monkeypatch.setattr(https, "FIRST_PIECE", 100)
    monkeypatch.setattr(https, "PIECE", 400)
    says(peer, HERE, *[(200, {})] * 4, (200, b"receipt"))
    assert HttpsCarrier().deliver(body_of(1000), at=AT) == b"receipt"
    assert sizes(peer) == [100, 200, 400, 300]


def test_pieces_stay_small_where_they_pass_slowly(peer, monkeypatch):
    monkeypatch.setattr(https, "FIRST_PIECE", 100)
    monkeypatch.setattr(https, "QUICK_SECONDS", 0)
    says(peer, HERE, *[(200, {})] * 3, (200, b"receipt"))
    HttpsCarrier().deliver(body_of(300), at=AT)
    assert sizes(peer) == [100, 100, 100]


def test_pieces_that_are_too_large_for_what_stands_between_become_smaller(peer, monkeypatch):
    monkeypatch.setattr(https, "FIRST_PIECE", 100)
    monkeypatch.setattr(https, "SMALLEST_PIECE", 20)
    says(peer, HERE, (413, b"<html>"), (413, b"<html>"), *[(200, {})] * 4, (200, b"receipt"))
    HttpsCarrier().deliver(body_of(100), at=AT)
    assert sizes(peer) == [100, 50, 25, 25, 25, 25]


def test_a_piece_that_cannot_become_smaller_is_refused(peer, monkeypatch):
    monkeypatch.setattr(https, "FIRST_PIECE", 100)
    monkeypatch.setattr(https, "SMALLEST_PIECE", 100)
    says(peer, HERE, (413, b"<html>"))
    with pytest.raises(Answered) as refused:
        HttpsCarrier().deliver(body_of(1000), at=AT)
    assert (refused.value.status, refused.value.step, refused.value.confirmed) == (413, Step.UPLOAD, 0)


def test_a_long_upload_gives_others_their_turn_and_goes_on_later(peer, monkeypatch):
    monkeypatch.setattr(https, "FIRST_PIECE", 100)
    monkeypatch.setattr(https, "TURN_SECONDS", 50)
    ticks = iter(range(0, 10_000, 10))
    monkeypatch.setattr(https, "monotonic", lambda: next(ticks))
    says(peer, HERE, *[(200, {})] * 2)
    with pytest.raises(Unanswered) as pause:
        HttpsCarrier().deliver(body_of(1000), at=AT)
    assert (pause.value.code, pause.value.step) == ("to-be-continued", Step.UPLOAD)
    assert pause.value.confirmed == sum(sizes(peer))


@pytest.mark.parametrize(
    ("answers", "step", "confirmed"),
    [
        ([(500, b"")], Step.ANNOUNCE, None),
        ([(201, {"place": str(PLACE), "offset": 3}), (500, b"")], Step.UPLOAD, 3),
        ([(201, {"place": str(PLACE), "offset": 3}), *[(409, {"offset": 6})] * 6], Step.UPLOAD, 6),
        ([HERE, (200, {}), (500, b"")], Step.COMMIT, 10),
        ([HERE, (200, {}), (422, b"")], Step.COMMIT, 10),
        # It told how much is there, so it has not taken the envelope.
        ([HERE, (200, {}), (409, {"offset": 2})], Step.UPLOAD, 10),
    ],
)
def test_a_fault_says_how_far_it_came(peer, parcel, answers, step, confirmed):
    says(peer, *answers)
    with pytest.raises((Answered, Unanswered)) as fault:
        HttpsCarrier().deliver(parcel, at=AT)
    assert (fault.value.step, fault.value.confirmed) == (step, confirmed)


@pytest.mark.parametrize("pulses", [1, 2, 3])
def test_an_upload_whose_pulse_stops_asks_nothing_more(peer, parcel, pulses):
    says(peer, HERE, (200, {}), (200, b"receipt"))
    left = [pulses]

    def pulse():
        left[0] -= 1
        if not left[0]:
            raise Unanswered("stopped")

    with pytest.raises(Unanswered) as stopped:
        HttpsCarrier().deliver(parcel, at=AT, pulse=pulse)
    assert stopped.value.step is not Step.COMMIT
    assert len(peer.asked) == pulses - 1


def test_asking_sends_the_statement_only(peer, parcel):
    says(peer, (200, b"receipt"), HERE)
    assert HttpsCarrier().ask(parcel, at=AT) == b"receipt"
    assert HttpsCarrier().ask(parcel, at=AT) is None
    assert [(method, path) for method, path, _, _ in peer.asked] == [("POST", "/exchange/envelopes")] * 2


# Between neighbours


@pytest.mark.django_db
def test_a_body_for_a_neighbour_goes_in_pieces_with_a_pulse_before_each(known, monkeypatch):
    monkeypatch.setattr(local, "PIECE", 1000)
    sealed, name = Letter(sender=known.ours, receivers=[known.neighbour], at=AT, content=bytes(5000)).seal()
    parcel = Parcel(
        statement=sealed.statement,
        body=name,
        size=sealed.manifest.payload.size,
        receiver=known.neighbour.address,
    )
    assert LocalCarrier().ask(parcel, at=AT) is None
    beats = []
    receipt = LocalCarrier().deliver(parcel, at=AT, pulse=lambda: beats.append(1))
    assert len(beats) == 2 + -(-parcel.size // 1000)
    assert Incoming.objects.count() == 1
    assert LocalCarrier().ask(parcel, at=AT) == receipt


@pytest.mark.django_db
def test_a_body_for_a_neighbour_that_is_too_short_is_no_endless_loop(known):
    sealed, name = Letter(sender=known.ours, receivers=[known.neighbour], at=AT).seal()
    with bodies.writing(name) as file:
        file.truncate(10)
    parcel = Parcel(
        statement=sealed.statement,
        body=name,
        size=sealed.manifest.payload.size,
        receiver=known.neighbour.address,
    )
    with pytest.raises(Unanswered) as fault:
        LocalCarrier().deliver(parcel, at=AT)
    assert (fault.value.code, fault.value.step) == ("body-missing", Step.UPLOAD)


@pytest.mark.django_db
def test_an_inbox_that_is_busy_with_it_may_be_taking_it_in(known, monkeypatch):
    sealed, name = Letter(sender=known.ours, receivers=[known.neighbour], at=AT).seal()
    parcel = Parcel(
        statement=sealed.statement,
        body=name,
        size=sealed.manifest.payload.size,
        receiver=known.neighbour.address,
    )
    announced = inbox.announce(parcel.statement, at=AT)
    with (
        bodies.writing(Announcement.objects.get(place=announced.place).body),
        pytest.raises(Unanswered) as busy,
    ):
        LocalCarrier().deliver(parcel, at=AT)
    assert (busy.value.code, busy.value.step) == ("busy", Step.COMMIT)
