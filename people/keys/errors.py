"""Why a person's keys stay closed."""

from __future__ import annotations


class WrongPassword(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """The identity does not open: another password, another pepper, or somebody changed what was stored."""


class NoIdentity(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """This person has never joined an organisation, and so has nothing to unlock."""
