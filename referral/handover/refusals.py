"""What a handover refuses beyond the rules and the exchange: one class a cause."""

from __future__ import annotations

from referral.rules.refusals import Denied, gettext_noop


class NothingToSend(Denied):
    """A category was chosen in which nothing is written."""

    code = "nothing-to-send"
    sentence = gettext_noop(
        "A part of the record that you chose is empty. Nothing was sent: write it first, or leave it out."
    )
    status = 422


class NothingToOpen(Denied):
    """No part of the record that came can be opened by this person's role."""

    code = "nothing-to-open"
    sentence = gettext_noop(
        "The record is here, but no part of it is for your role. "
        "Nothing is lost: ask a colleague who works cases."
    )


class NoLanguageInCommon(Denied):
    """The receiver publishes none of the languages that the person speaks."""

    code = "language-not-accepted"
    sentence = gettext_noop(
        "This organisation works in none of the languages the person speaks. "
        "Nothing was sent and nothing is lost. "
        "Choose another organisation, or add a language the person understands."
    )
    status = 422
