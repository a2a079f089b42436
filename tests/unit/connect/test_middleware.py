"""Refusals become pages, once in the ledger; no page is ever stored."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from connect import middleware
from connect.middleware import PrivatePagesMiddleware
from referral.rules.refusals import NotThere
from secure_exchange.models import Entry


pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.unit.connect.sample_urls")]
REFERENCE = "RO-26-22222B"


@pytest.fixture(autouse=True)
def somewhere(monkeypatch):
    """No country needs to be installed for these."""
    monkeypatch.setattr(middleware.country, "all_countries", dict)


def entries():
    return [(entry.act, entry.object, entry.reason) for entry in Entry.objects.order_by("sequence")]


@pytest.mark.parametrize(
    ("path", "status", "words", "code"),
    [
        ("no-consent", 409, "No consent covers this", "no-consent"),
        ("moved-on", 409, "already moved on", "illegal-step"),
        ("role", 403, "not in your role", "not-in-your-role"),
    ],
)
def test_a_refusal_is_said_in_words_and_recorded_once(client, path, status, words, code):
    response = client.get(f"/refused/{path}/{REFERENCE}/", secure=True)
    assert response.status_code == status
    assert words in response.content.decode()
    [(act, about, reason)] = entries()
    assert act.startswith("refused:")
    assert (about, reason) == (REFERENCE, code)


def test_what_may_not_be_seen_looks_like_what_is_not_there(client):
    unseen = client.get(f"/refused/unseen/{REFERENCE}/", secure=True)
    missing = client.get(f"/missing/unseen/{REFERENCE}/", secure=True)
    assert unseen.status_code == missing.status_code == 404
    without_address = [
        response.content.replace(b"/refused/", b"/").replace(b"/missing/", b"/")
        for response in (unseen, missing)
    ]
    strip = [part.split(b"csrfmiddlewaretoken") for part in without_address]
    assert [piece[85:] for piece in strip[0]] == [piece[85:] for piece in strip[1]]
    assert set(unseen.headers) == set(missing.headers)
    assert [code for *_, code in entries()] == [NotThere.code]


def test_a_fault_is_not_dressed_up_as_a_refusal(client):
    with pytest.raises(ValueError, match=r"^$"):
        client.get("/fault/", secure=True)
    assert entries() == []


def test_no_page_is_ever_stored_signed_in_or_not():
    request = RequestFactory().get("/")
    response = PrivatePagesMiddleware(lambda _: HttpResponse("x"))(request)
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_an_unknown_status_still_gets_a_page(rf):
    request = rf.get("/")
    refusal = type("Odd", (NotThere,), {"status": 451, "sentence": "Odd but clear."})()
    response = middleware.refusal_page(request, refusal)
    assert response.status_code == 451
    assert b"Odd but clear." in response.content
