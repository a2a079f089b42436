"""What the pages of an import show: counts, each row with its errors in words, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.actor import Actor
from referral import labels
from referral.htcds.checking import CheckedRow
from referral.htcds.keeping import Kept, open_kept
from referral.htcds.mapping import Problem
from referral.models import ImportBatch, ImportedRow, ImportState


__all__ = ["import_list", "import_page", "report"]

SHOWN = 20


def import_list(by: Actor) -> list[dict[str, Any]]:
    """The last imports of this person."""
    batches = ImportBatch.objects.filter(uploaded_by=by.membership).order_by("-uploaded_at", "-pk")[:SHOWN]
    names = {
        ImportState.PREVIEWED: _("waiting for your decision"),
        ImportState.IMPORTING: _("not finished"),
        ImportState.DONE: _("brought in"),
        ImportState.DISCARDED: _("discarded"),
    }
    return [
        {
            "url": reverse("import", args=[batch.uuid]),
            "at": batch.uploaded_at,
            "rows": batch.rows,
            "refused": batch.refused,
            "state": names[ImportState(batch.state)],
            "waits": batch.ended_at is None,
        }
        for batch in batches
    ]


def import_page(batch: ImportBatch, *, by: Actor) -> dict[str, Any]:
    """The context of one import, in whatever state it is; opens what is kept of it."""
    kept = open_kept(batch, by=by) if batch.body else Kept(rows=(), columns=(), ignored=())
    done = list(ImportedRow.objects.filter(batch=batch).select_related("case"))
    left = [row for row in kept.rows if row.number not in {each.number for each in done}]
    return {
        "batch": batch,
        "state": batch.state,
        "same_file": _brought_before(batch),
        "good": batch.rows - batch.refused,
        "disagreeing": [
            {"letter": column.letter, "heading": column.heading, "hidden": column.disagrees_with}
            for column in kept.columns
            if column.disagrees_with and any(column.name in row.values for row in kept.rows)
        ],
        "ignored": kept.ignored,
        "rows": [_row(row) for row in left],
        "refused_rows": [_row(row) for row in left if not row.good],
        "left_out": sum(row.good for row in left),
        "forgotten": 0 if batch.body else batch.rows - len(done),
        "chosen": len(kept.chosen),
        "done": len(done),
        "cases": [
            {
                "number": each.number,
                "reference": each.case.reference,
                "url": reverse("case", args=[each.case.reference]),
            }
            for each in done
        ],
    }


def report(batch: ImportBatch, *, by: Actor) -> list[list[str | int]]:
    """Which rows did not come in, where and why: places and sentences, and no value of any cell."""
    kept = open_kept(batch, by=by)
    done = set(ImportedRow.objects.filter(batch=batch).values_list("number", flat=True))
    return list(_report_lines(kept.rows, done, ended=batch.ended_at is not None))


def _report_lines(
    rows: Iterable[CheckedRow], done: Collection[int], *, ended: bool
) -> Iterable[list[str | int]]:
    for row in rows:
        for problem in row.problems:
            yield [row.number, problem.letter, problem.heading, _in_words(problem)]
        if ended and row.good and row.number not in done:
            yield [row.number, "", "", _("Not chosen.")]


def _row(row: CheckedRow) -> dict[str, Any]:
    names = [str(row.values.get(part, "")) for part in ("prs_FirstName", "prs_SecondName")]
    return {
        "number": row.number,
        "initials": " ".join(f"{name[0]}." for name in names if name),
        "name": " ".join(filter(None, names)),
        "age": labels.name(row.age_status),
        "citizenship": labels.name(row.citizenship),
        "problems": [
            {"letter": problem.letter, "heading": problem.heading, "sentence": _in_words(problem)}
            for problem in row.problems
        ],
        "notes": [_(note.sentence) % note.detail for note in row.notes],
        "good": row.good,
        "chosen": row.good and not row.alike,
        "may_be_adult": row.good and row.may_be_adult,
    }


def _in_words(problem: Problem) -> str:
    return _(problem.sentence) % problem.detail if problem.detail else _(problem.sentence)


def _brought_before(batch: ImportBatch) -> ImportBatch | None:
    """The last finished import of the very same file in this organisation."""
    return (
        ImportBatch.objects.filter(
            organisation=batch.organisation_id,
            fingerprint=batch.fingerprint,
            state=ImportState.DONE.value,
            uploaded_at__lte=batch.uploaded_at,
        )
        .exclude(pk=batch.pk)
        .order_by("-uploaded_at")
        .first()
    )
