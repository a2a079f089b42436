"""The rows of an import between preview and import, sealed to the person who brought them and to nobody else.

The uploaded file itself is never written anywhere. What was read from it is one age file in the folder of
sealed bodies, whose first line names the import it belongs to; opening compares that line. Once the import
has ended, values are dropped and only where and why rows were refused is kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from people.actor import Actor, NoKey
from people.keys.unlock import Unlocked
from people.models import PersonIdentity
from referral.htcds.checking import CheckedRow, Note
from referral.htcds.mapping import Column, Problem
from referral.models import ImportBatch
from referral.rules.refusals import Altered, NotThere
from referral.vocabulary import AgeStatus, Citizenship
from secure_exchange import bodies
from secure_exchange.age import AgeError, Identity, Recipient, decrypt_bytes, encrypt_bytes


__all__ = ["Kept", "keep", "open_kept"]

VERSION = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of an import: its rows and columns, and what the person decided about them."""

    rows: tuple[CheckedRow, ...]
    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    chosen: frozenset[int] = frozenset()
    adults: frozenset[int] = frozenset()

    def without_values(self, imported: Collection[int]) -> Kept:
        """Drop the rows that became cases, and what the others said."""
        left = (replace(row, values={}, born_in=None) for row in self.rows if row.number not in imported)
        return replace(self, rows=tuple(left))


def keep(kept: Kept, *, batch: UUID, by: Actor) -> str:
    """Seal to the person's own recipient; returns the name of the body, which is safely on the disk then."""
    recipient = Recipient.parse(PersonIdentity.objects.get(user=by.user).recipient)
    plain = _line(batch) + json.dumps(_plain(kept), ensure_ascii=False, separators=(",", ":")).encode()
    name, body = bodies.new()
    with body:
        body.write(encrypt_bytes(plain, [recipient]))
    bodies.settle(name)
    return name


def open_kept(batch: ImportBatch, *, by: Actor) -> Kept:
    """Open what is kept of an import.

    Raises:
        NotThere: it is another person's, or nothing is kept of it any more.
        Altered: it does not open, or belongs to another import.
    """
    if batch.uploaded_by_id != by.membership.pk or not batch.body:
        raise NotThere
    try:
        with bodies.open_body(batch.body) as body:
            plain = decrypt_bytes(body.read(), [_own_identity(by)])
    except (AgeError, bodies.BodyMissing) as fault:
        raise Altered from fault
    line = _line(batch.uuid)
    if not plain.startswith(line):
        raise Altered
    return _read(json.loads(plain[len(line) :]))


def _own_identity(by: Actor) -> Identity:
    if not isinstance(by.keys, Unlocked):
        raise NoKey
    return by.keys.identity


def _line(batch: UUID) -> bytes:
    return (
        json.dumps({"version": VERSION, "import": str(batch)}, separators=(",", ":")).encode("ascii") + b"\n"
    )


def _plain(kept: Kept) -> dict[str, Any]:
    return {
        "rows": [asdict(replace(row, values=dict(row.values))) for row in kept.rows],
        "columns": [asdict(column) for column in kept.columns],
        "ignored": list(kept.ignored),
        "chosen": sorted(kept.chosen),
        "adults": sorted(kept.adults),
    }


def _read(plain: Mapping[str, Any]) -> Kept:
    return Kept(
        rows=tuple(_row(row) for row in plain["rows"]),
        columns=tuple(Column(**column) for column in plain["columns"]),
        ignored=tuple(plain["ignored"]),
        chosen=frozenset(plain["chosen"]),
        adults=frozenset(plain.get("adults", ())),
    )


def _row(row: Mapping[str, Any]) -> CheckedRow:
    return CheckedRow(
        number=row["number"],
        values=row["values"],
        problems=tuple(Problem(**problem) for problem in row["problems"]),
        notes=tuple(Note(**note) for note in row["notes"]),
        age_status=AgeStatus(row["age_status"]),
        citizenship=Citizenship(row["citizenship"]),
        alike=tuple(row["alike"]),
        may_be_adult=row.get("may_be_adult", False),
        born_in=row.get("born_in"),
    )
