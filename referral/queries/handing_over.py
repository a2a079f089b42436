"""The pages of handing over: who fits, what can go, and what would be sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from people.actor import Actor
from referral import labels
from referral.cases.standing import decide
from referral.handover import waiting
from referral.models import Case, Consent
from referral.queries.case_page import ICONS, consent_in_words
from referral.queries.names import organisation_name
from referral.queries.offer_in_words import lines, parts, responsible_afterwards
from referral.record import world
from referral.rules import offer_contents
from referral.rules.access import Act
from referral.rules.offer_contents import OfferContents
from referral.rules.responsibility import may_offer
from referral.vocabulary import Category, HandoverKind, NeedCode
from secure_exchange import directory
from secure_exchange.models import Peer
from secure_exchange.profile import Profile


DIGITS: Final = 32
"""Of a digest, in hexadecimal: enough to tell that a choice is another one."""


@dataclass(frozen=True)
class Possible:
    """Whether a category can go to a receiver now, and the consent or the reason."""

    category: Category
    possible: bool
    why: str


def consents_for(case: Case, *, receiver: str, at: datetime) -> list[Consent]:
    """Agreements in force with this receiver, the widest first."""
    found = Consent.objects.filter(case=case, receiver=receiver).select_related("case").order_by("-given_at")
    return sorted((one for one in found if one.in_force(at)), key=lambda one: -len(one.categories))


def consent_covering(
    case: Case, *, receiver: str, categories: Collection[str], at: datetime
) -> Consent | None:
    """One agreement in force that names the receiver and all of these categories."""
    agreed = consents_for(case, receiver=receiver, at=at)
    return next((one for one in agreed if set(categories) <= set(one.categories)), None)


def receivers(*, own: str, needs: Collection[str] = ()) -> list[Profile]:
    """Trusted organisations that offer all of these services and open some part, without ourselves."""
    return [one for one in directory.accepting(services=needs) if one.address != own and one.categories]


def who_page(case: Case, *, by: Actor, at: datetime, needs: Collection[str], chosen: str) -> dict[str, Any]:
    """The context of the first page."""
    own = by.organisation.address
    fitting = receivers(own=own, needs=needs)
    addresses = {one.address for one in fitting}
    others = [one for one in receivers(own=own) if one.address not in addresses]
    agreed = {one.receiver for one in case.consents.select_related("case") if one.in_force(at)}
    missing = "" if agreed & addresses else _("No agreement with any of these organisations is in force.")
    return {
        "case": {"reference": case.reference},
        "needs": [
            {"value": code, "label": label, "chosen": code in needs}
            for code, label in labels.choices(NeedCode)
        ],
        "receivers": [
            _receiver(one, chosen=one.address == chosen)
            for one in sorted(fitting, key=lambda one: one.address not in agreed)
        ],
        "others": [
            {"name": _name(one), "country": country_name(one.country), "why_not": _why_not(one, needs)}
            for one in others
        ],
        "consent_missing": missing if fitting else "",
    }


def _receiver(profile: Profile, *, chosen: bool) -> dict[str, Any]:
    spoken = {choice.code: choice.label for choice in world.languages((get_language() or "en")[:2])}
    hours = profile.usual_answer_hours
    answers = ngettext(
        "usually answers within %(count)d hour", "usually answers within %(count)d hours", hours
    )
    return {
        "address": profile.address,
        "name": _name(profile),
        "country": country_name(profile.country),
        "services": _names(NeedCode, profile.services),
        "languages": ", ".join(spoken.get(code, code) for code in profile.languages),
        "answers": answers % {"count": hours} if hours else "",
        "categories": _names(Category, profile.categories),
        "chosen": chosen,
    }


def _name(profile: Profile) -> str:
    return profile.name or profile.address


def _names(words: type[NeedCode | Category], codes: Collection[str]) -> str:
    return ", ".join(str(labels.name(word)) for word in words if word.value in codes)


def _why_not(profile: Profile, needs: Collection[str]) -> str:
    missing = _names(NeedCode, set(needs) - set(profile.services))
    return _("does not offer: %(services)s") % {"services": missing}


def country_name(code: str) -> str:
    """A country in the language of the page; its code where we do not know it."""
    named = {choice.code: choice.label for choice in world.countries((get_language() or "en")[:2])}
    return named.get(code, code)


def possible_categories(case: Case, *, receiver: str, by: Actor, at: datetime) -> list[Possible]:
    """Every category, and whether it can go: written, taken by the receiver, agreed to, ours to pass on."""
    profile = directory.profile_of(receiver)
    taken = set(profile.categories) if profile else set()
    agreed = {code for one in consents_for(case, receiver=receiver, at=at) for code in one.categories}
    written = set(case.revisions.values_list("category", flat=True).distinct())
    if case.documents.exists():
        written.add(Category.DOCUMENTS.value)
    found = []
    for category in Category:
        readable = decide(Act.HAND_OVER, case=case, by=by, at=at, categories=frozenset({category}))
        why_not = {
            category.value not in written: _("nothing is written here yet"),
            category.value not in taken: _("they do not take this part"),
            not readable: str(labels.name(readable.reason)),
            category.value not in agreed: _("the person has not agreed to share this"),
        }.get(True, "")
        found.append(Possible(category, not why_not, why_not or _("the person agreed to share this")))
    return found


def what_page(
    case: Case, *, receiver: str, possible: list[Possible], chosen: Collection[str]
) -> dict[str, Any]:
    """The context of the second page, without its form."""
    profile = directory.profile_of(receiver)
    return {
        "case": {"reference": case.reference},
        "receiver": {
            "name": organisation_name(receiver),
            "country": country_name(profile.country) if profile else "",
        },
        "choices": [
            {
                "value": one.category.value,
                "name": labels.name(one.category),
                "icon": ICONS[one.category],
                "chosen": one.possible and one.category.value in chosen,
                "possible": one.possible,
                "why": one.why,
            }
            for one in possible
        ],
    }


def kinds(case: Case, *, by: Actor) -> list[HandoverKind]:
    """How this case can be handed over: what another is responsible for is referred and not transferred."""
    own, answers = by.organisation.address, case.responsible_address
    return [kind for kind in HandoverKind if may_offer(kind, own=own, responsible=answers)]


def _stays_with(case: Case, *, by: Actor) -> str:
    """The name of who is responsible, where it is not us."""
    address = case.responsible_address
    return "" if address == by.organisation.address else organisation_name(address)


def check_page(
    case: Case, *, receiver: str, contents: OfferContents, consent: Consent | None, by: Actor, at: datetime
) -> dict[str, Any]:
    """The context of the third page; raises a `Refused` if nothing can be sealed to the receiver now."""
    keys = directory.trusted(receiver, at=at)
    profile = directory.profile_of(receiver)
    expires = waiting.offer_expires(contents.urgency, created=at)
    return {
        "case": {"reference": case.reference},
        "receiver": {
            "name": organisation_name(receiver),
            "address": receiver,
            "country": country_name(profile.country) if profile else "",
            "digits": keys.digits,
            "confirmed": _confirmed(receiver),
        },
        "summary": lines(contents),
        "categories": parts(contents),
        "consent": consent_in_words(consent) if consent else None,
        "kind_note": responsible_afterwards(
            contents.kind.value, ours=False, stays_with=_stays_with(case, by=by)
        ),
        "respond_by": waiting.respond_by(created=at, expires=expires),
        "expires_at": expires,
    }


def chosen(*, receiver: str, contents: OfferContents, consent: Consent) -> dict[str, str]:
    """Digests of what the third page shows: who gets it, what goes, and the agreement it rests on."""
    shown = {
        "to": receiver.encode(),
        "what": offer_contents.serialise(contents),
        "agreed": consent.uuid.bytes,
    }
    return {name: sha256(part).hexdigest()[:DIGITS] for name, part in shown.items()}


def _confirmed(address: str) -> str:
    peer = Peer.objects.filter(address=address).first()
    if peer is None or peer.trusted_at is None:
        return _("an organisation of this node")
    return _("compared and confirmed on %(date)s") % {
        "date": labels.written(localtime(peer.trusted_at), "DATE_FORMAT")
    }
