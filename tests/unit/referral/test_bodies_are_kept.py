"""What cases hold in sealed files outlives every tidying of the exchange."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from people.roles import Role
from referral.htcds.keeping import open_kept
from referral.record import documents
from referral.vocabulary import ReadingReason
from secure_exchange import bodies, tidying, transcript
from secure_exchange.models import Incoming
from tests.factories.people import AT
from tests.factories.whole_node import LETTER, whole_node


pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=40)


def test_documents_imports_and_what_waits_outlive_every_tidying(at):
    node = whole_node()
    for path in Path(settings.CONNECT.FILES).rglob("*"):
        os.utime(path, (AT.timestamp(), AT.timestamp()))
    name, file = bodies.new()
    file.close()
    os.utime(Path(settings.CONNECT.FILES) / "sealed" / name[:2] / name, (AT.timestamp(), AT.timestamp()))
    assert tidying.clear_orphans(at=LATER) == 1
    tidying.clear_ended(at=LATER)
    assert tidying.clear_orphans(at=LATER) == 0
    worker = node.ours[Role.CASEWORKER]
    read = documents.read(
        case=node.case, document=node.document.uuid, by=worker, at=AT, reason=ReadingReason.PREPARE_HANDOVER
    )
    assert b"".join(read.chunks) == LETTER
    assert open_kept(node.batch, by=worker).rows
    assert Incoming.objects.filter(state="opened", body="").exists()
    for thread in (node.sent.thread, node.received.thread):
        assert transcript.read(thread).first_fault == ""
    assert all(bodies.exists(row.body) for row in Incoming.objects.filter(state="received"))


def test_the_tables_that_name_bodies_are_these():
    naming = {
        model._meta.label
        for model in apps.get_models()
        if "body" in {field.name for field in model._meta.get_fields()}
    }
    assert naming == {
        "referral.Document",
        "referral.ImportBatch",
        "secure_exchange.Announcement",
        "secure_exchange.Incoming",
        "secure_exchange.Outgoing",
    }
