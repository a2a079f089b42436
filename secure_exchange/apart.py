"""Do one thing after the other, so that one which fails keeps no other from its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import structlog


log = structlog.get_logger(__name__)

Result = TypeVar("Result")


def alone(what: str, do: Callable[[], Result], *, row: int | None = None) -> Result | None:
    """Do it; a fault is logged, and None."""
    try:
        return do()
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is this one's
        # The class only: a fault's message may quote what came.
        log.error("not done", what=what, row=row, fault=type(fault).__name__)  # noqa: TRY400
        return None


def each(what: str, rows: Iterable[int], do: Callable[[int], Result]) -> list[Result]:
    """Do it with each row; gives what came of those that did not fail. `rows` may be a query of keys."""
    found: list[int] = alone(what, lambda: list(rows)) or []
    results = [alone(what, partial(do, row), row=row) for row in found]
    return [result for result in results if result is not None]
