"""End a request that lasts too long, whatever it waits for: a byte now and then keeps any time-out away.

The socket is shut down from beside. Until it is connected, its own time-outs hold; looking up a name is left
to the limits of the resolver.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from contextvars import ContextVar
from threading import Timer
from typing import Any, Final

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection


UNSENT_BYTES: Final = 128 * 1024
"""What the system takes for a connection before it is sent: what lies there counts as sent and is not."""


class Deadline:
    """The end of the requests of one call, one after the other."""

    def __init__(self) -> None:
        """No request yet."""
        self._socket: socket.socket | None = None
        self.passed = False

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give this request so long."""
        self.passed = False
        timer = Timer(seconds, self._end)
        timer.daemon = True
        token = _under_way.set(self)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            _under_way.reset(token)

    def connected(self, connection: socket.socket) -> None:
        """The request goes through this socket."""
        self._socket = connection
        if self.passed:
            self._end()

    def _end(self) -> None:
        self.passed = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Not the method of an SSL socket, which would go on with what comes in clear.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


_under_way: ContextVar[Deadline] = ContextVar("deadline")


def _show(connected: Any) -> None:
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES)
    _under_way.get().connected(connected)


class _Plain(HTTPConnection):
    """Shows its socket."""

    def connect(self) -> None:
        """Connect."""
        super().connect()
        _show(self.sock)


class _Tls(HTTPSConnection):
    """Shows its socket."""

    def connect(self) -> None:
        """Connect."""
        super().connect()
        _show(self.sock)


class EndableAdapter(HTTPAdapter):
    """Its connections are made within a deadline, and end with it."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of connections to a host."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _Tls if pool.scheme == "https" else _Plain
        return pool
