"""Sealed bodies as files under the node's folder of files; their names are ours and say nothing.

A body is ciphertext. It is written once, in quarantine or by the sealing act, and read as a stream, so that
its size costs no memory. Names never come from a stranger (a server-chosen name was a hole elsewhere).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
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


def new() -> tuple[str, BinaryIO]:
    """A new empty file, readable by this node only, and its name; the caller closes it."""
    name = secrets.token_hex(16)
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return name, os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def open_body(name: str) -> BinaryIO:
    """The body from its beginning; raises `BodyMissing`."""
    try:
        return _path(name).open("rb")
    except FileNotFoundError as fault:
        raise BodyMissing from fault


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
    """Force the body to the disk, before a row that counts on it is committed.

    It takes as long as the disk does: call it outside of any transaction, which others may be waiting for.
    """
    path = _path(name)
    for place, flags in ((path, os.O_RDWR), (path.parent, os.O_RDONLY)):
        descriptor = os.open(place, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return Settled(name)


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
