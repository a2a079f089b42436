"""Whose keys these are and whether they are trusted, and what organisations accept; from the database."""

from __future__ import annotations

from secure_exchange.directory.chains import (
    MAX_AGE,
    Directory,
    chain,
    check_own_keys,
    is_here,
    is_own,
    learn,
    trust,
    trusted,
)
from secure_exchange.directory.profiles import (
    accepting,
    learn_profile,
    profile_of,
    profile_statement,
    profiles_of,
)


__all__ = [
    "MAX_AGE",
    "Directory",
    "accepting",
    "chain",
    "check_own_keys",
    "is_here",
    "is_own",
    "learn",
    "learn_profile",
    "profile_of",
    "profile_statement",
    "profiles_of",
    "trust",
    "trusted",
]
