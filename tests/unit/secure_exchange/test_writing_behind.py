"""A large file is written while its next block is made: in order, and no more once the caller has it back."""

from __future__ import annotations

from io import BytesIO, RawIOBase
from threading import Event, current_thread, main_thread

import pytest

from secure_exchange import age
from secure_exchange.age.behind import WORTH_BYTES


MEGABYTE = 1024 * 1024
SOMEBODY = age.Identity.generate()


class Full(RawIOBase):
    """A disk that is full after so many bytes."""

    def __init__(self, room):
        self.room = room

    def writable(self):
        return True

    def write(self, data):
        if len(data) > self.room:
            raise OSError("no space left")
        self.room -= len(data)
        return len(data)


class Slow(BytesIO):
    """A disk that waits with large blocks until it is told to go on."""

    def __init__(self):
        super().__init__()
        self.begun, self.go_on = Event(), Event()
        self.threads = set()

    def write(self, data):
        if len(data) >= WORTH_BYTES:
            self.begun.set()
            assert self.go_on.wait(20)
        self.threads.add(current_thread())
        return super().write(data)


class Failing(BytesIO):
    """A source that fails once its target has begun to write."""

    def __init__(self, data, begun, then):
        super().__init__(data)
        self.begun, self.then = begun, then

    def readinto(self, view):
        if self.begun.wait(0.01):
            self.then.set()
            raise OSError("the stick was pulled out")
        return super().readinto(view)


@pytest.mark.parametrize("size", [0, 1, WORTH_BYTES, 3 * MEGABYTE + 7])
def test_what_was_written_beside_opens_to_the_same(size):
    plain = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    sealed, opened = BytesIO(), BytesIO()
    age.encrypt(BytesIO(plain), sealed, [SOMEBODY.recipient])
    sealed.seek(0)
    age.decrypt(sealed, opened, [SOMEBODY])
    assert opened.getvalue() == plain


@pytest.mark.parametrize("room", [MEGABYTE, 2 * MEGABYTE, 3 * MEGABYTE])
def test_a_full_disk_is_told_to_whoever_seals_or_opens(room):
    plain = bytes(4 * MEGABYTE)
    with pytest.raises(OSError, match="no space"):
        age.encrypt(BytesIO(plain), Full(room), [SOMEBODY.recipient])
    sealed = BytesIO()
    age.encrypt(BytesIO(plain), sealed, [SOMEBODY.recipient])
    sealed.seek(0)
    with pytest.raises(OSError, match="no space"):
        age.decrypt(sealed, Full(room), [SOMEBODY])


def test_nothing_is_written_any_more_once_sealing_has_failed():
    target = Slow()
    with pytest.raises(OSError, match="pulled out"):
        age.encrypt(Failing(bytes(4 * MEGABYTE), target.begun, target.go_on), target, [SOMEBODY.recipient])
    before = target.getvalue()
    target.seek(0, 2)
    target.write(b"the caller's")
    assert target.getvalue() == before + b"the caller's"


def test_a_small_file_is_written_by_who_seals_it():
    target = Slow()
    age.encrypt(BytesIO(b"few words"), target, [SOMEBODY.recipient])
    assert target.threads == {current_thread()} == {main_thread()}
