"""Who the tests of the exchange know: two organisations of this node, Italy and its node, and a stranger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from secure_exchange import outbox, testing
from secure_exchange.models import Entry
from secure_exchange.testing import FaultyCarrier, Letter, MemoryCarrier


AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def members() -> SimpleNamespace:
    """All of them, in nobody's directory yet."""
    return SimpleNamespace(
        ours=testing.member("pro-prietenia@ro.connect.test", at=AT, categories=("default", "health")),
        neighbour=testing.member("politia@ro.connect.test", at=AT),
        italy=testing.member("casa-aperta@it.connect.test", at=AT, categories=("default", "health")),
        italy_node=testing.member("node@it.connect.test", at=AT, categories=()),
        stranger=testing.member("estranho@pt.connect.test", at=AT),
    )


def acquaint(everybody: SimpleNamespace) -> None:
    """Put all but the stranger into this node's directory."""
    for one in (everybody.ours, everybody.neighbour, everybody.italy, everybody.italy_node):
        testing.acquaint(one, at=AT)


def queue(known, *, to=None, held=False, at=AT, **letter):
    """Queue an envelope of ours, to Italy where nobody else is named."""
    receiver = to or known.italy
    envelope, name = Letter(sender=known.ours, receivers=[receiver], at=at, **letter).seal()
    return outbox.queue(envelope=envelope, body_name=name, to=receiver.address, at=at, held=held)


def italy(known, *troubles, status=403):
    """What finds a carrier to Italy for `outbox.deliver`, on which these things go wrong first."""
    carrier = FaultyCarrier(MemoryCarrier(known.italy_node), troubles, status=status)
    return lambda _: carrier


def acts():
    """What the ledger says was done, without getting to know each other."""
    return list(
        Entry.objects.exclude(act__startswith="keys.").order_by("sequence").values_list("act", flat=True)
    )
