"""What a flow may look at: a case's age status, citizenship and who takes part. Nothing else.

There is no word about cooperation with the prosecution here, so that no step and no limit can depend on it
(Directive 2011/36/EU art. 11(3)). Conditions are small functions of a `Situation`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from people.roles import OWN_ROLE, Role
from referral.vocabulary import AgeStatus, Citizenship


NGO = "ngo"
SHELTER = "shelter"
POLICE = "police"
SOCIAL_SERVICE = "social_service"


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation that takes part in a case: its key in the database and its kind."""

    organisation: int
    kind: str


@dataclass(frozen=True, slots=True)
class Situation:
    """A case as flows see it. `parties` always holds the responsible organisation."""

    age_status: str
    citizenship: str
    responsible: Party
    parties: tuple[Party, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of organisation that take part."""
        return frozenset(party.kind for party in self.parties)


Condition = Callable[[Situation], bool]


def everyone(situation: Situation) -> bool:  # noqa: ARG001 - a condition like the others
    """Holds for every person."""
    return True


def child(situation: Situation) -> bool:
    """A child, or a person whose age is in doubt: presumed a child (Directive 2011/36/EU art. 13(2))."""
    return situation.age_status != AgeStatus.ADULT


def adult(situation: Situation) -> bool:
    """Certainly an adult."""
    return situation.age_status == AgeStatus.ADULT


def foreigner(situation: Situation) -> bool:
    """A third-country national, or a person whose citizenship is not known: who may need a title to stay.

    EU citizens and nationals have the right to stay and never see these steps.
    """
    return situation.citizenship in {Citizenship.THIRD_COUNTRY, Citizenship.UNKNOWN}


def free_to_stay(situation: Situation) -> bool:
    """A national or an EU citizen."""
    return not foreigner(situation)


def with_police(situation: Situation) -> bool:
    """A police organisation takes part in the case."""
    return POLICE in situation.kinds


def without_police(situation: Situation) -> bool:
    """No police organisation takes part: identification goes the way of the organisations that help."""
    return not with_police(situation)


@dataclass(frozen=True, slots=True)
class Performer:
    """Who does a step: a role in an organisation of one of these kinds."""

    role: Role
    kinds: tuple[str, ...]

    def place(self, situation: Situation) -> tuple[int, Role]:
        """The organisation and role that the step goes to.

        A participating organisation of the kind, the responsible one first; where none takes part the
        responsible organisation does it, in the role that does such work there.
        """
        responsible = situation.responsible
        ranked = (responsible, *(party for party in situation.parties if party != responsible))
        for kind in self.kinds:
            for party in ranked:
                if party.kind == kind:
                    return party.organisation, self.role
        return responsible.organisation, OWN_ROLE.get(responsible.kind, Role.CASEWORKER)


BY_CASEWORKER = Performer(Role.CASEWORKER, (NGO, SHELTER))
BY_SHELTER = Performer(Role.CASEWORKER, (SHELTER, NGO))
BY_POLICE = Performer(Role.POLICE_LIAISON, (POLICE,))
BY_SOCIAL_SERVICE = Performer(Role.SOCIAL_WORKER, (SOCIAL_SERVICE,))
BY_RESPONSIBLE = Performer(Role.CASEWORKER, ())
