"""The digest of a request's body (RFC 9530): announced in a header, signed with it, compared with what came.

Of what the RFC allows, one form: SHA-256, alone, in canonical base64. A body that is kept while it arrives is
compared at its end, and taken back if it is another one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, Final, Protocol

from secure_exchange import dsse
from secure_exchange.errors import Malformed, NotSigned


HEADER: Final = "Content-Digest"
EMPTY: Final = hashlib.sha256().digest()
_FORM: Final = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_READ_BYTES: Final = 256 * 1024


class Source(Protocol):
    """Where the bytes of a body come from: a file or a request."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""
        ...


class Hashing:
    """A source that remembers what was read from it: how much, and its SHA-256."""

    def __init__(self, source: Source) -> None:
        """Reads from `source`."""
        self._source = source
        self._hash = hashlib.sha256()
        self.length = 0

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""
        piece = self._source.read(size)
        self._hash.update(piece)
        self.length += len(piece)
        return piece

    @property
    def digest(self) -> bytes:
        """SHA-256 of all that was read."""
        return self._hash.digest()


def digest_of(source: Source, size: int) -> bytes:
    """SHA-256 of the next `size` bytes of `source`, or of what there is of them."""
    hashing = Hashing(source)
    while hashing.length < size and hashing.read(min(size - hashing.length, _READ_BYTES)):
        pass
    return hashing.digest


def header_of(digest: bytes) -> str:
    """The header's value."""
    return f"sha-256=:{dsse.to_base64(digest)}:"


def announced(headers: Mapping[str, str]) -> bytes:
    """The SHA-256 that the header names; raises `NotSigned`."""
    form = _FORM.fullmatch(headers.get(HEADER, ""))
    if form is None:
        raise NotSigned("no digest of the body")
    try:
        return dsse.from_base64(form[1])
    except Malformed as fault:
        raise NotSigned("no digest of the body") from fault


def check(body: bytes, digest: bytes) -> None:
    """Raises `NotSigned` unless this is the body that was announced."""
    if not hmac.compare_digest(hashlib.sha256(body).digest(), digest):
        raise NotSigned("another body than announced")


@contextmanager
def undone_if_altered(file: BinaryIO, source: Source, *, length: int, digest: bytes) -> Iterator[Hashing]:
    """Write inside what you read from the source this gives, up to `length` bytes, onto the end of `file`.

    Once all of them were read and they are not what was announced, the file is cut back to where it ended
    before, and `NotSigned` raised. What a broken connection leaves cannot be compared and stays, to be
    continued: the hash in the envelope's manifest decides about the whole.
    """
    end = file.seek(0, 2)
    hashing = Hashing(source)
    yield hashing
    if hashing.length == length and not hmac.compare_digest(hashing.digest, digest):
        file.truncate(end)
        raise NotSigned("another body than announced")
