"""Secrets at rest that say inside the seal what they are.

age binds a file to who may open it, not to what it is: whoever can write to the database could put one
organisation's clearance in the place of another's. So each sealed secret opens with a line that names it, and
opening compares. The line begins with "#": what comes out is an age identity file, which the public `age`
tool takes as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from secrets import compare_digest

from secure_exchange.age import Identity, KeyTextError, Recipient, decrypt_bytes, encrypt_bytes


class Mislabelled(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """What was opened is not what was asked for."""


def seal_text(secret: str, *, label: str, recipients: Sequence[Recipient]) -> bytes:
    """Seal a line of secret text under its label."""
    return encrypt_bytes(f"# {label}\n{secret}\n".encode(), recipients)


def open_text(sealed: bytes, *, label: str, identities: Sequence[Identity]) -> str:
    """Open a line of secret text.

    Raises:
        AgeError: none of the identities opens it, or it was altered.
        Mislabelled: it opens, and is something else.
    """
    name, _, secret = decrypt_bytes(bytes(sealed), identities).decode(errors="replace").partition("\n")
    if not compare_digest(name.encode(), f"# {label}".encode()):
        raise Mislabelled
    return secret.removesuffix("\n")


def seal_identity(identity: Identity, *, label: str, recipients: Sequence[Recipient]) -> bytes:
    """Seal an identity under its label."""
    return seal_text(str(identity), label=label, recipients=recipients)


def open_identity(sealed: bytes, *, label: str, identities: Sequence[Identity]) -> Identity:
    """Open an identity; raises as `open_text` does."""
    try:
        return Identity.parse(open_text(sealed, label=label, identities=identities))
    except KeyTextError as fault:
        raise Mislabelled from fault
