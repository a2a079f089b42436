"""Responsibility: exactly one organisation at every moment, and it moves when a transfer is opened."""

from __future__ import annotations

from itertools import product

import pytest

from referral.rules.decision import Reason
from referral.rules.responsibility import may_offer, passes, responsible
from referral.vocabulary import HandoverKind


HERE, SENDER, RECEIVER = "a@ro.connect.test", "b@it.connect.test", "c@pt.connect.test"


def test_only_a_transfer_moves_responsibility():
    assert {kind for kind in HandoverKind if passes(kind)} == {HandoverKind.TRANSFER}


@pytest.mark.parametrize(("stays_with", "passed_to"), list(product(("", SENDER), ("", RECEIVER))))
def test_somebody_is_responsible_at_every_moment(stays_with, passed_to):
    found = responsible(HERE, stays_with=stays_with, passed_to=passed_to)
    assert found == (RECEIVER if passed_to else SENDER if stays_with else HERE)


@pytest.mark.parametrize(("kind", "answers"), list(product(HandoverKind, (HERE, SENDER))))
def test_nobody_transfers_what_another_answers_for_and_everybody_may_refer(kind, answers):
    decision = may_offer(kind, own=HERE, responsible=answers)
    assert decision.allowed is (kind is HandoverKind.REFERRAL or answers == HERE)
    assert decision.reason is (Reason.ALLOWED if decision else Reason.NOT_RESPONSIBLE)
