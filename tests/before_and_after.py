"""What a node holds at a moment: rows by table and files, to say that nothing was half-done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings

from secure_exchange.models import Entry


PASSING = {"sessions.Session", "secure_exchange.Entry", "secure_exchange.Head"}
"""Tables that any request may touch."""


def rows() -> Counter[str]:
    """How many rows each table has."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return Counter(
        {
            model._meta.label: model._base_manager.count()
            for model in models
            if model._meta.label not in PASSING
        }
    )


def files() -> set[Path]:
    """Every sealed file."""
    return {path for path in Path(settings.CONNECT.FILES).rglob("*") if path.is_file()}


@contextmanager
def nothing_but_an_entry(*, entries: int = 1) -> Iterator[None]:
    """Hold that what is done inside leaves so many ledger entries more, and every row and file as it was."""
    rows_before, files_before, written = rows(), files(), Entry.objects.count()
    yield
    added = [(entry.act, entry.reason) for entry in Entry.objects.order_by("sequence")[written:]]
    assert len(added) == entries, added
    assert rows() == rows_before, dict(rows() - rows_before) or dict(rows_before - rows())
    assert files() == files_before
