"""Every word of the vocabulary and every reason has a name that a person reads."""

from __future__ import annotations

from enum import StrEnum
from inspect import getmembers, isclass

import pytest

from referral import labels, vocabulary
from referral.rules.decision import Reason


LISTS = [
    words
    for _, words in getmembers(vocabulary, isclass)
    if issubclass(words, StrEnum) and words is not StrEnum
]


@pytest.mark.parametrize("words", [*LISTS, Reason], ids=lambda words: words.__name__)
def test_every_word_has_a_name_in_its_own_order(words):
    assert set(labels.NAMES[words]) == set(words)
    assert [code for code, _ in labels.choices(words)] == [word.value for word in words]
    for word in words:
        assert str(labels.name(word))
        assert labels.named(words, word.value) == labels.name(word)


def test_a_stored_string_that_is_no_word_has_no_name():
    with pytest.raises(KeyError):
        labels.named(vocabulary.Stage, "elsewhere")
