"""Identification and protection in Romania, in the order of the national mechanism (MNIR)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from referral.countries.ro import forms, law
from referral.countries.ro.child import ChildSteps
from referral.flows.base import NationalFlow
from referral.flows.forms import Explanation
from referral.flows.identification import (
    IdentificationSteps,
    Indicators,
    InformAndChoose,
    OwnView,
)
from referral.flows.limits import Confidence
from referral.flows.protection import PLAN_REMINDER, Plan, ProtectionSteps, Recovery, SafePlace
from referral.flows.situation import (
    BY_CASEWORKER,
    BY_POLICE,
    BY_RESPONSIBLE,
    BY_SHELTER,
    foreigner,
    free_to_stay,
    with_police,
)
from referral.flows.step import Join, Split, Step, this
from referral.vocabulary import Stage


class Identification(IdentificationSteps, ChildSteps, NationalFlow):
    """Identification in Romania: detection, ANITP, information and choice, formal or informal."""

    country = "RO"
    stage = Stage.IDENTIFICATION

    signs = (
        Step(
            Indicators,
            BY_RESPONSIBLE,
            says=Explanation(
                title=_("Signs of trafficking"),
                why=_("To know which help the person has a right to. An aid for people, no score."),
                basis="Legea 678/2001 art. 27²; HG 88/2023",
                source="S14, S16",
                confidence=Confidence.READ,
                document=_("indicator sheet"),
            ),
            limit=law.NOTIFICATION,
        )
        .On("no_signs", this.other_help)
        .Next(this.side_by_side)
    )

    side_by_side = Split().Next(this.notify).Next(this.choose)

    notify = Step(
        forms.Notification,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("Tell ANITP"),
            why=_("ANITP follows every case of the national mechanism and knows who can help."),
            basis="HG 88/2023",
            source="S14",
            confidence=Confidence.READ,
            document=_("notification sheet"),
        ),
        limit=law.NOTIFICATION,
    ).Next(this.met)

    choose = Step(
        InformAndChoose,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("Information and choice"),
            why=_("The person hears which services there are, chooses, and agrees to be referred or not."),
            basis="HG 88/2023",
            source="S15",
            confidence=Confidence.READ,
            document=_("consent form"),
        ),
        limit=law.CHOICE,
    ).Next(this.met)

    met = Join().Next(this.formal)

    formal = (
        Step(
            forms.FormalIdentification,
            BY_POLICE,
            says=Explanation(
                title=_("Formal identification"),
                why=_(
                    "DIICOT and the police identify through their investigation. Help does not wait for it."
                ),
                basis="HG 88/2023",
                source="S14, S15",
                confidence=Confidence.READ,
                document=_("identification form"),
            ),
            limit=law.IDENTIFICATION,
            only_for=with_police,
        )
        .On("identified", this.end)
        .Next(this.own_view)
    )

    own_view = (
        Step(
            OwnView,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Informal identification"),
                why=_("Any body of the mechanism may identify; whoever is presumed trafficked is helped."),
                basis="HG 88/2023",
                source="S15",
                confidence=Confidence.READ,
                document=_("interview form"),
            ),
            limit=law.IDENTIFICATION,
        )
        .On("other_help", this.other_help)
        .Next(this.end)
    )


class Protection(ProtectionSteps, ChildSteps, NationalFlow):
    """Protection in Romania: a safe place, recovery and reflection, evaluation, individual plan."""

    country = "RO"
    stage = Stage.PROTECTION

    first = Split().Next(this.safe_place).Next(this.reflection).Next(this.risk_and_needs)

    safe_place = Step(
        SafePlace,
        BY_SHELTER,
        says=Explanation(
            title=_("A safe place"),
            why=_("Immediate safety and basic needs; for a child the DGASPC places."),
            basis="HG 88/2023; Legea 272/2004",
            source="S15",
            confidence=Confidence.READ,
        ),
        limit=law.ASSISTANCE,
    ).Next(this.together)

    reflection = (
        Step(
            forms.Reflection,
            BY_RESPONSIBLE,
            says=Explanation(
                title=_("Recovery and reflection period"),
                why=_(
                    "Foreigners have up to 90 days to recover and think, in which nobody may send them away."
                ),
                basis="Legea 678/2001 art. 39¹(1)",
                source="S10",
                confidence=Confidence.READ,
                document=_("certificate of tolerated stay"),
            ),
            limit=law.REFLECTION,
            only_for=foreigner,
        )
        .AlsoLater()
        .Next(this.recovery)
    )

    recovery = Step(
        Recovery,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("Time to recover"),
            why=_("Nationals and EU citizens recover with the same help; they need no title to stay."),
            basis="Legea 678/2001 art. 38¹; CETS 197 art. 13",
            source="S10",
            confidence=Confidence.READ,
        ),
        limit=law.RECOVERY_OF_CITIZENS,
        only_for=free_to_stay,
    ).Next(this.together)

    plan = (
        Step(
            Plan,
            BY_CASEWORKER,
            says=Explanation(
                title=_("Individual plan"),
                why=_("Which help, by whom, until when; the person agrees with it."),
                basis="Legea 211/2004; Ordinul 173/65/3042/C/2021",
                source="S17, S18f",
                confidence=Confidence.MEMORY,
                document=_("evaluation and individual plan"),
            ),
            limit=PLAN_REMINDER,
        )
        .On("declined", this.left)
        .Next(this.end)
    )
