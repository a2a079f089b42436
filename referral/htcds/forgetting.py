"""Throwing away what is kept of imports nobody went on with; holds no key, so a background task may do it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q

from referral.models import ImportBatch, ImportState
from secure_exchange import bodies


KEPT_FOR = timedelta(days=7)
STOPPED_KEPT_FOR = timedelta(days=30)
"""An import that was stopped in the middle waits longer for somebody to go on, and not for ever."""
_ENDS_AS = {
    ImportState.PREVIEWED.value: ImportState.DISCARDED.value,
    ImportState.IMPORTING.value: ImportState.DONE.value,
}


def forget_old(*, at: datetime) -> int:
    """Discard old previews, end imports that were stopped long ago, delete old reports; returns how many.

    What a stopped import brought in stays; its other rows are still in the spreadsheet they came from.
    """
    kept = ImportBatch.objects.exclude(body="")
    stopped = Q(state=ImportState.IMPORTING.value)
    old = kept.filter(Q(uploaded_at__lt=at - KEPT_FOR) & ~stopped | Q(uploaded_at__lt=at - STOPPED_KEPT_FOR))
    forgotten = 0
    for batch in old:
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
            if locked.state in _ENDS_AS:
                locked.state, locked.ended_at = _ENDS_AS[locked.state], at
            name, locked.body = locked.body, ""
            locked.save(update_fields=["body", "state", "ended_at"])
            transaction.on_commit(partial(bodies.delete_body, name))
            forgotten += 1
    return forgotten
