"""Recording what a person agreed to share: one receiver, chosen categories, a purpose, an end."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from people.actor import Actor
from referral.cases.standing import refusals_recorded, require
from referral.models import Case, Consent
from referral.rules.access import Act
from referral.rules.coverage import may_be_recorded
from referral.rules.refusals import ConsentRefused
from referral.vocabulary import LANGUAGE_CODES, Category, ConsentManner, Purpose
from secure_exchange.ledger import entries


_ADDRESS = re.compile(r"[a-z0-9.-]{1,63}@[a-z0-9.-]{1,130}")


def give_consent(  # noqa: PLR0913 - what was agreed, each part on its own
    *,
    case: Case,
    receiver: str,
    categories: Collection[Category],
    purpose: Purpose,
    language: str,
    manner: ConsentManner,
    given_at: datetime,
    until: datetime,
    by_guardian: bool = False,
    by: Actor,
    at: datetime,
) -> Consent:
    """Record an agreement; nothing is assumed that was not said, and nothing can be added to it later.

    `receiver` is an organisation's address, `language` the code of the language it was explained in.

    Raises:
        ConsentRefused: no receiver or category, in the future, over, for more than two years, in no language,
            or a child's without the guardian.
        NotInYourRole, NotThere, IllegalStep: as `standing.require`.
    """
    with refusals_recorded(act="consent-given", by=by, about=case.reference, at=at), transaction.atomic():
        require(Act.GIVE_CONSENT, case=case, by=by, at=at)
        if not _ADDRESS.fullmatch(receiver) or language not in LANGUAGE_CODES:
            raise ConsentRefused
        consent = Consent(
            case=case,
            receiver=receiver,
            categories=sorted({Category(category).value for category in categories}),
            purpose=Purpose(purpose).value,
            language=language,
            manner=ConsentManner(manner).value,
            by_guardian=by_guardian,
            given_at=given_at,
            recorded_at=at,
            recorded_by=by.membership,
            until=until,
        )
        decision = may_be_recorded(consent.facts(), at=at)
        if not decision:
            raise ConsentRefused(decision.reason)
        consent.save(force_insert=True)
        entries.append(
            act="consent-given", actor=by.pseudonym, object=case.reference, reason=str(consent.uuid), at=at
        )
    return consent
