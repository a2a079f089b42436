"""Whose keys these are and whether they are trusted, from the database; implements keysets.KeyDirectory.

1. An organisation of this node is known once its key set is learnt with `own=True`; nobody has to confirm it.
2. A stranger's chain is learnt untrusted. A person compares its fingerprint out of band and confirms it
   (`trust`).
3. From then on its later sets are taken when they follow from the known one. One that does not is never
   stored: it raises an alarm, and nothing is sent there until people have looked.
4. Nothing is sealed to keys that were not seen for a week, or are not valid at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db import transaction

from secure_exchange import keysets, node_keys, profile
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
from secure_exchange.keysets import PublishedKeys
from secure_exchange.ledger import entries
from secure_exchange.models import Peer, PublishedKeySet, PublishedProfile
from secure_exchange.profile import Profile


MAX_AGE: Final = timedelta(days=7)
"""How old the last look at a peer's chain may be when something is sealed to it."""

_read_keys = lru_cache(maxsize=256)(keysets.read)
_read_profile = lru_cache(maxsize=256)(profile.read)


class Directory:
    """The key sets this node knows, for verifying what others signed."""

    def keys(self, address: str, fingerprint: str) -> PublishedKeys:
        """The set with this fingerprint; raises `UnknownSender` or `UntrustedSender`."""
        if address == node_keys.address():
            own = node_keys.published()
            if own.fingerprint != fingerprint:
                raise UnknownSender("another key set of this node")
            return own
        known = (
            PublishedKeySet.objects.select_related("peer")
            .filter(peer__address=address, fingerprint=fingerprint)
            .first()
        )
        if known is None:
            raise UnknownSender("key set")
        if not known.peer.trusted:
            raise UntrustedSender("key set")
        return _read_keys(bytes(known.statement))


def is_own(address: str) -> bool:
    """Whether envelopes for this address are taken here."""
    return Peer.objects.filter(address=address, own=True).exists()


def is_here(address: str) -> bool:
    """Whether the address lies on this node, be it known or not."""
    return bool(node_keys.host_of(address) == settings.CONNECT.NODE_HOST)


def learn(address: str, chain: Sequence[bytes], *, at: datetime, own: bool = False) -> PublishedKeys:
    """Take up an address's chain of key sets, oldest first; gives the newest. Raises a `Refused`.

    The same chain again changes nothing but the moment of the last look. A chain that leaves out the newest
    set we know raises the alarm and `KeysChanged`.
    """
    if is_here(address) != own:
        raise Malformed("an address of this node comes from this node, and no other does")
    sets = keysets.read_chain(chain)
    if any(keys.address != address for keys in sets):
        raise Malformed("a key set of another address")
    with transaction.atomic():
        peer, _ = Peer.objects.select_for_update().get_or_create(
            address=address, defaults={"own": own, "learnt_at": at, "checked_at": at}
        )
        known = peer.key_sets.order_by("position").last()
        new = _new_sets(known, sets)
        if new is not None:
            _store(peer, known, [(keys, chain[sets.index(keys)]) for keys in new], at=at)
            return sets[-1]
        Peer.objects.filter(pk=peer.pk).update(alarm_fingerprint=sets[-1].fingerprint, alarm_at=at)
        entries.append(
            act="keys.alarm", actor=node_keys.address(), object=address, reason="keys-changed", at=at
        )
    raise KeysChanged("the chain leaves out the newest set we know")


def _new_sets(known: PublishedKeySet | None, sets: list[PublishedKeys]) -> list[PublishedKeys] | None:
    """The sets of a chain that come after the known one; None if it is not among them."""
    if known is None:
        return sets
    fingerprints = [keys.fingerprint for keys in sets]
    if known.fingerprint not in fingerprints:
        return None
    return sets[fingerprints.index(known.fingerprint) + 1 :]


def _store(
    peer: Peer, known: PublishedKeySet | None, new: list[tuple[PublishedKeys, bytes]], *, at: datetime
) -> None:
    Peer.objects.filter(pk=peer.pk).update(checked_at=at)
    first = known.position + 1 if known else 0
    PublishedKeySet.objects.bulk_create(
        PublishedKeySet(
            peer=peer,
            position=position,
            fingerprint=keys.fingerprint,
            previous=keys.previous,
            valid_from=keys.valid_from,
            valid_to=keys.valid_to,
            statement=statement,
        )
        for position, (keys, statement) in enumerate(new, first)
    )
    if new:
        entries.append(act="keys.learnt", actor=node_keys.address(), object=peer.address, at=at)


def trust(address: str, fingerprint: str, *, by: str, at: datetime) -> None:
    """A person compared this fingerprint out of band; raises `UnknownReceiver` or `KeysChanged`.

    `by` is the person's pseudonym. Sets before it are named by it and sets after it are signed by it, so the
    whole chain counts.
    """
    with transaction.atomic():
        peer = Peer.objects.select_for_update().filter(address=address).first()
        if peer is None:
            raise UnknownReceiver("trust")
        if not peer.key_sets.filter(fingerprint=fingerprint).exists():
            raise KeysChanged("the compared fingerprint is not one we know")
        peer.trusted_fingerprint, peer.trusted_by, peer.trusted_at = fingerprint, by, at
        peer.save(update_fields=["trusted_fingerprint", "trusted_by", "trusted_at"])
        entries.append(act="keys.trusted", actor=by, object=address, at=at)


def trusted(address: str, *, at: datetime) -> PublishedKeys:
    """The keys to seal with to this address now.

    Raises `UnknownReceiver`, `UntrustedReceiver`, `KeysChanged` while an alarm stands, `KeysExpired` when no
    set is valid or the chain was not seen for `MAX_AGE`.
    """
    peer = Peer.objects.filter(address=address).first()
    if peer is None:
        raise UnknownReceiver("no keys")
    if not peer.trusted:
        raise UntrustedReceiver("not confirmed")
    if peer.alarm_at is not None:
        raise KeysChanged("alarm")
    current = peer.key_sets.filter(valid_from__lte=at, valid_to__gt=at).order_by("position").last()
    if current is None or (not peer.own and peer.checked_at < at - MAX_AGE):
        raise KeysExpired("no current key set")
    return _read_keys(bytes(current.statement))


def chain(address: str) -> list[bytes]:
    """The signed key sets of this node or of one of its organisations, oldest first; empty for any other."""
    if address == node_keys.address():
        return [node_keys.statement()]
    sets = PublishedKeySet.objects.filter(peer__address=address, peer__own=True).order_by("position")
    return [bytes(statement) for statement in sets.values_list("statement", flat=True)]


def learn_profile(address: str, statement: bytes, *, at: datetime) -> Profile:
    """Take up what an organisation says it accepts, instead of what it said before; raises a `Refused`."""
    peer = Peer.objects.filter(address=address).first()
    if peer is None:
        raise UnknownSender("profile")
    read = _signed_profile(peer, statement)
    if read.address != address:
        raise Malformed("a profile of another address")
    PublishedProfile.objects.update_or_create(peer=peer, defaults={"statement": statement, "learnt_at": at})
    return read


def _signed_profile(peer: Peer, statement: bytes) -> Profile:
    """The profile if one of the peer's key sets signed it, the newest first."""
    for known in sorted(peer.key_sets.all(), key=lambda known: -known.position):
        try:
            return _read_profile(statement, _read_keys(bytes(known.statement)).verifying)
        except BadSignature:
            continue
    raise BadSignature("profile")


def profile_statement(address: str) -> bytes | None:
    """The signed profile of one of our own organisations, or None."""
    statement = PublishedProfile.objects.filter(peer__address=address, peer__own=True).values_list(
        "statement", flat=True
    )
    return next((bytes(found) for found in statement), None)


def profile_of(address: str) -> Profile | None:
    """What a trusted organisation accepts, None while we do not know; raises a `Refused` if altered."""
    return profiles_of([address]).get(address)


def profiles_of(addresses: Iterable[str]) -> dict[str, Profile]:
    """What those of these organisations accept that are trusted and known; raises as `profile_of`."""
    found = PublishedProfile.objects.select_related("peer").prefetch_related("peer__key_sets")
    return {
        one.peer.address: _signed_profile(one.peer, bytes(one.statement))
        for one in found.filter(peer__address__in=list(addresses))
        if one.peer.trusted
    }


def accepting(
    *, services: Iterable[str] = (), categories: Iterable[str] = (), languages: Iterable[str] = ()
) -> list[Profile]:
    """Profiles of the trusted organisations that take all of this and speak one of the languages.

    Ours are among them; the caller leaves out the one that asks. Sorted by address.
    """
    wanted_services, wanted_categories, wanted_languages = set(services), set(categories), set(languages)
    found = PublishedProfile.objects.select_related("peer").prefetch_related("peer__key_sets")
    profiles = [
        _signed_profile(one.peer, bytes(one.statement))
        for one in found
        if one.peer.trusted and not one.peer.alarm_at
    ]
    fitting = [
        one
        for one in profiles
        if wanted_services <= set(one.services)
        and wanted_categories <= set(one.categories)
        and (not wanted_languages or wanted_languages & set(one.languages))
    ]
    return sorted(fitting, key=lambda one: one.address)
