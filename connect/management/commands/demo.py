"""Three nodes on this machine, with made-up organisations, people and cases: Romania, Italy, Portugal."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from connect.demo.organisations import NODES, PASSWORD
from connect.demo.processes import DemoError, Running, prepare, require_free_ports


class Command(BaseCommand):
    """`./run demo` and `./run demo-reset`."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to keep it, and whether to forget it."""
        parser.add_argument("--folder", type=Path, default=settings.ROOT / ".demo", help="default: .demo")
        parser.add_argument("--reset", action="store_true", help="forget everything the demo holds")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, start, print the table, wait for Ctrl-C."""
        folder: Path = options["folder"]
        nodes = list(NODES)
        began = time.monotonic()
        try:
            require_free_ports(nodes)
            if options["reset"]:
                shutil.rmtree(folder, ignore_errors=True)
                self.stdout.write("The demo's data is gone. ./run demo makes it anew.")
                return
            prepare(nodes, folder, self._say)
            self._say("Starting the nodes …")
            for asking in (signal.SIGTERM, signal.SIGINT):  # also where a shell starts it in the background
                signal.signal(asking, signal.default_int_handler)
            with Running(nodes, folder) as running:
                running.wait_until_ready()
                self._table(time.monotonic() - began)
                running.wait()
        except DemoError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write(
                "\nAll three nodes are stopped. Their data stays in .demo; ./run demo-reset forgets it."
            )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _table(self, seconds: float) -> None:
        lines = ["", f"CONNECT is ready after {seconds:.0f} s. Everything in it is made up.", ""]
        for node in NODES:
            lines.append(f"{node.country}  {node.url}")
            lines += [f"    {email:<58} {organisation.name}" for organisation, _, email in node.people()]
        lines += ["", f"Everybody's password: {PASSWORD}", "Ctrl-C stops all three.", ""]
        self._say("\n".join(lines))
