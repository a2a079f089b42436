"""Protection: the steps and forms that the countries share, as a plain mixin class.

Recovery is for everyone; a title to stay only for those who need one. No step asks whether the person will
cooperate with the prosecution, and none depends on it (Directive 2011/36/EU art. 11(3)).
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from referral.flows.forms import (
    DECLINED,
    DONE,
    LATER,
    NOT_NOW,
    NOT_POSSIBLE,
    Explanation,
    OnDate,
    Several,
    StepForm,
    YesNo,
)
from referral.flows.limits import STAGE_BEGUN, Confidence, TimeLimit, Unit
from referral.flows.situation import BY_RESPONSIBLE, child
from referral.flows.step import Begin, End, Join, Step, this


CHECKED = date(2026, 11, 1)

RISK_REMINDER = TimeLimit(
    key="risk_reminder",
    amount=72,
    unit=Unit.HOURS,
    basis="",
    source="",
    confidence=Confidence.DEFAULT,
    checked=CHECKED,
    starts=gettext_noop("the beginning of protection"),
    since=(STAGE_BEGUN,),
    notice=1,
)
PLAN_REMINDER = TimeLimit(
    key="plan_reminder",
    amount=30,
    unit=Unit.DAYS,
    basis="",
    source="",
    confidence=Confidence.DEFAULT,
    checked=CHECKED,
    starts=gettext_noop("the end of the first assessments"),
)


class SafePlace(StepForm):
    """Somewhere to stay; the address goes into the sealed record, never here."""

    kind = Several(
        _("What kind of place"),
        (
            ("emergency", _("Emergency place")),
            ("shelter", _("Shelter")),
            ("semi_autonomous", _("Semi-autonomous flat")),
            ("own", _("Stays in own place")),
        ),
        help_text=_("Never write an address here."),
    )
    outcomes = (
        (DONE, _("There is a safe place")),
        (DECLINED, _("The person prefers another place")),
        (NOT_POSSIBLE, _("No place yet; we go on looking")),
    )


class RiskAndNeeds(StepForm):
    """Risks and needs, coded; the words about them belong in the sealed record."""

    looked_at = Several(
        _("What did you look at together?"),
        (
            ("exploiters", _("Nearness of the exploiters")),
            ("family", _("Family")),
            ("debt", _("Debts")),
            ("health", _("Health")),
            ("housing", _("Housing")),
            ("online", _("Phone and internet")),
            ("papers", _("Papers")),
        ),
    )
    with_guardian = YesNo(_("Was the guardian heard?"), only_for=child)
    outcomes = ((DONE, _("Looked at together")), (NOT_NOW, _("Not now; urgent help goes on")))


class Recovery(StepForm):
    """Time to recover, without pressure to decide anything."""

    began_on = OnDate(_("When did it begin?"))
    outcomes = (
        (DONE, _("The person had time and feels ready to go on")),
        (DECLINED, _("The person does not want to wait")),
        (NOT_NOW, _("We go on with the plan; recovery goes on beside it")),
    )


class PermitWay(StepForm):
    """What the person wants to do about a title to stay."""

    lawyer = YesNo(_("Did the person speak with a lawyer?"))
    with_guardian = YesNo(_("Was the guardian heard?"), only_for=child)
    outcomes = (
        (DONE, _("The person wants to ask for a title to stay")),
        (DECLINED, _("The person does not want to ask for one")),
        (LATER, _("Not decided; we ask again later")),
    )


class PermitRequest(StepForm):
    """The request and what went with it."""

    asked_on = OnDate(_("When was it asked for?"))
    outcomes = (
        (DONE, _("Asked for")),
        ("refused", _("Refused; a lawyer looks at it")),
        (NOT_NOW, _("Not asked for now; help goes on")),
    )


class Plan(StepForm):
    """An individual plan that the person agrees with."""

    agreed_on = OnDate(_("When was it agreed?"))
    areas = Several(
        _("What is in the plan?"),
        (
            ("housing", _("Housing")),
            ("health", _("Health")),
            ("legal", _("Legal help")),
            ("education", _("Education and language")),
            ("work", _("Work")),
            ("papers", _("Papers")),
            ("children", _("Own children")),
            ("move", _("Going to another place or country")),
        ),
    )
    with_guardian = YesNo(_("Did the guardian agree?"), only_for=child)
    outcomes = (
        (DONE, _("The person agreed with the plan")),
        (DECLINED, _("The person wants no plan now; the door stays open")),
        (LATER, _("Not ready; help goes on without a plan")),
    )


class ProtectionSteps:
    """Begin, risk and needs, the meeting of the branches, end; a country puts its own steps between."""

    start = Begin().Next(this.first)

    risk_and_needs = Step(
        RiskAndNeeds,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("Risks and needs"),
            why=_("To know what makes the person safe, and what the plan must hold."),
            basis="Directive 2012/29/EU art. 22; Directive 2011/36/EU art. 12",
            source="S1",
            confidence=Confidence.MEMORY,
            document=_("risk and needs assessment"),
        ),
        limit=RISK_REMINDER,
    ).Next(this.together)

    together = Join().Next(this.plan)

    end = End()
    left = End("declined")
