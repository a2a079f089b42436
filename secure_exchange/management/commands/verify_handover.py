"""Check a handover from what this node stored, offline: every signature, hash and receipt, and the ledger."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from secure_exchange import transcript


class Command(BaseCommand):
    """`manage.py verify_handover <thread>`; exit code 1 and the first fault when something does not hold."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Which handover."""
        parser.add_argument("thread", type=uuid.UUID, help="the handover's thread, as its page shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every envelope and receipt with its verdict."""
        found = transcript.read(options["thread"])
        if not found.lines:
            raise CommandError("Nothing is stored of this handover.")
        for line in found.lines:
            verdict = f"FAULT: {line.fault}" if line.fault else "holds"
            note = f" [{line.note}]" if line.note else ""
            self.stdout.write(f"{line.at:%Y-%m-%d %H:%M:%S}  {line.what}  {line.subject}  {verdict}{note}")
        ledger = found.ledger
        entries = f"ledger, {ledger.entries} entries"
        self.stdout.write(
            f"{entries}  " + (f"FAULT at {ledger.sequence}: {ledger.fault}" if ledger.fault else "holds")
        )
        if found.first_fault:
            raise CommandError(f"First fault: {found.first_fault}")
        self.stdout.write(self.style.SUCCESS("Every signature, hash and receipt holds."))
