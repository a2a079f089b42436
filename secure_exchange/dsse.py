"""Dead Simple Signing Envelope: what exactly is signed, and the JSON it travels in.

DSSE 1.0.2, protocol.md and envelope.md. Stricter than it: base64 in its standard, padded, canonical form
only, every member required, at most 64 KiB. Not checked here: the signatures (see signing.py).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from secure_exchange.errors import Malformed, TooLarge
from secure_exchange.strict_json import Members, parse


MAX_STATEMENT_BYTES: Final = 64 * 1024
MAX_SIGNATURES: Final = 8
_PAYLOAD_TYPE: Final = re.compile(r"[a-z0-9.+/-]{1,100}")
_KEY_ID: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Signature:
    """One signature and a hint which key made it. The hint itself is not signed."""

    key_id: str
    value: bytes


@dataclass(frozen=True)
class Statement:
    """A signed statement, read but not yet verified."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]


def signed_bytes(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding (protocol.md): the type is part of what is signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def to_base64(data: bytes) -> str:
    """Standard base64 with padding characters."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: object) -> bytes:
    """The data of canonical standard base64; raises `Malformed`."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        data = None
    if data is None or to_base64(data) != text:
        raise Malformed("not base64")
    return data


def write(payload_type: str, payload: bytes, signatures: Sequence[Signature]) -> bytes:
    """The statement as one line of JSON; raises `TooLarge`."""
    statement = {
        "payload": to_base64(payload),
        "payloadType": payload_type,
        "signatures": [
            {"keyid": signature.key_id, "sig": to_base64(signature.value)} for signature in signatures
        ],
    }
    line = json.dumps(statement, separators=(",", ":")).encode("ascii")
    if len(line) > MAX_STATEMENT_BYTES:
        raise TooLarge("statement")
    return line


def _signature(value: object) -> Signature:
    members = Members(value)
    signature = Signature(members.text("keyid", _KEY_ID), from_base64(members.take("sig")))
    members.finish()
    return signature


def read(line: bytes) -> Statement:
    """The statement of one line of JSON; nothing in it is verified. Raises `Malformed`."""
    if b"\n" in line or b"\r" in line:
        raise Malformed("more than a line")
    members = Members(parse(line, limit=MAX_STATEMENT_BYTES))
    statement = Statement(
        payload_type=members.text("payloadType", _PAYLOAD_TYPE),
        payload=from_base64(members.take("payload")),
        signatures=members.items("signatures", _signature, low=1, high=MAX_SIGNATURES),
    )
    members.finish()
    return statement
