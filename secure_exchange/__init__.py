"""Sealed, signed envelopes between organisations that do not share a server."""

from __future__ import annotations
