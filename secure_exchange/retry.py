"""When to try a delivery again: a pure function of what happened, without a clock or a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
MAX_REFUSALS: Final = 20
MAX_TAKES: Final = 8
"""Tries of which no word came, because whoever made them was gone, before it is said that they never end."""
# Another id or a smaller size does not come by waiting; a body damaged on the way, a clock that is wrong or a
# version that is too old may mend themselves, but soon or not at all.
_REFUSALS_BEFORE_DEATH: Final = {409: 1, 413: 1, 422: 5}
# About the whole envelope only where it was announced; about a piece they are a limit of what stands between.
_OF_THE_WHOLE: Final = frozenset({409, 413})
# Not an answer about the envelope: the peer is slow, busy or too early.
_LATER: Final = frozenset({408, 425, 429})


class Outcome(StrEnum):
    """What becomes of an envelope after a failed try."""

    RETRY = "retry"
    EXPIRED = "expired"
    DEAD = "dead"


@dataclass(frozen=True)
class RetryDecision:
    """`next_at` is set for a retry only."""

    outcome: Outcome
    next_at: datetime | None = None


def decide(  # noqa: PLR0913 - what there is to weigh
    *,
    attempts: int,
    refusals: int,
    status: int | None,
    at: datetime,
    expires: datetime,
    jitter: float,
    announced: bool = False,
) -> RetryDecision:
    """What to do after a try that failed at `at`.

    `attempts` counts the tries since bytes were moved, this one too, and `refusals` those answered with 4xx,
    this one too; `status` is the HTTP status or None where no answer came, `jitter` is a random fraction from
    0 up to 1, `announced` whether the announcement had passed and the answer is about what followed.
    Waits grow from one minute to six hours with full jitter. A silent network never kills an envelope before
    it expires; refusals do.
    """
    if at >= expires or status == 410:
        return RetryDecision(Outcome.EXPIRED)
    if is_refusal(status) and refusals >= _limit(status or 0, announced=announced):
        return RetryDecision(Outcome.DEAD)
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts, 16))
    return RetryDecision(Outcome.RETRY, min(at + FIRST_WAIT + (longest - FIRST_WAIT) * jitter, expires))


def _limit(status: int, *, announced: bool) -> int:
    if announced and status in _OF_THE_WHOLE:
        return MAX_REFUSALS
    return _REFUSALS_BEFORE_DEATH.get(status, MAX_REFUSALS)


def after_taking(takes: int) -> timedelta:
    """How long a row that was taken is left alone if no word comes of it: it may be what ends its workers."""
    doublings: int = 2 ** min(takes - 1, 16)
    return min(LONGEST_WAIT, FIRST_WAIT * doublings)


def is_refusal(status: int | None) -> bool:
    """Whether the peer answered about the envelope, and said no."""
    return status is not None and 400 <= status < 500 and status not in _LATER
