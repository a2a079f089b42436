"""Print the fingerprints of this node and its organisations, to be read to somebody on the telephone."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from secure_exchange import directory, keysets, node_keys
from secure_exchange.models import Peer


class Command(BaseCommand):
    """`manage.py own_fingerprints`; what `manage.py trust_peer` shows at the other side."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Print sixty digits for each, and until when that key set holds."""
        own = Peer.objects.filter(own=True).order_by("address").values_list("address", flat=True)
        for address in (node_keys.address(), *own):
            newest = keysets.read_chain(directory.chain(address))[-1]
            self.stdout.write(f"{address}, until {newest.valid_to:%Y-%m-%d}\n    {newest.digits}\n")
