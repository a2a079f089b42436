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
        migrations.CreateModel(
            name="StrangersRefused",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act", models.CharField(max_length=60)),
                ("actor", models.CharField(max_length=250)),
                ("reason", models.CharField(max_length=200)),
                ("minute", models.DateTimeField()),
                ("count", models.PositiveBigIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("minute", "act", "actor", "reason"), name="strangers_refused_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tidied",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="tidied_single")],
            },
        ),
    ]
