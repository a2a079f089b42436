"""The fields that say what a person lives through and needs: health, law, papers, services, risk."""

from __future__ import annotations

from referral.record import value_lists as lists
from referral.record.field import Field, Kind
from referral.vocabulary import Category


def gettext_noop(text: str) -> str:
    """Mark a text for translation without needing Django."""
    return text


HEALTH = (
    Field(
        "health_urgent",
        Category.HEALTH,
        Kind.YES_NO_UNKNOWN,
        gettext_noop("Is care needed within days?"),
        gettext_noop("So that a doctor is there in time. Notes of a clinician do not belong here."),
    ),
    Field("medicines", Category.HEALTH, Kind.LONG_TEXT, gettext_noop("Medicines and when they run out")),
    Field("allergies", Category.HEALTH, Kind.TEXT, gettext_noop("Allergies and diet")),
    Field(
        "pregnant",
        Category.HEALTH,
        Kind.YES_NO_UNKNOWN,
        gettext_noop("Pregnant?"),
        gettext_noop("Only if the person wants to tell. It decides about care, travel and a place."),
    ),
    Field(
        "accessibility",
        Category.HEALTH,
        Kind.TEXT,
        gettext_noop("What makes a place accessible for the person"),
    ),
    Field("appointments", Category.HEALTH, Kind.LONG_TEXT, gettext_noop("Appointments to keep")),
    Field(
        "psychological_support",
        Category.HEALTH,
        Kind.LONG_TEXT,
        gettext_noop("Recommended psychological support"),
        gettext_noop("The recommendation only, never what was said."),
    ),
)

LEGAL = (
    Field(
        "proceedings",
        Category.LEGAL,
        Kind.CHOICE,
        gettext_noop("Criminal proceedings"),
        gettext_noop("So that rights and dates are not missed. Help does not depend on taking part."),
        lists.PROCEEDINGS_STAGE,
    ),
    Field("lawyer", Category.LEGAL, Kind.TEXT, gettext_noop("Lawyer, and how to reach them")),
    Field("next_hearing", Category.LEGAL, Kind.DATE, gettext_noop("Next hearing")),
    Field(
        "protection_measures", Category.LEGAL, Kind.LONG_TEXT, gettext_noop("Protection measures in force")
    ),
    Field(
        "compensation_wanted",
        Category.LEGAL,
        Kind.YES_NO_UNKNOWN,
        gettext_noop("Does the person want to claim compensation or wages?"),
        gettext_noop("Some claims end if they are not made in time."),
    ),
)

IMMIGRATION = (
    Field(
        "residence",
        Category.IMMIGRATION,
        Kind.CHOICE,
        gettext_noop("Right to stay"),
        gettext_noop("So that a permit is asked for or renewed in time. Help does not depend on it."),
        lists.RESIDENCE,
    ),
    Field("residence_until", Category.IMMIGRATION, Kind.DATE, gettext_noop("Valid until")),
    Field(
        "asylum_claim",
        Category.IMMIGRATION,
        Kind.YES_NO_UNKNOWN,
        gettext_noop("Has the person asked for asylum?"),
        gettext_noop("Nobody in the country of origin may learn of it."),
    ),
    Field(
        "consulate_safe",
        Category.IMMIGRATION,
        Kind.YES_NO_UNKNOWN,
        gettext_noop("Does the person agree to contact with a consulate?"),
        gettext_noop(
            "Contact can put the person or their family in danger. It is never made without asking."
        ),
    ),
)

NEEDS = (
    Field(
        "needs",
        Category.NEEDS,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Services the person wants"),
        gettext_noop("So that the right organisation is asked. Each may be declined and asked for later."),
        lists.NEEDS,
    ),
    Field("needs_details", Category.NEEDS, Kind.LONG_TEXT, gettext_noop("What matters about them")),
    Field(
        "prs_HighestLevelOfEducation",
        Category.NEEDS,
        Kind.CHOICE,
        gettext_noop("Highest level of education"),
        gettext_noop("For courses and work that fit."),
        lists.EDUCATION,
    ),
    Field("spl_Objectives", Category.NEEDS, Kind.LONG_TEXT, gettext_noop("The person's own goals")),
    Field("spl_ActionPlan", Category.NEEDS, Kind.LONG_TEXT, gettext_noop("What was agreed to reach them")),
)

RISK_DOMAINS = (
    ("proximity", gettext_noop("Somebody who exploited the person is near or knows where they are")),
    ("debt", gettext_noop("Debt")),
    ("threats_to_family", gettext_noop("Threats to the family")),
    ("family", gettext_noop("Family involved, or rejecting the person")),
    ("stigma", gettext_noop("Stigma in the community")),
    ("re_trafficking", gettext_noop("Being trafficked again")),
    ("legal", gettext_noop("Warrants, fines or penalised acts")),
    ("health", gettext_noop("Care that would be interrupted")),
    ("self_harm", gettext_noop("Harming themselves")),
    ("housing", gettext_noop("No place to live")),
    ("income", gettext_noop("No income")),
    ("children", gettext_noop("Danger for children")),
    ("online", gettext_noop("Phone and online exposure")),
    ("asylum", gettext_noop("Political reasons or asylum")),
    ("discrimination", gettext_noop("Discrimination")),
    ("interpreter_trust", gettext_noop("Interpreter or guide who cannot be trusted")),
)
"""After the risk domains used for returns: each is talked about, none is scored by a machine."""

RISK = (
    *(
        Field(f"risk_{name}", Category.RISK, Kind.CHOICE, label, "", lists.RISK_LEVEL)
        for name, label in RISK_DOMAINS
    ),
    Field(
        "risk_evidence",
        Category.RISK,
        Kind.LONG_TEXT,
        gettext_noop("What this is based on"),
        gettext_noop("Facts apart from opinions. Do not name suspects: write initials or a role."),
    ),
    Field(
        "safety_plan",
        Category.RISK,
        Kind.LONG_TEXT,
        gettext_noop("Safety plan"),
        gettext_noop("Places and people to avoid, and what was agreed for an emergency."),
    ),
    Field(
        "risk_outcome",
        Category.RISK,
        Kind.CHOICE,
        gettext_noop("What follows for a move"),
        gettext_noop("People decide this together. Nothing is added up."),
        lists.RISK_OUTCOME,
    ),
    # Deprecated in HTCDS 2.0 in favour of an assessment like the one above, but still Core.
    Field(
        "vic_Vulnerabilities",
        Category.RISK,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Vulnerabilities"),
        "",
        lists.VULNERABILITIES,
        core=True,
        asked=False,
    ),
    Field(
        "vic_DetailsOfVulnerabilities",
        Category.RISK,
        Kind.LONG_TEXT,
        gettext_noop("Details of vulnerabilities"),
        core=True,
        asked=False,
    ),
)

DOCUMENTS = (
    Field(
        "papers",
        Category.DOCUMENTS,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Papers the person has"),
        gettext_noop("So that missing ones can be asked for. No paper is needed to be helped."),
        lists.PAPERS,
    ),
    Field(
        "papers_elsewhere",
        Category.DOCUMENTS,
        Kind.TEXT,
        gettext_noop("Papers somebody else holds"),
        gettext_noop("Write a role, not a name."),
    ),
)
