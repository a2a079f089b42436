"""The header of an age file: read strictly, written, and bound to the file key by its MAC.

C2SP age.md, sections "Header" and "ABNF definition of file header". The version is v1 and nothing else. Not
read here: ASCII armour.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from secure_exchange.age.errors import HeaderError


MAX_HEADER_BYTES: Final = 64 * 1024
FILE_KEY_BYTES: Final = 16
_VERSION_LINE: Final = b"age-encryption.org/v1"
_COLUMNS: Final = 64
_READ_BYTES: Final = 4096
_ARGUMENTS_LINE: Final = re.compile(rb"-> ([!-~]+(?: [!-~]+)*)")
_BODY_LINE: Final = re.compile(rb"[A-Za-z0-9+/]{0,64}")
_END_LINE: Final = re.compile(rb"--- ([A-Za-z0-9+/]{43})")


@dataclass(frozen=True)
class Stanza:
    """The file key, wrapped for one recipient."""

    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True)
class Header:
    """The stanzas, the bytes that the MAC covers, and the MAC."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes


def to_base64(data: bytes) -> bytes:
    """Canonical base64 (RFC 4648, section 4) without padding characters."""
    return base64.b64encode(data).rstrip(b"=")


def from_base64(text: bytes) -> bytes:
    """The data of canonical base64 without padding characters; raises `HeaderError`."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise HeaderError("not base64") from fault
    if to_base64(data) != text:
        raise HeaderError("base64 is not canonical")
    return data


def derive(file_key: bytes, *, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 (RFC 5869) to 32 bytes."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(file_key)


def _mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(derive(file_key, salt=b"", info=b"header"), covered, sha256)


def write_header(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """The bytes of a header with its MAC."""
    lines = [_VERSION_LINE]
    for stanza in stanzas:
        lines.append(b"-> " + " ".join(stanza.arguments).encode("ascii"))
        body = to_base64(stanza.body)
        # The body ends with a line shorter than 64 columns, which is empty where the last one is full.
        lines += [body[start : start + _COLUMNS] for start in range(0, len(body) + 1, _COLUMNS)]
    covered = b"\n".join([*lines, b"---"])
    return covered + b" " + to_base64(_mac(file_key, covered)) + b"\n"


def check_mac(header: Header, file_key: bytes) -> None:
    """Raises `HeaderError` unless the header was written by someone who had the file key."""
    if not hmac.compare_digest(_mac(file_key, header.covered), header.mac):
        raise HeaderError("the MAC of the header does not hold")


def read_header(source: BinaryIO) -> tuple[Header, bytes]:
    """Read and parse the header of `source`; also gives what was read beyond it. Raises `HeaderError`."""
    read = b""
    while True:
        block = source.read(min(_READ_BYTES, MAX_HEADER_BYTES + 1 - len(read)))
        read += block
        if not (_VERSION_LINE + b"\n").startswith(read[: len(_VERSION_LINE) + 1]):
            raise HeaderError("not an age file of version 1")
        end_line = read.find(b"\n---") + 1
        end = read.find(b"\n", end_line) if end_line else -1
        if end >= 0:
            return parse_header(read[: end + 1]), read[end + 1 :]
        if not block:
            raise HeaderError("the header ends too early")
        if len(read) > MAX_HEADER_BYTES:
            raise HeaderError("the header is too large")


def parse_header(data: bytes) -> Header:
    """A complete header from its version line to the line feed after its MAC; raises `HeaderError`."""
    if len(data) > MAX_HEADER_BYTES or not data.endswith(b"\n"):
        raise HeaderError("the header is too large or cut short")
    version, *lines, end = data[:-1].split(b"\n")
    end_line = _END_LINE.fullmatch(end)
    if version != _VERSION_LINE or not end_line:
        raise HeaderError("wrong version line or wrong MAC line")
    stanzas = []
    position = 0
    while position < len(lines):
        stanza, position = _parse_stanza(lines, position)
        stanzas.append(stanza)
    if not stanzas:
        raise HeaderError("no stanza")
    return Header(tuple(stanzas), data[: -len(end) - 1] + b"---", from_base64(end_line[1]))


def _parse_stanza(lines: Sequence[bytes], position: int) -> tuple[Stanza, int]:
    arguments = _ARGUMENTS_LINE.fullmatch(lines[position])
    if not arguments:
        raise HeaderError("a stanza begins wrongly")
    body = []
    for line in lines[position + 1 :]:
        position += 1
        if not _BODY_LINE.fullmatch(line):
            raise HeaderError("a stanza's body is not base64 in lines of 64 columns")
        body.append(line)
        if len(line) < _COLUMNS:
            return Stanza(
                tuple(arguments[1].decode("ascii").split(" ")), from_base64(b"".join(body))
            ), position + 1
    raise HeaderError("a stanza ends too early")
