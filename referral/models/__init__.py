"""State of a case."""

from __future__ import annotations

from referral.models.case import Case, CaseQuerySet
from referral.models.consent import Consent
from referral.models.handover import Handover, HandoverMessage, HandoverSeen
from referral.models.imports import ImportBatch, ImportedRow, ImportState
from referral.models.participation import (
    Assignment,
    CaseGroupObjectPermission,
    CaseUserObjectPermission,
    CategoryGrant,
    Participation,
)
from referral.models.record import CategoryKey, CategoryKeyWrap, Document, Revision


__all__ = [
    "Assignment",
    "Case",
    "CaseGroupObjectPermission",
    "CaseQuerySet",
    "CaseUserObjectPermission",
    "CategoryGrant",
    "CategoryKey",
    "CategoryKeyWrap",
    "Consent",
    "Document",
    "Handover",
    "HandoverMessage",
    "HandoverSeen",
    "ImportBatch",
    "ImportState",
    "ImportedRow",
    "Participation",
    "Revision",
]
