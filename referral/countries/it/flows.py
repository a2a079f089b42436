"""Identification and protection in Italy, in the order of the single programme (DPCM 16.5.2016)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from referral.countries.it import forms, law
from referral.countries.it.child import ChildSteps
from referral.flows.base import NationalFlow
from referral.flows.forms import Explanation
from referral.flows.identification import (
    IdentificationSteps,
    Indicators,
    InformAndChoose,
    OwnView,
)
from referral.flows.limits import Confidence
from referral.flows.protection import ProtectionSteps, Recovery
from referral.flows.situation import (
    BY_CASEWORKER,
    BY_RESPONSIBLE,
    BY_SHELTER,
    foreigner,
)
from referral.flows.step import Join, Split, Step, this
from referral.vocabulary import Stage


class Identification(IdentificationSteps, ChildSteps, NationalFlow):
    """Identification in Italy: report, preliminary view, emergency place, several protected talks."""

    country = "IT"
    stage = Stage.IDENTIFICATION

    signs = (
        Step(
            Indicators,
            BY_RESPONSIBLE,
            says=Explanation(
                title=_("Report and signs"),
                why=_("To know which help the person has a right to. An aid for people, no score."),
                basis="DPCM 16.5.2016",
                source="S21",
                confidence=Confidence.READ,
                document=_("scheda di segnalazione"),
            ),
            limit=law.REPORT,
        )
        .On("no_signs", this.other_help)
        .Next(this.preliminary)
    )

    preliminary = Step(
        forms.Preliminary,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("Preliminary identification"),
            why=_("A short note, without the story, so that nobody has to tell it twice."),
            basis="DPCM 16.5.2016",
            source="S21, S60",
            confidence=Confidence.READ,
            document=_("note"),
        ),
        limit=law.REPORT,
    ).Next(this.side_by_side)

    side_by_side = Split().Next(this.emergency_place).Next(this.choose)

    emergency_place = Step(
        forms.EmergencyPlace,
        BY_SHELTER,
        says=Explanation(
            title=_("Emergency place"),
            why=_("A place at once, with health care and legal information, through the Numero Verde."),
            basis="DPCM 16.5.2016",
            source="S21, S29",
            confidence=Confidence.READ,
            document=_("consent form"),
        ),
        limit=law.REPORT,
    ).Next(this.met)

    choose = Step(
        InformAndChoose,
        BY_CASEWORKER,
        says=Explanation(
            title=_("Information and choice"),
            why=_("The person hears which help there is and chooses."),
            basis="Directive 2011/36/EU art. 11(5)-(6)",
            source="S1",
            confidence=Confidence.MEMORY,
        ),
        limit=law.REPORT,
    ).Next(this.met)

    met = Join().Next(this.interviews)

    interviews = (
        Step(
            OwnView,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Formal identification"),
                why=_("Several protected talks with an operator and a mediator."),
                basis="DPCM 16.5.2016",
                source="S28",
                confidence=Confidence.READ,
                document=_("relazione"),
            ),
            limit=law.INTERVIEWS,
        )
        .On("other_help", this.other_help)
        .Next(this.end)
    )


class Protection(ProtectionSteps, ChildSteps, NationalFlow):
    """Protection in Italy: the single programme, first assistance, recovery; a permit where needed."""

    country = "IT"
    stage = Stage.PROTECTION

    first = (
        Step(
            forms.Programme,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Offer of the single programme"),
                why=_("The person decides whether to join, knowing what an interruption means."),
                basis="D.Lgs. 286/1998 art. 18(3-bis); DPCM 16.5.2016",
                source="S20, S28",
                confidence=Confidence.READ,
                document=_("adesione al programma"),
            ),
            limit=law.REPORT,
        )
        .On("declined", this.left)
        .Next(this.side_by_side)
    )

    side_by_side = Split().Next(this.recovery).Next(this.permit_way).Next(this.risk_and_needs)

    recovery = Step(
        Recovery,
        BY_CASEWORKER,
        says=Explanation(
            title=_("Time to recover"),
            why=_("Italian law names no period; the convention's 30 days are our reminder, for everyone."),
            basis="CETS 197 art. 13",
            source="S47",
            confidence=Confidence.DEFAULT,
        ),
        limit=law.RECOVERY,
    ).Next(this.together)

    permit_way = (
        Step(
            forms.PermitWay,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Which way to a permit"),
                why=_("Two paths lead to a permit; the social one needs no complaint, no statements."),
                basis="DPR 394/1999 art. 27(1); D.Lgs. 286/1998 art. 18, 18-ter",
                source="S25, S24, S29b",
                confidence=Confidence.READ,
            ),
            limit=law.PERMIT_REQUEST,
            only_for=foreigner,
        )
        .AlsoLater()
        .On("declined", this.together)
        .Next(this.permit_request)
    )

    permit_request = (
        Step(
            forms.PermitRequest,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Request at the Questura"),
                why=_("The permit needs these documents; it runs for six months and can be extended."),
                basis="D.Lgs. 286/1998 art. 18; DPR 394/1999 art. 27",
                source="S23, S25",
                confidence=Confidence.READ,
                document=_("request for the permit “casi speciali”"),
            ),
            limit=law.PERMIT_REQUEST,
            only_for=foreigner,
        )
        .AlsoLater()
        .Next(this.together)
    )

    together = Join().Next(this.first_assistance)

    first_assistance = Step(
        forms.FirstAssistance,
        BY_CASEWORKER,
        says=Explanation(
            title=_("First assistance and individual project"),
            why=_("Three months, which may be extended once, in which the individual project is agreed."),
            basis="L. 228/2003 art. 13; DPR 237/2005",
            source="S48",
            confidence=Confidence.READ,
            document=_("progetto individuale"),
        ),
        limit=law.FIRST_ASSISTANCE,
    ).Next(this.end)
