"""System checks of the node: what would make it unsafe, said before it starts.

E001 debug pages; E002 a demonstration that strangers can reach; E003 plain http to more than this machine;
E004 keys that other accounts of the machine can read; E005 pages that may load or run what is not ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from stat import S_IRWXG, S_IRWXO
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured


LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
UNSAFE_SOURCES = ("'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:")


@register(Tags.security)
def node_is_safe(
    *,
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - the form of a check
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """Collect every reason not to start."""
    found: list[CheckMessage] = []
    local_only = set(settings.ALLOWED_HOSTS) <= LOCAL
    if settings.DEBUG:
        found.append(
            Error("DEBUG shows what people typed to whoever asks.", hint="Switch it off.", id="connect.E001")
        )
    if settings.CONNECT.DEMO and not local_only:
        found.append(
            Error(
                "A demonstration has known passwords and must stay on this machine.",
                hint="Unset CONNECT_DEMO, or leave ALLOWED_HOSTS at its default.",
                id="connect.E002",
            )
        )
    if not settings.CONNECT.SECURE and not local_only:
        found.append(
            Error(
                "Passwords and keys would travel in clear.",
                hint="Set CONNECT_SECURE and put the node behind TLS.",
                id="connect.E003",
            )
        )
    return [*found, *_readable_keys(), *_open_policy()]


def refuse_unsafe() -> None:
    """Do not serve an unsafe node; for a web server, which runs no management command that would check.

    Raises:
        ImproperlyConfigured: with every reason.
    """
    reasons = [str(found) for found in run_checks(tags=[Tags.security]) if found.is_serious()]
    if reasons:
        raise ImproperlyConfigured("This node is not safe to start:\n" + "\n".join(reasons))


def _readable_keys() -> list[CheckMessage]:
    keys = settings.CONNECT.KEYS
    if not keys.exists() or not keys.stat().st_mode & (S_IRWXG | S_IRWXO):
        return []
    message = "The folder of the node's keys is open to other accounts of this machine."
    return [Error(message, hint=f"chmod 700 {keys}", id="connect.E004")]


def _open_policy() -> list[CheckMessage]:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    loose = [
        f"{name} {source}"
        for name, sources in directives.items()
        for source in map(str, sources)
        if source in UNSAFE_SOURCES and (name, source) != ("img-src", "data:")
    ]
    if not loose:
        return []
    message = "The content security policy lets in what is not ours: " + ", ".join(loose)
    return [Error(message, hint="Serve it from this node instead.", id="connect.E005")]
