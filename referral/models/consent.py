"""What a person agreed to share: with whom, which categories, for what, until when."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from referral.models.case import Case
from referral.models.closed_lists import one_of
from referral.rules import coverage
from referral.rules.coverage import ConsentFacts
from referral.vocabulary import Category, ConsentManner, Purpose


class Consent(models.Model):
    """One agreement with one receiver; a wider one is a new object, a withdrawal is never undone.

    One that was withdrawn at the organisation it came from has no `withdrawn_by`: nobody here did it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    receiver = models.CharField(max_length=200)
    categories = models.JSONField()
    purpose = models.CharField(max_length=24)
    language = models.CharField(max_length=16)
    manner = models.CharField(max_length=32)
    by_guardian = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["case", "-given_at"], name="consent_by_case")]
        constraints = [
            one_of("consent", "purpose", Purpose),
            one_of("consent", "manner", ConsentManner),
            models.CheckConstraint(condition=Q(until__gt=F("given_at")), name="consent_until_after_given"),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None) | Q(withdrawn_at__isnull=False),
                name="consent_withdrawn_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def facts(self) -> ConsentFacts:
        """Give what the rule of coverage decides by; needs the case, for whether it is a child's."""
        return ConsentFacts(
            receiver=self.receiver,
            categories=frozenset(Category(category) for category in self.categories),
            given_at=self.given_at,
            until=self.until,
            withdrawn_at=self.withdrawn_at,
            child=self.case.is_child,
            by_guardian=self.by_guardian,
        )

    def in_force(self, at: datetime) -> bool:
        """Whether the agreement holds then: given, not over, not withdrawn, a child's by the guardian."""
        return coverage.in_force(self.facts(), at=at).allowed
