"""Migration operation: the database itself refuses a ledger entry that does not follow from the head."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


ENTRY = "secure_exchange_entry"
HEAD = "secure_exchange_head"

_POSTGRESQL = f"""
CREATE FUNCTION {ENTRY}_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE "{HEAD}" SET sequence = NEW.sequence, hash = NEW.hash
    WHERE id = 1 AND sequence = NEW.sequence - 1 AND hash = NEW.previous;
  IF NOT FOUND THEN RAISE EXCEPTION 'this entry does not follow from the head of the ledger'; END IF;
  RETURN NEW;
END $$
"""  # noqa: S608 - our own names

_SQLITE = f"""
CREATE TRIGGER "{ENTRY}_follows" BEFORE INSERT ON "{ENTRY}" BEGIN
  SELECT RAISE(ABORT, 'this entry does not follow from the head of the ledger') WHERE NOT EXISTS (
    SELECT 1 FROM "{HEAD}" WHERE id = 1 AND sequence = NEW.sequence - 1 AND hash = NEW.previous);
  UPDATE "{HEAD}" SET sequence = NEW.sequence, hash = NEW.hash WHERE id = 1;
END
"""  # noqa: S608 - our own names


class Chain(Operation):
    """Make the head row, and the trigger by which each entry moves it."""

    reversible = True

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a squashed migration writes this operation."""
        return type(self).__name__, [], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not change."""

    def database_forwards(  # noqa: PLR0917 - Django's signature
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the row and the trigger."""
        to_state.apps.get_model(app_label, "Head").objects.using(schema_editor.connection.alias).create()
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_POSTGRESQL, params=None)
            schema_editor.execute(
                f'CREATE TRIGGER "{ENTRY}_follows" BEFORE INSERT ON "{ENTRY}" '
                f"FOR EACH ROW EXECUTE FUNCTION {ENTRY}_follows()"
            )
        else:
            schema_editor.execute(_SQLITE, params=None)

    def database_backwards(  # noqa: PLR0917 - Django's signature
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the trigger; the row goes with its table."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP TRIGGER "{ENTRY}_follows" ON "{ENTRY}"')
            schema_editor.execute(f"DROP FUNCTION {ENTRY}_follows()")
        else:
            schema_editor.execute(f'DROP TRIGGER "{ENTRY}_follows"')

    def describe(self) -> str:
        """One line for `migrate`."""
        return "Let the database check that each ledger entry follows from the last"
