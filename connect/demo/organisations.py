"""The made-up organisations and people of each demo node.

Every address ends in `.test`, a name no network resolves; every name says what it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from people.roles import Role


PASSWORD = "made-up lantern river 2026"  # noqa: S105  # shown on the demo's sign-in page
"""The one password of everybody in the demo."""


@dataclass(frozen=True)
class DemoOrganisation:
    """One organisation to found: its roles each get one person."""

    slug: str
    name: str
    kind: str
    roles: tuple[Role, ...]
    services: tuple[str, ...]


@dataclass(frozen=True)
class DemoNode:
    """One node: where it listens and who works there."""

    key: str
    country: str
    host: str
    port: int
    language: str
    organisations: tuple[DemoOrganisation, ...]

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def people(self) -> list[tuple[DemoOrganisation, Role, str]]:
        """Organisation, role and e-mail of each person."""
        return [
            (organisation, role, f"{role.value.replace('_', '.')}@{organisation.slug}.{self.host}")
            for organisation in self.organisations
            for role in organisation.roles
        ]


NGO_ROLES = (Role.CASEWORKER, Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR)
POLICE_ROLES = (Role.POLICE_LIAISON, Role.SUPERVISOR)
SOCIAL_ROLES = (Role.SOCIAL_WORKER, Role.SUPERVISOR)
AUTHORITY_ROLES = (Role.FOCAL_POINT, Role.ADMINISTRATOR)

NGO_SERVICES = (
    "SAFE_ACCOMMODATION", "MATERIAL_AID", "HEALTH_GENERAL", "PSYCHOLOGICAL", "INTERPRETATION",
    "CULTURAL_MEDIATION", "LEGAL_INFORMATION", "LANGUAGE_COURSE", "JOB_PLACEMENT", "FOLLOW_UP",
)  # fmt: skip
SOCIAL_SERVICES = (
    "SAFE_ACCOMMODATION",
    "SOCIAL_BENEFITS",
    "CHILDCARE_PARENTING",
    "GUARDIANSHIP",
    "EDUCATION",
)
POLICE_SERVICES = ("PROTECTION_MEASURE",)
AUTHORITY_SERVICES = ("VOLUNTARY_RETURN", "FOLLOW_UP")


def _four(*, ngo: str, police: str, social: str, authority: str) -> tuple[DemoOrganisation, ...]:
    return (
        DemoOrganisation("ngo", ngo, "ngo", NGO_ROLES, NGO_SERVICES),
        DemoOrganisation("police", police, "police", POLICE_ROLES, POLICE_SERVICES),
        DemoOrganisation("social", social, "social_service", SOCIAL_ROLES, SOCIAL_SERVICES),
        DemoOrganisation("authority", authority, "authority", AUTHORITY_ROLES, AUTHORITY_SERVICES),
    )


NODES = (
    DemoNode("ro", "RO", "ro.connect.test", 8401, "ro", _four(
        ngo="Fundația Exemplu, Arad", police="Poliția Exemplu",
        social="Serviciul Social Exemplu", authority="Autoritatea Exemplu")),
    DemoNode("it", "IT", "it.connect.test", 8402, "it", _four(
        ngo="Associazione Esempio, Palermo", police="Polizia Esempio",
        social="Servizio Sociale Esempio", authority="Autorità Esempio")),
    DemoNode("pt", "PT", "pt.connect.test", 8403, "pt", _four(
        ngo="Associação Exemplo, Lisboa", police="Polícia Exemplo",
        social="Serviço Social Exemplo", authority="Autoridade Exemplo")),
)  # fmt: skip


def node(key: str) -> DemoNode:
    """The demo node of this key; KeyError when there is none."""
    return {each.key: each for each in NODES}[key]
