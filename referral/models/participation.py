"""Who works a case: organisations with granted categories, and the people they assigned."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from referral.models.case import Case
from referral.models.closed_lists import one_of
from referral.vocabulary import Category


class Participation(models.Model):
    """An organisation that works a case, from a moment to a moment.

    Where `left_by` is empty nobody ended it: the consent it rested on ran out.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="participations")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="participations"
    )
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["organisation", "case"],
                name="participation_by_organisation",
                condition=Q(left_at=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "organisation"], condition=Q(left_at=None), name="participation_once"
            ),
            models.CheckConstraint(
                condition=Q(left_by=None) | Q(left_at__isnull=False), name="participation_left_at_and_by"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.organisation_id}"


class CategoryGrant(models.Model):
    """That an organisation may work a category of a case: without end, by a consent, or until a moment."""

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="grants")
    category = models.CharField(max_length=16)
    consent = models.ForeignKey(
        "referral.Consent", on_delete=models.PROTECT, related_name="grants", null=True, blank=True
    )
    until = models.DateTimeField(null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            one_of("categorygrant", "category", Category),
            models.UniqueConstraint(
                fields=["participation", "category"],
                condition=Q(consent=None, until=None, revoked_at=None),
                name="categorygrant_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id}/{self.category}"

    @property
    def explicit(self) -> bool:
        """Whether somebody disclosed this category on purpose, by a consent or for a time."""
        return self.consent_id is not None or self.until is not None

    def in_force(self, at: datetime) -> bool:
        """Whether the grant holds: not revoked, not past its end, and its consent not withdrawn or over."""
        if self.revoked_at is not None or (self.until is not None and self.until <= at):
            return False
        return self.consent is None or self.consent.in_force(at)


class Assignment(models.Model):
    """A member who works a case; the object permissions beside it are made and ended in the same act."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="assignments")
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="assignments")
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["membership", "case"], name="assignment_by_membership", condition=Q(ended_at=None)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "membership"], condition=Q(ended_at=None), name="assignment_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="assignment_ended_at_and_by"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.membership_id}"


class CaseUserObjectPermission(UserObjectPermissionBase):
    """The first wall: what one person may do on one case, by a direct foreign key."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="user_permissions")


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    """Required beside the user table by the permission library; groups are given nothing."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="group_permissions")
