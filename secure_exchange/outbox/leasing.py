"""Our claim on a row while we send it: for a minute, renewed before each request, lost when it is stopped.

A worker that was killed leaves a row that another takes when the lease is over. A row that ends whoever takes
it is left alone for longer each time, and set aside after the last.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import transaction

from secure_exchange import retry
from secure_exchange.carriers import Unanswered
from secure_exchange.carriers.base import REQUEST_SECONDS
from secure_exchange.ledger import entries
from secure_exchange.models import Outgoing
from secure_exchange.outbox.ending import give_up, keep


LEASE: Final = timedelta(seconds=60)


@dataclass
class Lease:
    """Which row, from when, and by whom."""

    outgoing_id: int
    at: datetime
    owner: str = field(default_factory=lambda: secrets.token_hex(16))

    def __post_init__(self) -> None:
        """Note the moment."""
        self._taken = monotonic()

    def pulse(self) -> None:
        """Renew it for as long as the next request may last; raises `Unanswered` if nothing is to be sent."""
        passed = timedelta(seconds=monotonic() - self._taken)
        until = self.at + passed + timedelta(seconds=REQUEST_SECONDS) + LEASE
        ours = Outgoing.objects.filter(
            pk=self.outgoing_id, state=Outgoing.State.PENDING, lease_owner=self.owner, stop_at__isnull=True
        )
        if not ours.update(lease_until=until):
            raise Unanswered("stopped")


def take(lease: Lease) -> Outgoing | None:
    """The row, leased to us; None if it is over, not due, set aside, or somebody else's for now."""
    with transaction.atomic():
        row = _free(lease)
        if row is None or row.takes >= retry.MAX_TAKES:
            return None
        row.unsure = row.unsure or row.takes > 0
        row.attempts += 1
        row.takes += 1
        row.next_at = min(lease.at + retry.after_taking(row.takes), row.expires)
        row.lease_owner, row.lease_until = lease.owner, lease.at + LEASE
        keep(row)
    return row


def set_aside(lease: Lease) -> bool:
    """Give up a row that ended all who took it; says whether this is one."""
    if not Outgoing.objects.filter(pk=lease.outgoing_id, takes__gte=retry.MAX_TAKES).exists():
        return False
    with transaction.atomic():
        entries.hold()
        row = _free(lease)
        if row is None or row.takes < retry.MAX_TAKES:
            return False
        row.unsure = True
        give_up(row, Outgoing.State.DEAD, fault="no-word", at=lease.at)
    return True


def _free(lease: Lease) -> Outgoing | None:
    """The row, locked, if it is due and nobody sends it as far as we know."""
    due = Outgoing.objects.filter(pk=lease.outgoing_id, state=Outgoing.State.PENDING, next_at__lte=lease.at)
    row = due.select_for_update(skip_locked=True).first()
    return None if row is None or is_leased(row, at=lease.at) else row


def is_leased(row: Outgoing, *, at: datetime) -> bool:
    """Whether somebody is sending it at this moment, as far as we know."""
    return row.lease_until is not None and row.lease_until > at
