"""Turn each locale's .po into the .mo Django reads, where the .po is newer. Needs no gettext programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """`manage.py compile_catalogues`: run by ./run before every verb."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --quiet."""
        parser.add_argument("--quiet", action="store_true", help="say nothing when all went well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile what is out of date below the project's packages."""
        for source in catalogues(settings.ROOT):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            polib.pofile(str(source)).save_as_mofile(str(target))
            target.chmod(0o644)  # the node may run as another account than the one that installed it
            if not options["quiet"]:
                self.stdout.write(str(source.relative_to(settings.ROOT)))


def catalogues(root: Path) -> list[Path]:
    """Every .po below our packages, in a stable order."""
    packages = ("connect", "people", "referral", "secure_exchange")
    return sorted(path for name in packages for path in (root / name).rglob("locale/*/LC_MESSAGES/*.po"))
