"""What the node keeps beside what was sent and what came."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("secure_exchange", "0002_append_only")]

    operations = [
        migrations.RenameField(model_name="announcement", old_name="announced_at", new_name="active_at"),
        migrations.CreateModel(
            name="NodeKeySet",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
                ("statement", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="node_keys_single")
                ],
            },
        ),
    ]
