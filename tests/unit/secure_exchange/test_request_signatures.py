"""What the carrier signs on one node is taken by the views of another, through everything in between."""

from __future__ import annotations

import hashlib

import pytest
from django.conf import settings
from django.http import JsonResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from structlog.testing import capture_logs

from secure_exchange import directory, node_keys
from secure_exchange.errors import NotSigned
from secure_exchange.http_signatures import Content
from secure_exchange.problems import refusal
from secure_exchange.request_signatures import signed_by, signed_headers
from tests.factories.exchange import AT


BODY = b'{"made": "up"}'
CONTENT = Content("application/json", hashlib.sha256(BODY).digest())


@csrf_exempt
def take(request):
    try:
        signed = signed_by(request, at=AT)
        body = signed.checked(request.read())
    except NotSigned as refused:
        return refusal(refused)
    return JsonResponse({"node": signed.node, "body": body.decode()})


urlpatterns = [path("exchange/taken", take)]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def italy(monkeypatch, tmp_path):
    """Sign as the node in Italy, which this node knows and trusts."""

    def sign(method, target, content, host="ro.connect.test"):
        with monkeypatch.context() as there:
            there.setattr(settings.CONNECT, "NODE_HOST", "it.connect.test")
            there.setattr(settings.CONNECT, "KEYS", tmp_path / "italy")
            return signed_headers(host, method, target, content=content, at=AT), node_keys.statement()

    _, statement = sign("GET", "/", None)
    keys = directory.learn("node@it.connect.test", [statement], at=AT)
    directory.trust("node@it.connect.test", keys.fingerprint, by="tests", at=AT)
    return lambda *said, **more: sign(*said, **more)[0]


def send(method, target, headers, body=b""):
    media_type = headers.pop("Content-Type", "")
    return Client().generic(method, target, body, media_type, headers=headers)


def test_a_request_with_a_body_is_taken(italy):
    headers = italy("POST", "/exchange/taken?offset=0", CONTENT)
    answer = send("POST", "/exchange/taken?offset=0", headers, BODY)
    assert (answer.status_code, answer.json()) == (
        200,
        {"node": "node@it.connect.test", "body": '{"made": "up"}'},
    )


def test_a_request_without_a_body_is_taken(italy):
    assert send("GET", "/exchange/taken", italy("GET", "/exchange/taken", None)).status_code == 200


def test_it_is_taken_once_and_signing_the_same_again_makes_another(italy):
    headers = italy("GET", "/exchange/taken", None)
    assert send("GET", "/exchange/taken", headers).status_code == 200
    assert send("GET", "/exchange/taken", headers).status_code == 401
    assert send("GET", "/exchange/taken", italy("GET", "/exchange/taken", None)).status_code == 200


def test_a_refusal_says_no_more_than_its_status(italy):
    for headers in (
        {},
        italy("GET", "/exchange/other", None),
        italy("GET", "/exchange/taken", None, "pt.connect.test"),
    ):
        answer = send("GET", "/exchange/taken", headers)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json() == {"type": "about:blank", "title": "Unauthorized", "status": 401}


def test_the_operator_finds_the_cause_in_the_log_and_nothing_a_stranger_wrote(italy):
    headers = italy("GET", "/exchange/taken", None)
    headers["Signature"] = "ed25519=:c3RyYW5nZXI=:"
    with capture_logs() as lines:
        send("GET", "/exchange/taken", headers)
    assert lines == [{"event": "request-not-signed", "why": "other labels", "log_level": "warning"}]


def test_every_request_has_its_own_nonce(italy):
    inputs = {italy("GET", "/exchange/taken", None)["Signature-Input"] for _ in range(5)}
    assert len(inputs) == 5
