"""A field's choices and values in the language of the screen."""

from __future__ import annotations

from django.utils.translation import get_language, gettext

from referral.record import world
from referral.record.field import Field, Kind, Value
from referral.vocabulary import Category


def is_heavy(field: Field) -> bool:
    """Whether an answer may be hard to read: long descriptions of what was done to a person."""
    return field.kind is Kind.LONG_TEXT and field.category in {Category.EXPLOITATION, Category.RISK}


def options(field: Field) -> list[tuple[str, str]]:
    """The choices of a field in the language of the screen."""
    language = (get_language() or "en")[:2]
    match field.kind:
        case Kind.COUNTRY | Kind.COUNTRIES:
            return [(choice.code, choice.label) for choice in world.countries(language)]
        case Kind.LANGUAGE:
            return [(choice.code, choice.label) for choice in world.languages(language)]
        case _:
            return [(choice.code, gettext(choice.label)) for choice in field.options]


def in_words(field: Field, value: Value) -> str:
    """A stored value as a person reads it."""
    named = dict(options(field)) if field.options else {}
    if isinstance(value, list):
        return ", ".join(named.get(code, code) for code in value)
    return named.get(str(value), str(value))
