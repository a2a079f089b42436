"""Adding to the record: each change is a new sealed revision, and none is ever changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from people.actor import Actor
from referral.cases import keys
from referral.cases.age import OnChild, change_age_status
from referral.cases.standing import refusals_recorded, require
from referral.models import Case, Revision
from referral.record.age_said import more_protected, said_of_age
from referral.record.fields import Value, clean_all
from referral.record.reading import Opened, open_revision
from referral.record.sealing import revision_line, seal
from referral.rules.access import Act
from referral.rules.refusals import IllegalStep, Overtaken
from referral.vocabulary import AgeStatus, Category
from secure_exchange.ledger import entries


def revise(  # noqa: PLR0913 - what is written where, on top of what, and who follows it
    *,
    case: Case,
    category: Category,
    fields: Mapping[str, object],
    based_on: int,
    by: Actor,
    at: datetime,
    on_child: OnChild,
) -> Revision:
    """Seal a new revision of a category with all of its fields, those that did not change among them.

    `based_on` is the number of the revision the person had on the screen, 0 for none, so that nobody writes
    over what a colleague wrote in the meantime. Where the identity part says that the person is or may be a
    child, the case's age status follows in the same transaction; never towards an adult.

    Raises:
        Overtaken: there is a newer revision.
        NotAccepted: a value does not fit its field (referral.record.fields).
        NotInYourRole, NotThere, IllegalStep: as `standing.require`.
        NoKey, Altered: the actor does not hold the category's key, or it was exchanged for another.
    """
    category = Category(category)
    with (
        refusals_recorded(act="record-revised", by=by, about=case.reference, category=category, at=at),
        transaction.atomic(),
    ):
        require(Act.WRITE, case=case, by=by, at=at, category=category)
        # Opening the key proves that the public half in the table is the case's own.
        keys.open_key(case=case, category=category, by=by)
        cleaned = clean_all(category, fields)
        if category is Category.IDENTITY:
            _follow_age(case, cleaned, by=by, at=at, on_child=on_child)
        return _add(case=case, category=category, fields=cleaned, based_on=based_on, by=by, at=at)


def receive_category(
    *, case: Case, category: Category, fields: Mapping[str, object], by: Actor, at: datetime
) -> Revision:
    """Seal what a handover brought, whatever the opener's role writes; gives the revision that stands now.

    Where the category was written here first, what came is sealed as it is, and then once more under what was
    written here: that stands, what came fills the rest, and the history holds both. For the act that opens a
    received record, which has decided already that this may be.

    Raises:
        IllegalStep: the case did not come by a handover.
        NotAccepted: a value does not fit its field.
        NoKey, Altered: what was written here cannot be opened to put the two together.
    """
    category = Category(category)
    came = clean_all(category, fields)
    with transaction.atomic():
        if case.received_in is None:
            raise IllegalStep
        _lock(case)
        latest = _latest(case, category)
        if latest is None:
            return _add(case=case, category=category, fields=came, based_on=0, by=by, at=at)
        here = _open_what_stands(case, category, by=by, at=at)
        if all(here.fields.get(name) == value for name, value in came.items()):
            return latest
        latest = _add(case=case, category=category, fields=came, based_on=here.number, by=by, at=at)
        both = {**came, **here.fields}
        if both == came:
            return latest
        return _add(case=case, category=category, fields=both, based_on=latest.number, by=by, at=at)


def _open_what_stands(case: Case, category: Category, *, by: Actor, at: datetime) -> Opened:
    """Open the latest revision to put something beside it: recorded as an opening, though nobody sees it."""
    identity = keys.open_key(case=case, category=category, by=by)
    opened = open_revision(case=case, category=category, identity=identity)
    entries.append(
        act="record-read", actor=by.pseudonym, object=case.reference, category=category.value, at=at
    )
    return opened


def _lock(case: Case) -> None:
    """The case's row is the lock: two revisions of one category get two numbers, or the later is refused."""
    Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)


def _latest(case: Case, category: Category) -> Revision | None:
    return Revision.objects.filter(case=case, category=category).order_by("-number").first()


def _follow_age(
    case: Case, cleaned: Mapping[str, Value], *, by: Actor, at: datetime, on_child: OnChild
) -> None:
    now = AgeStatus(case.age_status)
    holds = more_protected(now, said_of_age(cleaned, today=at.date()))
    if holds is not now:
        change_age_status(case=case, age_status=holds, by=by, at=at, on_child=on_child)


def _add(
    *,
    case: Case,
    category: Category,
    fields: Mapping[str, Value],
    based_on: int,
    by: Actor,
    at: datetime,
) -> Revision:
    _lock(case)
    latest = _latest(case, category)
    if (latest.number if latest else 0) != based_on:
        raise Overtaken
    line = revision_line(
        case=case,
        category=category,
        number=based_on + 1,
        previous=bytes(latest.sealed) if latest else None,
    )
    content = json.dumps({"fields": dict(fields)}, sort_keys=True, ensure_ascii=False).encode()
    revision = Revision.objects.create(
        case=case,
        category=category.value,
        number=based_on + 1,
        sealed=seal(content, line=line, recipient=keys.recipient(case=case, category=category)),
        made_at=at,
        made_by=by.membership,
    )
    entries.append(
        act="record-revised",
        actor=by.pseudonym,
        object=case.reference,
        category=category.value,
        reason=str(revision.number),
        at=at,
    )
    return revision
