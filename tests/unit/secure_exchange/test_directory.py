"""Whom this node knows, and whom it trusts."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from secure_exchange import directory, keysets, node_keys, profile, signing, testing
from secure_exchange.envelope import MAX_AHEAD
from secure_exchange.errors import (
    BadSignature,
    FromTheFuture,
    KeysChanged,
    KeysExpired,
    Malformed,
    Replayed,
    UnknownReceiver,
    UnknownSender,
    UntrustedReceiver,
    UntrustedSender,
)
from secure_exchange.models import Entry, Peer, PublishedKeySet, PublishedProfile
from secure_exchange.profile import Profile
from tests.factories.exchange import AT


pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def rotated(old, *, start=AT):
    """A set that follows `old`, and its statement."""
    new = testing.member(old.address, at=start)
    keys = replace(new.keys, valid_from=start, previous=old.keys.fingerprint)
    return replace(new, keys=keys), keysets.publish(keys, new.signer, old.signer)


def accepts(of, services=("LEGAL",), languages=("it",), categories=("health",), issued=AT, signer=None):
    said = Profile(
        address=of.address,
        name="Casa Aperta",
        services=services,
        languages=languages,
        categories=categories,
        code_lists={},
        usual_answer_hours=24,
        issued=issued,
    )
    return profile.publish(said, signer or of.signer)


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


def unsigned(old, *, start=AT):
    """A set that says it follows `old` and is not signed by it: what a thief of a node can publish."""
    new = testing.member(old.address, at=start)
    keys = replace(new.keys, valid_from=start, previous=old.keys.fingerprint)
    return keys, signing.sign(signing.KEYS, keys.to_bytes(), new.signer)


def alarms():
    return list(Entry.objects.filter(act="keys.alarm").values_list("object", flat=True))


@pytest.mark.parametrize("with_junk", [False, True])
def test_a_set_that_the_known_one_did_not_sign_raises_the_alarm_too(known, with_junk):
    italy = known.italy
    keys, statement = unsigned(italy)
    with pytest.raises(KeysChanged):
        directory.learn(italy.address, [italy.statement, statement, *([b"junk"] if with_junk else [])], at=AT)
    peer = Peer.objects.get(address=italy.address)
    assert peer.alarm_at == AT
    assert with_junk or peer.alarm_fingerprint == keys.fingerprint
    assert alarms() == [italy.address]
    with pytest.raises(KeysChanged):
        directory.trusted(italy.address, at=AT)
    assert peer.key_sets.count() == 1


def test_an_alarm_is_raised_once_for_each_foreign_set_and_the_look_is_remembered(known):
    italy = known.italy
    first, other = unsigned(italy)[1], testing.member(italy.address, at=AT).statement
    for day, chain in enumerate([[italy.statement, first], [italy.statement, first], [other], [other]]):
        with pytest.raises(KeysChanged):
            directory.learn(italy.address, chain, at=AT + day * DAY)
        assert Peer.objects.get(address=italy.address).checked_at == AT + day * DAY
    assert alarms() == [italy.address] * 2
    peer = Peer.objects.get(address=italy.address)
    assert (peer.alarm_fingerprint, peer.alarm_at) == (keysets.fingerprint_of(other), AT + 2 * DAY)


def test_a_strangers_broken_chain_is_not_learnt_and_no_alarm(members):
    italy = members.italy
    with pytest.raises(BadSignature):
        directory.learn(italy.address, [italy.statement, unsigned(italy)[1]], at=AT)
    assert not Peer.objects.exists()
    assert alarms() == []


def test_nonsense_from_a_known_peer_is_no_alarm(known):
    for chain in ([b"junk"], [], [known.italy.statement, b"junk"], [known.stranger.statement]):
        with pytest.raises(Malformed):
            directory.learn(known.italy.address, chain, at=AT)
    assert alarms() == []


def test_nothing_is_sealed_to_keys_not_seen_for_a_week_or_out_of_date(known):
    directory.trusted(known.italy.address, at=AT + 7 * DAY)
    with pytest.raises(KeysExpired):
        directory.trusted(known.italy.address, at=AT + 7 * DAY + timedelta(seconds=1))
    directory.trusted(known.ours.address, at=AT + 30 * DAY)
    with pytest.raises(KeysExpired):
        directory.trusted(known.ours.address, at=AT + 400 * DAY)


def test_the_nodes_own_keys_are_made_once_for_its_eyes_only():
    first = node_keys.published()
    node_keys._known.clear()
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


def test_what_an_organisation_said_before_is_not_taken_for_what_it_says_now(known):
    address = known.italy.address
    older = accepts(known.italy, services=("BED",), issued=AT)
    newer = accepts(known.italy, services=("LEGAL",), issued=AT + DAY)
    directory.learn_profile(address, older, at=AT)
    directory.learn_profile(address, newer, at=AT + DAY)
    for replayed in (older, accepts(known.italy, services=("BED",), issued=AT + DAY)):
        with pytest.raises(Replayed):
            directory.learn_profile(address, replayed, at=AT + 2 * DAY)
    assert directory.profile_of(address).services == ("LEGAL",)
    # The same again, as it is fetched twice a day, is no replay.
    assert directory.learn_profile(address, newer, at=AT + 2 * DAY).services == ("LEGAL",)


def test_a_profile_from_the_future_is_refused(known):
    directory.learn_profile(known.italy.address, accepts(known.italy, issued=AT), at=AT - MAX_AHEAD)
    late = accepts(known.italy, issued=AT + timedelta(seconds=1))
    with pytest.raises(FromTheFuture):
        directory.learn_profile(known.italy.address, late, at=AT - MAX_AHEAD)


def test_a_profile_counts_when_the_keys_that_signed_it_held_at_its_moment(known):
    address = known.italy.address
    new, statement = rotated(known.italy, start=AT + DAY)
    directory.learn(address, [known.italy.statement, statement], at=AT)
    signed_too_early = accepts(known.italy, issued=AT, signer=new.signer)
    with pytest.raises(KeysExpired):
        directory.learn_profile(address, signed_too_early, at=AT)
    over = accepts(known.italy, issued=known.italy.keys.valid_to)
    with pytest.raises(KeysExpired):
        directory.learn_profile(address, over, at=known.italy.keys.valid_to)
    good = accepts(known.italy, issued=AT + DAY, signer=new.signer)
    directory.learn_profile(address, good, at=AT + DAY)
    assert directory.profile_of(address).issued == AT + DAY


def test_one_profile_that_cannot_be_read_does_not_hide_the_others(known):
    for one in (known.italy, known.ours):
        directory.learn_profile(one.address, accepts(one), at=AT)
    PublishedProfile.objects.filter(peer__address=known.italy.address).update(statement=b"{}")
    assert [one.address for one in directory.accepting()] == [known.ours.address]
    with pytest.raises(Malformed):
        directory.profile_of(known.italy.address)
    # What it says next is taken.
    directory.learn_profile(known.italy.address, accepts(known.italy), at=AT)
    assert len(directory.accepting()) == 2


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
