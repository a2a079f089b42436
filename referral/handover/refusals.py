"""What a handover refuses beyond the rules and the exchange: one class a cause."""

from __future__ import annotations

from referral.rules.refusals import Denied, NotCovered, gettext_noop


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


class PartNotUnderstood(Denied):
    """A part of a record that says something in words or values this node does not know."""

    code = "part-not-understood"
    sentence = gettext_noop(
        "A part of the record says something that this node does not know, perhaps because the other one is "
        "newer. It stays sealed, nothing is lost, and the sender has been told. "
        "Ask your administrator to update this node, then open it again."
    )
    status = 422


class AgreementOver(NotCovered):
    """The consent that travels with a record does not cover opening it here and now."""

    code = "agreement-over"
    sentence = gettext_noop(
        "The agreement of the person does not cover this any more, so it was not opened, and the sender has "
        "been told. Help goes on. If the person wants it, ask the sender to offer it again on a new "
        "agreement."
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
