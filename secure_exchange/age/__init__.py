"""age v1 files (C2SP age.md) for post-quantum recipients: what they are sealed with and opened by.

Every file made here opens with the public age tools that know `age1pq1...` recipients, and the other way
round.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

from secure_exchange.age.behind import WritingBehind, write_all
from secure_exchange.age.errors import AgeError, HeaderError, KeyTextError, NoMatchingIdentity, PayloadError
from secure_exchange.age.header import FILE_KEY_BYTES, derive, read_header, write_header
from secure_exchange.age.keys import Identity, Recipient
from secure_exchange.age.recipients import MAX_RECIPIENTS, unwrap, wrap
from secure_exchange.age.stream import NONCE_BYTES, OpeningStream, SealingStream, seal_stream


__all__ = [
    "MAX_RECIPIENTS",
    "AgeError",
    "HeaderError",
    "Identity",
    "KeyTextError",
    "NoMatchingIdentity",
    "PayloadError",
    "Recipient",
    "SealingStream",
    "decrypt",
    "decrypt_bytes",
    "encrypt",
    "encrypt_bytes",
    "opening",
    "sealing",
    "write_all",
]


def _begin(target: BinaryIO, recipients: Sequence[Recipient]) -> SealingStream:
    file_key = secrets.token_bytes(FILE_KEY_BYTES)
    nonce = secrets.token_bytes(NONCE_BYTES)
    target.write(write_header(wrap(file_key, recipients), file_key) + nonce)
    return SealingStream(target, derive(file_key, salt=nonce, info=b"payload"))


@contextmanager
def sealing(target: BinaryIO, recipients: Sequence[Recipient]) -> Iterator[SealingStream]:
    """Seal what is written to the stream it gives; the last chunk is written on a clean exit only.

    After an exception `target` holds a file that cannot be opened to its end.
    """
    stream = _begin(target, recipients)
    try:
        yield stream
        stream.finish()
    except BaseException:
        stream.abandon()
        raise


def encrypt(source: BinaryIO, target: BinaryIO, recipients: Sequence[Recipient]) -> None:
    """Seal all of `source` to each of `recipients`, in constant memory."""
    with sealing(target, recipients) as stream:
        seal_stream(source, stream)


def decrypt(source: BinaryIO, target: BinaryIO, identities: Sequence[Identity]) -> None:
    """Open all of `source` with any of `identities`, in constant memory; raises an `AgeError`.

    Each chunk is verified before it is written, but only the end of the file proves that nothing was cut off:
    a caller must discard what was written to `target` when this raises.
    """
    writing = WritingBehind(target)
    try:
        for piece in opening(source, identities):
            writing.write(piece)
        writing.settle()
    except BaseException:
        writing.abandon()
        raise


def opening(source: BinaryIO, identities: Sequence[Identity]) -> Iterator[memoryview]:
    """`decrypt` for who takes piece by piece, such as a download; raises an `AgeError`, also between pieces.

    Each piece is verified, and holds good until the second one after it is asked for. Only when the iterator
    ends without raising is it certain that nothing was cut off.
    """
    header, front = read_header(source)
    file_key = unwrap(header, identities)
    stream = OpeningStream(front, source)
    return stream.blocks(derive(file_key, salt=stream.nonce(), info=b"payload"))


def encrypt_bytes(data: bytes, recipients: Sequence[Recipient]) -> bytes:
    """`encrypt` for what is small enough to hold in memory."""
    target = BytesIO()
    encrypt(BytesIO(data), target, recipients)
    return target.getvalue()


def decrypt_bytes(data: bytes, identities: Sequence[Identity]) -> bytes:
    """`decrypt` for what is small enough to hold in memory; nothing is given when it raises."""
    target = BytesIO()
    decrypt(BytesIO(data), target, identities)
    return target.getvalue()
