"""What was sent, what came, and the receipts of both: the truth of which a broker only knows a copy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from secure_exchange.models.append_only import AppendOnlyModel, AppendOnlyQuerySet


class Post(models.Model):
    """What the manifest of an envelope, or a receipt, says in the clear."""

    envelope = models.UUIDField()
    thread = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=12)
    part = models.CharField(max_length=40, blank=True)
    sender = models.CharField(max_length=250)
    receiver = models.CharField(max_length=250)
    digest = models.CharField(max_length=64)
    """SHA-256 of the signed bytes."""
    statement = models.BinaryField()
    body = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    created = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        """No table of its own."""

        abstract = True


class Outgoing(Post):
    """An envelope for one receiver, or (kind "receipt") a receipt on its way back."""

    class State(models.TextChoices):
        """Where it stands; only pending rows are sent."""

        HELD = "held"
        PENDING = "pending"
        DELIVERED = "delivered"
        EXPIRED = "expired"
        DEAD = "dead"
        DESTROYED = "destroyed"

    state = models.CharField(max_length=10, choices=State.choices)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    """Tries since the last one that moved bytes."""
    takes = models.PositiveIntegerField(default=0)
    """Tries since the last one that ended with a word; a worker that is killed says none."""
    refusals = models.PositiveIntegerField(default=0)
    """How many attempts the other node answered with a refusal; the network's silence is not counted."""
    confirmed = models.BigIntegerField(default=0)
    """Bytes of the body that the receiver's node said it has."""
    unsure = models.BooleanField(default=False)
    """Whether the receiver may have it without our knowing: an answer was lost, or a worker was."""
    stop_at = models.DateTimeField(null=True, blank=True)
    """When what allowed it was withdrawn while it was on its way: from then on no byte of it is sent."""
    last_fault = models.CharField(max_length=60, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=32, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Each state allows what it means and nothing else."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["envelope", "receiver"],
                condition=~models.Q(kind="receipt"),
                name="outgoing_envelope_once",
            ),
            models.UniqueConstraint(
                fields=["digest", "receiver"],
                condition=models.Q(kind="receipt"),
                name="outgoing_receipt_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["held", "pending", "delivered", "expired", "dead", "destroyed"]
                ),
                name="outgoing_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["held", "pending"], ended_at__isnull=True)
                | (~models.Q(state__in=["held", "pending"]) & models.Q(ended_at__isnull=False)),
                name="outgoing_ended_when_over",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="receipt") | ~models.Q(state__in=["held", "destroyed"]),
                name="outgoing_receipt_never_held",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="receipt", body="")
                | (
                    ~models.Q(kind="receipt")
                    & (
                        models.Q(state__in=["destroyed", "expired", "delivered"])
                        | models.Q(stop_at__isnull=False)
                        | ~models.Q(body="")
                    )
                ),
                name="outgoing_body_while_needed",
            ),
            models.CheckConstraint(
                condition=models.Q(lease_until__isnull=True, lease_owner="")
                | (models.Q(lease_until__isnull=False, state="pending") & ~models.Q(lease_owner="")),
                name="outgoing_lease_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(state="pending"), name="outgoing_due"),
        ]

    def __str__(self) -> str:
        """Kind and state."""
        return f"{self.kind} {self.state}"


class Incoming(Post):
    """An envelope that arrived for one of our organisations; sealed until a person opens it."""

    class State(models.TextChoices):
        """What became of it."""

        RECEIVED = "received"
        OPENED = "opened"
        FAILED = "failed"
        WITHDRAWN = "withdrawn"

    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    place = models.UUIDField(db_index=True)
    """Where its body was uploaded, so that a commit whose answer was lost can be asked again."""
    media_type = models.CharField(max_length=170)
    sha256 = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    ledger = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    """When it was opened, failed to open, or was withdrawn."""
    handled_at = models.DateTimeField(null=True, blank=True)
    """When the application took it up; null is what a sweep looks for."""

    class Meta:
        """One row an envelope and receiver, whatever the network repeats."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "envelope", "receiver"], name="incoming_once"),
            models.CheckConstraint(
                condition=models.Q(state="received", settled_at__isnull=True)
                | models.Q(state__in=["opened", "failed", "withdrawn"], settled_at__isnull=False),
                name="incoming_state_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"], condition=models.Q(handled_at__isnull=True), name="incoming_unhandled"
            ),
        ]

    def __str__(self) -> str:
        """Kind and state."""
        return f"{self.kind} {self.state}"


class Announcement(models.Model):
    """An envelope whose body is still coming: a place in quarantine, nothing else knows of it."""

    place = models.UUIDField(primary_key=True)
    """Random, so that nobody but the sender we told it can write there."""
    sender = models.CharField(max_length=250)
    envelope = models.UUIDField()
    digest = models.CharField(max_length=64)
    statement = models.BinaryField()
    body = models.CharField(max_length=64)
    size = models.BigIntegerField()
    active_at = models.DateTimeField()
    """When its sender last announced it or added to it; what stands still for a day is thrown away."""

    class Meta:
        """One place an envelope."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "envelope"], name="announced_once")
        ]

    def __str__(self) -> str:
        """Where."""
        return str(self.place)


class StoredReceipt(AppendOnlyModel):
    """A signed receipt, kept for ever, byte for byte."""

    class Direction(models.TextChoices):
        """Who signed it: somebody on this node, or the other side. Between two of our own there are both."""

        ISSUED = "issued"
        RECEIVED = "received"

    direction = models.CharField(max_length=8, choices=Direction.choices)
    kind = models.CharField(max_length=12)
    envelope = models.UUIDField()
    thread = models.UUIDField(db_index=True)
    manifest = models.CharField(max_length=64)
    by = models.CharField(max_length=250)
    at = models.DateTimeField()
    stored_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the statement."""
    statement = models.BinaryField()

    objects = AppendOnlyQuerySet["StoredReceipt"].as_manager()

    class Meta:
        """The first one stays: a second, different receipt of the same kind by the same hand is refused."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["direction", "kind", "manifest", "by"], name="receipt_once"),
        ]

    def __str__(self) -> str:
        """What it says happened."""
        return f"{self.kind} {self.direction}"


class Tidied(models.Model):
    """When this node last threw away what nobody needs; one row, so that several processes do it once."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()

    class Meta:
        """One row and no other."""

        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="tidied_single")]

    def __str__(self) -> str:
        """When."""
        return f"tidied {self.at:%Y-%m-%d}"
