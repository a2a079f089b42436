"""What would make the exchange of this node unsafe, told before it starts (Django system checks)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection, connections

from secure_exchange import node_keys
from secure_exchange.manifest import ADDRESS
from secure_exchange.models import NodeKeySet
from secure_exchange.node_keys import FILE, address


TRIGGERS = ("secure_exchange_entry", "secure_exchange_storedreceipt")


@register(Tags.security)
def node_has_an_address(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """E001: without a valid host no envelope names this node."""
    if ADDRESS.fullmatch(address()):
        return []
    hint = "Set CONNECT_NODE_HOST to the name of this node, in small letters, such as ro.example.org."
    return [Error("This node has no valid address.", hint=hint, id="secure_exchange.E001")]


@register(Tags.security)
def peers_are_called_safely(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """E002: other nodes are called over TLS; plain http is for a demonstration on one machine."""
    unsafe = [
        host
        for host, url in settings.CONNECT.PEERS.items()
        if urlsplit(url).scheme != "https"
        and not (
            settings.CONNECT.DEMO and urlsplit(url).scheme == "http" and urlsplit(url).hostname == "127.0.0.1"
        )
    ]
    hint = "Give https addresses in CONNECT_PEERS."
    return [
        Error(f"{host} would be called without TLS.", hint=hint, id="secure_exchange.E002") for host in unsafe
    ]


@register(Tags.security)
def node_keys_are_private(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """E003: the node's signing keys are read by the node alone."""
    path = Path(settings.CONNECT.KEYS) / FILE
    if not path.exists() or path.stat().st_mode & 0o077 == 0:
        return []
    hint = "Take the rights of group and others from the file, and consider whether somebody has read it."
    return [Error("Others can read this node's signing keys.", hint=hint, id="secure_exchange.E003")]


@register(Tags.database)
def append_only_holds(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - Django's signature
    databases: Sequence[str] | None = None,
    **options: Any,  # noqa: ARG001 - the same
) -> list[CheckMessage]:
    """E004: the triggers of the ledger and the receipts are there and on."""
    missing = []
    for alias in databases or ():
        connection = connections[alias]
        if TRIGGERS[0] not in connection.introspection.table_names():
            continue
        present = _tables_with_triggers(alias)
        missing += [table for table in TRIGGERS if table not in present]
    hint = "Find out who removed them, run verify_ledger, and apply the migration anew."
    return [Error(f"{table} can be changed.", hint=hint, id="secure_exchange.E004") for table in missing]


@register(Tags.database)
def node_keys_are_the_published_ones(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - Django's signature
    databases: Sequence[str] | None = None,
    **options: Any,  # noqa: ARG001 - the same
) -> list[CheckMessage]:
    """E005: peers compared these keys; with others in their place nothing that this node signs counts."""
    table = NodeKeySet._meta.db_table  # noqa: SLF001 - Django's public name for it
    if not databases or table not in connection.introspection.table_names() or not node_keys.lost():
        return []
    hint = f"Put {FILE} back from its backup, and CONNECT_NODE_HOST as it was; until then nothing is signed."
    message = "This node's signing keys are not those it published."
    return [Error(message, hint=hint, id="secure_exchange.E005")]


def _tables_with_triggers(alias: str) -> set[str]:
    """Tables that refuse UPDATE and DELETE."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
                "WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
        else:
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        found = set(cursor.fetchall())
    return {
        table
        for table, name in found
        if {(table, f"{table}_no_update"), (table, f"{table}_no_delete")} <= found
    }
