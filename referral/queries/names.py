"""How organisations and people are called on a page: by name the ones, by role or "you" the others."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from people.labels import ROLES
from people.models import Membership, Organisation
from people.roles import Role
from referral.rules.access import sees_who_helps
from secure_exchange import directory, node_keys
from secure_exchange.profile import Profile


def organisation_name(address: str) -> str:
    """The name behind an address: from our own table, a peer's from its signed profile, else the address."""
    return organisation_names([address])[address]


def organisation_names(addresses: Iterable[str]) -> dict[str, str]:
    """The names behind addresses, asked for together."""
    wanted = set(addresses)
    here = {address for address in wanted if directory.is_here(address)}
    slugs = [address.partition("@")[0] for address in here]
    named = {one.address: one.name for one in Organisation.objects.filter(slug__in=slugs)}
    named |= {address: one.name for address, one in directory.profiles_of(wanted - here).items()}
    return {address: named.get(address) or address for address in wanted}


def profile_name(profile: Profile) -> str:
    """How an organisation is offered for choosing: its name and, abroad, its country."""
    name = profile.name or profile.address
    abroad = profile.country and node_keys.host_of(profile.address) != node_keys.host_of(node_keys.address())
    return f"{name} ({profile.country})" if abroad else name


def member_name(member: Membership | None, *, me: Membership) -> str:
    """A colleague as pages call one: "you", or the role; never a name.

    The organisation stands beside it unless our work is not to know which others help.
    """
    if member is None:
        return ""
    if member.pk == me.pk:
        return _("you")
    role = str(ROLES[Role(member.role)])
    told = sees_who_helps(me.organisation.kind, keeps=False)
    if member.organisation_id == me.organisation_id or not told:
        return role
    return f"{role}, {member.organisation.name}"


def actor_name(pseudonym: str, *, me: Membership) -> str:
    """Who a ledger entry's actor is, by role and organisation; the organisation's address for a stranger."""
    address, _slash, uuid = pseudonym.partition("/")
    member = (
        Membership.objects.select_related("organisation")
        .filter(user__uuid=uuid, organisation__slug=address.partition("@")[0])
        .first()
        if uuid
        else None
    )
    return member_name(member, me=me) if member else address
