"""The stanza `mlkem768x25519`: a file key wrapped for a post-quantum recipient.

C2SP age.md, "mlkem768x25519 recipient stanza": HPKE SealBase (RFC 9180, section 6.1) with KEM MLKEM768-X25519
(draft-ietf-hpke-pq, 0x647A), HKDF-SHA256 and ChaCha20-Poly1305. Other kinds of stanza are not implemented;
files that mix this one with a classical kind are refused, because they are only as strong as the classical
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke

from secure_exchange.age.errors import HeaderError, NoMatchingIdentity
from secure_exchange.age.header import FILE_KEY_BYTES, Header, Stanza, check_mac, from_base64, to_base64
from secure_exchange.age.keys import Identity, Recipient, check_point


MAX_RECIPIENTS: Final = 32
_KIND: Final = "mlkem768x25519"
_INFO: Final = b"age-encryption.org/mlkem768x25519"
_ENC_BYTES: Final = 1120
_MLKEM_CIPHERTEXT_BYTES: Final = 1088
_BODY_BYTES: Final = FILE_KEY_BYTES + 16
_CLASSICAL: Final = frozenset({"X25519", "scrypt", "ssh-ed25519", "ssh-rsa", "p256tag", "piv-p256"})
_SUITE: Final = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


def wrap(file_key: bytes, recipients: Sequence[Recipient]) -> tuple[Stanza, ...]:
    """One stanza a recipient; `ValueError` for none, too many or the same twice."""
    if not 1 <= len(recipients) <= MAX_RECIPIENTS or len(set(recipients)) != len(recipients):
        raise ValueError(f"1 to {MAX_RECIPIENTS} different recipients are needed")
    stanzas = []
    for recipient in recipients:
        sealed = _SUITE.encrypt(file_key, recipient.public_key, _INFO)
        enc = to_base64(sealed[:_ENC_BYTES]).decode("ascii")
        stanzas.append(Stanza((_KIND, enc), sealed[_ENC_BYTES:]))
    return tuple(stanzas)


def _sealed_key(stanza: Stanza) -> bytes:
    if len(stanza.arguments) != 2:
        raise HeaderError("a post-quantum stanza has two arguments")
    enc = from_base64(stanza.arguments[1].encode("ascii"))
    # The body's length is checked before any key is tried, against partitioning oracles.
    if len(enc) != _ENC_BYTES or len(stanza.body) != _BODY_BYTES:
        raise HeaderError("a post-quantum stanza has the wrong size")
    try:
        check_point(enc[_MLKEM_CIPHERTEXT_BYTES:])
    except ValueError as fault:
        raise HeaderError("a post-quantum stanza holds a point that is not allowed") from fault
    return enc + stanza.body


def unwrap(header: Header, identities: Sequence[Identity]) -> bytes:
    """The file key of a header whose MAC holds; raises `HeaderError` or `NoMatchingIdentity`."""
    kinds = {stanza.arguments[0] for stanza in header.stanzas}
    if _KIND in kinds and kinds & _CLASSICAL:
        raise HeaderError("post-quantum and classical recipients are mixed")
    sealed_keys = [_sealed_key(stanza) for stanza in header.stanzas if stanza.arguments[0] == _KIND]
    if len(set(sealed_keys)) != len(sealed_keys):
        raise HeaderError("the same stanza twice")
    for identity in identities:
        for sealed in sealed_keys:
            try:
                file_key = _SUITE.decrypt(sealed, identity.private_key, _INFO)
            except InvalidTag:
                continue
            check_mac(header, file_key)
            return file_key
    raise NoMatchingIdentity("none of the identities opens this file")
