"""Time limits as data: how long, since when, by which law, and how sure we are.

A limit never ends help. When it passes, a step is raised for the organisation responsible for the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from referral.flows.calendar import add_months, add_working_days, end_of_day, local_date
from referral.flows.situation import Condition, everyone


def gettext_noop(text: str) -> str:
    """Mark a text for translation; it is translated when shown."""
    return text


class Unit(StrEnum):
    """What a limit is counted in."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"


class Confidence(StrEnum):
    """How a number came to us."""

    READ = "read"  # read in the named source
    MEMORY = "memory"  # believed right, not read again
    UNCERTAIN = "uncertain"  # do not rely on it
    DEFAULT = "default"  # a rule of this product, no law

    @property
    def check_with_a_lawyer(self) -> bool:
        """Whether the page must say so: only what was read is shown as certain."""
        return self in {Confidence.MEMORY, Confidence.UNCERTAIN}

    @property
    def sentence(self) -> str:
        """What the page says beside the limit (a msgid)."""
        return SENTENCES[self]


SENTENCES = {
    Confidence.READ: gettext_noop("Read in the source named here."),
    Confidence.MEMORY: gettext_noop("Not read again in the source: check with a lawyer."),
    Confidence.UNCERTAIN: gettext_noop("Uncertain: check with a lawyer before you rely on it."),
    Confidence.DEFAULT: gettext_noop("A reminder of this programme, not a rule of law."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a case tells when a limit began: a step of it that was finished, or a date answered there.

    `step` is the step's name in its flow, `answer` the question whose date counts instead of the moment the
    step was finished, `outcomes` those with which it counts; any, where none is named.
    """

    step: str
    answer: str = ""
    outcomes: frozenset[str] = frozenset()


STAGE_BEGUN = Start(step="")
"""The beginning of the stage that the step is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """A limit: `amount` of `unit`, and for a span with a least length its `minimum` in the same unit.

    `starts` says in words what starts it (a msgid), and `since` where a case tells when that was: the
    earliest that is known counts, and a limit that names none begins with its step. `checked` is when the
    entry was last compared with its source, `notice` how many days before the end it is shown as near.
    """

    key: str
    amount: int
    unit: Unit
    basis: str
    source: str
    confidence: Confidence
    checked: date
    starts: str
    since: tuple[Start, ...] = ()
    minimum: int | None = None
    applies_to: Condition = everyone
    extendable: bool = False
    notice: int = 7

    def due(self, start: datetime, *, zone: str, country: str) -> datetime:
        """When a limit that started at `start` is over: exact for hours, else the end of the local day."""
        return self._after(self.amount, start, zone=zone, country=country)

    def earliest(self, start: datetime, *, zone: str, country: str) -> datetime | None:
        """When the least length is over, for a limit that has one."""
        return None if self.minimum is None else self._after(self.minimum, start, zone=zone, country=country)

    def near(self, due: datetime, at: datetime) -> bool:
        """Whether the end is so near that people should be told."""
        return due - timedelta(days=self.notice) <= at

    def _after(self, amount: int, start: datetime, *, zone: str, country: str) -> datetime:
        if self.unit is Unit.HOURS:
            return start + timedelta(hours=amount)
        day = local_date(start, zone=zone)
        match self.unit:
            case Unit.DAYS:
                last = day + timedelta(days=amount)
            case Unit.WORKING_DAYS:
                last = add_working_days(day, amount, country=country)
            case Unit.MONTHS:
                last = add_months(day, amount)
            case _:
                last = add_months(day, 12 * amount)
        return end_of_day(last, zone=zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLimit:
    """Says that a step has no time limit, and how we know; `why` is a msgid."""

    key: str
    why: str
    basis: str
    source: str
    confidence: Confidence
    checked: date


Limit = TimeLimit | NoLimit
