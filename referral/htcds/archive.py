"""The wall in front of the spreadsheet reader: what may be unpacked at all.

An .xlsx file is a zip of XML parts (ECMA-376 part 2). Before anything is unpacked, the central directory is
checked: how many parts, how large, how strongly packed. Then each part that will be read is unpacked once,
within these limits, and refused when it declares a document type (which is what entity bombs and external
entities need; no spreadsheet program writes one) or another encoding than UTF-8 (which would hide one).
`zipfile` reads no more of a part than the directory announced and compares its CRC, so a part that lies about
its size is refused too. Not checked: signatures, and the truth of what the cells say.
"""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib

from referral.htcds.refusals import Locked, TooLargeToImport, TooManyRows, Unreadable, Unsafe, WithMacros


__all__ = ["LARGEST_PART", "check"]

LARGEST_UNPACKED = 48 * 1024**2
LARGEST_PART = 32 * 1024**2
LARGEST_SMALL_PART = 2 * 1024**2
"""Bytes. Styles and themes are parsed into objects: small ones only, or a worker stands still."""
MOST_PARTS = 300
MOST_TAGS = 1_500_000
STRONGEST_PACKING = 200
"""Times. A worksheet of a thousand equal rows reaches about 60."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
)
XML = (".xml", ".rels")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LONG = re.compile(r"xl/(worksheets/[^/]+\.xml|sharedStrings\.xml)", re.IGNORECASE)
ENCODING = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']""")


def check(data: bytes) -> None:
    """Raise a refusal unless these bytes are an .xlsx that can be read in bounded time and memory."""
    if data.startswith(OLE):
        raise Locked
    if not data.startswith(ZIP):
        raise Unreadable
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_directory(parts)
            for part in parts:
                if part.filename.lower().endswith(XML):
                    _check_part(archive.read(part))
    except DAMAGED as fault:
        raise Unreadable(type(fault).__name__) from fault


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename.lower() for part in parts]
    if len(parts) > MOST_PARTS or len(set(names)) != len(names):
        raise Unsafe("parts")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Locked
    if any("vba" in name and name.endswith(".bin") for name in names):
        raise WithMacros
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise Unreadable("no workbook")
    for part in parts:
        _check_size(part)
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise TooLargeToImport


def _check_size(part: zipfile.ZipInfo) -> None:
    if part.file_size > 1024**2 and part.file_size > STRONGEST_PACKING * part.compress_size:
        raise Unsafe("packing")
    if LONG.fullmatch(part.filename):
        if part.file_size > LARGEST_PART:
            raise TooManyRows
    elif part.filename.lower().endswith(XML) and part.file_size > LARGEST_SMALL_PART:
        raise TooLargeToImport


def _check_part(content: bytes) -> None:
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = ENCODING.match(text)
    if not text.startswith(b"<") or b"\x00" in text:
        raise Unsafe("encoding")
    if declared and declared[1].lower() not in {b"utf-8", b"us-ascii"}:
        raise Unsafe("encoding")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Unsafe("document type")
    if text.count(b"<") > MOST_TAGS:
        raise TooManyRows
