"""Romania, for the registry."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from referral.countries.ro.authorities import AUTHORITIES
from referral.countries.ro.flows import Identification, Protection
from referral.countries.ro.law import LIMITS
from referral.countries.ro.services import SERVICES
from referral.flows.country import Country
from referral.vocabulary import Stage


COUNTRY = Country(
    code="RO",
    name=_("Romania"),
    zone="Europe/Bucharest",
    languages=("ro",),
    stages={
        Stage.IDENTIFICATION: ((date(2023, 1, 1), Identification),),
        Stage.PROTECTION: ((date(2023, 1, 1), Protection),),
    },
    limits=LIMITS,
    services=SERVICES,
    authorities=AUTHORITIES,
)
