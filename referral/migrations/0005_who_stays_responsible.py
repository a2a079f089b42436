from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_who_referred(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A case that came by a referral is the sender's to answer for, also one that was opened before now."""
    case = apps.get_model("referral", "Case")
    handover = apps.get_model("referral", "Handover")
    came = handover.objects.filter(direction="incoming", kind="referral", case__isnull=False)
    for pk, sender in came.values_list("case", "counterpart").iterator():
        case.objects.filter(pk=pk).update(stays_with=sender)


class Migration(migrations.Migration):
    dependencies = [
        ("referral", "0004_parts_end_with_their_consent"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="stays_with",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.RunPython(name_who_referred, migrations.RunPython.noop),
    ]
