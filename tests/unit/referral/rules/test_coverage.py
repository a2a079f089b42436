"""Consent coverage: exactly what was agreed, from its beginning to just before its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.rules.coverage import ConsentFacts, covers, may_be_recorded
from referral.rules.decision import Reason
from referral.vocabulary import Category


START = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADDRESSES = st.sampled_from(["casa-aperta@it.connect.test", "porto-seguro@pt.connect.test"])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CATEGORIES = st.frozensets(st.sampled_from(Category))
CONSENTS = st.builds(
    ConsentFacts,
    receiver=ADDRESSES,
    categories=CATEGORIES,
    given_at=MOMENTS,
    until=MOMENTS,
    withdrawn_at=st.none() | MOMENTS,
    child=st.booleans(),
    by_guardian=st.booleans(),
)
AGREED = ConsentFacts(
    receiver="casa-aperta@it.connect.test",
    categories=frozenset({Category.IDENTITY, Category.NEEDS}),
    given_at=START,
    until=START + timedelta(days=90),
)


def asked(consent: ConsentFacts | None = AGREED, **other: object) -> Reason:
    question = {
        "receiver": "casa-aperta@it.connect.test",
        "categories": [Category.IDENTITY],
        "at": START,
        **other,
    }
    return covers(consent, **question).reason


@given(CONSENTS, ADDRESSES, CATEGORIES, MOMENTS)
def test_a_consent_covers_exactly_what_it_says(consent, receiver, categories, at):
    should = (
        consent.receiver == receiver
        and bool(categories)
        and categories <= consent.categories
        and consent.given_at <= at < consent.until
        and (consent.withdrawn_at is None or at < consent.withdrawn_at)
        and (consent.by_guardian or not consent.child)
    )
    decision = covers(consent, receiver=receiver, categories=categories, at=at)
    assert decision.allowed is should
    assert (decision.reason is Reason.ALLOWED) is should


@given(CONSENTS, ADDRESSES, CATEGORIES, MOMENTS)
def test_fewer_categories_never_need_more_consent(consent, receiver, categories, at):
    question = {"receiver": receiver, "at": at}
    if covers(consent, categories=categories, **question):
        for category in categories:
            assert covers(consent, categories=[category], **question)


@pytest.mark.parametrize(
    ("consent", "other", "reason"),
    [
        (None, {}, Reason.NO_CONSENT),
        (AGREED, {"receiver": "porto-seguro@pt.connect.test"}, Reason.CONSENT_OTHER_RECEIVER),
        (AGREED, {"categories": [Category.IDENTITY, Category.HEALTH]}, Reason.CONSENT_OTHER_CATEGORY),
        (AGREED, {"categories": []}, Reason.CONSENT_OTHER_CATEGORY),
        (AGREED, {"at": START - timedelta(seconds=1)}, Reason.CONSENT_NOT_YET),
        (AGREED, {"at": START + timedelta(days=90)}, Reason.CONSENT_OVER),
        (replace(AGREED, withdrawn_at=START), {}, Reason.CONSENT_WITHDRAWN),
        (replace(AGREED, child=True), {}, Reason.CONSENT_NEEDS_GUARDIAN),
        (replace(AGREED, child=True, by_guardian=True), {}, Reason.ALLOWED),
    ],
)
def test_each_gap_has_its_own_reason(consent, other, reason):
    assert asked(consent, **other) is reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"receiver": ""}, Reason.CONSENT_NOTHING),
        ({"categories": frozenset()}, Reason.CONSENT_NOTHING),
        ({"until": datetime(2028, 11, 23, 9, tzinfo=UTC)}, Reason.ALLOWED),
        ({"until": datetime(2028, 11, 23, 23, 59, 59, tzinfo=UTC)}, Reason.ALLOWED),
        ({"until": datetime(2028, 11, 24, tzinfo=UTC)}, Reason.CONSENT_TOO_LONG),
        ({"given_at": START + timedelta(seconds=1)}, Reason.CONSENT_NOT_YET),
        ({"until": START}, Reason.CONSENT_OVER),
        ({"child": True}, Reason.CONSENT_NEEDS_GUARDIAN),
    ],
)
def test_a_consent_is_recorded_for_two_years_at_most_and_only_if_it_holds_now(change, reason):
    assert may_be_recorded(replace(AGREED, **change), at=START).reason is reason


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_the_last_day_of_two_years_is_a_day_where_it_was_said(hour):
    here = ZoneInfo("Europe/Bucharest")
    given_at = datetime(2026, 11, 23, hour, 30, tzinfo=here).astimezone(UTC)
    for day, reason in ((23, Reason.ALLOWED), (24, Reason.CONSENT_TOO_LONG)):
        until = datetime(2028, 11, day, 23, 59, 59, tzinfo=here)
        assert may_be_recorded(replace(AGREED, given_at=given_at, until=until), at=given_at).reason is reason


def test_two_years_from_the_29th_of_february_end_on_the_1st_of_march():
    leap = datetime(2028, 2, 29, tzinfo=UTC)
    consent = replace(AGREED, given_at=leap, until=datetime(2030, 3, 1, tzinfo=UTC))
    assert may_be_recorded(consent, at=leap)
