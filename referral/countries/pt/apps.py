"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class CountryPTConfig(AppConfig):
    """The mechanism of PT."""

    name = "referral.countries.pt"
    label = "country_pt"
