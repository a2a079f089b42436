"""System checks of the node: what would make it unsafe, said before it starts.

E001 debug pages; E002 a demonstration that strangers can reach; E003 plain http to more than this machine;
E004 keys or data that other accounts of the machine can reach; E005 pages that may load or run what is not
ours; E006 a name that belongs to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from stat import S_IRWXG, S_IRWXO
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS


LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
RESERVED = ".test"
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
    return [*found, *_open_to_others(), *_open_policy()]


@register(Tags.security, deploy=True)
def node_has_its_own_name(
    *,
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - the form of a check
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """E006: names under .test are for demonstrations (RFC 6761), and addresses are not changed later."""
    if settings.CONNECT.DEMO or not settings.CONNECT.NODE_HOST.endswith(RESERVED):
        return []
    message = f"The name {settings.CONNECT.NODE_HOST} can be no node's in service."
    return [Error(message, hint="Set CONNECT_NODE_HOST to the node's own name.", id="connect.E006")]


def refuse_unsafe() -> None:
    """Do not serve an unsafe node; for a web server, which runs no management command that would check.

    Raises:
        ImproperlyConfigured: with every reason.
    """
    found = run_checks(
        tags=[Tags.security, Tags.database], include_deployment_checks=True, databases=[DEFAULT_DB_ALIAS]
    )
    reasons = [str(message) for message in found if message.is_serious()]
    if reasons:
        raise ImproperlyConfigured("This node is not safe to start:\n" + "\n".join(reasons))


def refuse_deaf() -> None:
    """Do not serve pages apart from the worker with a broker in memory: nobody would hear their bells.

    Raises:
        ImproperlyConfigured: the broker lives in the memory of each process.
    """
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        raise ImproperlyConfigured(
            "Nothing would ever be delivered: BROKER_URL names a broker in the memory of this process. "
            "Set it to amqp:// or redis://, or run `manage.py node`: pages, worker and scheduler in one."
        )


def _open_to_others() -> list[CheckMessage]:
    node = settings.CONNECT
    found: list[CheckMessage] = [
        Error(
            f"The folder of {what} is open to other accounts of this machine.",
            hint=f"chmod 700 {folder}",
            id="connect.E004",
        )
        for what, folder in (
            ("the node's keys", node.KEYS),
            ("the node's data", node.DATA),
            ("sealed files", node.FILES),
        )
        if _is_open(folder)
    ]
    database = settings.DATABASES[DEFAULT_DB_ALIAS]
    if database["ENGINE"].endswith("sqlite3") and _is_open(file := Path(database["NAME"])):
        message = "The database is open to other accounts of this machine."
        found.append(Error(message, hint=f"chmod 600 {file}", id="connect.E004"))
    return found


def _is_open(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & (S_IRWXG | S_IRWXO))


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
