"""Once a day: throw away sealed bodies that nobody needs any more, and none that anybody might.

1. What was opened or withdrawn a day ago, or failed to open and has expired, keeps its row, its receipts and
   its place in the transcript; its body goes. What was opened lies sealed under its case.
2. A file that is a day old and that no row of any table names is what a crash left behind.

Every table with a column called `body` names files here, also those of other packages, so that none has to be
remembered. Where more files have no row than have one, the rows are missing: then nothing is done.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.apps import apps
from django.db.models import Q

from secure_exchange import bodies
from secure_exchange.models import Incoming, StrangersRefused, Tidied


A_DAY: Final = timedelta(days=1)
COUNTS_KEPT: Final = timedelta(days=30)
"""How long it is known how often strangers were refused; the ledger keeps that they were."""

log = structlog.get_logger(__name__)


def once_a_day(*, at: datetime) -> bool:
    """Tidy if no process did for a day; says whether it was done now. The first day of a node is let pass."""
    _, first = Tidied.objects.get_or_create(defaults={"at": at})
    if first or not Tidied.objects.filter(at__lte=at - A_DAY).update(at=at):
        return False
    clear_ended(at=at)
    clear_orphans(at=at)
    StrangersRefused.objects.filter(minute__lt=at - COUNTS_KEPT).delete()
    return True


def clear_ended(*, at: datetime) -> int:
    """Delete the bodies of what came and is over; gives how many rows have none any more."""
    over = Q(state__in=[Incoming.State.OPENED, Incoming.State.WITHDRAWN], settled_at__lte=at - A_DAY) | Q(
        state=Incoming.State.FAILED, expires__lte=at - A_DAY
    )
    ended = Incoming.objects.filter(over).exclude(body="")
    needed = set(Incoming.objects.exclude(over).exclude(body="").values_list("body", flat=True))
    cleared = 0
    for incoming_id, body in list(ended.values_list("pk", "body")):
        if body not in needed:
            bodies.delete_body(body)
        cleared += Incoming.objects.filter(pk=incoming_id).update(body="")
    return cleared


def clear_orphans(*, at: datetime) -> int:
    """Delete files a day old that no row names; gives how many."""
    old = set(bodies.older_than(at - A_DAY))
    # Twice, because a body goes from one table to another in the moment in which it is taken in.
    orphans = old - named()
    orphans -= named() if orphans else set()
    if len(orphans) > len(old) - len(orphans):
        log.error("bodies without a row are left alone", without=len(orphans), all=len(old))
        return 0
    for name in orphans:
        bodies.delete_body(name)
    return len(orphans)


def named() -> set[str]:
    """Every body that a row of this node names."""
    return {
        name
        for model in apps.get_models()
        if any(field.name == "body" for field in model._meta.get_fields())  # noqa: SLF001 - Django's public name
        for name in model._base_manager.values_list("body", flat=True).iterator()  # noqa: SLF001 - the same
    }
