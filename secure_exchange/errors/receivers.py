"""Why nothing is sealed to somebody: no consent, not known, not trusted, or not what they accept."""

from __future__ import annotations

from secure_exchange.errors.base import Refused, gettext_noop


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
        "Nobody has confirmed yet that these keys belong to this organisation. Nothing was sent and "
        "nothing is lost. Ask your administrator to compare the numbers with them by telephone, then send "
        "it again."
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
