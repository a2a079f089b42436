"""The services of the common catalogue as they are called in Portugal."""

from __future__ import annotations

from referral.vocabulary import NeedCode


SERVICES = {
    NeedCode.SAFE_ACCOMMODATION: "Centro de acolhimento e proteção (CAP), apartamento de autonomia",
    NeedCode.MATERIAL_AID: "Subsistência",
    NeedCode.HEALTH_URGENT: "Cuidados de saúde urgentes",
    NeedCode.PSYCHOLOGICAL: "Apoio psicológico",
    NeedCode.INTERPRETATION: "Tradução e interpretação",
    NeedCode.LEGAL_INFORMATION: "Informação jurídica",
    NeedCode.LEGAL_REPRESENTATION: "Apoio judiciário",
    NeedCode.RESIDENCE_PROCEDURE: "Autorização de residência",
    NeedCode.PROTECTION_MEASURE: "Medidas de segurança",
    NeedCode.VOCATIONAL_TRAINING: "Formação profissional (IEFP)",
    NeedCode.JOB_PLACEMENT: "Emprego (IEFP)",
    NeedCode.SOCIAL_BENEFITS: "Prestações sociais (ISS)",
    NeedCode.GUARDIANSHIP: "Tutela (CPCJ, tribunal de família)",
    NeedCode.COMPENSATION_CLAIM: "Indemnização (CPVC)",
    NeedCode.VOLUNTARY_RETURN: "Retorno voluntário assistido",
}
