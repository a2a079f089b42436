"""The closed list of what an offer may say: codes only, so that it cannot say who the person is.

There is no free text, no date and no place in it, and whatever is not in the list is refused, at the
sender before sealing and at the receiver before showing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from referral.rules.refusals import OfferRefused
from referral.vocabulary import (
    LANGUAGE_CODES,
    AgeBand,
    Category,
    Citizenship,
    HandoverKind,
    Mobility,
    NeedCode,
    SexBand,
    Stage,
    Urgency,
)


VERSION = 1
MAX_BYTES = 4096
MAX_LANGUAGES = 5
MAX_CHILDREN = 9

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class OfferContents:
    """Everything an offer says. Lists are kept sorted and without repetition, so that order says nothing.

    Raises:
        OfferRefused: something is not in the closed list, missing, or of another type.
    """

    kind: HandoverKind
    stage: Stage
    urgency: Urgency
    needs: tuple[NeedCode, ...]
    sex: SexBand
    age: AgeBand
    languages: tuple[str, ...]
    citizenship: Citizenship
    mobility: Mobility
    children: int
    categories: tuple[Category, ...]

    def __post_init__(self) -> None:
        words = {
            "kind": HandoverKind,
            "stage": Stage,
            "urgency": Urgency,
            "sex": SexBand,
            "age": AgeBand,
            "citizenship": Citizenship,
            "mobility": Mobility,
        }
        for name, closed_list in words.items():
            object.__setattr__(self, name, _word(getattr(self, name), closed_list))
        object.__setattr__(self, "needs", _several(self.needs, lambda code: _word(code, NeedCode)))
        object.__setattr__(self, "categories", _several(self.categories, lambda code: _word(code, Category)))
        object.__setattr__(self, "languages", _several(self.languages, _language))
        if len(self.languages) > MAX_LANGUAGES or self.stage == Stage.CLOSED:
            raise OfferRefused
        if type(self.children) is not int or not 0 <= self.children <= MAX_CHILDREN:
            raise OfferRefused


_FIELDS = tuple(OfferContents.__dataclass_fields__)


def serialise(contents: OfferContents) -> bytes:
    """Write an offer as one line of JSON; the same contents always give the same bytes."""
    plain = {"version": VERSION, **{name: getattr(contents, name) for name in _FIELDS}}
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode("ascii")


def parse(data: bytes) -> OfferContents:
    """Read an offer strictly.

    Raises:
        OfferRefused: too long, not JSON, a member missing, unknown or twice, or a value outside its list.
    """
    if len(data) > MAX_BYTES:
        raise OfferRefused
    try:
        plain = json.loads(data.decode("ascii"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise OfferRefused from error
    if not isinstance(plain, dict) or set(plain) != {"version", *_FIELDS}:
        raise OfferRefused
    if type(plain["version"]) is not int or plain["version"] != VERSION:
        raise OfferRefused
    if any(not isinstance(plain[name], list) for name in ("needs", "languages", "categories")):
        raise OfferRefused
    return OfferContents(**{name: plain[name] for name in _FIELDS})


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise OfferRefused
    return members


def _word(value: object, closed_list: type[Word]) -> Word:
    if not isinstance(value, str):
        raise OfferRefused
    try:
        return closed_list(value)
    except ValueError as error:
        raise OfferRefused from error


def _language(value: object) -> str:
    if not isinstance(value, str) or value not in LANGUAGE_CODES:
        raise OfferRefused
    return value


def _several(values: object, one: Callable[[object], str]) -> tuple[str, ...]:
    if not isinstance(values, tuple | list) or not values or len(values) > len(NeedCode):
        raise OfferRefused
    known = [one(value) for value in values]
    if len(set(known)) != len(known):
        raise OfferRefused
    return tuple(sorted(known))
