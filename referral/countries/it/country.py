"""Italy, for the registry."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from referral.countries.it.authorities import AUTHORITIES
from referral.countries.it.flows import Identification, Protection
from referral.countries.it.law import LIMITS
from referral.countries.it.services import SERVICES
from referral.flows.country import Country
from referral.vocabulary import Stage


COUNTRY = Country(
    code="IT",
    name=_("Italy"),
    zone="Europe/Rome",
    languages=("it",),
    stages={
        Stage.IDENTIFICATION: ((date(2016, 5, 16), Identification),),
        Stage.PROTECTION: ((date(2016, 5, 16), Protection),),
    },
    limits=LIMITS,
    services=SERVICES,
    authorities=AUTHORITIES,
)
