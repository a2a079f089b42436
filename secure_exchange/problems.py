"""What another node is told of a refusal: a problem document (RFC 9457) that says no more than the status.

The cause goes to our ledger. A stranger learns from it neither what is checked nor how far it came.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import JsonResponse

from secure_exchange.errors import Refused, WrongOffset


MEDIA_TYPE = "application/problem+json"


def problem(status: int, **members: int) -> JsonResponse:
    """The document for this status; `members` are what a sender needs to go on."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return JsonResponse(document | members, status=status, content_type=MEDIA_TYPE)


def refusal(refused: Refused) -> JsonResponse:
    """The document for this refusal."""
    if isinstance(refused, WrongOffset):
        return problem(refused.status, offset=refused.offset)
    return problem(refused.status)
