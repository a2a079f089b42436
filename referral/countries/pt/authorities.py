"""The bodies of the Portuguese mechanism and what each does."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from referral.flows.country import Authority


AUTHORITIES = (
    Authority(
        code="CIG",
        name="Comissão para a Cidadania e a Igualdade de Género",
        does=_("Coordinates the network and the plan; may confirm a status as an exception."),
        source="S33b",
    ),
    Authority(
        code="OTSH",
        name="Observatório do Tráfico de Seres Humanos",
        does=_("Receives the registers, checks and publishes them."),
        source="S43",
    ),
    Authority(
        code="EME",
        name="Equipas Multidisciplinares Especializadas",
        does=_("First line: needs, referral, accompaniment, assisted return; five regions."),
        source="S32",
    ),
    Authority(
        code="CAP",
        name="Centros de Acolhimento e Proteção",
        does=_("Shelters for women, men and children."),
        source="S32b",
    ),
    Authority(code="PJ", name="Polícia Judiciária", does=_("Investigates trafficking."), source="S30"),
    Authority(
        code="AIMA",
        name="Agência para a Integração, Migrações e Asilo",
        does=_("Reflection period and permits of foreigners."),
        source="S30",
    ),
    Authority(
        code="CPCJ",
        name="Comissão de Proteção de Crianças e Jovens",
        does=_("Protects children, with the family court."),
        source="",
    ),
)
