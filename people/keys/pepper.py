"""The pepper: a secret in a file outside database and backups, without which no password can be guessed.

Whoever steals the database and SECRET_KEY still lacks this file, so trying passwords against the stolen
data leads nowhere. Whoever loses it loses every sign-in: operators keep a copy apart from the backups.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings


PEPPER_BYTES = 32


def pepper() -> bytes:
    """Return the node's pepper, making it on first use, readable by its owner only.

    Raises:
        ValueError: the file does not hold a pepper.
    """
    path = Path(settings.CONNECT.PEPPER)
    if not path.exists():
        _make(path)
    secret = bytes.fromhex(path.read_text().strip())
    if len(secret) != PEPPER_BYTES:
        raise ValueError("The pepper file does not hold a pepper.")
    return secret


def mark(secret: bytes) -> str:
    """Return what tells one pepper from another and says nothing about it (it is 32 random bytes)."""
    return hashlib.sha256(b"connect pepper mark\0" + secret).hexdigest()[:16]


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written beside and linked into place: a second process never reads half a pepper or overwrites one.
    draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(PEPPER_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
