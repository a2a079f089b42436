"""What a person agreed to: recording it, and taking it back."""

from __future__ import annotations
