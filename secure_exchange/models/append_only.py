"""Tables to which rows are only ever added: refused in Python, and by the database for everybody else.

The triggers stop an accident, an injection and a careless console. Whoever owns the database can drop them;
then the hash chain (secure_exchange.ledger.verify) names the row.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


Row = TypeVar("Row", bound=models.Model)


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete what is kept for ever."""


class AppendOnlyQuerySet(models.QuerySet[Row]):
    """Reads and adds; every way of changing rows in bulk is refused."""

    def _refuse(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed or deleted")

    update = delete = bulk_update = update_or_create = _refuse
    aupdate = adelete = abulk_update = aupdate_or_create = _refuse


class AppendOnlyModel(models.Model):
    """A row that is saved once."""

    class Meta:
        """No table of its own."""

        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Add the row; AppendOnlyError when it is already there."""
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed")
        super().save(*args, **options | {"force_insert": True})

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted")


class AppendOnly(Operation):
    """Migration operation: triggers that refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE on a table.

    `unique` names the column sets that are unique in it: SQLite's INSERT OR REPLACE deletes the row that is
    in the way without asking its DELETE trigger, so there an INSERT that would replace is refused too.
    """

    reversible = True

    def __init__(self, table: str, *, unique: tuple[tuple[str, ...], ...] = (("id",),)) -> None:
        """`table` is the name in the database."""
        self.table = table
        self.unique = unique

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a squashed migration writes this operation."""
        return type(self).__name__, [self.table], {"unique": self.unique}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not change."""

    def database_forwards(  # noqa: PLR0917 - Django's signature
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the triggers."""
        make = self._for_postgresql if schema_editor.connection.vendor == "postgresql" else self._for_sqlite
        for statement in make():
            schema_editor.execute(statement, params=None)

    def database_backwards(  # noqa: PLR0917 - Django's signature
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the triggers."""
        postgresql = schema_editor.connection.vendor == "postgresql"
        for act in ("update", "delete", "truncate") if postgresql else ("update", "delete", "replace"):
            on_table = f' ON "{self.table}"' if postgresql else ""
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{self.table}_no_{act}"{on_table}')

    def describe(self) -> str:
        """One line for `migrate`."""
        return f"Refuse changes and deletions in {self.table}"

    def _for_postgresql(self) -> list[str]:
        refuse = (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% on % is refused: rows are only added', TG_OP, TG_TABLE_NAME; END $$"
        )
        made = [
            f'CREATE TRIGGER "{self.table}_no_{act.lower()}" BEFORE {act} ON "{self.table}" '
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT"))
        ]
        return [refuse, *made]

    def _for_sqlite(self) -> list[str]:
        refuse = f"SELECT RAISE(ABORT, 'a change of {self.table} is refused: rows are only added')"
        in_the_way = " OR ".join(
            "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in columns) + ")"
            for columns in self.unique
        )
        present = f'EXISTS (SELECT 1 FROM "{self.table}" WHERE {in_the_way})'  # noqa: S608 - our own names
        made = [
            f'CREATE TRIGGER "{self.table}_no_{act.lower()}" BEFORE {act} ON "{self.table}" '
            f"BEGIN {refuse}; END"
            for act in ("UPDATE", "DELETE")
        ]
        replace = f'CREATE TRIGGER "{self.table}_no_replace" BEFORE INSERT ON "{self.table}" WHEN {present}'
        return [*made, f"{replace} BEGIN {refuse}; END"]
