"""What one field of a record is, and which values it takes.

Values are what JSON can hold: a text, a number, or a list of codes. A date is `YYYY-MM-DD`, a country an
ISO 3166-1 alpha-2 code, a language an ISO 639 code, a phone number E.164 with its plus, yes/no/unknown the
words `yes`, `no`, `unknown`. An empty answer is left out of the record, never stored as blank.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from referral.record import world
from referral.record.value_lists import YES_NO_UNKNOWN, Choice
from referral.vocabulary import Category


__all__ = ["LONGEST", "NO_ANSWERS", "Field", "Kind", "NotAccepted", "Value", "clean"]

Value = str | int | list[str]

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,60}")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
LARGEST_NUMBER = 150


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django."""
    return text


NO_ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "said:do_not_know": gettext_noop("does not know"),
        "said:not_said": gettext_noop("did not want to say"),
        "said:ask_later": gettext_noop("ask later"),
    }
)
"""What may stand instead of any answer. The standard has no code for them, so they are not exported."""
NOT_IN_LIST = gettext_noop("This answer is not in the list. Choose one that is.")


class Kind(StrEnum):
    """How a field is asked and what its value is."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    MULTIPLE_CHOICE = "multiple_choice"
    YES_NO_UNKNOWN = "yes_no_unknown"
    COUNTRY = "country"
    COUNTRIES = "countries"
    LANGUAGE = "language"
    PHONE = "phone"
    EMAIL = "email"


LONGEST = {Kind.TEXT: 300, Kind.LONG_TEXT: 20_000, Kind.EMAIL: 254}
"""Characters. A spreadsheet cell holds 32,767, so everything that is taken can also go back."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a record can say. `name` is the HTCDS name where the standard has the field."""

    name: str
    category: Category
    kind: Kind
    label: str
    help: str = ""
    choices: tuple[Choice, ...] = ()
    core: bool = False
    asked: bool = True
    """False: kept and exported when it came from elsewhere, but never asked for."""

    @property
    def htcds(self) -> bool:
        """Whether the field is one of the standard's."""
        return self.name[:4] in {"prs_", "vic_", "cas_", "con_", "spl_"}

    @property
    def codes(self) -> frozenset[str]:
        """The codes a value may have; empty for a free one."""
        return frozenset(choice.code for choice in self.options)

    @property
    def options(self) -> tuple[Choice, ...]:
        """What can be chosen, in the order it is shown. Country and language names are English here."""
        match self.kind:
            case Kind.YES_NO_UNKNOWN:
                return YES_NO_UNKNOWN
            case Kind.COUNTRY | Kind.COUNTRIES:
                return world.countries()
            case Kind.LANGUAGE:
                return world.languages()
            case _:
                return self.choices

    @property
    def many(self) -> bool:
        """Whether the value is a list of codes."""
        return self.kind in {Kind.MULTIPLE_CHOICE, Kind.COUNTRIES}


class NotAccepted(Exception):  # noqa: N818 - an answer to the person who typed it, not a fault
    """A value does not fit its field. `sentence` is a msgid; `detail` fills its gaps, not with the value."""

    def __init__(self, sentence: str, **detail: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail


def clean(field: Field, value: object) -> Value | None:
    """Give the value in the one form it is stored in, None for no answer; raises NotAccepted."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, str) and value in NO_ANSWERS:
        return value
    if field.many:
        return _codes(field, value)
    if field.kind is Kind.NUMBER:
        return _number(value)
    if not isinstance(value, str):
        raise NotAccepted(gettext_noop("Write this as text."))
    text = _text(field, value)
    return _checked(field, text) if text else None


def _checked(field: Field, text: str) -> str:
    if field.kind is Kind.DATE:
        return _date(text)
    if field.kind is Kind.PHONE:
        return _phone(text)
    if field.kind is Kind.EMAIL and not EMAIL.fullmatch(text):
        raise NotAccepted(gettext_noop("This is not an e-mail address, such as name@example.org."))
    if field.options and text not in field.codes:
        raise NotAccepted(NOT_IN_LIST)
    return text


def _text(field: Field, value: str) -> str:
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    if any(_cannot_be_written(letter) for letter in text):
        raise NotAccepted(gettext_noop("This holds signs that cannot be shown. Type it again."))
    text = text.strip() if field.kind is Kind.LONG_TEXT else " ".join(text.split())
    longest = LONGEST.get(field.kind, LONGEST[Kind.TEXT])
    if len(text) > longest:
        raise NotAccepted(
            gettext_noop("This is too long: at most %(longest)s characters fit here."), longest=str(longest)
        )
    return text


def _cannot_be_written(letter: str) -> bool:
    """Control signs, halves of pairs and non-characters: XML 1.0 holds none of them (section 2.2)."""
    if letter in "\n\t":
        return False
    return unicodedata.category(letter) in {"Cc", "Cs"} or ord(letter) & 0xFFFE == 0xFFFE


def _codes(field: Field, value: object) -> list[str] | None:
    if not isinstance(value, list | tuple) or not all(isinstance(code, str) for code in value):
        raise NotAccepted(NOT_IN_LIST)
    chosen = set(value)
    if chosen - field.codes:
        raise NotAccepted(NOT_IN_LIST)
    return [choice.code for choice in field.options if choice.code in chosen] or None


def _number(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,6}\s*", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotAccepted(gettext_noop("Write a whole number."))
    if not 0 <= value <= LARGEST_NUMBER:
        raise NotAccepted(
            gettext_noop("Write a whole number from 0 to %(largest)s."), largest=str(LARGEST_NUMBER)
        )
    return value


def _date(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotAccepted(gettext_noop("This is not a date, such as 2001-12-31.")) from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise NotAccepted(gettext_noop("This year cannot be right. Check the date."))
    return day.isoformat()


def _phone(text: str) -> str:
    number = re.sub(r"[ ()./\u00a0-]", "", text)
    if number.startswith("00"):
        number = "+" + number[2:]
    if not E164.fullmatch(number):
        raise NotAccepted(
            gettext_noop("Write the number with its country code, for example +40 700 000 000.")
        )
    return number
