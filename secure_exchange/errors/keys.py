"""Why keys and signatures are not believed."""

from __future__ import annotations

from secure_exchange.errors.base import Refused, gettext_noop


class BadSignature(Refused):
    """A signature is missing, wrong, or by another key."""

    code = "bad-signature"
    status = 403
    sentence = gettext_noop(
        "We could not confirm who signed this, so it was not opened. Nothing is lost. Please tell your "
        "administrator, and call the organisation it seems to come from on a number you already know."
    )


class UnknownSender(Refused):
    """The sender's keys were never seen by this node."""

    code = "unknown-sender"
    status = 403
    sentence = gettext_noop(
        "This comes from an organisation we do not know. It was not opened and nothing is lost. If you "
        "expect something from it, ask your administrator to add it; it can then be sent again."
    )


class UntrustedSender(Refused):
    """The sender's keys are known, but nobody confirmed its fingerprint, or trust was taken back."""

    code = "untrusted-sender"
    status = 403
    sentence = gettext_noop(
        "Nobody here has confirmed yet that the sender is who it says it is. It was not opened and nothing "
        "is lost. Ask your administrator to compare the numbers with them by telephone."
    )


class KeysExpired(Refused):
    """The key set was not valid at that moment."""

    code = "keys-expired"
    status = 409
    sentence = gettext_noop(
        "The keys of one of the two organisations were out of date. Nothing is lost. New keys are fetched "
        "by themselves; please try again later today, and tell your administrator if it goes on."
    )


class KeysChanged(Refused):
    """A key set does not follow from the one that was confirmed."""

    code = "keys-changed"
    status = 409
    sentence = gettext_noop(
        "The keys of this organisation changed in a way we cannot follow. Nothing was sent and nothing is "
        "lost. Please tell your administrator: the numbers must be compared with them by telephone again."
    )
