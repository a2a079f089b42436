"""What every view of a signed-in person asks first: somebody is there, and the keys are unlocked.

Whoever is not signed in goes to the sign-in page, whoever is locked to the unlock page, and both come back
to where they were. What a person may see is decided elsewhere (the rules and the keys), per object.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from people.actor import Actor
from people.models import User


class SignedIn(HttpRequest):
    """A request whose person is signed in, holds a role today and has unlocked keys."""

    user: User
    actor: Actor


P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


def signed_in(
    view: Callable[Concatenate[SignedIn, P], R],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only a signed-in person with unlocked keys into this view."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "actor", None) is None:
            return _elsewhere(request)
        return view(cast(SignedIn, request), *args, **kwargs)

    return guarded


def _elsewhere(request: HttpRequest) -> HttpResponse:
    """Send whoever has no actor to where one is made, remembering the way back."""
    if isinstance(request.user, AnonymousUser):
        place = settings.LOGIN_URL
    elif getattr(request, "membership", None) is None:
        return render(request, "people/no_membership.html", status=403)
    else:
        place = "unlock"
    address = f"{resolve_url(place)}?{urlencode({'next': way_back(request)})}"
    if request.headers.get("HX-Request"):
        # htmx would put the whole sign-in page into the fragment; this makes the browser go there.
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def way_back(request: HttpRequest) -> str:
    """Return the page to come back to: this one if it can be asked for again, else the one before it."""
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return request.get_full_path()
    return own_path(request, request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))


def own_path(request: HttpRequest, address: str) -> str:
    """Return the path of an address on this node, or of the first page if it leads anywhere else."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
    # Without its host, "http://here//elsewhere/" would be "//elsewhere/": another host for a browser.
    return path if url_has_allowed_host_and_scheme(path, None) else resolve_url(settings.LOGIN_REDIRECT_URL)
