"""The node's own keys: made once, never replaced unseen, and its published set outlives a lost file."""

from __future__ import annotations

import os

import pytest
from django.conf import settings

from secure_exchange import directory, keysets, node_keys, receipts, transcript
from secure_exchange.models import NodeKeySet
from secure_exchange.signing import SigningKeys
from secure_exchange.testing import Letter
from tests.factories.exchange import AT
from tests.unit.secure_exchange.test_inbox import hand_in, sealed


pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    """Where the keys lie, after their first use."""
    node_keys.signing_keys()
    node_keys._known.clear()
    return settings.CONNECT.KEYS / node_keys.FILE


@pytest.fixture(autouse=True)
def forgetful():
    """Every test begins as a new process does."""
    node_keys._known.clear()


def test_a_lost_file_is_not_replaced(file):
    before = node_keys.published()
    file.unlink()
    for _ in range(2):
        with pytest.raises(node_keys.NodeKeysLost):
            node_keys.signing_keys()
    assert not file.exists()
    # What was published, and signed before, still counts.
    assert node_keys.published() == before
    assert directory.chain(node_keys.address()) == [node_keys.statement()]
    assert directory.Directory().keys(node_keys.address(), before.fingerprint) == before


@pytest.mark.parametrize(
    "content", [b"", b"x" * 63, SigningKeys.generate().to_bytes()], ids=["empty", "short", "of another"]
)
def test_other_keys_in_the_file_sign_nothing(file, content):
    file.write_bytes(content)
    with pytest.raises(node_keys.NodeKeysLost):
        node_keys.signing_keys()


def test_the_right_file_put_back_signs_again(file):
    kept = file.read_bytes()
    file.unlink()
    with pytest.raises(node_keys.NodeKeysLost):
        node_keys.signing_keys()
    file.write_bytes(kept)
    assert node_keys.signing_keys().verifying == node_keys.published().verifying


def test_a_node_that_lost_its_keys_takes_nothing_in_and_forgets_nothing(file, known):
    letter = Letter(sender=known.italy, receivers=[known.ours], at=AT)
    envelope, content = sealed(letter)
    receipt = hand_in(envelope, content)
    node_keys._known.clear()
    file.rename(file.with_suffix(".aside"))
    assert receipts.read(receipt, directory.Directory()).kind == "delivered"
    assert transcript.read(envelope.manifest.thread).first_fault == ""
    second, more = sealed(letter)
    with pytest.raises(node_keys.NodeKeysLost):
        hand_in(second, more)
    file.with_suffix(".aside").rename(file)
    assert hand_in(second, more)


def test_a_file_from_before_is_kept_as_it_is(file):
    NodeKeySet.objects.all().delete()
    before = file.read_bytes()
    node_keys.signing_keys()
    assert file.read_bytes() == before
    assert NodeKeySet.objects.get().fingerprint == node_keys.published().fingerprint


def test_a_first_use_that_was_undone_is_a_first_use_again():
    node_keys.signing_keys()
    NodeKeySet.objects.all().delete()
    assert node_keys.signing_keys()
    assert NodeKeySet.objects.count() == 1


def test_the_statement_is_signed_once(file):
    assert node_keys.statement() == node_keys.statement() == bytes(NodeKeySet.objects.get().statement)
    assert keysets.read(node_keys.statement()) == node_keys.published()


def test_keys_that_could_not_be_written_leave_no_draft(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        node_keys.signing_keys()
    assert list(settings.CONNECT.KEYS.iterdir()) == []
    assert not NodeKeySet.objects.exists()
