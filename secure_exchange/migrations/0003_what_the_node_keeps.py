"""What the node keeps beside what was sent and what came."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("secure_exchange", "0002_append_only")]

    operations = [
        migrations.RenameField(model_name="announcement", old_name="announced_at", new_name="active_at"),
    ]
