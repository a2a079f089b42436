"""Template tags that any page may use."""

from __future__ import annotations
