"""Why bytes are not read or opened."""

from __future__ import annotations

from secure_exchange.errors.base import Refused, gettext_noop


class Malformed(Refused):
    """The bytes do not have the shape of the format."""

    code = "malformed"
    sentence = gettext_noop(
        "This could not be read, because it is not in the form we know. Nothing is lost. Ask the sender to "
        "send it again; if that fails too, tell your administrator."
    )


class VersionUnknown(Refused):
    """A version of the format that this software does not know."""

    code = "version-unknown"
    sentence = gettext_noop(
        "This was made with a newer version of the software. It was not opened and nothing is lost. Ask "
        "your administrator to update this node, then it can be opened."
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
