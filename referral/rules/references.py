"""Case references such as RO-26-7KQ4M9: country, year, five random characters and a check character.

The alphabet leaves out what is misread as something else: 0 1 I L O S U. Its length, 29, is prime, so that a
sum with a different weight at each place, modulo 29, catches every single wrong character and every swap of
two neighbours.
"""

from __future__ import annotations

import re
import secrets

from referral.rules.refusals import BadReference


ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXYZ"
_MODULUS = len(ALPHABET)
_RANDOM = 5
_SHAPE = re.compile(f"([A-Z]{{2}})([0-9]{{2}})([{ALPHABET}]{{{_RANDOM + 1}}})")
# A digit counts the same in the year and in the rest, because the two touch and may be swapped; 0 and 1,
# which occur in years only, take the numbers of two letters.
_VALUES = {character: value for value, character in enumerate(ALPHABET)} | {"0": 27, "1": 28}


def mint(*, country: str, year: int) -> str:
    """Make a new reference at random; it says the country and the year of opening and nothing of the person.

    Raises:
        ValueError: the country is not two capital letters.
    """
    if not re.fullmatch("[A-Z]{2}", country):
        raise ValueError("a country is two capital letters")
    start = f"{country}{year % 100:02d}" + "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return _written(start + check_character(start))


def read(text: str) -> str:
    """Read a reference as a person typed it, in any case, with spaces or without hyphens.

    Raises:
        BadReference: it is not one, or its check character does not fit.
    """
    plain = re.sub(r"[\s-]", "", text[:40], flags=re.ASCII).upper()
    if not _SHAPE.fullmatch(plain) or check_character(plain[:-1]) != plain[-1]:
        raise BadReference
    return _written(plain)


def check_character(start: str) -> str:
    """Compute the last character of a reference from the nine before it, without hyphens."""
    total = sum((place + 2) * _value(place, character) for place, character in enumerate(start))
    # The check character stands at the next place with weight -1, which no other place has.
    return ALPHABET[total % _MODULUS]


def _value(place: int, character: str) -> int:
    if place < 2:
        return ord(character) - ord("A")
    return _VALUES[character]


def _written(plain: str) -> str:
    return f"{plain[:2]}-{plain[2:4]}-{plain[4:]}"
