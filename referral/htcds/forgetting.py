"""Throwing away what is kept of imports nobody went on with; holds no key, so a background task may do it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from referral.models import ImportBatch, ImportState
from secure_exchange import bodies


KEPT_FOR = timedelta(days=7)


def forget_old(*, at: datetime) -> int:
    """Discard previews older than a week and delete old reports; returns how many were forgotten.

    An import that was stopped in the middle stays: its rows are waiting for somebody to go on.
    """
    old = ImportBatch.objects.filter(uploaded_at__lt=at - KEPT_FOR).exclude(body="")
    forgotten = 0
    for batch in old.exclude(state=ImportState.IMPORTING.value):
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
            if locked.state == ImportState.PREVIEWED.value:
                locked.state, locked.ended_at = ImportState.DISCARDED.value, at
            name, locked.body = locked.body, ""
            locked.save(update_fields=["body", "state", "ended_at"])
            transaction.on_commit(partial(bodies.delete_body, name))
            forgotten += 1
    return forgotten
