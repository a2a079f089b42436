"""A password of real strength, asked for in plain words."""

from __future__ import annotations

from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class ManyCharactersValidator:
    """Refuse long passwords that are one short thing: aaaa…, abcabc…, 1234567890…."""

    def __init__(self, distinct: int = 8) -> None:
        """`distinct` is how many different characters there must be."""
        self.distinct = distinct

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError, with a sentence that says what to do, if the password is one short thing."""
        text = password.casefold()
        if len(set(text)) < self.distinct or _repeats(text) or _counts(text):
            raise ValidationError(
                _(
                    "This password repeats itself and is quickly guessed. "
                    "Take four or five words that do not belong together.",
                ),
                code="password_repeats",
            )

    def get_help_text(self) -> str:
        """Return what a person reads beside the field."""
        return _("Four or five words that do not belong together make a good password, easy to remember.")


def _repeats(text: str) -> bool:
    """Say whether the text is one shorter text over and over (it then occurs inside itself doubled)."""
    return 0 < (text + text).find(text, 1) < len(text)


def _counts(text: str) -> bool:
    """Say whether nearly every character is the neighbour of the one before it, up or down."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    return len(steps) > 0 and sum(abs(step) <= 1 for step in steps) >= 0.8 * len(steps)
