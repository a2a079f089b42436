"""Time limits of Italy.

Who may change this file: a lawyer who knows Italian law, with the source open, giving `source`, `confidence`
and the day of checking. A changed law is a new entry and a new flow class; entries of running cases stay.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from referral.flows.limits import STAGE_BEGUN, Confidence, NoLimit, Start, TimeLimit, Unit
from referral.flows.situation import foreigner


CHECKED = date(2026, 11, 1)

RECOVERY = TimeLimit(
    key="it_recovery",
    amount=30,
    unit=Unit.DAYS,
    basis="CETS 197 art. 13",
    source="S47",
    confidence=Confidence.DEFAULT,
    checked=CHECKED,
    starts=_("the beginning of protection; Italian law names no period"),
    since=(STAGE_BEGUN, Start(step="recovery", answer="began_on")),
)
FIRST_ASSISTANCE = TimeLimit(
    key="it_first_assistance",
    amount=3,
    unit=Unit.MONTHS,
    basis="L. 228/2003 art. 13; DPR 237/2005",
    source="S48",
    confidence=Confidence.READ,
    checked=CHECKED,
    starts=_("entry into the programme"),
    since=(
        Start(step="first", outcomes=frozenset({"done"})),
        Start(step="first_assistance", answer="began_on"),
    ),
    extendable=True,
    notice=21,
)
FIRST_ASSISTANCE_EXTENDED = TimeLimit(
    key="it_first_assistance_extended",
    amount=3,
    unit=Unit.MONTHS,
    basis="DPR 237/2005",
    source="S48",
    confidence=Confidence.MEMORY,
    checked=CHECKED,
    starts=_("the end of the first three months"),
    notice=21,
)
PERMIT_ART_18 = TimeLimit(
    key="it_permit_art_18",
    amount=6,
    unit=Unit.MONTHS,
    basis="D.Lgs. 286/1998 art. 18(4)",
    source="S25",
    confidence=Confidence.MEMORY,
    checked=CHECKED,
    starts=_("the permit"),
    applies_to=foreigner,
    extendable=True,
    notice=60,
)
PERMIT_ART_18_TER = TimeLimit(
    key="it_permit_art_18_ter",
    amount=6,
    unit=Unit.MONTHS,
    basis="D.Lgs. 286/1998 art. 18-ter(3)",
    source="S24",
    confidence=Confidence.READ,
    checked=CHECKED,
    starts=_("the permit"),
    applies_to=foreigner,
    extendable=True,
    notice=60,
)
AGE_DOUBT = NoLimit(
    key="it_age_doubt",
    why=_("A child until the doubt is decided; the procedure stops when minority is certain."),
    basis="DPCM 234/2016",
    source="S22",
    confidence=Confidence.READ,
    checked=CHECKED,
)
CHILD_AUTHORITY = NoLimit(
    key="it_child_authority",
    why=_("At once; no number of hours was read."),
    basis="L. 47/2017; D.Lgs. 24/2014 art. 4",
    source="",
    confidence=Confidence.MEMORY,
    checked=CHECKED,
)
REPORT = NoLimit(
    key="it_report",
    why=_("No time limit was found in the sources."),
    basis="DPCM 16.5.2016",
    source="S21",
    confidence=Confidence.READ,
    checked=CHECKED,
)
INTERVIEWS = NoLimit(
    key="it_interviews",
    why=_("No time limit was found; the interviews take the time the person needs."),
    basis="DPCM 16.5.2016",
    source="S28",
    confidence=Confidence.READ,
    checked=CHECKED,
)
PERMIT_REQUEST = NoLimit(
    key="it_permit_request",
    why=_("No time limit for asking was found."),
    basis="DPR 394/1999 art. 27",
    source="S25",
    confidence=Confidence.READ,
    checked=CHECKED,
)
COMPENSATION = TimeLimit(
    key="it_compensation",
    amount=5,
    unit=Unit.YEARS,
    basis="L. 228/2003 art. 12(2-quater)",
    source="S27",
    confidence=Confidence.READ,
    checked=CHECKED,
    starts=_("the final conviction that grants damages"),
    notice=180,
)
COMPENSATION_UNKNOWN_OFFENDER = TimeLimit(
    key="it_compensation_unknown_offender",
    amount=1,
    unit=Unit.YEARS,
    basis="L. 228/2003 art. 12(2-quinquies)",
    source="S27",
    confidence=Confidence.READ,
    checked=CHECKED,
    starts=_("the closing of the file when the offender is unknown"),
    notice=90,
)
FUND_ANSWER = TimeLimit(
    key="it_fund_answer",
    amount=60,
    unit=Unit.DAYS,
    basis="L. 228/2003 art. 12(2-sexies)",
    source="S27",
    confidence=Confidence.READ,
    checked=CHECKED,
    starts=_("the claim"),
)
LIMITS = (
    RECOVERY,
    FIRST_ASSISTANCE,
    FIRST_ASSISTANCE_EXTENDED,
    PERMIT_ART_18,
    PERMIT_ART_18_TER,
    AGE_DOUBT,
    CHILD_AUTHORITY,
    REPORT,
    INTERVIEWS,
    PERMIT_REQUEST,
    COMPENSATION,
    COMPENSATION_UNKNOWN_OFFENDER,
    FUND_ANSWER,
)
