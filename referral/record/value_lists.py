"""The closed lists a record's answers come from: stored code, and the English name of it.

Lists whose name begins with an HTCDS field are the value lists of IOM's Human Trafficking Case Data Standard
2.0 (CC BY 4.0; no endorsement implied), codes unchanged. The others are ours. A code that is in no list is
unknown: it is refused, never mapped to one that is.
"""

from __future__ import annotations

from typing import NamedTuple

from referral.vocabulary import NeedCode


def gettext_noop(text: str) -> str:
    """Mark a name for translation without needing Django; it is translated when shown."""
    return text


class Choice(NamedTuple):
    """One answer: the code that is stored and exchanged, the name that is shown."""

    code: str
    label: str


GENDER = (
    Choice("Feminine", gettext_noop("Feminine")),
    Choice("Masculine", gettext_noop("Masculine")),
    Choice("TransgenderFeminine", gettext_noop("Transgender feminine")),
    Choice("TransgenderMasculine", gettext_noop("Transgender masculine")),
    Choice("NonConforming", gettext_noop("Non-conforming")),
    Choice("NonSpecifiedUnknown", gettext_noop("Not specified/unknown")),
)
MARITAL_STATUS = (
    Choice("Single", gettext_noop("Single")),
    Choice("Married", gettext_noop("Married")),
    Choice("Widowed", gettext_noop("Widowed")),
    Choice("Divorced", gettext_noop("Divorced")),
    Choice("Separated", gettext_noop("Separated")),
    Choice("RegisteredPartnership", gettext_noop("Registered partnership")),
)
EDUCATION = (  # ISCED 2011
    Choice("EarlyChildhoodEducation", gettext_noop("Early childhood education")),
    Choice("PrimaryEducation", gettext_noop("Primary education")),
    Choice("LowerSecondaryEducation", gettext_noop("Lower secondary education")),
    Choice("UpperSecondaryEducation", gettext_noop("Upper secondary education")),
    Choice("PostSecondaryNonTertiaryEducation", gettext_noop("Post-secondary non-tertiary education")),
    Choice("ShortCycleTertiaryEducation", gettext_noop("Short-cycle tertiary education")),
    Choice("BachelorsOrEquivalentLevel", gettext_noop("Bachelor's or equivalent level")),
    Choice("MastersOrEquivalentLevel", gettext_noop("Master's or equivalent level")),
    Choice("DoctoralOrEquivalentLevel", gettext_noop("Doctoral or equivalent level")),
)
TRAFFICKING_STATUS = (
    Choice("PossibleVictimOfTrafficking", gettext_noop("Possible victim of trafficking")),
    Choice("ActualVictimOfTrafficking", gettext_noop("Identified victim of trafficking")),
    Choice("NotAVictimOfTrafficking", gettext_noop("Trafficking was not found")),
)
DECISION_MAKING_ORGANISATION = (
    Choice("Police", gettext_noop("Police")),
    Choice("NGO", gettext_noop("NGO")),
    Choice("CourtOrProsecution", gettext_noop("Court or prosecution")),
    Choice("NonPoliceGovernmentalOrganization", gettext_noop("Non-police governmental organization")),
    Choice("Other", gettext_noop("Other")),
)
RELATIONSHIP = (
    Choice("Familial", gettext_noop("Familial")),
    Choice("Acquainted", gettext_noop("Acquainted")),
    Choice("Unaquainted", gettext_noop("Unacquainted")),  # the code is spelt so in the standard
)
_NAMES = "Facebook Instagram WhatsApp Telegram Viber SnapChat Line 4Sale WeChat QQ QZone TikTok Twitter"
WEBSITES_AND_APPS = (
    *(Choice(name, name) for name in _NAMES.split()),
    Choice("FacebookMessenger", "Facebook Messenger"),
    Choice("Other", gettext_noop("Other")),
)
METHOD_OF_RECRUITMENT = (
    Choice("AtAPlaceOfBusiness", gettext_noop("At a place of business")),
    Choice("AtAnEducationalInstitution", gettext_noop("At an educational institution")),
    Choice("AtWork", gettext_noop("At work")),
    Choice("ThroughOnlineSocialNetworks", gettext_noop("Through online social networks")),
    Choice("ThroughAnOnlineAdvertisement", gettext_noop("Through an online advertisement")),
    Choice("ThroughATelevisionAdvert", gettext_noop("Through a television advert")),
    Choice("ThroughANewspaperAdvert", gettext_noop("Through a newspaper advert")),
    Choice("ThroughFamilyOrFamilyEvents", gettext_noop("Through family or family events")),
    Choice("ThroughFriendsOrSocialEvents", gettext_noop("Through friends or social events")),
    Choice("Other", gettext_noop("Other")),
)
METHODS_OF_CONTROL = (
    Choice("PhysicalThreats", gettext_noop("Physical threats")),
    Choice("ThreatsLawEnforcement", gettext_noop("Threats of law enforcement")),
    Choice("ThreatensChildrenFamily", gettext_noop("Threatens children/family")),
    Choice("DebtBondage", gettext_noop("Debt bondage")),
    Choice("FalsePromises", gettext_noop("False promises")),
    Choice("PhysicalAbuse", gettext_noop("Physical abuse")),
    Choice("SexualAbuse", gettext_noop("Sexual abuse")),
    Choice("TakesEarnings", gettext_noop("Takes earnings")),
    Choice("RestrictsFinancialAccess", gettext_noop("Restricts financial access")),
    Choice("RestrictsMedicalCare", gettext_noop("Restricts medical care")),
    Choice("WithholdsNecessities", gettext_noop("Withholds necessities")),
    Choice("PsychologicalAbuse", gettext_noop("Psychological abuse")),
    Choice("PsychoactiveSubstance", gettext_noop("Psychoactive substance")),
    Choice("ExcessiveWorkingHours", gettext_noop("Excessive working hours")),
    Choice("WithholdsDocuments", gettext_noop("Withholds documents")),
    Choice("Other", gettext_noop("Other")),
)
TYPE_OF_EXPLOITATION = (
    Choice("ForcedLabour", gettext_noop("Forced labour")),
    Choice("SexualExploitation", gettext_noop("Sexual exploitation")),
    Choice("ChildLabour", gettext_noop("Child labour")),
    Choice("ForcedMarriage", gettext_noop("Forced marriage")),
    Choice("Servitude", gettext_noop("Servitude")),
    Choice("ForcedMilitaryByNonStateActors", gettext_noop("Forced military (by non-state actors)")),
    Choice("OrganRemoval", gettext_noop("Organ removal")),
    Choice("ForcedBegging", gettext_noop("Forced begging")),
    Choice("ForcedAdoption", gettext_noop("Forced adoption")),
    Choice("Surrogacy", gettext_noop("Surrogacy")),
    Choice("Other", gettext_noop("Other")),
)
FORCED_LABOUR_INDUSTRY = (  # ISIC revision 4, sections A to U
    Choice("A_AgricultureForestryAndFishing", gettext_noop("Agriculture, forestry and fishing")),
    Choice("B_MiningAndQuarrying", gettext_noop("Mining and quarrying")),
    Choice("C_Manufacturing", gettext_noop("Manufacturing")),
    Choice(
        "D_ElectricityGasSteamAndAirConditioningSupply",
        gettext_noop("Electricity, gas, steam and air conditioning supply"),
    ),
    Choice(
        "E_WaterSupplySewerageWasteManagement",
        gettext_noop("Water supply; sewerage, waste management and remediation"),
    ),
    Choice("F_Construction", gettext_noop("Construction")),
    Choice(
        "G_WholesaleAndRetailTradeRepairOfMotorVehicles",
        gettext_noop("Wholesale and retail trade; repair of motor vehicles and motorcycles"),
    ),
    Choice("H_TransportationAndStorage", gettext_noop("Transportation and storage")),
    Choice(
        "I_AccommodationAndFoodServiceActivities", gettext_noop("Accommodation and food service activities")
    ),
    Choice("J_InformationAndCommunication", gettext_noop("Information and communication")),
    Choice("K_FinancialAndInsuranceActivities", gettext_noop("Financial and insurance activities")),
    Choice("L_RealEstateActivities", gettext_noop("Real estate activities")),
    Choice(
        "M_ProfessionalScientificAndTechnicalActivities",
        gettext_noop("Professional, scientific and technical activities"),
    ),
    Choice(
        "N_AdministrativeAndSupportServiceActivities",
        gettext_noop("Administrative and support service activities"),
    ),
    Choice(
        "O_PublicAdministrationAndDefence",
        gettext_noop("Public administration and defence; compulsory social security"),
    ),
    Choice("P_Education", gettext_noop("Education")),
    Choice("Q_HumanHealthAndSocialWorkActivities", gettext_noop("Human health and social work activities")),
    Choice("R_ArtsEntertainmentAndRecreation", gettext_noop("Arts, entertainment and recreation")),
    Choice("S_OtherServiceActivities", gettext_noop("Other service activities")),
    Choice(
        "T_ActivitiesOfHouseholdsAsEmployers",
        gettext_noop(
            "Activities of households as employers; undifferentiated goods- and services- producing "
            "activities of households for own use"
        ),
    ),
    Choice(
        "U_ActivitiesOfExtraterritorialOrganizations",
        gettext_noop("Activities of extraterritorial organizations and bodies"),
    ),
)
TYPE_OF_SEX_EXPLOITATION = (
    Choice("Prostitution", gettext_noop("Prostitution")),
    Choice("Pornography", gettext_noop("Pornography")),
    Choice("RemoteInteractiveServices", gettext_noop("Remote interactive services")),
    Choice("PrivateSexualServices", gettext_noop("Private sexual services")),
)
VULNERABILITIES = (
    Choice("Addiction", gettext_noop("Addiction")),
    Choice("SocialGroup", gettext_noop("Social group")),
    Choice("Discrimination", gettext_noop("Discrimination")),
    Choice("Poverty", gettext_noop("Poverty")),
    Choice("DisabilityAndPhysicalHealth", gettext_noop("Disability and physical health")),
    Choice("MentalHealth", gettext_noop("Mental health")),
    Choice("Migration", gettext_noop("Migration")),
    Choice("Homelessness", gettext_noop("Homelessness")),
    Choice("AbuseSocialMedia", gettext_noop("Abuse - social media")),
    Choice("AbusePhysical", gettext_noop("Abuse - physical")),
    Choice("Education", gettext_noop("Education")),
    Choice("WorkEnvironment", gettext_noop("Work environment")),
)
CASE_STATUS = (
    Choice("Active", gettext_noop("Active")),
    Choice("FollowUp", gettext_noop("Follow up")),
    Choice("Closed", gettext_noop("Closed")),
    Choice("ClosedReferred", gettext_noop("Closed referred")),
)
REASON_FOR_REFERRAL = (
    Choice("AdditionalServicesRequired", gettext_noop("Additional services required")),
    Choice("MigrationOrChangeOfLocation", gettext_noop("Migration or change of location")),
    Choice("Other", gettext_noop("Other")),
)

SAFE_CHANNEL = (
    Choice("call", gettext_noop("Phone call")),
    Choice("message", gettext_noop("Message to the phone")),
    Choice("email", gettext_noop("E-mail")),
    Choice("through_someone", gettext_noop("Through someone the person trusts")),
    Choice("in_person", gettext_noop("Only in person")),
    Choice("none", gettext_noop("No contact is safe at the moment")),
)
PAPERS = (
    Choice("passport", gettext_noop("Passport")),
    Choice("identity_card", gettext_noop("Identity card")),
    Choice("birth_certificate", gettext_noop("Birth certificate")),
    Choice("residence_document", gettext_noop("Residence document")),
    Choice("travel_document", gettext_noop("Emergency travel document")),
    Choice("none", gettext_noop("None at hand")),
)
RESIDENCE = (
    Choice("citizen", gettext_noop("Needs none: citizen or free movement")),
    Choice("permit", gettext_noop("Has a permit")),
    Choice("applied", gettext_noop("Has applied for one")),
    Choice("reflection", gettext_noop("Reflection period")),
    Choice("none", gettext_noop("Has none yet")),
    Choice("unknown", gettext_noop("Not known")),
)
PROCEEDINGS_STAGE = (
    Choice("none", gettext_noop("None")),
    Choice("reported", gettext_noop("Reported")),
    Choice("investigation", gettext_noop("Investigation")),
    Choice("trial", gettext_noop("Trial")),
    Choice("ended", gettext_noop("Ended")),
    Choice("unknown", gettext_noop("Not known")),
)
RISK_LEVEL = (
    Choice("0", gettext_noop("None")),
    Choice("1", gettext_noop("Low")),
    Choice("2", gettext_noop("Medium")),
    Choice("3", gettext_noop("High")),
    Choice("not_asked", gettext_noop("Ask later")),
    Choice("not_said", gettext_noop("Did not want to say")),
)
RISK_OUTCOME = (
    Choice("GO", gettext_noop("The move can go ahead")),
    Choice("GO_WITH_MEASURES", gettext_noop("The move can go ahead with the measures below")),
    Choice("NOT_NOW", gettext_noop("Not now")),
    Choice("NOT_TO_THIS_PLACE", gettext_noop("Not to this place")),
)
NEEDS = (
    Choice(NeedCode.SAFE_ACCOMMODATION.value, gettext_noop("Safe accommodation")),
    Choice(NeedCode.MATERIAL_AID.value, gettext_noop("Material aid")),
    Choice(NeedCode.HEALTH_URGENT.value, gettext_noop("Urgent health care")),
    Choice(NeedCode.HEALTH_GENERAL.value, gettext_noop("General health care")),
    Choice(NeedCode.SEXUAL_REPRODUCTIVE_HEALTH.value, gettext_noop("Sexual and reproductive health")),
    Choice(NeedCode.PSYCHOLOGICAL.value, gettext_noop("Psychological support")),
    Choice(NeedCode.PSYCHIATRIC.value, gettext_noop("Psychiatric care")),
    Choice(NeedCode.ADDICTION.value, gettext_noop("Support with addiction")),
    Choice(NeedCode.INTERPRETATION.value, gettext_noop("Interpretation")),
    Choice(NeedCode.CULTURAL_MEDIATION.value, gettext_noop("Cultural mediation")),
    Choice(NeedCode.LEGAL_INFORMATION.value, gettext_noop("Legal information")),
    Choice(NeedCode.LEGAL_REPRESENTATION.value, gettext_noop("Legal representation")),
    Choice(NeedCode.RESIDENCE_PROCEDURE.value, gettext_noop("Residence procedure")),
    Choice(NeedCode.ID_DOCUMENTS.value, gettext_noop("Identity documents")),
    Choice(NeedCode.ASYLUM_SUPPORT.value, gettext_noop("Support with asylum")),
    Choice(NeedCode.COURT_ACCOMPANIMENT.value, gettext_noop("Company at court")),
    Choice(NeedCode.PROTECTION_MEASURE.value, gettext_noop("Protection measure")),
    Choice(NeedCode.EDUCATION.value, gettext_noop("Education")),
    Choice(NeedCode.LANGUAGE_COURSE.value, gettext_noop("Language course")),
    Choice(NeedCode.VOCATIONAL_TRAINING.value, gettext_noop("Vocational training")),
    Choice(NeedCode.JOB_PLACEMENT.value, gettext_noop("Finding work")),
    Choice(NeedCode.SOCIAL_BENEFITS.value, gettext_noop("Social benefits")),
    Choice(NeedCode.CHILDCARE_PARENTING.value, gettext_noop("Childcare and parenting")),
    Choice(NeedCode.GUARDIANSHIP.value, gettext_noop("Guardianship")),
    Choice(NeedCode.FAMILY_TRACING.value, gettext_noop("Family tracing")),
    Choice(NeedCode.FAMILY_MEDIATION.value, gettext_noop("Family mediation")),
    Choice(NeedCode.COMPENSATION_CLAIM.value, gettext_noop("Compensation claim")),
    Choice(NeedCode.WAGE_CLAIM.value, gettext_noop("Wage claim")),
    Choice(NeedCode.VOLUNTARY_RETURN.value, gettext_noop("Voluntary return")),
    Choice(NeedCode.REINTEGRATION_GRANT.value, gettext_noop("Grant for a new start")),
    Choice(NeedCode.FOLLOW_UP.value, gettext_noop("Follow-up")),
)
YES_NO_UNKNOWN = (
    Choice("yes", gettext_noop("Yes")),
    Choice("no", gettext_noop("No")),
    Choice("unknown", gettext_noop("I do not know")),
)
