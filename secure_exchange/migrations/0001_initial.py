"""The tables of the exchange."""

from __future__ import annotations


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("place", models.UUIDField(primary_key=True, serialize=False)),
                ("sender", models.CharField(max_length=250)),
                ("envelope", models.UUIDField()),
                ("digest", models.CharField(max_length=64)),
                ("statement", models.BinaryField()),
                ("body", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("announced_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sender", "envelope"), name="announced_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("act", models.CharField(max_length=60)),
                ("actor", models.CharField(max_length=250)),
                ("object", models.CharField(max_length=250)),
                ("category", models.CharField(blank=True, max_length=40)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["object", "sequence"], name="entry_object"),
                    models.Index(fields=["actor", "sequence"], name="entry_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField(default=0)),
                (
                    "hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="head_single")],
            },
        ),
        migrations.CreateModel(
            name="Incoming",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("envelope", models.UUIDField()),
                ("thread", models.UUIDField(db_index=True)),
                ("kind", models.CharField(max_length=12)),
                ("part", models.CharField(blank=True, max_length=40)),
                ("sender", models.CharField(max_length=250)),
                ("receiver", models.CharField(max_length=250)),
                ("digest", models.CharField(max_length=64)),
                ("statement", models.BinaryField()),
                ("body", models.CharField(blank=True, max_length=64)),
                ("size", models.BigIntegerField(default=0)),
                ("created", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("opened", "Opened"),
                            ("failed", "Failed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("place", models.UUIDField(db_index=True)),
                ("media_type", models.CharField(max_length=170)),
                ("sha256", models.CharField(max_length=64)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("ledger", models.CharField(blank=True, max_length=64)),
                ("received_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("handled_at__isnull", True)),
                        fields=["received_at"],
                        name="incoming_unhandled",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("sender", "envelope", "receiver"), name="incoming_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("state", "received")),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("state__in", ["opened", "failed", "withdrawn"]),
                            ),
                            _connector="OR",
                        ),
                        name="incoming_state_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("envelope", models.UUIDField()),
                ("thread", models.UUIDField(db_index=True)),
                ("kind", models.CharField(max_length=12)),
                ("part", models.CharField(blank=True, max_length=40)),
                ("sender", models.CharField(max_length=250)),
                ("receiver", models.CharField(max_length=250)),
                ("digest", models.CharField(max_length=64)),
                ("statement", models.BinaryField()),
                ("body", models.CharField(blank=True, max_length=64)),
                ("size", models.BigIntegerField(default=0)),
                ("created", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("pending", "Pending"),
                            ("delivered", "Delivered"),
                            ("expired", "Expired"),
                            ("dead", "Dead"),
                            ("destroyed", "Destroyed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("queued_at", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("refusals", models.PositiveIntegerField(default=0)),
                ("last_fault", models.CharField(blank=True, max_length=60)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_owner", models.CharField(blank=True, max_length=32)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["next_at"], name="outgoing_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "receipt"), _negated=True),
                        fields=("envelope", "receiver"),
                        name="outgoing_envelope_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "receipt")),
                        fields=("digest", "receiver"),
                        name="outgoing_receipt_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["held", "pending", "delivered", "expired", "dead", "destroyed"])
                        ),
                        name="outgoing_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state__in", ["held", "pending"])),
                            models.Q(
                                models.Q(("state__in", ["held", "pending"]), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="outgoing_ended_when_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "receipt"), _negated=True),
                            models.Q(("state__in", ["held", "destroyed"]), _negated=True),
                            _connector="OR",
                        ),
                        name="outgoing_receipt_never_held",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", ""), ("kind", "receipt")),
                            models.Q(
                                models.Q(("kind", "receipt"), _negated=True),
                                models.Q(
                                    ("state__in", ["destroyed", "expired"]),
                                    models.Q(("body", ""), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="outgoing_body_while_needed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_owner", ""), ("lease_until__isnull", True)),
                            models.Q(
                                ("lease_until__isnull", False),
                                ("state", "pending"),
                                models.Q(("lease_owner", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="outgoing_lease_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Peer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=250, unique=True)),
                ("own", models.BooleanField(default=False)),
                ("learnt_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField()),
                ("trusted_fingerprint", models.CharField(blank=True, max_length=64)),
                ("trusted_by", models.CharField(blank=True, max_length=250)),
                ("trusted_at", models.DateTimeField(blank=True, null=True)),
                ("alarm_fingerprint", models.CharField(blank=True, max_length=64)),
                ("alarm_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("trusted_at__isnull", True), ("trusted_by", ""), ("trusted_fingerprint", "")
                            ),
                            models.Q(
                                ("trusted_at__isnull", False),
                                models.Q(("trusted_fingerprint", ""), _negated=True),
                                models.Q(("trusted_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="peer_trust_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("alarm_at__isnull", True), ("alarm_fingerprint", "")),
                            models.Q(
                                ("alarm_at__isnull", False),
                                models.Q(("alarm_fingerprint", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="peer_alarm_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("statement", models.BinaryField()),
                ("learnt_at", models.DateTimeField()),
                (
                    "peer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profile",
                        to="secure_exchange.peer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StoredReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "direction",
                    models.CharField(choices=[("issued", "Issued"), ("received", "Received")], max_length=8),
                ),
                ("kind", models.CharField(max_length=12)),
                ("envelope", models.UUIDField()),
                ("thread", models.UUIDField(db_index=True)),
                ("manifest", models.CharField(max_length=64)),
                ("by", models.CharField(max_length=250)),
                ("at", models.DateTimeField()),
                ("stored_at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                ("statement", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("direction", "kind", "manifest", "by"), name="receipt_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedKeySet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("position", models.PositiveIntegerField()),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField()),
                ("statement", models.BinaryField()),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="key_sets",
                        to="secure_exchange.peer",
                    ),
                ),
            ],
            options={
                "ordering": ["peer", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("peer", "fingerprint"), name="key_set_once"),
                    models.UniqueConstraint(fields=("peer", "position"), name="key_set_place"),
                ],
            },
        ),
    ]
