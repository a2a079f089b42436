"""A gunicorn worker whose threads are not kept by who sends slowly, half a request, or nothing at all.

Gunicorn's worker with threads reads as long as the other side takes. Here a request costs no thread before it
has come whole. Only one that is large, or of a length nobody told, is read by a thread: within a budget of
waiting that each byte refills a little, and never by more than half of the threads. What nobody read of a
request is not waited for. A proxy in front that takes in whole requests does more (docs/administrators.md).

Here a request's length is looked up for this alone; what it means is read by gunicorn, from the same bytes.
"""

from __future__ import annotations

import contextlib
import errno
import re
import selectors
import socket
import threading
from functools import partial
from time import monotonic
from typing import Any, Final

from gunicorn import util
from gunicorn.workers.gthread import TConn, ThreadWorker


WHOLE_SECONDS: Final = 20
"""For all of a request that is gathered."""
WHOLE_BYTES: Final = 80 * 1024
"""What is gathered at most: a signed statement of another node with its headers."""
SILENCE_SECONDS: Final = 10
"""For the next byte of what a thread reads."""
BUDGET_SECONDS: Final = 20
"""Of waiting in a thread, at the beginning of a request and never more."""
BYTES_A_SECOND: Final = 4 * 1024
"""What refills a second of it: slower than this on the whole, and the budget ends."""
LEFTOVER_SECONDS: Final = 0.2
"""For what nobody read of a request, and for the other side to hang up."""
SENDING_SECONDS: Final = 60
"""For each piece of an answer to be taken."""

_PASSING: Final = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
_OPEN_END: Final = re.compile(rb"\r\n(?:transfer-encoding|expect)[ \t]*:", re.IGNORECASE)
_FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class PatientSocket(socket.socket):
    """A connection that gathers a request before it is read, and then waits within a budget."""

    def __init__(self, client: socket.socket) -> None:
        """Takes over the connection of `client`."""
        super().__init__(fileno=client.detach())
        self.large = False
        """Whether a thread has to read the request that begins."""
        self.goes_on = True
        """Whether it can be told where the next request begins."""
        self._gathered = bytearray()
        self._request = 0  # bytes of this request that were not handed on yet, as far as is known
        self._left: float = BUDGET_SECONDS

    @property
    def ahead(self) -> bool:
        """Whether bytes of the next request came along with the last one."""
        return bool(self._gathered)

    def gather(self, *, more: bool) -> bool:
        """Take in what has come, if there is `more`; says whether a thread has something to do now.

        Raises `ConnectionError` when the other side has hung up.
        """
        if more:
            piece = super().recv(WHOLE_BYTES)
            if not piece:
                raise ConnectionError
            self._gathered += piece
        length = length_of(self._gathered)
        self._request = length or 0
        self.goes_on = length is not None
        self.large = length is None or max(length, len(self._gathered)) > WHOLE_BYTES
        return self.large or 0 < self._request <= len(self._gathered)

    def allow(self, seconds: float) -> None:
        """Begin a new budget."""
        self._left = seconds

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """The next bytes, never beyond this request; raises `TimeoutError` when the budget is used up."""
        size = min(size, self._request or size)
        if self._gathered:
            data = bytes(self._gathered[:size])
            del self._gathered[:size]
        else:
            data = self._waited_for(size, flags)
        self._request = max(0, self._request - len(data))
        return data

    def _waited_for(self, size: int, flags: int) -> bytes:
        began = monotonic()
        try:
            self.settimeout(max(0.001, min(SILENCE_SECONDS, self._left)))
            data = super().recv(size, flags)
        except TimeoutError as fault:
            raise TimeoutError(errno.ECONNRESET, "the other side is too slow") from fault
        finally:
            self._left -= monotonic() - began
            self.settimeout(SENDING_SECONDS)
        self._left = min(BUDGET_SECONDS, self._left + len(data) / BYTES_A_SECOND)
        return data

    def setblocking(self, flag: bool, /) -> None:
        """As every socket, but blocking means within a time; one that is closed stays so."""
        if self.fileno() != -1:
            self.settimeout(SENDING_SECONDS if flag else 0)


def length_of(begun: bytes | bytearray) -> int | None:
    """How long the request is that begins so; 0 while its headers are not whole, None if they do not say."""
    end = begun.find(_END)
    if end < 0:
        return 0
    headers = bytes(begun[: end + len(_END)])
    if _OPEN_END.search(headers):
        return None
    length = _LENGTH.search(headers)
    return len(headers) + (int(length[1]) if length else 0)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn's worker with threads, on such sockets."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """As gunicorn's."""
        super().__init__(*args, **options)
        self._large = threading.BoundedSemaphore(max(1, self.cfg.threads // 2))

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, and gather its first request."""
        try:
            client, address = listener.accept()
        except OSError as fault:
            if fault.errno not in _PASSING:
                raise
            return
        self.nr_conns += 1
        self._gather(TConn(self.cfg, PatientSocket(client), address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """A connection that goes on: gather its next request."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn)
        if conn.sock.ahead:
            self._go_on(conn, more=False)

    def on_pending_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """Something has come."""
        self._go_on(conn, more=True)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """What came along with the last request does not make the connection readable again."""
        super().finish_request(conn, fs)
        if conn.sock.ahead and conn in self.keepalived_conns:
            self.on_client_socket_readable(conn, conn.sock)

    def handle(self, conn: Any) -> Any:
        """Answer one request, and if it was the last one hang up here: the main thread waits for nobody."""
        conn.sock.allow(BUDGET_SECONDS)
        goes_on = False
        try:
            goes_on = super().handle(conn)
        finally:
            if conn.sock.large:
                conn.sock.large = False
                self._large.release()
            if not goes_on:
                conn.sock.allow(LEFTOVER_SECONDS)
                util.close_graceful(conn.sock)
        return goes_on

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        conn.sock.allow(LEFTOVER_SECONDS)
        return bool(super()._keepalive_after(conn, keepalive and conn.sock.goes_on))

    def _gather(self, conn: Any) -> None:
        conn.sock.setblocking(False)
        conn.timeout = monotonic() + WHOLE_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _go_on(self, conn: Any, *, more: bool) -> None:
        try:
            ready = conn.sock.gather(more=more)
        except BlockingIOError:
            return
        except OSError:
            self._drop(conn)
            return
        if not ready:
            return
        if conn.sock.large and not self._large.acquire(blocking=False):
            with contextlib.suppress(OSError):
                conn.sock.send(_FULL)
            self._drop(conn)
            return
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        conn.data_ready = True
        self.enqueue_req(conn)

    def _drop(self, conn: Any) -> None:
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        self.nr_conns -= 1
        conn.close()
