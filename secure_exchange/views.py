"""Where other nodes call: envelopes in three steps, receipts, published keys and profiles.

No session, no cookie and no form: nothing here acts for a signed-in person, so there is nothing for a forged
request to borrow. Only what the envelope's own signature says decides. A body goes from the socket to the
disk in pieces.
"""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.timezone import now  # noqa: TID251 - the edge, where the clock is read
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from secure_exchange import directory, inbox, listening, signing
from secure_exchange.dsse import MAX_STATEMENT_BYTES
from secure_exchange.errors import NotHere, Refused
from secure_exchange.problems import problem, refusal


BODY = "application/octet-stream"
RETRY_AFTER_SECONDS = 5
_NUMBER = re.compile(r"[0-9]{1,15}")

View = Callable[..., HttpResponse]


def _for_machines(method: str) -> Callable[[View], View]:
    """Answer refusals as problem documents; take this method only, and so many at once as there are seats."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @never_cache
        @require_http_methods([method])
        @functools.wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            with listening.seat() as free:
                answered = _answer(view, request, *args, **kwargs) if free else _later()
            if answered.status_code >= 400 and request.method != "GET":
                listening.hang_up(request)
            return answered

        return answer

    return wrap


def _answer(view: View, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except Refused as refused:
        return refusal(refused)
    except UnreadablePostError:
        return problem(400)
    except listening.TooSlow:
        return problem(408)


def _later() -> HttpResponse:
    answer = problem(503)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _length(request: HttpRequest) -> int | None:
    """The announced length of the request's body; None if there is none."""
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if _NUMBER.fullmatch(text) else None


def _unfit(request: HttpRequest, media_type: str, limit: int) -> HttpResponse | None:
    """Why the body of this request is not even read."""
    if request.META.get("CONTENT_TYPE", "") != media_type:
        return problem(415)
    length = _length(request)
    if length is None:
        return problem(411)
    return problem(413) if length > limit else None


def _statement(request: HttpRequest) -> bytes:
    """The whole of a request's small body; one that was cut is no statement of anybody, and not recorded."""
    length = _length(request) or 0
    with listening.within(request, length):
        said = request.read(length)
    if len(said) != length:
        raise UnreadablePostError
    return said


def _receipt(statement: bytes) -> HttpResponse:
    return HttpResponse(statement, content_type=signing.RECEIPT)


@_for_machines("POST")
def announce(request: HttpRequest) -> HttpResponse:
    """A signed manifest: 201 with the place for its body, or 200 with the receipt of what is here already."""
    unfit = _unfit(request, signing.ENVELOPE, MAX_STATEMENT_BYTES)
    if unfit is not None:
        return unfit
    announced = inbox.announce(_statement(request), at=now())
    if announced.receipt is not None:
        return _receipt(announced.receipt)
    return JsonResponse({"place": str(announced.place), "offset": announced.offset}, status=201)


@_for_machines("PUT")
def body(request: HttpRequest, place: uuid.UUID) -> HttpResponse:
    """The next piece of a body, from `?offset=`; 409 says where to go on."""
    unfit = _unfit(request, BODY, settings.CONNECT.MAX_ENVELOPE_BYTES)
    if unfit is not None:
        return unfit
    offset = request.GET.get("offset", "")
    if not _NUMBER.fullmatch(offset):
        return problem(422)
    length = _length(request) or 0
    with listening.within(request, length):
        there = inbox.append(place, int(offset), request, length, at=now())
    return JsonResponse({"offset": there})


@_for_machines("POST")
def commit(request: HttpRequest, place: uuid.UUID) -> HttpResponse:  # noqa: ARG001
    """The body is whole: 200 with the delivered receipt."""
    return _receipt(inbox.commit(place, at=now()))


@_for_machines("POST")
def receipt(request: HttpRequest) -> HttpResponse:
    """A receipt on its way back; 200 with the same bytes once it is kept."""
    unfit = _unfit(request, signing.RECEIPT, MAX_STATEMENT_BYTES)
    if unfit is not None:
        return unfit
    return _receipt(bytes(inbox.receive_receipt(_statement(request), at=now()).statement))


@_for_machines("GET")
def keys(request: HttpRequest, organisation: str) -> HttpResponse:  # noqa: ARG001
    """The chain of signed key sets of one of our organisations, or of the node itself, oldest first."""
    address = f"{organisation}@{settings.CONNECT.NODE_HOST}"
    statements = directory.chain(address)
    if not statements:
        raise NotHere("organisation")
    return JsonResponse({"address": address, "statements": [one.decode("ascii") for one in statements]})


@_for_machines("GET")
def profile(request: HttpRequest, organisation: str) -> HttpResponse:  # noqa: ARG001
    """What one of our organisations accepts, signed."""
    statement = directory.profile_statement(f"{organisation}@{settings.CONNECT.NODE_HOST}")
    if statement is None:
        raise NotHere("organisation")
    return HttpResponse(statement, content_type=signing.PROFILE)
