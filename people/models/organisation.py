"""A body that works cases."""

from __future__ import annotations

import uuid
from enum import StrEnum

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What sort of body an organisation is."""

    NGO = "ngo"
    POLICE = "police"
    SOCIAL_SERVICE = "social_service"
    SHELTER = "shelter"
    AUTHORITY = "authority"


class Organisation(models.Model):
    """A body that works cases on this node; other nodes' bodies are known by their address only."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.CharField(
        max_length=63,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z", _("Small letters, digits and hyphens.")),
        ],
    )
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    focal_point = models.BooleanField(default=False)
    services = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    founded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in Kind]),
                name="organisation_kind_is_known",
            ),
            models.CheckConstraint(
                # "node@host" is the address the node itself signs receipts with.
                condition=~models.Q(slug="node"),
                name="organisation_is_not_the_node",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The organisation's address, like mail: `pro-prietenia@ro.connect.test`."""
        return f"{self.slug}@{settings.CONNECT.NODE_HOST}"
