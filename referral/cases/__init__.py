"""What is done to a case as a whole: opening it, who works it, whose responsibility it is."""

from __future__ import annotations
