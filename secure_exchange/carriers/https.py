"""To another node, in three steps that survive a cut: announce, upload from where it stopped, commit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Final

from secure_exchange import bodies, signing
from secure_exchange.carriers.base import Answered, CarrierFault, Parcel, Step, Unanswered, no_pulse
from secure_exchange.carriers.calls import Call, Interrupted, calling, member_of, offset_of
from secure_exchange.node_keys import host_of


FIRST_PIECE: Final = 256 * 1024
"""Bytes of a body in the first request; more where they pass quickly, less where they are too many."""
PIECE: Final = 1024 * 1024
"""Bytes of a body in one request at most: what a cut costs, and what proxies let pass unasked."""
SMALLEST_PIECE: Final = 32 * 1024
QUICK_SECONDS: Final = 2
TURN_SECONDS: Final = 180
"""How long one try uploads; then others have their turn, and the next try goes on where this one stopped."""
MAX_RESUMES: Final = 5
ENVELOPES: Final = "/exchange/envelopes"
BODY: Final = "application/octet-stream"


class HttpsCarrier:
    """Calls the receiver's node."""

    def deliver(self, parcel: Parcel, *, at: datetime, pulse: Callable[[], None] = no_pulse) -> bytes:
        """Announce, upload, commit; gives the receipt, not verified. Raises `CarrierFault`."""
        pulse()
        with calling(host_of(parcel.receiver)) as call:
            status, answer = call.post(ENVELOPES, parcel.statement, signing.ENVELOPE)
            if status == 200:
                return answer
            upload = _Upload(call, parcel, pulse, *_place(answer))
            upload.finish()
            return upload.commit()

    def ask(self, parcel: Parcel, *, at: datetime) -> bytes | None:
        """The receipt of what is there already; raises `CarrierFault`."""
        with calling(host_of(parcel.receiver)) as call:
            status, answer = call.post(ENVELOPES, parcel.statement, signing.ENVELOPE)
            return answer if status == 200 else None

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


class _Upload:
    """A body on its way to its place at the receiver's node."""

    def __init__(  # noqa: PLR0917 - what an upload is made of
        self, call: Call, parcel: Parcel, pulse: Callable[[], None], place: uuid.UUID, offset: int
    ) -> None:
        """`offset` is how much of it the receiver has."""
        self._call, self._parcel, self._pulse, self._place = call, parcel, pulse, place
        self._confirmed = offset
        self._length = min(FIRST_PIECE, PIECE)
        self._longest = PIECE

    def finish(self) -> None:
        """Send what is missing, in pieces, and ask for the last time whether it may be delivered."""
        until = monotonic() + TURN_SECONDS
        resumes = 0
        try:
            while self._confirmed < self._parcel.size:
                if monotonic() > until:
                    raise Unanswered("to-be-continued")
                self._pulse()
                try:
                    self._send_piece()
                except Interrupted as interrupted:
                    resumes += 1
                    self._confirmed = interrupted.offset
                    if resumes > MAX_RESUMES:
                        raise
            self._pulse()
        except CarrierFault as fault:
            fault.step, fault.confirmed = Step.UPLOAD, self._confirmed
            raise

    def _send_piece(self) -> None:
        piece = self._read()
        began = monotonic()
        try:
            self._call.put(f"{ENVELOPES}/{self._place}/body?offset={self._confirmed}", piece, BODY)
        except Answered as refused:
            if refused.status != 413 or len(piece) <= SMALLEST_PIECE:
                raise
            # Something between us takes no request of this size.
            self._length = self._longest = len(piece) // 2
            return
        self._confirmed += len(piece)
        quick = monotonic() - began < QUICK_SECONDS
        self._length = min(len(piece) * 2 if quick else FIRST_PIECE, self._longest)

    def _read(self) -> bytes:
        try:
            with bodies.open_body(self._parcel.body) as body:
                body.seek(self._confirmed)
                piece = body.read(self._length)
        except bodies.BodyMissing as fault:
            raise Unanswered("body-missing") from fault
        if not piece:
            raise Unanswered("body-missing")
        return piece

    def commit(self) -> bytes:
        """Ask the receiver to take it; gives the receipt."""
        try:
            return self._call.post(f"{ENVELOPES}/{self._place}/commit", b"", BODY)[1]
        except CarrierFault as fault:
            fault.step = Step.UPLOAD if isinstance(fault, Interrupted) else Step.COMMIT
            fault.confirmed = self._confirmed
            raise
