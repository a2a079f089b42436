"""What an organisation says it accepts, signed: services, languages, categories, usual answering time.

Sealing is checked against it, so that an unknown service never silently becomes another one at the receiver.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from secure_exchange import signing
from secure_exchange.errors import CategoryNotAccepted, ServiceNotAccepted
from secure_exchange.manifest import ADDRESS
from secure_exchange.signing import SigningKeys, VerifyingKeys
from secure_exchange.strict_json import (
    MISLEADING,
    Members,
    canonical,
    moment_text,
    parse_canonical,
    text_of,
)


VERSION: Final = 1
MAX_PROFILE_BYTES: Final = 32 * 1024
MAX_ITEMS: Final = 200
MAX_HOURS: Final = 24 * 90
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_NAME: Final = re.compile(f"[^{MISLEADING}<>]{{0,120}}")
_COUNTRY: Final = re.compile(r"(?:[A-Z]{2})?")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True)
class Profile:
    """What `address` accepts from `issued` on. Services and categories are codes, languages are BCP 47 tags.

    `name` is how the organisation calls itself, for a person to choose by; it decides nothing. `country` is
    ISO 3166 alpha-2.
    """

    address: str
    services: tuple[str, ...]
    languages: tuple[str, ...]
    categories: tuple[str, ...]
    code_lists: Mapping[str, str] = field(hash=False)
    usual_answer_hours: int
    issued: datetime
    name: str = ""
    country: str = ""

    def to_bytes(self) -> bytes:
        """The bytes that are signed."""
        return canonical(
            {
                "version": VERSION,
                "address": self.address,
                "services": list(self.services),
                "languages": list(self.languages),
                "categories": list(self.categories),
                "code_lists": dict(self.code_lists),
                "usual_answer_hours": self.usual_answer_hours,
                "issued": moment_text(self.issued),
                "name": self.name,
                "country": self.country,
            }
        )

    def check(self, *, services: Iterable[str] = (), categories: Iterable[str] = ()) -> None:
        """Raises `ServiceNotAccepted` or `CategoryNotAccepted`, naming the first code not accepted."""
        for service in services:
            if service not in self.services:
                raise ServiceNotAccepted(service)
        for category in categories:
            if category not in self.categories:
                raise CategoryNotAccepted(category)


def _read_payload(payload: bytes) -> Profile:
    members = Members(parse_canonical(payload, limit=MAX_PROFILE_BYTES))
    members.version(VERSION)
    versions = members.mapping("code_lists", _CODE, high=MAX_ITEMS)
    read_version = text_of(_CODE)
    profile = Profile(
        address=members.text("address", ADDRESS),
        services=members.items("services", text_of(_CODE), low=0, high=MAX_ITEMS),
        languages=members.items("languages", text_of(_LANGUAGE), low=0, high=MAX_ITEMS),
        categories=members.items("categories", text_of(_CODE), low=0, high=MAX_ITEMS),
        code_lists={name: read_version(version) for name, version in versions.items()},
        usual_answer_hours=members.integer("usual_answer_hours", low=0, high=MAX_HOURS),
        issued=members.moment("issued"),
        name=members.text("name", _NAME),
        country=members.text("country", _COUNTRY),
    )
    members.finish()
    return profile


def publish(profile: Profile, signer: SigningKeys) -> bytes:
    """The signed statement of `profile`; raises `Malformed` for what nobody would accept."""
    _read_payload(profile.to_bytes())
    return signing.sign(signing.PROFILE, profile.to_bytes(), signer)


def read(statement: bytes, verifying: VerifyingKeys) -> Profile:
    """The profile of a statement that `verifying` signed; raises a `Refused`.

    Not checked: that the address is the one whose keys these are, that they held at `issued`, that nothing
    newer is known. The caller compares.
    """
    return _read_payload(signing.verify(statement, signing.PROFILE, verifying))
