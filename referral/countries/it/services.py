"""The services of the common catalogue as they are called in Italy (calls under the DPCM of 16 May 2016)."""

from __future__ import annotations

from referral.vocabulary import NeedCode


SERVICES = {
    NeedCode.SAFE_ACCOMMODATION: "Pronta accoglienza, casa di fuga, accoglienza residenziale",
    NeedCode.MATERIAL_AID: "Aiuti materiali",
    NeedCode.HEALTH_URGENT: "Assistenza sanitaria immediata",
    NeedCode.PSYCHOLOGICAL: "Sostegno psicologico",
    NeedCode.CULTURAL_MEDIATION: "Mediazione linguistico-culturale",
    NeedCode.LEGAL_INFORMATION: "Informazione e consulenza legale",
    NeedCode.LEGAL_REPRESENTATION: "Assistenza legale",
    NeedCode.RESIDENCE_PROCEDURE: "Permesso di soggiorno «casi speciali»",
    NeedCode.ASYLUM_SUPPORT: "Raccordo con il sistema di asilo",
    NeedCode.LANGUAGE_COURSE: "Corso di italiano",
    NeedCode.VOCATIONAL_TRAINING: "Formazione professionale",
    NeedCode.JOB_PLACEMENT: "Inserimento lavorativo",
    NeedCode.GUARDIANSHIP: "Tutore volontario",
    NeedCode.COMPENSATION_CLAIM: "Indennizzo",
    NeedCode.VOLUNTARY_RETURN: "Rientro volontario assistito",
}
