"""Whose keys this node knows, and whom it trusts. All of it is public or says who confirmed what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Peer(models.Model):
    """An organisation, ours or a stranger's, by its address."""

    address = models.CharField(max_length=250, unique=True)
    own = models.BooleanField(default=False)
    """Works on this node: its envelopes are taken here, and its keys need nobody's confirmation."""
    learnt_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    """When its chain of key sets was last seen; nothing is sealed to keys not seen for a week."""
    looked_at = models.DateTimeField(null=True, blank=True)
    """When its node was last asked for it, whatever came of that."""
    trusted_fingerprint = models.CharField(max_length=64, blank=True)
    trusted_by = models.CharField(max_length=250, blank=True)
    trusted_at = models.DateTimeField(null=True, blank=True)
    alarm_fingerprint = models.CharField(max_length=64, blank=True)
    """A key set that does not follow from the ones we know; while it stands, nothing is sent."""
    alarm_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Trust and alarm are told in full or not at all."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(trusted_at__isnull=True, trusted_fingerprint="", trusted_by="")
                | (
                    models.Q(trusted_at__isnull=False)
                    & ~models.Q(trusted_fingerprint="")
                    & ~models.Q(trusted_by="")
                ),
                name="peer_trust_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(alarm_at__isnull=True, alarm_fingerprint="")
                | (models.Q(alarm_at__isnull=False) & ~models.Q(alarm_fingerprint="")),
                name="peer_alarm_whole",
            ),
        ]

    def __str__(self) -> str:
        """The address."""
        return self.address

    @property
    def trusted(self) -> bool:
        """Its signatures count: it is ours, or a person compared its fingerprint."""
        return self.own or self.trusted_at is not None


class PublishedKeySet(models.Model):
    """One key set of a peer's chain, as it was signed."""

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="key_sets")
    fingerprint = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    position = models.PositiveIntegerField()
    """Place in the chain, from 0."""
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    statement = models.BinaryField()

    class Meta:
        """A chain has one set at each place."""

        ordering: ClassVar = ["peer", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "fingerprint"], name="key_set_once"),
            models.UniqueConstraint(fields=["peer", "position"], name="key_set_place"),
        ]

    def __str__(self) -> str:
        """The beginning of the fingerprint."""
        return self.fingerprint[:12]


class PublishedProfile(models.Model):
    """What an organisation says it accepts, as it signed it last."""

    peer = models.OneToOneField(Peer, on_delete=models.CASCADE, related_name="profile")
    statement = models.BinaryField()
    learnt_at = models.DateTimeField()

    def __str__(self) -> str:
        """Whose."""
        return f"profile of {self.peer_id}"
