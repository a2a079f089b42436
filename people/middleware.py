"""Who is here on every request: the person's language, the idle lock, and `request.actor`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.timezone import now  # noqa: TID251 - the edge: here the clock is read

from people.actor import Actor
from people.keys.unlock import SESSION_KEY, carry_key, lock, unlocked
from people.models import Membership, User


LAST_SEEN = "last-seen"
_SEEN_AGAIN = timedelta(minutes=1)


class Present(HttpRequest):
    """What this middleware adds to a request."""

    membership: Membership | None
    actor: Actor | None


class ActorMiddleware:
    """Give every request its actor, lock a session that lay idle, and carry the key cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Find out who is here; afterwards give or take the browser's half of the key."""
        present = cast(Present, request)
        present.membership = present.actor = None
        if request.user.is_authenticated:
            self._arrive(present, now())
        response = self.get_response(request)
        carry_key(request, response)
        return response

    def _arrive(self, request: Present, at: datetime) -> None:
        user = cast(User, request.user)
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()
        lock_if_idle(request, at)
        request.membership = user.membership(at.date())
        keys = unlocked(request)
        if request.membership and keys:
            request.membership.user = user
            request.actor = Actor(membership=request.membership, keys=keys)


def lock_if_idle(request: HttpRequest, at: datetime) -> None:
    """Lock the session if nobody asked for anything for LOCK_AFTER_MINUTES; else note that somebody did.

    Noted once a minute, so that not every page writes to the database. A fragment that a page fetches is
    fetched by the page, every few seconds, and not by somebody. Whoever unlocks begins a new count.
    """
    if SESSION_KEY not in request.session:
        request.session.pop(LAST_SEEN, None)
        return
    seen = datetime.fromisoformat(request.session.get(LAST_SEEN, at.isoformat()))
    if at - seen > timedelta(minutes=settings.CONNECT.LOCK_AFTER_MINUTES):
        lock(request)
    elif LAST_SEEN not in request.session or (at - seen > _SEEN_AGAIN and not _by_itself(request)):
        request.session[LAST_SEEN] = at.isoformat()


def _by_itself(request: HttpRequest) -> bool:
    return request.method == "GET" and request.headers.get("HX-Request") == "true"
