"""Who may do what, what a consent covers, what an offer may say: decided without database, clock or keys."""

from __future__ import annotations
