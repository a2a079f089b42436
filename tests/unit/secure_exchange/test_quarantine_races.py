"""Two requests about one envelope at once, and files that are gone: refusals and receipts, never a fault."""

from __future__ import annotations

import io
import json

import pytest
from django.conf import settings
from django.db import DatabaseError

from secure_exchange import bodies, inbox, signing
from secure_exchange.errors import NotHere, Replayed
from secure_exchange.inbox import taking
from secure_exchange.inbox.handling import throw_away
from secure_exchange.models import Announcement, Incoming, StoredReceipt
from secure_exchange.testing import Letter
from tests.factories.exchange import AT


pytestmark = pytest.mark.django_db


def sealed(known, content=b"made up"):
    envelope, name = Letter(sender=known.italy, receivers=[known.ours], at=AT, content=content).seal()
    with bodies.open_body(name) as body:
        whole = body.read()
    bodies.delete_body(name)
    return envelope, whole


@pytest.fixture
def letter(known):
    return sealed(known)


def upload(letter):
    """Announce and upload, without committing; gives the place."""
    envelope, content = letter
    announced = inbox.announce(envelope.statement, at=AT)
    inbox.append(
        announced.place, announced.offset, io.BytesIO(content), len(content) - announced.offset, at=AT
    )
    return announced.place


@pytest.fixture
def place(letter):
    """Where the whole body of an envelope lies, announced and not committed yet."""
    return upload(letter)


def files():
    return [path for path in settings.CONNECT.FILES.rglob("*") if path.is_file()]


def announced_while(happens, statement):
    """Announce; something happens after it looked for what is here, and before it makes a place."""
    make = taking._place

    def late(*words, **names):
        happens()
        return make(*words, **names)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking, "_place", late)
        return inbox.announce(statement, at=AT)


def test_who_looked_before_the_commit_deletes_nothing_after_it(place):
    seen_before = Announcement.objects.get(place=place)
    inbox.commit(place, at=AT)
    assert not throw_away(seen_before)
    with bodies.open_body(Incoming.objects.get().body) as body:
        assert body.read()


def test_what_nobody_took_is_thrown_away_with_its_body(place):
    announced = Announcement.objects.get(place=place)
    assert throw_away(announced)
    assert not Announcement.objects.exists()
    with pytest.raises(bodies.BodyMissing):
        bodies.open_body(announced.body)


def test_who_announced_before_the_commit_and_uploads_after_it_gets_the_stored_receipt(letter, place):
    receipts = []
    second = announced_while(lambda: receipts.append(inbox.commit(place, at=AT)), letter[0].statement)
    assert second.place != place
    inbox.append(second.place, 0, io.BytesIO(letter[1]), len(letter[1]), at=AT)
    assert inbox.commit(second.place, at=AT) == receipts[0]
    assert Incoming.objects.count() == StoredReceipt.objects.count() == 1
    assert not Announcement.objects.exists()
    assert len(files()) == 1


def test_another_envelope_under_the_same_id_is_replayed_also_when_it_looked_before(letter, place, known):
    envelope, content = sealed(known, b"other words")
    members = json.loads(envelope.manifest.to_bytes()) | {"id": str(letter[0].manifest.id)}
    payload = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    statement = signing.sign(signing.ENVELOPE, payload, known.italy.signer)
    second = announced_while(lambda: inbox.commit(place, at=AT), statement).place
    inbox.append(second, 0, io.BytesIO(content), len(content), at=AT)
    with pytest.raises(Replayed):
        inbox.commit(second, at=AT)
    assert Incoming.objects.get().digest == letter[0].manifest.digest
    assert not Announcement.objects.exists()
    assert len(files()) == 1


def test_an_announcement_whose_file_is_gone_begins_again(letter, place):
    (gone,) = files()
    gone.unlink()
    again = inbox.announce(letter[0].statement, at=AT)
    assert (again.place != place, again.offset) == (True, 0)
    inbox.append(again.place, 0, io.BytesIO(letter[1]), len(letter[1]), at=AT)
    assert inbox.commit(again.place, at=AT)


@pytest.mark.parametrize("step", ["append", "commit"])
def test_a_place_whose_file_is_gone_is_not_here_any_more(letter, place, step):
    (gone,) = files()
    gone.unlink()
    with pytest.raises(NotHere):
        if step == "append":
            inbox.append(place, 0, io.BytesIO(b"x"), 1, at=AT)
        else:
            inbox.commit(place, at=AT)
    assert not Announcement.objects.exists()
    assert inbox.commit(upload(letter), at=AT)


def test_a_file_that_vanishes_while_it_is_committed_is_not_here_any_more(letter, place):
    settle = bodies.settle

    def late(name):
        bodies.delete_body(name)
        settle(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodies, "settle", late)
        with pytest.raises(NotHere):
            inbox.commit(place, at=AT)
    assert not Incoming.objects.exists()
    assert inbox.commit(upload(letter), at=AT)


def test_a_place_that_could_not_be_written_down_leaves_no_file(letter, monkeypatch):
    def fail(**_):
        raise DatabaseError

    monkeypatch.setattr(Announcement.objects, "get_or_create", fail)
    with pytest.raises(DatabaseError):
        inbox.announce(letter[0].statement, at=AT)
    assert files() == []
