"""Check a handover, or the ledger, from what is stored."""

from __future__ import annotations
