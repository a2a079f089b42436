"""What is raised when a rule says no: one class a cause, each with a sentence and an HTTP status.

The shape is that of secure_exchange's refusals, so that one page shows both; this module stays below it
because rules may not import the exchange. Sentences are marked here and translated where they are shown.
No sentence holds anything about a person.
"""

from __future__ import annotations

from referral.rules.decision import UNSEEN, Decision, Reason


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django."""
    return text


class Denied(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """Something that is not done; the parent of every cause."""

    code = "denied"
    sentence = gettext_noop("This cannot be done. Nothing was changed.")
    status = 403

    recorded = False
    """Whether the ledger has it already."""

    def __init__(self, reason: Reason | str = "") -> None:
        """`reason` is a code for the ledger; it never says anything about a person."""
        super().__init__(self.code)
        self.reason = str(reason)


class NotThere(Denied):
    """No access and does not exist, which look the same."""

    code = "not-there"
    sentence = gettext_noop("There is nothing here that you can open.")
    status = 404


class NotInYourRole(Denied):
    """A part of a case that one may see, which is not for this role."""

    code = "not-in-your-role"
    sentence = gettext_noop("This is not in your role. Nothing was opened or changed.")


class ReasonNeeded(Denied):
    """A disclosed category was asked for without saying why."""

    code = "reason-needed"
    sentence = gettext_noop("Say why you need to open this. The reason is recorded.")
    status = 422


class GroundNeeded(Denied):
    """Somebody says that a person is an adult after all, and not how that is known."""

    code = "ground-needed"
    sentence = gettext_noop("Say how it is known that the person is an adult. Nothing was changed.")
    status = 422


class NoKey(Denied):
    """The permission is there and the key is not: the second wall."""

    code = "no-key"
    sentence = gettext_noop(
        "You do not hold the key to this part of the record. Nothing is lost: "
        "ask your supervisor to give you access."
    )


class Altered(Denied):
    """A sealed thing that is not what its place says: moved, swapped or damaged."""

    code = "altered"
    sentence = gettext_noop(
        "This part of the record was damaged or moved and was not opened. "
        "Nothing was changed: tell your administrator, a backup may hold it."
    )
    status = 409


class IllegalStep(Denied):
    """An act that the state of the handover or case does not allow."""

    code = "illegal-step"
    sentence = gettext_noop("This has already moved on, so this can no longer be done. Nothing was changed.")
    status = 409


class Overtaken(Denied):
    """Somebody else wrote this part of the record in the meantime."""

    code = "overtaken"
    sentence = gettext_noop(
        "A colleague has changed this in the meantime. What you typed was not saved over it: "
        "look at the new version, then add yours."
    )
    status = 409


class NotCovered(Denied):
    """A disclosure that no consent in force covers."""

    code = "not-covered"
    sentence = gettext_noop(
        "The person has not agreed to share this with this organisation. Nothing was sent: "
        "ask first, then try again."
    )
    status = 422


class NotForTheirWork(Denied):
    """A category that an organisation of this kind is never given, whatever was agreed."""

    code = "not-for-their-work"
    sentence = gettext_noop(
        "The work of this organisation never opens one of these parts, whatever was agreed. "
        "Nothing was shared: choose without it."
    )
    status = 422


class NobodyThere(Denied):
    """An organisation in which nobody could work the case, so that its steps would wait for ever."""

    code = "nobody-there"
    sentence = gettext_noop(
        "Nobody in this organisation can work a case at present. Nothing was shared: "
        "ask them to take in a colleague first."
    )
    status = 409


class LastOne(Denied):
    """The last person of an organisation on a case."""

    code = "last-one"
    sentence = gettext_noop(
        "Somebody of your organisation has to stay on this case. Nothing was changed: "
        "assign a colleague first, then take this one off."
    )
    status = 409


class ConsentRefused(Denied):
    """A consent that cannot be recorded as it was entered."""

    code = "consent-refused"
    sentence = gettext_noop(
        "This agreement cannot be recorded as entered: it needs a receiver, at least one category, "
        "an end within two years and, for a child, the guardian's agreement."
    )
    status = 422


class OfferRefused(Denied):
    """An offer that says something outside the closed list."""

    code = "offer-contents"
    sentence = gettext_noop(
        "This offer says something an offer may not say. It was not read further: "
        "ask the sender to send it again."
    )
    status = 422


class BadReference(Denied):
    """A reference that was mistyped, found by its check character."""

    code = "bad-reference"
    sentence = gettext_noop("This is not a case reference. Check it for a mistyped letter or digit.")
    status = 404


class TooLarge(Denied):
    """A document over the size that this node takes."""

    code = "too-large"
    sentence = gettext_noop(
        "This document is larger than this system takes. Nothing was kept: send it in smaller parts."
    )
    status = 413


def denial(decision: Decision) -> Denied:
    """Choose what to raise for a refusal: what must not be seen looks as if it were not there."""
    if decision.reason in UNSEEN:
        return NotThere(decision.reason)
    if decision.reason.value.startswith(("consent_", "no_consent")):
        return NotCovered(decision.reason)
    if decision.reason is Reason.NOT_FOR_THEIR_WORK:
        return NotForTheirWork(decision.reason)
    if decision.reason in {
        Reason.HANDOVER_STATE,
        Reason.HANDOVER_SIDE,
        Reason.CASE_CLOSED,
        Reason.CASE_PASSED,
    }:
        return IllegalStep(decision.reason)
    return NotInYourRole(decision.reason)
