"""Portugal, for the registry."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from referral.countries.pt.authorities import AUTHORITIES
from referral.countries.pt.flows import Identification, Protection
from referral.countries.pt.law import LIMITS
from referral.countries.pt.services import SERVICES
from referral.flows.country import Country
from referral.vocabulary import Stage


COUNTRY = Country(
    code="PT",
    name=_("Portugal"),
    zone="Europe/Lisbon",
    languages=("pt",),
    stages={
        Stage.IDENTIFICATION: ((date(2013, 1, 1), Identification),),
        Stage.PROTECTION: ((date(2013, 1, 1), Protection),),
    },
    limits=LIMITS,
    services=SERVICES,
    authorities=AUTHORITIES,
)
