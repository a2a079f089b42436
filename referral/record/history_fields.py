"""The fields about what happened, and what an earlier case file said about its own course."""

from __future__ import annotations

from referral.record import value_lists as lists
from referral.record.field import Field, Kind
from referral.vocabulary import Category


def gettext_noop(text: str) -> str:
    """Mark a text for translation without needing Django."""
    return text


EXPLOITATION = (
    Field(
        "vic_TraffickingStatus",
        Category.EXPLOITATION,
        Kind.CHOICE,
        gettext_noop("Trafficking status"),
        gettext_noop("Which decision was taken so far. Protection does not wait for it."),
        lists.TRAFFICKING_STATUS,
        core=True,
    ),
    Field(
        "vic_TraffickingStatusDecisionMakingOrg",
        Category.EXPLOITATION,
        Kind.CHOICE,
        gettext_noop("Trafficking status decision making organization"),
        "",
        lists.DECISION_MAKING_ORGANISATION,
        core=True,
    ),
    Field(
        "vic_TypeOfExploitation",
        Category.EXPLOITATION,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Type of exploitation"),
        gettext_noop("So that the person need not tell it again. Details are not needed."),
        lists.TYPE_OF_EXPLOITATION,
        core=True,
    ),
    Field(
        "vic_ForcedLabourIndustry",
        Category.EXPLOITATION,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Forced labour industry"),
        gettext_noop("For claims of unpaid wages."),
        lists.FORCED_LABOUR_INDUSTRY,
        core=True,
    ),
    Field(
        "vic_TypeOfSexExploitation",
        Category.EXPLOITATION,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Type of sex exploitation"),
        gettext_noop("Only if it matters for care or safety, and only if the person wants to say."),
        lists.TYPE_OF_SEX_EXPLOITATION,
        core=True,
    ),
    Field(
        "vic_MethodsOfControl",
        Category.EXPLOITATION,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Methods of control"),
        gettext_noop("They say what the person may still be afraid of."),
        lists.METHODS_OF_CONTROL,
        core=True,
    ),
    Field(
        "vic_MethodOfRecruitment",
        Category.EXPLOITATION,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Method of recruitment"),
        gettext_noop("So that others can be warned. No suspect is named here."),
        lists.METHOD_OF_RECRUITMENT,
        core=True,
    ),
    Field(
        "vic_LocationOfRecruitment",
        Category.EXPLOITATION,
        Kind.TEXT,
        gettext_noop("Location of recruitment"),
        gettext_noop("A country or region is enough."),
        core=True,
    ),
    Field(
        "vic_LocationOfExploitation",
        Category.EXPLOITATION,
        Kind.TEXT,
        gettext_noop("Location of exploitation"),
        gettext_noop("A country or region is enough. It says which places to avoid."),
        core=True,
    ),
    Field(
        "vic_RelationshipToTrafficker",
        Category.EXPLOITATION,
        Kind.CHOICE,
        gettext_noop("Relationship to whoever exploited the person"),
        gettext_noop("If it was family, family must not be contacted. No name is written here."),
        lists.RELATIONSHIP,
    ),
    Field("vic_AgeWhenTrafficked", Category.EXPLOITATION, Kind.NUMBER, gettext_noop("Age when trafficked")),
    Field(
        "vic_RecruitmentWebsitesAndApps",
        Category.EXPLOITATION,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Recruitment websites and apps"),
        "",
        lists.WEBSITES_AND_APPS,
    ),
    Field(
        "vic_ExploitationWebsitesAndApps",
        Category.EXPLOITATION,
        Kind.MULTIPLE_CHOICE,
        gettext_noop("Exploitation websites and apps"),
        "",
        lists.WEBSITES_AND_APPS,
    ),
)

# What another case file said about its own course is kept and goes back, but steers nothing here: our own
# stages, consents and handovers say where a case stands.
EARLIER_FILE = (
    Field(
        "con_Consent",
        Category.NEEDS,
        Kind.YES_NO_UNKNOWN,
        gettext_noop("Consent"),
        gettext_noop(
            "What an earlier case file noted. It never counts as consent to share: that is recorded "
            "with the person."
        ),
        core=True,
        asked=False,
    ),
    Field(
        "cas_Status",
        Category.NEEDS,
        Kind.CHOICE,
        gettext_noop("Status"),
        "",
        lists.CASE_STATUS,
        core=True,
        asked=False,
    ),
    *(
        Field(f"cas_{name}", Category.NEEDS, kind, label, "", choices, core=True, asked=False)
        for name, kind, label, choices in (
            ("ReasonForCaseClosure", Kind.LONG_TEXT, gettext_noop("Reason for case closure"), ()),
            ("CaseOwner", Kind.TEXT, gettext_noop("Case owner"), ()),
            ("ReferringOrganisation", Kind.TEXT, gettext_noop("Referring organisation"), ()),
            ("IncomingReferralDate", Kind.DATE, gettext_noop("Incoming referral date"), ()),
            ("ReferringPrimaryCaseWorker", Kind.TEXT, gettext_noop("Referring primary case worker"), ()),
            (
                "ReasonForIncomingReferral",
                Kind.CHOICE,
                gettext_noop("Reason for incoming referral"),
                lists.REASON_FOR_REFERRAL,
            ),
            ("IncomingReferralDetails", Kind.LONG_TEXT, gettext_noop("Incoming referral details"), ()),
            ("ReferredOrganisation", Kind.TEXT, gettext_noop("Referred organisation"), ()),
            ("ReferredPrimaryCaseWorker", Kind.TEXT, gettext_noop("Referred primary case worker"), ()),
            (
                "ReasonForOutgoingReferral",
                Kind.CHOICE,
                gettext_noop("Reason for outgoing referral"),
                lists.REASON_FOR_REFERRAL,
            ),
            ("OutgoingReferralDate", Kind.DATE, gettext_noop("Outgoing referral date"), ()),
            ("OutgoingReferralDetails", Kind.LONG_TEXT, gettext_noop("Outgoing referral details"), ()),
        )
    ),
)
