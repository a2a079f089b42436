"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class CountryITConfig(AppConfig):
    """The mechanism of IT."""

    name = "referral.countries.it"
    label = "country_it"
