"""Organisations with keys and people who can open them, quickly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from people.actor import Actor
from people.founding import Founded, found_organisation
from people.joining import join
from people.keys.identities import open_with
from people.keys.unlock import Unlocked
from people.models import Kind, Membership, Organisation, User
from people.roles import Role


AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""The moment all tests agree on; the fixture `at` puts the clock of the edges there."""

PASSWORD = "paper lantern, slow river, eleven"  # noqa: S105 - nobody's
"""Everybody's password in tests."""

_numbers = count(1)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    """An organisation without keys: for what needs a row only. `found` makes one that works."""

    class Meta:
        model = Organisation

    slug = Sequence(lambda number: f"exemplu-{number}")
    name = LazyAttribute(lambda it: f"Organizația {it.slug}")
    country = "RO"
    kind = Kind.NGO.value
    founded_at = AT


class UserFactory(DjangoModelFactory[User]):
    """A person who can sign in with PASSWORD and has nothing to unlock."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = Sequence(lambda number: f"persoana-{number}@exemplu.test")
    name = Sequence(lambda number: f"Persoana Inventată {number}")
    language = "en"

    @classmethod
    def _create(cls, model_class, *args, password=PASSWORD, **kwargs):
        user = model_class(**kwargs)
        user.set_password(password)
        user.save()
        return user


class MembershipFactory(DjangoModelFactory[Membership]):
    """A person's role, without keys."""

    class Meta:
        model = Membership

    user = SubFactory(UserFactory)
    organisation = SubFactory(OrganisationFactory)
    role = Role.CASEWORKER.value
    starts_on = AT.date()


@dataclass(frozen=True)
class Found:
    """A working organisation: its keys, and one person a role with unlocked ones."""

    founded: Founded
    members: Mapping[Role, Membership]
    actors: Mapping[Role, Actor]

    @property
    def organisation(self) -> Organisation:
        """The organisation."""
        return self.founded.organisation

    def __getitem__(self, role: Role) -> Actor:
        """The actor in this role."""
        return self.actors[role]


def found(*roles: Role, slug: str = "", name: str = "", at: datetime = AT, **said: object) -> Found:
    """Found an organisation and let one person join in each role (a caseworker if none is named).

    `said` goes to `found_organisation`: kind, country, services, languages, categories, focal_point.
    """
    slug, roles = slug or f"gasita-{next(_numbers)}", roles or (Role.CASEWORKER,)
    founded = found_organisation(
        slug=slug,
        name=name or f"Organizația {slug}",
        roles=roles,
        at=at,
        **{"country": "RO", "kind": Kind.NGO, "languages": ["ro", "en"], **said},
    )
    members = {role: joined(founded, role, at=at) for role in roles}
    return Found(founded, members, {role: actor_of(member) for role, member in members.items()})


def joined(founded: Founded, role: Role, *, email: str = "", at: datetime = AT) -> Membership:
    """One more person joins in this role."""
    return join(
        organisation=founded.organisation,
        email=email or f"{role.value}-{next(_numbers)}@{founded.organisation.slug}.test",
        name=f"{role.value.title()} Inventat",
        role=role,
        password=PASSWORD,
        clearances=founded.clearances,
        at=at,
        language="en",
    )


def actor_of(membership: Membership, password: str = PASSWORD) -> Actor:
    """The person of this membership with unlocked keys, as a view's request would hold it."""
    identity = open_with(user=membership.user, password=password)
    return Actor(membership=membership, keys=Unlocked(membership.user, identity))
