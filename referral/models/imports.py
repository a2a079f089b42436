"""A spreadsheet that was brought: its rows lie sealed to who brought it, and these columns only count."""

from __future__ import annotations

import uuid
from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from referral.models.case import Case
from referral.models.closed_lists import one_of


class ImportState(StrEnum):
    """How far an import is."""

    PREVIEWED = "previewed"
    IMPORTING = "importing"
    DONE = "done"
    DISCARDED = "discarded"


class ImportBatch(models.Model):
    """One uploaded spreadsheet. The upload is kept nowhere; `body` names the sealed file of its rows."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="import_batches"
    )
    uploaded_by = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=16, default=ImportState.PREVIEWED.value)
    rows = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    body = models.CharField(max_length=200, blank=True, default="")
    fingerprint = models.CharField(max_length=64)
    """Keyed with the node's secret, so that the same file is known again and no other can be guessed."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["uploaded_by", "-uploaded_at"], name="importbatch_by_uploader")]
        constraints = [
            one_of("importbatch", "state", ImportState),
            models.CheckConstraint(condition=Q(refused__lte=F("rows")), name="importbatch_refused_of_rows"),
            models.CheckConstraint(
                condition=Q(
                    ended_at=None, state__in=[ImportState.PREVIEWED.value, ImportState.IMPORTING.value]
                )
                | Q(ended_at__isnull=False, state__in=[ImportState.DONE.value, ImportState.DISCARDED.value]),
                name="importbatch_ended_or_not",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class ImportedRow(models.Model):
    """That a row became a case, once: the constraint is what makes bringing it in again do nothing."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="imported")
    number = models.PositiveIntegerField()
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="imported_from")

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="importedrow_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"
