"""What a child, or a person who may be one, has at once in Portugal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from referral.countries.pt import law
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
            title=_("Tell the CPCJ about the child"),
            why=_("The child protection commission or the family court decides where the child stays."),
            basis="Lei 147/99",
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
            basis="Lei 147/99; Directive 2011/36/EU art. 14",
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
            why=_("Assessed and recorded before each decision, with the child heard."),
            basis="Lei 147/99; Directive 2011/36/EU art. 13",
            source="",
            confidence=Confidence.MEMORY,
            document=_("best interests assessment"),
        ),
        limit=law.CHILD_AUTHORITY,
        only_for=child,
    ).AtOnce()
