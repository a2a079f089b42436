"""One person's way through the mechanism: only what a list must show in clear, and no name."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from referral.models.closed_lists import one_of
from referral.rules import responsibility
from referral.vocabulary import AgeStatus, Category, Citizenship, Stage


if TYPE_CHECKING:
    from people.models import Membership, Organisation


CASE_PERMISSIONS: tuple[tuple[str, str], ...] = (
    *((f"read_{category}", f"Can read {category}") for category in Category),
    *((f"write_{category}", f"Can write {category}") for category in Category),
    ("work_case", "Can work the steps of the case"),
    ("hand_over_case", "Can hand the case over"),
)


class CaseQuerySet(models.QuerySet["Case"]):
    """Lists of cases come from these indexed columns, never from a scan of permissions."""

    def of(self, organisation: Organisation) -> CaseQuerySet:
        """Keep the cases that an organisation takes part in today."""
        return self.filter(participations__organisation=organisation, participations__left_at=None)

    def assigned_to(self, membership: Membership) -> CaseQuerySet:
        """Keep the cases that a member works, in an organisation that still takes part."""
        return self.filter(
            assignments__membership=membership,
            assignments__ended_at=None,
            assignments__participation__left_at=None,
        )

    def still_open(self) -> CaseQuerySet:
        """Leave out closed cases."""
        return self.filter(closed_at=None)


class Case(models.Model):
    """A case, known by its reference. In clear: stage, age status, citizenship, who is responsible.

    After a transfer `passed_to` is the address that is responsible now, in a case of its own. In a case that
    came by a referral `stays_with` is the address that stays responsible.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=16, unique=True)
    stage = models.CharField(max_length=16)
    age_status = models.CharField(max_length=16)
    citizenship = models.CharField(max_length=16)
    responsible = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="responsible_for"
    )
    passed_to = models.CharField(max_length=200, blank=True, default="")
    stays_with = models.CharField(max_length=200, blank=True, default="")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    received_in = models.UUIDField(null=True, blank=True, unique=True)

    objects: ClassVar[models.Manager[Case]] = CaseQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions = list(CASE_PERMISSIONS)
        indexes = [models.Index(fields=["responsible", "stage", "-opened_at"], name="case_by_responsible")]
        constraints = [
            one_of("case", "stage", Stage),
            one_of("case", "age_status", AgeStatus),
            one_of("case", "citizenship", Citizenship),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="case_closed_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_child(self) -> bool:
        """Whether the rules for children hold; a doubt counts (Directive 2011/36/EU art. 13(2))."""
        return self.age_status != AgeStatus.ADULT

    @property
    def responsible_address(self) -> str:
        """The address of the one organisation that is responsible now."""
        return responsibility.responsible(
            self.responsible.address, stays_with=self.stays_with, passed_to=self.passed_to
        )
