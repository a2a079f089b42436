"""Every answer but a static file: never stored, in the country's time, and every refusal shown in words.

An act that refuses raises; its transaction is rolled back, ledger entry and all. So the refusal is written
to the ledger here, once, after the rollback, and shown as a page with the refusal's own HTTP status.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext

from people.actor import NoKey
from referral.flows import calendar, country
from referral.rules import references
from referral.rules.refusals import BadReference, Denied, TooLarge
from referral.vocabulary import Category
from secure_exchange.errors import Refused
from secure_exchange.ledger import entries


LONGEST_IDENTIFIER = 40
"""Of a UUID or a number; anything longer in an address is nobody's."""


class PrivatePagesMiddleware:
    """Keep every page out of every cache, and turn refusals into pages.

    It stands outside of whatever answers by itself (a missing slash, a strange host, a fault), because where
    somebody wanted to go says something too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the page in the node's own time zone and add the headers that keep it private."""
        with timezone.override(node_zone()):
            response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        response.headers["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Cookie"])
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: object
    ) -> HttpResponse | None:
        """Refuse a form by its announced size, before a gigabyte is sent for nothing.

        Views that ask for their token by themselves take larger things, and refuse them by themselves.
        """
        announced = request.META.get("CONTENT_LENGTH") or "0"
        fits = not announced.isdigit() or int(announced) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if fits or getattr(view, "csrf_exempt", False):
            return None
        if getattr(request, "actor", None) is not None:
            record_refusal(request, TooLarge.code)
        return refusal_page(request, TooLarge())

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal with its sentence; let everything else be the fault it is."""
        if not isinstance(exception, (Refused, Denied, NoKey)):
            return None
        if not getattr(exception, "recorded", False):
            record_refusal(request, getattr(exception, "code", "no-key"))
        return refusal_page(request, exception)


def node_zone() -> ZoneInfo:
    """Return the time zone of this node's country; UTC where no such country is installed."""
    try:
        return ZoneInfo(country.get(settings.CONNECT.NODE_COUNTRY).zone)
    except country.UnknownCountry:
        return ZoneInfo("UTC")


def record_refusal(request: HttpRequest, code: str) -> None:
    """Write one ledger entry: who was refused what, by route name and public reference, never by content."""
    actor = getattr(request, "actor", None)
    match = request.resolver_match
    known = match.kwargs if match else {}
    entries.append(
        act=f"refused:{match.view_name if match else 'unknown'}",
        actor=actor.pseudonym if actor else "",
        object=_about(known),
        category=known["category"] if known.get("category") in set(Category) else "",
        reason=code,
        at=calendar.now(),
    )


def _about(known: dict[str, Any]) -> str:
    """Name what an address is about; a name typed where a reference should be would stay for ever."""
    if "reference" in known:
        try:
            return references.read(known["reference"])
        except BadReference:
            return ""
    identifier = str(known.get("thread") or known.get("uuid") or known.get("pk") or "")
    return identifier if len(identifier) <= LONGEST_IDENTIFIER else ""


def refusal_page(request: HttpRequest, exception: Refused | Denied | NoKey) -> HttpResponse:
    """Render the page of a refusal; what must not be seen is the very page of what does not exist."""
    status = int(getattr(exception, "status", HTTPStatus.FORBIDDEN))
    if status == HTTPStatus.NOT_FOUND:
        return render(request, "404.html", status=status)
    context = {"sentence": gettext(str(exception.sentence)), "code": getattr(exception, "code", "no-key")}
    return render(request, _template(status), context, status=status)


def _template(status: int) -> str:
    """Choose the page of a status that has one; bare pages know no sentence."""
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR}:
        return "refusal.html"
    try:
        get_template(f"{status}.html")
    except TemplateDoesNotExist:
        return "refusal.html"
    return f"{status}.html"
