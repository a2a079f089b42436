"""The ledger's rows: who, what act, on which object, why; never content (OWASP ASVS 5.0, V16)."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models

from secure_exchange.models.append_only import AppendOnlyModel, AppendOnlyQuerySet


GENESIS: Final = "0" * 64
"""What the first entry names as its predecessor."""


class Entry(AppendOnlyModel):
    """One act or one refusal; `hash` covers the row and the hash before it."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    act = models.CharField(max_length=60)
    actor = models.CharField(max_length=250)
    object = models.CharField(max_length=250)
    category = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = AppendOnlyQuerySet["Entry"].as_manager()

    class Meta:
        """What the data protection officer asks: everything about one object, everything by one actor."""

        indexes: ClassVar = [
            models.Index(fields=["object", "sequence"], name="entry_object"),
            models.Index(fields=["actor", "sequence"], name="entry_actor"),
        ]

    def __str__(self) -> str:
        """The place in the ledger and the act."""
        return f"{self.sequence} {self.act}"


class Head(models.Model):
    """The end of the ledger, one row, locked by whoever appends; a trigger moves it with each entry."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        """One row and no other."""

        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="head_single")]

    def __str__(self) -> str:
        """The place of the last entry."""
        return f"head {self.sequence}"


class StrangersRefused(models.Model):
    """How often in a minute something that nobody we trust had signed was refused; the first is an entry."""

    act = models.CharField(max_length=60)
    actor = models.CharField(max_length=250)
    """A known address that was claimed, or "unknown"."""
    reason = models.CharField(max_length=200)
    minute = models.DateTimeField()
    count = models.PositiveBigIntegerField(default=1)

    class Meta:
        """One row a minute and cause, however many processes count."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["minute", "act", "actor", "reason"], name="strangers_refused_once"
            ),
        ]

    def __str__(self) -> str:
        """How many, and why."""
        return f"{self.count} {self.reason}"
