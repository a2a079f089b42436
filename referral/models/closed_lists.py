"""Database constraints that keep a column inside a closed list of words."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q


def one_of(table: str, field: str, words: type[StrEnum], *, blank: bool = False) -> models.CheckConstraint:
    """Refuse in the database what is not a word of the list: no unknown code passes for a known one.

    With `blank`, "" stands for what is still sealed.
    """
    known = [word.value for word in words] + ([""] if blank else [])
    return models.CheckConstraint(condition=Q(**{f"{field}__in": known}), name=f"{table}_{field}_known")
