"""Whether this node answers: for the demo's start and for a load balancer. It says nothing else."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    connection.ensure_connection()
    return HttpResponse("ok\n", content_type="text/plain")
