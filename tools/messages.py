"""Gather the texts to translate into the nearest locale/ folder upwards; needs GNU gettext (xgettext)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
HOMES = (
    "connect",
    "people",
    "referral",
    "secure_exchange",
    "referral/flows",
    "referral/countries/ro",
    "referral/countries/it",
    "referral/countries/pt",
)
LANGUAGES = ("it", "pt", "ro")


def main() -> None:
    """Run Django's makemessages once from the root, so that each string finds its own home."""
    for home in HOMES:
        (ROOT / home / "locale").mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "manage.py",
        "makemessages",
        "--no-obsolete",
        "--no-wrap",
        "--add-location",
        "file",
    ]
    command += [word for language in LANGUAGES for word in ("-l", language)]
    command += [
        word for folder in (".venv", "tests", "benchmarks", "tools", "build") for word in ("-i", folder)
    ]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
