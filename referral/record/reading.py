"""Opening a category: the rule, then the key, then opening and comparing, then the ledger, in that order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from people.actor import Actor
from people.models import Membership
from referral.cases import keys
from referral.cases.standing import refusals_recorded, require
from referral.models import Case, Revision
from referral.record.fields import Value
from referral.record.sealing import open_sealed, revision_line
from referral.rules.access import Act, needs_reason
from referral.rules.refusals import Altered, NotThere, ReasonNeeded
from referral.vocabulary import Category, ReadingReason
from secure_exchange.age import Identity
from secure_exchange.ledger import entries


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A category as it was at one revision; number 0 and no fields while nothing was written."""

    category: Category
    number: int
    fields: Mapping[str, Value] = field(repr=False)
    made_at: datetime | None
    made_by: Membership | None


def open_category(
    *,
    case: Case,
    category: Category,
    by: Actor,
    at: datetime,
    reason: ReadingReason | None = None,
    number: int | None = None,
) -> Opened:
    """Open the latest revision of a category, or the one with that number.

    Roles that read only what was disclosed give a reason each time (`rules.access.needs_reason`).

    Raises:
        NotThere: the person may not see the case, or there is no such revision (HTTP 404).
        NotInYourRole: the case is visible and this part is not for the person (403).
        ReasonNeeded: (422). NoKey: (403). Altered: what was found is damaged or belongs elsewhere (409).
    """
    category = Category(category)
    with (
        refusals_recorded(act="record-read", by=by, about=case.reference, category=category, at=at),
        transaction.atomic(),
    ):
        require(Act.READ, case=case, by=by, at=at, category=category)
        if reason is None and needs_reason(by.role, category):
            raise ReasonNeeded
        identity = keys.open_key(case=case, category=category, by=by)
        opened = open_revision(case=case, category=category, number=number, identity=identity)
        entries.append(
            act="record-read",
            actor=by.pseudonym,
            object=case.reference,
            category=category.value,
            reason=ReadingReason(reason).value if reason else "",
            at=at,
        )
    return opened


def open_revision(*, case: Case, category: Category, identity: Identity, number: int | None = None) -> Opened:
    """Open the latest revision, or the one with that number, for an act that asks the rules and records it.

    Raises:
        NotThere: there is no such revision. Altered: what was found is damaged or belongs elsewhere.
    """
    revisions = Revision.objects.filter(case=case, category=category).order_by("-number")
    if number is not None:
        revisions = revisions.filter(number__lte=number)
    # The revision and the one before it, whose hash it names.
    newest = list(revisions.select_related("made_by__user", "made_by__organisation")[:2])
    if not newest and number is None:
        return Opened(category=category, number=0, fields={}, made_at=None, made_by=None)
    if not newest or (number is not None and newest[0].number != number):
        raise NotThere
    revision, *before = newest
    line = revision_line(
        case=case,
        category=category,
        number=revision.number,
        previous=bytes(before[0].sealed) if before else None,
    )
    content = open_sealed(bytes(revision.sealed), line=line, identity=identity)
    return Opened(
        category=category,
        number=revision.number,
        fields=_fields(content),
        made_at=revision.made_at,
        made_by=revision.made_by,
    )


def _fields(content: bytes) -> Mapping[str, Value]:
    try:
        fields = json.loads(content)["fields"]
    except (ValueError, KeyError, TypeError) as error:
        raise Altered from error
    if not isinstance(fields, dict):
        raise Altered
    return fields
