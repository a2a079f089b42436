"""The fields of each category of a record: HTCDS 2.0 names where the standard has the field.

The vocabulary is IOM's Human Trafficking Case Data Standard 2.0 (CC BY 4.0; no endorsement implied). Each of
its 40 Core fields has a home here. Its other fields are here where they help the person; left out on purpose
are exact places (street, longitude, latitude: they put people in danger; the Core mailing fields are kept
when a file brings them, and never asked), everything about perpetrators (GDPR art. 10) and the deprecated
consent flag. What the standard lacks and help needs is added: safe contact, needs by code, risk domains, and
the little of law, residence and family that a next organisation must know.

Where the standard's own papers contradict each other: `ForcedLabourIndustry` is one choice in the field
list but several in the XLSForm (here several, so that nothing is lost); `Citizenship` the other way round
(several); the reasons for referral are a list in the field list but free text in the XLSForm (a list, so
that a person sees an unknown reason, instead of its being stored as if it were known).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from referral.record.field import Field, Kind, NotAccepted, Value, clean
from referral.record.history_fields import EARLIER_FILE, EXPLOITATION
from referral.record.person_fields import CONTACT, FAMILY, IDENTITY
from referral.record.situation_fields import DOCUMENTS, HEALTH, IMMIGRATION, LEGAL, NEEDS, RISK
from referral.vocabulary import Category


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django."""
    return text


__all__ = ["BY_NAME", "FIELDS", "Field", "Kind", "NotAccepted", "Value", "asked", "clean", "clean_all", "of"]

FIELDS: tuple[Field, ...] = (
    *IDENTITY,
    *CONTACT,
    *FAMILY,
    *EXPLOITATION,
    *HEALTH,
    *LEGAL,
    *IMMIGRATION,
    *NEEDS,
    *EARLIER_FILE,
    *RISK,
    *DOCUMENTS,
)
"""Every field, in the order it is shown."""

BY_NAME: Mapping[str, Field] = MappingProxyType({field.name: field for field in FIELDS})


def of(category: Category | str) -> tuple[Field, ...]:
    """List the fields of a category, also those that are only kept."""
    return tuple(field for field in FIELDS if field.category == category)


def asked(category: Category | str) -> tuple[Field, ...]:
    """List the fields a form of this category asks for. A form must carry the values of the others over."""
    return tuple(field for field in of(category) if field.asked)


def clean_all(category: Category | str, values: Mapping[str, object]) -> dict[str, Value]:
    """Give a category's values in the form they are stored in; raises NotAccepted at the first that is not.

    A name that is not a field of the category is refused too: nothing unknown enters a record.
    """
    known = {field.name: field for field in of(category)}
    cleaned: dict[str, Value] = {}
    for name, value in values.items():
        if name not in known:
            raise NotAccepted(gettext_noop("This answer belongs to no question we know."))
        kept = clean(known[name], value)
        if kept is not None:
            cleaned[name] = kept
    return cleaned
