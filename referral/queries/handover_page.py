"""The transcript of one thread: every envelope and receipt on our side, checked on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.actor import Actor
from referral import labels
from referral.handover.permission import check_may_work
from referral.models import Handover
from referral.queries.handovers import head
from referral.queries.names import organisation_name
from referral.rules.refusals import NotThere
from referral.vocabulary import Category, MessageKind, Side
from secure_exchange import directory, dsse, receipts, transcript
from secure_exchange.errors import Refused
from secure_exchange.ledger import entries
from secure_exchange.manifest import Manifest
from secure_exchange.models import Incoming, Outgoing, StoredReceipt
from secure_exchange.transcript import Transcript


RECEIPTS: Final[Mapping[str, Promise]] = {
    receipts.DELIVERED: gettext_lazy("Delivered"),
    receipts.OPENED: gettext_lazy("Opened by a person"),
    receipts.FAILED: gettext_lazy("Could not be opened"),
    receipts.DESTROYED: gettext_lazy("Destroyed unsent"),
}


def find_handover(thread: UUID, *, by: Actor, at: datetime) -> Handover:
    """Our row of a thread; raises `NotThere` where it is not ours to know of."""
    rows = Handover.objects.select_related("organisation", "case", "consent")
    handover = rows.filter(thread=thread, organisation=by.organisation).first()
    if handover is None:
        raise NotThere
    check_may_work(handover, by=by, at=at)
    return handover


def transcript_page(handover: Handover, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The context of the page."""
    read = transcript.read(handover.thread, whole_ledger=False)
    rows = _rows(handover)
    stored = list(StoredReceipt.objects.filter(thread=handover.thread).order_by("stored_at", "pk"))
    return {
        "thread": handover.thread,
        "handover": head(handover, by=by, at=at),
        "verdict": _verdict(read, at=at),
        "parties": _parties(rows),
        "envelopes": [_envelope(row, stored, read) for row in rows],
        "ledger": entries.head(),
    }


def _rows(handover: Handover) -> list[Outgoing | Incoming]:
    """What our organisation sent and got; a neighbour on this node sees its own side."""
    own = handover.organisation.address
    sent = Outgoing.objects.filter(thread=handover.thread, sender=own).exclude(kind="receipt")
    got = Incoming.objects.filter(thread=handover.thread, receiver=own)
    rows: list[Outgoing | Incoming] = [*sent, *got]
    return sorted(rows, key=_moment)


def _moment(row: Outgoing | Incoming) -> tuple[datetime, int]:
    return (row.queued_at if isinstance(row, Outgoing) else row.received_at), row.pk


def _verdict(read: Transcript, *, at: datetime) -> dict[str, Any]:
    receipts_read = sum(line.what.startswith("receipt") for line in read.lines)
    envelopes_read = len(read.lines) - receipts_read
    counted = [
        ngettext("%(count)d envelope", "%(count)d envelopes", envelopes_read) % {"count": envelopes_read},
        ngettext("%(count)d receipt", "%(count)d receipts", receipts_read) % {"count": receipts_read},
        ngettext("%(count)d ledger entry", "%(count)d ledger entries", read.ledger.entries)
        % {"count": read.ledger.entries},
    ]
    sentence = _("All of it was checked here, from what is stored on this node.")
    if read.first_fault:
        sentence = _("The first thing that does not hold: %(fault)s") % {"fault": read.first_fault}
    return {
        "holds": not read.first_fault,
        "sentence": sentence,
        "checked_at": at,
        "counted": ", ".join(counted),
    }


def _parties(rows: list[Outgoing | Incoming]) -> list[dict[str, Any]]:
    """Both sides by the keys the first envelope names."""
    if not rows:
        return []
    try:
        manifest = Manifest.from_bytes(dsse.read(bytes(rows[0].statement)).payload)
    except Refused:
        return []
    named = [(manifest.sender, Side.SENDER), *((party, Side.RECEIVER) for party in manifest.recipients)]
    return [
        {
            "name": organisation_name(party.address),
            "address": party.address,
            "digits": _digits(party.address, party.fingerprint),
            "role": labels.name(side),
        }
        for party, side in named
    ]


def _digits(address: str, fingerprint: str) -> str:
    try:
        return directory.Directory().keys(address, fingerprint).digits
    except Refused:
        return ""


def _envelope(row: Outgoing | Incoming, stored: list[StoredReceipt], read: Transcript) -> dict[str, Any]:
    sent = isinstance(row, Outgoing)
    ending = f"to {row.receiver}," if sent else f"from {row.sender},"
    fault = next(
        (
            line.fault
            for line in read.lines
            if line.subject == str(row.envelope) and ending in line.what and line.fault
        ),
        "",
    )
    direction = StoredReceipt.Direction.RECEIVED if sent else StoredReceipt.Direction.ISSUED
    about = [
        one
        for one in stored
        if one.envelope == row.envelope
        and (one.direction == direction or (sent and one.kind == receipts.DESTROYED))
    ]
    return {
        "title": _title(row),
        "at": _moment(row)[0],
        "sender": organisation_name(row.sender),
        "size": filesizeformat(row.size),
        "id": row.envelope,
        "digest": row.digest,
        "holds": not fault,
        "fault": fault,
        "receipts": [_receipt(one, read) for one in about],
    }


def _title(row: Outgoing | Incoming) -> str:
    if row.kind == "reply":
        return str(labels.NAMES[MessageKind].get(row.part, row.part))
    name = str(labels.NAMES[MessageKind].get(row.kind, row.kind))
    if row.kind == "record":
        return f"{name}: {labels.NAMES[Category].get(row.part, row.part)}"
    return name


def _receipt(stored: StoredReceipt, read: Transcript) -> dict[str, Any]:
    what = f"receipt: {stored.kind} by {stored.by}, {stored.direction}"
    fault = next(
        (line.fault for line in read.lines if line.subject == str(stored.envelope) and line.what == what), ""
    )
    return {
        "title": RECEIPTS.get(stored.kind, stored.kind),
        "at": stored.at,
        "by": organisation_name(stored.by),
        "holds": not fault,
        "fault": fault,
        "digest": stored.digest,
    }
