"""How long another node may take to say what it has to say, and how many are heard at once.

A web server with threads reads as slowly as the other side writes, and anybody may call. So what is sent
slowly or by half is cut, and all other nodes together never take every thread from people.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError


SILENCE_SECONDS: Final = 10
"""For the next byte."""
READING_SECONDS: Final = 20
"""For a statement, and beyond what its size takes for a piece of a body."""
BYTES_A_SECOND: Final = 16 * 1024
CHANNEL: Final = "gunicorn.socket"
"""Where gunicorn leaves the connection; another server has its own limits."""


class TooSlow(Exception):  # noqa: N818 - an answer to a machine
    """The body did not come within its time."""


@contextmanager
def seat() -> Iterator[bool]:
    """Whether this request may be heard now, until the end of the block."""
    free = _seats().acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            _seats().release()


@cache
def _seats() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(settings.CONNECT.EXCHANGE_REQUESTS)


@contextmanager
def within(request: HttpRequest, size: int) -> Iterator[None]:
    """Read `size` bytes of the request inside; raises `TooSlow` when they did not come in time."""
    channel = request.META.get(CHANNEL)
    if channel is None:
        yield
        return
    late = threading.Event()

    def cut() -> None:
        late.set()
        hang_up(request)

    clock = threading.Timer(READING_SECONDS + size / BYTES_A_SECOND, cut)
    clock.daemon = True
    before = channel.gettimeout()
    channel.settimeout(SILENCE_SECONDS)
    clock.start()
    try:
        yield
    except UnreadablePostError as fault:
        if late.is_set() or isinstance(fault.__cause__, TimeoutError):
            raise TooSlow from fault
        raise
    finally:
        clock.cancel()
        channel.settimeout(before)
    if late.is_set():
        raise TooSlow


def hang_up(request: HttpRequest) -> None:
    """Hear no more of this request, so that the server does not wait for what is left of it."""
    channel = request.META.get(CHANNEL)
    if channel is not None:
        with contextlib.suppress(OSError):
            # As a plain socket, also under TLS: what lies above it then finds an end.
            socket.socket.shutdown(channel, socket.SHUT_RD)
