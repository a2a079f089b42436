"""How two nodes get to trust each other: by commands, and a telephone."""

from __future__ import annotations

import builtins
import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from secure_exchange import carriers, directory, testing
from secure_exchange.carriers import Answered, Unanswered
from secure_exchange.errors import KeysChanged, UntrustedReceiver
from secure_exchange.ledger import entries
from secure_exchange.management.commands import trust_peer
from secure_exchange.models import Entry, Peer
from tests.factories.exchange import AT


ITALY, NODE = "casa-aperta@it.connect.test", "node@it.connect.test"


@pytest.fixture
def abroad(members, monkeypatch, db):
    """Italy answers with its keys; whoever was asked for stands in the list."""
    asked = []

    def introduce(address, *, at):
        asked.append(address)
        one = {ITALY: members.italy, NODE: members.italy_node}[address]
        return directory.learn(address, [one.statement], at=at)

    monkeypatch.setattr(carriers, "introduce", introduce)
    monkeypatch.setattr(trust_peer, "now", lambda: AT)
    return asked


@pytest.fixture
def says(monkeypatch):
    """What is typed at the console."""

    def typed(*answers):
        waiting = list(answers)
        monkeypatch.setattr(builtins, "input", lambda _prompt="": waiting.pop(0))

    return typed


def run(name: str, *words: str) -> str:
    printed = io.StringIO()
    call_command(name, *words, stdout=printed)
    return printed.getvalue()


def test_an_organisation_and_its_node_are_trusted_after_both_were_compared(abroad, says, members):
    says("yes, compared", "Yes, compared ")
    printed = run("trust_peer", ITALY)
    assert abroad == [NODE, ITALY]
    assert members.italy.keys.digits in printed
    assert members.italy_node.keys.digits in printed
    assert directory.trusted(ITALY, at=AT).fingerprint == members.italy.keys.fingerprint
    assert Entry.objects.filter(act="keys.trusted").count() == 2
    assert entries.head()


def test_who_is_trusted_already_is_not_asked_for_again(abroad, says):
    says("yes, compared", "yes, compared")
    run("trust_peer", ITALY)
    says()
    assert "was confirmed on" in run("trust_peer", ITALY)


@pytest.mark.parametrize("answer", ["", "yes", "y", "compared"])
def test_without_the_whole_answer_nobody_is_trusted(abroad, says, answer):
    says(answer)
    with pytest.raises(CommandError, match="is not trusted"):
        run("trust_peer", ITALY)
    assert not Peer.objects.filter(trusted_at__isnull=False).exists()
    says("yes, compared", answer)
    with pytest.raises(CommandError, match="is not trusted"):
        run("trust_peer", ITALY)
    with pytest.raises(UntrustedReceiver):
        directory.trusted(ITALY, at=AT)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Unanswered("not-on-the-list"), "CONNECT_PEERS"),
        (Unanswered("not-safe-to-call"), "https"),
        (Answered("status-404", 404), "does not know node@it.connect.test"),
        (Unanswered("no-answer"), "did not answer"),
        (KeysChanged("alarm"), "compared with them by telephone again"),
    ],
)
def test_what_stands_in_the_way_is_said_in_words(abroad, says, monkeypatch, fault, sentence):
    def refuse(address, *, at):
        raise fault

    monkeypatch.setattr(carriers, "introduce", refuse)
    with pytest.raises(CommandError, match=sentence):
        run("trust_peer", ITALY)


@pytest.mark.parametrize(
    "address", ["casa-aperta", "../keys@it.connect.test", "a@b/c", "ngo@ro.connect.test"]
)
def test_what_is_no_address_abroad_is_never_called(abroad, address):
    with pytest.raises(CommandError):
        run("trust_peer", address)
    assert abroad == []


def test_our_own_fingerprints_can_be_read_out(members, db):
    testing.acquaint(members.ours, at=AT)
    printed = run("own_fingerprints")
    assert members.ours.keys.digits in printed
    assert "node@ro.connect.test" in printed
