"""What an offer says, in words: every code by its translated name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from referral import labels
from referral.record import world
from referral.rules.offer_contents import OfferContents
from referral.rules.responsibility import passes
from referral.vocabulary import Category


def title(contents: OfferContents) -> str:
    """The offer in a few words, for lists and headings."""
    return _("%(age)s, %(sex)s: %(need)s") % {
        "age": labels.name(contents.age),
        "sex": labels.name(contents.sex),
        "need": labels.name(contents.needs[0]),
    }


def lines(contents: OfferContents) -> list[dict[str, Any]]:
    """Label and value of everything an offer says."""
    spoken = {choice.code: choice.label for choice in world.languages((get_language() or "en")[:2])}
    said = [
        (_("Services asked for"), ", ".join(str(labels.name(need)) for need in contents.needs)),
        (_("Age"), labels.name(contents.age)),
        (_("Sex"), labels.name(contents.sex)),
        (_("Languages"), ", ".join(spoken.get(code, code) for code in contents.languages)),
        (_("Citizenship, as the sender sees it"), labels.name(contents.citizenship)),
        (_("Getting around"), labels.name(contents.mobility)),
        (_("Children who come along"), contents.children),
        (_("Kind of handover"), labels.name(contents.kind)),
        (_("Stage in which it goes on"), labels.name(contents.stage)),
        (_("Urgency"), labels.name(contents.urgency)),
    ]
    return [{"label": label, "value": value} for label, value in said]


def parts(contents: OfferContents) -> list[str]:
    """The categories that come after accepting, in the order of a record."""
    return [str(labels.name(category)) for category in Category if category in contents.categories]


def responsible_afterwards(kind: str, *, ours: bool, stays_with: str = "") -> str:
    """Who is responsible after the handover; `ours` when the reader's organisation receives it.

    `stays_with` names who is responsible for a case that we hand over and do not answer for.
    """
    if stays_with:
        return _("%(name)s stays responsible.") % {"name": stays_with}
    if passes(kind):
        if ours:
            return _("Your organisation, from the moment somebody here opens the record.")
        return _("They, from the moment they open the record. Until then you are.")
    return _("The sender stays responsible.") if ours else _("You stay responsible.")
