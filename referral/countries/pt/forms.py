"""Forms of steps that only Portugal has."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from referral.flows.forms import (
    DECLINED,
    DONE,
    LATER,
    NOT_NOW,
    NOT_POSSIBLE,
    Choice,
    OnDate,
    Several,
    StepForm,
)
from referral.flows.protection import PermitWay as SharedPermitWay


class Flagging(StepForm):
    """That the observatory has the register, without a name."""

    sent_on = OnDate(_("When was it sent?"))
    outcomes = (
        (DONE, _("Sent to the observatory")),
        (NOT_NOW, _("Not now, for the person's safety")),
        (LATER, _("The person wants to think about it")),
    )


class PoliceRisk(StepForm):
    """The standardised risk assessment of the police."""

    outcomes = (
        (DONE, _("Done, and the specialised team knows")),
        (NOT_NOW, _("Not now; help goes on")),
        (NOT_POSSIBLE, _("Not possible here")),
    )


class FirstLine(StepForm):
    """The specialised team's first help."""

    calm = Several(
        _("What was done?"),
        (("listened", _("Listened and calmed")), ("needs", _("Looked at needs")), ("rest", _("Found rest"))),
    )
    outcomes = (
        ("shelter", _("A shelter is looked for")),
        ("other_place", _("Another answer fits")),
        (DECLINED, _("The person wants no help now; the door stays open")),
    )


class PoliceStatus(StepForm):
    """The status that police and judicial authorities give; it may change years later."""

    outcomes = (
        ("confirmed", _("Confirmed")),
        ("not_confirmed", _("Not confirmed by the authorities; our own view follows")),
        ("not_considered", _("Not considered by the authorities; our own view follows")),
        (LATER, _("Pending, under investigation; our own view follows")),
    )


class Reflection(StepForm):
    """The reflection period of a foreigner."""

    started_by = Choice(
        _("What started it?"),
        (
            ("flagged", _("The person was flagged")),
            ("person", _("The person spoke up")),
            ("authorities", _("The authorities asked")),
        ),
    )
    started_on = OnDate(
        _("When was that?"), help_text=_("The days of the period are counted from the first of these.")
    )
    outcomes = (
        (DONE, _("The person had the time and goes on")),
        (NOT_NOW, _("The person does not want the period")),
        (NOT_POSSIBLE, _("Not granted; a lawyer looks at it and help goes on")),
    )


class Rights(StepForm):
    """What the person has from the flagging on."""

    received = Several(
        _("What does the person receive?"),
        (
            ("subsistence", _("Subsistence")),
            ("urgent_care", _("Urgent care")),
            ("psychological", _("Psychological help")),
            ("safety", _("Safety")),
            ("translation", _("Translation")),
            ("legal_aid", _("Legal aid")),
        ),
    )
    outcomes = ((DONE, _("The person receives it")), (DECLINED, _("The person wants none of it now")))


class PermitWay(SharedPermitWay):
    """Which ground for a permit fits; art. 109(4) needs no part in the proceedings."""

    way = Choice(
        _("Which ground fits?"),
        (
            ("personal", _("Personal circumstances, art. 109.º(4) and DL 368/2007")),
            ("proceedings", _("Usefulness to the proceedings, art. 109.º(2)")),
        ),
    )
