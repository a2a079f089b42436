"""The payload of an age file: chunks of 64 KiB under ChaCha20-Poly1305, in constant memory.

C2SP age.md, "Payload" (the STREAM construction): the nonce of a chunk is an 11-byte counter and a flag that
only the last chunk carries, so that nothing can be cut off, reordered or appended. Buffers are used again for
speed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from secure_exchange.age.behind import WritingBehind
from secure_exchange.age.errors import HeaderError, PayloadError


CHUNK_BYTES: Final = 64 * 1024
TAG_BYTES: Final = 16
SEALED_CHUNK_BYTES: Final = CHUNK_BYTES + TAG_BYTES
NONCE_BYTES: Final = 16
CHUNKS_A_BLOCK: Final = 8
BLOCK_BYTES: Final = CHUNKS_A_BLOCK * CHUNK_BYTES
SEALED_BLOCK_BYTES: Final = CHUNKS_A_BLOCK * SEALED_CHUNK_BYTES


def _buffer(size: int) -> memoryview:
    # Touching fresh memory costs more than sealing a small file: buffers begin small and grow with the file.
    return memoryview(bytearray(size))


def _nonce(counter: int, *, last: bool) -> bytes:
    return (counter << 8 | last).to_bytes(12, "big")


def read_into(source: BinaryIO, view: memoryview) -> int:
    """Fill `view` from `source`; fewer bytes than asked for only at the end of `source`."""
    filled = 0
    readinto = getattr(source, "readinto", None)
    while filled < len(view):
        if readinto is not None:
            count = readinto(view[filled:])
        else:
            block = source.read(len(view) - filled)
            count = len(block)
            view[filled : filled + count] = block
        if not count:
            break
        filled += count
    return filled


class SealingStream:
    """Takes plaintext in pieces of any size and writes sealed chunks to `target`."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        """`key` is the payload key, used for this stream only."""
        self._writing = WritingBehind(target)
        self._cipher = ChaCha20Poly1305(key)
        self._counter = 0
        self._held = bytearray(CHUNK_BYTES)
        self._held_bytes = 0
        self._sealed = _buffer(SEALED_CHUNK_BYTES)
        self._spare = _buffer(0)
        self._sealed_bytes = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take `data`; its last bytes are held until more come or `finish`."""
        view = memoryview(data).cast("B")
        length = len(view)
        if self._held_bytes:
            view = self._hold(view)
            if view:
                self._seal(memoryview(self._held), last=False)
                self._held_bytes = 0
        while len(view) > CHUNK_BYTES:
            self._seal(view[:CHUNK_BYTES], last=False)
            view = view[CHUNK_BYTES:]
        self._hold(view)
        return length

    def _hold(self, view: memoryview) -> memoryview:
        taken = min(CHUNK_BYTES - self._held_bytes, len(view))
        self._held[self._held_bytes : self._held_bytes + taken] = view[:taken]
        self._held_bytes += taken
        return view[taken:]

    def _seal(self, chunk: memoryview, *, last: bool) -> None:
        end = self._sealed_bytes + len(chunk) + TAG_BYTES
        nonce = _nonce(self._counter, last=last)
        self._cipher.encrypt_into(nonce, chunk, None, self._sealed[self._sealed_bytes : end])
        self._counter += 1
        self._sealed_bytes = end
        if last or len(self._sealed) - end < SEALED_CHUNK_BYTES:
            self._writing.write(self._sealed[:end])
            self._sealed, self._spare = self._spare, self._sealed
            self._sealed_bytes = 0
        if not last and len(self._sealed) < SEALED_BLOCK_BYTES:
            self._sealed = _buffer(SEALED_BLOCK_BYTES)

    def finish(self) -> None:
        """Write the last chunk; without it nobody can open the file to its end."""
        self._seal(memoryview(self._held)[: self._held_bytes], last=True)
        self._writing.settle()

    def abandon(self) -> None:
        """Write no more: the target is the caller's again, with a file that nobody can open to its end."""
        self._writing.abandon()


def seal_stream(source: BinaryIO, stream: SealingStream) -> None:
    """Everything of `source` through `stream`."""
    buffer = _buffer(CHUNK_BYTES)
    while count := read_into(source, buffer):
        stream.write(buffer[:count])
        if count == CHUNK_BYTES:
            buffer = _buffer(BLOCK_BYTES)


class _Rest:
    """A source with the bytes in front that were read too far."""

    def __init__(self, front: bytes, source: BinaryIO) -> None:
        self._front = front
        self._source = source

    def fill(self, view: memoryview) -> int:
        taken = min(len(self._front), len(view))
        view[:taken] = self._front[:taken]
        self._front = self._front[taken:]
        return taken + read_into(self._source, view[taken:])


class OpeningStream:
    """Reads sealed chunks and gives each only after its tag was verified."""

    def __init__(self, front: bytes, source: BinaryIO) -> None:
        """`front` is what was read of the payload together with the header."""
        self._rest = _Rest(front, source)
        self._counter = 0
        self._opened, self._spare = _buffer(0), _buffer(0)

    def nonce(self) -> bytes:
        """The 16 bytes after the header, from which the payload key is derived; raises `HeaderError`."""
        nonce = bytearray(NONCE_BYTES)
        if self._rest.fill(memoryview(nonce)) < NONCE_BYTES:
            raise HeaderError("no nonce follows the header")
        return bytes(nonce)

    def blocks(self, key: bytes) -> Iterator[memoryview]:
        """Verify and give block after block; raises `PayloadError`.

        A block holds good until the second one after it is asked for, so that it can be written meanwhile.
        """
        cipher = ChaCha20Poly1305(key)
        sealed = _buffer(2 * SEALED_CHUNK_BYTES)
        kept = 0
        while True:
            filled = kept + self._rest.fill(sealed[kept:])
            at_end = filled < len(sealed)
            # Whether a chunk is the last one shows only when nothing follows: the newest full one waits.
            ready = filled if at_end else filled - SEALED_CHUNK_BYTES
            yield from self._open_block(cipher, sealed[:ready], last=at_end)
            if at_end:
                return
            newest = sealed[ready:]
            if len(sealed) < SEALED_BLOCK_BYTES:
                sealed = _buffer(SEALED_BLOCK_BYTES)
            sealed[:SEALED_CHUNK_BYTES] = newest
            kept = SEALED_CHUNK_BYTES

    def _open_block(self, cipher: ChaCha20Poly1305, block: memoryview, *, last: bool) -> Iterator[memoryview]:
        self._opened, self._spare = self._spare, self._opened
        if len(self._opened) < len(block):
            self._opened = _buffer(len(block))
        opened, fault = 0, None
        try:
            for start in range(0, max(len(block), 1), SEALED_CHUNK_BYTES):
                is_last = last and start + SEALED_CHUNK_BYTES >= len(block)
                chunk = block[start : start + SEALED_CHUNK_BYTES]
                opened += self._open_chunk(cipher, chunk, opened, last=is_last)
        except PayloadError as found:
            fault = found
        # What was verified before a damaged chunk is given first: a stream ends where its truth ends.
        yield self._opened[:opened]
        if fault is not None:
            raise fault

    def _open_chunk(self, cipher: ChaCha20Poly1305, chunk: memoryview, at: int, *, last: bool) -> int:
        length = len(chunk) - TAG_BYTES
        if length < 0:
            raise PayloadError("the payload is cut short")
        if length == 0 and self._counter:
            raise PayloadError("an empty chunk ends a payload that is not empty")
        try:
            nonce = _nonce(self._counter, last=last)
            cipher.decrypt_into(nonce, chunk, None, self._opened[at : at + length])
        except InvalidTag as fault:
            raise PayloadError("a chunk is damaged, misplaced or not the last one") from fault
        self._counter += 1
        return length
