"""Responsibility: exactly one organisation at every moment, and it moves when a transfer is opened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from referral.rules.responsibility import Passing, passes, responsible
from referral.vocabulary import HandoverKind, HandoverState


START = datetime(2026, 11, 23, tzinfo=UTC)
DAYS = st.integers(0, 60).map(lambda days: START + timedelta(days=days))
PASSINGS = st.lists(
    st.builds(
        Passing, kind=st.sampled_from(HandoverKind), to=st.sampled_from("bcd"), opened_at=st.none() | DAYS
    )
)


@given(PASSINGS, DAYS)
def test_somebody_is_responsible_at_every_moment(passings, at):
    assert responsible("a", passings, at=at) in {"a", "b", "c", "d"}


@given(
    st.lists(st.builds(Passing, kind=st.just(HandoverKind.REFERRAL), to=st.just("b"), opened_at=DAYS)), DAYS
)
def test_referrals_leave_the_sender_responsible(passings, at):
    assert responsible("a", passings, at=at) == "a"


def test_a_transfer_moves_responsibility_when_it_is_opened_and_not_before():
    transfer = Passing(kind=HandoverKind.TRANSFER, to="b", opened_at=START)
    assert responsible("a", [transfer], at=START - timedelta(microseconds=1)) == "a"
    assert responsible("a", [transfer], at=START) == "b"
    unopened = Passing(kind=HandoverKind.TRANSFER, to="b", opened_at=None)
    assert responsible("a", [unopened], at=START) == "a"


@given(st.sampled_from(HandoverKind), st.sampled_from(HandoverState), st.sampled_from(HandoverState))
def test_only_opening_a_transfer_passes_it_on(kind, before, after):
    moved = passes(kind, before=before, after=after)
    assert moved == (
        kind is HandoverKind.TRANSFER and after is HandoverState.OPENED and before is not HandoverState.OPENED
    )
