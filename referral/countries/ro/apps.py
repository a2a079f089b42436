"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class CountryROConfig(AppConfig):
    """The mechanism of RO."""

    name = "referral.countries.ro"
    label = "country_ro"
