"""Identification and protection in Portugal, in the order of the referral network (RAPVT)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from referral.countries.pt import forms, law
from referral.countries.pt.child import ChildSteps
from referral.flows.base import NationalFlow
from referral.flows.forms import Explanation
from referral.flows.identification import IdentificationSteps, Indicators, InformAndChoose, OwnView
from referral.flows.limits import Confidence
from referral.flows.protection import PLAN_REMINDER, PermitRequest, Plan, ProtectionSteps, Recovery, SafePlace
from referral.flows.situation import (
    BY_CASEWORKER,
    BY_POLICE,
    BY_RESPONSIBLE,
    BY_SHELTER,
    foreigner,
    free_to_stay,
    with_police,
    without_police,
)
from referral.flows.step import Join, Split, Step, this
from referral.vocabulary import Stage


class Identification(IdentificationSteps, ChildSteps, NationalFlow):
    """Identification in Portugal: flagging, risk assessment, specialised team, status."""

    country = "PT"
    stage = Stage.IDENTIFICATION

    signs = (
        Step(
            Indicators,
            BY_RESPONSIBLE,
            says=Explanation(
                title=_("Signs of trafficking"),
                why=_("To know which help the person has a right to. An aid for people, no score."),
                basis="RAPVT",
                source="S35",
                confidence=Confidence.READ,
                document=_("checklist"),
            ),
            limit=law.FLAGGING,
        )
        .On("no_signs", this.other_help)
        .Next(this.flag_by_police)
    )

    flag_by_police = Step(
        forms.Flagging,
        BY_POLICE,
        says=Explanation(
            title=_("Flagging by the police"),
            why=_("The observatory counts what is flagged; the register holds no name."),
            document="Guia Único de Registo (GUR)",
            basis="RAPVT; DL 229/2008",
            source="S39",
            confidence=Confidence.MEMORY,
        ),
        limit=law.FLAGGING,
        only_for=with_police,
    ).Next(this.flag_by_others)

    flag_by_others = Step(
        forms.Flagging,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("Flagging by an organisation"),
            why=_("The observatory counts what is flagged; the form holds no name."),
            document="Guião de Sinalização (GS)",
            basis="RAPVT; DL 229/2008",
            source="S39",
            confidence=Confidence.MEMORY,
        ),
        limit=law.FLAGGING,
        only_for=without_police,
    ).Next(this.side_by_side)

    side_by_side = Split().Next(this.police_risk).Next(this.first_line).Next(this.choose)

    police_risk = Step(
        forms.PoliceRisk,
        BY_POLICE,
        says=Explanation(
            title=_("Risk assessment and call to the specialised team"),
            why=_("The police assess the first risk and call the multidisciplinary team (EME)."),
            basis="Sistema de Referenciação Nacional",
            source="S33",
            confidence=Confidence.READ,
            document=_("risk form"),
        ),
        limit=law.FIRST_LINE,
        only_for=with_police,
    ).Next(this.met)

    first_line = Step(
        forms.FirstLine,
        BY_CASEWORKER,
        says=Explanation(
            title=_("First help by the specialised team"),
            why=_("Emotional stabilisation and needs, by the multidisciplinary team (EME)."),
            basis="RAPVT",
            source="S32d",
            confidence=Confidence.READ,
            document="Ficha EME",
        ),
        limit=law.FIRST_LINE,
    ).Next(this.met)

    choose = Step(
        InformAndChoose,
        BY_CASEWORKER,
        says=Explanation(
            title=_("Information and choice"),
            why=_("The person hears which help there is and chooses."),
            basis="Lei 130/2015; Directive 2011/36/EU art. 11(5)-(6)",
            source="",
            confidence=Confidence.MEMORY,
        ),
        limit=law.FIRST_LINE,
    ).Next(this.met)

    met = Join().Next(this.police_status)

    police_status = (
        Step(
            forms.PoliceStatus,
            BY_POLICE,
            says=Explanation(
                title=_("Status by the authorities"),
                why=_("Police and judicial authorities confirm, in their time. Help does not wait."),
                basis="DL 368/2007",
                source="S31, S36",
                confidence=Confidence.READ,
                document=_("decision"),
            ),
            limit=law.CONFIRMATION,
            only_for=with_police,
        )
        .On("confirmed", this.end)
        .Next(this.own_view)
    )

    own_view = (
        Step(
            OwnView,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Our own view"),
                why=_("A person flagged by an organisation is helped, whatever the official status."),
                basis="RAPVT",
                source="S36",
                confidence=Confidence.READ,
            ),
            limit=law.CONFIRMATION,
        )
        .On("other_help", this.other_help)
        .Next(this.end)
    )


class Protection(ProtectionSteps, ChildSteps, NationalFlow):
    """Protection in Portugal: shelter, rights, reflection of 30 to 60 days, permit, individual plan.

    A permit may be asked for before the reflection period ends (art. 109.º(3)), so it is a branch of its own.
    """

    country = "PT"
    stage = Stage.PROTECTION

    first = Split().Next(this.shelter).Next(this.rights).Next(this.permit_way).Next(this.risk_and_needs)

    shelter = Step(
        SafePlace,
        BY_SHELTER,
        says=Explanation(
            title=_("Shelter"),
            why=_("A place in a protection centre (CAP) or elsewhere, for as long as it is needed."),
            basis="Protocolo CAP",
            source="S32c, S32e",
            confidence=Confidence.READ,
            document="Contrato de acolhimento",
        ),
        limit=law.SHELTER,
    ).Next(this.together)

    rights = Step(
        forms.Rights,
        BY_CASEWORKER,
        says=Explanation(
            title=_("Rights meanwhile"),
            why=_("Subsistence, urgent care, safety, translation and legal aid run from the flagging on."),
            basis="Lei 23/2007 art. 112.º",
            source="S30b",
            confidence=Confidence.READ,
        ),
        limit=law.RIGHTS,
    ).Next(this.reflection)

    reflection = (
        Step(
            forms.Reflection,
            BY_RESPONSIBLE,
            says=Explanation(
                title=_("Reflection period"),
                why=_(
                    "Foreigners have 30 to 60 days to recover and think, in which nobody may send them away."
                ),
                basis="Lei 23/2007 art. 111.º",
                source="S30",
                confidence=Confidence.READ,
                document="Despacho (AIMA)",
            ),
            limit=law.REFLECTION,
            only_for=foreigner,
        )
        .AlsoLater()
        .Next(this.recovery)
    )

    permit_way = (
        Step(
            forms.PermitWay,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Which ground for a permit"),
                why=_(
                    "There is a ground for personal circumstances that asks for no part in the proceedings."
                ),
                basis="Lei 23/2007 art. 109.º(2), 109.º(4); DL 368/2007",
                source="S30, S31",
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
            PermitRequest,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Request at AIMA"),
                why=_("The permit runs for one year and can be renewed."),
                basis="Lei 23/2007 art. 109.º",
                source="S30",
                confidence=Confidence.READ,
                document=_("request for the residence permit"),
            ),
            limit=law.PERMIT_REQUEST,
            only_for=foreigner,
        )
        .AlsoLater()
        .Next(this.together)
    )

    recovery = Step(
        Recovery,
        BY_CASEWORKER,
        says=Explanation(
            title=_("Time to recover"),
            why=_("Nationals and EU citizens recover with the same help; they need no title to stay."),
            basis="CETS 197 art. 13",
            source="S1",
            confidence=Confidence.MEMORY,
        ),
        limit=law.SHELTER,
        only_for=free_to_stay,
    ).Next(this.together)

    plan = (
        Step(
            Plan,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Individual plan"),
                why=_("Which help, by whom, until when; the person agrees with it."),
                basis="RCM 194/2024",
                source="S32b, S38",
                confidence=Confidence.MEMORY,
                document="Plano individual de intervenção (PII)",
            ),
            limit=PLAN_REMINDER,
        )
        .On("declined", this.left)
        .Next(this.end)
    )
