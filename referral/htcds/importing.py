"""Bringing in a spreadsheet: preview, a person's decision, then each good row as a case of its own.

Every row is one transaction: the case, its sealed record, its place in the batch and its ledger entries
exist together or not at all. Nothing is brought in twice, however often it is asked for, and an import that
stops in between can be gone on with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from people.actor import Actor
from referral.cases.age import OnChild
from referral.cases.opening import Begin, open_case
from referral.cases.standing import refusals_recorded, who
from referral.htcds.checking import CheckedRow, age_status, check
from referral.htcds.keeping import Kept, keep, open_kept
from referral.htcds.mapping import HEADING_ROWS, read_table
from referral.htcds.reading import read
from referral.htcds.refusals import ImportRefused, NoRows, TooLargeToImport, TooManyRows
from referral.models import Case, ImportBatch, ImportedRow, ImportState
from referral.record.fields import BY_NAME, Value
from referral.record.revising import revise
from referral.rules.access import Act, On, may
from referral.rules.refusals import IllegalStep, NotThere, denial
from referral.vocabulary import AgeStatus, Category, Stage
from secure_exchange import bodies
from secure_exchange.ledger import entries


__all__ = ["AT_ONCE", "bring_in", "decide", "discard", "find", "preview", "record_refusal"]

AT_ONCE = 10
"""Rows that one request brings in, so that no page waits longer than a few seconds."""


def preview(*, data: bytes, by: Actor, at: datetime, today: date) -> ImportBatch:
    """Read a spreadsheet, check its rows and keep them sealed for the person who decides.

    Raises:
        NotInYourRole: this role brings in no cases.
        ImportRefused: the file is no form, harmful or too large; recorded in the ledger, nothing is kept.
    """
    with refusals_recorded(act="import-previewed", by=by, about=by.organisation.address, at=at):
        _allowed(by, at)
    try:
        kept = _read(data, today=today, country=by.organisation.country)
    except ImportRefused as refusal:
        record_refusal(refusal, by=by, at=at)
        raise
    uuid = uuid4()
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            uuid=uuid,
            organisation=by.organisation,
            uploaded_by=by.membership,
            uploaded_at=at,
            rows=len(kept.rows),
            refused=sum(not row.good for row in kept.rows),
            body=keep(kept, batch=uuid, by=by),
            fingerprint=_fingerprint(data),
        )
        entries.append(act="import-previewed", actor=by.pseudonym, object=str(uuid), at=at)
    return batch


def record_refusal(refusal: ImportRefused, *, by: Actor, at: datetime) -> None:
    """Put the refusal of a file into the ledger, once."""
    entries.append(
        act="import-previewed-refused",
        actor=by.pseudonym,
        object=by.organisation.address,
        reason=refusal.code,
        at=at,
    )
    refusal.recorded = True


def find(uuid: UUID, *, by: Actor) -> ImportBatch:
    """Find an import of this person's; raises NotThere, also for another's."""
    batch = ImportBatch.objects.filter(uuid=uuid, uploaded_by=by.membership).first()
    if batch is None:
        raise NotThere
    return batch


def decide(
    *, batch: ImportBatch, chosen: Collection[int], adults: Collection[int], by: Actor, at: datetime
) -> ImportBatch:
    """Keep which good rows are to come in, and who in doubt is certainly an adult; nothing comes in yet.

    Raises:
        NotThere, Altered: as `keeping.open_kept`. IllegalStep: the import has begun or ended. NotInYourRole.
    """
    about = str(batch.uuid)
    with refusals_recorded(act="import-decided", by=by, about=about, at=at), transaction.atomic():
        _allowed(by, at)
        locked = _locked(batch, ImportState.PREVIEWED)
        kept = open_kept(locked, by=by)
        good = {row.number for row in kept.rows if row.good}
        judged = {row.number for row in kept.rows if row.may_be_adult}
        decided = replace(
            kept, chosen=frozenset(chosen) & frozenset(good), adults=frozenset(adults) & frozenset(judged)
        )
        locked.state = ImportState.IMPORTING.value
        _keep_again(locked, decided, by=by)
        entries.append(act="import-decided", actor=by.pseudonym, object=about, at=at)
    return locked


def bring_in(  # noqa: PLR0913 - which rows, who brings them in when, and what follows
    *,
    batch: ImportBatch,
    by: Actor,
    at: datetime,
    today: date,
    begin: Begin,
    on_child: OnChild,
    at_most: int = AT_ONCE,
) -> int:
    """Bring in the next chosen rows; returns how many are left. Asking again after the end does nothing.

    Raises:
        NotThere, Altered, NoKey: as the acts it is made of; the row it stopped at left nothing behind.
        IllegalStep: nobody has decided yet, or the import was discarded.
    """
    batch = find(batch.uuid, by=by)
    if batch.state == ImportState.DONE.value:
        return 0
    kept = open_kept(batch, by=by)
    done = set(ImportedRow.objects.filter(batch=batch).values_list("number", flat=True))
    waiting = [row for row in kept.rows if row.number in kept.chosen and row.number not in done]
    for row in waiting[:at_most]:
        adult = row.number in kept.adults
        _bring_in_row(batch, row, adult=adult, by=by, at=at, today=today, begin=begin, on_child=on_child)
    left = len(waiting[at_most:])
    if not left:
        _end(batch, kept, by=by, at=at)
    return left


def discard(*, batch: ImportBatch, by: Actor, at: datetime) -> None:
    """Throw away what is kept of an import that has not begun; the spreadsheet itself was never kept."""
    with transaction.atomic():
        locked = _locked(find(batch.uuid, by=by), ImportState.PREVIEWED)
        locked.state, locked.ended_at = ImportState.DISCARDED.value, at
        _forget_body(locked)
        entries.append(act="import-discarded", actor=by.pseudonym, object=str(locked.uuid), at=at)


def _read(data: bytes, *, today: date, country: str) -> Kept:
    if len(data) > settings.CONNECT.MAX_IMPORT_BYTES:
        raise TooLargeToImport
    most = settings.CONNECT.MAX_IMPORT_ROWS
    table = read_table(read(data, max_rows=most + HEADING_ROWS))
    if len(table.rows) > most:
        raise TooManyRows
    if not table.rows:
        raise NoRows
    rows = check(table, today=today, country=country)
    return Kept(rows=tuple(rows), columns=table.columns, ignored=table.ignored)


def _bring_in_row(  # noqa: PLR0913 - a row, what was decided of it, and who does it when
    batch: ImportBatch,
    row: CheckedRow,
    *,
    adult: bool,
    by: Actor,
    at: datetime,
    today: date,
    begin: Begin,
    on_child: OnChild,
) -> None:
    about = f"{batch.uuid}/{row.number}"
    with refusals_recorded(act="case-imported", by=by, about=about, at=at), transaction.atomic():
        _allowed(by, at)
        locked = _locked(batch, ImportState.IMPORTING)
        if ImportedRow.objects.filter(batch=locked, number=row.number).exists():
            return
        age = AgeStatus.ADULT if adult else age_status(row.values, today=today, born_in=row.born_in)
        case = open_case(
            by=by,
            at=at,
            stage=Stage.IDENTIFICATION,
            age_status=age,
            citizenship=row.citizenship,
            begin=begin,
        )
        values = {**row.values, **({"age_in_doubt": "yes"} if age is AgeStatus.PRESUMED_CHILD else {})}
        _write_record(case, values, by=by, at=at, on_child=on_child)
        ImportedRow.objects.create(batch=locked, number=row.number, case=case)
        entries.append(act="case-imported", actor=by.pseudonym, object=case.reference, reason=about, at=at)


def _write_record(
    case: Case, values: Mapping[str, Value], *, by: Actor, at: datetime, on_child: OnChild
) -> None:
    for category in Category:
        fields = {name: value for name, value in values.items() if BY_NAME[name].category == category}
        if fields:
            revise(case=case, category=category, fields=fields, based_on=0, by=by, at=at, on_child=on_child)


def _end(batch: ImportBatch, kept: Kept, *, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        locked = _locked(batch, ImportState.IMPORTING)
        done = set(ImportedRow.objects.filter(batch=locked).values_list("number", flat=True))
        locked.state, locked.ended_at = ImportState.DONE.value, at
        left = kept.without_values(done)
        if left.rows:
            _keep_again(locked, left, by=by)
        else:
            _forget_body(locked)
        entries.append(
            act="import-ended", actor=by.pseudonym, object=str(locked.uuid), reason=str(len(done)), at=at
        )


def _allowed(by: Actor, at: datetime) -> None:
    decision = may(who(by, at=at), Act.IMPORT_CASES, On())
    if not decision:
        raise denial(decision)


def _locked(batch: ImportBatch, *states: ImportState) -> ImportBatch:
    """Lock the batch's row against a second tab; raises IllegalStep when it has moved on."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.state not in states:
        raise IllegalStep
    return locked


def _keep_again(batch: ImportBatch, kept: Kept, *, by: Actor) -> None:
    old, batch.body = batch.body, keep(kept, batch=batch.uuid, by=by)
    batch.save(update_fields=["body", "state", "ended_at"])
    _delete_on_commit([old])


def _forget_body(batch: ImportBatch) -> None:
    old, batch.body = batch.body, ""
    batch.save(update_fields=["body", "state", "ended_at"])
    _delete_on_commit([old])


def _delete_on_commit(names: Iterable[str]) -> None:
    for name in filter(None, names):
        transaction.on_commit(partial(bodies.delete_body, name))


def _fingerprint(data: bytes) -> str:
    return salted_hmac("referral.htcds.importing", data, algorithm="sha256").hexdigest()
