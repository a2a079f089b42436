"""Walk the ledger, and name the first row that was changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from secure_exchange import transcript
from secure_exchange.ledger import verify


class Command(BaseCommand):
    """`manage.py verify_ledger`; exit code 1 and the row when something does not hold."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the verdict."""
        verdict = verify.verify(transcript.signed_heads())
        if not verdict.holds:
            raise CommandError(f"Ledger entry {verdict.sequence}: {verdict.fault}.")
        self.stdout.write(self.style.SUCCESS(f"All {verdict.entries} entries of the ledger hold."))
