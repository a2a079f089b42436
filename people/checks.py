"""System checks people.E001...: what would leave people without their keys, or keys without a lock.

E001  the pepper file holds no pepper
E002  the pepper file can be read by others on this machine
E003  the pepper lies among the sealed files, so that a backup of them carries it along
E004  the pepper is not the one people's identities are wrapped with
E005  an organisation has a clearance that its recovery key does not open
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from people.keys.pepper import mark, pepper
from people.models import Clearance, PersonIdentity


@register(Tags.security)
def pepper_is_kept_well(**_: object) -> list[CheckMessage]:
    """E001 to E003: where the pepper lies and who can read it. No pepper yet is no fault."""
    path = Path(settings.CONNECT.PEPPER)
    found: list[CheckMessage] = []
    if path.resolve().is_relative_to(Path(settings.CONNECT.FILES).resolve()):
        found.append(
            Error(
                "The pepper lies in the folder of sealed files.",
                hint="Set CONNECT_PEPPER to a path outside everything that is backed up together.",
                id="people.E003",
            ),
        )
    if not path.exists():
        return found
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        found.append(
            Error("Others can read the pepper file.", hint=f"chmod 600 {path}", id="people.E002"),
        )
    try:
        pepper()
    except ValueError:
        found.append(
            Error(
                "The pepper file does not hold a pepper.",
                hint="Put the copy back that was kept apart; without it nobody's password works.",
                id="people.E001",
            ),
        )
    return found


@register(Tags.database)
def keys_fit_together(*, databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """E004, E005: what is stored belongs to this pepper, and can be recovered. Runs with `--database`."""
    if not databases or "people_clearance" not in connection.introspection.table_names():
        return []  # nobody asked for the database, or it has not been migrated yet
    found: list[CheckMessage] = []
    marks = set(PersonIdentity.objects.values_list("params__pepper", flat=True))
    if marks - {mark(pepper())}:
        found.append(
            Error(
                "The pepper is not the one people's identities are wrapped with.",
                hint="Put the right pepper file back; until then their passwords do not open their keys.",
                id="people.E004",
            ),
        )
    lone = Clearance.objects.filter(recovery__isnull=True).select_related("organisation")
    found.extend(
        Error(
            f"No recovery for {clearance.scope} of {clearance.organisation.address}.",
            hint="Whoever holds this clearance seals it to the organisation's recovery key.",
            id="people.E005",
        )
        for clearance in lone
    )
    return found
