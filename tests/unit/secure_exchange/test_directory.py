"""Whom this node knows, and whom it trusts."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from secure_exchange import directory, keysets, node_keys, profile, testing
from secure_exchange.errors import (
    BadSignature,
    KeysChanged,
    KeysExpired,
    Malformed,
    UnknownReceiver,
    UnknownSender,
    UntrustedReceiver,
    UntrustedSender,
)
from secure_exchange.models import Entry, Peer, PublishedKeySet
from secure_exchange.profile import Profile
from tests.factories.exchange import AT


pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def rotated(old, *, start=AT):
    """A set that follows `old`, and its statement."""
    new = testing.member(old.address, at=start)
    keys = replace(new.keys, valid_from=start, previous=old.keys.fingerprint)
    return replace(new, keys=keys), keysets.publish(keys, new.signer, old.signer)


def accepts(of, services=("LEGAL",), languages=("it",), categories=("health",)):
    said = Profile(
        address=of.address,
        name="Casa Aperta",
        services=services,
        languages=languages,
        categories=categories,
        code_lists={},
        usual_answer_hours=24,
    )
    return profile.publish(said, of.signer)


def test_a_stranger_is_unknown_until_learnt_and_untrusted_until_compared(members):
    italy = members.italy
    with pytest.raises(UnknownReceiver):
        directory.trusted(italy.address, at=AT)
    with pytest.raises(UnknownSender):
        directory.Directory().keys(italy.address, italy.keys.fingerprint)
    directory.learn(italy.address, [italy.statement], at=AT)
    with pytest.raises(UntrustedReceiver):
        directory.trusted(italy.address, at=AT)
    with pytest.raises(UntrustedSender):
        directory.Directory().keys(italy.address, italy.keys.fingerprint)
    directory.trust(italy.address, italy.keys.fingerprint, by="org@ro/1", at=AT)
    assert directory.trusted(italy.address, at=AT) == italy.keys
    assert directory.Directory().keys(italy.address, italy.keys.fingerprint) == italy.keys
    assert [entry.act for entry in Entry.objects.order_by("sequence")] == ["keys.learnt", "keys.trusted"]


def test_only_the_fingerprint_that_is_known_can_be_confirmed(members):
    directory.learn(members.italy.address, [members.italy.statement], at=AT)
    with pytest.raises(KeysChanged):
        directory.trust(members.italy.address, members.stranger.keys.fingerprint, by="x", at=AT)
    with pytest.raises(UnknownReceiver):
        directory.trust("nobody@it.connect.test", members.italy.keys.fingerprint, by="x", at=AT)


def test_our_own_need_nobody_to_confirm_them(known):
    assert directory.trusted(known.ours.address, at=AT) == known.ours.keys
    assert directory.is_own(known.ours.address)
    assert not directory.is_own(known.italy.address)


def test_nobody_else_may_bring_keys_for_an_address_of_ours(members):
    with pytest.raises(Malformed):
        directory.learn(members.ours.address, [members.ours.statement], at=AT)
    with pytest.raises(Malformed):
        directory.learn(members.italy.address, [members.italy.statement], at=AT, own=True)
    with pytest.raises(Malformed):
        directory.learn(members.italy.address, [members.stranger.statement], at=AT)
    assert not Peer.objects.exists()


def test_a_set_that_follows_is_taken_and_used_from_its_day(known):
    new, statement = rotated(known.italy, start=AT + DAY)
    directory.learn(known.italy.address, [known.italy.statement, statement], at=AT)
    assert directory.trusted(known.italy.address, at=AT).fingerprint == known.italy.keys.fingerprint
    assert directory.trusted(known.italy.address, at=AT + DAY).fingerprint == new.keys.fingerprint
    assert PublishedKeySet.objects.filter(peer__address=known.italy.address).count() == 2
    # What was signed with the old set stays verifiable.
    assert directory.Directory().keys(known.italy.address, known.italy.keys.fingerprint)


def test_the_same_chain_again_changes_nothing_but_the_look(known):
    before = Entry.objects.count()
    directory.learn(known.italy.address, [known.italy.statement], at=AT + DAY)
    assert Entry.objects.count() == before
    assert Peer.objects.get(address=known.italy.address).checked_at == AT + DAY


def test_a_set_that_does_not_follow_raises_the_alarm_and_stops_sealing(known):
    other = testing.member(known.italy.address, at=AT)
    with pytest.raises(KeysChanged):
        directory.learn(known.italy.address, [other.statement], at=AT)
    peer = Peer.objects.get(address=known.italy.address)
    assert (peer.alarm_fingerprint, peer.alarm_at) == (other.keys.fingerprint, AT)
    assert Entry.objects.order_by("sequence").last().act == "keys.alarm"
    with pytest.raises(KeysChanged):
        directory.trusted(known.italy.address, at=AT)
    with pytest.raises(UnknownSender):
        directory.Directory().keys(other.address, other.keys.fingerprint)


def test_nothing_is_sealed_to_keys_not_seen_for_a_week_or_out_of_date(known):
    directory.trusted(known.italy.address, at=AT + 7 * DAY)
    with pytest.raises(KeysExpired):
        directory.trusted(known.italy.address, at=AT + 7 * DAY + timedelta(seconds=1))
    directory.trusted(known.ours.address, at=AT + 30 * DAY)
    with pytest.raises(KeysExpired):
        directory.trusted(known.ours.address, at=AT + 400 * DAY)


def test_the_nodes_own_keys_are_made_once_for_its_eyes_only():
    first = node_keys.published()
    node_keys._read.cache_clear()
    assert node_keys.published() == first
    path = settings.CONNECT.KEYS / node_keys.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [node_keys.FILE]
    assert keysets.read(node_keys.statement()) == first
    assert directory.Directory().keys(node_keys.address(), first.fingerprint) == first
    with pytest.raises(UnknownSender):
        directory.Directory().keys(node_keys.address(), "0" * 64)
    assert first.recipients == {}


def test_chains_are_given_out_for_our_own_only(known):
    assert directory.chain(known.ours.address) == [
        bytes(PublishedKeySet.objects.get(peer__address=known.ours.address).statement)
    ]
    assert directory.chain(known.italy.address) == []
    assert keysets.read(directory.chain(node_keys.address())[0]) == node_keys.published()


def test_a_profile_counts_when_its_organisation_signed_it(known):
    learnt = directory.learn_profile(known.italy.address, accepts(known.italy), at=AT)
    assert directory.profile_of(known.italy.address) == learnt
    with pytest.raises(BadSignature):
        directory.learn_profile(known.italy.address, accepts(known.stranger), at=AT)
    with pytest.raises(Malformed):
        directory.learn_profile(
            known.italy.address, accepts(replace(known.italy, keys=known.ours.keys)), at=AT
        )
    with pytest.raises(UnknownSender):
        directory.learn_profile(known.stranger.address, accepts(known.stranger), at=AT)
    assert directory.profile_of(known.italy.address) == learnt
    assert directory.profile_statement(known.italy.address) is None


def test_only_organisations_that_accept_all_of_it_are_offered(known):
    directory.learn_profile(known.italy.address, accepts(known.italy), at=AT)
    directory.learn_profile(
        known.ours.address, accepts(known.ours, services=("LEGAL", "BED"), languages=("ro",)), at=AT
    )
    directory.learn(known.stranger.address, [known.stranger.statement], at=AT)
    directory.learn_profile(known.stranger.address, accepts(known.stranger), at=AT)

    def addresses(**wanted):
        return [one.address for one in directory.accepting(**wanted)]

    assert addresses() == [known.italy.address, known.ours.address]
    assert addresses(services=["BED"]) == [known.ours.address]
    assert addresses(services=["BED"], languages=["it"]) == []
    assert addresses(languages=["it", "pt"], categories=["health"]) == [known.italy.address]
    assert addresses(categories=["legal"]) == []
