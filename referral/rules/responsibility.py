"""Who is responsible for a person: at every moment exactly one organisation.

A referral leaves the sender responsible, in its own case and in the one that the receiver opens. A transfer
makes the receiver responsible at the moment a person there opens the record, and not before: an accepted,
released or lost transfer changes nothing.
"""

from __future__ import annotations

from referral.rules.decision import ALLOWED, Decision, Reason, refused
from referral.vocabulary import HandoverKind


def passes(kind: HandoverKind | str) -> bool:
    """Whether opening the record of a handover of this kind makes its receiver responsible."""
    return kind == HandoverKind.TRANSFER


def responsible(here: str, *, stays_with: str, passed_to: str) -> str:
    """Name the address that is responsible for a case that is kept `here`.

    It is who opened our transfer of it; else who referred it to us and stays responsible; else we are.
    """
    return passed_to or stays_with or here


def may_offer(kind: HandoverKind, *, own: str, responsible: str) -> Decision:
    """Decide whether an organisation may hand over in this way: nobody passes on what another answers for."""
    return refused(Reason.NOT_RESPONSIBLE) if passes(kind) and own != responsible else ALLOWED
