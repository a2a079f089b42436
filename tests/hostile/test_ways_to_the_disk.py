"""Where a clear word of a record could come to lie on a disk without anybody writing it there."""

from __future__ import annotations

import os
import sys

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.htcds import exporting
from tests.factories.handovers import parties


_OPENED_TO_WRITE: list[str] | None = None


def _note(event: str, args: tuple[object, ...]) -> None:
    if _OPENED_TO_WRITE is not None and event == "open" and isinstance(args[0], str):
        flags = args[2] if isinstance(args[2], int) else 0
        if flags & (os.O_WRONLY | os.O_RDWR):
            _OPENED_TO_WRITE.append(args[0])


sys.addaudithook(_note)


@pytest.fixture
def written(monkeypatch):
    """Every path that is opened for writing during the test."""
    paths: list[str] = []
    monkeypatch.setattr(sys.modules[__name__], "_OPENED_TO_WRITE", paths)
    return paths


def test_a_spreadsheet_is_made_without_a_file_on_the_disk(written):
    book = exporting.spreadsheet([{"prs_FirstName": "Zamfira Inventata-Nimeni"}])
    assert book.startswith(b"PK")
    assert exporting.table(["Row"], [[1]]).startswith(b"PK")
    assert written == []


@pytest.mark.django_db
def test_an_offer_that_is_being_prepared_does_not_lie_open_in_the_session(at, signed_in):
    who = parties()
    client = signed_in(Client(), who.sender.members[Role.CASEWORKER])
    reference = who.case.reference
    client.post(reverse("hand-over", args=[reference]), {"receiver": who.receiver.organisation.address})
    said = {
        "categories": ["identity"],
        "needs": ["SAFE_ACCOMMODATION"],
        "urgency": "soon",
        "sex": "female",
        "age": "25_34",
        "languages": ["ro"],
        "other_language": "",
        "mobility": "no_limits",
        "children": "1",
        "kind": "transfer",
        "stage": "protection",
    }
    answer = client.post(reverse("hand-over-what", args=[reference]), said)
    assert answer["Location"] == reverse("hand-over-check", args=[reference])
    kept = str([session.get_decoded() for session in Session.objects.all()])
    assert "locked-identity" in kept
    for word in ("female", "25_34", "SAFE_ACCOMMODATION", "no_limits", who.receiver.organisation.slug):
        assert word not in kept, word
    assert client.get(reverse("hand-over-check", args=[reference])).status_code == 200


@pytest.mark.django_db
def test_the_reference_of_a_new_case_is_in_no_cookie(at, signed_in):
    client = signed_in(Client(), parties().sender.members[Role.CASEWORKER])
    answer = client.post(reverse("case-open"), {"age_status": "adult", "citizenship": "national"})
    assert answer.status_code == 302
    reference = answer["Location"].strip("/").rpartition("/")[2]
    assert not [name for name, cookie in client.cookies.items() if reference in cookie.value]
    assert "messages" not in client.cookies
