"""Serve this node in one process: pages, worker and beat."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from connect.checks import refuse_unsafe
from connect.serving import NodeServer


class Command(BaseCommand):
    """`manage.py node --bind 127.0.0.1:8401`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--bind", default="127.0.0.1:8401", help="host:port (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until stopped; an unsafe node is not served."""
        try:
            refuse_unsafe()
        except ImproperlyConfigured as unsafe:
            raise CommandError(str(unsafe)) from unsafe
        connections.close_all()  # the worker is forked from here, and must not share a connection
        NodeServer(options["bind"]).run()
