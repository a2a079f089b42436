"""Fill one demo node: first its own organisations and people, then its peers and cases.

Peers are trusted as if two people had compared the fingerprints; nothing but the demo does that.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now  # noqa: TID251 - a command is an edge: here the clock is read

from connect.demo import seeding
from connect.demo.organisations import node


class Command(BaseCommand):
    """`manage.py seed_demo ro`, then `manage.py seed_demo ro --peers it.json pt.json`."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which node, and what its peers published."""
        parser.add_argument("node", help="ro, it or pt")
        parser.add_argument("--peers", nargs="+", type=Path, help="what the nodes published")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside a demo."""
        if not settings.CONNECT.DEMO:
            raise CommandError("Only a demo is filled with made-up people: CONNECT_DEMO is not set.")
        chosen = node(options["node"])
        if options["peers"]:
            peers = [json.loads(path.read_text()) for path in options["peers"]]
            seeding.trust_peers(peers, at=now())
            seeding.bring_in_cases(chosen, at=now())
        else:
            call_command("migrate", verbosity=0)
            published = seeding.found(chosen, at=now())
            (settings.CONNECT.DATA / "published.json").write_text(json.dumps(published))
