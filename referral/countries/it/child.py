"""What a child, or a person who may be one, has at once in Italy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from referral.countries.it import law
from referral.flows.forms import Explanation
from referral.flows.identification import BestInterests, ChildAuthority, Guardian
from referral.flows.limits import Confidence
from referral.flows.situation import BY_RESPONSIBLE, BY_SOCIAL_SERVICE, child
from referral.flows.step import Step


class ChildSteps:
    """A plain mixin: both stages have these steps, and a case has each of them once."""

    child_authority = Step(
        ChildAuthority,
        BY_SOCIAL_SERVICE,
        says=Explanation(
            title=_("Tell the Tribunale per i minorenni about the child"),
            why=_("The juvenile court and the municipal social services decide for the child, at once."),
            basis="L. 47/2017; D.Lgs. 24/2014 art. 4",
            source="",
            confidence=Confidence.MEMORY,
        ),
        limit=law.CHILD_AUTHORITY,
        only_for=child,
    ).AtOnce()

    guardian = Step(
        Guardian,
        BY_SOCIAL_SERVICE,
        says=Explanation(
            title=_("A guardian for the child"),
            why=_("Decisions for a child need a guardian. Urgent care never waits for one."),
            basis="L. 47/2017; Directive 2011/36/EU art. 14",
            source="",
            confidence=Confidence.MEMORY,
        ),
        limit=law.CHILD_AUTHORITY,
        only_for=child,
    ).AtOnce()

    best_interests = Step(
        BestInterests,
        BY_RESPONSIBLE,
        says=Explanation(
            title=_("Best interests of the child"),
            why=_("A child until the doubt is decided; assessed before each decision, with the child heard."),
            basis="DPCM 234/2016; Directive 2011/36/EU art. 13",
            source="S22",
            confidence=Confidence.READ,
            document=_("best interests assessment"),
        ),
        limit=law.AGE_DOUBT,
        only_for=child,
    ).AtOnce()
