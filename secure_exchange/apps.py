"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class SecureExchangeConfig(AppConfig):
    """Sealed envelopes between organisations."""

    name = "secure_exchange"
    label = "secure_exchange"
