"""Serve this node in one process: pages, worker and beat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from connect.serving import NodeServer


class Command(BaseCommand):
    """`manage.py node --bind 127.0.0.1:8401`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--bind", default="127.0.0.1:8401", help="host:port (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until stopped."""
        NodeServer(options["bind"]).run()
