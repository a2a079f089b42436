"""Doubles for the tests of whoever builds on the exchange: members with keys, carriers with faults."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

from django.db import connection
from django.test import TransactionTestCase

from secure_exchange import bodies, directory, keysets, receipts
from secure_exchange.age import Identity
from secure_exchange.bodies import Settled
from secure_exchange.carriers import Answered, Carrier, Parcel, Step, Unanswered
from secure_exchange.carriers.base import no_pulse
from secure_exchange.dsse import read as read_statement
from secure_exchange.envelope import Draft, Envelope, seal
from secure_exchange.errors import UnknownSender
from secure_exchange.keysets import PublishedKeys
from secure_exchange.manifest import Manifest
from secure_exchange.models import Head
from secure_exchange.receipts import Receipt
from secure_exchange.signing import SigningKeys


TWO_YEARS = timedelta(days=730)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Member:
    """An address with everything it has: published keys and their secrets."""

    keys: PublishedKeys
    signer: SigningKeys
    identities: dict[str, Identity]

    @property
    def address(self) -> str:
        """Where it is reached."""
        return self.keys.address

    @property
    def statement(self) -> bytes:
        """Its key set, signed."""
        return keysets.publish(self.keys, self.signer)


def member(address: str, *, at: datetime, categories: Iterable[str] = ("default",)) -> Member:
    """A new member whose keys hold for a year before and after `at`; without categories it is a node."""
    signer = SigningKeys.generate()
    identities = {category: Identity.generate() for category in categories}
    keys = PublishedKeys(
        address=address,
        valid_from=at - TWO_YEARS / 2,
        valid_to=at + TWO_YEARS / 2,
        recipients={category: identity.recipient for category, identity in identities.items()},
        verifying=signer.verifying,
    )
    return Member(keys, signer, identities)


def acquaint(known: Member, *, at: datetime, trusted: bool = True) -> Member:
    """Put a member into this node's directory: ours, or a stranger somebody confirmed."""
    own = directory.is_here(known.address)
    directory.learn(known.address, [known.statement], at=at, own=own)
    if trusted and not own:
        directory.trust(known.address, known.keys.fingerprint, by="tests", at=at)
    return known


class MemoryDirectory:
    """A directory of members, without a database."""

    def __init__(self, *members: Member) -> None:
        """Knows and trusts these."""
        self._keys = {(one.address, one.keys.fingerprint): one.keys for one in members}

    def keys(self, address: str, fingerprint: str) -> PublishedKeys:
        """The set with this fingerprint; raises `UnknownSender`."""
        try:
            return self._keys[address, fingerprint]
        except KeyError:
            raise UnknownSender("tests") from None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What to seal in a test."""

    sender: Member
    receivers: Sequence[Member]
    at: datetime
    content: bytes = b"made up"
    thread: uuid.UUID = field(default_factory=uuid.uuid4)
    kind: str = "offer"
    part: str = ""
    previous: str = ""
    ledger: str = ""
    lifetime: timedelta = timedelta(days=7)

    def seal(self) -> tuple[Envelope, Settled]:
        """The envelope, and the name of its body in this node's files."""
        name, file = bodies.new()
        draft = Draft(
            thread=self.thread,
            kind=self.kind,
            part=self.part,
            sender=self.sender.keys.party,
            recipients=tuple(receiver.keys.party for receiver in self.receivers),
            created=self.at,
            expires=self.at + self.lifetime,
            previous=self.previous,
            ledger=self.ledger,
            media_type="text/plain",
        )
        with file:
            envelope = seal(
                io.BytesIO(self.content),
                file,
                draft=draft,
                size=len(self.content),
                signer=self.sender.signer,
                recipients=[receiver.keys for receiver in self.receivers],
            )
        return envelope, bodies.settle(name)


def signed_receipt(kind: str, manifest: Manifest, by: Member, *, at: datetime) -> bytes:
    """A receipt of this kind about this envelope."""
    receipt = Receipt(
        version=receipts.VERSION,
        kind=kind,
        envelope=manifest.id,
        thread=manifest.thread,
        manifest=manifest.digest,
        by=by.keys.party,
        at=at,
        ledger="",
    )
    return receipts.issue(receipt, by.signer)


class MemoryCarrier:
    """Keeps what it is given, and answers as the receivers' node would."""

    def __init__(self, node: Member) -> None:
        """`node` signs the delivered receipts."""
        self.node = node
        self.parcels: list[Parcel] = []
        self.receipts: list[bytes] = []
        self._answers: dict[bytes, bytes] = {}

    def deliver(self, parcel: Parcel, *, at: datetime, pulse: Callable[[], None] = no_pulse) -> bytes:
        """Keep the envelope; the same one again gives the same receipt."""
        if parcel.statement not in self._answers:
            manifest = Manifest.from_bytes(read_statement(parcel.statement).payload)
            self._answers[parcel.statement] = signed_receipt("delivered", manifest, self.node, at=at)
        self.parcels.append(parcel)
        pulse()
        return self._answers[parcel.statement]

    def ask(self, parcel: Parcel, *, at: datetime) -> bytes | None:
        """The receipt of what was delivered before."""
        return self._answers.get(parcel.statement)

    def deliver_receipt(self, statement: bytes, receiver: str, *, at: datetime) -> None:
        """Keep the receipt."""
        self.receipts.append(statement)


class Trouble(Enum):
    """What goes wrong on the way."""

    NONE = "none"
    LOST = "lost"
    ANSWER_LOST = "answer lost"
    TWICE = "twice"
    REFUSED = "refused"


class FaultyCarrier:
    """Another carrier, with a list of troubles, one a delivery; afterwards all goes well."""

    def __init__(self, carrier: Carrier, troubles: Iterable[Trouble], *, status: int = 403) -> None:
        """`status` is what a refusal answers."""
        self._carrier = carrier
        self._troubles = iter(troubles)
        self._status = status

    def deliver(self, parcel: Parcel, *, at: datetime, pulse: Callable[[], None] = no_pulse) -> bytes:
        """Deliver, or not, as the next trouble says."""
        return self._through(lambda: self._carrier.deliver(parcel, at=at, pulse=pulse))

    def ask(self, parcel: Parcel, *, at: datetime) -> bytes | None:
        """Ask, or not, as the next trouble says."""
        return self._through(lambda: self._carrier.ask(parcel, at=at))

    def deliver_receipt(self, statement: bytes, receiver: str, *, at: datetime) -> None:
        """Deliver, or not, as the next trouble says."""

        def send() -> bytes:
            self._carrier.deliver_receipt(statement, receiver, at=at)
            return b""

        self._through(send)

    def _through(self, send: Callable[[], Answer]) -> Answer:
        trouble = next(self._troubles, Trouble.NONE)
        if trouble is Trouble.LOST:
            raise Unanswered("no-answer")
        if trouble is Trouble.REFUSED:
            raise Answered(f"status-{self._status}", self._status)
        answer = send()
        if trouble is Trouble.TWICE:
            answer = send()
        if trouble is Trouble.ANSWER_LOST:
            raise Unanswered("no-answer", step=Step.COMMIT)
        return answer


@contextmanager
def rewriting() -> Iterator[None]:
    """Lift the triggers that refuse changes, as the owner of a database could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            tables = [table for (table,) in cursor.fetchall()]
            lift = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
            restore = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            lift = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
            restore = [sql for _, sql in triggers]
        for statement in lift:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in restore:
                cursor.execute(statement)


def let_tests_flush() -> None:
    """Let Django empty append-only tables between tests that commit; call once, in a conftest."""
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # noqa: SLF001

    def empty_all(case: TransactionTestCase) -> None:
        with rewriting():
            empty(case)
        Head.objects.get_or_create(id=1)

    TransactionTestCase._fixture_teardown = empty_all  # type: ignore[attr-defined]  # noqa: SLF001
