"""Seal, verify and open an envelope: a signed manifest and a sealed file that belong together.

Sealing pads (contents.py), seals (age) and signs (DSSE); the manifest names the size and the hash of the
sealed file, and what lies inside the seal names the manifest's thread, kind, part and parties.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Final, cast

from secure_exchange import age, dsse, signing
from secure_exchange.contents import Contents, ContentsReader, ContentsWriter
from secure_exchange.errors import (
    Altered,
    CannotOpen,
    Expired,
    FromTheFuture,
    LifetimeTooLong,
    Misdirected,
)
from secure_exchange.keysets import DEFAULT, KeyDirectory, PublishedKeys
from secure_exchange.manifest import RECORD, VERSION, Manifest, Party, Payload, new_id
from secure_exchange.signing import SigningKeys


MAX_AHEAD: Final = timedelta(seconds=300)
MAX_LIFETIME: Final = timedelta(days=30)
# The manifest says only that the file is sealed; what kind of file it is stands inside.
SEALED_MEDIA_TYPE: Final = "application/age"
_READ_BYTES: Final = 1024 * 1024


@dataclass(frozen=True)
class Draft:
    """What the sender decides about an envelope. `media_type` is that of the content and travels sealed."""

    thread: uuid.UUID
    kind: str
    part: str
    sender: Party
    recipients: tuple[Party, ...]
    created: datetime
    expires: datetime
    previous: str = ""
    ledger: str = ""
    media_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Envelope:
    """A sealed envelope without its body: the signed line of JSON, and what it says."""

    statement: bytes
    manifest: Manifest


@dataclass(frozen=True)
class Opened:
    """What was opened: the manifest, and media type and size in bytes of the content."""

    manifest: Manifest
    media_type: str
    size: int


class _HashedBody:
    """Writes to a body, counting and hashing."""

    def __init__(self, body: BinaryIO) -> None:
        self._body = body
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes | memoryview) -> int:
        self._hash.update(data)
        self._size += len(data)
        age.write_all(self._body, memoryview(data))
        return len(data)

    def payload(self) -> Payload:
        return Payload(SEALED_MEDIA_TYPE, self._size, self._hash.hexdigest())


class Sealing:
    """Takes the content in pieces; `envelope` is there after the clean end of the `with` block."""

    def __init__(self, contents: ContentsWriter) -> None:
        """`contents` is what the pieces go through."""
        self._contents = contents
        self._envelope: Envelope | None = None

    def write(self, chunk: bytes | bytearray | memoryview) -> int:
        """Seal the next piece of the content; raises `TooLarge` beyond the announced size."""
        return self._contents.write(chunk)

    @property
    def envelope(self) -> Envelope:
        """The signed envelope; `RuntimeError` before the end."""
        if self._envelope is None:
            raise RuntimeError("the envelope is signed at the end of the with block")
        return self._envelope


def _manifest(draft: Draft, payload: Payload) -> Manifest:
    manifest = Manifest(
        version=VERSION,
        id=new_id(draft.created),
        thread=draft.thread,
        kind=draft.kind,
        part=draft.part,
        sender=draft.sender,
        recipients=tuple(draft.recipients),
        created=draft.created,
        expires=draft.expires,
        previous=draft.previous,
        ledger=draft.ledger,
        payload=payload,
    )
    # Read back with the receiver's eyes: what it would refuse is never signed.
    return Manifest.from_bytes(manifest.to_bytes())


def _check_draft(draft: Draft) -> None:
    nothing_yet = Payload(SEALED_MEDIA_TYPE, 1, hashlib.sha256().hexdigest())
    _check_times(_manifest(draft, nothing_yet), draft.created)


def _sign(manifest: Manifest, signer: SigningKeys) -> Envelope:
    return Envelope(signing.sign(signing.ENVELOPE, manifest.to_bytes(), signer), manifest)


@contextmanager
def sealing(  # noqa: PLR0917 - the order of the work
    body: BinaryIO,
    draft: Draft,
    size: int,
    signer: SigningKeys,
    recipients: Sequence[age.Recipient],
) -> Iterator[Sealing]:
    """Seal exactly `size` bytes of content, written in pieces, into `body`; afterwards `.envelope` is signed.

    Raises a `Refused` for a draft that a receiver would refuse and for content of another size. After any
    exception `body` holds nothing that can be opened to its end and must be discarded, and nothing was
    signed.
    """
    _check_draft(draft)
    hashed = _HashedBody(body)
    contents = Contents(
        version=VERSION,
        thread=draft.thread,
        kind=draft.kind,
        part=draft.part,
        sender=draft.sender,
        recipients=tuple(draft.recipients),
        media_type=draft.media_type,
        size=size,
    )
    # Two parties may share one recipient; age wants each once.
    with age.sealing(cast(BinaryIO, hashed), list(dict.fromkeys(recipients))) as stream:
        writer = ContentsWriter(stream, contents)
        sealing_now = Sealing(writer)
        yield sealing_now
        writer.finish()
    sealing_now._envelope = _sign(_manifest(draft, hashed.payload()), signer)  # noqa: SLF001 - set here and nowhere else


def seal(
    payload: BinaryIO,
    body: BinaryIO,
    *,
    draft: Draft,
    size: int,
    signer: SigningKeys,
    recipients: Sequence[PublishedKeys],
) -> Envelope:
    """Seal `size` bytes of `payload` into `body` for the parties of `draft`, whose keys are `recipients`.

    A record is sealed to each receiver's recipient for its part and to no other, anything else to the default
    one. Raises `Misdirected` if keys and parties differ, `KeysExpired`, `CategoryNotAccepted`, and what
    `sealing` raises.
    """
    if {keys.party for keys in recipients} != set(draft.recipients):
        raise Misdirected("the keys are not those of the draft's recipients")
    for keys in recipients:
        keys.check_valid(draft.created)
    category = draft.part if draft.kind == RECORD else DEFAULT
    chosen = [keys.recipient_for(category) for keys in recipients]
    with sealing(body, draft, size, signer, chosen) as sealed:
        while block := payload.read(_READ_BYTES):
            sealed.write(block)
    return sealed.envelope


def _check_times(manifest: Manifest, at: datetime) -> None:
    if manifest.created > at + MAX_AHEAD:
        raise FromTheFuture(str(manifest.id))
    if not timedelta() < manifest.expires - manifest.created <= MAX_LIFETIME:
        raise LifetimeTooLong(str(manifest.id))
    if at >= manifest.expires:
        raise Expired(str(manifest.id))


def _check_body(manifest: Manifest, body: BinaryIO) -> None:
    digest = hashlib.sha256()
    size = 0
    while block := body.read(_READ_BYTES):
        digest.update(block)
        size += len(block)
        if size > manifest.payload.size:
            break
    if (size, digest.hexdigest()) != (manifest.payload.size, manifest.payload.sha256):
        raise Altered(str(manifest.id))


def verify(
    statement: bytes,
    body: BinaryIO | None,
    directory: KeyDirectory,
    *,
    at: datetime,
    receiver: str,
) -> Manifest:
    """The manifest of an envelope that the address `receiver` may believe at the moment `at`.

    The checks:

    1. the statement is DSSE, and its payload a manifest of a version we know: `Malformed`, `VersionUnknown`
    2. the directory knows and trusts the sender's key set: what the directory raises
    3. the sender signed it, with both algorithms: `BadSignature`
    4. the sender's key set was valid when the envelope was made: `KeysExpired`
    5. it is not from the future, not meant to live too long, and not expired: `FromTheFuture`,
       `LifetimeTooLong`, `Expired`
    6. it is addressed to `receiver`: `Misdirected`
    7. size and hash of `body` are the signed ones: `Altered`. Skipped where `body` is None, before it came.

    Not checked: whether this id was seen before, and whether `previous` is right; both need a memory.
    """
    # 1
    manifest = Manifest.from_bytes(dsse.read(statement).payload)
    # 2
    keys = directory.keys(manifest.sender.address, manifest.sender.fingerprint)
    # 3
    signing.verify(statement, signing.ENVELOPE, keys.verifying)
    # 4
    keys.check_valid(manifest.created)
    # 5
    _check_times(manifest, at)
    # 6
    if not manifest.received_by(receiver):
        raise Misdirected(str(manifest.id))
    # 7
    if body is not None:
        _check_body(manifest, body)
    return manifest


def open(  # noqa: A001, PLR0913, PLR0917 - the public name and order of the design
    statement: bytes,
    body: BinaryIO,
    target: BinaryIO,
    directory: KeyDirectory,
    identities: Sequence[age.Identity],
    *,
    at: datetime,
    receiver: str,
) -> Opened:
    """Verify an envelope, open it and write its content to `target`.

    `body` must be seekable; what was written to `target` must be discarded when this raises. The checks:

    1. all of `verify`, before a key touches a byte of the body
    2. one of `identities` opens the file, and it is whole: `CannotOpen`
    3. the first line inside belongs to this manifest: `WrongContents`
    4. exactly the announced content came out, followed by zeros up to the padded size: `WrongContents`
    """
    start = body.tell()
    # 1
    manifest = verify(statement, body, directory, at=at, receiver=receiver)
    body.seek(start)
    # 2 and 3: the reader compares the first line before it hands on a byte
    reader = ContentsReader(target, manifest)
    try:
        for piece in age.opening(body, identities):
            reader.write(piece)
    except age.AgeError as fault:
        raise CannotOpen(type(fault).__name__) from fault
    # 4
    contents = reader.finish()
    return Opened(manifest, contents.media_type, contents.size)
