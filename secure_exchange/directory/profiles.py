"""What organisations say they accept: taken up when it is newer and rightly signed, and asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from secure_exchange import profile
from secure_exchange.directory.chains import read_keys
from secure_exchange.envelope import MAX_AHEAD
from secure_exchange.errors import (
    BadSignature,
    FromTheFuture,
    KeysExpired,
    Malformed,
    Refused,
    Replayed,
    UnknownSender,
)
from secure_exchange.models import Peer, PublishedProfile
from secure_exchange.profile import Profile


_read_profile = lru_cache(maxsize=256)(profile.read)


def learn_profile(address: str, statement: bytes, *, at: datetime) -> Profile:
    """Take up what an organisation says it accepts, instead of what it said before; raises a `Refused`.

    The checks:

    1. one of its key sets signed it, and held when it was issued
    2. it is about this address, and not `FromTheFuture`
    3. it is newer than what we know, or the same; else `Replayed`
    """
    with transaction.atomic():
        peer = Peer.objects.select_for_update().filter(address=address).first()
        if peer is None:
            raise UnknownSender("profile")
        # 1
        read = _signed_profile(peer, statement)
        # 2
        if read.address != address:
            raise Malformed("a profile of another address")
        if read.issued > at + MAX_AHEAD:
            raise FromTheFuture("profile")
        # 3
        known = PublishedProfile.objects.filter(peer=peer).first()
        if known is not None and bytes(known.statement) != statement and not _newer(read, known):
            raise Replayed("an older profile")
        PublishedProfile.objects.update_or_create(
            peer=peer, defaults={"statement": statement, "learnt_at": at}
        )
    return read


def _newer(read: Profile, known: PublishedProfile) -> bool:
    before = _readable_profile(known)
    return before is None or read.issued > before.issued


def _signed_profile(peer: Peer, statement: bytes) -> Profile:
    """The profile if one of the peer's key sets signed it while it held, the newest first."""
    fault: Refused = BadSignature("profile")
    for known in sorted(peer.key_sets.all(), key=lambda known: -known.position):
        keys = read_keys(bytes(known.statement))
        try:
            read = _read_profile(statement, keys.verifying)
            keys.check_valid(read.issued)
        except (BadSignature, KeysExpired) as refused:
            fault = refused if isinstance(refused, KeysExpired) else fault
        else:
            return read
    raise fault


def _readable_profile(known: PublishedProfile) -> Profile | None:
    try:
        return _signed_profile(known.peer, bytes(known.statement))
    except Refused:
        return None


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
    profiles = [_readable_profile(one) for one in found if one.peer.trusted and not one.peer.alarm_at]
    fitting = [
        one
        for one in profiles
        if one is not None
        and wanted_services <= set(one.services)
        and wanted_categories <= set(one.categories)
        and (not wanted_languages or wanted_languages & set(one.languages))
    ]
    return sorted(fitting, key=lambda one: one.address)
