"""Signed requests made by hand, with anything in them that an attacker or other software may write."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import http_sf
from django.conf import settings
from django.test import RequestFactory

from secure_exchange import content_digest, dsse
from secure_exchange.http_signatures import Content, Message, components, sign, signature_base
from secure_exchange.testing import Member
from tests.factories.exchange import AT


LABELS = ("ed25519", "ml-dsa-65")
ORDER = ("created", "expires", "nonce", "keyid", "tag")


def parameters(by: Member, at: datetime = AT, **changes: object) -> dict[str, object]:
    """Those of a good signature, but for `changes`; None leaves one out."""
    created = int(at.timestamp())
    made = {
        "created": created,
        "expires": created + 60,
        "nonce": dsse.to_base64(bytes(16)),
        "keyid": f"{by.address}#{by.keys.fingerprint}",
        "tag": "connect-exchange",
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def inner_list(covered: Sequence[str], said: Mapping[str, object], order: Sequence[str] = ORDER) -> str:
    """Components and parameters as they stand in the header; other parameters come last."""
    names = [name for name in (*order, *said) if name in said]
    text = http_sf.ser([([(name, {}) for name in covered], {name: said[name] for name in names})])
    assert isinstance(text, str)
    return text


def headers_of(message: Message, text: str, by: Member, base: bytes | None = None) -> dict[str, str]:
    """Both labels with this text, really signed by `by`; over what `message` says unless `base` is given."""
    signatures = by.signer.signatures(base or signature_base(components(message), text))
    made = {
        "Signature-Input": ", ".join(f"{label}={text}" for label in LABELS),
        "Signature": ", ".join(
            f"{label}=:{dsse.to_base64(signature.value)}:"
            for label, signature in zip(LABELS, signatures, strict=True)
        ),
    }
    if message.content is not None:
        made["Content-Type"] = message.content.media_type
        made["Content-Digest"] = content_digest.header_of(message.content.digest)
    return made


def signed_by_hand(
    message: Message, by: Member, *, order: Sequence[str] = ORDER, at: datetime = AT, **changes: object
) -> dict[str, str]:
    """A request signed over exactly what is said here."""
    text = inner_list(list(components(message)), parameters(by, at, **changes), order)
    return headers_of(message, text, by)


def signing_as(by: Member) -> Callable[..., dict[str, str]]:
    """What `request_signatures.signed_headers` is on the node `by`."""

    def signed_headers(
        host: str, method: str, target: str, *, content: Content | None, at: datetime
    ) -> dict[str, str]:
        path, _, query = target.partition("?")
        message = Message(method=method, authority=host, path=path, query=query, content=content)
        return sign(message, by.signer, by=by.keys.party, at=at, nonce=secrets.token_bytes(16))

    return signed_headers


class SigningRequests(RequestFactory):
    """Mixed into a client or alone: what it sends has the signature of the node `by`, if it is given one."""

    by: Member | None = None

    def generic(
        self,
        method: str,
        path: str,
        data: Any = b"",
        content_type: str | None = "application/octet-stream",
        **extra: Any,
    ) -> Any:
        body = data if isinstance(data, bytes) else str(data).encode()
        if self.by is not None and (content_type or method == "GET"):
            content = Content(content_type or "", hashlib.sha256(body).digest())
            signed = signing_as(self.by)(
                settings.CONNECT.NODE_HOST, method, path, content=None if method == "GET" else content, at=AT
            )
            signed.pop("Content-Type", None)
            extra = {
                f"HTTP_{name.upper().replace('-', '_')}": value for name, value in signed.items()
            } | extra
        return super().generic(
            method, path, body, content_type or "", CONTENT_TYPE=content_type or "", **extra
        )
