"""The made-up cases of the demo, as a spreadsheet in the layout of the HTCDS form, brought in like any other.

Nobody here exists: surnames are numbers, telephone numbers are zeros, mail addresses end in `.test`, which no
network resolves. `write_spreadsheets` makes the committed files again.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from people.actor import Actor
from referral.flows import calendar, country, stages
from referral.htcds import exporting, importing
from referral.htcds.keeping import open_kept
from referral.models import Case
from referral.record.fields import BY_NAME, Value, clean


__all__ = ["CASES", "bring_in", "spreadsheet_of", "write_spreadsheets"]

FOLDER = Path(__file__).parent
Row = dict[str, object]


def _person(name: str, born: str, *, gender: str, of: str, **more: object) -> Row:
    first, second = name.rsplit(" ", 1)
    row: Row = {
        "cas_CaseOwner": "Caseworker of the demo",
        "cas_Status": "Active",
        "con_Consent": "yes",
        "prs_FirstName": first,
        "prs_SecondName": second,
        "prs_Birthdate": born,
        "prs_Gender": gender,
        "prs_Citizenship": of.split(),
        "vic_TraffickingStatus": "PossibleVictimOfTrafficking",
    }
    return row | more


ROMANIA: tuple[Row, ...] = (
    _person(
        "Exemplu Unu",
        "1999-05-17",
        gender="Feminine",
        of="RO",
        prs_Salutation="Dna",
        prs_MobilePhone="+40700000001",
        prs_Email="unu@exemplu.test",
        vic_TraffickingStatusDecisionMakingOrg="NGO",
        vic_TypeOfExploitation=["ForcedLabour"],
        vic_ForcedLabourIndustry=["A_AgricultureForestryAndFishing"],
        vic_MethodOfRecruitment=["ThroughAnOnlineAdvertisement"],
        vic_MethodsOfControl=["DebtBondage", "WithholdsDocuments"],
        vic_LocationOfRecruitment="Romania, county invented",
        vic_LocationOfExploitation="Italy, region invented",
        cas_IncomingReferralDate="2026-11-02",
        cas_ReferringOrganisation="Linia Telefonică Exemplu",
        cas_ReasonForIncomingReferral="AdditionalServicesRequired",
        cas_IncomingReferralDetails="Made up: asked for a safe place and a language course.",
        vic_Vulnerabilities=["Poverty", "Migration"],
    ),
    _person(
        "Exemplu Doi",
        "2011-03-09",
        gender="Feminine",
        of="RO",
        vic_TypeOfExploitation=["ForcedBegging"],
        vic_MethodOfRecruitment=["ThroughFamilyOrFamilyEvents"],
        vic_MethodsOfControl=["ThreatensChildrenFamily"],
        vic_LocationOfExploitation="Italy",
        cas_ReferringOrganisation="Școala Exemplu",
    ),
    _person(
        "Exemplu Trei",
        "1988-11-30",
        gender="Masculine",
        of="RO",
        prs_MobilePhone="+40700000003",
        vic_TypeOfExploitation=["ForcedLabour"],
        vic_ForcedLabourIndustry=["F_Construction"],
        vic_MethodsOfControl=["TakesEarnings", "ExcessiveWorkingHours"],
        vic_LocationOfExploitation="Portugal",
    ),
    _person(
        "Exemplu Patru",
        "2001-07-22",
        gender="Feminine",
        of="MD",
        vic_TypeOfExploitation=["SexualExploitation"],
        vic_TypeOfSexExploitation=["PrivateSexualServices"],
        vic_MethodOfRecruitment=["ThroughOnlineSocialNetworks"],
        vic_MethodsOfControl=["PsychologicalAbuse", "DebtBondage"],
        vic_TraffickingStatusDecisionMakingOrg="Police",
    ),
    _person(
        "Exemplu Cinci",
        "1994-01-15",
        gender="Masculine",
        of="NP",
        vic_TypeOfExploitation=["ForcedLabour", "Servitude"],
        vic_ForcedLabourIndustry=["I_AccommodationAndFoodServiceActivities"],
        vic_MethodsOfControl=["WithholdsDocuments"],
        prs_Email="cinci@exemplu.test",
    ),
    _person(
        "Exemplu Șase", "2009-12-24", gender="Masculine", of="UA", vic_TypeOfExploitation=["ChildLabour"]
    ),
    _person(
        "Exemplu Șapte",
        "1979-08-05",
        gender="Feminine",
        of="BG",
        prs_HomePhone="+40700000007",
        vic_TypeOfExploitation=["Servitude"],
        vic_ForcedLabourIndustry=["T_ActivitiesOfHouseholdsAsEmployers"],
        vic_TraffickingStatus="ActualVictimOfTrafficking",
        vic_TraffickingStatusDecisionMakingOrg="CourtOrProsecution",
        cas_Status="FollowUp",
    ),
    _person(
        "Exemplu Opt", "", gender="Feminine", of="", vic_TypeOfExploitation=["ChildLabour", "ForcedBegging"]
    ),
    _person(
        "Exemplu Nouă",
        "2003-02-28",
        gender="TransgenderFeminine",
        of="RO",
        vic_TypeOfExploitation=["SexualExploitation"],
        vic_Vulnerabilities=["Discrimination", "Homelessness"],
        vic_DetailsOfVulnerabilities="Made up.",
    ),
    _person(
        "Exemplu Zece",
        "1990-10-10",
        gender="Masculine",
        of="BD",
        vic_TypeOfExploitation=["ForcedLabour"],
        vic_ForcedLabourIndustry=["C_Manufacturing"],
        vic_MethodsOfControl=["TakesEarnings"],
    ),
    _person(
        "Exemplu Unsprezece",
        "2014-06-01",
        gender="Feminine",
        of="RO",
        vic_TypeOfExploitation=["ForcedBegging"],
    ),
    _person(
        "Exemplu Doisprezece",
        "1996-04-18",
        gender="Feminine",
        of="NG",
        vic_TypeOfExploitation=["SexualExploitation"],
        vic_MethodsOfControl=["ThreatensChildrenFamily", "DebtBondage"],
        cas_ReferringOrganisation="Associazione Esempio",
    ),
)
ITALY: tuple[Row, ...] = (
    _person(
        "Esempio Uno", "1997-09-03", gender="Feminine", of="NG", vic_TypeOfExploitation=["SexualExploitation"]
    ),
    _person("Esempio Due", "2010-05-20", gender="Masculine", of="EG", vic_TypeOfExploitation=["ChildLabour"]),
    _person(
        "Esempio Tre",
        "1985-12-12",
        gender="Masculine",
        of="RO",
        vic_TypeOfExploitation=["ForcedLabour"],
        vic_ForcedLabourIndustry=["A_AgricultureForestryAndFishing"],
    ),
)
PORTUGAL: tuple[Row, ...] = (
    _person("Exemplo Um", "1992-02-14", gender="Masculine", of="NP", vic_TypeOfExploitation=["ForcedLabour"]),
    _person(
        "Exemplo Dois",
        "2008-12-31",
        gender="Feminine",
        of="BR",
        vic_TypeOfExploitation=["SexualExploitation"],
    ),
    _person(
        "Exemplo Três", "1981-06-06", gender="Masculine", of="RO", vic_TypeOfExploitation=["ForcedLabour"]
    ),
)
CASES: dict[str, tuple[Row, ...]] = {"ro": ROMANIA, "it": ITALY, "pt": PORTUGAL}


def spreadsheet_of(key: str) -> bytes:
    """Give a node's cases as the spreadsheet its caseworker would have."""
    return exporting.spreadsheet([_cleaned(row) for row in CASES[key]])


def write_spreadsheets() -> None:
    """Write the committed files again after a change above, from a Django shell."""
    for key in CASES:
        path(key).write_bytes(spreadsheet_of(key))


def path(key: str) -> Path:
    """Where the spreadsheet of a node is."""
    return FOLDER / f"cases-{key}.xlsx"


def bring_in(key: str, *, by: Actor, at: datetime) -> list[Case]:
    """Bring in the committed spreadsheet of a node as its caseworker would: preview, choose all, import."""
    zone = country.get(by.organisation.country).zone
    today = calendar.local_date(at, zone=zone)
    batch = importing.preview(data=path(key).read_bytes(), by=by, at=at, today=today)
    good = [row.number for row in open_kept(batch, by=by).rows if row.good]
    importing.decide(batch=batch, chosen=good, adults=[], by=by, at=at)
    importing.bring_in(
        batch=batch,
        by=by,
        at=at,
        today=today,
        begin=stages.begin,
        on_child=stages.age_changed,
        at_most=len(good),
    )
    return [row.case for row in batch.imported.select_related("case")]


def _cleaned(row: Row) -> dict[str, Value]:
    values = {name: clean(BY_NAME[name], value) for name, value in row.items()}
    return {name: value for name, value in values.items() if value is not None}
