"""A person's role in an organisation, from a date to a date."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models

from people.models.organisation import Organisation
from people.models.user import User
from people.roles import Role


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by the day on which they hold."""

    def active(self, on: date) -> Self:
        """Return those that hold on this day; the last day is included."""
        ends = models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=on)
        return self.filter(ends, starts_on__lte=on, user__is_active=True)


class Membership(models.Model):
    """A person's role in an organisation, from a date to a date.

    One person has one open membership: the same account is never help and prosecution at once, and nobody
    gives herself the keys of two roles.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="membership_role_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(ends_on__isnull=True),
                name="membership_open_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"

    def active(self, on: date) -> bool:
        """Say whether the membership holds on this day; the last day is included."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)
