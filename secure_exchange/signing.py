"""Signing with two algorithms at once: Ed25519 (RFC 8032) and ML-DSA-65 (FIPS 204); a verifier requires both.

An attacker has to break both, so neither a quantum computer nor a fault in the younger algorithm forges a
statement.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from secure_exchange import dsse
from secure_exchange.errors import BadSignature, Malformed
from secure_exchange.strict_json import Members


ENVELOPE: Final = "application/vnd.connect.envelope+json"
KEYS: Final = "application/vnd.connect.keys+json"
PROFILE: Final = "application/vnd.connect.profile+json"
RECEIPT: Final = "application/vnd.connect.receipt+json"

ED25519: Final = "ed25519"
ML_DSA_65: Final = "ml-dsa-65"
_SEED_BYTES: Final = 32
_ED25519_BYTES: Final = 32
_ML_DSA_65_BYTES: Final = 1952


def _key_id(algorithm: str, public: bytes) -> str:
    return hashlib.sha256(algorithm.encode("ascii") + b"\0" + public).hexdigest()


@dataclass(frozen=True)
class VerifyingKeys:
    """The public halves: 32 bytes of Ed25519 and 1952 bytes of ML-DSA-65."""

    ed25519: bytes
    ml_dsa_65: bytes

    def to_dict(self) -> dict[str, str]:
        """For JSON: base64 by algorithm."""
        return {ED25519: dsse.to_base64(self.ed25519), ML_DSA_65: dsse.to_base64(self.ml_dsa_65)}

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """The keys of what `to_dict` gave; raises `Malformed`."""
        members = Members(value)
        keys = cls(
            ed25519=dsse.from_base64(members.take(ED25519)),
            ml_dsa_65=dsse.from_base64(members.take(ML_DSA_65)),
        )
        members.finish()
        if len(keys.ed25519) != _ED25519_BYTES or len(keys.ml_dsa_65) != _ML_DSA_65_BYTES:
            raise Malformed("a verifying key has the wrong size")
        return keys

    @property
    def key_ids(self) -> tuple[str, str]:
        """The hints by which our signatures are found: Ed25519, ML-DSA-65."""
        return _key_id(ED25519, self.ed25519), _key_id(ML_DSA_65, self.ml_dsa_65)

    def check(self, message: bytes, classical: bytes, post_quantum: bytes) -> None:
        """Raises `BadSignature` unless both signatures of `message` hold."""
        try:
            Ed25519PublicKey.from_public_bytes(self.ed25519).verify(classical, message)
            MLDSA65PublicKey.from_public_bytes(self.ml_dsa_65).verify(post_quantum, message)
        except (InvalidSignature, ValueError) as fault:
            raise BadSignature("a signature does not hold") from fault


class SigningKeys:
    """The secret halves; `to_bytes` is what gets sealed and stored."""

    def __init__(self, classical_seed: bytes, post_quantum_seed: bytes) -> None:
        """Two seeds of 32 random bytes each, never the same one."""
        self._seeds = classical_seed + post_quantum_seed
        self._classical = Ed25519PrivateKey.from_private_bytes(classical_seed)
        self._post_quantum = MLDSA65PrivateKey.from_seed_bytes(post_quantum_seed)

    @classmethod
    def generate(cls) -> Self:
        """New keys from the operating system's randomness."""
        return cls(secrets.token_bytes(_SEED_BYTES), secrets.token_bytes(_SEED_BYTES))

    def to_bytes(self) -> bytes:
        """The 64 secret bytes: the seed of Ed25519, then the seed of ML-DSA-65."""
        return self._seeds

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The keys of what `to_bytes` gave; raises `Malformed`."""
        if len(data) != 2 * _SEED_BYTES:
            raise Malformed("signing keys have 64 bytes")
        return cls(data[:_SEED_BYTES], data[_SEED_BYTES:])

    @cached_property
    def verifying(self) -> VerifyingKeys:
        """The public halves."""
        return VerifyingKeys(
            ed25519=self._classical.public_key().public_bytes_raw(),
            ml_dsa_65=self._post_quantum.public_key().public_bytes_raw(),
        )

    def signatures(self, message: bytes) -> tuple[dsse.Signature, dsse.Signature]:
        """Both signatures of `message`."""
        classical_id, post_quantum_id = self.verifying.key_ids
        return (
            dsse.Signature(classical_id, self._classical.sign(message)),
            dsse.Signature(post_quantum_id, self._post_quantum.sign(message)),
        )

    def __repr__(self) -> str:
        """Names the public key, never the secret."""
        return f"<SigningKeys {self.verifying.key_ids[0][:16]}>"


def sign(payload_type: str, payload: bytes, *signers: SigningKeys) -> bytes:
    """A DSSE statement over `payload`, signed twice by each of `signers`; raises `TooLarge`."""
    message = dsse.signed_bytes(payload_type, payload)
    signatures = [signature for signer in signers for signature in signer.signatures(message)]
    return dsse.write(payload_type, payload, signatures)


def verify(statement: bytes, payload_type: str, *verifying: VerifyingKeys, others: int = 0) -> bytes:
    """The payload of `statement` once all of `verifying` are found to have signed it, each twice.

    `others` is how many further signers the statement has whose keys are not known here. The checks:

    1. the statement has the shape of DSSE, and its type is `payload_type`; else `Malformed`
    2. there are two signatures a signer, no key signs twice, and none is missing or left over
    3. each signer's Ed25519 signature and its ML-DSA-65 signature hold; else (2 and 3) `BadSignature`
    """
    # 1
    read = dsse.read(statement)
    if read.payload_type != payload_type:
        raise Malformed("a statement of another type")
    # 2
    by_key = {signature.key_id: signature.value for signature in read.signatures}
    if len(by_key) != len(read.signatures) or len(by_key) != 2 * (len(set(verifying)) + others):
        raise BadSignature("signatures are missing, left over or there twice")
    # 3
    message = dsse.signed_bytes(read.payload_type, read.payload)
    for keys in verifying:
        classical_id, post_quantum_id = keys.key_ids
        if classical_id not in by_key or post_quantum_id not in by_key:
            raise BadSignature("a signer is missing")
        keys.check(message, by_key[classical_id], by_key[post_quantum_id])
    return read.payload
