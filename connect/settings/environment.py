"""Every variable a node reads from its environment, once, typed, with its default.

The defaults make a working installation in one folder with nothing else running. A secret may be
given as `NAME_FILE`, the path of a file that holds it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from types import SimpleNamespace

import environ


__all__ = ["ALLOWED_HOSTS", "BROKER_URL", "CONNECT", "DATABASE_URL", "DEBUG", "ROOT", "SECRET_KEY"]

os.umask(0o077)  # whatever this node writes is nobody else's

ROOT = Path(__file__).resolve().parent.parent.parent
env = environ.FileAwareEnv()

DATA = Path(env.str("CONNECT_DATA", default=str(ROOT / ".data")))
"""The folder of this node: database, sealed files and keys, unless told otherwise below."""
FILES = Path(env.str("CONNECT_FILES", default=str(DATA / "files")))
KEYS = Path(env.str("CONNECT_KEYS", default=str(DATA / "keys")))


def _kept_secret(path: Path) -> str:
    """Read a secret from its file, making it on first use, readable by its owner only.

    Written beside and linked into place: a crash leaves no empty file, and of two processes one wins.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_text().strip()


for _folder in (DATA, FILES, KEYS):
    _folder.mkdir(parents=True, exist_ok=True, mode=0o700)
for _folder in (DATA, FILES):  # that keys lay open is told by a check instead: somebody may have read them
    with contextlib.suppress(PermissionError):
        _folder.chmod(0o700)

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret(KEYS / "secret-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])

DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{DATA / 'connect.sqlite3'}")
BROKER_URL = env.str("BROKER_URL", default="memory://localhost//")

CONNECT = SimpleNamespace(
    NODE_HOST=env.str("CONNECT_NODE_HOST", default="ro.connect.test"),
    NODE_COUNTRY=env.str("CONNECT_NODE_COUNTRY", default="RO"),
    DATA=DATA,
    FILES=FILES,
    KEYS=KEYS,
    PEPPER=Path(env.str("CONNECT_PEPPER", default=str(KEYS / "pepper"))),
    PEERS=env.dict(
        "CONNECT_PEERS", default={}
    ),  # the other nodes that may be called: host=address, host=address
    DEMO=env.bool("CONNECT_DEMO", default=False),
    DEMO_PASSWORD=env.str("CONNECT_DEMO_PASSWORD", default=""),
    SECURE=env.bool("CONNECT_SECURE", default=True),
    MAX_DOCUMENT_BYTES=env.int("CONNECT_MAX_DOCUMENT_BYTES", default=1024**3),
    MAX_IMPORT_BYTES=env.int("CONNECT_MAX_IMPORT_BYTES", default=5 * 1024**2),
    MAX_IMPORT_ROWS=env.int("CONNECT_MAX_IMPORT_ROWS", default=2000),
    MAX_ENVELOPE_BYTES=env.int("CONNECT_MAX_ENVELOPE_BYTES", default=1280 * 1024**2),
    EXCHANGE_REQUESTS=env.int("CONNECT_EXCHANGE_REQUESTS", default=3),
    PUBLISHED_KEYS_DAYS=env.int("CONNECT_PUBLISHED_KEYS_DAYS", default=7),
    LOCK_AFTER_MINUTES=env.int("CONNECT_LOCK_AFTER_MINUTES", default=20),
    EXIT_TO=env.str("CONNECT_EXIT_TO", default="/units/"),
)
"""What is CONNECT's own. SECURE is switched off for plain http on this machine only."""
