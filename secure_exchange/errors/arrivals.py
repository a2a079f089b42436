"""Why what came is not taken in: too old, not for us, seen before, altered, or too much."""

from __future__ import annotations

from secure_exchange.errors.base import Refused, gettext_noop


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


class Destroyed(Refused):
    """The sender's node signed that it destroyed this envelope before sending it."""

    code = "destroyed"
    status = 409
    sentence = gettext_noop(
        "The sending node had said that this was destroyed before it was sent, so it was not taken in. "
        "Nothing was opened. If it is meant for you after all, ask the sender to send it again."
    )


class TooLarge(Refused):
    """More bytes than are allowed or were announced."""

    code = "too-large"
    status = 413
    sentence = gettext_noop(
        "This is larger than what can be sent. Nothing was sent and nothing is lost. Send it in smaller "
        "parts."
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
    """A piece of a body that does not follow on what is already there; `offset` says where to go on."""

    code = "wrong-offset"
    status = 409
    sentence = gettext_noop(
        "The sending was interrupted. Nothing is lost: it goes on by itself from where it stopped."
    )

    def __init__(self, offset: int) -> None:
        """`offset` is the number of bytes that are there."""
        super().__init__(f"go on at {offset}")
        self.offset = offset


class Busy(Refused):
    """The same body is being written by another request; that passes."""

    code = "busy"
    status = 503
    sentence = gettext_noop(
        "The other side is busy with this at the moment. Nothing is lost; it is tried again."
    )
