"""Why something is refused: one class a cause, each with a sentence for a caseworker.

`code` goes to the ledger and to problem documents (RFC 9457), `status` is the HTTP status, `sentence` is a
message identifier to be translated where it is shown. `detail` is for the log of the node and never holds
personal data.
"""

from __future__ import annotations

from secure_exchange.errors.arrivals import (
    Altered,
    Busy,
    Destroyed,
    Expired,
    FromTheFuture,
    LifetimeTooLong,
    Misdirected,
    NotHere,
    Replayed,
    TooLarge,
    WrongOffset,
)
from secure_exchange.errors.base import Refused
from secure_exchange.errors.contents import CannotOpen, Malformed, VersionUnknown, WrongContents
from secure_exchange.errors.keys import BadSignature, KeysChanged, KeysExpired, UnknownSender, UntrustedSender
from secure_exchange.errors.receivers import (
    CategoryNotAccepted,
    NoConsent,
    ServiceNotAccepted,
    UnknownReceiver,
    UntrustedReceiver,
)


__all__ = [
    "Altered",
    "BadSignature",
    "Busy",
    "CannotOpen",
    "CategoryNotAccepted",
    "Destroyed",
    "Expired",
    "FromTheFuture",
    "KeysChanged",
    "KeysExpired",
    "LifetimeTooLong",
    "Malformed",
    "Misdirected",
    "NoConsent",
    "NotHere",
    "Refused",
    "Replayed",
    "ServiceNotAccepted",
    "TooLarge",
    "UnknownReceiver",
    "UnknownSender",
    "UntrustedReceiver",
    "UntrustedSender",
    "VersionUnknown",
    "WrongContents",
    "WrongOffset",
]
