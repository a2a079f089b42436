"""When to try a delivery again: a pure function of what happened, without a clock or a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
MAX_REFUSALS: Final = 20
# Another id or a smaller size does not come by waiting; a body damaged on the way, a clock that is wrong or a
# version that is too old may mend themselves, but soon or not at all.
_REFUSALS_BEFORE_DEATH: Final = {409: 1, 413: 1, 422: 5}
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


def decide(
    *,
    attempts: int,
    refusals: int,
    status: int | None,
    at: datetime,
    expires: datetime,
    jitter: float,
) -> RetryDecision:
    """What to do after a try that failed at `at`.

    `attempts` counts all tries including this one, `refusals` those answered with 4xx including this one,
    `status` is the HTTP status or None where no answer came, `jitter` is a random fraction from 0 up to 1.
    Waits grow from one minute to six hours with full jitter. A silent network never kills an envelope before
    it expires; refusals do.
    """
    if at >= expires or status == 410:
        return RetryDecision(Outcome.EXPIRED)
    if is_refusal(status) and refusals >= _REFUSALS_BEFORE_DEATH.get(status or 0, MAX_REFUSALS):
        return RetryDecision(Outcome.DEAD)
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts, 16))
    return RetryDecision(Outcome.RETRY, min(at + FIRST_WAIT + (longest - FIRST_WAIT) * jitter, expires))


def is_refusal(status: int | None) -> bool:
    """Whether the peer answered about the envelope, and said no."""
    return status is not None and 400 <= status < 500 and status not in _LATER
