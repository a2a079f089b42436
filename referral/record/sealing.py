"""What lies inside a seal of the record, and comparing it with the place it was found in.

age binds a file to who may open it, not to what it is: somebody who can write to the database could put one
case's revision in the place of another's. So each plaintext opens with a line of JSON that names its place,
and opening compares that line byte for byte with the one that belongs there.
"""

from __future__ import annotations

import hashlib
import json

from referral.models import Case
from referral.rules.refusals import Altered
from referral.vocabulary import Category
from secure_exchange.age import AgeError, Identity, Recipient, decrypt_bytes, encrypt_bytes


VERSION = 1


def revision_line(*, case: Case, category: Category, number: int, previous: bytes | None) -> bytes:
    """Name a revision's place: case, category, number and the hash of the sealed revision before it."""
    before = hashlib.sha256(previous).hexdigest() if previous is not None else ""
    return _line(case=str(case.uuid), category=category.value, revision=number, previous=before)


def document_line(*, case: Case, document: str, part: str) -> bytes:
    """Name a document's place; `part` is "body" or "meta"."""
    return _line(case=str(case.uuid), category=Category.DOCUMENTS.value, document=document, part=part)


def seal(content: bytes, *, line: bytes, recipient: Recipient) -> bytes:
    """Seal a small content under its line."""
    return encrypt_bytes(line + content, [recipient])


def open_sealed(sealed: bytes, *, line: bytes, identity: Identity) -> bytes:
    """Open a small content and compare its line.

    Raises:
        Altered: it does not open, or it belongs to another place.
    """
    try:
        plain = decrypt_bytes(sealed, [identity])
    except AgeError as error:
        raise Altered from error
    if not plain.startswith(line):
        raise Altered
    return plain[len(line) :]


def _line(**place: str | int) -> bytes:
    # One line: JSON has no raw newline inside, so a longer line never begins with a shorter one.
    return (
        json.dumps({"version": VERSION, **place}, sort_keys=True, separators=(",", ":")).encode("ascii")
        + b"\n"
    )
