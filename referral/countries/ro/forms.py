"""Forms of steps that only Romania has."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from referral.flows.forms import DONE, LATER, NOT_NOW, NOT_POSSIBLE, Choice, OnDate, StepForm, YesNo


class Notification(StepForm):
    """That ANITP was told, and where."""

    told_on = OnDate(_("When was ANITP told?"))
    centre = Choice(
        _("Which part of ANITP?"),
        (("regional", _("A regional centre")), ("central", _("The central office"))),
    )
    with_name = YesNo(
        _("Was the person's name given?"),
        help_text=_("Only if the person agreed; a notification can go without a name."),
    )
    outcomes = (
        (DONE, _("ANITP knows")),
        (NOT_NOW, _("Not now, for the person's safety")),
        (LATER, _("The person wants to think about it")),
    )


class FormalIdentification(StepForm):
    """What the judicial bodies found."""

    decided_on = OnDate(_("When was it decided?"))
    outcomes = (
        ("identified", _("Formally identified")),
        ("not_confirmed", _("Not confirmed by the authorities; our own view follows")),
        (LATER, _("Under investigation; our own view follows")),
    )


class Reflection(StepForm):
    """The recovery and reflection period of a foreigner."""

    asked_on = OnDate(_("When was it asked for at the immigration office?"))
    granted_on = OnDate(_("When was it granted?"))
    outcomes = (
        (DONE, _("The person had the time and goes on")),
        (NOT_NOW, _("The person does not want the period")),
        (NOT_POSSIBLE, _("Not granted; a lawyer looks at it and help goes on")),
    )
