"""Whether a consent covers a disclosure: asked when sealing, when releasing and when opening."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from referral.rules.decision import ALLOWED, Decision, Reason, refused
from referral.vocabulary import Category


LONGEST_YEARS = 2
"""A consent is asked again after two years at the latest (a rule of this project, not a law)."""


@dataclass(frozen=True)
class ConsentFacts:
    """What was agreed, as facts. `child` is what the case says today: a doubt about age counts as a child."""

    receiver: str
    categories: frozenset[Category]
    given_at: datetime
    until: datetime
    withdrawn_at: datetime | None = None
    child: bool = False
    by_guardian: bool = False


def covers(
    consent: ConsentFacts | None,
    *,
    receiver: str,
    categories: Collection[Category],
    at: datetime,
) -> Decision:
    """Decide whether these categories may go to this receiver at this moment.

    A child's own word does not suffice: the guardian must have agreed as well. What is shared is shared for
    the purpose of the consent it rests on, which travels with it: there is no other one to compare it with.
    """
    if consent is None:
        return refused(Reason.NO_CONSENT)
    valid = in_force(consent, at=at)
    if not valid:
        return valid
    if consent.receiver != receiver:
        return refused(Reason.CONSENT_OTHER_RECEIVER)
    if not categories or not set(categories) <= consent.categories:
        return refused(Reason.CONSENT_OTHER_CATEGORY)
    return ALLOWED


def in_force(consent: ConsentFacts, *, at: datetime) -> Decision:
    """Decide whether a consent holds at all at this moment; its end is the first moment it no longer does."""
    if consent.withdrawn_at is not None and consent.withdrawn_at <= at:
        return refused(Reason.CONSENT_WITHDRAWN)
    if at < consent.given_at:
        return refused(Reason.CONSENT_NOT_YET)
    if at >= consent.until:
        return refused(Reason.CONSENT_OVER)
    if consent.child and not consent.by_guardian:
        return refused(Reason.CONSENT_NEEDS_GUARDIAN)
    return ALLOWED


def may_be_recorded(consent: ConsentFacts, *, at: datetime) -> Decision:
    """Decide whether a new consent can be recorded: given by now, for something, not for too long.

    It may hold to the end of the same day two years later, which is a day where the end was said.
    """
    if not consent.receiver or not consent.categories:
        return refused(Reason.CONSENT_NOTHING)
    given_on = consent.given_at.astimezone(consent.until.tzinfo).date()
    if consent.until.date() > _years_later(given_on, LONGEST_YEARS):
        return refused(Reason.CONSENT_TOO_LONG)
    return in_force(consent, at=at)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
