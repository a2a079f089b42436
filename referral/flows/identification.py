"""Identification: the steps and forms that the countries share, as a plain mixin class.

Safety comes before every question. A negative answer of the police ends nothing: the organisation that helps
keeps its own view, and whoever is not found to be a trafficked person is shown other help.
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
    Choice,
    Explanation,
    OnDate,
    Several,
    StepForm,
    YesNo,
)
from referral.flows.limits import Confidence, NoLimit
from referral.flows.situation import BY_RESPONSIBLE, adult, child
from referral.flows.step import Begin, End, Step, this


CHECKED = date(2026, 11, 1)

AT_ONCE = NoLimit(
    key="at_once",
    why=gettext_noop("At once; no number of hours is laid down."),
    basis="Directive 2011/36/EU art. 11(2), 11(5)",
    source="S1",
    confidence=Confidence.MEMORY,
    checked=CHECKED,
)
NO_LIMIT_READ = NoLimit(
    key="none_read",
    why=gettext_noop("No time limit was found in the sources."),
    basis="",
    source="",
    confidence=Confidence.DEFAULT,
    checked=CHECKED,
)


class SafetyFirst(StepForm):
    """Is the person safe now, and what is needed in the next hours."""

    safe_now = YesNo(_("Is the person safe where they are now?"))
    needs_now = Several(
        _("What is needed in the next hours?"),
        (
            ("place", _("A safe place to sleep")),
            ("care", _("Medical care")),
            ("food", _("Food, clothes")),
            ("interpreter", _("An interpreter")),
            ("calm", _("Somebody to talk to")),
            ("nothing", _("Nothing now")),
        ),
    )
    may_be_a_child = YesNo(
        _("Could the person be under 18?"),
        help_text=_(
            "“Yes”, “I do not know” and “Did not want to say” are doubt: the rules for children then hold "
            "until it is over."
        ),
        only_for=adult,
    )
    outcomes = (
        (DONE, _("Safe for now")),
        ("help_called", _("Not safe; help is on its way")),
        (DECLINED, _("The person wants no help now; we said how to reach us")),
    )


class Indicators(StepForm):
    """What was noticed, by group. An aid for people: no score, no decision."""

    noticed_on = OnDate(_("When was it noticed?"))
    noticed_by = Choice(
        _("How did the person come to us?"),
        (
            ("self", _("Came or called")),
            ("outreach", _("Outreach")),
            ("helpline", _("Helpline")),
            ("police", _("Police or border guard")),
            ("health", _("Health service")),
            ("labour_inspection", _("Labour inspection")),
            ("asylum", _("Asylum or reception office")),
            ("abroad", _("An organisation abroad")),
            ("other", _("Somebody else")),
        ),
    )
    act = Several(
        _("What was done"),
        (
            ("recruited", _("Recruited")),
            ("transported", _("Transported or transferred")),
            ("harboured", _("Harboured or received")),
            ("controlled", _("Control over the person was passed on")),
        ),
    )
    means = Several(
        _("By which means"),
        (
            ("force", _("Force or threat")),
            ("deception", _("Deception")),
            ("debt", _("A debt")),
            ("papers_kept", _("Papers kept back")),
            ("vulnerability", _("Use of a weak position")),
            ("payment", _("Payment to somebody with power over the person")),
        ),
        help_text=_("For a child the means do not matter and are not asked."),
        only_for=adult,
    )
    purpose = Several(
        _("For which purpose"),
        (
            ("sexual", _("Sexual exploitation")),
            ("labour", _("Labour exploitation")),
            ("begging", _("Forced begging")),
            ("servitude", _("Servitude")),
            ("criminal_activities", _("Criminal activities")),
            ("organs", _("Removal of organs")),
            ("marriage", _("Forced marriage")),
            ("adoption", _("Illegal adoption")),
            ("surrogacy", _("Surrogacy")),
        ),
    )
    outcomes = (
        ("signs", _("There are signs of trafficking")),
        ("no_signs", _("No signs for now; the person can come back at any time")),
        (LATER, _("Too early to say; we go on and ask again later")),
    )


class InformAndChoose(StepForm):
    """The person hears what there is and chooses."""

    language_understood = YesNo(_("Was it explained in a language the person understands?"))
    interpreter = YesNo(_("Was an interpreter or mediator there?"))
    with_guardian = YesNo(_("Was the guardian there?"), only_for=child)
    wishes = Several(
        _("What does the person want?"),
        (
            ("place", _("A place to stay")),
            ("health", _("Health care")),
            ("legal", _("A lawyer")),
            ("work", _("Work or training")),
            ("go_elsewhere", _("To go to another place or country")),
            ("nothing", _("Nothing now")),
        ),
    )
    outcomes = (
        (DONE, _("The person chose all or some of the help")),
        (DECLINED, _("The person wants nothing now; the door stays open")),
        (LATER, _("The person wants more time")),
    )


class OwnView(StepForm):
    """What the helping organisation itself holds to be so; never "not a victim"."""

    talks = Choice(
        _("How often did you speak with the person?"),
        (("once", _("Once")), ("twice", _("Twice")), ("more", _("Three times or more"))),
    )
    outcomes = (
        ("presumed", _("We presume that the person was trafficked")),
        ("at_risk", _("At risk of trafficking")),
        ("other_help", _("Other help fits better")),
        (LATER, _("Not clear yet; help goes on meanwhile")),
    )


class OtherHelp(StepForm):
    """Where the person can turn to otherwise."""

    told = YesNo(_("Does the person know how to come back to you?"))
    outcomes = (
        (DONE, _("Other help found")),
        (DECLINED, _("The person wants none")),
        (NOT_POSSIBLE, _("None found yet; we keep in touch")),
    )


class ChildAuthority(StepForm):
    """The child protection authority is told at once."""

    told_on = OnDate(_("When was the authority told?"))
    placed = YesNo(_("Has it decided where the child stays?"))
    outcomes = ((DONE, _("The authority knows and has answered")), (LATER, _("Told; no answer yet")))


class Guardian(StepForm):
    """A guardian who is independent of the exploiters and of whoever provides the place."""

    independent = YesNo(_("Is the guardian independent of the family, the exploiters and the shelter?"))
    outcomes = (
        (DONE, _("There is a guardian")),
        (LATER, _("Asked for; not named yet")),
        (NOT_POSSIBLE, _("Not possible here; the authority knows")),
    )


class BestInterests(StepForm):
    """What is best for the child, with the child heard."""

    heard = YesNo(_("Was the child heard?"))
    family_safe = YesNo(
        _("Is contact with the family safe?"), help_text=_("Family may have recruited the child.")
    )
    outcomes = ((DONE, _("Assessed")), (NOT_NOW, _("The child is not ready; urgent care goes on")))


class IdentificationSteps:
    """Begin, safety, signs and other help; a country puts its own reporting and its own decision between."""

    start = Begin().Next(this.safety)

    safety = Step(
        SafetyFirst,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("Safety and basic needs"),
            why=_("Safety comes before every question. Help does not depend on any answer."),
            basis="Directive 2011/36/EU art. 11(5); CETS 197 art. 12",
            source="S1",
            confidence=Confidence.MEMORY,
        ),
        limit=AT_ONCE,
    ).Next(this.signs)

    other_help = Step(
        OtherHelp,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("Other help"),
            why=_("Somebody who was not trafficked may need help all the same."),
            basis="Directive 2012/29/EU art. 8",
            source="S1",
            confidence=Confidence.MEMORY,
        ),
        limit=NO_LIMIT_READ,
    ).Next(this.end_other_help)

    end = End()
    end_other_help = End("other_help")
