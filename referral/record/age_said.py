"""What the identity part of a record says about age, as far as it protects: a child, a doubt, or nothing.

Pure: no database, no clock. The day is the one in UTC, which is never ahead of the day of the countries here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from referral.vocabulary import AgeStatus


__all__ = ["ADULT_AT", "full_years", "more_protected", "said_of_age"]

ADULT_AT = 18
DOUBT = frozenset({"yes", "unknown", "said:do_not_know", "said:not_said"})
"""Answers to “Is there doubt about the age?” that leave a doubt; “ask later” says that nobody asked yet."""


def full_years(born: date, today: date) -> int:
    """How old somebody is; whoever was born on 29 February comes of age on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def said_of_age(fields: Mapping[str, object], *, today: date) -> AgeStatus | None:
    """That the person may be or is a child; None where nothing of that is said, which is not “an adult”."""
    if fields.get("age_in_doubt") in DOUBT:
        return AgeStatus.PRESUMED_CHILD
    born = _day(fields.get("prs_Birthdate"))
    return AgeStatus.CHILD if born and full_years(born, today) < ADULT_AT else None


def _day(value: object) -> date | None:
    """A date of birth; what came from elsewhere is looked at before it is checked, and may be anything."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def more_protected(now: AgeStatus, said: AgeStatus | None) -> AgeStatus:
    """What holds after something was said: a record makes nobody older, and a child no doubtful case."""
    if said is None or now is AgeStatus.CHILD:
        return now
    return said
