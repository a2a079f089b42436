"""A time limit in words, for whoever has to keep it: how long, by which law, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from referral.flows.limits import Limit, NoLimit, TimeLimit, Unit


@dataclass(frozen=True, slots=True)
class LimitShown:
    """What a page shows of a limit; `sure` false asks for a lawyer, `note` says how it is known."""

    says: str
    basis: str
    source: str
    sure: bool
    note: str


def shown(limit: Limit) -> LimitShown:
    """A limit in the language that is active."""
    return LimitShown(
        says=gettext(limit.why) if isinstance(limit, NoLimit) else duration(limit),
        basis=limit.basis,
        source=limit.source,
        sure=not limit.confidence.check_with_a_lawyer,
        note=gettext(limit.confidence.sentence),
    )


def duration(limit: TimeLimit) -> str:
    """How long, and since when."""
    length = _count(limit.unit, limit.amount)
    if limit.minimum is not None:
        length = gettext("at least %(least)s, at most %(most)s") % {
            "least": _count(limit.unit, limit.minimum),
            "most": length,
        }
    return gettext("%(length)s from: %(start)s") % {"length": length, "start": gettext(limit.starts)}


def _count(unit: Unit, amount: int) -> str:
    match unit:
        case Unit.HOURS:
            words = ngettext("%(amount)d hour", "%(amount)d hours", amount)
        case Unit.DAYS:
            words = ngettext("%(amount)d day", "%(amount)d days", amount)
        case Unit.WORKING_DAYS:
            words = ngettext("%(amount)d working day", "%(amount)d working days", amount)
        case Unit.MONTHS:
            words = ngettext("%(amount)d month", "%(amount)d months", amount)
        case _:
            words = ngettext("%(amount)d year", "%(amount)d years", amount)
    return words % {"amount": amount}
