"""To another node, in three steps that survive a cut: announce, upload from where it stopped, commit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, Final

from secure_exchange import bodies, signing
from secure_exchange.carriers.base import Parcel, Unanswered, no_pulse
from secure_exchange.carriers.calls import Call, Interrupted, calling, member_of, offset_of
from secure_exchange.node_keys import host_of


PIECE: Final = 4 * 1024 * 1024
"""Bytes of a body in one request: what a cut costs at most."""
MAX_RESUMES: Final = 5
BODY: Final = "application/octet-stream"


class HttpsCarrier:
    """Calls the receiver's node."""

    def deliver(self, parcel: Parcel, *, at: datetime, pulse: Callable[[], None] = no_pulse) -> bytes:
        """Announce, upload, commit; gives the receipt, not verified. Raises `CarrierFault`."""
        with calling(host_of(parcel.receiver)) as call:
            status, answer = call.post("/exchange/envelopes", parcel.statement, signing.ENVELOPE)
            if status == 200:
                return answer
            place, offset = _place(answer)
            pulse()
            try:
                with bodies.open_body(parcel.body) as body:
                    _upload(call, place, body, span=(offset, parcel.size), pulse=pulse)
            except bodies.BodyMissing as fault:
                raise Unanswered("body-missing") from fault
            return call.post(f"/exchange/envelopes/{place}/commit", b"", BODY)[1]

    def deliver_receipt(self, statement: bytes, receiver: str, *, at: datetime) -> None:
        """Hand over a receipt; raises `CarrierFault`."""
        with calling(host_of(receiver)) as call:
            call.post("/exchange/receipts", statement, signing.RECEIPT)


def _place(answer: bytes) -> tuple[uuid.UUID, int]:
    """Place and offset of a 201; a place that is no UUID could lead our next request astray."""
    named, offset = member_of(answer, "place"), offset_of(answer)
    try:
        place = uuid.UUID(named) if isinstance(named, str) else None
    except ValueError:
        place = None
    if place is None or offset is None:
        raise Unanswered("answer-not-understood")
    return place, offset


def _upload(
    call: Call, place: uuid.UUID, body: BinaryIO, *, span: tuple[int, int], pulse: Callable[[], None]
) -> None:
    """Send the body from the first number of `span` up to the second, in pieces."""
    offset, size = span
    resumes = 0
    while offset < size:
        body.seek(offset)
        piece = body.read(PIECE)
        if not piece:
            raise Unanswered("body-missing")
        try:
            call.put(f"/exchange/envelopes/{place}/body?offset={offset}", piece, BODY)
            offset += len(piece)
        except Interrupted as interrupted:
            resumes += 1
            if resumes > MAX_RESUMES:
                raise
            offset = interrupted.offset
        pulse()
