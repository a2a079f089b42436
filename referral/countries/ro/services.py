"""The services of the common catalogue as they are called in Romania."""

from __future__ import annotations

from referral.vocabulary import NeedCode


SERVICES = {
    NeedCode.SAFE_ACCOMMODATION: "Adăpost sau locuință protejată",
    NeedCode.MATERIAL_AID: "Ajutor material",
    NeedCode.HEALTH_URGENT: "Îngrijiri medicale de urgență",
    NeedCode.PSYCHOLOGICAL: "Consiliere psihologică",
    NeedCode.INTERPRETATION: "Interpretare",
    NeedCode.LEGAL_INFORMATION: "Informare juridică",
    NeedCode.LEGAL_REPRESENTATION: "Asistență juridică",
    NeedCode.COURT_ACCOMPANIMENT: "Coordonarea victimei în procesul penal",
    NeedCode.SOCIAL_BENEFITS: "Prestații sociale (SPAS)",
    NeedCode.JOB_PLACEMENT: "Ocupare (AJOFM)",
    NeedCode.GUARDIANSHIP: "Tutelă (DGASPC)",
    NeedCode.COMPENSATION_CLAIM: "Compensație financiară de la stat",
    NeedCode.VOLUNTARY_RETURN: "Repatriere voluntară asistată",
    NeedCode.FOLLOW_UP: "Monitorizare după reintegrare",
}
