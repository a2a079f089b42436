"""Take in what others send: announced, uploaded, committed; or refused, which is recorded once.

1. `announce` looks at the signed manifest before any byte of a body is taken, so that a stranger costs
   little.
2. `append` adds to a file in quarantine, from where the last piece ended.
3. `commit` checks size and hash, then in one transaction: inbox row, ledger row, delivered receipt.

The same envelope again, at any step, gives the same stored receipt, byte for byte. The same id with other
signed bytes is refused and the first one stays. Nothing here holds a key that opens a body.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final, Protocol

from django.conf import settings
from django.db import transaction

from secure_exchange import bodies, directory, dsse, envelope, node_keys, receipts, signals
from secure_exchange.directory import Directory
from secure_exchange.errors import Busy, Destroyed, NotHere, Refused, Replayed, TooLarge, WrongOffset
from secure_exchange.inbox.handling import throw_away
from secure_exchange.inbox.receipts import keep_receipt, kept_receipt
from secure_exchange.inbox.refusals import recorded
from secure_exchange.ledger import entries
from secure_exchange.manifest import RECORD, Manifest, Party
from secure_exchange.models import Announcement, Incoming, StoredReceipt
from secure_exchange.receipts import Receipt


MAX_LETTER_BYTES: Final = 1024 * 1024
"""Of the sealed file of anything but a record: it is opened in memory."""


class Source(Protocol):
    """Where the bytes of a body come from: a file or a request."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""
        ...


@dataclass(frozen=True, kw_only=True)
class Announced:
    """The answer to an announcement: the stored receipt, or the place of the body and how much is there."""

    receipt: bytes | None = None
    place: uuid.UUID | None = None
    offset: int = 0


def announce(statement: bytes, *, at: datetime) -> Announced:
    """Look at a signed manifest and give a place for its body, or the receipt if it is here already.

    Raises a `Refused`, recorded.
    """
    with recorded("envelope.refused", statement, at=at):
        return _announce(statement, at=at)


def _announce(statement: bytes, *, at: datetime) -> Announced:
    claimed = Manifest.from_bytes(dsse.read(statement).payload)
    present = Incoming.objects.filter(sender=claimed.sender.address, envelope=claimed.id).first()
    if present is not None and present.digest == claimed.digest:
        return Announced(receipt=_delivered_receipt(present.digest))
    here = _here(claimed)
    if not here:
        raise NotHere("no recipient is of this node")
    manifest = envelope.verify(statement, None, Directory(), at=at, receiver=here[0].address)
    if not all(directory.is_own(party.address) for party in here):
        raise NotHere("an unknown recipient")
    if present is not None:
        raise Replayed(str(manifest.id))
    _check_takes(manifest, here)
    return _place(manifest, statement, at=at)


def _here(manifest: Manifest) -> list[Party]:
    return [party for party in manifest.recipients if directory.is_here(party.address)]


def _check_takes(manifest: Manifest, here: Sequence[Party]) -> None:
    """Refuse what a signature alone does not show to be wrong for us.

    1. each receiver here is named with keys of ours that held when it was made: else nobody opens it
    2. it is no larger than its kind may be
    3. the sender's node did not say that it was destroyed unsent
    """
    # 1
    for party in here:
        directory.check_own_keys(party, at=manifest.created)
    # 2
    largest = settings.CONNECT.MAX_ENVELOPE_BYTES
    if manifest.payload.size > (largest if manifest.kind == RECORD else min(largest, MAX_LETTER_BYTES)):
        raise TooLarge(str(manifest.id))
    # 3
    _check_not_destroyed(manifest)


def _check_not_destroyed(manifest: Manifest) -> None:
    if StoredReceipt.objects.filter(kind=receipts.DESTROYED, manifest=manifest.digest).exists():
        raise Destroyed(str(manifest.id))


def _place(manifest: Manifest, statement: bytes, *, at: datetime) -> Announced:
    """The place of this envelope's body, made now unless it was announced before and its file is there."""
    held = Announcement.objects.filter(sender=manifest.sender.address, envelope=manifest.id).first()
    if held is not None and not bodies.exists(held.body):
        throw_away(held)
        held = None
    if held is None:
        held = _new_place(manifest, statement, at=at)
    if held.digest != manifest.digest:
        raise Replayed(str(manifest.id))
    _touch(held, at=at)
    try:
        return Announced(place=held.place, offset=bodies.size(held.body))
    except bodies.BodyMissing as fault:
        raise Busy from fault  # it was committed or thrown away in this moment


def _new_place(manifest: Manifest, statement: bytes, *, at: datetime) -> Announcement:
    name, file = bodies.new()
    file.close()
    made = False
    try:
        held, made = Announcement.objects.get_or_create(
            sender=manifest.sender.address,
            envelope=manifest.id,
            defaults={
                "place": uuid.UUID(bytes=secrets.token_bytes(16)),
                "digest": manifest.digest,
                "statement": statement,
                "body": name,
                "size": manifest.payload.size,
                "active_at": at,
            },
        )
    finally:
        if not made:
            bodies.delete_body(name)
    return held


def _touch(announced: Announcement, *, at: datetime) -> None:
    Announcement.objects.filter(pk=announced.pk).update(active_at=at)


def append(  # noqa: PLR0917 - the order of a request
    place: uuid.UUID, offset: int, source: Source, length: int, *, at: datetime
) -> int:
    """Add `length` bytes of `source` to the body at `place`, from `offset`; gives how many are there now.

    A source that ends early leaves what came, to be continued. Raises `NotHere`, `WrongOffset` (which says
    where to go on), `TooLarge`, `Busy`.
    """
    announced = Announcement.objects.filter(place=place).first()
    if announced is None:
        raise NotHere("place")
    with recorded("envelope.refused", bytes(announced.statement), at=at), _writing(announced) as file:
        present = file.seek(0, 2)
        if offset != present:
            raise WrongOffset(present)
        if length < 0 or offset + length > announced.size:
            raise TooLarge("more than announced")
        _touch(announced, at=at)
        left = length
        while left and (chunk := source.read(min(left, bodies.CHUNK))):
            file.write(chunk)
            left -= len(chunk)
        return offset + length - left


@contextmanager
def _writing(announced: Announcement) -> Iterator[BinaryIO]:
    """The file at a place; one that is gone takes its announcement along, which can then be made anew."""
    try:
        with bodies.writing(announced.body) as file:
            yield file
    except bodies.BodyBusy as fault:
        raise Busy from fault
    except bodies.BodyMissing as fault:
        throw_away(announced)
        raise NotHere("the file of this place") from fault


def commit(place: uuid.UUID, *, at: datetime) -> bytes:
    """Take the envelope whose body is whole; gives the delivered receipt. The signals come after the commit.

    Raises `NotHere`, `WrongOffset` while bytes are missing, `Busy`, and what verifying refuses; then the body
    is thrown away.
    """
    announced = Announcement.objects.filter(place=place).first()
    if announced is None:
        return _committed(place)
    with recorded("envelope.refused", bytes(announced.statement), at=at), _writing(announced) as file:
        present = file.seek(0, 2)
        if present < announced.size:
            raise WrongOffset(present)
        file.seek(0)
        here = _here(Manifest.from_bytes(dsse.read(bytes(announced.statement)).payload))
        try:
            manifest = envelope.verify(
                bytes(announced.statement), file, Directory(), at=at, receiver=here[0].address
            )
            bodies.settle(announced.body)
            return _store(announced, manifest, here, at=at)
        except Refused:
            throw_away(announced)
            raise


def _committed(place: uuid.UUID) -> bytes:
    """The receipt of what was committed at this place before."""
    present = Incoming.objects.filter(place=place).first()
    if present is None:
        raise NotHere("place")
    return _delivered_receipt(present.digest)


def _store(announced: Announcement, manifest: Manifest, here: Sequence[Party], *, at: datetime) -> bytes:
    """Take it in, unless it came meanwhile by another place; then there is a receipt, or it is `Replayed`."""
    with transaction.atomic():
        if not Announcement.objects.select_for_update().filter(pk=announced.pk).exists():
            return _committed(announced.place)
        present = Incoming.objects.filter(sender=announced.sender, envelope=announced.envelope).first()
        if present is None:
            return _take(announced, manifest, here, at=at)
    if present.digest != manifest.digest:
        raise Replayed(str(manifest.id))
    throw_away(announced)
    return _delivered_receipt(present.digest)


def _take(announced: Announcement, manifest: Manifest, here: Sequence[Party], *, at: datetime) -> bytes:
    stored = [
        Incoming.objects.create(
            envelope=manifest.id,
            thread=manifest.thread,
            kind=manifest.kind,
            part=manifest.part,
            sender=manifest.sender.address,
            receiver=party.address,
            digest=manifest.digest,
            statement=bytes(announced.statement),
            body=announced.body,
            size=manifest.payload.size,
            sha256=manifest.payload.sha256,
            media_type=manifest.payload.media_type,
            previous=manifest.previous,
            ledger=manifest.ledger,
            created=manifest.created,
            expires=manifest.expires,
            place=announced.place,
            received_at=at,
        )
        for party in here
    ]
    receipt = _issue_delivered(manifest, at=at)
    # The ledger is locked now, so that the same receipt cannot be taken in the same moment.
    _check_not_destroyed(manifest)
    announced.delete()
    for incoming in stored:
        signals.after_commit(signals.arrived, incoming_id=incoming.pk)
    return receipt


def _issue_delivered(manifest: Manifest, *, at: datetime) -> bytes:
    entry = entries.append(
        act="envelope.received", actor=manifest.sender.address, object=str(manifest.id), at=at
    )
    receipt = Receipt(
        version=receipts.VERSION,
        kind=receipts.DELIVERED,
        envelope=manifest.id,
        thread=manifest.thread,
        manifest=manifest.digest,
        by=node_keys.published().party,
        at=at,
        ledger=entry.hash,
    )
    statement = receipts.issue(receipt, node_keys.signing_keys())
    keep_receipt(receipt, statement, StoredReceipt.Direction.ISSUED, at=at)
    return statement


def _delivered_receipt(digest: str) -> bytes:
    return kept_receipt(
        StoredReceipt.Direction.ISSUED, receipts.DELIVERED, manifest=digest, by=node_keys.address()
    )
