"""One HTTP request to another node (RFC 9110), and what its answer means. Every answer is a stranger's.

1. Only hosts on the operator's list are called (`CONNECT.PEERS`), at the address that stands there.
2. TLS always; plain http only to this machine, and only in a demonstration.
3. No redirect is followed, no proxy of the environment is used, and no answer is read beyond its limit.
4. What is sent goes out in small blocks, each of which has the time-out: a slow way out is no silent peer.
   Every request as a whole has an end, whatever it waits for.

Not done here yet: HTTP message signatures and pinned keys.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings

from secure_exchange.carriers.base import REQUEST_SECONDS, Answered, Unanswered
from secure_exchange.carriers.deadlines import Deadline, EndableAdapter


TIMEOUT: Final = (15, 30)
"""Seconds to connect or to get rid of a block, and to wait for the next byte."""
BLOCK: Final = 16 * 1024
ANSWER_SECONDS: Final = 45
"""For a whole answer, so that one byte at a time does not hold a worker."""
MAX_ANSWER_BYTES: Final = 64 * 1024
_READ_BYTES: Final = 16 * 1024


class Interrupted(Unanswered):
    """The other side has another number of bytes of the body than we thought."""

    def __init__(self, offset: int) -> None:
        """`offset` is where to go on."""
        super().__init__("wrong-offset")
        self.offset = offset


def base_url(host: str) -> str:
    """Where a node is called; raises `Unanswered` for one that is not on the list or not safe to call."""
    url = settings.CONNECT.PEERS.get(host)
    if not url:
        raise Unanswered("not-on-the-list")
    parts = urlsplit(url)
    demonstration = parts.scheme == "http" and parts.hostname == "127.0.0.1" and settings.CONNECT.DEMO
    if not demonstration and parts.scheme != "https":
        raise Unanswered("not-safe-to-call")
    return str(url).rstrip("/")


class _Blocks(io.BytesIO):
    """The bytes of a request; given out in one piece they would have one time-out together."""

    def read(self, size: int | None = -1, /) -> bytes:
        """The next block."""
        return super().read(BLOCK if size is None or size < 0 else min(size, BLOCK))


class Call:
    """Requests to one node, one at a time."""

    def __init__(self, session: requests.Session, base: str) -> None:
        """`base` is what `base_url` allowed."""
        self._session = session
        self._base = base
        self._deadline = Deadline()

    def post(self, path: str, data: bytes, media_type: str) -> tuple[int, bytes]:
        """Status 200 or 201 and the answer; raises `CarrierFault` for all else."""
        return self._request("POST", path, data, {"Content-Type": media_type}, MAX_ANSWER_BYTES)

    def put(self, path: str, data: bytes, media_type: str) -> tuple[int, bytes]:
        """As `post`; raises `Interrupted` when the other side tells another offset."""
        return self._request("PUT", path, data, {"Content-Type": media_type}, MAX_ANSWER_BYTES)

    def get(self, path: str, limit: int) -> bytes:
        """The answer, at most `limit` bytes; raises `CarrierFault`."""
        return self._request("GET", path, None, {}, limit)[1]

    def _request(  # noqa: PLR0917 - a request has these parts
        self, method: str, path: str, data: bytes | None, headers: dict[str, str], limit: int
    ) -> tuple[int, bytes]:
        try:
            with (
                self._deadline.within(REQUEST_SECONDS),
                self._session.request(
                    method,
                    self._base + path,
                    data=_Blocks(data) if data else data,
                    headers=headers,
                    timeout=TIMEOUT,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                status, answer = response.status_code, _limited(response, limit)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as fault:
            raise Unanswered("no-answer") from fault
        if self._deadline.passed:
            raise Unanswered("answer-too-slow")
        return _meaning(status, answer)


@contextmanager
def calling(host: str) -> Iterator[Call]:
    """Requests to this node; raises `Unanswered` where the operator's list does not have it."""
    base = base_url(host)
    with requests.Session() as session:
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, EndableAdapter())
        session.headers.update({"User-Agent": "connect", "Accept-Encoding": "identity"})
        yield Call(session, base)


def _limited(response: requests.Response, limit: int) -> bytes:
    until = monotonic() + ANSWER_SECONDS
    answer = bytearray()
    while piece := response.raw.read1(_READ_BYTES):
        answer += piece
        if len(answer) > limit:
            raise Unanswered("answer-too-long")
        if monotonic() > until:
            raise Unanswered("answer-too-slow")
    return bytes(answer)


def _meaning(status: int, answer: bytes) -> tuple[int, bytes]:
    if status in {200, 201}:
        return status, answer
    if status == 409 and (offset := offset_of(answer)) is not None:
        raise Interrupted(offset)
    if 400 <= status < 500:
        raise Answered(f"status-{status}", status)
    raise Unanswered(f"status-{status}", status)


def member_of(answer: bytes, name: str) -> object:
    """One member of a JSON answer; None for whatever is not an object with it."""
    try:
        members = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return members.get(name) if isinstance(members, dict) else None


def offset_of(answer: bytes) -> int | None:
    """The offset a JSON answer names."""
    offset = member_of(answer, "offset")
    return offset if type(offset) is int and offset >= 0 else None
