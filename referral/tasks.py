"""Bells of the handover: each calls acts that read their rows again; no key that opens anything is here.

The rows are the truth, and `sweep` finds what no bell announced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

import structlog
from celery import shared_task

from referral.cases import granting
from referral.flows import calendar, stages
from referral.handover import receipts_taken, receiving, waiting
from referral.htcds import forgetting


log = structlog.get_logger(__name__)

AT_ONCE: Final = 200
"""Envelopes and receipts that one sweep takes up."""


@shared_task(name="referral.handle_incoming")
def handle_incoming(incoming_id: int) -> None:
    """Do what an arrived envelope asks for."""
    receiving.handle(incoming_id=incoming_id, at=calendar.now(), reconsider=stages.situation_changed)


@shared_task(name="referral.take_receipt")
def take_receipt(receipt_id: int) -> None:
    """Do what a received receipt says."""
    receipts_taken.take(receipt_id=receipt_id, at=calendar.now())


def on_arrived(*, incoming_id: int, **_: object) -> None:
    """An envelope is in the inbox; a broker that is away is no fault, since the sweep finds it."""
    handle_incoming.apply_async(args=(incoming_id,), retry=False)


def on_receipt(*, receipt_id: int, **_: object) -> None:
    """The exchange says that a receipt came."""
    take_receipt.apply_async(args=(receipt_id,), retry=False)


@shared_task(name="referral.sweep")
def sweep() -> None:
    """Handle what was missed, end what has run out, and take away what was granted for a time."""
    at = calendar.now()
    handle_everything(at=at)
    waiting.expire_due(at=at)
    waiting.mark_late(at=at)
    granting.drop_ended_grants(at=at, reconsider=stages.situation_changed)
    forgetting.forget_old(at=at)


def handle_everything(*, at: datetime) -> None:
    """Handle each envelope and receipt that came, can be handled now and was not."""
    arrived = receiving.due(at=at).values_list("pk", flat=True)[:AT_ONCE]
    _each(
        "envelope",
        arrived,
        lambda pk: receiving.handle(incoming_id=pk, at=at, reconsider=stages.situation_changed),
    )
    receipts = receipts_taken.missed().values_list("pk", flat=True)[:AT_ONCE]
    _each("receipt", receipts, lambda pk: receipts_taken.take(receipt_id=pk, at=at))


def _each(what: str, rows: Iterable[int], take: Callable[[int], None]) -> None:
    """Take each row; one that fails, and whoever sent it, must not keep the others waiting."""
    for pk in list(rows):
        try:
            take(pk)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is this row's
            # The class only: a fault's message may quote what came.
            log.error("not handled yet", what=what, row=pk, fault=type(fault).__name__)  # noqa: TRY400
