"""Cases of working organisations, opened by the real act."""

from __future__ import annotations

from datetime import datetime, timedelta

from people.actor import Actor
from people.models import Organisation
from people.roles import Role
from referral.cases.opening import open_case
from referral.cases.participating import add_organisation
from referral.consent.giving import give_consent
from referral.models import Case, Consent, Participation
from referral.vocabulary import AgeStatus, Category, Citizenship, ConsentManner, Purpose, Stage
from tests.factories.people import AT, Found, found


YEAR = timedelta(days=365)


def nothing_begins(*_: object) -> None:
    """A flow that is not there: for tests of a case without its flow."""


def team(*, slug: str = "", **said: object) -> Found:
    """An organisation with a caseworker and a supervisor."""
    return found(Role.CASEWORKER, Role.SUPERVISOR, slug=slug, **said)


class CaseFactory:
    """`CaseFactory.create(by=actor, child=True)` opens a case as the screen does."""

    @classmethod
    def create(
        cls, *, by: Actor | None = None, at: datetime = AT, child: bool = False, **facts: object
    ) -> Case:
        told = {
            "stage": Stage.IDENTIFICATION,
            "age_status": AgeStatus.CHILD if child else AgeStatus.ADULT,
            "citizenship": Citizenship.EU_CITIZEN,
            "begin": nothing_begins,
            **facts,
        }
        return open_case(by=by or team()[Role.CASEWORKER], at=at, **told)  # type: ignore[arg-type]


class ConsentFactory:
    """`ConsentFactory.create(case=..., by=actor, receiver=...)` records an agreement for a year."""

    @classmethod
    def create(cls, *, case: Case, by: Actor, receiver: str, at: datetime = AT, **said: object) -> Consent:
        agreed = {
            "categories": [Category.IDENTITY, Category.NEEDS],
            "purpose": Purpose.ASSISTANCE,
            "language": "ro",
            "manner": ConsentManner.SPOKEN_WITH_INTERPRETER,
            "given_at": at,
            "until": at + YEAR,
            **said,
        }
        return give_consent(case=case, receiver=receiver, by=by, at=at, **agreed)  # type: ignore[arg-type]


def joined(
    case: Case, organisation: Organisation, *, by: Actor, categories: list[Category], at: datetime = AT
) -> Participation:
    """Let an organisation work the case, with a consent made for that."""
    consent = ConsentFactory.create(
        case=case, by=by, receiver=organisation.address, categories=categories, at=at
    )
    return add_organisation(
        case=case,
        organisation=organisation,
        consent=consent,
        categories=categories,
        by=by,
        at=at,
        reconsider=nothing_begins,
    )
