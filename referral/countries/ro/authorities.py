"""The bodies of the Romanian mechanism and what each does."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from referral.flows.country import Authority


AUTHORITIES = (
    Authority(
        code="ANITP",
        name="Agenția Națională Împotriva Traficului de Persoane",
        does=_("Is told of every case, follows the national mechanism, has 15 regional centres."),
        source="S18e",
    ),
    Authority(
        code="DIICOT",
        name="Direcția de Investigare a Infracțiunilor de Criminalitate Organizată și Terorism",
        does=_("Prosecutes; formal identification comes from its investigations."),
        source="S52",
    ),
    Authority(
        code="DCCO",
        name="Direcția de Combatere a Criminalității Organizate",
        does=_("Police that investigate trafficking and tell ANITP."),
        source="S14",
    ),
    Authority(
        code="DGASPC",
        name="Direcția Generală de Asistență Socială și Protecția Copilului",
        does=_("County social service; decides about children and works their cases."),
        source="S54",
    ),
    Authority(
        code="IGI",
        name="Inspectoratul General pentru Imigrări",
        does=_("Reflection period and permits of foreigners."),
        source="S16",
    ),
)
