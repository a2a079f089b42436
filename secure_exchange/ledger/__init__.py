"""The list of what was done: each entry's hash covers the one before it."""

from __future__ import annotations
