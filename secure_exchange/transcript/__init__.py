"""Check a whole handover from what this node stored, offline."""

from __future__ import annotations

from secure_exchange.transcript.reading import Line, Transcript, read, signed_heads


__all__ = ["Line", "Transcript", "read", "signed_heads"]
