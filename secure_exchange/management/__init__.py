"""Commands for the operator of a node."""

from __future__ import annotations
