"""A second reading of logs and checkpoints, written from RFC 6962, RFC 9162 and C2SP alone.

It shares nothing with the product, not even a constant, and does everything in another way: trees by the
recursive definition, proofs by the loops of RFC 9162, notes by regular expressions on bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa


NOTE = re.compile(rb"(?P<text>(?:[^\n]*\n)+)\n(?P<lines>(?:\xe2\x80\x94 [^ \n]+ [A-Za-z0-9+/=]+\n)+)")


def half(count: int) -> int:
    """The largest power of two below `count`."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def tree(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(bytes([0]) + entries[0]).digest()
    cut = half(len(entries))
    return hashlib.sha256(bytes([1]) + tree(entries[:cut]) + tree(entries[cut:])).digest()


def path(place: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH of section 2.1.1."""
    if len(entries) == 1:
        return []
    cut = half(len(entries))
    if place < cut:
        return [*path(place, entries[:cut]), tree(entries[cut:])]
    return [*path(place - cut, entries[cut:]), tree(entries[:cut])]


def subproof(old: int, entries: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF of section 2.1.2."""
    if old == len(entries):
        return [] if whole else [tree(entries)]
    cut = half(len(entries))
    if old <= cut:
        return [*subproof(old, entries[:cut], whole=whole), tree(entries[cut:])]
    return [*subproof(old - cut, entries[cut:], whole=False), tree(entries[:cut])]


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(bytes([1]) + left + right).digest()


def included(leaf: bytes, place: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, section 2.1.3.2."""
    if place >= size:
        return False
    first, last, found = place, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if first % 2 or first == last:
            found = _pair(each, found)
            while first and not first % 2:
                first, last = first // 2, last // 2
        else:
            found = _pair(found, each)
        first, last = first // 2, last // 2
    return last == 0 and found == root


def consistent(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """RFC 9162, section 2.1.4.2, and the two cases before it that need no proof."""
    if old in {0, new}:
        return not proof and old_root == (new_root if old else tree([]))
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not proof:
        return False
    first, last = old - 1, new - 1
    while first % 2:
        first, last = first // 2, last // 2
    found_old = found_new = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if first % 2 or first == last:
            found_old, found_new = _pair(each, found_old), _pair(each, found_new)
            while first and not first % 2:
                first, last = first // 2, last // 2
        else:
            found_new = _pair(found_new, each)
        first, last = first // 2, last // 2
    return last == 0 and (found_old, found_new) == (old_root, new_root)


def open_checkpoint(
    note: bytes, verifier_keys: Sequence[str]
) -> tuple[str, int, bytes, list[tuple[str, int]]]:
    """Origin, size and root of a checkpoint, and what these keys signed: their kind's byte and the time.

    AssertionError or InvalidSignature when it is none, or a signature of one of them is wrong.
    """
    parts = NOTE.fullmatch(note)
    assert parts, "not a note"
    origin, size, root = parts["text"].decode().rstrip("\n").split("\n")
    lines = [line.split(b" ") for line in parts["lines"].splitlines()]
    signed = []
    for verifier_key in verifier_keys:
        name, hint, encoded = verifier_key.split("+", 2)
        kind, public = base64.b64decode(encoded)[:1], base64.b64decode(encoded)[1:]
        assert hashlib.sha256(name.encode() + b"\n" + kind + public).hexdigest()[:8] == hint
        for _, signer, blob in lines:
            value = base64.b64decode(blob, validate=True)
            if signer.decode() != name or value[:4].hex() != hint:
                continue
            if kind == b"\x01":
                ed25519.Ed25519PublicKey.from_public_bytes(public).verify(value[4:], parts["text"])
                signed.append((name, 0))
                continue
            (time,) = struct.unpack(">Q", value[4:12])
            message = struct.pack(
                f">12sB{len(name)}sQB{len(origin)}sQQ32s",
                *(b"subtree/v1\n\0", len(name), name.encode(), time, len(origin), origin.encode()),
                *(0, int(size), base64.b64decode(root)),
            )
            mldsa.MLDSA44PublicKey.from_public_bytes(public).verify(value[12:], message)
            signed.append((name, time))
    if not signed:
        raise InvalidSignature
    return origin, int(size), base64.b64decode(root), signed
