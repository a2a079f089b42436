"""Keys at rest: every column of bytes here is an age file that only a person's password leads to.

password ──Argon2id──▶ PersonIdentity
    └── ClearanceWrap (one a person and clearance)   RecoveryWrap (the printed key)
          ├── PublishedIdentity (short-lived, one a category and "default")
          └── SigningIdentity (sealed to the clearance of those who hand over)
"""

from __future__ import annotations

from django.db import models

from people.models.organisation import Organisation
from people.models.user import User


class PersonIdentity(models.Model):
    """A person's identity, sealed to what the password and the pepper derive."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="identity")
    recipient = models.TextField()
    wrapped = models.BinaryField()
    salt = models.BinaryField(max_length=16)
    params = models.JSONField()
    """What it cost to derive: memory in KiB, passes, lanes, and which pepper."""
    made_at = models.DateTimeField()
    wrapped_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"identity of {self.user_id}"


class Clearance(models.Model):
    """An organisation's key for one scope: a category of its cases, or handing over."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="clearances")
    scope = models.CharField(max_length=32)
    recipient = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "scope"], name="clearance_once_a_scope"),
        ]

    def __str__(self) -> str:
        return f"clearance {self.scope} of {self.organisation_id}"


class ClearanceWrap(models.Model):
    """A clearance, sealed to one person whose role reads that scope."""

    clearance = models.ForeignKey(Clearance, on_delete=models.CASCADE, related_name="wraps")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="clearance_wraps")
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clearance", "user"], name="clearance_wrap_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"clearance {self.clearance_id} for {self.user_id}"


class RecoveryWrap(models.Model):
    """A clearance, sealed to the organisation's printed recovery key, which is stored nowhere."""

    clearance = models.OneToOneField(Clearance, on_delete=models.CASCADE, related_name="recovery")
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"recovery of clearance {self.clearance_id}"


class PublishedIdentity(models.Model):
    """The identity behind one published recipient; destroyed once nothing sent to it can still arrive."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="published")
    fingerprint = models.CharField(max_length=64)
    """Of the whole key set, as envelopes name it."""
    scope = models.CharField(max_length=32)
    """A category, or "default" for offers and replies."""
    recipient = models.TextField()
    sealed = models.BinaryField()
    valid_to = models.DateTimeField()
    destroy_after = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "fingerprint", "scope"],
                name="published_identity_once_a_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(destroy_after__gt=models.F("valid_to")),
                name="published_identity_outlives_its_set",
            ),
        ]

    def __str__(self) -> str:
        return f"published {self.scope} of {self.organisation_id}"


class SigningIdentity(models.Model):
    """An organisation's signing keys, sealed to the clearance of those who may hand over and answer."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="signing")
    fingerprint = models.CharField(max_length=64)
    """Of the key set that publishes the verifying half."""
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "fingerprint"], name="signing_identity_once_a_set"
            ),
        ]

    def __str__(self) -> str:
        return f"signing keys of {self.organisation_id}"
