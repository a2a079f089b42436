"""The sealed record: keys of a case by category, revisions that are only ever added, and documents."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from referral.models.case import Case
from referral.models.closed_lists import one_of
from referral.vocabulary import Category
from secure_exchange.models.append_only import AppendOnlyModel, AppendOnlyQuerySet


class CategoryKey(models.Model):
    """The public half of a case's key for one category; sealing needs no more than this."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="category_keys")
    category = models.CharField(max_length=16)
    recipient = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of("categorykey", "category", Category),
            models.UniqueConstraint(fields=["case", "category"], name="categorykey_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.category}"


class CategoryKeyWrap(models.Model):
    """The second wall: a category's private key, sealed to one organisation's clearance for that category."""

    category_key = models.ForeignKey(CategoryKey, on_delete=models.CASCADE, related_name="wraps")
    clearance = models.ForeignKey("people.Clearance", on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["category_key", "clearance"], name="categorykeywrap_once")
        ]

    def __str__(self) -> str:
        return f"{self.category_key_id}/{self.clearance_id}"


class Revision(AppendOnlyModel):
    """What was known of one category at one time, sealed. The database refuses to change or delete a row."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="revisions")
    category = models.CharField(max_length=16)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="+")

    objects = AppendOnlyQuerySet["Revision"].as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of("revision", "category", Category),
            models.UniqueConstraint(fields=["case", "category", "number"], name="revision_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.category}/{self.number}"


class Document(models.Model):
    """A file of the case: its body sealed in storage, its name and type sealed here."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    body = models.CharField(max_length=200, unique=True)
    sealed_meta = models.BinaryField()
    sealed_size = models.PositiveBigIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["case", "-added_at"], name="document_by_case")]

    def __str__(self) -> str:
        return str(self.uuid)
