"""What a person is in the middle of saying, kept between two pages: in the session, sealed to that person.

A session is a row of the database, which lies on a disk and in its backups; nothing about a case may stand
there in clear, codes included.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from people.actor import NoKey
from people.keys.labelled import Mislabelled, open_text, seal_text
from people.keys.unlock import Unlocked, unlocked
from secure_exchange.age import AgeError


def keep(request: HttpRequest, name: str, said: Mapping[str, Any]) -> None:
    """Keep what was said under a name, instead of what was there; raises NoKey in a locked session."""
    keys = _keys(request)
    sealed = seal_text(json.dumps(dict(said)), label=_label(keys, name), recipients=[keys.identity.recipient])
    request.session[name] = base64.b64encode(sealed).decode()


def kept(request: HttpRequest, name: str) -> dict[str, Any]:
    """Return what was kept; nothing where there is none or it does not open. Raises NoKey."""
    keys = _keys(request)
    try:
        sealed = base64.b64decode(request.session[name], validate=True)
        said = json.loads(open_text(sealed, label=_label(keys, name), identities=[keys.identity]))
    except (KeyError, TypeError, ValueError, AgeError, Mislabelled):
        return {}
    return said if isinstance(said, dict) else {}


def forget(request: HttpRequest, name: str) -> None:
    """Throw away what was kept."""
    request.session.pop(name, None)


def _keys(request: HttpRequest) -> Unlocked:
    keys = unlocked(request)
    if keys is None:
        raise NoKey
    return keys


def _label(keys: Unlocked, name: str) -> str:
    return f"connect draft {keys.user.uuid} {name}"
