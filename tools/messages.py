"""Gather the texts to translate into the nearest locale/ folder upwards; needs GNU gettext (xgettext).

With `--check` nothing is kept: it says which catalogues do not hold what the code says, and ends with 1.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polib


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


def main() -> int:
    """Gather, or check that nothing is left to gather."""
    before = {path: path.read_bytes() for path in catalogues() if path.exists()}
    gather()
    if sys.argv[1:] != ["--check"]:
        return 0
    stale = [path for path in catalogues() if before.get(path) != path.read_bytes()]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is behind the code: ./run messages, then translate")
        path.write_bytes(before.get(path, b""))
    return len(stale)


def catalogues() -> list[Path]:
    """Every catalogue there is to be."""
    return [
        ROOT / home / "locale" / language / "LC_MESSAGES" / "django.po"
        for home in HOMES
        for language in LANGUAGES
    ]


def gather() -> None:
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
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    for path in catalogues():
        write_alike(path)


def write_alike(path: Path) -> None:
    """Write a catalogue in one way, whatever gettext is here: no wrapping, no dates, no names of machines."""
    catalogue = polib.pofile(str(path), wrapwidth=0)
    for name in ("POT-Creation-Date", "Report-Msgid-Bugs-To"):
        catalogue.metadata.pop(name, None)
    catalogue.save()


if __name__ == "__main__":
    sys.exit(main())
