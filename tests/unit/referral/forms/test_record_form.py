"""What a caseworker types into a part of the record is kept, or answered with a sentence; never dropped."""

from __future__ import annotations

import pytest

from referral.forms.record import RecordForm
from referral.vocabulary import Category


NAME, WHY = "prs_FirstName", "instead-prs_FirstName"


def form(values: dict[str, str], **typed: str) -> RecordForm:
    return RecordForm(Category.IDENTITY, values, {"based_on": "1", **typed}, based_on=1)


def test_an_answer_given_later_replaces_ask_later():
    told = form({NAME: "said:ask_later"}, **{NAME: "Zora", WHY: "said:ask_later"})
    assert told.is_valid(), told.errors
    assert told.values()[NAME] == "Zora"


def test_why_there_is_no_answer_replaces_an_answer_that_was_there():
    told = form({NAME: "Zora"}, **{NAME: "Zora", WHY: "said:not_said"})
    assert told.is_valid(), told.errors
    assert told.values()[NAME] == "said:not_said"


@pytest.mark.parametrize("before", [{}, {NAME: "Zora"}])
def test_an_answer_and_why_there_is_none_at_once_are_asked_about(before):
    told = form(before, **{NAME: "Zorina", WHY: "said:not_said"})
    assert not told.is_valid()
    assert list(told.errors) == [NAME]
