"""To another node over HTTP, and what a hostile one may answer."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.urls import include, path

from secure_exchange import directory, keysets, profile, receipts, testing, views
from secure_exchange.carriers import (
    Answered,
    HttpsCarrier,
    Parcel,
    Unanswered,
    calls,
    https,
    introduce,
    look_again,
)
from secure_exchange.errors import KeysChanged
from secure_exchange.models import Incoming, Peer
from secure_exchange.profile import Profile
from secure_exchange.testing import Letter
from tests.factories.exchange import AT
from tests.factories.peers import says


urlpatterns = [path("exchange/", include("secure_exchange.urls"))]


PLACE = uuid.uuid4()


def test_an_envelope_goes_in_three_steps_and_in_pieces(peer, parcel, monkeypatch):
    monkeypatch.setattr(https, "PIECE", 4)
    says(peer, (201, {"place": str(PLACE), "offset": 0}), *[(200, {"offset": 0})] * 3, (200, b"receipt"))
    beats = []
    assert HttpsCarrier().deliver(parcel, at=AT, pulse=lambda: beats.append(1)) == b"receipt"
    assert [(method, path, content) for method, path, content, _ in peer.asked] == [
        ("POST", "/exchange/envelopes", b"{}"),
        ("PUT", f"/exchange/envelopes/{PLACE}/body?offset=0", b"0123"),
        ("PUT", f"/exchange/envelopes/{PLACE}/body?offset=4", b"4567"),
        ("PUT", f"/exchange/envelopes/{PLACE}/body?offset=8", b"89"),
        ("POST", f"/exchange/envelopes/{PLACE}/commit", b""),
    ]
    assert len(beats) == 5
    assert peer.asked[0][3]["Content-Type"] == "application/vnd.connect.envelope+json"


def test_an_upload_goes_on_where_the_other_side_says(peer, parcel):
    says(
        peer,
        (201, {"place": str(PLACE), "offset": 3}),
        (409, {"offset": 6}),
        (200, {"offset": 10}),
        (200, b"receipt"),
    )
    HttpsCarrier().deliver(parcel, at=AT)
    assert [content for _, _, content, _ in peer.asked] == [b"{}", b"3456789", b"6789", b""]


def test_a_side_that_says_another_offset_for_ever_is_left(peer, parcel):
    says(peer, (201, {"place": str(PLACE), "offset": 0}), *[(409, {"offset": 5})] * 20)
    with pytest.raises(Unanswered):
        HttpsCarrier().deliver(parcel, at=AT)
    assert len(peer.asked) == 1 + 1 + https.MAX_RESUMES


def test_what_is_there_already_is_not_sent_again(peer, parcel):
    says(peer, (200, b"receipt"))
    assert HttpsCarrier().deliver(parcel, at=AT) == b"receipt"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 422])
def test_an_answer_that_says_no_is_told_apart_from_silence(peer, parcel, status):
    says(peer, (status, {"type": "about:blank"}))
    with pytest.raises(Answered) as refused:
        HttpsCarrier().deliver(parcel, at=AT)
    assert refused.value.status == status


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 500, 502, 503])
def test_no_redirect_is_followed_and_a_broken_node_is_silence(peer, parcel, status):
    says(peer, (status, b"", {"Location": "http://127.0.0.1:1/"}))
    with pytest.raises(Unanswered):
        HttpsCarrier().deliver(parcel, at=AT)
    assert len(peer.asked) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 50_000,
        b"\xff",
        {"place": "../../commit", "offset": 0},
        {"place": 7, "offset": 0},
        {"place": str(PLACE)},
        {"place": str(PLACE), "offset": -1},
        {"place": str(PLACE), "offset": True},
        b"x" * (calls.MAX_ANSWER_BYTES + 1),
    ],
)
def test_an_answer_that_makes_no_sense_is_not_followed(peer, parcel, content):
    says(peer, (201, content))
    with pytest.raises(Unanswered):
        HttpsCarrier().deliver(parcel, at=AT)
    assert len(peer.asked) == 1


def test_an_answer_one_byte_at_a_time_does_not_hold_a_worker(monkeypatch):
    ticks = iter(range(0, 100_000, 30))
    monkeypatch.setattr(calls, "monotonic", lambda: next(ticks))
    dripping = SimpleNamespace(raw=SimpleNamespace(read1=lambda size: b"x"))
    with pytest.raises(Unanswered):
        calls._limited(dripping, 100)


@pytest.mark.parametrize(
    ("url", "demo"),
    [
        ("http://127.0.0.1:8402", False),
        ("http://example.test", True),
        ("http://127.0.0.1.example.test", True),
        ("http://localhost:8402", True),
        ("ftp://127.0.0.1", True),
        ("file:///etc/passwd", True),
        ("", True),
    ],
)
def test_only_tls_or_this_machine_in_a_demonstration_is_called(peers, monkeypatch, url, demo):
    monkeypatch.setattr(settings.CONNECT, "DEMO", demo)
    peers["it.connect.test"] = url
    with pytest.raises(Unanswered):
        calls.base_url("it.connect.test")


def test_a_node_on_the_list_is_called_at_its_address(peers):
    peers["it.connect.test"] = "https://exchange.example.test/"
    assert calls.base_url("it.connect.test") == "https://exchange.example.test"
    with pytest.raises(Unanswered):
        calls.base_url("pt.connect.test")


def test_a_proxy_of_the_environment_is_not_used(peer, parcel, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    says(peer, (200, b"receipt"))
    assert HttpsCarrier().deliver(parcel, at=AT) == b"receipt"


def test_nobody_listening_is_silence(peers, parcel):
    peers["it.connect.test"] = "http://127.0.0.1:1"
    with pytest.raises(Unanswered):
        HttpsCarrier().deliver(parcel, at=AT)


# Introductions


@pytest.mark.django_db
def test_keys_and_profile_are_fetched_and_learnt_but_not_trusted(peer, members):
    italy = members.italy
    said = Profile(
        address=italy.address, name="Casa Aperta", services=(), languages=(), categories=(), code_lists={},
        usual_answer_hours=1, issued=AT,
    )  # fmt: skip
    says(peer, (200, {"statements": [italy.statement.decode()]}), (200, profile.publish(said, italy.signer)))
    assert introduce(italy.address, at=AT) == italy.keys
    assert [asked[1] for asked in peer.asked] == [
        "/exchange/keys/casa-aperta",
        "/exchange/profile/casa-aperta",
    ]
    assert not Peer.objects.get().trusted


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [{}, [], {"statements": "x"}, {"statements": [1]}, {"statements": {}}])
def test_a_chain_that_makes_no_sense_is_not_learnt(peer, answer):
    says(peer, (200, answer))
    with pytest.raises(Unanswered):
        introduce("casa-aperta@it.connect.test", at=AT)


@pytest.mark.django_db
def test_peers_keys_are_looked_at_again_and_a_change_raises_the_alarm(peer, known, monkeypatch):
    assert look_again(at=AT + timedelta(hours=1)) == 0
    later = AT + timedelta(days=1)
    other = testing.member(known.italy.address, at=AT)
    says(
        peer,
        (200, {"statements": [other.statement.decode()]}),
        (200, {"statements": [known.italy_node.statement.decode()]}),
    )
    assert look_again(at=later) == 1
    with pytest.raises(KeysChanged):
        directory.trusted(known.italy.address, at=later)


# Against our own pages


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
def test_the_carrier_and_the_pages_understand_each_other(live_server, known, peers, monkeypatch):
    monkeypatch.setattr(views, "now", lambda: AT)
    monkeypatch.setattr(https, "PIECE", 1000)
    peers["ro.connect.test"] = live_server.url.replace("localhost", "127.0.0.1")
    envelope, name = Letter(sender=known.italy, receivers=[known.ours], at=AT, content=b"x" * 5000).seal()
    parcel = Parcel(
        statement=envelope.statement,
        body=name,
        size=envelope.manifest.payload.size,
        receiver=known.ours.address,
    )
    receipt = HttpsCarrier().deliver(parcel, at=AT)
    assert receipts.read(receipt, directory.Directory()).manifest == envelope.manifest.digest
    assert HttpsCarrier().deliver(parcel, at=AT) == receipt
    assert Incoming.objects.count() == 1
    with calls.calling("ro.connect.test") as call:
        chain = json.loads(call.get("/exchange/keys/pro-prietenia", 100_000))["statements"]
    assert keysets.read(chain[0].encode()) == known.ours.keys
