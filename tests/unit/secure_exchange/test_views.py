"""Where other nodes call: strict about what they send, silent about why it is refused."""

from __future__ import annotations

import tracemalloc
import uuid

import pytest
from django.http import UnreadablePostError
from django.test import Client, RequestFactory
from django.urls import include, path, reverse

from secure_exchange import bodies, directory, keysets, node_keys, profile, views
from secure_exchange.models import Announcement, Entry, Incoming, Outgoing
from secure_exchange.profile import Profile
from secure_exchange.testing import Letter, signed_receipt
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
def node():
    """A client that a form's protection would stop."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def letter(known):
    envelope, name = Letter(sender=known.italy, receivers=[known.ours], at=AT).seal()
    with bodies.open_body(name) as body:
        return envelope, body.read()


def announce(node, statement, media_type=ENVELOPE):
    return node.post("/exchange/envelopes", data=statement, content_type=media_type)


def put(node, place, offset, content, media_type=BODY):
    return node.put(
        f"/exchange/envelopes/{place}/body?offset={offset}", data=content, content_type=media_type
    )


def assert_problem(answer, status, **members):
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document.pop("title")
    assert document == {"type": "about:blank", "status": status} | members


def test_three_steps_end_with_a_receipt_and_can_be_repeated(node, letter):
    envelope, content = letter
    answer = announce(node, envelope.statement)
    assert answer.status_code == 201
    place = answer.json()["place"]
    assert answer.json() == {"place": place, "offset": 0}
    assert put(node, place, 0, content[:50]).json() == {"offset": 50}
    assert_problem(put(node, place, 0, content), 409, offset=50)
    assert announce(node, envelope.statement).json() == {"place": place, "offset": 50}
    assert_problem(node.post(f"/exchange/envelopes/{place}/commit"), 409, offset=50)
    assert put(node, place, 50, content[50:]).json() == {"offset": len(content)}
    receipt = node.post(f"/exchange/envelopes/{place}/commit")
    assert (receipt.status_code, receipt["Content-Type"]) == (200, RECEIPT)
    again = announce(node, envelope.statement)
    assert (again.status_code, again.content) == (200, receipt.content)
    assert node.post(f"/exchange/envelopes/{place}/commit").content == receipt.content
    assert "no-store" in receipt["Cache-Control"]
    assert Incoming.objects.count() == 1


def test_a_refusal_tells_the_peer_its_status_and_the_ledger_its_cause(node, known):
    envelope, _ = Letter(sender=known.stranger, receivers=[known.ours], at=AT).seal()
    assert_problem(announce(node, envelope.statement), 403)
    assert Entry.objects.order_by("sequence").last().reason == "unknown-sender"
    assert_problem(announce(node, b"{}"), 422)


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ENVELOPE + "; charset=utf-8", ""])
def test_another_content_type_is_not_even_read(node, letter, media_type):
    assert_problem(announce(node, letter[0].statement, media_type), 415)
    assert_problem(node.post("/exchange/receipts", data=b"{}", content_type=media_type), 415)
    assert_problem(put(node, uuid.uuid4(), 0, b"x", media_type), 415)


def test_too_much_and_a_length_nobody_told_are_refused_unread(node, known):
    assert_problem(announce(node, b"x" * (64 * 1024 + 1)), 413)
    assert_problem(node.post("/exchange/receipts", data=b"x" * (64 * 1024 + 1), content_type=RECEIPT), 413)
    for length in ("", "-1", "1e3", "1" * 16):
        answer = node.post("/exchange/envelopes", data=b"{}", content_type=ENVELOPE, CONTENT_LENGTH=length)
        assert_problem(answer, 411)
    assert not Entry.objects.filter(act="envelope.refused").exists()


def test_a_body_larger_than_announced_is_refused(node, letter):
    envelope, content = letter
    place = announce(node, envelope.statement).json()["place"]
    assert_problem(put(node, place, 0, content + b"x"), 413)


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.0", "9" * 16])
def test_an_offset_is_a_number(node, letter, offset):
    place = announce(node, letter[0].statement).json()["place"]
    assert_problem(put(node, place, offset, b"x"), 422)


def test_places_that_do_not_exist_are_not_here(node, known):
    assert_problem(put(node, uuid.uuid4(), 0, b"x"), 404)
    assert_problem(node.post(f"/exchange/envelopes/{uuid.uuid4()}/commit"), 404)


@pytest.mark.parametrize(
    ("name", "arguments", "methods"),
    [
        ("exchange-announce", [], {"post"}),
        ("exchange-body", [uuid.uuid4()], {"put"}),
        ("exchange-commit", [uuid.uuid4()], {"post"}),
        ("exchange-receipts", [], {"post"}),
        ("exchange-keys", ["node"], {"get"}),
        ("exchange-profile", ["node"], {"get"}),
    ],
)
def test_each_address_takes_one_method(node, name, arguments, methods, db):
    address = reverse(name.replace("receipts", "receipt"), args=arguments)
    for method in {"get", "post", "put", "delete", "patch"} - methods:
        assert getattr(node, method)(address).status_code == 405


def test_a_body_goes_to_the_disk_in_pieces(node, known):
    content = bytes(20 * 1024 * 1024)
    record = Letter(
        sender=known.italy, receivers=[known.ours], at=AT, kind="record", part="health", content=content
    )
    envelope, name = record.seal()
    with bodies.open_body(name) as body:
        sealed = body.read()
    place = announce(node, envelope.statement).json()["place"]
    (announced,) = Announcement.objects.all()
    tracemalloc.start()
    try:
        request = RequestFactory().put("/?offset=0", data=sealed, content_type=BODY)
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        assert views.body(request, uuid.UUID(place)).status_code == 200
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 3 * 1024 * 1024
    assert bodies.size(announced.body) == len(sealed)


def test_a_connection_that_breaks_leaves_what_came(node, letter):
    envelope, content = letter
    place = announce(node, envelope.statement).json()["place"]
    request = RequestFactory().put("/?offset=0", data=content, content_type=BODY)
    pieces = iter([content[:10]])

    def read(size):
        try:
            return next(pieces)
        except StopIteration:
            raise UnreadablePostError from None

    request.read = read
    assert views.body(request, uuid.UUID(place)).status_code == 400
    assert announce(node, envelope.statement).json()["offset"] == 10


def test_a_receipt_is_taken_and_given_back(node, known):
    envelope, name = Letter(sender=known.ours, receivers=[known.italy], at=AT).seal()
    manifest = envelope.manifest
    Outgoing.objects.create(
        envelope=manifest.id, thread=manifest.thread, kind="offer", sender=known.ours.address,
        receiver=known.italy.address, digest=manifest.digest, statement=envelope.statement, body=name,
        created=AT, expires=manifest.expires, state="delivered", queued_at=AT, next_at=AT, ended_at=AT,
    )  # fmt: skip
    receipt = signed_receipt("opened", manifest, known.italy, at=AT)
    for _ in range(2):
        answer = node.post("/exchange/receipts", data=receipt, content_type=RECEIPT)
        assert (answer.status_code, answer.content) == (200, receipt)
    other = signed_receipt("opened", manifest, known.neighbour, at=AT)
    assert_problem(node.post("/exchange/receipts", data=other, content_type=RECEIPT), 404)


def test_keys_and_profiles_of_our_own_are_public_and_of_others_are_not_here(node, known):
    said = Profile(
        address=known.ours.address, name="Pro Prietenia", services=("LEGAL",), languages=("ro",),
        categories=("health",), code_lists={}, usual_answer_hours=8, issued=AT,
    )  # fmt: skip
    directory.learn_profile(known.ours.address, profile.publish(said, known.ours.signer), at=AT)
    answer = node.get("/exchange/keys/pro-prietenia").json()
    assert answer["address"] == known.ours.address
    assert keysets.read_chain([one.encode() for one in answer["statements"]]) == [known.ours.keys]
    given = node.get("/exchange/profile/pro-prietenia")
    assert given["Content-Type"] == "application/vnd.connect.profile+json"
    assert profile.read(given.content, known.ours.keys.verifying) == said
    nodes = node.get("/exchange/keys/node").json()["statements"]
    assert keysets.read(nodes[0].encode()) == node_keys.published()
    for unknown in ("casa-aperta", "nobody"):
        assert_problem(node.get(f"/exchange/keys/{unknown}"), 404)
        assert_problem(node.get(f"/exchange/profile/{unknown}"), 404)
