"""A country is found by its entry point and described by data; the core never names one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from referral.flows.limits import Limit
from referral.vocabulary import NeedCode, Stage


GROUP = "connect.countries"


class UnknownCountry(LookupError):  # noqa: N818 - says what is missing
    """No installed package describes this country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A body of the country's mechanism: its name in the country's language and what it does (a msgid)."""

    code: str
    name: str
    does: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """What the core needs to know of a country.

    `stages` lists, for each stage, the flow classes with the day from which each takes new cases: a reform is
    a new class with a later day, and running cases finish in the class they began with.
    """

    code: str
    name: str
    zone: str
    languages: tuple[str, ...]
    stages: Mapping[Stage, tuple[tuple[date, type[Any]], ...]]
    limits: tuple[Limit, ...]
    services: Mapping[NeedCode, str] = field(default_factory=dict)
    authorities: tuple[Authority, ...] = ()

    def flow(self, stage: Stage, on: date) -> type[Any] | None:
        """The flow class that takes new cases of the stage on this day; None where the country has none."""
        serving = [flow for since, flow in self.stages.get(stage, ()) if since <= on]
        return serving[-1] if serving else None

    def limit(self, key: str) -> Limit | None:
        """The limit with this key."""
        return next((limit for limit in self.limits if limit.key == key), None)


@cache
def all_countries() -> Mapping[str, Country]:
    """Every installed country by its code."""
    found: dict[str, Country] = {}
    for entry in entry_points(group=GROUP):
        country: Country = entry.load()
        found[country.code] = country
    return found


def get(code: str) -> Country:
    """The country with this code; raises `UnknownCountry`."""
    try:
        return all_countries()[code]
    except KeyError:
        raise UnknownCountry(code) from None
