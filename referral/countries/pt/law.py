"""Time limits of Portugal.

Who may change this file: a lawyer who knows Portuguese law, with the source open, giving `source`,
`confidence` and the day of checking. A changed law is a new entry and a new flow class; entries of running
cases stay.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from referral.flows.limits import Confidence, NoLimit, Start, TimeLimit, Unit
from referral.flows.situation import foreigner


CHECKED = date(2026, 11, 1)

REFLECTION = TimeLimit(
    key="pt_reflection",
    amount=60,
    minimum=30,
    unit=Unit.DAYS,
    basis="Lei 23/2007 art. 111.º(2)",
    source="S30",
    confidence=Confidence.READ,
    checked=CHECKED,
    starts=_("the authorities' request, the person's own word, or the flagging, whichever comes first"),
    since=(
        Start(step="flag_by_police", answer="sent_on"),
        Start(step="flag_by_others", answer="sent_on"),
        Start(step="reflection", answer="started_on"),
    ),
    applies_to=foreigner,
    notice=14,
)
PERMIT = TimeLimit(
    key="pt_permit",
    amount=1,
    unit=Unit.YEARS,
    basis="Lei 23/2007 art. 109.º(5)",
    source="S30",
    confidence=Confidence.READ,
    checked=CHECKED,
    starts=_("the permit"),
    applies_to=foreigner,
    extendable=True,
    notice=60,
)
PERMIT_REQUEST = NoLimit(
    key="pt_permit_request",
    why=_("May be asked for before the reflection period ends."),
    basis="Lei 23/2007 art. 109.º(3)-(4); DL 368/2007",
    source="S30, S31",
    confidence=Confidence.READ,
    checked=CHECKED,
)
FLAGGING = NoLimit(
    key="pt_flagging",
    why=_("At once; no number of hours was read."),
    basis="RAPVT; Sistema de Referenciação Nacional",
    source="S39",
    confidence=Confidence.READ,
    checked=CHECKED,
)
FIRST_LINE = NoLimit(
    key="pt_first_line",
    why=_("Immediate; no number of hours was read."),
    basis="RAPVT",
    source="S33, S32d",
    confidence=Confidence.READ,
    checked=CHECKED,
)
CONFIRMATION = NoLimit(
    key="pt_confirmation",
    why=_("None: it depends on the proceedings, and in practice comes after the investigation."),
    basis="DL 368/2007",
    source="S33",
    confidence=Confidence.READ,
    checked=CHECKED,
)
SHELTER = NoLimit(
    key="pt_shelter",
    why=_("No fixed limit; the stay depends on progress."),
    basis="Protocolo CAP",
    source="S32e",
    confidence=Confidence.READ,
    checked=CHECKED,
)
RIGHTS = NoLimit(
    key="pt_rights",
    why=_("From the flagging on, as long as it lasts."),
    basis="Lei 23/2007 art. 112.º",
    source="S30b",
    confidence=Confidence.READ,
    checked=CHECKED,
)
CHILD_AUTHORITY = NoLimit(
    key="pt_child_authority",
    why=_("At once; no number of hours was read."),
    basis="Lei 147/99",
    source="",
    confidence=Confidence.MEMORY,
    checked=CHECKED,
)
COMPENSATION = TimeLimit(
    key="pt_compensation",
    amount=1,
    unit=Unit.YEARS,
    basis="Lei 104/2009 art. 11.º",
    source="S53",
    confidence=Confidence.MEMORY,
    checked=CHECKED,
    starts=_("the act; longer when there are criminal proceedings"),
    extendable=True,
    notice=90,
)
LIMITS = (
    REFLECTION,
    PERMIT,
    PERMIT_REQUEST,
    FLAGGING,
    FIRST_LINE,
    CONFIRMATION,
    SHELTER,
    RIGHTS,
    CHILD_AUTHORITY,
    COMPENSATION,
)
