"""Countries and languages: their codes, and their names in the languages of the screens."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable
from functools import lru_cache

import pycountry

from referral.record.value_lists import Choice


SCREEN_LANGUAGES = ("en", "it", "pt", "ro")
WITHOUT_TWO_LETTERS = ("bin", "ceb", "ckb", "fil", "ilo", "kmr", "pcm", "prs", "rom", "tig")
"""Languages people in our cases speak that have only a three-letter code: Edo, Nigerian Pidgin, Romani..."""
SIGNED = Choice("sgn", "Sign language")


@lru_cache(maxsize=8)
def countries(language: str = "en") -> tuple[Choice, ...]:
    """List every country of ISO 3166-1 by alpha-2 code, named in a language, in order of names."""
    translate = _catalogue("iso3166-1", language)
    return _sorted(
        Choice(country.alpha_2, translate(getattr(country, "common_name", country.name)))
        for country in pycountry.countries
    )


@lru_cache(maxsize=8)
def languages(language: str = "en") -> tuple[Choice, ...]:
    """List the languages with an ISO 639-1 code and the few others we meet, named in a language."""
    translate = _catalogue("iso639-3", language)
    listed = [known for known in pycountry.languages if hasattr(known, "alpha_2")]
    listed += [pycountry.languages.get(alpha_3=code) for code in WITHOUT_TWO_LETTERS]
    named = [Choice(getattr(known, "alpha_2", known.alpha_3), translate(known.name)) for known in listed]
    return _sorted([*named, SIGNED])


@lru_cache(maxsize=1)
def other_country_names() -> tuple[tuple[str, str], ...]:
    """List (code, name) for every code and name a country goes by, in the languages of the screens."""
    found = []
    for country in pycountry.countries:
        english = {
            getattr(country, part)
            for part in ("name", "common_name", "official_name")
            if hasattr(country, part)
        }
        found += [(country.alpha_2, name) for name in {*english, country.alpha_2, country.alpha_3}]
        for language in SCREEN_LANGUAGES:
            translate = _catalogue("iso3166-1", language)
            found += [(country.alpha_2, translate(name)) for name in english]
    return tuple(found)


def _catalogue(domain: str, language: str) -> Callable[[str], str]:
    """Use the names that pycountry brings along; English is what it returns for an unknown language."""
    return gettext.translation(domain, pycountry.LOCALES_DIR, languages=[language[:2]], fallback=True).gettext


def _sorted(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(sorted(choices, key=lambda choice: choice.label.casefold()))
