"""The identity for the length of a session, and what it opens.

At sign-in the password opens the person's identity. It lies in the session encrypted under a random key, and
that key is only in the person's cookie: a stolen session table opens nothing without the cookie, a stolen
cookie nothing without the session row. Locking removes both.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from people.keys import clearances, organisation_keys
from people.keys.identities import open_with
from people.models import Organisation, User
from secure_exchange.age import Identity
from secure_exchange.signing import SigningKeys


SESSION_KEY = "locked-identity"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class Unlocked:
    """A person's open identity; every clearance is opened once a request and forgotten with it."""

    def __init__(self, user: User, identity: Identity) -> None:
        """`identity` is the person's own, open."""
        self.user = user
        self.identity = identity
        self._open: dict[tuple[int, str], Identity] = {}

    def __repr__(self) -> str:
        """Say whose keys these are and nothing of them."""
        return f"<Unlocked {self.user.uuid}>"

    def clearance(self, organisation: Organisation, scope: str) -> Identity:
        """Open the organisation's clearance for a scope of `people.roles.SCOPES`; raises NoKey."""
        at = (organisation.pk, scope)
        if at not in self._open:
            self._open[at] = clearances.open_clearance(
                user=self.user,
                identity=self.identity,
                organisation=organisation,
                scope=scope,
            )
        return self._open[at]

    def published(self, organisation: Organisation, fingerprint: str, scope: str) -> list[Identity]:
        """Open what a published key set holds for a category or "default"; raises NoKey."""
        clearance = self.clearance(organisation, organisation_keys.guarding_scope(scope))
        return organisation_keys.open_published(
            organisation=organisation,
            fingerprint=fingerprint,
            scope=scope,
            clearance=clearance,
        )

    def signing(self, organisation: Organisation) -> SigningKeys:
        """Open the organisation's current signing keys; raises NoKey."""
        clearance = self.clearance(organisation, organisation_keys.SIGNING_SCOPE)
        return organisation_keys.open_signing(organisation=organisation, clearance=clearance)


class _Keyed(HttpRequest):
    """A request on its way through this module."""

    keys: Unlocked | None
    key_cookie: str


def unlock(request: HttpRequest, password: str) -> Unlocked:
    """Open the signed-in person's identity for this session.

    Raises:
        WrongPassword: it does not open; the session stays as it was.
        NoIdentity: this person has none.
    """
    user = cast(User, request.user)
    identity = open_with(user=user, password=password)
    key, nonce = secrets.token_bytes(_KEY_BYTES), secrets.token_bytes(_NONCE_BYTES)
    locked = nonce + ChaCha20Poly1305(key).encrypt(nonce, identity.seed, _bound_to(user))
    request.session[SESSION_KEY] = base64.b64encode(locked).decode()
    keyed = cast(_Keyed, request)
    keyed.key_cookie = base64.urlsafe_b64encode(key).decode()
    keyed.keys = Unlocked(user, identity)
    return keyed.keys


def lock(request: HttpRequest) -> None:
    """Close the keys: neither the session row nor the cookie keeps its half."""
    request.session.pop(SESSION_KEY, None)
    keyed = cast(_Keyed, request)
    keyed.key_cookie = ""
    keyed.keys = None


def unlocked(request: HttpRequest) -> Unlocked | None:
    """Return the open keys of this session, or nothing if it is locked or either half is missing."""
    if not request.user.is_authenticated:
        return None
    keyed = cast(_Keyed, request)
    if not hasattr(keyed, "keys"):
        keyed.keys = _from_session(request)
    return keyed.keys


def carry_key(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the person's browser its half after unlocking, and take it back after locking."""
    key = getattr(request, "key_cookie", None)
    if key is None and settings.KEY_COOKIE_NAME in request.COOKIES and SESSION_KEY not in request.session:
        key = ""  # signed out, or the session ran out: the browser's half is of no use to anybody
    if key is None:
        return
    if key:
        response.set_cookie(
            settings.KEY_COOKIE_NAME,
            key,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(settings.KEY_COOKIE_NAME, samesite="Lax")


def _from_session(request: HttpRequest) -> Unlocked | None:
    user = cast(User, request.user)
    try:
        locked = base64.b64decode(request.session[SESSION_KEY], validate=True)
        key = base64.urlsafe_b64decode(request.COOKIES[settings.KEY_COOKIE_NAME])
        seed = ChaCha20Poly1305(key).decrypt(locked[:_NONCE_BYTES], locked[_NONCE_BYTES:], _bound_to(user))
    except (KeyError, ValueError, binascii.Error, InvalidTag):
        return None
    return Unlocked(user, Identity.from_seed(seed))


def _bound_to(user: User) -> bytes:
    return b"connect session " + user.uuid.bytes
