"""Database constraints that keep a column inside a closed list of words."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q


def one_of(table: str, field: str, words: type[StrEnum]) -> models.CheckConstraint:
    """Refuse in the database what is not a word of the list, so that no unknown code can pass for a known one."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": [word.value for word in words]}), name=f"{table}_{field}_known"
    )
