"""Sealed bodies as files under the node's folder of files; their names are ours and say nothing.

A body is ciphertext. It is written once, in quarantine or by the sealing act, and read as a stream, so that
its size costs no memory. Names never come from a stranger (a server-chosen name was a hole elsewhere).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, NewType

from django.conf import settings


CHUNK: Final = 256 * 1024
_NAME = re.compile(r"[0-9a-f]{32}")

Settled = NewType("Settled", str)
"""The name of a body that has reached the disk."""


class BodyMissing(Exception):  # noqa: N818 - a finding of the transcript, not a programmer's error
    """The file of a body is not there."""


class BodyBusy(Exception):  # noqa: N818 - somebody else is writing it, which passes
    """Another request is writing this body at this moment."""


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError("not the name of a body")
    return Path(settings.CONNECT.FILES) / "sealed" / name[:2] / name


def _make_folder(path: Path) -> None:
    """A folder for this node alone, each above it too, and each listed on the disk in the one above."""
    if path.is_dir():
        return
    _make_folder(path.parent)
    path.mkdir(exist_ok=True, mode=0o700)
    force(path.parent)


def new() -> tuple[str, BinaryIO]:
    """A new empty file, readable by this node only, and its name; the caller closes it."""
    name = secrets.token_hex(16)
    path = _path(name)
    _make_folder(path.parent)
    return name, os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def open_body(name: str) -> BinaryIO:
    """The body from its beginning; raises `BodyMissing`."""
    try:
        return _path(name).open("rb")
    except FileNotFoundError as fault:
        raise BodyMissing from fault


def exists(name: str) -> bool:
    """Whether its file is there."""
    return _path(name).exists()


def size(name: str) -> int:
    """Bytes that are there; raises `BodyMissing`."""
    try:
        return _path(name).stat().st_size
    except FileNotFoundError as fault:
        raise BodyMissing from fault


@contextmanager
def writing(name: str) -> Iterator[BinaryIO]:
    """The body, to be written on at any place, by nobody else meanwhile; raises `BodyMissing`, `BodyBusy`."""
    try:
        file = _path(name).open("r+b")
    except FileNotFoundError as fault:
        raise BodyMissing from fault
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise BodyBusy from fault
        yield file


def settle(name: str) -> Settled:
    """Force the body to the disk, before a row that counts on it is committed; raises `BodyMissing`.

    It takes as long as the disk does: call it outside of any transaction, which others may be waiting for.
    """
    path = _path(name)
    try:
        force(path)
        force(path.parent)
    except FileNotFoundError as fault:
        raise BodyMissing from fault
    return Settled(name)


def force(path: Path) -> None:
    """Force a file, or what a folder lists, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def older_than(at: datetime) -> Iterator[str]:
    """The names of the bodies that nobody has written to since that moment."""
    for path in (Path(settings.CONNECT.FILES) / "sealed").glob("*/*"):
        if _NAME.fullmatch(path.name) and path.parent.name == path.name[:2]:
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < at.timestamp():
                    yield path.name


def sha256(name: str) -> str:
    """The body's SHA-256 in hexadecimal; raises `BodyMissing`."""
    digest = hashlib.sha256()
    with open_body(name) as body:
        while piece := body.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def delete_body(name: str) -> None:
    """Remove the body; one that is gone already is fine."""
    _path(name).unlink(missing_ok=True)
