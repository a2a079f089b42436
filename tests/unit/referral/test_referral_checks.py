"""System checks of the words that two packages share."""

from __future__ import annotations

from referral import checks
from referral.rules.access import ROLES_OF_ACT, Act


def test_the_words_agree():
    assert checks.words_agree() == []


def test_a_category_without_a_level_is_an_error(monkeypatch):
    monkeypatch.setattr(checks, "CATEGORIES", (*checks.CATEGORIES, "biometrics"))
    assert [fault.id for fault in checks.words_agree()] == ["referral.E001"]


def test_an_act_without_roles_is_an_error(monkeypatch):
    less = {act: roles for act, roles in ROLES_OF_ACT.items() if act is not Act.ASSIGN}
    monkeypatch.setattr(checks, "ROLES_OF_ACT", less)
    assert [fault.id for fault in checks.words_agree()] == ["referral.E002"]
