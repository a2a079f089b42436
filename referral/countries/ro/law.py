"""Time limits of Romania.

Who may change this file: a lawyer who knows Romanian law, with the source open, giving `source`, `confidence`
and the day of checking. A changed law is a new entry and a new flow class; entries of running cases stay.
Not coded on purpose: "10 days" and "90 days of shelter", which stand in older papers and seem repealed.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from referral.flows.limits import Confidence, NoLimit, Start, TimeLimit, Unit
from referral.flows.situation import child, foreigner


CHECKED = date(2026, 11, 1)

REFLECTION = TimeLimit(
    key="ro_reflection",
    amount=90,
    unit=Unit.DAYS,
    basis="Legea 678/2001 art. 39¹(1)",
    source="S10",
    confidence=Confidence.READ,
    checked=CHECKED,
    starts=_("serious reasons to believe that the person was trafficked"),
    since=(
        Start(step="formal", answer="decided_on", outcomes=frozenset({"identified"})),
        Start(step="own_view", outcomes=frozenset({"presumed"})),
        Start(step="reflection", answer="granted_on"),
    ),
    applies_to=foreigner,
    notice=14,
)
RECOVERY_OF_CITIZENS = NoLimit(
    key="ro_recovery_of_citizens",
    why=_("Nationals and EU citizens: no number of days is laid down; they may stay."),
    basis="Legea 678/2001 art. 38¹",
    source="S10",
    confidence=Confidence.READ,
    checked=CHECKED,
)
NOTIFICATION = NoLimit(
    key="ro_notification",
    why=_("As soon as there are signs; no number of hours was found."),
    basis="HG 88/2023",
    source="S14",
    confidence=Confidence.READ,
    checked=CHECKED,
)
IDENTIFICATION = NoLimit(
    key="ro_identification",
    why=_("No time limit was found in the sources."),
    basis="HG 88/2023",
    source="S14",
    confidence=Confidence.UNCERTAIN,
    checked=CHECKED,
)
CHOICE = NoLimit(
    key="ro_choice",
    why=_("None: the person decides when ready."),
    basis="HG 88/2023",
    source="S15",
    confidence=Confidence.READ,
    checked=CHECKED,
)
EVALUATION = NoLimit(
    key="ro_evaluation",
    why=_("No time limit was found in the sources."),
    basis="Ordinul 173/65/3042/C/2021; Legea 211/2004",
    source="S18f",
    confidence=Confidence.UNCERTAIN,
    checked=CHECKED,
)
ASSISTANCE = NoLimit(
    key="ro_assistance",
    why=_("By plan; no legal cap was found."),
    basis="HG 88/2023",
    source="",
    confidence=Confidence.UNCERTAIN,
    checked=CHECKED,
)
CHILD_EVALUATION = TimeLimit(
    key="ro_child_evaluation",
    amount=72,
    unit=Unit.HOURS,
    basis="Legea 272/2004; HG 49/2011",
    source="S55",
    confidence=Confidence.UNCERTAIN,
    checked=CHECKED,
    starts=_("the moment it is known that the person is, or may be, a child"),
    applies_to=child,
    notice=1,
)
PERMIT = TimeLimit(
    key="ro_permit",
    amount=6,
    unit=Unit.MONTHS,
    basis="OUG 194/2002",
    source="",
    confidence=Confidence.UNCERTAIN,
    checked=CHECKED,
    starts=_("the permit"),
    applies_to=foreigner,
    extendable=True,
    notice=30,
)
COMPENSATION = TimeLimit(
    key="ro_compensation",
    amount=1,
    unit=Unit.YEARS,
    basis="Legea 211/2004",
    source="S18c",
    confidence=Confidence.READ,
    checked=CHECKED,
    starts=_("depends on how the proceedings ended"),
    notice=90,
)
LIMITS = (
    REFLECTION,
    RECOVERY_OF_CITIZENS,
    NOTIFICATION,
    IDENTIFICATION,
    CHOICE,
    EVALUATION,
    ASSISTANCE,
    CHILD_EVALUATION,
    PERMIT,
    COMPENSATION,
)
