"""Get to know an organisation of another node: fetch its keys, compare sixty digits by telephone, confirm."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now  # noqa: TID251 - a command is an edge: here the clock is read

from secure_exchange import carriers, directory, node_keys
from secure_exchange.errors import Refused
from secure_exchange.keysets import PublishedKeys
from secure_exchange.manifest import ADDRESS
from secure_exchange.models import Peer


COMPARED = "yes, compared"
BY = "console"
FAULTS = {
    "not-on-the-list": "{host} is not among the nodes that may be called. Add it to CONNECT_PEERS first, as "
    "{host}=https://…",
    "not-safe-to-call": "CONNECT_PEERS names {host} without https. Other nodes are called over https only.",
    "status-404": "The node {host} does not know {address}.",
}
UNANSWERED = "The node {host} did not answer as it should ({code}). Nothing was changed."


class Command(BaseCommand):
    """`manage.py trust_peer ngo@it.example`; its node comes first, because the node signs what arrived."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Which organisation."""
        parser.add_argument("address", help="the organisation's address, such as ngo@it.example")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch, show, ask; nothing is trusted without the answer."""
        address = options["address"].strip().lower()
        if not ADDRESS.fullmatch(address):
            raise CommandError("An address looks like ngo@it.example.")
        if directory.is_here(address):
            raise CommandError("Organisations of this node know each other already.")
        host = node_keys.host_of(address)
        for each in dict.fromkeys((node_keys.address_of(host), address)):
            self._trust(each, host)

    def _trust(self, address: str, host: str) -> None:
        keys = _introduced(address, host)
        peer = Peer.objects.get(address=address)
        if peer.trusted:
            self.stdout.write(f"{address} was confirmed on {peer.trusted_at:%Y-%m-%d}, and its keys follow.")
            return
        self.stdout.write(f"\n{address} says that its fingerprint is\n\n    {keys.digits}\n\n")
        self.stdout.write(
            "Call somebody there, on a number that you did not get together with the address, and let them\n"
            "read theirs to you (manage.py own_fingerprints). All sixty digits must be the same."
        )
        if input(f"Type '{COMPARED}' if they are: ").strip().lower() != COMPARED:
            raise CommandError(f"{address} is not trusted. Nothing is sealed to it or accepted from it.")
        directory.trust(address, keys.fingerprint, by=f"{node_keys.address()}/{BY}", at=now())
        self.stdout.write(self.style.SUCCESS(f"{address} is trusted from now on."))


def _introduced(address: str, host: str) -> PublishedKeys:
    """The newest key set of an address, fetched now; CommandError says why not."""
    try:
        return carriers.introduce(address, at=now())
    except carriers.CarrierFault as fault:
        said = FAULTS.get(fault.code, UNANSWERED)
        raise CommandError(said.format(host=host, address=address, code=fault.code)) from fault
    except Refused as refused:
        raise CommandError(f"{refused.sentence} ({refused.code})") from refused
