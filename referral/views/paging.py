"""Where in a list a page begins, as its address says."""

from __future__ import annotations

from django.http import HttpRequest


def start_of(request: HttpRequest) -> int:
    """The row to begin with; a strange address begins at the first."""
    start = request.GET.get("start", "")
    return int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0
