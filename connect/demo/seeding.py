"""What a demo node is filled with: organisations, people, trusted peers, made-up cases."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from connect.demo import cases
from connect.demo.organisations import PASSWORD, DemoNode
from people.actor import Actor
from people.founding import found_organisation
from people.joining import join
from people.keys.identities import open_with
from people.keys.unlock import Unlocked
from people.labels import ROLES
from people.models import Membership
from people.roles import Role
from secure_exchange import directory, node_keys


Published = dict[str, Any]


def found(node: DemoNode, *, at: datetime) -> Published:
    """Found the node's organisations with one person in each role; returns what its peers must know."""
    addresses = [node_keys.address()]
    for each in node.organisations:
        founded = found_organisation(
            slug=each.slug,
            name=each.name,
            country=node.country,
            kind=each.kind,
            roles=each.roles,
            focal_point=Role.FOCAL_POINT in each.roles,
            services=each.services,
            languages=(node.language, "en"),
            at=at,
        )
        addresses.append(founded.organisation.address)
        for organisation, role, email in node.people():
            if organisation is each:
                join(
                    organisation=founded.organisation,
                    email=email,
                    name=f"{ROLES[role]} ({node.country})",
                    role=role,
                    password=PASSWORD,
                    clearances=founded.clearances,
                    language=node.language,
                    at=at,
                )
    return {"host": node.host, "organisations": {address: _published(address) for address in addresses}}


def _published(address: str) -> Published:
    profile = directory.profile_statement(address)
    return {
        "chain": [base64.b64encode(statement).decode() for statement in directory.chain(address)],
        "profile": base64.b64encode(profile).decode() if profile else "",
    }


def trust_peers(published: Iterable[Mapping[str, Any]], *, at: datetime) -> None:
    """Learn and trust every organisation of the other nodes."""
    for node in published:
        for address, said in node["organisations"].items():
            if directory.is_here(address):
                continue
            keys = directory.learn(address, [base64.b64decode(text) for text in said["chain"]], at=at)
            directory.trust(address, keys.fingerprint, by="demo", at=at)
            if said["profile"]:
                directory.learn_profile(address, base64.b64decode(said["profile"]), at=at)


def bring_in_cases(node: DemoNode, *, at: datetime) -> None:
    """Import the node's spreadsheet as its caseworker would."""
    cases.bring_in(node.key, by=acting(node, Role.CASEWORKER), at=at)


def acting(node: DemoNode, role: Role) -> Actor:
    """Somebody of the NGO with open keys."""
    email = next(
        email for each, each_role, email in node.people() if each.slug == "ngo" and each_role == role
    )
    membership = Membership.objects.select_related("user", "organisation").get(user__email=email)
    identity = open_with(user=membership.user, password=PASSWORD)
    return Actor(membership=membership, keys=Unlocked(membership.user, identity))
