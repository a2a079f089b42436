"""Handing a case to another organisation: offer, answer, release, opening, withdrawal. One module an act."""

from __future__ import annotations
