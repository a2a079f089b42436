"""Seal, sign and queue one envelope of a thread, and sign receipts: what every act of a handover sends.

Bodies are files, which no database rolls back: a `Bodies` block removes what was written in it when
anything in it fails. Nothing is sent from here; the outbox rows commit with the act.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import BinaryIO, Final
from uuid import UUID

from people.actor import Actor
from secure_exchange import bodies, directory, dsse, envelope, outbox, receipts
from secure_exchange.bodies import Settled
from secure_exchange.envelope import Draft, Envelope
from secure_exchange.errors import Altered
from secure_exchange.keysets import PublishedKeys
from secure_exchange.ledger import entries
from secure_exchange.manifest import Manifest
from secure_exchange.models import Incoming, Outgoing
from secure_exchange.receipts import Receipt
from secure_exchange.signing import SigningKeys


LETTER_LIVES: Final = timedelta(days=29)
"""How long a reply, a note or a withdrawal may be on its way; below the exchange's limit of 30 days."""


class Bodies:
    """Names of bodies written in one act."""

    def __init__(self) -> None:
        self._names: list[str] = []

    @contextmanager
    def new(self) -> Iterator[tuple[str, BinaryIO]]:
        """A new body to write to, closed at the end and remembered."""
        name, file = bodies.new()
        self._names.append(name)
        with file:
            yield name, file

    def remove(self) -> None:
        """Delete them all."""
        for name in self._names:
            bodies.delete_body(name)


@contextmanager
def removed_on_failure() -> Iterator[Bodies]:
    """Keep the bodies written in this block only if it ends well; put the transaction inside it."""
    written = Bodies()
    try:
        yield written
    except BaseException:
        written.remove()
        raise


@dataclass(frozen=True, kw_only=True)
class Pen:
    """What an organisation signs with at a moment."""

    own: PublishedKeys
    signer: SigningKeys
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where one organisation writes to another in one thread."""

    pen: Pen
    thread: UUID
    their: PublishedKeys

    def draft(
        self,
        kind: str,
        *,
        part: str = "",
        media_type: str,
        expires: datetime,
        after: Written | None = None,
    ) -> Draft:
        """The next envelope of this thread, following `after` or else what we last had in it."""
        own = self.pen.own
        follows = after.envelope.manifest.digest if after else outbox.previous(self.thread, own.address)
        return Draft(
            thread=self.thread,
            kind=kind,
            part=part,
            sender=own.party,
            recipients=(self.their.party,),
            created=self.pen.at,
            expires=expires,
            previous=follows,
            ledger=entries.head(),
            media_type=media_type,
        )


@dataclass(frozen=True, kw_only=True)
class Written:
    """A sealed envelope and its body, not queued yet."""

    envelope: Envelope
    body: Settled


def pen(*, by: Actor, at: datetime) -> Pen:
    """Get ready to sign for the person's organisation.

    Raises:
        Refused: the organisation's own key set is not valid now.
        NoKey: this person may not sign for it.
    """
    own = directory.trusted(by.organisation.address, at=at)
    return Pen(own=own, signer=by.keys.signing(by.organisation), at=at)


def desk(*, thread: UUID, counterpart: str, by: Actor, at: datetime) -> Desk:
    """Get ready to write to `counterpart`.

    Raises:
        Refused: the receiver is unknown, not trusted, or one of the two key sets is not valid now.
        NoKey: this person may not sign for the organisation.
    """
    their = directory.trusted(counterpart, at=at)
    return Desk(pen=pen(by=by, at=at), thread=thread, their=their)


def write(desk: Desk, draft: Draft, payload: bytes, *, into: Bodies) -> Written:
    """Seal and sign a payload that fits in memory."""
    with into.new() as (name, body):
        sealed = envelope.seal(
            BytesIO(payload),
            body,
            draft=draft,
            size=len(payload),
            signer=desk.pen.signer,
            recipients=[desk.their],
        )
    return Written(envelope=sealed, body=bodies.settle(name))


def queue(one: Written, *, to: str, at: datetime, held: bool = False) -> Outgoing:
    """Put it into the outbox, in the transaction of the act that made it."""
    return outbox.queue(envelope=one.envelope, body_name=one.body, to=to, at=at, held=held)


def tell(pen: Pen, incoming: Incoming, kind: str) -> None:
    """Queue a receipt, signed by our organisation, about an envelope of theirs: opened or failed."""
    receipt = Receipt(
        version=receipts.VERSION,
        kind=kind,
        envelope=incoming.envelope,
        thread=incoming.thread,
        manifest=incoming.digest,
        by=pen.own.party,
        at=pen.at,
        ledger=entries.head(),
    )
    outbox.queue_receipt(statement=receipts.issue(receipt, pen.signer), to=incoming.sender, at=pen.at)


def open_small(incoming: Incoming, *, by: Actor, scope: str, at: datetime) -> bytes:
    """Open an envelope that fits in memory with the published identity for `scope`.

    Raises:
        NoKey: this person's role does not open that scope.
        Refused: it does not verify, is expired, damaged, or sealed to something else.
    """
    target = BytesIO()
    open_into(incoming, target, by=by, scope=scope, at=at)
    return target.getvalue()


def open_into(incoming: Incoming, target: BinaryIO, *, by: Actor, scope: str, at: datetime) -> str:
    """Open an envelope as a stream into `target`, to be discarded when this raises; gives its media type."""
    address = by.organisation.address
    manifest = Manifest.from_bytes(dsse.read(bytes(incoming.statement)).payload)
    fingerprint = next((party.fingerprint for party in manifest.recipients if party.address == address), "")
    identities = by.keys.published(by.organisation, fingerprint, scope)
    with _body(incoming.body) as body:
        opened = envelope.open(
            bytes(incoming.statement),
            body,
            target,
            directory.Directory(),
            identities,
            at=at,
            receiver=address,
        )
    return opened.media_type


def _body(name: str) -> BinaryIO:
    try:
        return bodies.open_body(name)
    except bodies.BodyMissing as fault:
        raise Altered("the body is missing") from fault
