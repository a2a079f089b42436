"""The bodies of the Italian mechanism and what each does."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from referral.flows.country import Authority


AUTHORITIES = (
    Authority(
        code="DPO",
        name="Dipartimento per le Pari Opportunità",
        does=_("Coordinates, watches over and pays for the projects against trafficking."),
        source="S50",
    ),
    Authority(
        code="NVA",
        name="Numero Verde Antitratta 800 290 290",
        does=_("Helpline by day and night; finds places between the projects."),
        source="S29",
    ),
    Authority(
        code="QUESTURA",
        name="Questura, Ufficio Immigrazione",
        does=_("Issues the permits of art. 18 and 18-ter."),
        source="S23, S24",
    ),
    Authority(
        code="PROCURA",
        name="Procura della Repubblica, Direzione Distrettuale Antimafia",
        does=_("Proposal or opinion on the permit in the judicial path."),
        source="S25",
    ),
    Authority(
        code="TM",
        name="Tribunale per i minorenni",
        does=_("Decides for children, together with the municipal social services."),
        source="",
    ),
    Authority(
        code="CT",
        name="Commissione territoriale per la protezione internazionale",
        does=_("Notices signs in the asylum procedure and refers to an anti-trafficking body."),
        source="S60",
    ),
)
