"""Forms of steps that only Italy has."""

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


class Preliminary(StepForm):
    """The preliminary view: a short note without the story."""

    seen_by = Choice(
        _("Who noticed it first?"),
        (
            ("outreach", _("Outreach unit")),
            ("helpline", _("Numero Verde Antitratta")),
            ("commission", _("Territorial commission")),
            ("police", _("Police")),
            ("reception", _("Reception centre")),
            ("health", _("Health service")),
        ),
    )
    outcomes = (
        (DONE, _("We go on together")),
        (DECLINED, _("The person does not want to go on now; we said how to reach us")),
        (LATER, _("Too early to say")),
    )


class EmergencyPlace(StepForm):
    """A place at once, found with the helpline's central desk."""

    with_helpline = Choice(
        _("Was the place found with the Numero Verde?"), (("yes", _("Yes")), ("no", _("No")))
    )
    needs_seen = Several(
        _("What was seen to?"),
        (("health", _("Health")), ("legal", _("Legal information")), ("rest", _("Rest"))),
    )
    outcomes = (
        (DONE, _("There is a place")),
        (DECLINED, _("The person stays where they are")),
        (NOT_POSSIBLE, _("No place yet; we go on looking")),
    )


class Programme(StepForm):
    """Whether the person joins the single programme."""

    warned = Choice(
        _("Was it explained what happens when the programme is interrupted?"),
        (("yes", _("Yes")), ("no", _("No"))),
    )
    outcomes = (
        (DONE, _("The person joins the programme")),
        (DECLINED, _("The person does not join; the door stays open")),
        (LATER, _("The person wants more time; help goes on meanwhile")),
    )


class FirstAssistance(StepForm):
    """The first three months."""

    began_on = OnDate(_("When did it begin?"))
    outcomes = (
        (DONE, _("The individual project is agreed")),
        ("extended", _("Three more months are asked for; the project is agreed")),
        (NOT_NOW, _("We go on without a project for now")),
    )


class PermitWay(SharedPermitWay):
    """Which way to a "casi speciali" permit fits; the social path needs no complaint."""

    way = Choice(
        _("Which way fits?"),
        (
            ("social", _("Social path, art. 18: proposal by social services or a registered body")),
            ("judicial", _("Judicial path, art. 18: proposal by the prosecutor")),
            ("labour", _("Labour exploitation, art. 18-ter")),
        ),
    )


class PermitRequest(StepForm):
    """The request at the Questura, with its documents."""

    asked_on = OnDate(_("When was it asked for?"))
    documents = Several(
        _("Which documents are there?"),
        (
            ("opinion", _("The prosecutor's proposal or opinion, where the path needs one")),
            ("programme", _("The individual programme")),
            ("acceptance", _("The person's acceptance")),
            ("facility", _("The acceptance by the head of the facility")),
        ),
    )
    outcomes = (
        (DONE, _("Asked for")),
        ("refused", _("Refused; a lawyer looks at it")),
        (NOT_NOW, _("Not asked for now; help goes on")),
    )
