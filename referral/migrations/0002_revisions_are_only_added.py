"""The database itself refuses to change, delete or replace a revision."""

from __future__ import annotations

from django.db import migrations


POSTGRESQL = [
    """
    CREATE FUNCTION referral_revision_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'revisions are only ever added'; END $$;
    """,
    """
    CREATE TRIGGER referral_revision_no_change BEFORE UPDATE OR DELETE ON referral_revision
    FOR EACH ROW EXECUTE FUNCTION referral_revision_refuse();
    """,
    """
    CREATE TRIGGER referral_revision_no_truncate BEFORE TRUNCATE ON referral_revision
    FOR EACH STATEMENT EXECUTE FUNCTION referral_revision_refuse();
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER referral_revision_no_truncate ON referral_revision",
    "DROP TRIGGER referral_revision_no_change ON referral_revision",
    "DROP FUNCTION referral_revision_refuse()",
]
# INSERT OR REPLACE deletes the old row without firing a delete trigger: hence the third one.
SQLITE = [
    """
    CREATE TRIGGER referral_revision_no_update BEFORE UPDATE ON referral_revision
    BEGIN SELECT RAISE(ABORT, 'revisions are only ever added'); END
    """,
    """
    CREATE TRIGGER referral_revision_no_delete BEFORE DELETE ON referral_revision
    BEGIN SELECT RAISE(ABORT, 'revisions are only ever added'); END
    """,
    """
    CREATE TRIGGER referral_revision_no_replace BEFORE INSERT ON referral_revision
    WHEN EXISTS (
      SELECT 1 FROM referral_revision
      WHERE id = NEW.id OR (case_id = NEW.case_id AND category = NEW.category AND number = NEW.number)
    )
    BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: revisions are only ever added'); END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER referral_revision_no_replace",
    "DROP TRIGGER referral_revision_no_delete",
    "DROP TRIGGER referral_revision_no_update",
]


def refuse_changes(apps, schema_editor):
    """Make the triggers."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def allow_changes(apps, schema_editor):
    """Take the triggers away, as the table is about to be."""
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Triggers for PostgreSQL and SQLite."""

    dependencies = [("referral", "0001_initial")]
    operations = [migrations.RunPython(refuse_changes, allow_changes)]
