"""Signatures of requests between nodes: HTTP message signatures (RFC 9421), in one strict profile.

A request is signed twice, with Ed25519 under the label `ed25519` and with ML-DSA-65 under `ml-dsa-65`, and a
verifier requires both, as of everything that is signed here. Both cover the same signature base:

    "@method": PUT
    "@authority": it.example.org
    "@path": /exchange/envelopes/0b6d…/body
    "@query": ?offset=0
    "content-digest": sha-256=:…:
    "content-type": application/octet-stream
    "@signature-params": ("@method" … "content-type");created=…;expires=…;nonce="…";keyid="…";tag="…"

The two lines about the content are there where the request has a body, which may be empty. The authority is
the name of the node that is asked, as it stands in addresses. `keyid` is `address#fingerprint` of the key set
of the node that asks. There is no `alg`: the label says which of the two keys is meant.

Why this is no library: docs/decisions/0008-request-signatures.md. Not checked here: whether the nonce was
seen before (`nonces`), and whether the body is the one that was announced (`content_digest`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import http_sf
from http_sf import InnerListType

from secure_exchange import content_digest, dsse
from secure_exchange.errors import NotSigned, Refused
from secure_exchange.keysets import KeyDirectory
from secure_exchange.manifest import ADDRESS, Party
from secure_exchange.signing import ED25519, ML_DSA_65, SigningKeys


TAG: Final = "connect-exchange"
LIFETIME: Final = timedelta(seconds=60)
MAX_APART: Final = timedelta(seconds=300)
"""How far the clocks of two nodes may differ. Nonces are remembered for longer, so nothing comes in twice."""
NONCE_BYTES: Final = 16
MAX_HEADER_CHARS: Final = 8 * 1024
INPUT: Final = "Signature-Input"
SIGNATURE: Final = "Signature"

_LABELS: Final = (ED25519, ML_DSA_65)
_PARAMETERS: Final = {"created": int, "expires": int, "nonce": str, "keyid": str, "tag": str}
_VALUE: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Content:
    """What is signed of a body: its media type and its SHA-256."""

    media_type: str
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is signed of a request. `path` and `query` are as they are sent, the query without its `?`."""

    method: str
    authority: str
    path: str
    query: str = ""
    content: Content | None = None


@dataclass(frozen=True)
class Signed:
    """Who signed a request, with which nonce, and from when on its age alone refuses it."""

    by: Party
    nonce: str
    until: datetime


def components(message: Message) -> dict[str, str]:
    """The covered components and their values, in the order of our profile."""
    covered = {
        "@method": message.method,
        "@authority": message.authority,
        "@path": message.path,
        "@query": f"?{message.query}",
    }
    if message.content is not None:
        covered["content-digest"] = content_digest.header_of(message.content.digest)
        covered["content-type"] = message.content.media_type
    return covered


def signature_base(covered: Mapping[str, str], parameters: str) -> bytes:
    """The bytes that are signed (RFC 9421, section 2.5); ValueError for a value that could be read as two.

    `parameters` is the inner list of the components with its parameters, as it stands in the header.
    """
    for name, value in covered.items():
        if not _VALUE.fullmatch(value):
            raise ValueError(f"{name} has the wrong form")
    lines = [f'"{name}": {value}' for name, value in covered.items()]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")


def sign(message: Message, signer: SigningKeys, *, by: Party, at: datetime, nonce: bytes) -> dict[str, str]:
    """The headers that sign this request; `nonce` is 16 random bytes, and new for every request."""
    created = int(at.timestamp())
    covered = components(message)
    text = _inner_list(
        covered,
        {
            "created": created,
            "expires": created + int(LIFETIME.total_seconds()),
            "nonce": dsse.to_base64(nonce),
            "keyid": f"{by.address}#{by.fingerprint}",
            "tag": TAG,
        },
    )
    classical, post_quantum = signer.signatures(signature_base(covered, text))
    headers = {
        INPUT: ", ".join(f"{label}={text}" for label in _LABELS),
        SIGNATURE: http_sf.ser({ED25519: classical.value, ML_DSA_65: post_quantum.value}),
    }
    if message.content is not None:
        headers["Content-Type"] = message.content.media_type
        headers[content_digest.HEADER] = content_digest.header_of(message.content.digest)
    return headers


def verify(message: Message, headers: Mapping[str, str], directory: KeyDirectory, *, at: datetime) -> Signed:
    """Who signed this request; raises `NotSigned`, for whatever reason, and nothing else.

    The checks:

    1. both headers are there, not too long, in the canonical form of structured fields (RFC 9651): what is
       there twice, padded or spaced otherwise is refused
    2. both have our two labels and no other, and both labels have the same components and parameters
    3. the components are those of `message`, all of them, in our order and without parameters of their own;
       the announced digest is the one of `message`
    4. the parameters are ours, all of them, once, in any order, each of its type; the tag is ours, and the
       nonce has 16 bytes
    5. signed no longer than a minute before it expires, not in the future, and not expired, give or take
       `MAX_APART`
    6. `directory` knows and trusts the key set, and it is valid
    7. the Ed25519 signature and the ML-DSA-65 signature hold
    """
    try:
        text, signatures = _labelled(headers)
        covered = components(message)
        parameters = _parameters(text, covered)
        _check_digest(message, headers)
        until = _check_age(parameters, at)
        by = _party(parameters["keyid"])
        keys = directory.keys(by.address, by.fingerprint)
        keys.check_valid(at)
        keys.verifying.check(signature_base(covered, text), *signatures)
    except NotSigned:
        raise
    except (Refused, ValueError) as fault:
        raise NotSigned(fault.code if isinstance(fault, Refused) else "not in our form") from fault
    return Signed(by, parameters["nonce"], until)


def _inner_list(covered: Mapping[str, str], parameters: Mapping[str, int | str]) -> str:
    inner: InnerListType = ([(name, {}) for name in covered], dict(parameters))
    return http_sf.ser([inner])


def _labelled(headers: Mapping[str, str]) -> tuple[str, tuple[bytes, bytes]]:
    """Checks 1 and 2: what both labels cover, as text, and the two signatures."""
    inputs, signatures = _dictionary(headers, INPUT), _dictionary(headers, SIGNATURE)
    if set(inputs) != set(_LABELS) or set(signatures) != set(_LABELS):
        raise NotSigned("other labels")
    texts = {http_sf.ser([inputs[label]]) for label in _LABELS}
    if len(texts) != 1:
        raise NotSigned("the two labels differ")
    values = [signatures[label] for label in _LABELS]
    if any(type(value) is not bytes or more for value, more in values):
        raise NotSigned("a signature is not bytes")
    return texts.pop(), (values[0][0], values[1][0])


def _dictionary(headers: Mapping[str, str], name: str) -> dict[str, Any]:
    text = headers.get(name, "")
    if not 0 < len(text) <= MAX_HEADER_CHARS:
        raise NotSigned("no signature")
    members = cast("dict[str, Any]", http_sf.parse(text.encode("ascii"), tltype="dictionary"))
    if http_sf.ser(members) != text:
        raise NotSigned("not in canonical form")
    return members


def _parameters(text: str, covered: Mapping[str, str]) -> dict[str, Any]:
    """Checks 3 and 4, on the text that is signed, so that nothing is read otherwise than it was written."""
    if not text.startswith(f"{_inner_list(covered, {})};"):
        raise NotSigned("other components")
    [(_, parameters)] = cast("list[Any]", http_sf.parse(text.encode("ascii"), tltype="list"))
    if {name: type(value) for name, value in parameters.items()} != _PARAMETERS:
        raise NotSigned("other parameters")
    if parameters["tag"] != TAG or len(dsse.from_base64(parameters["nonce"])) != NONCE_BYTES:
        raise NotSigned("another tag or nonce")
    return dict(parameters)


def _check_digest(message: Message, headers: Mapping[str, str]) -> None:
    if message.content is not None and content_digest.announced(headers) != message.content.digest:
        raise NotSigned("another digest")


def _check_age(parameters: Mapping[str, Any], at: datetime) -> datetime:
    """Check 5; gives from when on it refuses."""
    created, expires = parameters["created"], parameters["expires"]
    now, apart = at.timestamp(), MAX_APART.total_seconds()
    if not 0 < expires - created <= LIFETIME.total_seconds():
        raise NotSigned("valid for too long")
    if created > now + apart:
        raise NotSigned("signed in the future")
    if expires + apart <= now:
        raise NotSigned("expired")
    return datetime.fromtimestamp(expires, UTC) + MAX_APART


def _party(key_id: str) -> Party:
    address, _, fingerprint = key_id.partition("#")
    if not ADDRESS.fullmatch(address) or not _FINGERPRINT.fullmatch(fingerprint):
        raise NotSigned("not a key id")
    return Party(address, fingerprint)
