"""The whole handover between two organisations, hunting at every moment for what must be nowhere in clear."""

from __future__ import annotations

import base64
import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from people.roles import Role
from referral.models import Case
from referral.record import documents
from referral.record.reading import open_category
from referral.vocabulary import Category, HandoverState
from secure_exchange import transcript
from tests.factories.handovers import NAME, PHONE, SHARED, carry, offered, parties
from tests.factories.people import AT


pytestmark = pytest.mark.django_db
LETTER = b"Zamfira Inventata-Nimeni was seen by the doctor of a made-up town."
SECRETS = (NAME.encode(), PHONE.encode(), LETTER)


def forms_of(secret):
    """A secret as it might lie somewhere: plain, base64 at each of its three offsets, hexadecimal, UTF-16."""
    yield secret
    yield secret.hex().encode()
    yield secret.decode().encode("utf-16-le")
    for offset in range(3):
        coded = base64.b64encode(bytes(offset) + secret)
        yield coded[4:-4]


NEEDLES = tuple({form for secret in SECRETS for form in forms_of(secret)})


def everything_stored(folder):
    """Every value of every table, and every file."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    yield table, raw
    for path in folder.rglob("*"):
        yield path.name, path.name.encode()
        if path.is_file():
            yield path.name, path.read_bytes()


def hunt(folder, caplog):
    """Fail where any form of a secret lies; gives how many places were looked at."""
    places = 0
    told = [("log", record.getMessage().encode()) for record in caplog.records]
    told += [("mail", str(sent.message()).encode()) for sent in mail.outbox]
    for where, raw in [*everything_stored(folder), *told]:
        places += 1
        for needle in NEEDLES:
            assert needle not in raw, f"in clear in {where}"
    return places


def test_the_hunt_finds_what_lies_in_clear(at, node_folder, caplog):
    case = parties().case
    assert hunt(node_folder, caplog) > 500
    for form in forms_of(NAME.encode()):
        (node_folder / "left-behind").write_bytes(b"before" + form + b"after")
        with pytest.raises(AssertionError, match="in clear"):
            hunt(node_folder, caplog)
    (node_folder / "left-behind").unlink()
    Case.objects.filter(pk=case.pk).update(passed_to=NAME)
    with pytest.raises(AssertionError, match="in clear in referral_case"):
        hunt(node_folder, caplog)


def test_a_case_crosses_over_and_nothing_of_the_person_lies_anywhere_in_clear(
    at, node_folder, caplog, signed_in
):
    caplog.set_level(logging.DEBUG)
    shared = (*SHARED, Category.DOCUMENTS)
    who = parties(categories=shared)
    documents.receive(
        case=who.case, name=f"{NAME}.txt", media_type="text/plain", chunks=[LETTER], by=who.worker, at=AT
    )
    ours = signed_in(Client(), who.sender.members[Role.CASEWORKER])
    theirs = signed_in(Client(), who.receiver.members[Role.CASEWORKER])
    hunt(node_folder, caplog)
    thread = offered(who, categories=shared).thread
    hunt(node_folder, caplog)

    def moved():
        carry(at=AT + timedelta(minutes=1))
        assert hunt(node_folder, caplog) > 1000

    def press(act, **said):
        answer = theirs.post(reverse("offer", args=[thread]), {"act": act, **said})
        assert answer.status_code == 302, answer.content.decode()[-500:]
        moved()

    moved()
    shown = theirs.get(reverse("offer", args=[thread]))
    assert shown.status_code == 200
    assert not any(secret in shown.content for secret in SECRETS)
    press("ask", **{"message-kind": "question", "message-text": f"E' {NAME}?"})
    assert NAME.encode() in ours.get(reverse("handover", args=[thread])).content.replace(b"&#x27;", b"'")
    press("accept")
    press("open")
    assert who.ours().state == who.theirs().state == HandoverState.OPENED
    case = Case.objects.get(received_in=thread)
    opened = open_category(case=case, category=Category.IDENTITY, by=who.colleague, at=AT)
    assert opened.fields == {"prs_FirstName": NAME}
    [letter] = documents.listed(case=case, by=who.colleague, at=AT)
    read = documents.read(case=case, document=letter.uuid, by=who.colleague, at=AT)
    assert (letter.name, b"".join(read.chunks)) == (f"{NAME}.txt", LETTER)
    moved()
    assert transcript.read(thread).first_fault == ""


def test_one_changed_byte_anywhere_in_the_thread_is_named(at, node_folder):
    who = parties()
    thread = offered(who).thread
    carry()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, statement FROM secure_exchange_outgoing WHERE kind = 'offer'")
        [(row, statement)] = cursor.fetchall()
        changed = bytearray(bytes(statement))
        changed[len(changed) // 2] ^= 1
        cursor.execute(
            "UPDATE secure_exchange_outgoing SET statement = %s WHERE id = %s", [bytes(changed), row]
        )
    assert "offer" in transcript.read(thread).first_fault
