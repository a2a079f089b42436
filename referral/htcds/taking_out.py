"""Taking cases out as a spreadsheet: opened with the person's keys, sealed to a recipient before it leaves.

There is no plain export of a record. Every part that is opened for it is in the ledger, and so is to whose
key the file was sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from people.actor import Actor
from referral.cases.standing import refusals_recorded, who
from referral.htcds import exporting
from referral.htcds.refusals import BadRecipient
from referral.models import Case
from referral.record.fields import FIELDS, Value
from referral.record.reading import open_category
from referral.rules.access import Act, On, may
from referral.rules.refusals import denial
from secure_exchange.age import AgeError, Recipient
from secure_exchange.ledger import entries


CATEGORIES = tuple(dict.fromkeys(field.category for field in FIELDS if field.htcds))
"""The categories that have a field of the standard; health, law, residence and documents have none."""


def export_cases(*, cases: Iterable[Case], recipient: str, by: Actor, at: datetime) -> bytes:
    """Give the cases' HTCDS fields as a spreadsheet in an age file that only this recipient's identity opens.

    Raises:
        BadRecipient: the text is not the public half of a post-quantum age key.
        NotInYourRole, NotThere, NoKey, Altered: as `record.reading.open_category`; then nothing is exported.
    """
    sealed_to = _recipient(recipient)
    cases = list(cases)
    with refusals_recorded(act="case-exported", by=by, about=by.organisation.address, at=at):
        decision = may(who(by, at=at), Act.IMPORT_CASES, On())
        if not decision:
            raise denial(decision)
    records = [_record(case, by=by, at=at) for case in cases]
    for case in cases:
        entries.append(
            act="case-exported",
            actor=by.pseudonym,
            object=case.reference,
            reason=sealed_to.fingerprint,
            at=at,
        )
    return exporting.sealed(records, sealed_to)


def _recipient(text: str) -> Recipient:
    try:
        return Recipient.parse("".join(text.split()))
    except AgeError as fault:
        raise BadRecipient from fault


def _record(case: Case, *, by: Actor, at: datetime) -> dict[str, Value]:
    record: dict[str, Value] = {}
    for category in CATEGORIES:
        record |= open_category(case=case, category=category, by=by, at=at).fields
    return record
