"""Requests between nodes on both ends: signed with the node's keys, and taken once, from a node we trust.

What is signed is a request to `https://<name of the node>/exchange/…`, by whichever way it is sent. The
node's name is what both sides know: neither the Host header, which a node in between could choose, nor a
proxy's address or prefix, nor a port, has a say.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from django.conf import settings
from django.http import HttpRequest

from secure_exchange import content_digest, http_signatures, node_keys, nonces
from secure_exchange.directory import Directory
from secure_exchange.errors import NotSigned, UnknownSender
from secure_exchange.http_signatures import Content, Message
from secure_exchange.keysets import PublishedKeys


log = structlog.get_logger(__name__)

_WITHOUT_BODY: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class SignedRequest:
    """A request whose signature holds: the address of the node that signed it, and its body's SHA-256."""

    node: str
    digest: bytes

    def checked(self, body: bytes) -> bytes:
        """The body; raises `NotSigned` unless it is the one that was announced."""
        content_digest.check(body, self.digest)
        return body

    def speaks_for(self, address: str) -> bool:
        """Whether the address lies on the node that signed."""
        return node_keys.host_of(address) == node_keys.host_of(self.node)


class _OtherNodes:
    """The key sets of other nodes. An organisation's keys sign envelopes, and no requests."""

    def keys(self, address: str, fingerprint: str) -> PublishedKeys:
        """The set with this fingerprint; raises `UnknownSender` or `UntrustedSender`."""
        other = node_keys.address_of(node_keys.host_of(address))
        if address != other or address == node_keys.address():
            raise UnknownSender("not another node")
        return Directory().keys(address, fingerprint)


def signed_by(request: HttpRequest, *, at: datetime) -> SignedRequest:
    """Who signed this request, before its body is read; raises `NotSigned`, having changed nothing.

    The same request again is refused. Its body is yet to be compared: `checked`, or while it is kept,
    `content_digest.undone_if_altered`.
    """
    try:
        return _signed_by(request, at=at)
    except NotSigned as refused:
        log.warning("request-not-signed", why=refused.detail)
        raise


def _signed_by(request: HttpRequest, *, at: datetime) -> SignedRequest:
    content = None
    if request.method not in _WITHOUT_BODY:
        digest = content_digest.announced(request.headers)
        content = Content(request.META.get("CONTENT_TYPE", ""), digest)
    message = Message(
        method=request.META["REQUEST_METHOD"],
        authority=settings.CONNECT.NODE_HOST,
        path=request.path_info,
        query=request.META.get("QUERY_STRING", ""),
        content=content,
    )
    signed = http_signatures.verify(message, request.headers, _OtherNodes(), at=at)
    nonces.remember(signed.by.address, signed.nonce, expires=signed.until, at=at)
    return SignedRequest(signed.by.address, content.digest if content else content_digest.EMPTY)


def signed_headers(
    host: str, method: str, target: str, *, content: Content | None, at: datetime
) -> dict[str, str]:
    """The headers of one request of this node to the node `host`, good for one minute and one use.

    `target` is path and query, without what else is in the address that the node is called at.
    """
    path, _, query = target.partition("?")
    return http_signatures.sign(
        Message(method=method, authority=host, path=path, query=query, content=content),
        node_keys.signing_keys(),
        by=node_keys.published().party,
        at=at,
        nonce=secrets.token_bytes(http_signatures.NONCE_BYTES),
    )
