"""The database itself refuses to change, delete or replace a revision."""

from __future__ import annotations

from django.db import migrations

from secure_exchange.models.append_only import AppendOnly


class Migration(migrations.Migration):
    """Triggers for PostgreSQL and SQLite."""

    dependencies = [("referral", "0001_initial")]
    operations = [AppendOnly("referral_revision", unique=(("id",), ("case_id", "category", "number")))]
