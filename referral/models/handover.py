"""One side's row of a handover, and the messages of its thread."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from referral.models.case import Case
from referral.models.closed_lists import one_of
from referral.models.consent import Consent
from referral.vocabulary import Direction, HandoverKind, HandoverState, MessageKind, Stage, Urgency


class Handover(models.Model):
    """A case passing between two organisations, as one of them sees it.

    Two organisations of one node have a row each in the same thread. A moment whose act was done by the
    other side, or by the clock, has no `_by`. What an incoming offer is about (kind, stage, urgency,
    categories) lies inside its seal: until a person has read it, no machine knows it and the words are "".
    """

    thread = models.UUIDField()
    direction = models.CharField(max_length=8)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="handovers"
    )
    counterpart = models.CharField(max_length=200)
    second_choice = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=16, default=HandoverState.DRAFT.value)
    stage = models.CharField(max_length=16, blank=True, default="")
    urgency = models.CharField(max_length=16, blank=True, default="")
    categories = models.JSONField(default=list)
    respond_by = models.DateTimeField()
    expires_at = models.DateTimeField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="handovers", null=True, blank=True)
    consent = models.ForeignKey(
        Consent, on_delete=models.PROTECT, related_name="handovers", null=True, blank=True
    )
    created_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    offered_by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    expired_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["organisation", "direction", "state", "respond_by"], name="handover_by_organisation"
            ),
            models.Index(fields=["state", "respond_by"], name="handover_waiting"),
            models.Index(fields=["case", "-created_at"], name="handover_by_case"),
        ]
        constraints = [
            one_of("handover", "direction", Direction),
            one_of("handover", "kind", HandoverKind, blank=True),
            one_of("handover", "state", HandoverState),
            one_of("handover", "stage", Stage, blank=True),
            one_of("handover", "urgency", Urgency, blank=True),
            models.UniqueConstraint(fields=["thread", "organisation"], name="handover_once"),
            models.CheckConstraint(
                condition=Q(direction=Direction.INCOMING.value)
                | Q(case__isnull=False, consent__isnull=False),
                name="handover_sent_with_case_and_consent",
            ),
            models.CheckConstraint(
                condition=Q(kind="", stage="", urgency="", direction=Direction.INCOMING.value)
                | ~(Q(kind="") | Q(stage="") | Q(urgency="")),
                name="handover_words_unknown_until_read",
            ),
        ]

    def __str__(self) -> str:
        return str(self.thread)


class HandoverMessage(models.Model):
    """One envelope of a thread; what it said is sealed to this organisation's handover clearance."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=16)
    direction = models.CharField(max_length=8)
    category = models.CharField(max_length=16, blank=True, default="")
    envelope = models.UUIDField()
    sealed = models.BinaryField(default=bytes, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            one_of("handovermessage", "kind", MessageKind),
            one_of("handovermessage", "direction", Direction),
            models.UniqueConstraint(fields=["handover", "envelope"], name="handovermessage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id}/{self.kind}"


class HandoverSeen(models.Model):
    """How far one person has seen a handover that was sent: its state then, and their last note.

    It holds no moment: what was found out late, because a network was away, happened before a look and was
    not seen by it.
    """

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="seen_by")
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16)
    note = models.ForeignKey(
        HandoverMessage, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        default_permissions = ()
        constraints = [
            one_of("handoverseen", "state", HandoverState),
            models.UniqueConstraint(fields=["handover", "membership"], name="handoverseen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id}/{self.state}"
