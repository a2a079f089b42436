"""Why something is refused: one class a cause, each with a sentence for a caseworker.

`code` goes to the ledger, `status` is the HTTP status, `sentence` is translated where it is shown. `detail`
is for the log of the node and never holds personal data.
"""

from __future__ import annotations


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django."""
    return text


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """Something was not sent, taken or opened. Nothing was changed and nothing is lost."""

    code = "refused"
    status = 422
    sentence = gettext_noop(
        "This was refused. Nothing was changed and nothing is lost. Please tell your administrator."
    )

    def __init__(self, detail: str = "") -> None:
        """`detail` says for the log, without personal data, which check failed."""
        super().__init__(detail or self.code)
        self.detail = detail


class NoConsent(Refused):
    """Sealing without a consent that covers receiver, categories, purpose and today."""

    code = "no-consent"
    status = 409
    sentence = gettext_noop(
        "No consent covers this. Nothing was sent and nothing is lost. Talk with the person about what "
        "would be shared, with whom and why, record what was agreed, then send it again."
    )


class UnknownReceiver(Refused):
    """The receiver's keys were never seen by this node."""

    code = "unknown-receiver"
    sentence = gettext_noop(
        "We do not know this organisation yet. Nothing was sent and nothing is lost. Ask your "
        "administrator to add it, or choose another organisation."
    )


class UntrustedReceiver(Refused):
    """The receiver's keys are known, but nobody compared and confirmed its fingerprint."""

    code = "untrusted-receiver"
    status = 409
    sentence = gettext_noop(
        "Nobody has confirmed yet that these keys belong to this organisation. Nothing was sent and nothing "
        "is lost. Ask your administrator to compare the numbers with them by telephone, then send it again."
    )


class ServiceNotAccepted(Refused):
    """The receiver's profile does not list a service that was asked for."""

    code = "service-not-accepted"
    sentence = gettext_noop(
        "This organisation does not offer the service you chose. Nothing was sent and nothing is lost. "
        "Choose another service, or an organisation that offers it."
    )


class CategoryNotAccepted(Refused):
    """The receiver takes no data of this category, or publishes no key for it."""

    code = "category-not-accepted"
    sentence = gettext_noop(
        "This organisation does not take this part of the record. Nothing was sent and nothing is lost. "
        "Send it without this part, or ask the organisation how it wants to receive it."
    )


class Expired(Refused):
    """`expires` lies in the past."""

    code = "expired"
    status = 410
    sentence = gettext_noop(
        "The time for this has run out. Nothing was opened, and the sender still holds the case. Ask the "
        "sender to send it again."
    )


class FromTheFuture(Refused):
    """`created` lies further ahead than clocks may differ."""

    code = "from-the-future"
    sentence = gettext_noop(
        "This is dated in the future, so one of the two clocks is wrong. Nothing is lost. Ask your "
        "administrator to check the clock; it can then be sent again."
    )


class LifetimeTooLong(Refused):
    """`expires` lies more than the allowed lifetime after `created`, or before it."""

    code = "lifetime-too-long"
    sentence = gettext_noop(
        "This would stay valid for longer than is allowed. Nothing is lost. It has to be sent again with "
        "an earlier end date."
    )


class BadSignature(Refused):
    """A signature is missing, wrong, or by another key."""

    code = "bad-signature"
    status = 403
    sentence = gettext_noop(
        "We could not confirm who signed this, so it was not opened. Nothing is lost. Please tell your "
        "administrator, and call the organisation it seems to come from on a number you already know."
    )


class NotSigned(BadSignature):
    """A request that no known node signed, or that was signed too long ago, or came before."""

    code = "not-signed"
    status = 401


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


class Misdirected(Refused):
    """The receiver is not among the recipients of the manifest."""

    code = "misdirected"
    sentence = gettext_noop(
        "This was addressed to another organisation. It was not opened and nothing is lost. The sender can "
        "send it again to the right address."
    )


class Altered(Refused):
    """Size or hash of the sealed file differ from what was signed."""

    code = "altered"
    sentence = gettext_noop(
        "What arrived is not what was sent: it was damaged or changed on the way. It was not opened, and "
        "the sender still has everything. Ask the sender to send it again and tell your administrator."
    )


class Replayed(Refused):
    """The same identifier was seen before with other content."""

    code = "replayed"
    status = 409
    sentence = gettext_noop(
        "Something different arrived under a number that was already used. The first one stays as it was "
        "and nothing is lost. Please tell your administrator."
    )


class Malformed(Refused):
    """The bytes do not have the shape of the format."""

    code = "malformed"
    sentence = gettext_noop(
        "This could not be read, because it is not in the form we know. Nothing is lost. Ask the sender to "
        "send it again; if that fails too, tell your administrator."
    )


class TooLarge(Refused):
    """More bytes than are allowed or were announced."""

    code = "too-large"
    status = 413
    sentence = gettext_noop(
        "This is larger than what can be sent. Nothing was sent and nothing is lost. Send it in smaller "
        "parts."
    )


class TooMany(Refused):
    """A peer sends more than its share."""

    code = "too-many"
    status = 429
    sentence = gettext_noop(
        "Too much was sent in a short time. Nothing is lost: the rest waits and is sent a little later. "
        "You need not do anything."
    )


class WrongContents(Refused):
    """What lies inside the seal belongs to another manifest, or is not what was announced."""

    code = "wrong-contents"
    sentence = gettext_noop(
        "What was inside does not belong to this message, so it was not shown. Nothing is lost. Please "
        "tell your administrator, and ask the sender to send it again."
    )


class CannotOpen(Refused):
    """None of our keys opens the sealed file, or it is damaged inside."""

    code = "cannot-open"
    sentence = gettext_noop(
        "None of your keys opens this. Nothing is lost, and the sender still has everything. The sender "
        "will be told; ask them to send it again with your current keys."
    )


class VersionUnknown(Refused):
    """A version of the format that this software does not know."""

    code = "version-unknown"
    sentence = gettext_noop(
        "This was made with a newer version of the software. It was not opened and nothing is lost. Ask "
        "your administrator to update this node, then it can be opened."
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


class NotHere(Refused):
    """A receiver, an envelope or a place for a body that this node does not have."""

    code = "not-here"
    status = 404
    sentence = gettext_noop(
        "This organisation or message is not known at the other side. Nothing was lost. Check the address, "
        "or ask the organisation which address it uses now."
    )


class WrongOffset(Refused):
    """A piece of a body that does not follow on the `offset` bytes that are there."""

    code = "wrong-offset"
    status = 409
    sentence = gettext_noop(
        "The sending was interrupted. Nothing is lost: it goes on by itself from where it stopped."
    )

    def __init__(self, offset: int) -> None:
        super().__init__(f"go on at {offset}")
        self.offset = offset


class Busy(Refused):
    """The same body is being written by another request; that passes."""

    code = "busy"
    status = 503
    sentence = gettext_noop(
        "The other side is busy with this at the moment. Nothing is lost; it is tried again."
    )
