"""The ledger and the receipts stay as they were written: triggers refuse what Python already does."""

from __future__ import annotations

from django.db import migrations

from secure_exchange.models.append_only import AppendOnly
from secure_exchange.models.chain import Chain


class Migration(migrations.Migration):
    dependencies = [("secure_exchange", "0001_initial")]

    operations = [
        AppendOnly("secure_exchange_entry", unique=(("sequence",), ("hash",))),
        Chain(),
        AppendOnly(
            "secure_exchange_storedreceipt", unique=(("id",), ("direction", "kind", "manifest", "by"))
        ),
    ]
