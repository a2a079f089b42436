"""What lies inside the seal: a line saying whose envelope this is, the content, zeros up to a Padme size.

The line repeats version, thread, kind, part, sender and recipients of the manifest, and opening compares
them. Both sides work in pieces, in constant memory.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import BinaryIO, Final

from secure_exchange.age import SealingStream, write_all
from secure_exchange.errors import Malformed, TooLarge, WrongContents
from secure_exchange.manifest import (
    MAX_BODY_BYTES,
    MAX_RECIPIENTS,
    MEDIA_TYPE,
    PART,
    Manifest,
    Party,
)
from secure_exchange.padding import padme
from secure_exchange.strict_json import Members, canonical, parse_canonical


MAX_LINE_BYTES: Final = 16 * 1024
_ZEROS: Final = bytes(64 * 1024)


@dataclass(frozen=True)
class Contents:
    """The first line inside the seal. `size` is that of the content in bytes, without line and zeros."""

    version: int
    thread: uuid.UUID
    kind: str
    part: str
    sender: Party
    recipients: tuple[Party, ...]
    media_type: str
    size: int

    def to_line(self) -> bytes:
        """As JSON, with the newline."""
        members = {
            "version": self.version,
            "thread": str(self.thread),
            "kind": self.kind,
            "part": self.part,
            "sender": self.sender.to_dict(),
            "recipients": [party.to_dict() for party in self.recipients],
            "media_type": self.media_type,
            "size": self.size,
        }
        return canonical(members) + b"\n"

    def belongs_to(self, manifest: Manifest) -> bool:
        """Whether this was sealed for that manifest."""
        mine = (self.version, self.thread, self.kind, self.part, self.sender, self.recipients)
        return mine == (
            manifest.version,
            manifest.thread,
            manifest.kind,
            manifest.part,
            manifest.sender,
            manifest.recipients,
        )


def read_line(line: bytes, manifest: Manifest) -> Contents:
    """The first line, without its newline, of what was sealed for `manifest`; raises `WrongContents`."""
    try:
        members = Members(parse_canonical(line, limit=MAX_LINE_BYTES))
        contents = Contents(
            version=members.version(manifest.version),
            thread=members.uuid("thread"),
            kind=members.text("kind", PART),
            part=members.text("part", PART),
            sender=Party.from_dict(members.take("sender")),
            recipients=members.items("recipients", Party.from_dict, low=1, high=MAX_RECIPIENTS),
            media_type=members.text("media_type", MEDIA_TYPE),
            size=members.integer("size", low=0, high=MAX_BODY_BYTES),
        )
        members.finish()
    except Malformed as fault:
        raise WrongContents("the first line inside the seal") from fault
    if not contents.belongs_to(manifest):
        raise WrongContents("sealed for another manifest")
    return contents


class ContentsWriter:
    """Takes exactly the content that was announced, in pieces."""

    def __init__(self, stream: SealingStream, contents: Contents) -> None:
        """Writes the first line; raises `Malformed` if the announced media type or size is not allowed."""
        line = contents.to_line()
        if not MEDIA_TYPE.fullmatch(contents.media_type) or not 0 <= contents.size <= MAX_BODY_BYTES:
            raise Malformed("media type or size")
        if len(line) > MAX_LINE_BYTES:
            raise TooLarge("the first line inside the seal")
        self._stream = stream
        self._left = contents.size
        self._padding = padme(len(line) + contents.size) - len(line) - contents.size
        stream.write(line)

    def write(self, chunk: bytes | bytearray | memoryview) -> int:
        """Seal `chunk`; raises `TooLarge` when more comes than was announced."""
        length = memoryview(chunk).nbytes
        if length > self._left:
            raise TooLarge("more content than announced")
        self._left -= length
        return self._stream.write(chunk)

    def finish(self) -> None:
        """Write the zeros; raises `WrongContents` when less came than was announced."""
        if self._left:
            raise WrongContents("less content than announced")
        while self._padding:
            zeros = _ZEROS[: self._padding]
            self._padding -= self._stream.write(zeros)


class ContentsReader:
    """Takes what comes out of the seal, compares its first line and hands on the content alone."""

    def __init__(self, target: BinaryIO, manifest: Manifest) -> None:
        """Nothing is written to `target` before the first line was found to belong to `manifest`."""
        self._target = target
        self._manifest = manifest
        self._line = bytearray()
        self._contents: Contents | None = None
        self._left = 0
        self._padding = 0

    def write(self, data: memoryview) -> int:
        """Take the next piece; raises `WrongContents`."""
        rest = data if self._contents else self._read_line(data)
        content, padding = rest[: self._left], rest[self._left :]
        if content:
            write_all(self._target, content)
            self._left -= len(content)
        if padding:
            self._padding -= len(padding)
            if self._padding < 0 or bytes(padding).count(0) != len(padding):
                raise WrongContents("something other than zeros follows the content")
        return len(data)

    def _read_line(self, data: memoryview) -> memoryview:
        line, newline, _ = bytes(data[: MAX_LINE_BYTES + 1]).partition(b"\n")
        self._line += line
        if len(self._line) > MAX_LINE_BYTES:
            raise WrongContents("the first line is too long")
        if not newline:
            return data[len(data) :]
        self._contents = contents = read_line(bytes(self._line), self._manifest)
        before = len(self._line) + 1
        self._left = contents.size
        self._padding = padme(before + contents.size) - before - contents.size
        return data[len(line) + 1 :]

    def finish(self) -> Contents:
        """The first line, once everything it announced has come; raises `WrongContents`."""
        if self._contents is None or self._left or self._padding:
            raise WrongContents("less came out of the seal than was announced")
        return self._contents
