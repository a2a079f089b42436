"""Case references such as RO-26-7KQ4M9: country, year, five random characters and a check character.

The alphabet leaves out what is misread as something else: 0 1 I L O S U. Its length, 29, is prime, so that a
sum with a different weight at each place, modulo 29, catches every single wrong character and every swap of
two neighbours.
"""

from __future__ import annotations

import re
import secrets
from string import ascii_uppercase, digits

from referral.rules.refusals import BadReference


ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXYZ"
LONGEST = 40
"""Characters of what is typed that are looked at."""
_MODULUS = len(ALPHABET)
_RANDOM = 5
_PLACES = (*[ascii_uppercase] * 2, *[digits] * 2, *[ALPHABET] * (_RANDOM + 1))
"""What may stand at each place of a reference."""
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
    plain = _plain(text)
    if not _SHAPE.fullmatch(plain) or check_character(plain[:-1]) != plain[-1]:
        raise BadReference
    return _written(plain)


def parts(text: str) -> frozenset[str]:
    """Give every way in which what a person typed can stand in a written reference.

    Raises:
        BadReference: it stands in none, whatever its place; a name hardly ever does.
    """
    plain = _plain(text)
    fitting = range(len(_PLACES) - len(plain) + 1) if plain else ()
    found = frozenset(
        _written(" " * start + plain).strip(" -")
        for start in fitting
        if all(sign in allowed for sign, allowed in zip(plain, _PLACES[start:], strict=False))
    )
    if not found:
        raise BadReference
    return found


def check_character(start: str) -> str:
    """Compute the last character of a reference from the nine before it, without hyphens."""
    total = sum((place + 2) * _value(place, character) for place, character in enumerate(start))
    # The check character stands at the next place with weight -1, which no other place has.
    return ALPHABET[total % _MODULUS]


def _plain(text: str) -> str:
    return re.sub(r"[\s-]", "", text[:LONGEST], flags=re.ASCII).upper()


def _value(place: int, character: str) -> int:
    if place < 2:
        return ord(character) - ord("A")
    return _VALUES[character]


def _written(plain: str) -> str:
    return f"{plain[:2]}-{plain[2:4]}-{plain[4:]}"
